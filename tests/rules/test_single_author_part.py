from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from analyzer.graph.system import Project
from analyzer.history.authorship import DAY, Commit, History
from analyzer.model import Confidence, Finding, Severity
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


# ---- small parts, in one finding -----------------------------------------------------------------------------------------------------

QUEUE = ("ranker/queue/redis.py", "ranker/queue/memory.py")
TASKS = "ranker/tasks.py"
DATA = ("ranker/queue/lengths.json",)
CROWD = [*by("bob", REST, 30), *by("eve", REST, 30)]


def small(
    system: Any,
    *commits: list[Commit],
    lines: int = 100,
    archetype: str = "application",
    production: str = "a job runs it",
    runs: bool = True,
) -> list[Finding]:
    paths = (*QUEUE, TASKS, *REST)
    for path in paths:
        system.module(path, "ranker", production=production, runs=runs)
        module = system.graph.modules[path]
        module.facts = msgspec.structs.replace(module.facts, code_lines=lines)
    system.graph.projects[""] = Project("", archetype)
    return asked_again(system, *commits)


def asked_again(system: Any, *commits: list[Commit]) -> list[Finding]:
    system.graph.history = History(tuple(commit for made in commits for commit in made), NOW)
    system.graph.history_gap = ""
    return list(SingleAuthorPart().check(system.graph))


@pytest.mark.parametrize(
    "commits",
    [
        (by("ann", QUEUE, 4), CROWD),
        (by("ann", QUEUE, 9), by("cem", QUEUE, 2), CROWD),
        (by("ann", [TASKS], 9), CROWD),
        (by("ann", QUEUE, 9), by("cem", ["ranker/queue/gone.py"], 5), CROWD),
        (by("ann", [TASKS], 12), by("bob", [TASKS], 10, 1200), CROWD),
        (by("ann", [TASKS], 12), by("dan", [TASKS], 20, 1200), CROWD),
        (by("ann", QUEUE[:1], 8, 800), by("ann", QUEUE[1:], 8, 801), by("dan", QUEUE, 8, 1600), by("eve", DATA, 1), CROWD),
        (by("ann", QUEUE, 9, is_squashed=True), CROWD),
    ],
    ids=[
        "few commits",
        "two people",
        "a file with few",
        "a folder that held others' work",
        "who knew it is still here",
        "others made more",
        "others keep its data",
        "squashed",
    ],
)
def test_small_parts_that_are_nobodys_alone(system: Any, commits: tuple[list[Commit], ...]) -> None:
    assert small(system, *commits) == []


def test_small_parts_of_two_people(system: Any) -> None:
    assert small(system, by("ann", QUEUE, 9), by("bob", REST, 30)) == [], "two who share the work have parts of their own"


def test_a_few_lines_need_nobody_who_knows_them(system: Any) -> None:
    assert small(system, by("ann", QUEUE, 9), CROWD, lines=10) == []


def test_small_parts_that_nothing_needs(system: Any) -> None:
    assert small(system, by("ann", QUEUE, 9), CROWD, production="", runs=False) == []


def test_a_library_that_nothing_runs(system: Any) -> None:
    assert small(system, by("ann", QUEUE, 9), CROWD, production="", archetype="library") == []


def test_programs_where_nothing_is_seen_to_run(system: Any) -> None:
    (found,) = small(system, by("ann", QUEUE, 9), CROWD, production="")
    assert "is a program" in found.evidence[0].text
    system.module("job.py", production="a job runs it", runs=False)
    assert asked_again(system, by("ann", QUEUE, 9), CROWD) == [], "something does, so programs are not what production needs"


def test_a_script_without_a_main_block(system: Any) -> None:
    assert small(system, by("ann", QUEUE, 9), CROWD, production="", runs=False) == [], "parts of a package wait for others"
    for path in QUEUE:
        system.graph.modules[path].is_packaged = False
    assert len(asked_again(system, by("ann", QUEUE, 9), CROWD)) == 1
    system.module("notes.ipynb", runs=False).imports("notes.ipynb", QUEUE[0]).imports("notes.ipynb", QUEUE[1])
    assert asked_again(system, by("ann", QUEUE, 9), CROWD) == [], "somebody imports them, so nobody starts them"


def test_evaluations_and_what_stands_apart(system: Any) -> None:
    lab, judge = ("prune/cut.py", "prune/rank.py"), ("ranker/evaluation/score.py", "ranker/evaluation/read.py")
    changes = by("ann", lab, 12), by("ann", judge, 12), CROWD
    for path in (*lab, *judge):
        system.module(path, "prune", runs=True)
        module = system.graph.modules[path]
        module.facts = msgspec.structs.replace(module.facts, code_lines=100)
    small(system, production="", runs=False)
    (found,) = asked_again(system, *changes)
    assert {site.path for site in found.locations} == set(lab)
    system.graph.tracked_files = frozenset({"README.md", "prune/README.md"})
    assert asked_again(system, *changes) == []
    system.module("ranker/evaluation/main.py", runs=True).imports("ranker/evaluation/main.py", judge[0])
    system.module("tests/test_score.py", is_test=True).imports("tests/test_score.py", judge[0])
    assert asked_again(system, *changes) == [], "evaluations and tests need no owner"
    system.module("ranker/serve.py", runs=True).imports("ranker/serve.py", lab[0]).imports("ranker/serve.py", judge[0])
    (found,) = asked_again(system, *changes)
    assert {site.path for site in found.locations} == {lab[0], judge[0]}, "somebody needs them"


def test_what_a_tutorial_trains(system: Any) -> None:
    system.module(QUEUE[0], "ranker", roles=["TRAIN"])
    assert small(system, by("ann", QUEUE, 9), CROWD, production="", archetype="tutorial") == []


def test_small_parts_are_one_finding_of_class_c(system: Any) -> None:
    (found,) = small(system, by("ann", QUEUE, 9), by("cem", [TASKS], 12, 400), CROWD)
    assert (found.confidence, found.members) == (Confidence.C, 2)
    assert "`ranker/tasks.py`, `ranker/queue`" in found.message
    assert {site.path for site in found.locations} == {*QUEUE, TASKS} and {site.line for site in found.locations} == {1}
    assert found.evidence[0].text == "they are the parts of 2 people"
    assert "one person made 12 of 12 commits; that person's last commit is 400 days older" in found.evidence[1].text
    assert "ann" not in str(found) and "cem" not in str(found)


def test_who_knew_it_has_gone(system: Any) -> None:
    (found,) = small(system, by("ann", [TASKS], 12), by("dan", [TASKS], 10, 1200), CROWD)
    assert "in the last 24 months of the work on it" in found.evidence[0].text


def test_what_the_training_imports(system: Any) -> None:
    system.module("fit.py", roles=["TRAIN"]).imports("fit.py", TASKS)
    (found,) = small(system, by("ann", [TASKS], 12), CROWD, production="", runs=False)
    assert found.subject.id == "small parts of one person" and "has the role TRAIN" in found.evidence[0].text


def test_a_small_part_inside_a_large_one_is_not_told_again(system: Any) -> None:
    (found,) = small(system, by("ann", QUEUE, 30), CROWD)
    assert found.subject.id == "ranker/queue"


# ---- a repository of one person ------------------------------------------------------------------------------------------------------


def test_a_repository_to_which_others_gave_a_little(system: Any) -> None:
    (found,) = asked(system, by("ann", (*MODEL, *REST), 300), by("bob", REST, 3))
    assert (found.confidence, found.severity) == (Confidence.C, Severity.low)
    assert found.message == "One person made 300 of the 303 commits (99%) of the repository, and production runs 5 of its modules"
    assert "ann" not in str(found) and "bob" not in str(found)


def test_a_young_repository_of_one_person(system: Any) -> None:
    assert asked(system, by("ann", (*MODEL, *REST), 40), by("bob", REST, 1)) == []


def test_a_tutorial_of_one_person(system: Any) -> None:
    for path in MODEL:
        system.module(path, "ranker", production="a job runs it")
    system.graph.projects[""] = Project("", "tutorial")
    assert asked_again(system, by("ann", MODEL, 300), by("bob", MODEL, 3)) == []
