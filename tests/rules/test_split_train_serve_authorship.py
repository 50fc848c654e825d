from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from analyzer.history.log import start_history
from analyzer.model import Confidence, Finding, Severity, Site
from rules.split_train_serve_authorship import SplitTrainServeAuthorship

TRAIN, SERVE, OTHER = "model/train.py", "service/app.py", "docs.py"
RESEARCH = ("Ann Lee <ann@one.org>", "Bob Ray <bob@one.org>", "Cem Oz <cem@one.org>")
ENGINEERS = ("Dee Fox <dee@two.org>", "Eve Kay <eve@two.org>", "Fay Ito <fay@two.org>")
DAY = 86_400

Change = tuple[str, str, int]
"""(author, files separated by blanks, day)"""


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    """repository(changes, trailer="") → a git work tree with a commit for each change after a first one that brings in `seed` files."""

    def make(changes: Iterable[Change], trailer: str = "", seed: Iterable[str] = (), subject: str = "change") -> Path:
        told = [(RESEARCH[0], " ".join(seed), 0)] if seed else []
        stream = []
        for number, (who, files, day) in enumerate([*told, *changes]):
            title = subject.format(number)
            message = f"{title}\n\n{trailer}\n" if trailer else f"{title}\n"
            stream.append(f"commit refs/heads/main\nauthor {who} {day * DAY} +0000\ncommitter {who} {day * DAY} +0000\n")
            stream.append(f"data {len(message)}\n{message}\n")
            stream.extend(f"M 100644 inline {path}\ndata {len(str(number))}\n{number}\n" for path in files.split())
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for command in (["init", "-q", "-b", "main"], ["fast-import", "--quiet"]):
            text = "".join(stream).encode()
            subprocess.run(["git", *command], cwd=tmp_path, env=environment, input=text, check=True, capture_output=True)
        return tmp_path

    return make


def by(people: Iterable[str], files: str, commits: int = 60, first_day: int = 1) -> list[Change]:
    names = list(people)
    return [(names[n % len(names)], files, first_day + n) for n in range(commits)]


def sides(system: Any, root: Path) -> Any:
    """Two components with the history of `root`."""
    system.module(TRAIN, "model", roles=["TRAIN"]).module(SERVE, "service", roles=["SERVE"]).module(OTHER, "")
    system.graph.history, system.graph.history_gap = start_history(root).result()
    return system


def check(system: Any) -> list[Finding]:
    return list(SplitTrainServeAuthorship().check(system.graph))


def linked(system: Any) -> Any:
    """A model passes from the one side to the other."""
    return system.handoff(TRAIN, "models/a.pkl", SERVE, klass="MODEL")


SPLIT = [*by(RESEARCH, TRAIN), *by(ENGINEERS, SERVE)]


# ---- silent --------------------------------------------------------------------------------------------------------------------------


def test_one_team(system: Any, repository: Callable[..., Path]) -> None:
    everyone = (*RESEARCH, *ENGINEERS)
    assert check(sides(system, repository([*by(everyone, TRAIN), *by(everyone, SERVE)]))) == []
    assert system.graph.notes == []


def test_half_of_the_people_on_both_sides(system: Any, repository: Callable[..., Path]) -> None:
    bridge = (*RESEARCH[:1], *ENGINEERS[:1])
    assert check(sides(system, repository([*by((*bridge, RESEARCH[1]), TRAIN), *by((*bridge, ENGINEERS[1]), SERVE)]))) == []


def test_pair_programming_is_credited_by_trailers(system: Any, repository: Callable[..., Path]) -> None:
    both = "Co-authored-by: Ann Lee <ann@one.org>\nCo-authored-by: Dee Fox <dee@two.org>"
    root = repository([*by(RESEARCH[:1], TRAIN), *by(ENGINEERS[:1], SERVE)], trailer=both)
    assert check(sides(system, root)) == []


def test_infrastructure_is_on_neither_side(system: Any, repository: Callable[..., Path]) -> None:
    everyone = (*RESEARCH[:2],)
    root = repository([*by(everyone, TRAIN), *by(everyone, SERVE), *by(ENGINEERS, "service/Dockerfile service/helm.yaml", 90)])
    assert check(sides(system, root)) == []


def test_a_repository_that_only_trains_needs_no_history(system: Any) -> None:
    system.module(TRAIN, "model", roles=["TRAIN"])
    assert check(system) == []
    assert system.graph.notes == []


@pytest.mark.parametrize("archetype", ["library", "tutorial"])
def test_libraries_and_tutorials(system: Any, repository: Callable[..., Path], archetype: str) -> None:
    from analyzer.graph.system import Project

    sides(system, repository(SPLIT)).graph.projects[""] = Project("", archetype)
    assert check(system) == []


def test_tests_are_on_neither_side(system: Any, repository: Callable[..., Path]) -> None:
    sides(system, repository(SPLIT)).graph.modules[SERVE].is_test = True
    assert check(system) == []


def test_one_person_who_does_both(system: Any, repository: Callable[..., Path]) -> None:
    assert check(sides(system, repository([*by(RESEARCH[:1], TRAIN), *by(RESEARCH[:1], SERVE, 9)]))) == []


def test_a_few_commits_of_people_who_share_the_work(system: Any, repository: Callable[..., Path]) -> None:
    changes = [*by(RESEARCH[:2], TRAIN, 12), *by((RESEARCH[0], ENGINEERS[0]), SERVE, 12)]
    assert check(sides(system, repository(changes))) == []


def test_a_file_or_two_are_no_side_where_nothing_passes_between_them(system: Any, repository: Callable[..., Path]) -> None:
    assert check(sides(system, repository([*by(RESEARCH[:1], TRAIN, 40), *by(ENGINEERS, SERVE, 40)]))) == []


@pytest.mark.parametrize(("commits", "findings"), [(6, 0), (7, 1)], ids=["18 touches of 3 files", "21 touches of 3 files"])
def test_how_much_makes_a_side(system: Any, repository: Callable[..., Path], commits: int, findings: int) -> None:
    train, serve = [f"model/train_{n}.py" for n in range(3)], [f"service/app_{n}.py" for n in range(3)]
    root = repository([*by(RESEARCH[:1], " ".join(train), commits), *by(ENGINEERS, " ".join(serve), 9)])
    for ours, theirs in zip(train, serve, strict=True):
        system.module(ours, "model", roles=["TRAIN"]).module(theirs, "service", roles=["SERVE"])
    system.graph.history, system.graph.history_gap = start_history(root).result()
    assert len(check(system)) == findings


# ---- abstains, and says why ----------------------------------------------------------------------------------------------------------


def reason(system: Any) -> str:
    assert check(system) == []
    (note,) = system.graph.notes
    assert note.startswith("OWN001: ")
    return str(note)


def test_without_history(system: Any, tmp_path: Path) -> None:
    assert "not a git repository" in reason(sides(system, tmp_path))


def test_with_a_part_of_the_history(system: Any, repository: Callable[..., Path]) -> None:
    sides(system, repository(SPLIT)).graph.history_gap = "shallow clone: only 3 commits are here"
    assert "shallow clone" in reason(system)


def test_with_an_imported_history(system: Any, repository: Callable[..., Path]) -> None:
    assert "imported" in reason(sides(system, repository(SPLIT, seed=(TRAIN, SERVE, OTHER))))


def test_with_squashed_pull_requests_that_credit_one_person_each(system: Any, repository: Callable[..., Path]) -> None:
    assert "squashed" in reason(sides(system, repository(SPLIT, subject="change (#{})")))


def test_with_hardly_a_commit(system: Any, repository: Callable[..., Path]) -> None:
    assert "the serving side has 4 touches" in reason(sides(system, repository([*by(RESEARCH, TRAIN), *by(ENGINEERS, SERVE, 4)])))


def test_when_a_robot_merges_everything(system: Any, repository: Callable[..., Path]) -> None:
    robot = ("release-bot <bot@one.org>",)
    assert "0 touches" in reason(sides(system, repository([*by(robot, TRAIN), *by(robot, SERVE)])))


# ---- found ---------------------------------------------------------------------------------------------------------------------------


def test_different_people(system: Any, repository: Callable[..., Path]) -> None:
    (found,) = check(sides(system, repository(SPLIT)))
    assert found.subject.id == "training -> serving"
    assert found.locations == (Site(TRAIN, 1), Site(SERVE, 1))
    assert (found.severity, found.confidence) == (Severity.high, Confidence.B)
    assert "overlap by 0%, and 0 of 120 commits touch both" in found.message
    text = "\n".join(evidence.text for evidence in found.evidence)
    assert "training side: 60 touches of 1 files in 60 commits by 3 people, 3 of them make 80 %: author 1 33% (20)" in text
    assert "κ = 0/120 = 0.000" in text
    assert "no artifact was seen" in text


def test_nobody_is_named(system: Any, repository: Callable[..., Path]) -> None:
    (found,) = check(sides(system, repository(SPLIT)))
    for name in ("Ann", "ann@", "Dee", "one.org"):
        assert name not in repr(found)


def test_a_bridge_of_few_people_is_a_lesser_split(system: Any, repository: Callable[..., Path]) -> None:
    shared = by(RESEARCH[2:], f"{TRAIN} {SERVE}", 15)
    changes = [*by(RESEARCH[:2], TRAIN, 45), *by(ENGINEERS[:2], SERVE, 45), *shared]
    (found,) = check(sides(system, repository(changes)))
    assert found.severity == Severity.medium
    assert "O = 0.25" in found.evidence[0].text


def test_the_last_year_decides_where_it_says_enough(system: Any, repository: Callable[..., Path]) -> None:
    everyone = (*RESEARCH, *ENGINEERS)
    united = [*by(everyone, TRAIN, first_day=900), *by(everyone, SERVE, first_day=900)]
    assert check(sides(system, repository([*SPLIT, *united]))) == []


def test_a_dormant_split_is_judged_over_all_time(system: Any, repository: Callable[..., Path]) -> None:
    changes = [*SPLIT, *by(RESEARCH, OTHER, 1, first_day=2000)]
    (found,) = check(sides(system, repository(changes)))
    assert found.evidence[0].text.startswith("over the whole history")


def test_components_that_a_model_links_are_measured_each(system: Any, repository: Callable[..., Path]) -> None:
    third = "batch/score.py"
    changes = [*SPLIT, *by(RESEARCH, third)]
    sides(system, repository(changes)).module(third, "batch", roles=["SCORE"])
    system.handoff(TRAIN, "models/a.pkl", SERVE, klass="MODEL").handoff(TRAIN, "models/a.pkl", third, klass="MODEL")
    (found,) = check(system)
    assert found.subject.id == "model -> service"
    assert "model (training) and service (serving)" in found.message
    assert found.minutes == 120 + 60
    assert "`models/a.pkl` crosses from training to serving; no contract names it" in [e.text for e in found.evidence]


def test_a_contract_and_a_test_across_the_boundary_make_it_information(system: Any, repository: Callable[..., Path]) -> None:
    sides(system, repository(SPLIT)).handoff(TRAIN, "models/a.pkl", SERVE, klass="MODEL")
    system.graph.contracts = (("models/*.pkl", "model", ("service",)),)
    assert check(system)[0].severity == Severity.high
    system.module("tests/test_contract.py", is_test=True).imports("tests/test_contract.py", TRAIN).imports("tests/test_contract.py", SERVE)
    assert check(system)[0].severity == Severity.info
    system.graph.contracts = (("models/*.pkl", "model", ("somebody else",)),)
    assert check(system)[0].severity == Severity.high


# ---- found, and less sure ------------------------------------------------------------------------------------------------------------


def test_few_touches(system: Any, repository: Callable[..., Path]) -> None:
    (found,) = check(linked(sides(system, repository([*by(RESEARCH, TRAIN), *by(ENGINEERS, SERVE, 49)]))))
    assert (found.confidence, found.severity) == (Confidence.C, Severity.medium)
    assert "not sure: the serving side has 49 touches, fewer than 50" in [evidence.text for evidence in found.evidence]
    assert "Ann" not in repr(found) and "Dee" not in repr(found)


def test_one_person_trains_and_another_serves(system: Any, repository: Callable[..., Path]) -> None:
    (found,) = check(linked(sides(system, repository([*by(RESEARCH[:1], TRAIN, 6), *by(ENGINEERS[:1], SERVE, 6)]))))
    assert found.confidence is Confidence.C
    assert found.evidence[0].text.startswith("in the 730 days before the newest commit: overlap of author shares O = 0.00 (at most 0.33)")


def test_a_script_that_is_for_scoring_serves(system: Any, repository: Callable[..., Path]) -> None:
    changes = [*by(RESEARCH, TRAIN), *by(ENGINEERS, "batch/predict.py"), *by(ENGINEERS, "batch/report.py")]
    root = repository(changes)
    system.module(TRAIN, "model", roles=["TRAIN"]).module("batch/report.py", "batch", roles=["SCORE"])
    system.graph.history, system.graph.history_gap = start_history(root).result()
    assert check(system) == [], "any file may score"
    (found,) = check(system.module("batch/predict.py", "batch", roles=["SCORE"]))
    assert "batch/predict.py" in {site.path for site in found.locations}


def test_a_library_beside_the_application_that_it_is_for(system: Any, repository: Callable[..., Path]) -> None:
    from analyzer.graph.system import Project

    sides(system, repository(SPLIT)).module("model/train.py", "model", roles=["TRAIN"], project="model")
    system.graph.projects["model"] = Project("model", "library")
    assert len(check(system)) == 1
