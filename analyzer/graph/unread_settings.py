"""Settings that somebody gives and nothing reads: parameters, options of programs, values that are overwritten at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.graph.project_calls import Function, Passing, ProjectCalls, is_method, project_calls
from analyzer.read.facts import Overwritten, Scope
from analyzer.read.names import NAME
from analyzer.read.values import CallRef, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_PLAIN_DECORATORS = frozenset("staticmethod classmethod no_grad inference_mode njit jit".split())
"""Decorators that neither demand a parameter nor look at its value."""
_SEVERAL = 3
_HOLDS_SETTINGS = re.compile(
    r"(?:os\.)?(?:getenv|environ)\b|(?:\w*_)?(?:args?|arguments|opts?|options?|flags|hparams|hyperparams|hps|params|cfg|conf|configs?|configuration"
    r"|settings?|env)(?:_\w+)?[.\[]",
    re.IGNORECASE,
)
"""What somebody filled in: the command line, a configuration, the environment. An attribute of anything else may be a result."""
_OPEN_KINDS = ("args", "kwargs")
_LEAVE = ("_", "unused", "dummy", "ignore")
_HANDED_IN = frozenset("self cls event context ctx request".split())
"""What frameworks hand in."""

SAYS = frozenset({"getLogger", "debug", "info", "warning", "print", "echo", "secho"})
"""Calls that only tell people something."""


@dataclass(frozen=True, slots=True)
class Unread:
    """One parameter that calls of the repository give and its function does not use."""

    name: str
    how: str
    """`never` read, `kept` as an attribute that nothing reads, or `overwritten` before it is read."""
    passings: tuple[Passing, ...]
    attribute: str = ""
    overwritten: Overwritten | None = None


def unread_parameters(graph: SystemGraph) -> Iterator[tuple[Module, int, list[Unread]]]:
    """(module, scope of the function, its parameters that are given and not used), for functions whose signature is their own.

    A signature is demanded from outside when a base class, a subclass or a namesake has it, when a decorator may look at it, or when
    the function is handed to others or named by a text; a stub promises to use them later.
    """
    return iter(graph.once(_all_unread))


def _all_unread(graph: SystemGraph) -> tuple[tuple[Module, int, list[Unread]], ...]:
    return tuple(_unread(graph))


def _unread(graph: SystemGraph) -> Iterator[tuple[Module, int, list[Unread]]]:
    calls = project_calls(graph)
    namesakes = _namesakes(graph)
    attributes = read_anywhere(graph)
    for module in graph.living():
        by_scope: dict[int, list[Overwritten]] = {}
        for found in module.facts.overwritten:
            if not found.source:
                by_scope.setdefault(found.scope, []).append(found)
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind != "function" or scope.is_stub or not (scope.unread or scope.kept or number in by_scope):
                continue
            function = (module.path, number)
            given = _given(graph, calls, function)
            if not given or is_demanded(calls, function):
                continue
            unread = [*_never(scope, given), *_kept(calls, function, given, attributes), *_overwritten(by_scope.get(number, ()), given)]
            unread = [each for each in unread if not _has_namesake(namesakes, module.path, scope, each.name)]
            if unread and not _only_waits(module, number) and not _is_one_of_several(calls, function):
                yield module, number, unread


def _only_waits(module: Module, number: int) -> bool:
    """Whether the function stands in for one that is to come: it sleeps, and else does nothing but say so."""
    called = {last_name(call.func) for call in module.facts.calls if call.scope == number}
    return "sleep" in called and called <= SAYS | {"sleep"}


def _given(graph: SystemGraph, calls: ProjectCalls, function: Function) -> dict[str, tuple[Passing, ...]]:
    """Parameter → the calls outside tests that give it."""
    found: dict[str, list[Passing]] = {}
    for passing in calls.callers.get(function, ()):
        if not graph.modules[passing.path].is_test:
            for name in calls.given(function, passing).values:
                found.setdefault(name, []).append(passing)
    return {name: tuple(passings) for name, passings in found.items()}


def _never(scope: Scope, given: dict[str, tuple[Passing, ...]]) -> Iterator[Unread]:
    filters = any(param.kind == "kwargs" and param.name not in scope.unread for param in scope.params)
    for param in scope.params:
        if param.kind in _OPEN_KINDS or (filters and param.default is not None):
            continue  # a parameter beside `**kwargs` keeps its name out of what is handed on
        if param.name in scope.unread and param.name in given and not _says_unused(param.name):
            yield Unread(param.name, "never", given[param.name])


def _kept(calls: ProjectCalls, function: Function, given: dict[str, tuple[Passing, ...]], attributes: frozenset[str]) -> Iterator[Unread]:
    """Parameters of constructors that become an attribute of a class of the repository's own, and then nothing."""
    scope = calls.scope(function)
    owner = (function[0], scope.parent)
    if scope.name != "__init__" or not is_own_class(calls, owner):
        return
    for name, attribute in scope.kept:
        if name in given and attribute not in attributes and not _says_unused(name):
            yield Unread(name, "kept", given[name], attribute)


def _overwritten(found: Iterable[Overwritten], given: dict[str, tuple[Passing, ...]]) -> Iterator[Unread]:
    for each in found:
        if each.name in given and not _says_unused(each.name):
            yield Unread(each.name, "overwritten", given[each.name], overwritten=each)


def _says_unused(name: str) -> bool:
    return name.startswith(_LEAVE) or name in _HANDED_IN


# ---- signatures that are not the function's own -------------------------------------------------------------------------


def is_demanded(calls: ProjectCalls, function: Function) -> bool:
    """Whether somebody whom we do not see may call a function, or asks for its signature."""
    scope = calls.scope(function)
    scopes = calls.modules[function[0]].facts.scopes
    if any(_last(calls, function[0], decorator) not in _PLAIN_DECORATORS for decorator in scope.decorators) or calls.is_open(function):
        return True
    if not is_method(scopes, scope):
        return scope.parent == 0 and scope.name in calls.dispatched  # modules are the entries of the table
    if scope.name.startswith("__") and scope.name != "__init__":
        return True
    owner = (function[0], scope.parent)
    if _is_abstract(calls, owner) or (scopes[scope.parent].decorators and scope.name == "__init__"):
        return True
    if scope.name == "__init__":
        return False
    bases = calls.bases(owner)
    outside = len(bases) < len(calls.scope(owner).bases)
    if outside and not scope.name.startswith("_"):
        return True
    return len(calls.methods[scope.name]) > 1 and (bool(calls.scope(owner).bases) or _has_subclass(calls, owner))


def _is_abstract(calls: ProjectCalls, owner: Function) -> bool:
    scopes = calls.modules[owner[0]].facts.scopes
    if any(_last(calls, owner[0], base) in ("ABC", "Protocol", "Interface") for base in scopes[owner[1]].bases):
        return True
    return any(
        scope.parent == owner[1] and any(_last(calls, owner[0], d).startswith("abstract") for d in scope.decorators) for scope in scopes
    )


def _has_subclass(calls: ProjectCalls, owner: Function) -> bool:
    return calls.scope(owner).name in calls.base_names


def is_own_class(calls: ProjectCalls, owner: Function) -> bool:
    """Whether a class and its bases are all the repository's: no library looks at its attributes."""
    bases = calls.scope(owner).bases
    known = calls.bases(owner)
    named = [_last(calls, owner[0], base) for base in bases]
    return len(known) == len([n for n in named if n not in ("object", "ABC", "Module")]) and all(
        is_own_class(calls, base) for base in known[:4]
    )


def _namesakes(graph: SystemGraph) -> Counter[tuple[str, str, str]]:
    """(function, parameter, "") → how many functions of that name have it, outside tests; constructors by module."""
    return Counter(
        (scope.name, param.name, module.path if scope.name == "__init__" else "")
        for module in graph.living()
        for scope in module.facts.scopes
        if scope.kind == "function"
        for param in scope.params
    )


def _has_namesake(namesakes: Counter[tuple[str, str, str]], path: str, scope: Scope, name: str) -> bool:
    """Three functions of one name with one parameter have a signature in common that somebody demands."""
    return namesakes[scope.name, name, path if scope.name == "__init__" else ""] > 2


def _is_one_of_several(calls: ProjectCalls, function: Function) -> bool:
    """Whether two siblings need the same parameters and are called where it is called, or handed on: one interface, of which each takes
    what it needs. Functions in a function are there for it alone."""
    path, scope = function[0], calls.scope(function)
    scopes = calls.modules[path].facts.scopes
    alike = [
        (path, number)
        for number, other in enumerate(scopes)
        if other.kind == "function" and other.parent == scope.parent and _needed(other) == _needed(scope)
    ]
    if len(alike) < _SEVERAL:
        return False
    if scopes[scope.parent].kind == "function":
        return True
    places = Counter(place for each in alike for place in {(p.path, p.call.scope) for p in calls.callers.get(each, ())})
    return any(places[p.path, p.call.scope] >= _SEVERAL for p in calls.callers.get(function, ()))


def _needed(scope: Scope) -> list[str]:
    return [param.name for param in scope.params if param.default is None]


def read_anywhere(graph: SystemGraph) -> frozenset[str]:
    """Attributes that any file reads, texts that may name one, and every name of a file that a cell writes (`%%writefile run.py`)."""
    found: set[str] = set()
    for module in graph.modules.values():
        found.update(module.facts.read_attributes)
        found.update(module.facts.words)
        for step in module.facts.steps:
            for command in step.commands:
                if command.words[:1] == ("%%writefile",):
                    found.update(NAME.findall(command.fed))
    return frozenset(found)


def _last(calls: ProjectCalls, path: str, value: Value) -> str:
    if isinstance(value, CallRef):
        value = calls.modules[path].facts.calls[value.index].func
    return last_name(value)


# ---- settings that are overwritten --------------------------------------------------------------------------------------


def overwritten_settings(graph: SystemGraph) -> Iterator[tuple[Module, Overwritten]]:
    """Variables that were given a setting (`args.seed`, not `splitter.parts`), and a value without it before anything reads them.

    At the top of a module only where the two stand in a row: functions read its variables at any time.
    """
    for module in graph.living():
        for found in module.facts.overwritten:
            if not found.source or found.source in found.by or (found.scope == 0 and not found.is_next):
                continue
            if _says_unused(found.name) or not _HOLDS_SETTINGS.match(found.source):
                continue
            yield module, found
