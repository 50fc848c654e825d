"""The lines that reports show around a finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.model import Confidence, Finding, Severity, Site, Subject
from mldebt.snippets import MAX_LINES, MAX_WIDTH, with_snippets


def finding(*sites: Site) -> Finding:
    return Finding("JGL007", "machine-bound-path", Severity.low, Confidence.A, "m", Subject("s", "i"), sites, (), "r")


def snippet(root: Path, site: Site, limit: int = 10**6) -> tuple[int, tuple[str, ...]]:
    (found,) = with_snippets(root, [finding(site)], limit)
    return found.snippet_line, found.snippet


NOWHERE = (Site("gone.py"), Site("folder"), Site("a.py", 99), Site("a.py", 0), Site("nul.py"))
NO_CELL = (Site("a.ipynb", 1, 0, 9), Site("broken.ipynb", 1, 0, 0))


@pytest.mark.parametrize("site", [*NOWHERE, *NO_CELL])
def test_what_cannot_be_shown_is_left_out(repository, site: Site) -> None:
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]})
    root = repository({"a.py": "x = 1\n", "folder/b.py": "", "a.ipynb": notebook, "broken.ipynb": "{", "nul.py": "a\0b"})
    assert snippet(root, site) == (0, ())


def test_a_finding_without_a_place_stays_as_it_is(tmp_path: Path) -> None:
    assert with_snippets(tmp_path, [finding()], 100) == (finding(),)


def test_a_link_is_not_followed(repository) -> None:
    root = repository({"secret.py": "password = 1\n"})
    (root / "a.py").symlink_to(root / "secret.py")
    assert snippet(root, Site("a.py")) == (0, ())


def test_three_lines_before_and_after(repository) -> None:
    root = repository({"a.py": "".join(f"line {n}\n" for n in range(1, 21))})
    assert snippet(root, Site("a.py", 10, 11)) == (7, tuple(f"line {n}" for n in range(7, 15)))
    assert snippet(root, Site("a.py", 1)) == (1, tuple(f"line {n}" for n in range(1, 5)))


def test_long_spans_and_long_lines_are_cut(repository) -> None:
    root = repository({"a.py": ("x" * 5000 + "\n") * 200})
    _, lines = snippet(root, Site("a.py", 50, 190))
    assert len(lines) == MAX_LINES and {len(line) for line in lines} == {MAX_WIDTH}


@pytest.mark.parametrize("source", ["a = 1\nb = 2\nc = 3", ["a = 1\n", "b = 2\n", "c = 3"]])
def test_lines_of_a_cell(repository, source: object) -> None:
    cells = [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": source}]
    old = {"worksheets": [{"cells": [cells[0], {"cell_type": "code", "input": source}]}], "nbformat": 3}
    root = repository({"a.ipynb": json.dumps({"cells": cells}), "old.ipynb": json.dumps(old)})
    for name in ("a.ipynb", "old.ipynb"):
        assert snippet(root, Site(name, 2, 0, 1)) == (1, ("a = 1", "b = 2", "c = 3"))


def test_the_encoding_of_the_file_is_honoured(repository) -> None:
    root = repository({"a.py": "# -*- coding: latin-1 -*-\nx = 'é'\r\n".encode("latin-1")})
    assert snippet(root, Site("a.py", 2))[1][:2] == ("# -*- coding: latin-1 -*-", "x = 'é'")
