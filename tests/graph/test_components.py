"""The parts of a repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.codeowners import CodeOwners
from analyzer.graph.components import Components
from analyzer.graph.globs import matches
from analyzer.link.projects import layout_of


def component(path: str, *files: str, configured: dict[str, list[str]] | None = None, owners: str = "") -> str:
    return Components(layout_of((path, *files), {}), configured or {}, CodeOwners(owners), frozenset((path, *files))).of(path)


@pytest.mark.parametrize(
    ("path", "files", "name"),
    [
        ("a.py", (), "(root)"),
        ("train/a.py", (), "train"),
        ("train/deep/a.py", (), "train"),
        ("src/train/a.py", (), "src/train"),
        ("src/a.py", (), "src"),
        ("p/train/a.py", ("p/__init__.py",), "p/train"),
        ("p/a.py", ("p/__init__.py",), "p"),
        ("src/p/train/a.py", ("src/p/__init__.py",), "src/p/train"),
        ("api/src/a.py", ("api/setup.py",), "api"),
    ],
)
def test_folders_and_projects(path: str, files: tuple[str, ...], name: str) -> None:
    assert component(path, *files) == name


def test_the_configuration_comes_first_then_the_owners() -> None:
    configured = {"models": ["train/**", "score/**"]}
    assert component("train/a.py", configured=configured, owners="/train/ @team\n") == "models"
    assert component("data/x/a.py", configured=configured, owners="/data/ @team\n/data/x/ @other\n*.py @all\n") == "data/x"
    assert component("data/x/a.py", owners="# /data/ @team\n/data/\n!/data @x\n") == "data"


@pytest.mark.parametrize(
    ("path", "glob", "is_match"),
    [
        ("a/b.py", "a", True),
        ("a/b.py", "a/", True),
        ("a/b.py", "/a", True),
        ("ab/c.py", "a", False),
        ("a/b/c.py", "a/*", True),
        ("a/b/c.py", "*.py", False),
        ("c.py", "*.py", True),
        ("a/b/c.py", "**/c.py", True),
        ("c.py", "**/c.py", True),
        ("a/b/c.py", "a/**", True),
        ("a/b/c.py", "a/**/c.py", True),
        ("a/c.py", "a/?.py", True),
        ("a/cd.py", "a/?.py", False),
        ("a+b/c.py", "a+b", True),
        ("aab/c.py", "a+b", False),
    ],
)
def test_globs(path: str, glob: str, is_match: bool) -> None:
    assert matches(path, [glob]) is is_match


@given(st.text(alphabet="ab/*?.+[(", max_size=12), st.text(alphabet="ab/.", max_size=12))
def test_any_glob_is_a_pattern(glob: str, path: str) -> None:
    assert matches(path, [glob]) in (True, False)


@given(st.lists(st.sampled_from(["a", "b.py", "x+y", "[z]"]), min_size=1, max_size=4).map("/".join))
def test_a_path_matches_itself(path: str) -> None:
    assert matches(path, [path])
    assert matches(path, ["**"])
