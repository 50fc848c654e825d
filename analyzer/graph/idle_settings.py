"""Settings that are taken in and go nowhere: variables that hold one and are never read, attributes that keep one for nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.graph.liveness import liveness
from analyzer.graph.project_calls import Function, ProjectCalls, project_calls
from analyzer.graph.unread_settings import is_own_class, unread_parameters
from analyzer.link.symbols import class_around
from analyzer.read.facts import Assign, PythonFacts
from analyzer.read.names import NAME
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_HOLDERS = frozenset("args arg opt opts options flags FLAGS hparams cfg config conf params settings configuration".split())
_OPEN = frozenset({"locals", "globals", "vars", "exec", "eval", "__dict__", "asdict"})
_LEAST_METHODS = 1
"""Besides the constructor: a class without any is a record, whose fields are data."""


@dataclass(frozen=True, slots=True)
class IdleSetting:
    """A setting, what holds it, and where."""

    holder: str
    """Name of the variable, or `self.name`."""
    source: str
    line: int
    scope: int
    """Of the function that takes it in, or of the class that keeps it."""
    by_tests: bool = False


def idle_settings(graph: SystemGraph) -> Iterator[tuple[Module, int, list[IdleSetting]]]:
    """(module, scope of the function or class, its idle settings), in the order of the modules and scopes."""
    used = graph.once(_Used)
    told = {(module.path, each.name) for module, _, unread in unread_parameters(graph) for each in unread}
    for module in graph.living():
        if module.is_notebook or module.facts.origin is not None:
            continue
        groups: dict[int, list[IdleSetting]] = defaultdict(list)
        for each in (*_variables(used, module), *_attributes(graph, used, module)):
            if (module.path, each.source) not in told:
                groups[each.scope].append(each)
        for scope, found in sorted(groups.items()):
            yield module, scope, found


class _Used:
    """Every name that any file mentions, by way of mentioning it."""

    def __init__(self, graph: SystemGraph) -> None:
        self.attributes: set[str] = set()
        self.tested: set[str] = set()
        self.words: set[str] = set()
        self.imported: set[str] = set()
        for module in graph.modules.values():
            facts = module.facts
            (self.tested if module.is_test else self.attributes).update(_attributes_of(facts))
            if not module.is_test:
                self.words.update(name for word in facts.words if not word.startswith("-") for name in NAME.findall(word))
            self.imported.update(link.name for link in facts.imports if link.name)
        self.calls: ProjectCalls = project_calls(graph)


def _attributes_of(facts: PythonFacts) -> Iterator[str]:
    """The attributes that a file reads, but for those of what holds settings: `args.period` is where one comes from."""
    for mention in facts.mentions:
        for chain in mention.chains:
            yield from (name for holder, name in pairwise(chain.split(".")) if holder not in _HOLDERS)


# ---- variables ----------------------------------------------------------------------------------------------------------


def _variables(used: _Used, module: Module) -> Iterator[IdleSetting]:
    facts = module.facts
    candidates = [(assign, source) for assign in facts.assigns if assign.kind in ("=", "ann") and (source := _setting(facts, assign.value))]
    if not candidates or _is_open(facts):
        return
    times = Counter(assign.target for assign in facts.assigns)
    chained = Counter(assign.line for assign, _ in candidates)
    read = {name for mention in facts.mentions for name in mention.names}
    read.update(chain.partition(".")[0] for mention in facts.mentions for chain in mention.chains)
    for assign, source in candidates:
        name = assign.target
        if not name.isidentifier() or name.startswith("_") or name in read or times[name] > 1 or chained[assign.line] > 1:
            continue
        if facts.scopes[assign.scope].kind == "class":
            continue
        if assign.scope == 0 and (name in used.attributes or name in used.tested or name in used.imported or name in used.words):
            continue
        yield IdleSetting(name, source, assign.line, assign.scope)


def _is_open(facts: PythonFacts) -> bool:
    """Whether the file may read all names of a scope or an object at once."""
    if not _OPEN.isdisjoint((*facts.dynamic, *facts.read_attributes)):
        return True
    return any(isinstance(call.func, Name) and call.func.id in _OPEN for call in facts.calls)


def _setting(facts: PythonFacts, value: Value) -> str:
    """The setting as written: `args.seed`, `config["seed"]`, `os.environ["SEED"]`; "" for any other value."""
    if isinstance(value, Attr) and isinstance(value.value, Name) and value.value.id in _HOLDERS:
        return f"{value.value.id}.{value.name}"
    if isinstance(value, Item) and isinstance(value.key, Const) and isinstance(value.key.value, str):
        holder = last_name(value.value)
        if holder == "environ" or (isinstance(value.value, Name) and holder in _HOLDERS):
            return f'{holder}["{value.key.value}"]'
    if isinstance(value, CallRef):
        call = facts.calls[value.index]
        owner = last_name(call.func.value) if isinstance(call.func, Attr) else ""
        is_read = last_name(call.func) == "getenv" or (last_name(call.func) == "get" and (owner == "environ" or owner in _HOLDERS))
        if is_read and call.args and isinstance(call.args[0], Const):
            return f'{f"{owner}." if owner else ""}{last_name(call.func)}("{call.args[0].value}")'
    return ""


# ---- attributes ---------------------------------------------------------------------------------------------------------


def _attributes(graph: SystemGraph, used: _Used, module: Module) -> Iterator[IdleSetting]:
    """What constructors keep as an attribute that no file but a test reads."""
    facts = module.facts
    kept = [a for a in facts.assigns if a.kind in ("=", "ann") and a.target.startswith("self.") and a.target[5:].isidentifier()]
    if not kept or _is_open(facts):
        return
    is_public = module.is_packaged and module.project in liveness(graph).public
    times = Counter(assign.target for assign in kept)
    for assign in kept:
        name = assign.target[5:]
        if name in used.attributes or name in used.words or name.startswith("_") or times[assign.target] > 1:
            continue
        owner = class_around(facts.scopes, assign.scope)
        if facts.scopes[assign.scope].name != "__init__" or not owner or not _is_worker(used.calls, (module.path, owner)):
            continue
        if is_public and not _is_made_here(graph, used.calls, (module.path, assign.scope)):
            continue  # an attribute of a library is there for whoever makes the object
        source = _setting(facts, assign.value) or _given(facts, assign)
        if source:
            yield IdleSetting(assign.target, source, assign.line, owner, name in used.tested)


def _is_made_here(graph: SystemGraph, calls: ProjectCalls, constructor: Function) -> bool:
    return any(not graph.modules[passing.path].is_test for passing in calls.callers.get(constructor, ()))


def _given(facts: PythonFacts, assign: Assign) -> str:
    """A parameter with a default that becomes the attribute and nothing else, or an attribute of one that holds settings."""
    scope = facts.scopes[assign.scope]
    value = assign.value
    if isinstance(value, Name) and (value.id, assign.target[5:]) in scope.kept:
        given = next((param for param in scope.params if param.name == value.id), None)
        return value.id if given is not None and given.default is not None else ""
    if isinstance(value, Attr) and isinstance(value.value, Name) and value.value.id.endswith(("config", "settings", "options", "cfg")):
        return f"{value.value.id}.{value.name}"
    return ""


def _is_worker(calls: ProjectCalls, owner: Function) -> bool:
    """Whether a class and its bases are the repository's own, and it does something with what it is given."""
    scopes = calls.modules[owner[0]].facts.scopes
    methods = sum(scope.parent == owner[1] and scope.kind == "function" and scope.name != "__init__" for scope in scopes)
    return methods >= _LEAST_METHODS and not scopes[owner[1]].decorators and is_own_class(calls, owner)
