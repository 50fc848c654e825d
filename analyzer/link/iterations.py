"""What `zip`, `enumerate`, `itertools` and their kin yield. Source: the Python library reference."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from analyzer.link.call_arguments import arguments
from analyzer.link.domain import Abstract, Alternatives, External, Many, Pattern, Table, Unknown, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import CallRef, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_ROWS = 24
NAMES = frozenset(
    """
    builtins.enumerate builtins.zip builtins.map builtins.filter builtins.next builtins.max builtins.min itertools.chain
    itertools.chain.from_iterable itertools.product itertools.zip_longest itertools.groupby
    """.split()
)


def given(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives:
    """What a call of one of NAMES gives."""
    groups = arguments(evaluator, call, where)
    if name in ("builtins.map", "builtins.filter"):
        return (Many((Unknown("element"),), False),) if name.endswith("map") or len(groups) < 2 else groups[1]
    if not groups:
        return (Unknown("element"),)
    if name == "itertools.chain":
        return (Many(tuple(e for group in groups for a in group for e in evaluator.elements(a, "")), False),)
    if name == "itertools.chain.from_iterable":
        inner = [e for a in groups[0] for e in evaluator.elements(a, "")]
        return (Many(tuple(e for a in inner for e in evaluator.elements(a, ""))[:MAX_ROWS], False),)
    if name in ("builtins.next", "builtins.max", "builtins.min"):
        return capped([e for a in groups[0] for e in evaluator.elements(a, "element")])
    elements = [capped([e for a in group for e in evaluator.elements(a, "")]) for group in groups]
    if name == "builtins.enumerate":
        return (Many(tuple(Many((Unknown("index"), e)) for e in elements[0]), False),)
    if name == "itertools.groupby":
        return (Many((Many((Unknown("key"), Many(elements[0], False))),), False),)
    # what stands side by side in several rows must not be combined crosswise: only a product may
    rows = _combined(groups, elements) if name == "itertools.product" else None
    if rows is not None:
        return (Many(tuple(Many(row) for row in rows), False),)
    return (Many((Many(tuple(group[0] if len(group) == 1 else Unknown("element", "loop variable") for group in elements)),), False),)


def _side_by_side(groups: list[Alternatives]) -> list[tuple[Abstract, ...]] | None:
    """The rows of `zip` when every sequence is known in its order."""
    columns = [group[0].items for group in groups if len(group) == 1 and isinstance(group[0], Many) and group[0].ordered]
    if len(columns) != len(groups) or not all(columns) or min(map(len, columns)) > MAX_ROWS:
        return None
    return list(zip(*columns, strict=False))


def _combined(groups: list[Alternatives], elements: list[Alternatives]) -> list[tuple[Abstract, ...]] | None:
    is_known = all(len(group) == 1 and isinstance(group[0], Many) and group[0].items for group in groups)
    return list(itertools.islice(itertools.product(*elements), MAX_ROWS)) if is_known else None


def _zipped(evaluator: Asking, value: Value, where: Where) -> tuple[Abstract, ...]:
    """The pairs of `zip(keys, values)`."""
    if not isinstance(value, CallRef):
        return ()
    call = evaluator.program.facts[where.path].calls[value.index]
    is_zip = External("builtins.zip") in evaluator.callee(where.path, value.index)
    rows = _side_by_side(arguments(evaluator, call, where)) if is_zip else None
    return tuple(Many(row) for row in rows or ())


def mapping(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`dict(pairs)`: the entries when each pair is known; None otherwise. A mapping is itself."""
    values = evaluator.value(call.args[0], where)
    if len(values) != 1 or call.keywords:
        return None
    if isinstance(values[0], Table):
        return values
    pairs = _zipped(evaluator, call.args[0], where) or (values[0].items if isinstance(values[0], Many) else ())
    entries = [
        (pair.items[0].text, pair.items[1])
        for pair in pairs
        if isinstance(pair, Many) and len(pair.items) == 2 and isinstance(pair.items[0], Pattern) and pair.items[0].text is not None
    ]
    return (Table(tuple((key or "", value) for key, value in entries)),) if entries and len(entries) == len(pairs) else None
