from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Evidence, Severity, Site
from rules.constant_guard_branch import ConstantGuardBranch

MakeGraph = Callable[..., SystemGraph]
DEAD = "if USE_MIXUP:\n    mixup()\n"


def lines(graph: SystemGraph) -> list[int]:
    return [site.line for finding in ConstantGuardBranch().check(graph) for site in finding.locations]


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    work()\n",
        "if True:\n    work()\n",
        "if 1:\n    work()\nelse:\n    pass\n",
        "if False:\n    pass\n",
        "if False:\n    ...\n",
        "if False:\n    from typing import Any\n    import os\n",
        "def empty():\n    if False:\n        yield\n",
        "if __debug__:\n    check()\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    work()\n",
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    a = work()\n    b = work()\n",
        "PY3 = True\nif PY3:\n    a()\nelse:\n    b()\n    c()\n",
        "IS_WINDOWS = False\nif IS_WINDOWS:\n    a()\n    b()\n",
        "import sys\nif sys.version_info < (3, 8):\n    a()\n",
        "def f(use=False):\n    if use:\n        work()\n",
        "USE_MIXUP = False\ndef f(USE_MIXUP):\n    if USE_MIXUP:\n        work()\n",
        "def f():\n    USE_MIXUP = False\n    if USE_MIXUP:\n        work()\n",
        "class A:\n    USE = False\n    def f(self):\n        if self.USE:\n            work()\n",
        "MODE = 'wiki'\nif MODE == 'books':\n    work()\n",
        "LEVEL = 0\nif LEVEL == 3:\n    work()\n",
        "CHECKPOINT = 'best.pt'\nif CHECKPOINT:\n    a()\nelse:\n    work()\n",
        "use_mixup = False\nif use_mixup:\n    work()\n",
        "use_mixup = False\ndef f():\n    if use_mixup:\n        work()\nif __name__ == '__main__':\n    f()\n",
        "RESTORE_PATH = None\nif RESTORE_PATH is not None:\n    work()\n",
        "TOKEN = ''\ndef f():\n    if TOKEN:\n        work()\nif __name__ == '__main__':\n    f()\n",
        "if x and y:\n    work()\n",
        "# Set to True to load the last checkpoint:\nif False:\n    work()\n",
        "# Set this to True if there is one.\n# Or not.\nUSE_MIXUP = False\ndef f():\n    if USE_MIXUP:\n        work()\n",
        "# off by default, can be enabled for a closer look\nUSE_MIXUP = False\ndef f():\n    if USE_MIXUP:\n        work()\n",
        "USE_MIXUP = False  #@param {type: 'boolean'}\ndef f():\n    if USE_MIXUP:\n        work()\n",
        "if not x or False:\n    work()\n",
    ],
)
def test_silent(graph_by_hand: MakeGraph, text: str) -> None:
    assert lines(graph_by_hand({"model.py": text})) == []


@pytest.mark.parametrize("path", ["settings.py", "pkg/config.py", "pkg/constants/__init__.py", "notebooks/a.ipynb", "templates/a.py"])
def test_silent_where_constants_are_there_to_be_edited(graph_by_hand: MakeGraph, path: str) -> None:
    assert lines(graph_by_hand({path: "USE_MIXUP = False\n" + DEAD})) == []


def test_silent_about_the_switches_of_examples_and_of_scripts_that_differ_in_them(graph_by_hand: MakeGraph) -> None:
    text = "USE_MIXUP = False\ndef f():\n    if USE_MIXUP:\n        work()\n"
    assert lines(graph_by_hand({"examples/model.py": text})) == []
    assert lines(graph_by_hand({"model.py": text, "other.py": "USE_MIXUP = True\n"})) == []
    assert lines(graph_by_hand({"a/model.py": text, "b/other.py": "USE_MIXUP = True\n"})) == [3]


def test_a_comment_that_tells_why_is_no_invitation(graph_by_hand: MakeGraph) -> None:
    assert lines(graph_by_hand({"model.py": "# mixup did not help\nUSE_MIXUP = False\ndef f():\n    if USE_MIXUP:\n        work()\n"})) == [
        4
    ]


def test_silent_when_a_test_sets_the_switch(graph_by_hand: MakeGraph) -> None:
    text = "_OVERRIDE = None\nif _OVERRIDE is not None:\n    work()\n"
    test = "import kernels.flash as flash\n\ndef test_it():\n    flash._OVERRIDE = 'sdpa'\n"
    assert lines(graph_by_hand({"kernels/flash.py": text, "tests/test_flash.py": test})) == []


def test_silent_for_tests_and_docs(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"tests/test_a.py": "if False:\n    work()\n", "doc/a.py": "if False:\n    work()\n"})
    graph.modules["doc/a.py"].is_docs = True
    assert lines(graph) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("if False:\n    work()\n", 1),
        ("if 0:\n    a = 1\n", 1),
        ("if not True:\n    work()\n", 1),
        ("if None:\n    work()\n", 1),
        ("if False and x():\n    work()\n", 1),
        ("if x:\n    a()\nelif False:\n    work()\n", 3),
        ("while False:\n    work()\n", 1),
        ("if True:\n    a()\nelse:\n    work()\n", 1),
        ("a = f() if False else g()\n", 1),
        ("a = 'uniform' if False else 'normal'\n", 1),
        ("use_mixup = False\ndef f():\n    if use_mixup:\n        work()\n", 3),
        ("USE_MIXUP = False\n" + DEAD, 2),
        ("USE_MIXUP = False\ndef f():\n    if not USE_MIXUP:\n        a()\n    else:\n        work()\n", 3),
        ("USE_MIXUP = False\nif USE_MIXUP and x > 3:\n    work()\n", 2),
        ("_CACHED = None\ndef f():\n    if _CACHED is not None:\n        work()\n", 3),
    ],
)
def test_found(graph_by_hand: MakeGraph, text: str, line: int) -> None:
    assert lines(graph_by_hand({"model.py": text})) == [line]


def test_all_arms_of_one_switch_are_one_finding(graph_by_hand: MakeGraph) -> None:
    text = "USE_MIXUP = False\n" + DEAD + "def f():\n    if USE_MIXUP:\n        if False:\n            a()\n        train_epoch()\n"
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"pkg/model.py": text}))
    assert [site.line for site in finding.locations] == [2, 5]
    assert finding.members == 2
    assert finding.subject.id == "pkg/model.py::USE_MIXUP"
    assert finding.severity == Severity.medium  # it trains
    assert finding.confidence == Confidence.B  # one arm is at the top level, as in a script that is edited
    assert finding.message == "4 statements behind `USE_MIXUP` in 2 places can never run: `USE_MIXUP` never changes"
    assert "`USE_MIXUP = False` is its only assignment" in finding.evidence[0].text
    assert finding.evidence[0].site == Site("pkg/model.py", 1)
    assert [item.site for item in finding.evidence[1:]] == [Site("pkg/model.py", 3, 3), Site("pkg/model.py", 6, 8)]


def test_ten_statements_weigh_more(graph_by_hand: MakeGraph) -> None:
    body = "".join(f"    a{i} = {i}\n" for i in range(10))
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"m.py": "if False:\n" + body}))
    assert finding.severity == Severity.medium
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"m.py": "if False:\n    a = 1\n    b = 2\n"}))
    assert finding.severity == Severity.low


def test_production_weighs_more_and_research_less(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"m.py": "if False:\n    a = 1\n    fit(a)\n"})
    graph.modules["m.py"].production = (Evidence("Dockerfile runs it"),)
    assert next(ConstantGuardBranch().check(graph)).severity == Severity.high
    graph.modules["m.py"].production = ()
    graph.modules["m.py"].is_experiment = True
    assert next(ConstantGuardBranch().check(graph)).severity == Severity.low


def test_a_switch_inside_an_imported_module_is_sure(graph_by_hand: MakeGraph) -> None:
    text = "USE_MIXUP = False\ndef f():\n    if USE_MIXUP:\n        work()\n"
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"pkg/model.py": text}))
    assert finding.confidence == Confidence.A


def test_a_switch_of_a_script_is_less_sure_and_one_for_debugging_least(graph_by_hand: MakeGraph) -> None:
    main = 'if __name__ == "__main__":\n    go()\n'
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"run.py": "USE_MIXUP = False\n" + DEAD + main}))
    assert finding.confidence == Confidence.B
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"run.py": "DEBUG = False\nif DEBUG:\n    train()\n    b()\n"}))
    assert (finding.confidence, finding.severity) == (Confidence.C, Severity.low)


def test_a_choice_of_values_is_told_as_one(graph_by_hand: MakeGraph) -> None:
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"m.py": "kind = 'uniform' if False else 'normal'\n"}))
    assert finding.message == "the value behind `False` can never be chosen"


def test_the_cell_of_a_notebook_is_named(graph_by_hand: MakeGraph) -> None:
    (finding,) = ConstantGuardBranch().check(graph_by_hand({"a.ipynb": "x = 1\nif False:\n    train(x)\n"}))
    assert finding.locations == (Site("a.ipynb", 2, 3, 3),)
    assert finding.severity == Severity.low


def test_the_fingerprint_stays_when_lines_move(graph_by_hand: MakeGraph) -> None:
    text = "def f():\n    if False:\n        work()\n"
    (before,) = ConstantGuardBranch().check(graph_by_hand({"m.py": text}))
    (after,) = ConstantGuardBranch().check(graph_by_hand({"m.py": "import os\n\n\n" + text}))
    assert before.fingerprint == after.fingerprint
    assert before.locations != after.locations


def test_a_parameter_that_papermill_sets_is_no_constant(graph_by_hand: MakeGraph) -> None:
    text = "# %%{}\nFAST = False\n# %%\nif not FAST:\n    fit()\nelse:\n    load()\n    show()\n"
    assert lines(graph_by_hand({"a.py": text.format(' tags=["parameters"]')})) == []
    assert lines(graph_by_hand({"a.py": text.format("")})) == [4]


def test_a_script_with_a_key_to_fill_in_is_there_to_be_edited(graph_by_hand: MakeGraph) -> None:
    text = "SECURE = False\nHEADERS = {{'Authorization': 'Bearer {}'}}\nif SECURE:\n    connect()\n    login()\n"
    assert lines(graph_by_hand({"client.py": text.format("__PASTE_KEY_HERE__") + 'if __name__ == "__main__":\n    run()\n'})) == []
    assert lines(graph_by_hand({"client.py": text.format("a1b2") + 'if __name__ == "__main__":\n    run()\n'})) == [3]
