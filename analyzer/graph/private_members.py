"""Private members of objects (`engine._states`) that code of another file reads, sets or overrides: told by the class that has them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from analyzer.graph.attributes import tested_names
from analyzer.graph.private_uses import is_library, is_private
from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import PythonFacts, Scope
from analyzer.read.values import Attr, CallRef, Name, Opaque, Value, last_name

_SUPER = "super()"
_EVERYBODYS = frozenset(
    """
    _target _args _kwargs _thread _threads _target_ _started _is_stopped _work_queue _queue _threadpool _fields _name _value _value_ _name_
    _parser _actions _action_groups _option_string_actions _group_actions _subparsers _registries _defaults _sections
    _parser_class _modules _parameters _buffers _exit _getframe _MEIPASS _fileobj _sock _json _raw _cached _stop _tstate_lock _popen
    _process _processes _bootstrap _children _get_name
    """.split()
)
"""Of threads, processes, enumerations, argparse and the like, which an object of unknown class may be, and of torch's modules."""
_OF_TORCH_MODULES = frozenset(
    """
    _load_from_state_dict _save_to_state_dict _call_impl _named_members _register_state_dict_hook _register_load_state_dict_pre_hook
    _forward_hooks _forward_pre_hooks _backward_hooks _state_dict_hooks _non_persistent_buffers_set
    """.split()
)
"""Members that `torch.nn.Module` defines, of whichever library the class is that derives from it."""
_SEVERAL_WORDS = re.compile(r"_[A-Za-z0-9]+_\w+")


@dataclass(frozen=True, slots=True)
class MemberUse:
    """One use, in a file that does not define the member. `owner` is the path of the file that does, "" for a class of a library."""

    site: Site
    said: str
    """As the user writes it: `engine._states`."""
    name: str
    way: str
    """`sets`, `uses` or `overrides`."""
    owner: str = ""
    package: str = ""
    """Top-level import name of the library."""
    defined: Site | None = None
    """Where the owner defines it."""


def member_uses(graph: SystemGraph) -> Iterator[MemberUse]:
    """Every such use of judged files whose owner is told for certain, in a deterministic order.

    The class is told by the annotation of a parameter, the call that makes the object, or the import; else by the one file that gives its
    objects a member of that name, when the name is of several words or the user imports that file. Left out: what a class uses of its
    own bases, names that the code asks for with `hasattr` first, the standard library.
    """
    used = {module.path: module for module in graph.living() if any(_may_count(use[0]) for use in module.facts.protected)}
    if not used:
        return
    links: dict[str, list[ImportLink]] = defaultdict(list)
    for link in graph.imports:
        if link.importer in used:
            links[link.importer].append(link)
    owners = _Owners(graph)
    for path in sorted(used):
        yield from _File(graph, used[path], links[path], owners).uses()


def _may_count(dotted: str) -> bool:
    name = dotted.rpartition(".")[2]
    return is_private(name) and name not in _EVERYBODYS


class _Owners:
    """Files of which a class has a private member of a name: a method, or what it gives itself."""

    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph

    def of(self, name: str) -> set[str]:
        return self._known.get(name, set())

    @cached_property
    def _known(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for module in self._graph.modules.values():
            for name in _members(module.facts):
                found[name].add(module.path)
        return found


def _members(facts: PythonFacts) -> set[str]:
    scopes = facts.scopes
    names = {scope.name for scope in scopes if scope.parent >= 0 and scope.name.startswith("_") and scopes[scope.parent].kind == "class"}
    for assign in facts.assigns:
        if "._" in assign.target or assign.target.startswith("_"):
            base, _, name = assign.target.partition("[")[0].rpartition(".")
            if base in ("self", "cls") or (not base and scopes[assign.scope].kind == "class"):
                names.add(name)
    return names


class _File:
    """The uses of one file."""

    def __init__(self, graph: SystemGraph, module: Module, links: Iterable[ImportLink], owners: _Owners) -> None:
        self._graph = graph
        self._module = module
        self._owners = owners
        self._bound: dict[str, ImportLink] = {}
        for link in links:
            self._bound.setdefault(link.fact.bound or link.fact.module.partition(".")[0], link)
        self._imported = {link.target for link in self._bound.values() if link.target}
        self._bases = {last_name(base) for scope in module.facts.scopes for base in scope.bases}
        self._own = _members(module.facts) | {scope.name for scope in module.facts.scopes}
        self._values: dict[tuple[int, str], Value] = {}
        for assign in module.facts.assigns:
            if assign.kind in ("=", "with", "ann"):
                self._values.setdefault((assign.scope, assign.target), assign.value)

    def uses(self) -> Iterator[MemberUse]:
        facts = self._module.facts
        tested = tested_names(facts)
        stored = {(assign.target.partition("[")[0], assign.scope) for assign in facts.assigns}
        for dotted, line, scope in facts.protected:
            base, _, name = dotted.rpartition(".")
            if not _may_count(dotted) or name in tested:
                continue
            if base == _SUPER:
                yield from self._overriding(name, line, scope)
            elif name not in self._own and base:
                yield from self._use(dotted, line, scope, "sets" if (dotted, scope) in stored else "uses")

    def _use(self, dotted: str, line: int, scope: int, way: str) -> Iterator[MemberUse]:
        base, _, name = dotted.rpartition(".")
        site = self._module.site(line)
        value, package, target = self._class_of(base, scope)
        if way == "uses" and value is None and base.partition(".")[0] in self._bound:
            return  # of a module or class that is imported itself: `private_uses`
        if package:
            if is_library(self._graph, self._module, package):
                yield MemberUse(site, dotted, name, way, package=_defining(package, name))
            return
        known = self._owners.of(name) - {self._module.path}
        if target and (target in known or (way == "sets" and base in self._bound)):
            known = {target}
        elif target or len(known) != 1:
            return
        owner = next(iter(known))
        if not (target or owner in self._imported or (way == "uses" and _SEVERAL_WORDS.match(name))):
            return
        if not self._derives_from(owner) and not self._graph.modules[owner].is_excluded:
            yield MemberUse(site, dotted, name, way, owner, defined=_definition(self._graph.modules[owner], name))

    def _overriding(self, name: str, line: int, scope: int) -> Iterator[MemberUse]:
        """`super()._name()`: certain when no base of the class is of the repository."""
        cls = self._class_around(scope)
        packages = {self._package(base) for base in cls.bases} if cls is not None else {""}
        if len(packages) == 1 and "" not in packages:
            yield MemberUse(self._module.site(line), f"super().{name}", name, "overrides", package=_defining(next(iter(packages)), name))

    def _package(self, base: Value) -> str:
        """Top-level name of the library that a base class is of, "" when it is of the repository or the standard library."""
        link = self._bound.get(_head(base))
        package = link.fact.module.partition(".")[0] if link is not None and link.status == "external" and not link.fact.level else ""
        return package if is_library(self._graph, self._module, package) else ""

    def _class_of(self, base: str, scope: int) -> tuple[Value | None, str, str]:
        """What the object is made of or annotated with, and (library, "") or ("", path of the file) of its class, as far as it is told."""
        at = scope
        while at >= 0:
            around = self._module.facts.scopes[at]
            told = next((param.annotation or Opaque() for param in around.params if param.name == base), None)
            told = told or self._made_of(self._values.get((at, base)))
            if told is not None:
                return (told, *self._of_import(_head(told)))
            at = around.parent
        if base.startswith("self."):
            given = next((known for (_, target), known in self._values.items() if target == base), None)
            told = self._annotation(given.id) if isinstance(given, Name) else self._made_of(given)
            return (told, *self._of_import(_head(told)))
        head, _, inner = base.partition(".")
        package, target = self._of_import(head)
        return None, package, "" if inner else target  # of a package of ours an attribute may be anything

    def _made_of(self, value: Value | None) -> Value | None:
        """The class that a call makes an object of, also `object.__new__(Engine)`; what is no call is opaque."""
        if not isinstance(value, CallRef):
            return None if value is None else Opaque()
        call = self._module.facts.calls[value.index]
        if last_name(call.func) == "__new__":
            return call.args[0] if call.args else Opaque()
        return call.func if last_name(call.func)[:1].isupper() else Opaque()

    def _annotation(self, name: str) -> Value | None:
        """Of a parameter that became a member."""
        params = (param for scope in self._module.facts.scopes for param in scope.params)
        return next((param.annotation for param in params if param.name == name and param.annotation is not None), None)

    def _of_import(self, name: str) -> tuple[str, str]:
        link = self._bound.get(name)
        if link is None:
            return "", ""
        if link.status == "external" and link.fact.level == 0:
            return link.fact.module.partition(".")[0], ""
        return "", link.target if link.status in ("module", "name") and link.target in self._graph.modules else ""

    def _derives_from(self, owner: str) -> bool:
        """Has this file a class whose base is of that file? Then the member is protected, not foreign."""
        return any(link.target == owner and (bound in self._bases) for bound, link in self._bound.items())

    def _class_around(self, scope: int) -> Scope | None:
        scopes = self._module.facts.scopes
        while scope >= 0 and scopes[scope].kind != "class":
            scope = scopes[scope].parent
        return scopes[scope] if scope >= 0 else None


def _defining(package: str, name: str) -> str:
    return "torch" if name in _OF_TORCH_MODULES else package


def _definition(module: Module, name: str) -> Site | None:
    for scope in module.facts.scopes:
        if scope.name == name:
            return module.site(scope.line)
    assigned = (a.line for a in module.facts.assigns if a.target.partition("[")[0].rpartition(".")[2] == name)
    line = next(assigned, 0)
    return module.site(line) if line else None


def _head(value: Value | None) -> str:
    """`a` of `a` and of `a.B`, "" of anything else."""
    while isinstance(value, Attr):
        value = value.value
    return value.id if isinstance(value, Name) else ""
