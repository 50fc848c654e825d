from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from analyzer.graph.system import Project
from analyzer.history.authorship import DAY, Commit, History
from analyzer.model import Finding, Severity
from rules.single_author_part import SingleAuthorPart

NOW = 1_700_000_000
MODEL = ("ranker/model/net.py", "ranker/model/loss.py")
REST = ("ranker/api.py", "ranker/feeds.py", "ranker/cli.py")


def by(who: str, files: Iterable[str], commits: int, days_ago: int = 5, **flags: Any) -> list[Commit]:
    return [Commit(f"{who}{days_ago}{n}", NOW - days_ago * DAY, who, (), tuple(files), (), **flags) for n in range(commits)]


def asked(system: Any, *commits: list[Commit], paths: Iterable[str] = (*MODEL, *REST), production: str = "a job runs it") -> list[Finding]:
    for path in paths:
        system.module(path, "ranker", production=production)
    system.graph.history = History(tuple(commit for made in commits for commit in made), NOW)
    system.graph.history_gap = ""
    return list(SingleAuthorPart().check(system.graph))


OTHERS = by("bob", REST, 30)


# ---- silent --------------------------------------------------------------------------------------------------------------------------


def test_a_part_of_two_people(system: Any) -> None:
    assert asked(system, by("ann", MODEL, 20), by("bob", MODEL, 3), OTHERS) == []
    assert system.graph.notes == []


def test_a_part_whose_data_or_deleted_files_are_of_others(system: Any) -> None:
    others = by("bob", ("ranker/model/params.json",), 5), by("eve", ("ranker/model/old.py",), 5)
    assert asked(system, by("ann", MODEL, 40), *others, OTHERS) == []


def test_few_commits(system: Any) -> None:
    assert asked(system, by("ann", MODEL, 19), OTHERS) == []


def test_a_repository_of_one_person(system: Any) -> None:
    assert asked(system, by("ann", (*MODEL, *REST), 300)) == []
    assert system.graph.notes == []


def test_a_project_of_one_person_in_a_collection(system: Any) -> None:
    for path in MODEL:
        system.module(path, "ranker", production="a job runs it", project="ranker")
    assert asked(system, by("ann", MODEL, 40), OTHERS, paths=("feeds/read.py",)) == []


def test_what_production_does_not_reach(system: Any) -> None:
    assert asked(system, by("ann", MODEL, 40), OTHERS, production="") == []


def test_pairs_are_credited(system: Any) -> None:
    pairs = [Commit(str(n), NOW, "ann", ("bob",), MODEL, ()) for n in range(30)]
    assert asked(system, by("ann", MODEL, 10), pairs, OTHERS) == [], "the other one of the pair knows it too"


def test_pairs_that_sign_in_the_subject(system: Any) -> None:
    assert asked(system, by("ann", MODEL, 30), by("ann", MODEL, 10, 6, is_paired=True), OTHERS) == []


def test_what_others_did_before_the_files_were_moved(system: Any) -> None:
    old = tuple(path.replace("ranker/", "utils/") for path in MODEL)
    move = Commit("move", NOW - 50 * DAY, "ann", (), (*old, *MODEL), MODEL, tuple(zip(old, MODEL, strict=True)))
    assert asked(system, by("ann", MODEL, 20), [move], by("bob", old, 9, 60), OTHERS) == []
    assert asked(system, by("ann", MODEL, 20), [move], OTHERS)


def test_a_robot_is_nobody(system: Any) -> None:
    assert asked(system, by("", MODEL, 40), OTHERS) == []


@pytest.mark.parametrize("owners", [("@acme/models",), ("@ann", "@bob")])
def test_a_part_with_owners(system: Any, owners: tuple[str, ...]) -> None:
    system.graph.owners = dict.fromkeys(MODEL, owners)
    assert asked(system, by("ann", MODEL, 40), OTHERS) == []


# ---- abstains ------------------------------------------------------------------------------------------------------------------------


def test_without_history(system: Any) -> None:
    system.module(MODEL[0], "ranker", production="a job runs it")
    assert list(SingleAuthorPart().check(system.graph)) == []
    assert system.graph.notes == ["OWN007: no git history"]


def test_squashed_pull_requests_that_credit_the_one_who_merged(system: Any) -> None:
    assert asked(system, by("ann", MODEL, 40, is_squashed=True), OTHERS) == []
    (note,) = system.graph.notes
    assert "40 of 40 commits are squashed" in note


def test_imported_history(system: Any) -> None:
    everything = (*MODEL, *REST)
    imported = [Commit("first", NOW - 900 * DAY, "ann", (), everything, everything)]
    assert asked(system, by("ann", MODEL, 40), OTHERS, imported) == []
    (note,) = system.graph.notes
    assert "imported" in note


# ---- found ---------------------------------------------------------------------------------------------------------------------------


def test_one_persons_part(system: Any) -> None:
    (found,) = asked(system, by("ann", MODEL, 38), by("bob", MODEL, 2, days_ago=9), OTHERS)
    assert found.message == "One person made 38 of the 40 commits (95%) on `ranker/model`, which production depends on"
    assert (found.severity, found.members) == (Severity.low, 2)
    assert {site.path for site in found.locations} == set(MODEL)
    assert "a job runs it" in [evidence.text for evidence in found.evidence]


def test_somebody_who_left_weighs_more(system: Any) -> None:
    (found,) = asked(system, by("ann", MODEL, 40, days_ago=400), OTHERS)
    assert found.severity is Severity.medium
    assert "that person's last commit is 395 days" not in str(found.evidence)
    assert any("400 days older" in evidence.text for evidence in found.evidence)


def test_of_nested_folders_the_outermost_is_told(system: Any) -> None:
    inner = ("ranker/model/heads/softmax.py",)
    (found,) = asked(system, by("ann", (*MODEL, *inner), 40), OTHERS, paths=(*MODEL, *inner, *REST))
    assert found.subject.id == "ranker/model"


def test_nobody_is_named(system: Any) -> None:
    system.graph.projects[""] = Project("", "application")
    (found,) = asked(system, by("ann", MODEL, 40), OTHERS)
    assert "ann" not in str(found) and "bob" not in str(found)
