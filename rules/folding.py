"""Tests whose outcome is fixed: literals and module constants folded through `not`, `and`, `or` and comparisons."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from analyzer.graph.constants import is_local, module_constant
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.values import Compare, Const, Logic, Name, Value

_OPERATORS: dict[str, Callable[[object, object], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.is_,
    "is not": operator.is_not,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test comes to, and the module constants that decide it."""

    value: object
    names: tuple[str, ...] = ()


def fold(graph: SystemGraph, module: Module, scope: int, test: Value) -> Outcome | None:
    """The outcome of `test` standing in `scope` of `module`, None when reading cannot know it."""
    if isinstance(test, Const):
        return Outcome(test.value)
    if isinstance(test, Name):
        known, value = module_constant(graph, module, test.id)
        return Outcome(value, (test.id,)) if known and not is_local(graph, module, scope, test.id) else None
    if isinstance(test, Logic):
        return _logic(test.op, [fold(graph, module, scope, part) for part in test.values])
    if isinstance(test, Compare):
        return _compare(test.op, fold(graph, module, scope, test.left), fold(graph, module, scope, test.right))
    return None


def _logic(op: str, parts: list[Outcome | None]) -> Outcome | None:
    if op == "not":
        only = parts[0]
        return None if only is None else Outcome(not only.value, only.names)
    decisive = op == "or"
    for part in parts:
        if part is not None and bool(part.value) == decisive:
            return Outcome(decisive, part.names)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return Outcome(not decisive, tuple(name for part in known for name in part.names))


def _compare(op: str, left: Outcome | None, right: Outcome | None) -> Outcome | None:
    """A comparison of literals, or of a switch (a constant that is a bool or None) with a literal.

    A constant that holds one of several texts or numbers selects among alternatives: which of these are alive is another question.
    """
    if left is None or right is None or op not in _OPERATORS:
        return None
    for side in (left, right):
        if side.names and not (side.value is None or isinstance(side.value, bool)):
            return None
    return Outcome(_OPERATORS[op](left.value, right.value), left.names + right.names)
