"""The arguments of a call as values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, Pattern, Result, Sym, Unknown, as_pattern, capped, joined
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def arguments(evaluator: Asking, call: Call, where: Where) -> list[Alternatives]:
    return [evaluator.value(arg, where) for arg in call.args]


def first_argument(evaluator: Asking, call: Call, where: Where, *keywords: str) -> Alternatives | None:
    if call.args:
        return evaluator.value(call.args[0], where)
    for name, value in call.keywords:
        if name in keywords:
            return evaluator.value(value, where)
    return None


def each(values: Alternatives, change: Callable[[Pattern], Abstract]) -> Alternatives:
    """`change` applied to every alternative that is text or a parameter (as text); others stay unknown."""
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, (Pattern, Sym, Unknown, Result)):
            found.append(change(as_pattern(value)))
        else:
            found.append(Unknown("value"))
    return capped(found)


def joined_groups(groups: list[Alternatives]) -> Alternatives:
    """The parts of a path, each with its alternatives, put together."""
    if not groups:
        return (Pattern((), "pathlib"),)
    found: list[Pattern] = [as_pattern(a) for a in groups[0][:4]]
    for group in groups[1:]:
        found = [joined(left, as_pattern(right)) for left in found for right in group[:3]][:6]
    return capped(list(found))
