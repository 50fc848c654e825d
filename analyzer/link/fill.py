"""Parameters filled in: a function is evaluated once, symbolically, and its result or effect is completed at each call site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice, product

import msgspec

from analyzer.link import handed_over, hierarchy, luigi_targets, paths, text_methods
from analyzer.link.call_arguments import rest_of
from analyzer.link.configuration import gin_bindings, instantiation, key_paths, loaders, mappings
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ConfigNode,
    FunctionRef,
    Hole,
    Instance,
    Known,
    LibraryObject,
    Many,
    Pattern,
    Sym,
    Table,
    Unknown,
    as_pattern,
    before,
    capped,
    concat,
    literal,
    stronger_via,
    syms,
)
from analyzer.link.members import Members
from analyzer.link.where import Where
from analyzer.link.wording import hint_of, named, with_via
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Opaque, Star, Value

MAX_WALKS = 8
MAX_BASES = 4
_MAPPING_METHODS = ("map", "starmap")


class Filling(Members):
    _walks: int = 0
    _passing: set[tuple[str, int]]
    """Constructors whose calls of their base classes' constructors are being filled in: an argument may be an attribute of its object."""

    def method(self, receiver: Abstract, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
        if name == "input" and isinstance(receiver, Instance):
            return luigi_targets.inputs(self, receiver, where)
        return super().method(receiver, name, call, where, index)

    def external_call(self, name: str, call: Call, where: Where) -> Alternatives | None:
        if name in luigi_targets.PATH_TARGETS:
            return luigi_targets.target_path(self, call, where)
        return super().external_call(name, call, where)

    def bound_value(self, function: FunctionRef, param: str, call: Call, where: Where) -> Alternatives:
        """What a call passes for a parameter: the argument, else the default, else unknown."""
        scope = self.program.facts[function.path].scopes[function.scope]
        taken = 0
        if function.preset[1] >= 0:
            before = self._set_before(function, scope, param)
            if before is not None and all(name != param for name, _ in call.keywords):
                return before
            taken = len(self.program.facts[function.preset[0]].calls[function.preset[1]].args) - 1
        gathered = next((p for p in scope.params if p.name == param and p.kind in ("args", "kwargs")), None)
        if gathered is not None:
            return rest_of(self, scope, gathered, call, where, _skipped(function, scope) + taken)
        argument = self.argument_of(scope, function, param, call, taken)
        if isinstance(argument, Item) and any(isinstance(arg, Star) for arg in call.args):
            named, _ = mappings.spread(self, call, where, param)  # `f(*args, **kwargs)`: what has the name is meant by it
            if named and not all(isinstance(v, Unknown) for v in named):
                return named
        if argument is not None and not (isinstance(argument, Opaque) and any(name == "**" for name, _ in call.keywords)):
            whole = self._unmapped(argument, where)
            if whole is not None:
                return whole
            given = handed_over.rendered(self.value(argument, where))
            return capped([e for v in given for e in self.elements(v, param)]) if self.is_mapped(function, call) else given
        if argument is not None:
            spread, is_known = mappings.spread(self, call, where, param)
            if spread or not is_known:
                return spread or (Unknown(param, "parameter"),)
        if bound := gin_bindings.bound(self, function, param):
            return bound
        for entry in scope.params:
            if entry.name == param and entry.default is not None:
                return self.default_of(function, entry.default)
        return (Unknown(param, "parameter"),)

    def _unmapped(self, argument: Value, where: Where) -> Alternatives | None:
        """The value that `unmapped(value)` gives to every run of a mapped task; None for other arguments."""
        if not isinstance(argument, CallRef):
            return None
        call = self.program.facts[where.path].calls[argument.index]
        named = isinstance(call.func, (Name, Attr)) and hint_of(call.func).rpartition(".")[2] == "unmapped"
        return self.value(call.args[0], where) if named and call.args else None

    def is_mapped(self, function: FunctionRef, call: Call) -> bool:
        """Is it `task.map(values)`: one run of the function for each element?"""
        name = self.program.facts[function.path].scopes[function.scope].name
        return isinstance(call.func, Attr) and call.func.name in _MAPPING_METHODS and name != call.func.name

    def _set_before(self, function: FunctionRef, scope: Scope, param: str) -> Alternatives | None:
        """What `functools.partial(function, …)` has set for `param`; None when it has not."""
        path, index = function.preset
        made = self.program.facts[path].calls[index]
        argument = self.argument_of(scope, function, param, msgspec.structs.replace(made, args=made.args[1:]))
        if argument is None or isinstance(argument, Opaque):
            return None
        return self.value(argument, Where(path, made.scope, made.at, made.block))

    def as_called(self, function: FunctionRef, path: str, index: int) -> FunctionRef:
        """The function as a call names it, with what a partial has set of it."""
        for callee in self.callee(path, index):
            if isinstance(callee, FunctionRef) and (callee.path, callee.scope) == (function.path, function.scope) and callee.preset[1] >= 0:
                return replace(function, preset=callee.preset)
        return function

    @staticmethod
    def argument_of(scope: Scope, function: FunctionRef, param: str, call: Call, taken: int = 0) -> Value | None:
        """The expression that a call passes for `param` when the first `taken` ones are set already; None when it passes none."""
        if handed_over.hands_over(call, scope):
            return handed_over.argument(call, scope, param, _skipped(function, scope))
        for name, value in call.keywords:
            if name == param:
                return value
        positional = [p.name for p in scope.params if p.kind == "positional"]
        if param in positional:
            position = positional.index(param) - _skipped(function, scope) - taken
            for at, given in enumerate(call.args[: position + 1]):
                if isinstance(given, Star):
                    return Item(given.value, Const(position - at)) if at == len(call.args) - 1 else Opaque(param)
            if 0 <= position < len(call.args):
                return call.args[position]
        return Opaque(param) if any(name == "**" for name, _ in call.keywords) else None

    def default_of(self, function: FunctionRef, default: Value) -> Alternatives:
        scope = self.program.facts[function.path].scopes[function.scope]
        parent = max(scope.parent, 0)
        values = self.value(default, Where(function.path, parent, scope.at, self.program.facts[function.path].scopes[parent].block))
        return tuple(with_via(v, "parameter") for v in values)

    def filled(self, values: Alternatives, function: FunctionRef, call: Call, where: Where) -> Alternatives:
        """`values` with the function's own parameters replaced by what this call passes."""
        key = (function.path, function.scope)
        return self.replace(values, key, lambda sym: self.bound_value(function, sym.param, call, where), where)

    def constructed(self, values: Alternatives, instance: Instance) -> Alternatives:
        """`values` with the parameters of the instance's `__init__` replaced by what its construction passed, where that was seen."""
        path, index = instance.call
        if instance.described is not None:
            return self.replace(values, None, lambda sym: self._described(instance, sym), Where(instance.cls.path, 0, 1 << 30, 0))
        initial = hierarchy.method_of(self, instance.cls, "__init__")
        if index < 0:
            return values if initial is None else self._passed_above(values, initial)
        if initial is None:
            where = Where(instance.cls.path, 0, 1 << 30, 0)
            return self.replace(values, (instance.cls.path, instance.cls.scope), lambda sym: self.field_value(instance, sym.param), where)
        call = self.program.facts[path].calls[index]
        values = self._passed_above(values, initial)
        function = FunctionRef(initial.path, initial.scope, instance)
        return self.filled(values, function, call, Where(path, call.scope, call.at, call.block))

    def _passed_above(self, values: Alternatives, initial: FunctionRef) -> Alternatives:
        """`values` with the parameters of base classes' constructors replaced by what the class itself passes them."""
        key = (initial.path, initial.scope)
        if key in self._passing or not any(syms(v) for v in values):
            return values
        self._passing.add(key)
        try:
            for function, passing, at in reversed(self._base_constructors(initial)):
                values = self.filled(values, function, passing, at)
        finally:
            self._passing.discard(key)
        return values

    def _base_constructors(self, initial: FunctionRef) -> list[tuple[FunctionRef, Call, Where]]:
        """The constructors of base classes that `initial` calls (`super().__init__(…)`), each with the call that does."""
        found: list[tuple[FunctionRef, Call, Where]] = []
        current = initial
        for _ in range(MAX_BASES):
            facts = self.program.facts[current.path]
            calls = [
                (index, facts.calls[index])
                for index in self.program.symbols(current.path).calls_by_scope.get(current.scope, ())
                if isinstance(func := facts.calls[index].func, Attr) and func.name == "__init__"
            ]
            above = [
                (c, call) for index, call in calls for c in self.callee(current.path, index) if isinstance(c, FunctionRef) and c != current
            ]
            if not above:
                break
            function, call = above[0]
            found.append((function, call, Where(current.path, call.scope, call.at, call.block)))
            current = function
        return found

    def called_with(self, function: FunctionRef, node: ConfigNode) -> Alternatives:
        """What a project function returns when the keys of a configuration are its arguments."""
        key = (function.path, function.scope)
        where = Where(function.path, 0, 1 << 30, 0)
        return self.replace(self.returned(function), key, lambda sym: self._given(node, sym), where)

    def _described(self, instance: Instance, sym: Sym) -> Alternatives:
        """The argument that the configuration of an instance has for a parameter of its constructor."""
        scopes = self.program.facts[sym.function[0]].scopes
        if instance.described is None or scopes[sym.function[1]].name != "__init__":
            return (sym,)
        return self._given(instance.described, sym)

    def _given(self, node: ConfigNode, sym: Sym) -> Alternatives:
        found = key_paths.value_at(self, node, sym.param)
        if found:
            return capped([made for value in found for made in instantiation.made_of(self, value, node.path)])
        scope = self.program.facts[sym.function[0]].scopes[sym.function[1]]
        default = next((param.default for param in scope.params if param.name == sym.param), None)
        return (Unknown(sym.param, "parameter"),) if default is None else self.default_of(FunctionRef(*sym.function), default)

    def field_value(self, instance: Instance, name: str) -> Alternatives:
        """What a field of a dataclass holds in an object whose construction was seen: what was passed, else its default."""
        passed = self.field_passed(instance, name)
        return passed if passed is not None else self.class_attribute(instance.cls, name, Where(instance.cls.path, 0, 1 << 30, 0), 0)

    def replace(self, values: Alternatives, key: tuple[str, int] | None, bind: Callable[[Sym], Alternatives], where: Where) -> Alternatives:
        """Substitute the `Sym`s of function `key` (of every function when None) through `bind`."""
        found: list[Abstract] = []
        for value in values:
            found.extend(self._replaced(value, key, bind, where))
        return capped(found)

    def _replaced(self, value: Abstract, key: tuple[str, int] | None, bind: Callable[[Sym], Alternatives], where: Where) -> Alternatives:
        if isinstance(value, Sym) and (key is None or value.function == key):
            return self.applied(bind(Sym(value.function, value.param)), value, where)
        if isinstance(value, Pattern):
            open_parts = [p for p in value.parts if isinstance(p, Hole) and p.sym is not None and (key is None or p.sym.function == key)]
            if not open_parts:
                return (value,)
            choices: list[list[Pattern]] = []
            for part in value.parts:
                if isinstance(part, Hole) and part.sym is not None and part in open_parts:
                    options = self.applied(bind(Sym(part.sym.function, part.sym.param)), part.sym, where)
                    filled = [named(as_pattern(o), part.name) for o in options[:3]]
                    if value.folder is part:  # an empty text is no folder: nothing was given
                        filled = [p if p.parts else Pattern((Hole(part.name),), p.via) for p in filled]
                    choices.append(filled)
                else:
                    choices.append([Pattern((part,))])
            made = []
            for combination in islice(product(*choices), 6):
                text = concat(value.via, *combination)
                anchored = value.anchored or text.anchored
                base = value.base if value.base is not None else text.base
                made.append(Pattern(text.parts, stronger_via(text.via, value.via), anchored, value.temporary or text.temporary, base))
            return tuple(made)
        if isinstance(value, LibraryObject):
            return tuple(LibraryObject(value.type, as_pattern(v)) for v in self._replaced(value.identity, key, bind, where))
        if isinstance(value, Many) and len(value.items) <= 16:
            return (Many(tuple(v for item in value.items for v in self._replaced(item, key, bind, where)[:2]), value.ordered),)
        if isinstance(value, Table) and len(value.entries) <= 64:
            return (Table(tuple((k, v) for k, item in value.entries for v in self._replaced(item, key, bind, where)[:2]), value.rest),)
        return (value,)

    def applied(self, values: Alternatives, sym: Sym, where: Where) -> Alternatives:
        """The access path of a `Sym` walked on what the parameter turned out to be; bounded, for an object may be built from itself."""
        if self._walks > MAX_WALKS:
            return (Unknown(sym.text, "too deep"),)
        self._walks += 1
        try:
            return self._walked(values, sym, where)
        finally:
            self._walks -= 1

    def _walked(self, values: Alternatives, sym: Sym, where: Where) -> Alternatives:
        current = values
        for kind, name in sym.ops:
            step: list[Abstract] = []
            for value in current:
                if kind == "element":
                    step.extend(self.elements(value, ""))
                elif kind == "before":
                    step.extend(made for made in (before(value, name),) if made is not None)
                elif kind == "path":
                    step.append(paths.asked(as_pattern(value), name))
                elif kind == "text":
                    step.extend(text_methods.elsewhere((value,), name))
                elif kind == "at":
                    step.extend(self.item(value, Known(int(name)), where))
                elif kind == "loaded":
                    step.extend(loaders.config_nodes(self, value, where.path) or (Unknown(sym.param, "call result"),))
                else:
                    step.extend(self.attribute(value, name, where) if kind == "attr" else self.item(value, literal(name), where))
            current = capped(step)
        return current


def _skipped(function: FunctionRef, scope: Scope) -> int:
    """Parameters that the object takes which a method was taken from."""
    return 1 if function.bound is not None and not _is_static(scope) else 0


def _is_static(scope: Scope) -> bool:
    return any(isinstance(d, Name) and d.id == "staticmethod" for d in scope.decorators)
