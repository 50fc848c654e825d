"""Which line of a string literal names which table. Told from the source, where joined pieces stand on their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzer.read.facts import Query

MAX_QUERIES = 500
MAX_TABLES = 100
MAX_LINES = 2_000

_PART = r"(?:[A-Za-z_{][\w${}.\[\]]*|\"[^\"\n]+\"|`[^`\n]+`|\[[^\[\]\n]+\])"
_NAMED = re.compile(
    rf"\b(?:FROM|JOIN|INTO|UPDATE|OVERWRITE|TABLE|VIEW|USING|COPY|EXISTS)[\s\"'\\]+({_PART}(?:\.{_PART})*|[`'][^`'\n]+[`'])", re.IGNORECASE
)
_BEGINS = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|TRUNCATE|COPY|WITH|UNLOAD)\b", re.IGNORECASE)


_ESCAPES = re.compile(r"\\[nrt]")
_WORDS = ("FROM", "INTO", "TABLE", "JOIN", "UPDATE", "OVERWRITE", "VIEW", "USING", "COPY", "EXISTS")


def may_be_query(text: str) -> bool:
    """Is it worth a look? Told from the literal itself, since how it is laid out says nothing."""
    if len(text) < 12 or " " not in text:
        return False
    upper = text.upper()
    return any(map(upper.__contains__, _WORDS))  # a generator takes twice as long, and every string comes by here


def queries(text: str, spans: Iterable[tuple[int, int, int]]) -> tuple[Query, ...]:
    """The literals among `spans` (first line, last line, scope) that name tables, of a source text."""
    lines: list[str] | None = None
    found: list[Query] = []
    for first, last, scope in spans:
        if lines is None:
            lines = text.split("\n")
        part = _ESCAPES.sub(" ", "\n".join(lines[first - 1 : min(last, first + MAX_LINES)]))
        if _BEGINS.search(part) is None:
            continue
        tables = tuple(
            (re.sub(r"[`\"'\[\]]", "", match[1]), first + part.count("\n", 0, match.start(1)))
            for match, _ in zip(_NAMED.finditer(part), range(MAX_TABLES), strict=False)
        )
        if tables:
            found.append(Query(first, last, scope, tables))
        if len(found) == MAX_QUERIES:
            break
    return tuple(found)
