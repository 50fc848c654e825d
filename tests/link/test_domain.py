"""Values: joining, concatenating, and what counts as known."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.link.domain import (
    MAX_ALTERNATIVES,
    Hole,
    Known,
    Pattern,
    Sym,
    Unknown,
    as_pattern,
    capped,
    concat,
    generalised,
    joined,
    literal,
    stronger_via,
)


@pytest.mark.parametrize("value", [None, True, 1.5, -1])
def test_what_is_no_part_of_a_path_stays_a_hole(value: float | bool | None) -> None:
    assert as_pattern(Known(value)).shown == "{value}"


def test_a_number_is_its_digits() -> None:
    assert as_pattern(Known(3)).shown == "3"


def test_a_hole_remembers_its_parameter() -> None:
    sym = Sym(("a.py", 1), "args").then("attr", "out").then("item", "k")
    pattern = as_pattern(sym)
    assert (pattern.shown, pattern.parts, pattern.via) == ("{args.out[k]}", (Hole("args.out[k]", sym),), "parameter")


@pytest.mark.parametrize("text", ["", "/", "../", ". ."])
def test_separators_are_no_text(text: str) -> None:
    assert not literal(text).has_text


@pytest.mark.parametrize(
    ("left", "right", "path"),
    [
        ("data", "a.csv", "data/a.csv"),
        ("data/", "a.csv", "data/a.csv"),
        ("", "a.csv", "a.csv"),
        ("data", "", "data"),
        ("data", "/abs/a.csv", "/abs/a.csv"),
        ("data", "~/a.csv", "~/a.csv"),
        ("data", "s3://b/a.csv", "s3://b/a.csv"),
    ],
)
def test_joining_paths(left: str, right: str, path: str) -> None:
    assert joined(literal(left), literal(right)).shown == path


def test_what_is_anchored_replaces_what_stands_before_it() -> None:
    right = Pattern(("src/a.csv",), anchored=True)
    assert joined(literal("data"), right) == right
    assert joined(right, literal("b")).anchored


def test_the_most_telling_origin_wins() -> None:
    assert stronger_via("literal", "cli-default", "constant") == "cli-default"
    assert concat("concat", Pattern(("a",), "config"), literal("b")).via == "config"


@given(st.lists(st.integers(0, 20), max_size=30))
def test_alternatives_are_few_distinct_and_in_order(numbers: list[int]) -> None:
    values = capped([Known(n) for n in numbers])
    distinct = list(dict.fromkeys(numbers))
    assert len(values) <= MAX_ALTERNATIVES
    if len(distinct) <= MAX_ALTERNATIVES:
        assert [v.value for v in values if isinstance(v, Known)] == distinct
    else:
        assert isinstance(values[-1], Unknown)


@given(st.lists(st.text(alphabet="ab/.", max_size=4), max_size=8))
def test_concatenation_is_the_text_of_its_parts(texts: list[str]) -> None:
    made = concat("concat", *map(literal, texts))
    assert made.text == "".join(texts)
    assert len(made.parts) <= 1


def test_very_long_texts_are_cut() -> None:
    made = concat("fstring", *[p for n in range(60) for p in (Pattern((Hole(f"h{n}"),)), literal("/"))])
    assert len(made.parts) <= 49
    assert made.parts[-1] == Hole("…")


def test_nothing_has_nothing_in_common() -> None:
    assert generalised([]) is None


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        ([], None),
        (["a.csv", "b.csv"], None),
        (["data/a.csv", "other/a.csv"], None),
        (["data/a.csv", "data/a.csv"], "data/a.csv"),
        (["data/a.csv", "data/b.csv"], "data/{…}.csv"),
        (["data/part-1.csv", "data/part-2.csv"], "data/part-{…}.csv"),
        (["data/{x}/a.csv", "data/b/a.csv"], "data/{…}/a.csv"),
        (["data/a.csv", "data/b/a.csv"], "data/{…}"),
        (["data/a/x.csv", "data/b/c/x.csv", "data/x.csv"], "data/{…}"),
    ],
)
def test_what_texts_share(texts: list[str], shared: str | None) -> None:
    found = generalised([literal(text) for text in texts])
    assert (found and found.shown) == shared


@given(st.lists(st.text(alphabet="ab/.{}-", max_size=8), max_size=6))
def test_what_texts_share_covers_each_of_them(texts: list[str]) -> None:
    plain = [text.replace("{", "").replace("}", "") for text in texts]
    found = generalised([literal(text) for text in plain])
    if found is not None:
        assert all(fnmatchcase(text, found.shown.replace("{…}", "*")) for text in plain)
