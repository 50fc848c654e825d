"""The accesses of a program, each at the site where something is known of it: library calls, calls of wrappers, constructions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from analyzer.link import hierarchy
from analyzer.link.domain import Alternatives, ClassRef, FunctionRef, Hole, Instance, Known, Pattern, Sym, capped, generalised, syms
from analyzer.link.effects import Effects, Key, is_listing, is_temporary
from analyzer.link.io_sites import Effect, operations
from analyzer.link.open_parameters import OpenParameters
from analyzer.link.optional_paths import is_attempt
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr

MAX_BORROWED = 4
"""A function with more effects than this is a program: calling it is no access of the caller."""
MAX_BORROWED_DEPTH = 3


@dataclass(frozen=True, slots=True)
class RawAccess:
    """An access before its identity is anchored in the repository."""

    path: str
    call: int
    op: str
    kind: str
    klass: str
    values: Alternatives
    name: str
    via_wrapper: bool = False
    append: bool = False
    sql: bool = False
    borrowed: bool = False
    """Not this site's own: the called function decides what is accessed and its access stands there as well, or this is the line of a
    wrapper that does what its callers ask, and the access stands at their calls."""
    any_receiver: bool = False
    """Known by the method's name alone."""
    counts: bool = True
    """Is this the place that stands for the access in the coverage? A call that only hands on a parameter of its own function is not: the
    calls of that function are."""
    scheme: str = ""
    """What stands before a value that is known now (`analyzer.link.hub_names`)."""
    spared: bool = False
    """As `Effect.spared`."""


class RawAccesses:
    """Places the effects of a program; `effects.collect()` must have run."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.evaluator = effects.evaluator
        self.program = effects.program
        self.parameters = OpenParameters(effects.evaluator)

    def all(self) -> list[RawAccess]:
        """Every access of the program, library calls first."""
        found: list[RawAccess] = []
        for effects in self.effects.direct.values():
            for effect in effects:
                facts = self.program.facts[effect.path]
                call = facts.calls[effect.call]
                where = Where(effect.path, call.scope, call.at, call.block)
                values = self.parameters.settled(effect.values, where)
                lent = self._is_lent(effect, (effect.path, call.scope))
                for made in self._made(effect.path, effect.call, effect, values, effect.mode, where):
                    found.append(replace(made, borrowed=lent))
                    found.extend(self._in_general(found[-1], effect.values, where))
        for path, index, function in self.effects.project_calls:
            found.extend(self._at_call_site(path, index, function))
        for path, index, cls in self.effects.constructions:
            found.extend(self._promised(path, index, cls))
        return found

    def _promised(self, path: str, index: int, cls: ClassRef) -> Iterable[RawAccess]:
        """What an object will read or write at the paths that its construction names: the methods do it, the construction decides."""
        initial = hierarchy.method_of(self.evaluator, cls, "__init__")
        key = (initial.path, initial.scope) if initial is not None else (cls.path, cls.scope)
        methods = self.program.symbols(cls.path).children.get(cls.scope, {})
        effects = [
            effect
            for name, scope in methods.items()
            if name != "__init__"
            for effect in self.effects.direct.get((cls.path, scope), ())
            if any(sym.function == key for v in effect.values for sym in syms(v)) and not is_temporary(effect)
        ]
        if not effects or len({(e.op, e.values) for e in effects}) > MAX_BORROWED:
            return
        call = self.program.facts[path].calls[index]
        where = Where(path, call.scope, call.at, call.block)
        for effect in effects:
            values = self.parameters.settled(self.evaluator.constructed(effect.values, Instance(cls, (path, index))), where)
            if any(isinstance(v, Pattern) and v.has_text for v in values):
                for made in self._made(path, index, effect, values, effect.mode, where):
                    yield replace(made, via_wrapper=True, borrowed=True)

    def _made(self, path: str, index: int, effect: Effect, values: Alternatives, mode: Alternatives, where: Where) -> Iterable[RawAccess]:
        """An effect as an access at a call; where a parameter gives the mode of an open call, what it does is decided here."""
        done = operations(self.parameters.settled(mode, where)) if mode else ((effect.op, effect.append),)
        for op, append in done:
            yield RawAccess(
                path, index, op, effect.kind, effect.klass, values, effect.name,
                append=append, sql=effect.sql, any_receiver=effect.any_receiver, scheme=effect.scheme, spared=effect.spared,
            )  # fmt: skip

    def _in_general(self, access: RawAccess, values: Alternatives, where: Where) -> Iterable[RawAccess]:
        """The same access in its general form, with a hole for what has several values: people know it by that form."""
        if len(access.values) < 2:
            return
        general = self.parameters.settled(values, where, is_general=True) if any(syms(v) for v in values) else ()
        if len(general) != 1 or not (isinstance(general[0], Pattern) and general[0].begins):
            shared = None if access.sql else _common_form([v for v in access.values if isinstance(v, Pattern)])
            if shared is not None and (shared.begins or not any(isinstance(v, Pattern) and v.has_text for v in general)):
                general = (shared,)
        if general != access.values and any(isinstance(v, Pattern) and v.has_text for v in general):
            yield replace(access, values=general, borrowed=True)

    def _is_lent(self, effect: Effect, function: Key) -> bool:
        """Is the access its callers' own: nothing but parameters of the function that does it, filled in at calls that are seen?"""
        return self._is_handed_on(effect.values, function)

    def _is_handed_on(self, values: Alternatives, function: Key) -> bool:
        open_ones = [sym for v in values for sym in syms(v)]
        is_own = bool(open_ones) and all(sym.function == function for sym in open_ones)
        # a function that does too much to be a wrapper has no summary: nothing stands at its calls
        return is_own and bool(self.evaluator.callers.get(function)) and bool(self.effects.summary(function))

    def _at_call_site(self, path: str, index: int, function: FunctionRef) -> Iterable[RawAccess]:
        key = (function.path, function.scope)
        effects = self.effects.summary(key)
        if not effects:
            return
        call = self.program.facts[path].calls[index]
        where = Where(path, call.scope, call.at, call.block)
        yield from self._folders_passed(path, index, function, effects, call, where)
        attempted = is_attempt(self.program.facts[path], call)
        for effect in effects:
            own = any(sym.function == key for v in effect.values for sym in syms(v))
            if is_listing(effect) or is_temporary(effect):
                continue
            if not own and (effect.depth > MAX_BORROWED_DEPTH or len(effects) > MAX_BORROWED):
                continue
            values = self._of_receivers(self.effects.passed(effect.values, function, call, where), call, where)
            mode = self.effects.passed(effect.mode, function, call, where)
            settled = self.parameters.settled(values, where)
            if own and all(isinstance(v, Known) for v in settled):
                continue  # a path that is passed as None is not accessed, nor one that a test inside turns away
            counts = own and not self._is_handed_on(values, (path, call.scope))
            if (own and (effect.depth == 0 or counts)) or any(isinstance(v, Pattern) and v.has_text for v in settled):
                for plain in self._made(path, index, effect, settled, mode, where):
                    spared = plain.spared or (attempted and plain.op == "read")
                    made = replace(plain, via_wrapper=True, borrowed=not own, counts=counts, spared=spared)
                    yield made
                    yield from self._in_general(made, values, where)

    def _of_receivers(self, values: Alternatives, call: Call, where: Where) -> Alternatives:
        """What a method accesses for the objects that callers pass as its receiver, each with what its construction was given."""
        if not isinstance(call.func, Attr) or not any(syms(v) for v in values):
            return values
        receivers = self.evaluator.value(call.func.value, where)
        if not any(isinstance(r, Sym) for r in receivers):
            return values
        made = [r for r in self.parameters.settled(receivers, where) if isinstance(r, Instance) and r.call[1] >= 0]
        return capped([v for instance in made for v in self.evaluator.constructed(values, instance)]) if made else values

    def _folders_passed(
        self, path: str, index: int, function: FunctionRef, effects: list[Effect], call: Call, where: Where
    ) -> Iterable[RawAccess]:
        """A folder given to a wrapper that derives several names below it: what the call site itself names is the folder."""
        below: dict[tuple[str, Sym], list[Effect]] = {}
        for effect in effects:
            for value in effect.values:
                head = value.folder if isinstance(value, Pattern) else None
                if (
                    isinstance(head, Hole)
                    and head.sym is not None
                    and head.sym.function == (function.path, function.scope)
                    and head.sym.ops in ((), (("element", "…"),))
                ):
                    below.setdefault((effect.op, head.sym), []).append(effect)
        for (op, sym), group in below.items():
            if len({v for effect in group for v in effect.values}) > 1:
                given = self.evaluator.bound_value(function, sym.param, call, where)
                values = self.parameters.settled(self.evaluator.applied(given, sym, where), where)
                if any(isinstance(v, Pattern) and v.has_text for v in values):
                    yield RawAccess(path, index, op, "file", group[0].klass, values, group[0].name, True, counts=False)


def _common_form(patterns: list[Pattern]) -> Pattern | None:
    """The pattern of several texts; two of them have one only when they differ in one segment of their paths."""
    shared = generalised(patterns) if len(patterns) > 1 else None
    if shared is not None and len(patterns) == 2:
        levels = {pattern.shown.count("/") for pattern in (*patterns, shared)}
        return shared if len(levels) == 1 and shared.shown.count("{…}") == 1 else None
    return shared
