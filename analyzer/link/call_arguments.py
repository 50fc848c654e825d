"""The arguments of a call as values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, Many, Pattern, Result, Sym, Table, Unknown, as_pattern, capped, joined
from analyzer.link.where import Where
from analyzer.read.facts import Call, Param, Scope
from analyzer.read.values import Star

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def arguments(evaluator: Asking, call: Call, where: Where) -> list[Alternatives]:
    """The positional arguments, `*sequence` as its items where they are known."""
    found: list[Alternatives] = []
    for arg in call.args:
        values = evaluator.value(arg.value if isinstance(arg, Star) else arg, where)
        if isinstance(arg, Star):
            items = values[0].items if len(values) == 1 and isinstance(values[0], Many) and values[0].ordered else (Unknown("*"),)
            found.extend((item,) for item in items)
        else:
            found.append(values)
    return found


def rest_of(evaluator: Asking, scope: Scope, param: Param, call: Call, where: Where, skip: int) -> Alternatives:
    """What a call gathers in `*args` or `**kwargs`; `skip` of the positional parameters are bound already."""
    if param.kind == "kwargs":
        return _keywords_left(evaluator, {p.name for p in scope.params if p.kind in ("positional", "keyword")}, param, call, where)
    taken = max(len([p for p in scope.params if p.kind == "positional"]) - skip, 0)
    rest = call.args[taken:]
    if len(rest) == 1 and isinstance(rest[0], Star):
        return evaluator.value(rest[0].value, where)
    groups = arguments(evaluator, call, where)[taken:]
    return (Many(tuple(group[0] for group in groups)),) if all(len(group) == 1 for group in groups) else (Unknown(param.name),)


def _keywords_left(evaluator: Asking, names: set[str], param: Param, call: Call, where: Where) -> Alternatives:
    left = [(name, value) for name, value in call.keywords if name != "**" and name not in names]
    own = [(name, item) for name, value in left for item in evaluator.value(value, where)[:2]]
    spread = [item for name, value in call.keywords if name == "**" for item in evaluator.value(value, where)]
    if spread and not own:
        return capped(spread)
    entries = [entry for mapping in spread if isinstance(mapping, Table) for entry in mapping.entries]
    is_open = any(not isinstance(mapping, Table) or mapping.rest for mapping in spread)
    return (Table((*entries, *own), (Unknown(param.name, "parameter"),) if is_open else ()),)


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
