"""Path arithmetic on texts with unknown parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.link import paths
from analyzer.link.domain import Hole, Pattern


def pattern(*parts: str) -> Pattern:
    return Pattern(tuple(Hole(p[1:-1]) if p.startswith("{") else p for p in parts))


@pytest.mark.parametrize(
    ("parts", "folder", "name"),
    [
        (("data/a.csv",), "data", "a.csv"),
        (("data/raw/",), "data", "raw"),
        (("/a.csv",), "/", "a.csv"),
        (("a.csv",), "", "a.csv"),
        (("{root}", "/a.csv"), "{root}", "a.csv"),
        (("out/", "{run}", ".csv"), "out", "{run}.csv"),
        (("{path}",), "{path.parent}", "{path.name}"),
    ],
)
def test_folder_and_name(parts: tuple[str, ...], folder: str, name: str) -> None:
    assert paths.parent(pattern(*parts)).shown == folder
    assert paths.name(pattern(*parts)).shown == name


@pytest.mark.parametrize(
    ("parts", "stem", "suffix"),
    [
        (("data.d/a",), "data.d/a", "{suffix}"),
        ((".env",), ".env", ".env"),
        (("a.tar.gz",), "a.tar", ".gz"),
        (("{run}", ".csv"), "{run}", ".csv"),
        (("a/", "{run}"), "a/{run}", "{suffix}"),
    ],
)
def test_suffixes(parts: tuple[str, ...], stem: str, suffix: str) -> None:
    assert paths.without_suffix(pattern(*parts)).shown == stem
    assert paths.suffix(pattern(*parts)).shown == suffix


def test_marks_survive() -> None:
    at = Pattern(("src/a/b.csv",), "constant", anchored=True, temporary=True)
    above = paths.parent(at)
    assert (above.anchored, above.temporary, above.via) == (True, True, "constant")
    assert not paths.name(at).anchored


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        (".", ""),
        ("./a//b/../c.csv", "a/c.csv"),
        ("../a", "../a"),
        ("//a", "/a"),
        ("a\\b.csv", "a/b.csv"),
        ("C:\\a\\b.csv", "C:\\a\\b.csv"),
        ("s3://bucket//a/b", "s3://bucket/a/b"),
        ("{root}/./a", "{root}/a"),
        (" a ", "a"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert paths.normal(text) == normal


@given(st.text(alphabet="ab./\\:{}* ~", max_size=25))
def test_normal_form_is_its_own(text: str) -> None:
    assert paths.normal(paths.normal(text)) == paths.normal(text)
