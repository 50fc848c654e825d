"""Parameters that are still open: what all callers of a function pass, what a command line or a configuration gives, the defaults."""

from __future__ import annotations

import posixpath

from analyzer.link import commandline, type_hints
from analyzer.link.configuration import gin_bindings, instantiation
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    FunctionRef,
    Hole,
    Instance,
    Pattern,
    Sym,
    Table,
    Unknown,
    generalised,
    syms,
)
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.read.facts import Scope

MAX_CHAIN = 8
"""Callers of callers of … that are asked for a parameter."""
MAX_ROUNDS = 4
MAX_CALLERS = 12
MAX_GIVEN = 4


class OpenParameters:
    """Fills parameters from the program's calls; `evaluator.callers` must be complete."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.program = evaluator.program
        self._found: dict[tuple[tuple[str, int], str], Alternatives] = {}
        self._chain = 0

    def settled(self, values: Alternatives, where: Where, is_general: bool = False) -> Alternatives:
        """Parameters that are still open filled from the callers of their functions, click decorators and defaults.

        With `is_general` only those that have one value.
        """
        bind = self._only_value if is_general else self._from_callers
        for _ in range(MAX_ROUNDS):  # an attribute of what a caller passed may be a parameter of that caller
            if not any(syms(v) for v in values):
                break
            values = self.evaluator.replace(values, None, bind, where)
        return values

    def _only_value(self, sym: Sym) -> Alternatives:
        found = self._from_callers(sym)
        return found if len(found) == 1 else (Unknown(sym.param, "parameter"),)

    def _from_callers(self, sym: Sym) -> Alternatives:
        """What a parameter can be, from all that is known of it; asked once for each, so that long chains of calls cost their length."""
        key = (sym.function, sym.param)
        done = self._found.get(key)
        if done is None:
            if self._chain >= MAX_CHAIN:
                return (Unknown(sym.param, "parameter"),)
            self._found[key] = (Unknown(sym.param, "parameter"),)
            self._chain += 1
            try:
                done = self._found[key] = self._passed_or_default(sym)
            finally:
                self._chain -= 1
        return done

    def _passed_or_default(self, sym: Sym) -> Alternatives:
        decorated = commandline.parameter_value(self.evaluator, sym)
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
            if ready := self._ready_made(sym, scope):
                return ready
            values = self._text_default(scope, sym, function)
            if values:
                return values
            parsed = commandline.namespace(self.evaluator, sym)
            if parsed:
                return parsed
        instances = type_hints.instances_of_parameter(self.evaluator, Sym(sym.function, sym.param))
        return tuple(instances) or (Unknown(sym.param, "parameter"),)

    def _ready_made(self, sym: Sym, scope: Scope) -> Alternatives:
        """What the runner of a task's function passes for a parameter."""
        given = self.evaluator.ready_made.get(sym.function[0], {}).get(f"{scope.name}()", ())
        return tuple(value for table in given if isinstance(table, Table) for key, value in table.entries if key == sym.param)

    def _field(self, sym: Sym) -> Alternatives:
        """What a field of a dataclass can be: what its constructions pass, else its default."""
        cls = ClassRef(*sym.function)
        found: list[Abstract] = []
        for path, index in self.evaluator.callers.get(sym.function, [])[:MAX_CALLERS]:
            call = self.program.facts[path].calls[index]
            values = self.evaluator.field_value(Instance(cls, (path, index)), sym.param)
            found.extend(self.settled(values, Where(path, call.scope, call.at, call.block)))
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
            where = Where(path, call.scope, call.at, call.block)
            called = self.evaluator.as_called(function, path, index)
            values = self.settled(self.evaluator.bound_value(called, sym.param, call, where), where)
            found.extend(_climbing_from(path, v) for v in values)
        return _told([v for v in dict.fromkeys(found) if not isinstance(v, Unknown)])

    def _text_default(self, scope: Scope, sym: Sym, function: FunctionRef) -> Alternatives:
        """What gin binds the parameter to, else its default when it is text."""
        if bound := gin_bindings.bound(self.evaluator, function, sym.param):
            return tuple(v for v in bound if isinstance(v, Pattern) and v.parts)
        for param in scope.params:
            if param.name == sym.param and param.default is not None:
                return tuple(v for v in self.evaluator.default_of(function, param.default) if isinstance(v, Pattern) and v.parts)
        return ()


def _told(values: list[Abstract]) -> list[Abstract]:
    """Without the texts of which only the end is known, where others say how they begin: what stands in the code counts as the value."""
    heads = [v for v in values if isinstance(v, Pattern) and v.parts and isinstance(v.parts[0], str)]
    return [v for v in values if not heads or v in heads or not (isinstance(v, Pattern) and v.parts and isinstance(v.parts[0], Hole))]


def _climbing_from(path: str, value: Abstract) -> Abstract:
    """What a notebook passes as `../x` starts at its own folder, wherever the function that opens it stands."""
    first = value.parts[0] if isinstance(value, Pattern) and value.parts else ""
    if not isinstance(value, Pattern) or value.base is not None or value.anchored or not path.endswith(".ipynb"):
        return value
    is_climbing = isinstance(first, str) and first.startswith("../")
    return Pattern(value.parts, value.via, base=posixpath.dirname(path)) if is_climbing else value
