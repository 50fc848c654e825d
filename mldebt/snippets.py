"""The source lines around a finding, for the reports: the only time a file is opened again after reading."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from analyzer.discover.decoding import decode
from analyzer.discover.discovery import UnreadableFileError, read_file
from analyzer.model import Finding, Site

AROUND = 3
MAX_LINES = 12
MAX_WIDTH = 400
MAX_SNIPPETS = 2000


def with_snippets(root: Path, findings: Iterable[Finding], max_bytes: int) -> tuple[Finding, ...]:
    """The findings with `snippet` and `snippet_line` set, as far as their first location can be read; the first 2,000 only."""

    @lru_cache(maxsize=64)
    def lines_of(path: str, cell: int | None) -> tuple[str, ...]:
        return _lines(root, path, cell, max_bytes)

    return tuple(
        _with_snippet(finding, lines_of(finding.locations[0].path, finding.locations[0].cell))
        if finding.locations and number < MAX_SNIPPETS and not finding.snippet
        else finding
        for number, finding in enumerate(findings)
    )


def _with_snippet(finding: Finding, lines: tuple[str, ...]) -> Finding:
    first, last = window(finding.locations[0], len(lines))
    shown = tuple(line[:MAX_WIDTH] for line in lines[first - 1 : last])
    return replace(finding, snippet=shown, snippet_line=first) if any(shown) else finding


def window(site: Site, count: int) -> tuple[int, int]:
    """First and last line to show of a text of `count` lines; (1, 0) when the site lies outside."""
    if not 1 <= site.line <= count:
        return 1, 0
    first = max(1, site.line - AROUND)
    last = min(count, max(site.line, site.end_line) + AROUND, first + MAX_LINES - 1)
    return first, last


def _lines(root: Path, path: str, cell: int | None, max_bytes: int) -> tuple[str, ...]:
    try:
        data = read_file(root, path, max_bytes)
    except UnreadableFileError:
        return ()
    if cell is not None:
        return tuple(_source_of_cell(data, cell).splitlines())
    return tuple(decode(data, python=path.endswith((".py", ".pyw"))).text.split("\n"))


def _source_of_cell(data: bytes, cell: int) -> str:
    """The source of cell number `cell` of a notebook of format 3 or 4, "" when there is none."""
    try:
        notebook = json.loads(data)
        cells = notebook.get("cells")
        if cells is None:
            cells = [each for sheet in notebook["worksheets"] for each in sheet["cells"]]
        source = cells[cell].get("source", cells[cell].get("input", ""))
        return source if isinstance(source, str) else "".join(source)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
