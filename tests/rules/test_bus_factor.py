from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analyzer.history.authorship import DAY, Commit, History
from rules.metrics.bus_factor import measure

NOW = 1_700_000_000
FIT, APP, LIB = "model/fit.py", "service/app.py", "model/loss.py"


def by(who: str, path: str, commits: int, days_ago: int = 5) -> list[Commit]:
    return [Commit(f"{who}{path}{n}", NOW - days_ago * DAY, who, (), (path,), ()) for n in range(commits)]


def told(system: Any, *commits: Iterable[Commit], gap: str = "") -> Any:
    system.module(FIT, "model", roles=["TRAIN"]).module(APP, "service", roles=["SERVE"]).module(LIB, "model", runs=False)
    system.imports(FIT, LIB).handoff(FIT, "models/churn.joblib", APP, klass="MODEL")
    system.graph.history = History(tuple(commit for made in commits for commit in made), NOW)
    system.graph.history_gap = gap
    return system.graph


def test_without_history_there_is_nothing_to_measure(system: Any) -> None:
    system.module(FIT, "model", roles=["TRAIN"])
    assert measure(system.graph) is None


def test_a_part_of_a_history_is_not_measured_and_the_reason_is_told(system: Any) -> None:
    metric = measure(told(system, by("ann", FIT, 9), gap="shallow clone: only 9 commits are here"))
    assert metric is not None
    assert (metric.rows, metric.note) == ((), "shallow clone: only 9 commits are here")


def test_a_history_of_squashed_pull_requests_is_not_measured(system: Any) -> None:
    squashed = [Commit(str(n), NOW, "ann", (), (FIT,), (), is_squashed=True) for n in range(9)]
    metric = measure(told(system, squashed))
    assert metric is not None
    assert metric.rows == () and "squashed" in metric.note


def test_components_and_models_fewest_people_first(system: Any) -> None:
    metric = measure(told(system, by("ann", FIT, 8), by("bob", LIB, 4, 500), by("cem", APP, 4), by("dee", APP, 4), by("eve", APP, 4)))
    assert metric is not None and metric.code == "M-BUS"
    assert [(row.subject, row.value) for row in metric.rows] == [
        ("component model", 1.0),
        ("model models/churn.joblib", 2.0),
        ("component service", 3.0),
    ]
    assert metric.rows[1].text == "2 of 2 people, over 12 commits on 2 files; 1 of them active in the last year"


def test_nobody_is_named(system: Any) -> None:
    assert "ann" not in str(measure(told(system, by("ann", FIT, 8))))


def test_a_handful_of_commits_says_nothing(system: Any) -> None:
    assert measure(told(system, by("ann", FIT, 4))) is None
