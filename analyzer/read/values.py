"""Expressions as values: what a reader keeps of a Python expression so that the link stage can resolve it later.

Everything here is immutable and serialisable (msgspec), so facts can be cached by content and cross process borders.
Depth is bounded by the reader; what is too deep or of no use for resolution becomes `Opaque`.
"""

from __future__ import annotations

from typing import Union

import msgspec


class Const(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """A literal: string, number, bool or None. Bytes are kept as their latin-1 text."""

    value: str | int | float | bool | None


class Name(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """A name, looked up in the scope where the expression stands."""

    id: str


class Attr(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`value.name`"""

    value: Value
    name: str


class CallRef(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """The result of call number `index` in `PythonFacts.calls` of the same file."""

    index: int


class BinOp(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`left op right` for op in `+ - * // / %`; `endswith`: left, known to end with right; `format`: left under the format specification
    right. Other operators are `Opaque`."""

    op: str
    left: Value
    right: Value


class Fmt(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """An f-string: literal parts are `Const`, the rest any value."""

    parts: tuple[Value, ...]


class Item(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`value[key]`; tuple unpacking is an Item with a constant position."""

    value: Value
    key: Value


class Element(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Any element of an iterable: what a loop variable holds."""

    value: Value


class Seq(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A list, tuple or set display (at most 64 items are kept)."""

    items: tuple[Value, ...]
    lines: tuple[int, ...] = ()
    """Line of each item, when they do not all stand on one line."""


class Map(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A dict display (at most 256 items are kept)."""

    keys: tuple[Value, ...]
    values: tuple[Value, ...]
    lines: tuple[int, ...] = ()
    """Line of each key, when they do not all stand on one line."""


class Either(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Alternatives: conditional expression, `a or b`."""

    options: tuple[Value, ...]


class Logic(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`not a`, `a and b`, `a or b` in a test; op is `not`, `and` or `or`."""

    op: str
    values: tuple[Value, ...]


class Compare(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`left op right` of a single comparison; op as in source (`==`, `is`, `in`, …)."""

    op: str
    left: Value
    right: Value


class Function(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """A lambda: the function of scope number `scope` in `PythonFacts.scopes`."""

    scope: int


class Within(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """`value` as it stands in block number `block`: the element of a comprehension, whose variables exist there only."""

    block: int
    value: Value


class Opaque(msgspec.Struct, frozen=True, tag=True, array_like=True, gc=False):
    """An expression that is not kept; `hint` names it when a name is at hand (for the hole in an identity)."""

    hint: str = ""


class Star(Opaque, frozen=True, tag=True, array_like=True):
    """`*value` among the arguments of a call or the items of a display; its hint is `*`."""

    value: Value = Opaque()


Value = Union[Const, Name, Attr, CallRef, BinOp, Fmt, Item, Element, Seq, Map, Either, Logic, Compare, Function, Within, Opaque, Star]


def last_name(value: Value) -> str:
    """`c` of `c` and of `a.b.c`, "" of anything else."""
    return value.name if isinstance(value, Attr) else value.id if isinstance(value, Name) else ""
