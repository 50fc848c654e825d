from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from analyzer.graph.system import Project
from analyzer.history.authorship import DAY, Commit, History
from analyzer.model import Confidence, Finding, Severity
from rules.orphaned_trainer import OrphanedTrainer

NOW = 1_700_000_000
TRAIN, SERVE = "model/train.py", "service/app.py"


def by(who: str, path: str, commits: int, days_ago: int, **flags: Any) -> list[Commit]:
    return [Commit(f"{who}{path}{days_ago}{n}", NOW - days_ago * DAY, who, (), (path,), (), **flags) for n in range(commits)]


def asked(system: Any, *told: Iterable[Commit], linked: bool = False) -> list[Finding]:
    system.module(TRAIN, "model", roles=["TRAIN"]).module(SERVE, "service", roles=["SERVE"])
    if linked:
        system.handoff(TRAIN, "models/churn.bin", SERVE, klass="MODEL")
    system.graph.history = History(tuple(commit for commits in told for commit in commits), NOW)
    system.graph.history_gap = ""
    return list(OrphanedTrainer().check(system.graph))


ACTIVE = by("dee", SERVE, 8, 10)
LEFT = by("ann", TRAIN, 30, 400)


# ---- silent --------------------------------------------------------------------------------------------------------------------------


def test_somebody_who_trained_is_still_here(system: Any) -> None:
    assert asked(system, LEFT, by("ann", "README.md", 1, 20), ACTIVE) == []
    assert system.graph.notes == []


def test_most_of_the_training_is_by_people_who_are_here(system: Any) -> None:
    assert asked(system, LEFT, by("dee", TRAIN, 20, 300), ACTIVE) == []


def test_a_service_that_rests_as_well(system: Any) -> None:
    assert asked(system, LEFT, by("dee", SERVE, 4, 10), by("dee", SERVE, 50, 300)) == []


def test_little_training_code(system: Any) -> None:
    assert asked(system, by("ann", TRAIN, 19, 400), ACTIVE) == []


def test_code_that_a_team_owns(system: Any) -> None:
    system.graph.owners = {TRAIN: ("@acme/models",)}
    assert asked(system, LEFT, ACTIVE) == []


@pytest.mark.parametrize("archetype", ["library", "tutorial"])
def test_libraries_and_tutorials(system: Any, archetype: str) -> None:
    system.graph.projects[""] = Project("", archetype)
    assert asked(system, LEFT, ACTIVE) == []


# ---- abstains ------------------------------------------------------------------------------------------------------------------------


def test_squashed_history(system: Any) -> None:
    assert asked(system, by("ann", TRAIN, 30, 400, is_squashed=True), ACTIVE) == []
    (note,) = system.graph.notes
    assert note.startswith("OWN005: ") and "squashed" in note


def test_without_history(system: Any) -> None:
    system.module(TRAIN, "model", roles=["TRAIN"]).module(SERVE, "service", roles=["SERVE"])
    assert list(OrphanedTrainer().check(system.graph)) == []
    assert system.graph.notes == ["OWN005: no git history"]


def test_nobody_is_told_that_a_history_is_missing_that_was_not_asked_for(system: Any) -> None:
    system.module(TRAIN, "model", roles=["TRAIN"]).module(SERVE, "service", roles=["SERVE"])
    system.graph.history_gap = "not asked for"
    assert list(OrphanedTrainer().check(system.graph)) == []
    assert system.graph.notes == []


# ---- found ---------------------------------------------------------------------------------------------------------------------------


def test_everybody_who_trained_has_left(system: Any) -> None:
    (found,) = asked(system, LEFT, by("dee", TRAIN, 2, 15), ACTIVE, linked=True)
    assert found.message == (
        "the one person who made 94% of the training code left at least 400 days ago, "
        "while the serving code was changed in 8 commits of the last 180 days"
    )
    assert (found.severity, found.confidence) == (Severity.medium, Confidence.B)
    assert [site.path for site in found.locations] == [TRAIN]
    assert "ann" not in str(found) and "dee" not in str(found)


def test_nobody_who_is_here_ever_changed_it(system: Any) -> None:
    (found,) = asked(system, LEFT, by("bob", TRAIN, 30, 500), ACTIVE)
    assert found.message.startswith("all 2 people who made 100%")
    assert (found.severity, found.confidence) == (Severity.high, Confidence.C)
