from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.clones import (
    MAX_BUCKET,
    ClonePair,
    Member,
    clone_pairs,
    common_length,
    families,
    semantic_tokens,
    shingles,
    short_clone_pairs,
    similar_pairs,
)
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.facts import CloneUnit, PythonFacts, Scope

LINES = tuple(f"$0 = load_{name}($1, '{name}')" for name in ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))


def member(path: str, name: str, lines: tuple[str, ...]) -> Member:
    scopes = (Scope("module", "", -1, 1, 50), Scope("function", name, 0, 10, 30))
    unit = CloneUnit(1, lines, tuple(range(11, 11 + len(lines))), 1.0)
    return Member(Module(path, "", PythonFacts("python", 50, scopes=scopes, clones=(unit,)), "", path), unit)


def pair(one: tuple[str, ...], other: tuple[str, ...], names: tuple[str, str] = ("load", "load")) -> ClonePair | None:
    found = list(similar_pairs([member("a.py", names[0], one), member("b.py", names[1], other)]))
    return found[0] if found else None


def test_unlike_functions_of_one_name_are_no_pair() -> None:
    assert pair(LINES, tuple(reversed(LINES))) is None


def test_functions_with_few_common_stretches_and_other_names_are_no_candidates() -> None:
    every_second = tuple(line if n % 3 else f"other({n})" for n, line in enumerate(LINES))
    assert pair(LINES, every_second, ("load", "fetch")) is None
    assert pair(LINES, every_second) is not None


def test_a_crowd_is_linked_as_a_chain() -> None:
    crowd = [member(f"m{n}.py", "load", LINES) for n in range(MAX_BUCKET + 1)]
    assert len(list(similar_pairs(crowd))) == MAX_BUCKET
    assert len(list(similar_pairs(crowd[:4]))) == 6


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.lists(st.sampled_from("abcd"), max_size=30))
def test_the_common_length_is_that_of_the_table(one: list[str], other: list[str]) -> None:
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, left in enumerate(one):
        for j, right in enumerate(other):
            table[i + 1][j + 1] = table[i][j] + 1 if left == right else max(table[i][j + 1], table[i + 1][j])
    assert common_length(one, other) == table[-1][-1]


def test_short_functions_are_compared_by_name_only() -> None:
    graph = SystemGraph()
    short = LINES[:5]
    for one in (
        member("a.py", "load", short),
        member("b.py", "load", short),
        member("c.py", "fetch", short),
        member("d.py", "__len__", short),
    ):
        graph.modules[one.module.path] = one.module
    graph.modules["e.py"] = member("e.py", "__len__", short).module
    assert [(p.a.id, p.b.id) for p in short_clone_pairs(graph)] == [("a.py::load", "b.py::load")]
    assert clone_pairs(graph) == []


def test_families_hang_together() -> None:
    assert families([("d", "e"), ("b", "c"), ("a", "b")]) == [("a", "b", "c"), ("d", "e")]


def test_a_renamed_copy_is_found_by_its_shingles() -> None:
    found = pair(LINES, (*LINES[:-1], "other('ten')"), ("load", "fetch"))
    assert found is not None
    assert found.similarity == pytest.approx(0.9)
    assert found.common == LINES[:-1]


def test_exact_copies_have_no_difference() -> None:
    found = pair(LINES, LINES)
    assert found is not None
    assert (found.similarity, found.differences) == (1.0, ())


def test_a_changed_literal_is_a_difference_of_one_token() -> None:
    found = pair(LINES, tuple(line.replace("'five'", "'vijf'") for line in LINES))
    assert found is not None
    assert [(d.left, d.right, d.left_line, d.right_line) for d in found.differences] == [("'five'", "'vijf'", 15, 15)]


def test_a_line_that_one_copy_has_alone() -> None:
    found = pair(LINES, (*LINES[:4], "$0 = $0.dropna()", "return $0", *LINES[4:]))
    assert found is not None
    assert [(d.left, d.right, d.left_line, d.right_line) for d in found.differences] == [
        ("", "$0 = $0.dropna()", 15, 15),
        ("", "return $0", 15, 16),
    ]


def test_locals_and_brackets_mean_nothing() -> None:
    assert semantic_tokens("$0 = [$1, ($2)]") == ["="]
    assert semantic_tokens("$0['a b'] = x.mean() ** 2.5") == ["'a b'", "=", "x", "mean", "**", "2.5"]
    found = pair((*LINES, "$0"), (*LINES, "$1"))
    assert found is not None
    assert found.differences == ()


def test_pairs_of_a_graph_leave_tests_out() -> None:
    graph = SystemGraph()
    for one in (member("a.py", "load", LINES), member("b.py", "load", LINES), member("tests/c.py", "load", LINES)):
        graph.modules[one.module.path] = one.module
    graph.modules["tests/c.py"].is_test = True
    assert [(p.a.id, p.b.id) for p in clone_pairs(graph)] == [("a.py::load", "b.py::load")]


@given(st.lists(st.text(max_size=5), max_size=30))
def test_shingles_are_the_same_in_every_run_and_winnowed(lines: list[str]) -> None:
    found = shingles(lines)
    assert found == shingles(tuple(lines))
    assert bool(found) == (len(lines) >= 3)
    assert len(found) <= max(0, len(lines) - 2)


@given(st.lists(st.sampled_from(LINES), min_size=8, max_size=14), st.lists(st.sampled_from(LINES), min_size=8, max_size=14))
def test_likeness_is_bounded_and_differences_stand_on_real_lines(one: list[str], other: list[str]) -> None:
    found = pair(tuple(one), tuple(other))
    if found is not None:
        assert 0.6 <= found.similarity <= 1
        for difference in found.differences:
            assert difference.left_line in found.a.unit.source_lines
            assert difference.right_line in found.b.unit.source_lines
