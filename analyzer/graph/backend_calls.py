"""Calls of third-party packages inside one function: which can run one after the other, and which feed which through conversions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analyzer.graph.system import ExternalUse, Module, SystemGraph
from analyzer.read.facts import LOCAL_KINDS, Assign, Call
from analyzer.read.statement_classes import ADAPT, CALLEES
from analyzer.read.values import Attr, CallRef, Either, Element, Item, Map, Name, Seq, Star, Value, Within, last_name

_ARMS = frozenset({"if", "else", "case", "except"})
_MAX_DEPTH = 12
_SAME_KIND = frozenset(
    """
    cpu detach astype reshape squeeze unsqueeze transpose swapaxes permute stack vstack hstack concatenate expand_dims rename set_axis
    reindex reset_index set_index ascontiguousarray to_frame float int
    """.split()
)
"""What moves or reshapes a value and leaves it what it is; `.detach().cpu().numpy()` is one conversion."""


@dataclass(frozen=True, slots=True)
class FamilyCall:
    """A call of a function, and the family of packages that it belongs to."""

    call: int
    line: int
    family: str
    qualified: str
    arms: tuple[int, ...]
    """The arms of branches around it, the outermost first."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What one family made reaches another family's call through conversions."""

    start: FamilyCall
    end: FamilyCall
    steps: tuple[tuple[str, int], ...]
    """(conversion, line) on the way."""


def family_calls(graph: SystemGraph, family_of: Callable[[str], str]) -> Iterator[tuple[Module, int, list[FamilyCall]]]:
    """(module, scope, its calls of some family) for each function of living code that calls any, in a fixed order."""
    uses: dict[tuple[str, int], list[tuple[ExternalUse, str]]] = {}
    for use in graph.external_uses:
        family = family_of(use.qualified) if use.scope else ""
        if family:
            uses.setdefault((use.path, use.scope), []).append((use, family))
    for (path, scope), mine in sorted(uses.items()):
        module = graph.modules.get(path)
        if module is None or module.is_excluded or module.facts.scopes[scope].kind != "function":
            continue
        if any(family != mine[0][1] for _, family in mine):
            yield module, scope, _placed(module, scope, mine)


def meeting(calls: list[FamilyCall]) -> list[FamilyCall]:
    """Calls of as many families as possible that one run of the function can reach: no two stand in arms that exclude each other."""
    best: list[FamilyCall] = []
    for last in calls:
        together = [call for call in calls if call.arms == last.arms[: len(call.arms)]]
        if len({call.family for call in together}) > len({call.family for call in best}):
            best = together
    return best


def handovers(module: Module, scope: int, calls: list[FamilyCall], least: int) -> Iterator[Handover]:
    """Values that travel from one family's call to another's through at least so many conversions, told once for each pair of calls."""
    by_number = {call.call: call for call in calls}
    flow = _Flow(module, by_number)
    facts = module.facts
    events: list[tuple[int, int, Assign | Call]] = [(c.at, n, c) for n, c in enumerate(facts.calls) if c.scope == scope]
    events += [(a.at, -1, a) for a in facts.assigns if a.scope == scope and a.kind not in LOCAL_KINDS]
    for _at, number, event in sorted(events, key=lambda each: (each[0], each[1])):
        if isinstance(event, Assign):
            flow.names[event.target] = flow.of(event.value)
            continue
        incoming = flow.call(number, event)
        end = by_number.get(number)
        for start, steps in incoming.items() if end is not None else ():
            if end is not None and start.family != end.family and len(steps) >= least:
                yield Handover(start, end, steps)


Origins = Mapping[FamilyCall, tuple[tuple[str, int], ...]]


class _Flow:
    """Where values come from, in the order in which the function's statements stand."""

    def __init__(self, module: Module, calls: Mapping[int, FamilyCall]) -> None:
        self.calls = calls
        self.facts = module.facts
        self.names: dict[str, Origins] = {}
        self.results: dict[int, Origins] = {}

    def call(self, number: int, call: Call) -> Origins:
        """What reaches a call; its result is kept."""
        func = call.func
        parts = [*call.args, *(value for _, value in call.keywords)]
        if isinstance(func, Attr):
            parts.append(func.value)
        incoming = self._together(parts)
        name = last_name(func)
        made = dict(incoming)
        if incoming and CALLEES.get(name) == ADAPT:  # a tensor's own `numpy` converts, it makes nothing new
            step = () if name in _SAME_KIND else ((name, call.line),)
            made = {origin: (*steps, *step) for origin, steps in incoming.items()}
        elif number in self.calls:
            made = {self.calls[number]: ()}
        self.results[number] = made
        return incoming

    def of(self, value: Value, depth: int = 0) -> Origins:
        if depth > _MAX_DEPTH:
            return {}
        if isinstance(value, CallRef):
            return self.results.get(value.index, {})
        if isinstance(value, Name):
            return self.names.get(value.id, {})
        if isinstance(value, Attr):
            return self.of(value.value, depth + 1)
        if isinstance(value, (Item, Element, Within, Star)):
            return self.of(value.value, depth + 1)
        parts: tuple[Value, ...] = ()
        if isinstance(value, Seq):
            parts = value.items
        elif isinstance(value, Map):
            parts = value.values
        elif isinstance(value, Either):
            parts = value.options
        return self._together(parts[:16], depth + 1)

    def _together(self, parts: list[Value] | tuple[Value, ...], depth: int = 0) -> Origins:
        found: dict[FamilyCall, tuple[tuple[str, int], ...]] = {}
        for part in parts:
            for origin, steps in self.of(part, depth).items():
                if len(steps) >= len(found.get(origin, ())):
                    found[origin] = steps
        return found


def _placed(module: Module, scope: int, uses: list[tuple[ExternalUse, str]]) -> list[FamilyCall]:
    """The uses with the numbers of their calls."""
    at: dict[tuple[int, str], list[int]] = {}
    for number, call in enumerate(module.facts.calls):
        if call.scope == scope:
            name = last_name(call.func)
            at.setdefault((call.line, name), []).append(number)
    found: dict[int, FamilyCall] = {}
    for use, family in uses:
        last = use.qualified.rpartition(".")[2]
        same_line = [numbers for (line, _name), numbers in at.items() if line == use.line]
        numbers = at.get((use.line, last)) or (same_line[0] if len(same_line) == 1 else [])
        for number in numbers[:1]:
            found[number] = FamilyCall(number, use.line, family, use.qualified, _arms(module, module.facts.calls[number].block))
    return [found[number] for number in sorted(found)]


def _arms(module: Module, block: int) -> tuple[int, ...]:
    found: list[int] = []
    blocks = module.facts.blocks
    while block > 0 and blocks[block].kind != "function":
        if blocks[block].kind in _ARMS:
            found.append(block)
        block = blocks[block].parent
    return tuple(reversed(found))
