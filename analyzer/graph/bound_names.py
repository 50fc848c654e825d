"""Names that a module binds to values, and that somebody could import: lists, mappings, named tuples, constants."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

import msgspec

from analyzer.graph.discovered import Discovery
from analyzer.graph.for_tests import says_for_tests
from analyzer.graph.liveness import Liveness, is_program
from analyzer.graph.namespaces import Node
from analyzer.graph.system import Module, SystemGraph
from analyzer.graph.uses import is_named_tuple
from analyzer.read.facts import Assign
from analyzer.read.values import CallRef, Map, Name, Seq, Value, last_name

_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\Z")
_LEAST_LETTERS = 3
_LEAST_SHARE = 0.5
_FEW = 2
_CONVENTION = 5
"""So many files side by side that bind a constant follow a template: what each has is not asked of it alone."""
_FOR_OTHERS = re.compile(r"logg?er|TypeVar|ParamSpec|NewType|TypeAlias|ContextVar|Signal|declarative_base", re.IGNORECASE)
"""What makes a thing that stands there for its own sake: a logger, a type."""
_LOADED_WHOLE = frozenset({"from_object", "config_from_object", "from_pyfile", "from_prefixed_env"})
"""Calls by which a framework takes every constant of a module."""


def collections_of(module: Module) -> Iterator[Assign]:
    """Lists, mappings and named tuples that the module binds once."""
    if (not is_program(module) and not any(_defines(module))) or Discovery.is_found(module):
        return  # configuration as code: whoever loads it takes its names
    for assign in bound_once(module):
        if _is_collection(module, assign.value):
            yield assign


def unused_constants(life: Liveness, module: Module) -> Iterator[Assign]:
    """Constants by their spelling that nothing mentions, in a module of which others take theirs one by one, by name."""
    if Discovery.is_found(module) or life.graph.once(_are_loaded_whole):
        return
    own = [assign for assign in bound_once(module) if _is_constant(module, assign)]
    unused = [a for a in own if (module.path, a.target) not in life.tested]
    unused = [a for a in unused if isinstance(a.value, CallRef) or not _is_convention(life, module.path, a.target)]
    if not unused:
        return
    said = {name for mention in module.facts.mentions for name in (*mention.names, *mention.words)}
    unused = [assign for assign in unused if assign.target not in said]
    if not any(_defines(module)) and not is_program(module) and len(own) - len(unused) < max(_FEW, _LEAST_SHARE * len(own)):
        return  # nobody here takes them by name
    yield from unused


def _is_convention(life: Liveness, path: str, name: str) -> bool:
    """Whether files of the same folder, or of folders beside it, bind the name as well."""
    folder = posixpath.dirname(path)
    around = posixpath.dirname(folder)
    folders = [posixpath.dirname(other) for other in {other for other, _number in life.names.by_name.get(name, ())}]
    return sum(each == folder or (bool(around) and posixpath.dirname(each) == around) for each in folders) >= _CONVENTION


def _are_loaded_whole(graph: SystemGraph) -> bool:
    """Whether a framework loads settings of this repository as a module."""
    mentions = (mention for module in graph.modules.values() for mention in module.facts.mentions)
    return any(chain.rpartition(".")[2] in _LOADED_WHOLE for mention in mentions for chain in mention.chains)


def bound_once(module: Module) -> Iterator[Assign]:
    """Assignments of the module's own code, under no condition, to names that it binds only there."""
    at_top = [assign for assign in module.facts.assigns if assign.scope == 0]
    counts = Counter(assign.target for assign in at_top)
    for assign in at_top:
        if assign.block or assign.kind not in ("=", "ann") or counts[assign.target] != 1 or not assign.target.isidentifier():
            continue
        if not assign.target.startswith("__") and not says_for_tests(assign.target):
            yield assign


def _is_constant(module: Module, assign: Assign) -> bool:
    if len(assign.target) < _LEAST_LETTERS or not _CONSTANT.match(assign.target) or _is_collection(module, assign.value):
        return False
    made = last_name(module.facts.calls[assign.value.index].func) if isinstance(assign.value, CallRef) else ""
    return not _FOR_OTHERS.search(made)


def only_listed_for_tests(life: Liveness, module: Module, listing: Assign) -> Iterator[Assign]:
    """The collections of the module that nothing names but `listing`, which is there for tests."""
    named = {item.id for item in listing.value.items if isinstance(item, Name)} if isinstance(listing.value, Seq) else set()
    if not named or is_program(module):
        return
    path = module.path
    said = Counter(name for assign in module.facts.assigns if not assign.scope for name in _names_in(assign.value))
    said.update(name for call in module.facts.calls if not call.scope for each in call.args for name in _names_in(each))
    for assign in collections_of(module):
        bound: Node = (path, assign.target)
        if assign.target in named and said[assign.target] == 1:
            users = {node for node in life.used if node != (path, 0) and isinstance(node[1], int) and bound in life.outgoing(node).nodes}
            if not users:
                yield assign


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, Name):
        yield value.id
    elif isinstance(value, tuple):
        for each in value:
            yield from _names_in(each)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _names_in(getattr(value, field))


def _is_collection(module: Module, value: Value) -> bool:
    if isinstance(value, Seq):
        return bool(value.items)
    if isinstance(value, Map):
        return bool(value.keys)
    if isinstance(value, CallRef):
        return is_named_tuple(module.facts.calls[value.index].func)
    return False


def _defines(module: Module) -> Iterator[str]:
    return (scope.name for scope in module.facts.scopes[1:] if scope.parent == 0 and scope.name != "<lambda>")
