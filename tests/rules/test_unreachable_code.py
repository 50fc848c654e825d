from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Severity
from rules.unreachable_code import UnreachableCode

MakeGraph = Callable[..., SystemGraph]


def lines(graph: SystemGraph) -> list[int]:
    return [site.line for finding in UnreachableCode().check(graph) for site in finding.locations]


@pytest.mark.parametrize(
    "body",
    [
        "return 1",
        "if a:\n    return 1\nwork()",
        "raise E\nreturn None",
        "raise E\npass",
        "return x\nraise E",
        "raise E\nreturn None, kwargs",
        "raise ValueError('no')  # the task will fail here\nwork()",
        "# it is meant to crash\nraise ValueError('no')\nwork()",
        "return\nyield",
        "return\nyield 1\nwork()",
        "while True:\n    if a:\n        break\nwork()",
        "while True:\n    for x in y:\n        z()\n    else:\n        break\nwork()",
        "while a:\n    return\nwork()",
        "with suppress(E):\n    return load()\nwork()",
        "try:\n    return load()\nexcept E:\n    pass\nwork()",
        "for x in y:\n    return x\nwork()",
        "if a:\n    return 1\nelif b:\n    return 2\nwork()",
        "try:\n    a()\nexcept KeyError:\n    b()\nexcept Exception:\n    c()",
        "try:\n    a()\nexcept lib.Gone:\n    b()\nexcept lib.Lost:\n    c()",
        "try:\n    a()\nexcept Exception:\n    b()\nexcept KeyboardInterrupt:\n    c()",
        "try:\n    a()\nexcept Exception:\n    b()\nexcept asyncio.CancelledError:\n    c()",
        "try:\n    a()\nexcept (KeyError, ValueError):\n    b()\nexcept (KeyError, OSError):\n    c()",
        "if next(a):\n    b()\nelif next(a):\n    c()",
        "if a == 1:\n    b()\nelif a == 2:\n    c()",
        "if a and b:\n    c()\nelif a:\n    d()",
        "if a in ('x', 'y'):\n    c()\nelif a in ('y', 'z'):\n    d()",
        "if a == 1 and b == 2:\n    c()",
        "if a == 1 or a == 2:\n    c()",
    ],
)
def test_silent(graph_by_hand: MakeGraph, body: str) -> None:
    text = "def f():\n" + "\n".join("    " + line for line in body.splitlines()) + "\n"
    assert lines(graph_by_hand({"model.py": text})) == []


def test_an_exception_of_our_own_that_is_called_like_a_builtin_is_not_that_builtin(graph_by_hand: MakeGraph) -> None:
    text = "from requests import ConnectionError\ntry:\n    a()\nexcept OSError:\n    b()\nexcept ConnectionError:\n    c()\n"
    assert lines(graph_by_hand({"model.py": text})) == []


def test_silent_at_the_top_of_a_notebook(graph_by_hand: MakeGraph) -> None:
    assert lines(graph_by_hand({"a.ipynb": "raise SystemExit\nwork()\n"})) == []


def test_silent_in_tests_and_templates(graph_by_hand: MakeGraph) -> None:
    text = "raise SystemExit\nwork()\n"
    assert lines(graph_by_hand({"tests/a.py": text, "templates/a.py": text})) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("return 1\nwork()", 3),
        ("return 1\nx = 2\nreturn x", 3),
        ("raise E\nx = 2", 3),
        ("for x in y:\n    continue\n    work()", 4),
        ("sys.exit(1)\nwork()", 3),
        ("while True:\n    work()\nmore()", 4),
        ("while True:\n    for x in y:\n        break\nmore()", 5),
        ("if a:\n    return 1\nelse:\n    raise E\nwork()", 6),
        ("try:\n    return load()\nexcept E:\n    return None\nwork()", 6),
        ("return\nfor x in y:\n    yield x\nwork()\nmore()", 3),
        ("try:\n    a()\nexcept lib.Gone:\n    b()\nexcept lib.Gone:\n    c()", 6),
        ("try:\n    a()\nexcept Exception:\n    b()\nexcept (KeyError, OSError):\n    c()", 6),
        ("try:\n    a()\nexcept Exception:\n    b()\nexcept requests.HTTPError:\n    c()", 6),
        ("if a == 1:\n    b()\nelif a == 1:\n    c()", 4),
        ("if a:\n    b()\nelif a and x > 2:\n    c()", 4),
        ("if a in ('x', 'y'):\n    c()\nelif a == 'y':\n    d()", 4),
        ("if isinstance(a, str):\n    c()\nelif isinstance(a, str):\n    d()", 4),
        ("if a == 1 and a == 2:\n    c()", 2),
        ("if a and not a:\n    c()", 2),
    ],
)
def test_found(graph_by_hand: MakeGraph, body: str, line: int) -> None:
    text = "def f():\n" + "\n".join("    " + part for part in body.splitlines()) + "\n"
    assert lines(graph_by_hand({"model.py": text})) == [line]


def test_the_places_of_a_function_are_one_finding_with_their_reasons(graph_by_hand: MakeGraph) -> None:
    text = "def f(a):\n    if a:\n        raise E\n        b()\n    return 1\n    " + "\n    ".join(f"c{n}()" for n in range(9)) + "\n"
    (found,) = UnreachableCode().check(graph_by_hand({"model.py": text}))
    assert (found.members, found.severity, found.confidence) == (2, Severity.medium, Confidence.A)
    assert found.subject.id == "model.py::f"
    assert found.message == "10 statements of `f` in 2 places can never run: `raise` leaves before it"
    assert [str(part.site) for part in found.evidence] == ["model.py:3", "model.py:4", "model.py:5", "model.py:6"]
