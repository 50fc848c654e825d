"""Which calls read or write data, directly or through the project's own wrappers (RULES.md §0.4, L4).

A function whose parameter flows into the path argument of a known I/O call is itself an I/O call, transitively, methods included.
The access stands where the identity becomes known: at the library call when nothing is open, else at the wrapper's call site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from analyzer.link import commandline
from analyzer.link.configuration import instantiation
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
        self._own_names = self._project_names()

    def _project_names(self) -> set[str]:
        return {scope.name for facts in self.program.facts.values() for scope in facts.scopes[1:]}

    # ---- pass 1: what every call is --------------------------------------------------------------------------------

    def collect(self) -> None:
        """Classify every call that could matter: library I/O into effects, project functions into the call graph."""
        interesting = self._own_names | self.sites.table.last_names | {"open"}
        for path, facts in self.program.facts.items():
            for index, call in enumerate(facts.calls):
                func = call.func
                last = func.name if isinstance(func, Attr) else func.id if isinstance(func, Name) else ""
                if (
                    last in interesting
                    or (isinstance(func, Name) and last in self.program.symbols(path).imports.get(0, ()))
                    or isinstance(func, (CallRef, Item))
                ):
                    self._classify(path, index, call)

    def _classify(self, path: str, index: int, call: Call) -> None:
        for callee in self.evaluator.callee(path, index):
            if isinstance(callee, FunctionRef):
                self._project_call(path, index, call, callee)
                return
            if isinstance(callee, ClassRef):
                initial = self.program.symbols(callee.path).children.get(callee.scope, {}).get("__init__")
                if initial is not None:
                    self._project_call(path, index, call, FunctionRef(callee.path, initial, Instance(callee)))
                    return
            if isinstance(callee, External):
                self._note(path, call, self.sites.of_function(path, index, call, callee.name))
                return
        self._note(path, call, self.sites.of_method(path, index, call))

    def _note(self, path: str, call: Call, effects: list[Effect]) -> None:
        if effects:
            self.direct.setdefault((path, call.scope), []).extend(effects)

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
                values = self._passed(effect, function, call, where)
                found.append(replace(effect, values=values, path=key[0], call=index, depth=effect.depth + 1))
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
                found.append(
                    RawAccess(
                        effect.path,
                        effect.call,
                        effect.op,
                        effect.kind,
                        effect.klass,
                        values,
                        effect.name,
                        False,
                        effect.append,
                        effect.sql,
                    )
                )
        for path, index, function in self.project_calls:
            found.extend(self._at_call_site(path, index, function))
        return found

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
            if not own and (function.path == path or effect.depth > 1 or len(effects) > 4):
                continue
            values = self._passed(effect, function, call, where)
            if own and all(_is_bare(v) for v in values):
                continue  # still only the caller's own parameter: its call sites tell
            settled = self.settled(values, where)
            if any(isinstance(v, Pattern) and v.has_text for v in settled):
                yield RawAccess(path, index, effect.op, effect.kind, effect.klass, settled, effect.name, True, effect.append, effect.sql)

    def _folders_passed(
        self, path: str, index: int, function: FunctionRef, effects: list[Effect], call: Call, where: Where
    ) -> Iterable[RawAccess]:
        """A folder given to a wrapper that derives several names below it: what the call site itself names is the folder."""
        below: dict[tuple[str, str], list[Effect]] = {}
        for effect in effects:
            for value in effect.values:
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

    def settled(self, values: Alternatives, where: Where, depth: int = 0) -> Alternatives:
        """Parameters that are still open filled from the callers of their functions, click decorators and defaults."""
        if not any(_syms(v) for v in values):
            return values
        return self.evaluator.replace(values, None, lambda sym: self._from_callers(sym, depth), where)

    def _from_callers(self, sym: Sym, depth: int) -> Alternatives:
        decorated = commandline.decorated_default(self.evaluator, sym)
        if decorated is not None:
            return decorated
        configured = instantiation.passed(self.evaluator, sym)
        if configured:
            return configured
        function = FunctionRef(*sym.function)
        path = sym.function[0]
        scope = self.program.facts[path].scopes[sym.function[1]]
        is_method = scope.parent > 0 and self.program.facts[path].scopes[scope.parent].kind == "class"
        if is_method:
            function = FunctionRef(*sym.function, bound=Instance(ClassRef(path, scope.parent)))
        callers = self.evaluator.callers.get(sym.function, [])
        found: list[Abstract] = []
        if depth < 3:
            for caller_path, index in callers[:12]:
                call = self.program.facts[caller_path].calls[index]
                where = Where(caller_path, call.scope, call.line, call.block)
                found.extend(self.settled(self.evaluator.bound_value(function, sym.param, call, where), where, depth + 1))
        distinct: list[Abstract] = [v for v in dict.fromkeys(found) if not isinstance(v, Unknown)]
        if found and len(callers) <= 12 and 0 < len(distinct) <= 3:
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
        return (Unknown(sym.param, "parameter"),)

    def _text_default(self, scope: Scope, sym: Sym, function: FunctionRef) -> Alternatives:
        """The parameter's default when it is text."""
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
