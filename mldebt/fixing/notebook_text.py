"""The source of one cell inside the JSON of a notebook, edited in place: what lies around it keeps its formatting byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]

from mldebt.fixing.model import Change, NotFixableError, lines_outside

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[-+0-9.eEA-Za-z]+")


@dataclass(frozen=True, slots=True)
class _Value:
    """A JSON value's place in the text, and the places of what it holds: by key or by number."""

    start: int
    end: int
    held: tuple[tuple[str | int, _Value], ...] = ()

    def at(self, key: str | int) -> _Value | None:
        return next((value for name, value in self.held if name == key), None)


def changed_notebook(data: bytes, cell: int, change: Change) -> bytes:
    """The notebook after the edit of a cell's source. Raises NotFixableError."""
    try:
        text = data.decode("utf-8")
        source = _cell_source(_scan(text, _skip(text, 0), 0), cell)
    except (ValueError, IndexError, RecursionError):
        raise NotFixableError("the notebook's JSON cannot be edited in place") from None
    if source is None:
        raise NotFixableError("the cell is not where the notebook was read")
    before = json.loads(text[source.start : source.end])
    replacement = _edited_list(text, source, before, change) if isinstance(before, list) else _edited_string(text, source, before, change)
    return (text[: source.start] + replacement + text[source.end :]).encode("utf-8")


def _cell_source(root: _Value, cell: int) -> _Value | None:
    cells = root.at("cells")
    if cells is not None:
        found = cells.at(cell)
    else:
        sheets = root.at("worksheets")
        every = [each for _number, sheet in (sheets.held if sheets else ()) for _index, each in (sheet.at("cells") or sheet).held]
        found = every[cell] if cell < len(every) else None
    return (found.at("source") or found.at("input")) if found is not None else None


def _edited_string(text: str, source: _Value, before: object, change: Change) -> str:
    if not isinstance(before, str) or "\r" in before:
        raise NotFixableError("the cell's source is no plain text")
    return json.dumps(change(before), ensure_ascii=text[source.start : source.end].isascii() and text.isascii())


def _edited_list(text: str, source: _Value, before: list[object], change: Change) -> str:
    """The list of lines: unchanged lines keep their own spelling, new ones get the separators of the others."""
    if not all(isinstance(part, str) for part in before):
        raise NotFixableError("the cell's source is no plain text")
    parts = [part for part in before if isinstance(part, str)]
    joined = "".join(parts)
    if "\r" in joined or any(part.count("\n") - part.endswith("\n") for part in parts) or any(not p.endswith("\n") for p in parts[:-1]):
        raise NotFixableError("the cell's source is not kept line by line")
    first, end, new = lines_outside(joined, change(joined))
    total = joined.count("\n") + 1
    spelled = [text[value.start : value.end] for _number, value in source.held]
    spelled += ['""'] * (total - len(spelled))  # a source that ends in a line end has an empty last line
    ascii_only = text.isascii()
    lines = [*spelled[:first], *(json.dumps(line + "\n", ensure_ascii=ascii_only) for line in new), *spelled[end:]]
    if not lines:
        return "[]"
    lines[:-1] = [_ended(line, ascii_only) for line in lines[:-1]]
    lines[-1] = _unended(lines[-1], ascii_only)
    if lines[-1] == '""':
        lines.pop()
    if not lines:
        return "[]"
    opening, separator, closing = _around(text, source)
    return opening + separator.join(lines) + closing


def _around(text: str, source: _Value) -> tuple[str, str, str]:
    values = [value for _number, value in source.held]
    opening = text[source.start : values[0].start]
    separator = text[values[0].end : values[1].start] if len(values) > 1 else "," + (opening[1:] or " ")
    return opening, separator, text[values[-1].end : source.end]


def _ended(line: str, ascii_only: bool) -> str:
    value = json.loads(line)
    return line if value.endswith("\n") else json.dumps(value + "\n", ensure_ascii=ascii_only)


def _unended(line: str, ascii_only: bool) -> str:
    value = json.loads(line)
    return json.dumps(value[:-1], ensure_ascii=ascii_only) if value.endswith("\n") else line


# ---- places in JSON ------------------------------------------------------------------------------------------------------------------


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _scan(text: str, at: int, depth: int) -> _Value:
    letter = text[at]
    if letter == '"':
        return _Value(at, scanstring(text, at + 1, True)[1])
    if letter in "{[" and depth < 100:
        held = tuple(_held(text, at, depth))
        end = held[-1][1].end if held else at + 1
        return _Value(at, _skip(text, end) + 1, held)
    match = _SCALAR.match(text, at)
    if match is None:
        raise ValueError(at)
    return _Value(at, match.end())


def _held(text: str, at: int, depth: int) -> Iterator[tuple[str | int, _Value]]:
    is_object, closing = text[at] == "{", "}" if text[at] == "{" else "]"
    at, number = _skip(text, at + 1), 0
    while text[at] != closing:
        key: str | int = number
        if is_object:
            key, at = scanstring(text, at + 1, True)
            at = _skip(text, _skip(text, at) + 1)
        value = _scan(text, at, depth + 1)
        yield key, value
        at, number = _skip(text, value.end), number + 1
        if text[at] == ",":
            at = _skip(text, at + 1)
        elif text[at] != closing:
            raise ValueError(at)
