"""Settings that are taken in and go nowhere: variables that hold one and are never read, attributes that keep one for nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.graph.holders import says_taken
from analyzer.graph.liveness import liveness
from analyzer.graph.project_calls import Function, ProjectCalls, project_calls
from analyzer.graph.unread_settings import is_own_class, unread_parameters
from analyzer.link.commandline.argparse_options import PARSING
from analyzer.link.symbols import class_around
from analyzer.read.facts import Assign, PythonFacts
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
    is_seen: bool
    """Whether other files can read it."""
    by_tests: bool = False

    @property
    def name(self) -> str:
        return self.holder.removeprefix("self.")


def idle_settings(graph: SystemGraph) -> Iterator[tuple[Module, int, list[IdleSetting]]]:
    """(module, scope of the function or class, its idle settings), in the order of the modules and scopes."""
    calls = project_calls(graph)
    held: dict[str, list[IdleSetting]] = {}
    for module in graph.living():
        if not module.is_notebook and module.facts.origin is None and not says_taken(module):
            found = [*_variables(module), *_attributes(graph, calls, module)]
            if found:
                held[module.path] = found
    if not held:
        return
    used, tested = _used(graph, held)
    told = {(module.path, each.name) for module, _, unread in unread_parameters(graph) for each in unread}
    for path, found in held.items():
        groups: dict[int, list[IdleSetting]] = defaultdict(list)
        for each in found:
            if not (each.is_seen and each.name in used) and (path, each.source) not in told:
                groups[each.scope].append(replace(each, by_tests=each.is_seen and each.name in tested))
        for scope, idle in sorted(groups.items()):
            yield graph.modules[path], scope, idle


def _used(graph: SystemGraph, held: Mapping[str, list[IdleSetting]]) -> tuple[set[str], set[str]]:
    """Names of the settings `held` that some file imports, spells or reads as an attribute, and those that a test reads so.

    Where a file takes one in (`self.period = args.period`) is no use of it, nor is an option that it parses itself.
    """
    names = {each.name for found in held.values() for each in found if each.is_seen}
    used: set[str] = set()
    tested: set[str] = set()
    for module in graph.modules.values():
        facts = module.facts
        found = names.intersection(facts.read_attributes)
        if found:
            sources = {each.source for each in held.get(module.path, ())}
            parsed = {a.target for a in facts.assigns if a.target in _HOLDERS and isinstance(a.value, CallRef) and _parses(facts, a.value)}
            chains = (chain for mention in facts.mentions for chain in mention.chains)
            pairs = {pair for chain in chains for pair in pairwise(chain.split("."))}
            found = {name for holder, name in pairs if name in found and holder not in parsed and f"{holder}.{name}" not in sources}
            (tested if module.is_test else used).update(found)
        used.update(link.name for link in facts.imports if link.name in names)
        if not module.is_test:
            used.update(names.intersection(facts.words))
            used.update(tail for word in facts.words if "." in word and (tail := word.rpartition(".")[2]) in names)
    return used, tested


def _parses(facts: PythonFacts, value: CallRef) -> bool:
    return last_name(facts.calls[value.index].func) in PARSING


# ---- variables ----------------------------------------------------------------------------------------------------------


def _variables(module: Module) -> Iterator[IdleSetting]:
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
        yield IdleSetting(name, source, assign.line, assign.scope, is_seen=assign.scope == 0)


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


def _attributes(graph: SystemGraph, calls: ProjectCalls, module: Module) -> Iterator[IdleSetting]:
    """What constructors keep as an attribute that no file but a test reads."""
    facts = module.facts
    kept = [
        a for a in facts.assigns if a.target.startswith("self.") and a.kind in ("=", "ann") and facts.scopes[a.scope].name == "__init__"
    ]
    if not kept:
        return
    read = frozenset(facts.read_attributes)
    kept = [a for a in kept if (name := a.target[5:]).isidentifier() and name not in read and not name.startswith("_")]
    if not kept or _is_open(facts):
        return
    is_public = module.is_packaged and module.project in liveness(graph).public
    times = Counter(assign.target for assign in kept)
    for assign in kept:
        owner = class_around(facts.scopes, assign.scope)
        if times[assign.target] > 1 or not owner or not _is_worker(calls, (module.path, owner)):
            continue
        if any(scope.parent == owner and scope.name == assign.target[5:] for scope in facts.scopes):  # a property takes it
            continue
        if is_public and not _is_made_here(graph, calls, (module.path, assign.scope)):
            continue  # an attribute of a library is there for whoever makes the object
        source = _setting(facts, assign.value) or _given(facts, assign)
        if source:
            yield IdleSetting(assign.target, source, assign.line, owner, is_seen=True)


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
