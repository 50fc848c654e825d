"""Record classes that a call makes: `namedtuple("P", "a b")`, `NamedTuple("P", [("a", str)])`, `make_dataclass("P", ["a"])`.

Source: the standard library's documentation of `collections.namedtuple`, `typing.NamedTuple` and `dataclasses.make_dataclass`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Many, Pattern, Result, Table
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAKERS = frozenset({"typing.NamedTuple", "collections.namedtuple", "dataclasses.make_dataclass"})


def made(evaluator: Asking, maker: Result, call: Call, where: Where) -> Table:
    """The object that calling such a class gives: its fields and what the call passes for them."""
    entries = [(name, v) for name, value in call.keywords if name != "**" for v in evaluator.value(value, where)]
    if call.args:
        for name, value in zip(_fields(evaluator, maker), call.args, strict=False):
            entries.extend((name, v) for v in evaluator.value(value, where))
    return Table(tuple(entries))


def _fields(evaluator: Asking, maker: Result) -> list[str]:
    call = evaluator.program.facts[maker.path].calls[maker.call]
    if len(call.args) < 2:
        return []
    declared = evaluator.value(call.args[1], Where(maker.path, call.scope, call.at, call.block))[0]
    if isinstance(declared, Pattern):
        return (declared.text or "").replace(",", " ").split()
    return [_name(item) for item in declared.items] if isinstance(declared, Many) else []


def _name(item: Abstract) -> str:
    """A field's name, alone or before its type."""
    first = item.items[0] if isinstance(item, Many) and item.items else item
    return first.text or "" if isinstance(first, Pattern) else ""
