"""What reading keeps for the languages of orchestrators: shifts, extents of `with`, the lines of arguments and items."""

from __future__ import annotations

import pytest

from analyzer.read.facts import PythonFacts, Shift
from analyzer.read.python import read_python
from analyzer.read.values import CallRef, Map, Name, Seq


def facts(text: str) -> PythonFacts:
    found = read_python(text)
    assert isinstance(found, PythonFacts)
    return found


def pairs(shifts: tuple[Shift, ...]) -> list[tuple[object, str, object]]:
    return [(s.left, s.op, s.right) for s in shifts]


@pytest.mark.parametrize("text", ["1 << 3", "x >> 2", "y = 1 << n", "f'{x}' >> y", "'a' << b", "a + b", "a > b"])
def test_numbers_and_texts_are_not_put_in_order(text: str) -> None:
    assert facts(text).shifts == ()


def test_a_chain_is_noted_pairwise_in_either_direction() -> None:
    a, b, c = Name("a"), Name("b"), Name("c")
    assert pairs(facts("a >> b >> c").shifts) == [(a, ">>", b), (b, ">>", c)]
    assert pairs(facts("a << b").shifts) == [(a, "<<", b)]
    assert pairs(facts("a >> [b, c] >> d").shifts) == [(a, ">>", Seq((b, c))), (Seq((b, c)), ">>", Name("d"))]
    assert pairs(facts("a >> (b >> c)").shifts) == [(b, ">>", c), (a, ">>", c)]


def test_the_extent_of_a_constructed_or_named_context() -> None:
    text = "with DAG('x') as dag:\n    a()\n    with dag:\n        b()\nwith open('f') as f:\n    pass\n"
    assert [(c.value, c.bound, c.line, c.end_line) for c in facts(text).contexts] == [(CallRef(0), "dag", 1, 4), (Name("dag"), "", 3, 4)]


def test_lines_of_arguments_and_items_are_kept_when_they_differ() -> None:
    one, many = facts("f(1, b=[2, 3])").calls[0], facts("f(1,\n  b=[2,\n  3],\n  c={'k':\n  1, 'l': 2})").calls[0]
    assert one.lines == () and many.lines == (1, 2, 4)
    items, entries = many.keywords[0][1], many.keywords[1][1]
    assert isinstance(items, Seq) and items.lines == (2, 3)
    assert isinstance(entries, Map) and entries.lines == (4, 5)
