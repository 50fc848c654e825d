"""Which calls read or write data, directly or through the project's own wrappers (RULES.md §0.4, L4).

A function whose parameter flows into the path argument of a known I/O call is itself an I/O call, transitively, methods included.
The access stands where the identity becomes known: at the library call when nothing is open, else at the wrapper's call site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from analyzer.link import handed_over, hierarchy, members
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Pattern,
    Sym,
    syms,
)
from analyzer.link.evaluate import Evaluator
from analyzer.link.io_sites import Effect, IoSites
from analyzer.link.io_table import IoTable
from analyzer.link.optional_paths import OptionalPaths, is_attempt
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Function, Item, Name, last_name

Key = tuple[str, int]
MAX_SUMMARY = 12
MAX_SEEN = 48
MAX_DEPTH = 4
MAX_CALLEES = 6
MAX_CALLERS = 12
_LISTINGS = {"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob"}
_LISTING_METHODS = {"glob", "rglob"}


class Effects:
    """What every call of a program does to data. `is_test(path)` keeps calls from tests out of parameter filling."""

    def __init__(self, evaluator: Evaluator, table: IoTable, is_test: Callable[[str], bool]) -> None:
        self.evaluator = evaluator
        self.sites = IoSites(evaluator, table)
        self.is_test = is_test
        self.program = evaluator.program
        self.optional = OptionalPaths(evaluator)
        self.direct: dict[Key, list[Effect]] = {}
        self.project_calls: list[tuple[str, int, FunctionRef]] = []
        self.calls_of: dict[Key, list[tuple[int, FunctionRef]]] = {}
        self.constructions: list[tuple[str, int, ClassRef]] = []
        self._through_parameters: list[tuple[str, int, Sym]] = []
        """Calls of what callers hand over."""
        self._summaries: dict[Key, list[Effect]] = {}
        self.interesting = self._interesting_names()

    def _interesting_names(self) -> frozenset[str]:
        """Last names of calls that could matter: functions of the project, and what the I/O table knows."""
        own = {scope.name for facts in self.program.facts.values() for scope in facts.scopes[1:]}
        return frozenset(own | self.sites.last_names | {"open"} | members.TASK_METHODS)

    def _modules(self) -> Iterable[str]:
        """The modules whose calls are looked at."""
        return self.program.facts

    # ---- pass 1: what every call is --------------------------------------------------------------------------------

    def collect(self) -> None:
        """Classify every call that could matter: library I/O into effects, project functions into the call graph."""
        for path in self._modules():
            for index, call in self.program.symbols(path).calls:
                func = call.func
                last = last_name(func)
                if (
                    last in self.interesting
                    or isinstance(func, (CallRef, Item, Function))
                    or (isinstance(func, Name) and (self._is_variable(path, call, last) or self._is_parameter(path, call, last)))
                    or any(name in handed_over.BY_KEYWORD for name, _ in call.keywords)
                ):
                    self._classify(path, index, call)
        for path, index, sym in self._through_parameters:
            self._classify_handed(path, index, sym)
        for effects in self.direct.values():
            effects[:] = [replace(effect, spared=True) if self._is_spared(effect) else effect for effect in effects]

    def _is_spared(self, effect: Effect) -> bool:
        call = self.program.facts[effect.path].calls[effect.call]
        return effect.op == "read" and self.optional.is_optional(effect.path, call, effect.values)

    def _is_parameter(self, path: str, call: Call, name: str) -> bool:
        return call.scope > 0 and any(param.name == name for param in self.program.facts[path].scopes[call.scope].params)

    def _is_variable(self, path: str, call: Call, name: str) -> bool:
        """Is `name` an import, or a variable that may hold a function (`open_fn = gzip.open if … else open`)?"""
        symbols = self.program.symbols(path)
        scope = call.scope
        while scope > 0:
            if name in symbols.assigns.get(scope, ()) or name in symbols.imports.get(scope, ()):
                return True
            scope = symbols.facts.scopes[scope].parent
        return name in symbols.imports.get(0, ()) or (call.scope == 0 and name in symbols.assigns.get(0, ()))

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
                    self._called((callee.path, callee.scope), (path, index))
                self.constructions.append((path, index, callee))
                known = True
            elif isinstance(callee, Instance):
                method = hierarchy.called_method(self.evaluator, callee)
                if method is not None:
                    self._project_call(path, index, call, method)
                    known = True
            elif isinstance(callee, Sym) and not callee.ops:
                self._through_parameters.append((path, index, callee))
            elif isinstance(callee, External):
                self._note(path, call, self.sites.of_function(path, index, call, callee.name))
                known = True
        if not known:
            self._note(path, call, self.sites.of_method(path, index, call))
        self._handed_over(path, index, call)

    def _handed_over(self, path: str, index: int, call: Call) -> None:
        """A function that is handed over with its arguments is called with them."""
        given = handed_over.function_of(call)
        where = Where(path, call.scope, call.at, call.block)
        for function in self.evaluator.value(given, where)[:MAX_CALLEES] if given is not None else ():
            if isinstance(function, FunctionRef) and handed_over.hands_over(call, self.program.facts[function.path].scopes[function.scope]):
                self._project_call(path, index, call, function)

    def _classify_handed(self, path: str, index: int, sym: Sym) -> None:
        """The call of a parameter is a call of the function that all callers pass for it, when it is one."""
        call = self.program.facts[path].calls[index]
        passed: set[Abstract] = set()
        for caller, number in self.evaluator.callers.get(sym.function, ())[:MAX_CALLERS]:
            outer = self.program.facts[caller].calls[number]
            where = Where(caller, outer.scope, outer.at, outer.block)
            for function in self.evaluator.callee(caller, number):
                if isinstance(function, FunctionRef) and (function.path, function.scope) == sym.function:
                    passed.update(self.evaluator.bound_value(function, sym.param, outer, where))
        only = passed.pop() if len(passed) == 1 else None
        if isinstance(only, FunctionRef):
            self._project_call(path, index, call, only)
        elif isinstance(only, External):
            self._note(path, call, self.sites.of_function(path, index, call, only.name))

    def _note(self, path: str, call: Call, effects: list[Effect]) -> None:
        """Keep effects, one of each kind: two callees that may stand behind a name open the same file once."""
        known = self.direct.setdefault((path, call.scope), []) if effects else []
        seen = {(e.call, e.op, e.values) for e in known[-8:]}
        known.extend(effect for effect in effects if (effect.call, effect.op, effect.values) not in seen)

    def _project_call(self, path: str, index: int, call: Call, function: FunctionRef) -> None:
        self.project_calls.append((path, index, function))
        self.calls_of.setdefault((path, call.scope), []).append((index, function))
        if not self.is_test(path):
            self._called((function.path, function.scope), (path, index))

    def _called(self, function: Key, call: Key) -> None:
        self.evaluator.callers.setdefault(function, []).append(call)

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
            if len(found) > MAX_SEEN:
                break
            call = self.program.facts[key[0]].calls[index]
            where = Where(key[0], call.scope, call.at, call.block)
            below = self.summary((function.path, function.scope), depth + 1)
            attempted = bool(below) and is_attempt(self.program.facts[key[0]], call)
            for effect in below:
                if is_listing(effect) or is_temporary(effect):
                    continue  # the wrapper's caller gets names, it does not read the data
                values, mode = (self.passed(given, function, call, where) for given in (effect.values, effect.mode))
                spared = effect.spared or (attempted and effect.op == "read")
                made = replace(effect, values=values, mode=mode, path=key[0], call=index, depth=effect.depth + 1, spared=spared)
                if not any(e.op == made.op and e.values == made.values for e in found):
                    found.append(made)
        if len(found) > MAX_SUMMARY:
            # a program, not a wrapper: of what it does only what its arguments decide belongs to its callers as well
            found = [effect for effect in found if any(sym.function == key for v in effect.values for sym in syms(v))]
            found = found if len(found) <= MAX_SUMMARY else []
        self._summaries[key] = found
        return found

    def passed(self, values: Alternatives, function: FunctionRef, call: Call, where: Where) -> Alternatives:
        """`values` of a function with its parameters replaced by what a call passes, and those of its object's constructor where seen."""
        values = self.evaluator.filled(values, function, call, where)
        if any(syms(v) for v in values) and isinstance(call.func, Attr):
            for receiver in self.evaluator.value(call.func.value, where):
                if isinstance(receiver, Instance):
                    values = self.evaluator.constructed(values, receiver)
        return values


def is_listing(effect: Effect) -> bool:
    """Does it give names only? The caller of a wrapper that does so reads no data."""
    return effect.name in _LISTINGS or effect.name.rpartition(".")[2] in _LISTING_METHODS


def is_temporary(effect: Effect) -> bool:
    """Nobody but the function itself can see its temporary files."""
    return any(isinstance(v, Pattern) and v.temporary for v in effect.values)
