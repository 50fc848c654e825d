"""Which function of the repository a call means, as far as names and imports tell, and what the calls hand over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.link.symbols import class_around
from analyzer.read.facts import LOCAL_KINDS, Call, Param, Scope
from analyzer.read.values import Attr, CallRef, Item, Name, Star, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

Function = tuple[str, int]
"""(path, scope)"""
_FEW = 4
"""Letters that a method's name needs to mean something by itself."""
_EVERYDAYS = frozenset(
    """
    add append apply build call clear close compute copy count create delete execute export extend find fit forward get init insert items
    join keys list load main make open parse pop predict process put read remove replace reset run save search send set setup show sort
    split start step stop test train transform update validate values write update_params get_params set_params filter format
    """.split()
)
_RUNTIME = frozenset({"getattr", "globals", "import_module", "__import__", "exec", "eval"})


@dataclass(frozen=True, slots=True)
class Passing:
    """A call of a function of the repository. `implicit`: its first parameter is what the method was asked of."""

    path: str
    call: Call
    implicit: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What one call gives. `open`: a `*` or `**` may give more."""

    values: Mapping[str, Value]
    open: bool


class ProjectCalls:
    """Look-ups over all calls of a graph; build once with `project_calls`."""

    def __init__(self, graph: SystemGraph) -> None:
        self.modules = graph.modules
        self.names = {path: _Names(module) for path, module in graph.modules.items()}
        stars: dict[str, list[str]] = {}
        for link in graph.imports:
            if link.fact.name == "*" and link.target in graph.modules:
                stars.setdefault(link.importer, []).append(link.target)
            if link.status == "external" or link.importer not in self.names:
                continue
            fact = link.fact
            bound = fact.bound or (fact.name or "" if fact.name else fact.module)
            self.names[link.importer].ours.add(bound)
            if link.status in ("module", "name") and link.target in graph.modules:
                inside = link.name if link.status == "name" and not self._is_module_itself(link.target, link.name) else ""
                self.names[link.importer].imported[bound] = (link.target, inside)
        self.methods: dict[str, list[Function]] = {}
        self.defined: Counter[str] = Counter()
        for path, module in graph.modules.items():
            for number, scope in enumerate(module.facts.scopes):
                if scope.kind == "function":
                    self.defined[scope.name] += 1
                    if is_method(module.facts.scopes, scope):
                        self.methods.setdefault(scope.name, []).append((path, number))
        self.base_names = {last_name(base) for module in graph.modules.values() for scope in module.facts.scopes for base in scope.bases}
        """The last name of every base class."""
        self.handed: set[str] = set()
        self.spoken: set[str] = set()
        """Names that a text may mean: the last part of a dotted text, any text where names are looked up at run time, any configuration."""
        for module in graph.modules.values():
            if module.is_test:
                continue  # whom a test hands it to is no use, nor what it replaces: `patch("package.module.function")`
            self.handed.update(module.facts.handed)
            looks_up = not _RUNTIME.isdisjoint(module.facts.dynamic)
            self.spoken.update(w.replace(":", ".").rpartition(".")[2] for w in module.facts.words if looks_up or "." in w or ":" in w)
        for config in graph.configs.values():
            self.spoken.update(v.replace(":", ".").rpartition(".")[2] for _, v, _ in config.leaves if isinstance(v, str) and len(v) < 200)
        for facts in graph.steps.values():
            self.spoken.update(name for name, _line in facts.names)
        self.callers: dict[Function, list[Passing]] = {}
        self.unplaced: set[tuple[str, bool]] = set()
        """(name, whether a module may be asked for it) of calls that could mean anything, outside tests: `x.score(…)`."""
        self.starred: set[tuple[str, str]] = set()
        """(module, name) of calls that may mean what the module hands over by `from module import *`, outside tests."""
        self.dispatched: set[str] = set()
        """Names that are asked of an entry of a table: `COMMANDS[name].main(…)`."""
        for path, module in graph.modules.items():
            for call in module.facts.calls:
                is_placed = False
                if isinstance(call.func, Attr) and isinstance(call.func.value, Item):
                    self.dispatched.add(call.func.name)
                for function, implicit in self.meant(path, call):
                    self.callers.setdefault(function, []).append(Passing(path, call, implicit))
                    is_placed = True
                if not is_placed and path in stars and isinstance(call.func, Name) and not module.is_test:
                    self.starred.update((target, call.func.id) for target in stars[path])
                if not is_placed and isinstance(call.func, Attr) and not module.is_test:
                    base = call.func.value
                    self.unplaced.add((call.func.name, isinstance(base, Name) and base.id in self.names[path].ours))

    def _is_module_itself(self, target: str, name: str) -> bool:
        """Whether a package that names its submodule (`from package import utils`) means the file: it has nothing of that name inside."""
        names = self.names[target]
        is_inside = (0, name) in names.children or name in names.rebound or any(i.bound == name for i in self.modules[target].facts.imports)
        return not is_inside and target.endswith((f"/{name}.py", f"/{name}/__init__.py"))

    def scope(self, function: Function) -> Scope:
        return self.modules[function[0]].facts.scopes[function[1]]

    def is_open(self, function: Function) -> bool:
        """Whether somebody whom we do not see may call it: it is handed on, or a text may name it."""
        name = self.called(function)
        return name in self.handed or name in self.spoken

    def is_elsewhere(self, function: Function) -> bool:
        """Whether a call of something that is not known may mean it: any object for a method, else what may be a module of the project."""
        scope = self.scope(function)
        any_object = is_method(self.modules[function[0]].facts.scopes, scope) and scope.name != "__init__"
        name = self.called(function)
        return (name, True) in self.unplaced or (function[0], name) in self.starred or (any_object and (name, False) in self.unplaced)

    def called(self, function: Function) -> str:
        """The name that calls of a function use: for a constructor that of its class."""
        scope = self.scope(function)
        return self.modules[function[0]].facts.scopes[scope.parent].name if scope.name == "__init__" else scope.name

    def given(self, function: Function, passing: Passing) -> Given:
        """What a call gives for the parameters of the function that it means."""
        scope = self.scope(function)
        params = list(scope.params)
        if passing.implicit and params:
            params = params[1:]
        positional = [param.name for param in params if param.kind == "positional"]
        values: dict[str, Value] = {}
        unsure = False
        for position, value in enumerate(passing.call.args):
            if isinstance(value, Star):
                unsure = True
                break
            if position < len(positional):
                values[positional[position]] = value
        for name, value in passing.call.keywords:
            if name == "**":
                unsure = True
            else:
                values[name] = value
        return Given(values, unsure)

    # ---- what a call means -----------------------------------------------------------------------------------------

    def meant(self, path: str, call: Call) -> Iterator[tuple[Function, bool]]:
        """The functions that a call runs, each with whether its first parameter is what the method was asked of."""
        func = call.func
        if isinstance(func, Name):
            found = self._named(path, call.scope, func.id)
            if found is not None:
                yield from self._callable(found, False)
        elif isinstance(func, Attr):
            yield from self._attribute(path, call.scope, func)

    def _callable(self, function: Function, implicit: bool) -> Iterator[tuple[Function, bool]]:
        if self.scope(function).kind == "class":
            made = self.member(function, "__init__")
            if made is not None:
                yield made, True
        else:
            yield function, implicit

    def _attribute(self, path: str, scope: int, func: Attr) -> Iterator[tuple[Function, bool]]:
        base = func.value
        if isinstance(base, Name):
            if base.id in ("self", "cls"):
                owner = class_around(self.modules[path].facts.scopes, scope)
                found = self.member((path, owner), func.name) if owner else None
                if found is not None:
                    yield found, not self._is_static(found)
                return
            target = self._module_of(path, base.id)
            if target:
                found = self._top(target, func.name)
                if found is not None:
                    yield from self._callable(found, False)
                return
            owner_class = self._named(path, scope, base.id)
            if owner_class is not None and self.scope(owner_class).kind == "class":
                found = self.member(owner_class, func.name)
                if found is not None:
                    yield found, self._is_class_method(found)
                return
        elif isinstance(base, CallRef) and self._is_super(path, base):
            owner = class_around(self.modules[path].facts.scopes, scope)
            for parent in self.bases((path, owner)) if owner else ():
                found = self.member(parent, func.name)
                if found is not None:
                    yield found, True
            return
        alone = self.methods.get(func.name, ())
        if len(alone) == 1 and len(func.name) > _FEW and func.name not in _EVERYDAYS and self.defined[func.name] == 1:
            yield alone[0], not self._is_static(alone[0])

    def _is_super(self, path: str, base: CallRef) -> bool:
        func = self.modules[path].facts.calls[base.index].func
        return isinstance(func, Name) and func.id == "super"

    def member(self, owner: Function, name: str, hops: int = 4) -> Function | None:
        """The method that a class of the repository has or inherits from another one."""
        found = self.names[owner[0]].children.get((owner[1], name))
        if found is not None:
            return owner[0], found
        for base in self.bases(owner) if hops else ():
            inherited = self.member(base, name, hops - 1)
            if inherited is not None:
                return inherited
        return None

    def bases(self, owner: Function) -> list[Function]:
        """The base classes that the repository defines."""
        found = []
        for base in self.scope(owner).bases:
            function = self._value(owner[0], max(self.scope(owner).parent, 0), base)
            if function is not None and function != owner:
                found.append(function)
        return found

    def _value(self, path: str, scope: int, value: Value) -> Function | None:
        if isinstance(value, Name):
            return self._named(path, scope, value.id)
        if isinstance(value, Attr) and isinstance(value.value, Name):
            target = self._module_of(path, value.value.id)
            return self._top(target, value.name) if target else None
        return None

    def _named(self, path: str, scope: int, name: str) -> Function | None:
        names, scopes = self.names[path], self.modules[path].facts.scopes
        while scope > 0:
            if scopes[scope].kind == "function":
                if (scope, name) in names.children:
                    return path, names.children[scope, name]
                if (scope, name) in names.local:
                    return None
            scope = scopes[scope].parent
        return self._top(path, name)

    def _top(self, path: str, name: str, hops: int = 5) -> Function | None:
        names = self.names[path]
        if (0, name) in names.children:
            return None if name in names.rebound else (path, names.children[0, name])
        target, inside = names.imported.get(name, ("", ""))
        if target and inside and hops and name not in names.rebound:
            return self._top(target, inside, hops - 1)
        return None

    def _module_of(self, path: str, name: str) -> str:
        target, inside = self.names[path].imported.get(name, ("", ""))
        return target if target and not inside else ""

    def _is_static(self, function: Function) -> bool:
        return any(isinstance(d, Name) and d.id == "staticmethod" for d in self.scope(function).decorators)

    def _is_class_method(self, function: Function) -> bool:
        return any(isinstance(d, Name) and d.id == "classmethod" for d in self.scope(function).decorators)


class _Names:
    """What the names of one module mean in it."""

    def __init__(self, module: Module) -> None:
        facts = module.facts
        self.children: dict[tuple[int, str], int] = {}
        twice: set[str] = set()
        for number, scope in enumerate(facts.scopes[1:], 1):
            if (scope.parent, scope.name) in self.children and scope.parent == 0:
                twice.add(scope.name)
            self.children[scope.parent, scope.name] = number
        self.local = {(a.scope, a.target) for a in facts.assigns if a.scope and a.kind not in ("global", *LOCAL_KINDS)}
        self.local.update((number, param.name) for number, scope in enumerate(facts.scopes) for param in scope.params)
        self.rebound = twice | {a.target for a in facts.assigns if a.scope == 0 and a.kind not in ("declared", *LOCAL_KINDS)}
        self.imported: dict[str, tuple[str, str]] = {}
        self.ours: set[str] = set()
        """Names of imports that may lead into the repository."""


def project_calls(graph: SystemGraph) -> ProjectCalls:
    """The calls of a graph, looked up once."""
    found = graph.memo.get("project calls")
    if not isinstance(found, ProjectCalls):
        found = graph.memo["project calls"] = ProjectCalls(graph)
    return found


def is_method(scopes: tuple[Scope, ...], scope: Scope) -> bool:
    return scope.parent > 0 and scopes[scope.parent].kind == "class"


def parameter(scope: Scope, name: str) -> Param | None:
    return next((param for param in scope.params if param.name == name), None)
