"""How values are named and marked on their way: hole names, `via`, `%` formatting."""

from __future__ import annotations

import re

from analyzer.link import formatting
from analyzer.link.domain import Abstract, Hole, Pattern, Table, Unknown, as_pattern, concat, literal, stronger_via
from analyzer.read.values import Attr, BinOp, Const, Item, Name, Opaque, Value, Within


def hint_of(value: Value) -> str:
    """A name for the hole that an expression leaves."""
    if isinstance(value, Name):
        return value.id
    if isinstance(value, Attr):
        inner = hint_of(value.value)
        return f"{inner}.{value.name}" if inner else value.name
    if isinstance(value, Item):
        inner = hint_of(value.value)
        key = value.key.value if isinstance(value.key, Const) else hint_of(value.key)
        return f"{inner}[{key}]" if inner else ""
    if isinstance(value, Within):
        return hint_of(value.value)
    if isinstance(value, Opaque):
        return value.hint
    if isinstance(value, BinOp) and value.op == "format":
        return hint_of(value.left)
    return ""


def named(pattern: Pattern, name: str) -> Pattern:
    """A pattern that is one anonymous hole gets the name of the expression it came from."""
    if (
        name
        and len(pattern.parts) == 1
        and isinstance(pattern.parts[0], Hole)
        and pattern.parts[0].name in ("unknown", "object", "…", "value")
    ):
        return Pattern((Hole(name, pattern.parts[0].sym),), pattern.via, pattern.anchored, pattern.temporary, pattern.base)
    return pattern


def through_name(value: Abstract, target: str) -> Abstract:
    if isinstance(value, Pattern):
        if target.startswith("self.") and value.via in ("literal", "constant"):
            return with_via(value, "self-attr")
        return with_via(value, "constant") if value.via == "literal" else value
    if isinstance(value, Unknown) and not value.hint:
        return Unknown(target, value.cause)
    return value


def with_via(value: Abstract, via: str) -> Abstract:
    if isinstance(value, Pattern):
        return Pattern(value.parts, stronger_via(value.via, via), value.anchored, value.temporary, value.base)
    return value


def percent(left: Pattern, arguments: tuple[Abstract, ...], table: Table | None) -> Pattern:
    """`left % arguments`"""
    pieces: list[Pattern] = []
    position = 0
    for part in left.parts:
        if isinstance(part, Hole):
            pieces.append(Pattern((part,)))
            continue
        for chunk in re.split(r"(%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z%])", part):
            if chunk == "%%":
                pieces.append(literal("%"))
            elif chunk.startswith("%(") and table is not None:
                key = chunk[2 : chunk.index(")")]
                values = [v for k, v in table.entries if k == key]
                pieces.append(as_pattern(values[0]) if values else Pattern((Hole(key),)))
            elif re.fullmatch(r"%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]", chunk):
                pieces.append(formatting.percent(chunk, arguments[position]) if position < len(arguments) else Pattern((Hole("value"),)))
                position += 1
            else:
                pieces.append(literal(chunk))
    return concat("concat", Pattern((), left.via, left.anchored), *pieces)
