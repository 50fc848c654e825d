"""Gin files as leaves."""

from __future__ import annotations

import pytest

from analyzer.read.configuration import read_configuration
from analyzer.read.configuration_facts import ConfigFacts


def leaves(text: str) -> list[tuple[str, object, int]]:
    read = read_configuration(text, ".gin")
    assert isinstance(read, ConfigFacts)
    return list(read.leaves)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "no binding\n", "= 3\n", "a == 3\n"])
def test_nothing(text: str) -> None:
    assert leaves(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f.p = 'a.csv'  # why\n", [("f.p", "a.csv", 1)]),
        ("\nscope/mod.f.p = 3\n", [("scope/mod.f.p", 3, 2)]),
        ("f.p = %NAME\nNAME = 'a#b'\n", [("f.p", "%NAME", 1), ("NAME", "a#b", 2)]),
        ("f.p = @g()\n", [("f.p", "@g()", 1)]),
        ("f.p = [\n  'a',\n  %b,\n]\n", [("f.p.0", "a", 1), ("f.p.1", "%b", 1)]),
        ("f.p = {'k': 'a'}\n", [("f.p.k", "a", 1)]),
        ("f.p = \\\n  'a'\n", [("f.p", "a", 1)]),
        ("f.p = [1, 2\n", [("f.p", "[1, 2", 1)]),
        ("include 'base.gin'\nimport pkg.mod\n", [("include", "base.gin", 1), ("import", "pkg.mod", 2)]),
        ("f.p = " + "1" * 300 + "\n", [("f.p", "1" * 100, 1)]),
    ],
)
def test_bindings(text: str, expected: list[tuple[str, object, int]]) -> None:
    assert leaves(text) == expected
