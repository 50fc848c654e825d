"""Which assignments reach a use."""

from __future__ import annotations

import pytest

from analyzer.link.symbols import Symbols
from analyzer.read.facts import PythonFacts
from analyzer.read.python import read_python


def symbols(text: str) -> Symbols:
    facts = read_python(text)
    assert isinstance(facts, PythonFacts)
    return Symbols("a.py", facts)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("y = 1\nuse(y)\n", [1]),
        ("y = 1\ny = 2\nuse(y)\n", [2]),
        ("use(y)\ny = 1\n", []),
        ("y = 1\nif c:\n    y = 2\nuse(y)\n", [3, 1]),
        ("if c:\n    y = 1\nelse:\n    y = 2\nuse(y)\n", [4, 2]),
        ("y = 1\nif c:\n    y = 2\n    use(y)\n", [3]),
        ("y = 1\nfor i in z:\n    y = 2\nuse(y)\n", [3, 1]),
        ("y = 1\nwith z:\n    y = 2\nuse(y)\n", [3]),
        ("y: int\nuse(y)\n", []),
        ("y = 1\ny = use(y)\n", [1]),
    ],
)
def test_assignments_that_reach_a_use(body: str, lines: list[int]) -> None:
    found = symbols(body)
    (call,) = found.facts.calls
    assert [a.line for a in found.reaching(call.scope, "y", call.line, call.block)] == lines


def test_names_of_a_module() -> None:
    found = symbols(
        "import a.b, c as d\nfrom e import f as g\nfrom h import *\nx = 1\ny.z = 2\ndef i():\n    global j\n    j = 1\nclass K: pass\n"
    )
    assert found.defined() == {"a", "d", "g", "x", "i", "K", "j"}
    assert [s.module for s in found.stars] == ["h"]


def test_the_last_definition_of_a_name_wins() -> None:
    found = symbols("def f():\n    pass\ndef f():\n    pass\n")
    assert found.facts.scopes[found.children[0]["f"]].line == 3
