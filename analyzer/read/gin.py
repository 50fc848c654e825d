"""Gin files → flat leaves: `[scope/][module.]configurable.parameter = value`, macros, and includes.

Source: github.com/google/gin-config, docs/index.md ("Syntax quick reference"). Text values are their text; references keep their mark
(`%macro`, `@configurable`). `include 'x.gin'` and `import x` become leaves named `include` and `import`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

MAX_STATEMENTS = 5_000
MAX_VALUE = 20_000
_BINDING = re.compile(r"([A-Za-z_][\w./]*)\s*=\s*(?!=)(.*)$", re.DOTALL)
_STATEMENT = re.compile(r"(include|import)\s+(.+)$")
_REFERENCE = re.compile(r"[%@][\w./]+(?:\(\))?")

Leaf = tuple[str, str | int | float | bool | None, int]


def gin_leaves(text: str) -> Iterator[Leaf]:
    """The bindings of a gin file in order. Lines that are no binding are passed over."""
    for statement, line in _statements(text):
        if match := _STATEMENT.match(statement):
            yield match[1], match[2].strip().strip("'\""), line
        elif match := _BINDING.match(statement):
            for key, value in _values(match[1], match[2].strip()):
                yield key, value, line


def _statements(text: str) -> Iterator[tuple[str, int]]:
    """Statements, which go on over lines while a bracket is open or the line ends with a backslash, with their first line."""
    current, first, depth, count = "", 0, 0, 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = _without_comment(raw)
        if not current:
            first = number
        current = (current + " " + line.strip().removesuffix("\\")).strip() if current else line.strip().removesuffix("\\")
        depth += sum(line.count(mark) for mark in "([{") - sum(line.count(mark) for mark in ")]}")
        goes_on = depth > 0 or line.rstrip().endswith(("\\", "="))
        if current and (not goes_on or len(current) > MAX_VALUE):
            yield current, first
            current, depth = "", 0
            count += 1
            if count >= MAX_STATEMENTS:
                return
    if current:
        yield current, first


def _without_comment(line: str) -> str:
    quote = ""
    for position, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#":
            return line[:position]
    return line


def _values(key: str, text: str) -> Iterator[tuple[str, str | int | float | bool | None]]:
    if _REFERENCE.fullmatch(text):
        yield key, text
        return
    try:
        value = ast.literal_eval(_REFERENCE.sub(lambda match: repr(match[0]), text)) if len(text) <= MAX_VALUE else text
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = text
    yield from _flat(key, value, 0)


def _flat(key: str, value: object, depth: int) -> Iterator[tuple[str, str | int | float | bool | None]]:
    if isinstance(value, list | tuple) and depth < 8:
        for position, item in enumerate(value[:1000]):
            yield from _flat(f"{key}.{position}", item, depth + 1)
    elif isinstance(value, dict) and depth < 8:
        for name, item in list(value.items())[:1000]:
            yield from _flat(f"{key}.{name}", item, depth + 1)
    elif value is None or isinstance(value, str | bool | float):
        yield key, value
    elif isinstance(value, int):
        yield key, value if abs(value) < 1 << 62 else str(value)[:100]
    else:
        yield key, str(value)[:200]
