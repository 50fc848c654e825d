"""Which calls read or write data, directly or through the project's own wrappers (RULES.md §0.4, L4).

A function whose parameter flows into the path argument of a known I/O call is itself an I/O call, transitively, methods included.
The access stands where the identity becomes known: at the library call when nothing is open, else at the wrapper's call site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from analyzer.link import commandline, hierarchy, members, type_hints
from analyzer.link.configuration import gin_bindings, instantiation
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    FunctionRef,
    Hole,
    Instance,
    Pattern,
    Result,
    Sym,
    Unknown,
    generalised,
)
from analyzer.link.evaluate import Evaluator
from analyzer.link.io_sites import Effect, IoSites
from analyzer.link.io_table import IoTable
from analyzer.link.where import Where
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Attr, CallRef, Item, Name

Key = tuple[str, int]
MAX_SUMMARY = 12
MAX_DEPTH = 4
MAX_CALLEES = 6
MAX_CHAIN = 8
"""Callers of callers of … that are asked for a parameter."""
MAX_ROUNDS = 4
MAX_CALLERS = 12
MAX_GIVEN = 4
MAX_BORROWED = 4
"""A function with more effects than this is a program: calling it is no access of the caller."""
MAX_BORROWED_DEPTH = 3
_LISTINGS = {"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob"}


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


class Effects:
    """Finds all accesses of a program. `is_test(path)` keeps calls from tests out of parameter filling."""

    def __init__(self, evaluator: Evaluator, table: IoTable, is_test: Callable[[str], bool]) -> None:
        self.evaluator = evaluator
        self.sites = IoSites(evaluator, table)
        self.is_test = is_test
        self.program = evaluator.program
        self.direct: dict[Key, list[Effect]] = {}
        self.project_calls: list[tuple[str, int, FunctionRef]] = []
        self.calls_of: dict[Key, list[tuple[int, FunctionRef]]] = {}
        self._summaries: dict[Key, list[Effect]] = {}
        self._parameters: dict[tuple[Key, str], Alternatives] = {}
        self._chain = 0
        self._own_names = self._project_names()

    def _project_names(self) -> set[str]:
        return {scope.name for facts in self.program.facts.values() for scope in facts.scopes[1:]}

    # ---- pass 1: what every call is --------------------------------------------------------------------------------

    def collect(self) -> None:
        """Classify every call that could matter: library I/O into effects, project functions into the call graph."""
        interesting = self._own_names | self.sites.last_names | {"open"} | members.TASK_METHODS
        for path, facts in self.program.facts.items():
            for index, call in enumerate(facts.calls):
                func = call.func
                last = func.name if isinstance(func, Attr) else func.id if isinstance(func, Name) else ""
                if (
                    last in interesting
                    or isinstance(func, (CallRef, Item))
                    or (isinstance(func, Name) and self._is_variable(path, call, last))
                ):
                    self._classify(path, index, call)

    def _is_variable(self, path: str, call: Call, name: str) -> bool:
        """Is `name` an import, or a variable that may hold a function (`open_fn = gzip.open if … else open`)?"""
        symbols = self.program.symbols(path)
        return (
            name in symbols.imports.get(0, ()) or name in symbols.assigns.get(call.scope, ()) or name in symbols.imports.get(call.scope, ())
        )

    def _classify(self, path: str, index: int, call: Call) -> None:
        known = False
        for callee in self.evaluator.callee(path, index)[:MAX_CALLEES]:
            if isinstance(callee, FunctionRef):
                for function in hierarchy.implementations(self.evaluator, callee):
                    self._project_call(path, index, call, function)
                known = True
            elif isinstance(callee, ClassRef):
                initial = hierarchy.method_of(self.evaluator, callee, "__init__")
                if initial is not None:
                    self._project_call(path, index, call, FunctionRef(initial.path, initial.scope, Instance(callee)))
                elif not self.is_test(path):
                    self.evaluator.callers.setdefault((callee.path, callee.scope), []).append((path, index))
                known = True
            elif isinstance(callee, Instance):
                method = hierarchy.called_method(self.evaluator, callee)
                if method is not None:
                    self._project_call(path, index, call, method)
                    known = True
            elif isinstance(callee, External):
                self._note(path, call, self.sites.of_function(path, index, call, callee.name))
                known = True
        if not known:
            self._note(path, call, self.sites.of_method(path, index, call))

    def _note(self, path: str, call: Call, effects: list[Effect]) -> None:
        """Keep effects, one of each kind: two callees that may stand behind a name open the same file once."""
        known = self.direct.setdefault((path, call.scope), []) if effects else []
        seen = {(e.call, e.op, e.values) for e in known[-8:]}
        known.extend(effect for effect in effects if (effect.call, effect.op, effect.values) not in seen)

    def _project_call(self, path: str, index: int, call: Call, function: FunctionRef) -> None:
        self.project_calls.append((path, index, function))
        self.calls_of.setdefault((path, call.scope), []).append((index, function))
        if not self.is_test(path):
            self.evaluator.callers.setdefault((function.path, function.scope), []).append((path, index))

    # ---- pass 2: summaries -----------------------------------------------------------------------------------------

    def summary(self, key: Key, depth: int = 0) -> list[Effect]:
        """What calling a function does: its own effects and those of the project functions it calls, filled in."""
        done = self._summaries.get(key)
        if done is not None:
            return done
        if depth > MAX_DEPTH:
            return []
        self._summaries[key] = []
        found = list(self.direct.get(key, ()))
        for index, function in self.calls_of.get(key, ()):
            if len(found) > MAX_SUMMARY:
                break
            call = self.program.facts[key[0]].calls[index]
            where = Where(key[0], call.scope, call.line, call.block)
            for effect in self.summary((function.path, function.scope), depth + 1):
                if effect.name in _LISTINGS or _is_temporary(effect):
                    continue  # the wrapper's caller gets names, it does not read the data
                made = replace(effect, values=self._passed(effect, function, call, where), path=key[0], call=index, depth=effect.depth + 1)
                if not any(e.op == made.op and e.values == made.values for e in found):
                    found.append(made)
        if len(found) > MAX_SUMMARY:
            found = []  # a program, not a wrapper
        self._summaries[key] = found
        return found

    def _passed(self, effect: Effect, function: FunctionRef, call: Call, where: Where) -> Alternatives:
        values = self.evaluator.filled(effect.values, function, call, where)
        if any(_syms(v) for v in values) and isinstance(call.func, Attr):
            for receiver in self.evaluator.value(call.func.value, where):
                if isinstance(receiver, Instance):
                    values = self.evaluator.constructed(values, receiver)
        return values

    # ---- pass 3: accesses ------------------------------------------------------------------------------------------

    def accesses(self) -> list[RawAccess]:
        """Every access of the program, at the sites where something is known, library calls first; call `collect` before."""
        found: list[RawAccess] = []
        for effects in self.direct.values():
            for effect in effects:
                facts = self.program.facts[effect.path]
                call = facts.calls[effect.call]
                where = Where(effect.path, call.scope, call.line, call.block)
                values = self.settled(effect.values, where)
                lent = self._is_lent(effect, (effect.path, call.scope))
                found.append(
                    RawAccess(
                        effect.path, effect.call, effect.op, effect.kind, effect.klass, values, effect.name, False, effect.append,
                        effect.sql, lent, effect.any_receiver,
                    )
                )  # fmt: skip
                found.extend(self._in_general(found[-1], effect.values, where))
        for path, index, function in self.project_calls:
            found.extend(self._at_call_site(path, index, function))
        return found

    def _in_general(self, access: RawAccess, values: Alternatives, where: Where) -> Iterable[RawAccess]:
        """The same access in its general form, with a hole for each parameter that has several values: people know it by that form."""
        if len(access.values) > 1 and any(_syms(v) for v in values):
            general = self.settled(values, where, is_general=True)
            if general != access.values and any(isinstance(v, Pattern) and v.has_text for v in general):
                yield replace(access, values=general, borrowed=True)

    def _is_lent(self, effect: Effect, function: Key) -> bool:
        """Is the access its callers' own: nothing but parameters of the function that does it, filled in at calls that are seen?"""
        syms = [sym for v in effect.values for sym in _syms(v)]
        return bool(syms) and all(sym.function == function for sym in syms) and bool(self.evaluator.callers.get(function))

    def _at_call_site(self, path: str, index: int, function: FunctionRef) -> Iterable[RawAccess]:
        key = (function.path, function.scope)
        effects = self.summary(key)
        if not effects:
            return
        call = self.program.facts[path].calls[index]
        where = Where(path, call.scope, call.line, call.block)
        yield from self._folders_passed(path, index, function, effects, call, where)
        for effect in effects:
            own = any(sym.function == key for v in effect.values for sym in _syms(v))
            if effect.name in _LISTINGS or _is_temporary(effect):
                continue
            if not own and (effect.depth > MAX_BORROWED_DEPTH or len(effects) > MAX_BORROWED):
                continue
            values = self._passed(effect, function, call, where)
            settled = self.settled(values, where)
            if (own and effect.depth == 0) or any(isinstance(v, Pattern) and v.has_text for v in settled):
                made = RawAccess(
                    path, index, effect.op, effect.kind, effect.klass, settled, effect.name, True, effect.append, effect.sql, not own,
                    effect.any_receiver,
                )  # fmt: skip
                yield made
                yield from self._in_general(made, values, where)

    def _folders_passed(
        self, path: str, index: int, function: FunctionRef, effects: list[Effect], call: Call, where: Where
    ) -> Iterable[RawAccess]:
        """A folder given to a wrapper that derives several names below it: what the call site itself names is the folder."""
        below: dict[tuple[str, str], list[Effect]] = {}
        for effect in effects:
            for value in () if effect.sql else effect.values:
                head = value.parts[0] if isinstance(value, Pattern) and len(value.parts) > 1 else None
                if (
                    isinstance(head, Hole)
                    and head.sym is not None
                    and head.sym.function == (function.path, function.scope)
                    and not head.sym.ops
                ):
                    below.setdefault((effect.op, head.sym.param), []).append(effect)
        for (op, param), group in below.items():
            if len({v for effect in group for v in effect.values}) > 1:
                values = self.settled(self.evaluator.bound_value(function, param, call, where), where)
                if any(isinstance(v, Pattern) and v.has_text for v in values):
                    yield RawAccess(path, index, op, "file", group[0].klass, values, group[0].name, True)

    def settled(self, values: Alternatives, where: Where, is_general: bool = False) -> Alternatives:
        """Parameters that are still open filled from the callers of their functions, click decorators and defaults.

        With `is_general` only those that have one value.
        """
        bind = self._only_value if is_general else self._from_callers
        for _ in range(MAX_ROUNDS):  # an attribute of what a caller passed may be a parameter of that caller
            if not any(_syms(v) for v in values):
                break
            values = self.evaluator.replace(values, None, bind, where)
        return values

    def _only_value(self, sym: Sym) -> Alternatives:
        found = self._from_callers(sym)
        return found if len(found) == 1 else (Unknown(sym.param, "parameter"),)

    def _from_callers(self, sym: Sym) -> Alternatives:
        """What a parameter can be, from all that is known of it; asked once for each, so that long chains of calls cost their length."""
        key = (sym.function, sym.param)
        done = self._parameters.get(key)
        if done is None:
            if self._chain >= MAX_CHAIN:
                return (Unknown(sym.param, "parameter"),)
            self._parameters[key] = (Unknown(sym.param, "parameter"),)
            self._chain += 1
            try:
                done = self._parameters[key] = self._passed_or_default(sym)
            finally:
                self._chain -= 1
        return done

    def _passed_or_default(self, sym: Sym) -> Alternatives:
        decorated = commandline.decorated_default(self.evaluator, sym)
        if decorated is not None:
            return decorated
        configured = instantiation.passed(self.evaluator, sym)
        if configured:
            return configured
        path = sym.function[0]
        scope = self.program.facts[path].scopes[sym.function[1]]
        if scope.kind == "class":
            return self._field(sym)
        is_method = scope.parent > 0 and self.program.facts[path].scopes[scope.parent].kind == "class"
        function = FunctionRef(*sym.function, bound=Instance(ClassRef(path, scope.parent)) if is_method else None)
        callers = self.evaluator.callers.get(sym.function, [])
        distinct = self._given(sym, function, callers[:MAX_CALLERS])
        if len(distinct) > MAX_GIVEN:
            general = generalised([v for v in distinct if isinstance(v, Pattern)])
            distinct = [general] if general is not None else []
        if len(callers) <= MAX_CALLERS and distinct:
            if any(isinstance(v, Pattern) and v.text is None for v in distinct):
                distinct.extend(self._text_default(scope, sym, function))  # callers tell it in part only: the default may still be meant
            return tuple(dict.fromkeys(distinct))
        if not callers:
            values = self._text_default(scope, sym, function)
            if values:
                return values
            if sym.param in commandline.ARGUMENT_NAMES and any(
                isinstance(c.func, Attr) and c.func.name == "add_argument" for c in self.program.facts[path].calls
            ):
                return (Result("argparse.parse_args", path, -1),)
        instances = type_hints.instances_of_parameter(self.evaluator, Sym(sym.function, sym.param))
        return tuple(instances) or (Unknown(sym.param, "parameter"),)

    def _field(self, sym: Sym) -> Alternatives:
        """What a field of a dataclass can be: what its constructions pass, else its default."""
        cls = ClassRef(*sym.function)
        found: list[Abstract] = []
        for path, index in self.evaluator.callers.get(sym.function, [])[:MAX_CALLERS]:
            call = self.program.facts[path].calls[index]
            values = self.evaluator.field_value(Instance(cls, (path, index)), sym.param)
            found.extend(self.settled(values, Where(path, call.scope, call.line, call.block)))
        if not found:
            found.extend(self.evaluator.class_attribute(cls, sym.param, Where(cls.path, 0, 1 << 30, 0), 0))
        known: list[Abstract] = [v for v in dict.fromkeys(found) if not isinstance(v, Unknown)]
        if not 0 < len(known) <= MAX_GIVEN:
            known = [*type_hints.instances_of_parameter(self.evaluator, sym)]
        return tuple(known) or (Unknown(sym.param, "parameter"),)

    def _given(self, sym: Sym, function: FunctionRef, callers: list[tuple[str, int]]) -> list[Abstract]:
        """The distinct values that callers pass for a parameter, as far as they are known."""
        found: list[Abstract] = []
        for path, index in callers:
            call = self.program.facts[path].calls[index]
            where = Where(path, call.scope, call.line, call.block)
            values = self.evaluator.bound_value(function, sym.param, call, where)
            found.extend(self.settled(values, where))
        return [v for v in dict.fromkeys(found) if not isinstance(v, Unknown)]

    def _text_default(self, scope: Scope, sym: Sym, function: FunctionRef) -> Alternatives:
        """What gin binds the parameter to, else its default when it is text."""
        if bound := gin_bindings.bound(self.evaluator, function, sym.param):
            return tuple(v for v in bound if isinstance(v, Pattern) and v.parts)
        for param in scope.params:
            if param.name == sym.param and param.default is not None:
                return tuple(v for v in self.evaluator.default_of(function, param.default) if isinstance(v, Pattern) and v.parts)
        return ()


def _is_temporary(effect: Effect) -> bool:
    """Nobody but the function itself can see its temporary files."""
    return any(isinstance(v, Pattern) and v.temporary for v in effect.values)


def _syms(value: Abstract) -> list[Sym]:
    if isinstance(value, Sym):
        return [value]
    if isinstance(value, Pattern):
        return [part.sym for part in value.parts if isinstance(part, Hole) and part.sym is not None]
    return []


def _is_bare(value: Abstract) -> bool:
    """Nothing but parameters and unknowns: no text of its own."""
    return not (isinstance(value, Pattern) and value.has_text)
