"""Pure ones, of told ages; tests/history/test_line_ages.py goes the whole way through git."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import DAY, Commit, History
from analyzer.history.line_ages import LineAge, LineAges
from analyzer.model import Confidence, Finding, Severity
from analyzer.scan import graph_of_texts
from rules.stale_flag import StaleFlag

NOW = 1_700_000_000
OLD, CALL = 400, 380
FIT = """\
def fit(model, data, mix=False):
    if mix:
        data = mixup(data)
        data = shuffle(data)
        model.train(data)
    a = 1
    b = 2
    c = 3
    d = 4
    e = 5
    return model.fit(data)
"""
RUN = "from train import fit\n\nfit(a, b, mix=config.mix)\nfit(a, b)\n"
LATER = {6: 50, 7: 40, 8: 30, 9: 20, 10: 10}
"""Line of `FIT` → how many days ago it was changed."""


def commit(days: int, **more: object) -> Commit:
    return Commit(f"c{days}", NOW - days * DAY, "ann", (), ("train.py",), (), **more)  # type: ignore[arg-type]


def ages(text: str, old: int, later: Mapping[int, int]) -> dict[int, LineAge]:
    lines = {number: later.get(number, old) for number in range(1, len(text.splitlines()) + 1)}
    return {number: LineAge(f"c{days}", NOW - days * DAY) for number, days in lines.items()}


def graph(fit: str = FIT, later: Mapping[int, int] = LATER, run: str = RUN, call: int = CALL, **texts: str) -> SystemGraph:
    made = graph_of_texts({"train.py": fit, "run.py": run, **{name.replace("__", "."): text for name, text in texts.items()}})
    made.history = History(tuple(commit(days) for days in (*sorted(later.values()), call, OLD)), NOW)
    made.history_gap = ""
    made.line_ages = LineAges({"train.py": ages(fit, OLD, later), "run.py": ages(run, call, {})})
    return made


def found(of: SystemGraph) -> list[Finding]:
    return list(StaleFlag().check(of))


# ---- silent -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mix", "verbose"),
        ("mix", "push_to_hub"),
        ("mix=False", "mix=None"),
        ("mix=False", "mix=CONFIG"),
        ("mix=False", "mix"),
        ("        data = shuffle(data)\n", ""),
        ("    if mix:", "    mix = mix and model.big\n    if mix:"),
        ("mixup", "trim"),
    ],
)
def test_no_switch_of_an_experiment(before: str, after: str) -> None:
    text = FIT.replace(before, after)
    if before == "mixup":
        text = text.replace("model.train", "show").replace("model.fit", "model.show")
    assert found(graph(text, run=RUN.replace(before, after) if before == "mix" else RUN)) == []


@pytest.mark.parametrize(
    "later",
    [
        {line: days for line, days in LATER.items() if line != 6},
        {**LATER, 4: 300},
        {**LATER, 2: 5},
        {**LATER, 7: 50},
        dict.fromkeys(LATER, OLD + 10),
    ],
    ids=["four changes", "the arm changed", "the test changed", "one commit twice", "changes before"],
)
def test_the_code_around_did_not_go_on_or_the_arm_did(later: Mapping[int, int]) -> None:
    assert found(graph(later=later)) == []


def test_a_place_that_sets_it_was_changed() -> None:
    assert found(graph(call=100)) == []


def test_nobody_sets_it_or_only_a_test_does() -> None:
    assert found(graph(run=RUN.replace(", mix=config.mix", ""))) == []


def test_a_mode_that_calls_ask_for_is_no_experiment() -> None:
    assert found(graph(run=RUN.replace("config.mix", "True"))) == []
    assert found(graph(run=RUN + "fit(a, b, mix=True)\n")) == []
    assert len(found(graph(run=RUN + "fit(a, b, mix=False)\n"))) == 1


def test_others_turn_the_switches_that_a_package_offers() -> None:
    metadata = "[project]\nname = 'kit'\nclassifiers = ['Development Status :: 4 - Beta']\n"
    for name, is_found in (("fit", False), ("_fit", True)):
        made = graph_of_texts({
            "pyproject.toml": metadata,
            "kit/__init__.py": "",
            "kit/train.py": FIT.replace("def fit", f"def {name}"),
            "kit/run.py": f"from kit.train import {name}\n\n{name}(a, b, mix=config.mix)\n",
        })  # fmt: skip
        made.history, made.history_gap = graph().history, ""
        made.line_ages = LineAges({"kit/train.py": ages(FIT, OLD, LATER), "kit/run.py": ages(RUN, CALL, {})})
        assert bool(found(made)) == is_found


def test_robots_and_mass_changes_are_no_work() -> None:
    made = graph()
    made.history = History(tuple(commit(days, is_ignored=days == 10) for days in (10, 20, 30, 40, 50, CALL, OLD)), NOW)
    assert found(made) == []


def test_it_abstains_where_git_does_not_tell() -> None:
    made = graph()
    made.line_ages = LineAges({"run.py": ages(RUN, CALL, {})}, ("train.py",))
    assert found(made) == []
    assert made.notes == ["DXP008: git did not tell the ages of the lines of 1 file: old contents are not here, or it would take too long"]
    made = graph()
    made.line_ages = LineAges({"train.py": ages(FIT, OLD, LATER)})
    assert found(made) == []


def test_it_abstains_on_imported_history() -> None:
    made = graph()
    files = tuple(f"m{n}.py" for n in range(9))
    born = Commit("c0", NOW - 900 * DAY, "ann", (), files, files)
    assert made.history is not None
    made.history = History((*made.history.commits, born), NOW)
    assert found(made) == []
    assert made.notes == ["DXP008: 90% of the files entered in one commit, so their lines have no ages"]


def test_it_abstains_without_a_whole_history() -> None:
    made = graph()
    made.history_gap = "shallow clone: only 3 commits are here"
    assert found(made) == []
    assert made.notes == ["DXP008: shallow clone: only 3 commits are here"]
    assert found(SystemGraph()) == []


# ---- found --------------------------------------------------------------------------------------------------------------


def test_an_arm_that_stayed_while_its_function_went_on() -> None:
    (finding,) = found(graph())
    assert finding.message == "`mix` of `fit` is undecided for 57 weeks: 5 commits changed `fit`, none the 3 statements behind it"
    assert [str(site) for site in finding.locations] == ["train.py:2", "train.py:1"]
    assert [part.text for part in finding.evidence] == [
        "`mix` of `fit` is False unless it is set; its oldest lines are of 2022-10-10",
        "1 place sets it, last changed on 2022-10-30",
        "`mix` is false by default: 3 statements, last changed by 2022-10-10",
        "the latest of 5 commits that changed the lines around since: 2023-10-15 (c30), 2023-10-25 (c20), 2023-11-04 (c10)",
    ]
    assert (finding.confidence, finding.severity) == (Confidence.C, Severity.low)
    assert finding.subject.id == "train.py::fit::mix"


def test_an_option_that_a_command_sets() -> None:
    head = "import argparse\n\nparser = argparse.ArgumentParser()\nparser.add_argument('--mix', action='store_true')\n\n\n"
    text = head + FIT.replace("mix=False", "args").replace("if mix", "if args.mix") + "\n\nfit(1, 2, parser.parse_args())\n"
    later = {line + 6: days for line, days in LATER.items()}
    shell = "python train.py --mix\n"
    made = graph(text, later, run="x = 1\n", run__sh=shell)
    made.line_ages = LineAges({"train.py": ages(text, OLD, later), "run.sh": ages(shell, CALL, {})})
    (finding,) = found(made)
    assert finding.message.startswith("option `--mix` is undecided for 57 weeks")
    assert found(graph(text, later, run="x = 1\n")) == []


def test_the_older_the_worse() -> None:
    made = graph(call=800)
    assert made.line_ages is not None
    made.line_ages = LineAges({**made.line_ages.lines, "train.py": ages(FIT, 800, LATER)})
    (finding,) = found(made)
    assert finding.severity is Severity.medium
