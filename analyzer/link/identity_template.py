"""How a row of the I/O table says which artifact a call names: the text of its `argument` or `identity`, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a call: the first of `choices` that the call gives, else `default`; without both the row says nothing of the call."""

    choices: tuple[str, ...]
    """Positions (digits), keywords, `recv` (what the method is called on), `key` (of an item or attribute); `k.x` is item `x` of `k`."""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A part that nobody can know, `{?name}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Optional:
    """Parts that count only when the call gives their fields, `[{schema}.]`."""

    parts: tuple[str | Field | Hole, ...]


@dataclass(frozen=True, slots=True)
class Template:
    parts: tuple[str | Field | Hole | Optional, ...]
    spec: str = field(default="", compare=False)
    """As the table has it, for the documentation."""
    as_path: bool = False
    """Joined by "/", an absolute part replaces what stands before it; else the parts make one text."""


@cache
def template(spec: str) -> Template:
    """`0|path` a field; `0|bucket + Key` fields joined as paths; `[{schema}.]{name|0=x}` a text with fields,
    what stands in brackets only when the call gives its fields.

    Raises ValueError for a spec without a field or literal.
    """
    if "{" in spec or ":" in spec:
        return Template(tuple(_segment(piece) for piece in re.split(r"(\[[^\[\]]*\])", spec) if piece for piece in _split(piece)), spec)
    return Template(tuple(_field(part) for part in spec.split("+")), spec, as_path=True)


def _split(text: str) -> list[str]:
    return [text] if text.startswith("[") else [piece for piece in re.split(r"(\{[^{}]*\})", text) if piece]


def _segment(piece: str) -> str | Field | Hole | Optional:
    return Optional(tuple(_part(inner) for inner in _split(piece[1:-1]))) if piece.startswith("[") else _part(piece)


def _part(piece: str) -> str | Field | Hole:
    if not piece.startswith("{"):
        return piece
    return Hole(piece[2:-1]) if piece.startswith("{?") else _field(piece[1:-1])


def _field(text: str) -> Field:
    names, equals, default = text.strip().partition("=")
    choices = tuple(name.strip() for name in names.split("|"))
    if not all(re.fullmatch(r"\d+(\.\w+)*|[A-Za-z_]\w*(\.\w+)*", name) for name in choices):
        raise ValueError(f'"{text}" is no argument: a position, a keyword, or several with | between them, was expected')
    return Field(choices, default if equals else None)
