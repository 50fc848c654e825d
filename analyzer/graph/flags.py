"""Flags: parameters of functions that steer which code runs, and the values that the repository gives them (RULES.md, E7).

A flag is only told where every call is known and every value is a literal: then what no value leads to cannot run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.graph.constants import is_local, module_constant
from analyzer.graph.project_calls import Function, Passing, ProjectCalls, is_method, parameter, project_calls
from analyzer.graph.unread_settings import is_demanded
from analyzer.link.symbols import class_around
from analyzer.model import Site
from analyzer.read.facts import LOCAL_KINDS, Branch, Param, PythonFacts, Scope
from analyzer.read.values import Attr, Compare, Const, Logic, Name, Seq, Value

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

OPERATIONAL = re.compile(
    r"_*(is_|do_|use_|enable_|with_|run_)?(verbose|debug\w*|quiet|silent|dry_?run|overwrite|force|resume|restart|device|cuda|gpu|cpu|fp16|bf16|"
    r"half|amp|num_workers|n_jobs|seed|local_rank|distributed|pool|scheduler|(auto_?)?log\w*|\w*logger|wandb|tensorboard|\w*plots?|\w*figs?|"
    r"visuali[sz]e|show\w*|display\w*|print\w*|save\w*|cache\w*|profile|benchmark|test\w*|eval_only|do_\w+|help|version|strict|raise\w*|"
    r"errors?|download|reload|progress\w*|inplace|copy|return_\w*|as_\w*|pretrained|pretty|timeout|retr\w*|callbacks?|\w*_?engine|session|"
    r"client|conn\w*|limit|\w*cred(s|entials?)|username|password|push\w*|upload\w*|publish\w*|"
    r"api_?key\w*|(api|auth|access|hf)_token|\w*token_(path|file)|concurrency\w*|"
    r"\w+_to_(console|stdout|stderr|terminal)|"
    r"title|ax|axes|([xyz]|axis|tick|bar|add|draw|plot|colou?r)?_?labels?|figsize|color\w*|style)\Z",
    re.IGNORECASE,
)
"""RULES.md App. A7, and what a caller may always want otherwise: names of resources, limits, looks."""
_NOWHERE = Site("", 0)
MAX_VALUES = 6
MAX_HOPS = 4
Bound = frozenset[tuple[int, str]]
"""(function, name) of every name that a function gives a value."""
Literal = str | int | float | bool | None
_OPERATORS: Mapping[str, Callable[[Literal, Literal], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "is": lambda a, b: a is b or (a == b and type(a) is type(b)),
    "is not": lambda a, b: not (a is b or (a == b and type(a) is type(b))),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A place that gives a flag a value: a call, or the default for the calls that do not name it."""

    value: Literal
    site: Site
    is_default: bool = False
    in_test: bool = False


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm of a test that no value of the flag leads to."""

    branch: Branch
    taken: bool
    """How the test always comes out."""
    span: tuple[int, int]
    statements: int
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A parameter, all its settings, and the arms that none of them selects, but for those of tests: a test is no use."""

    module: Module
    function: int
    param: Param
    settings: tuple[Setting, ...]
    callers: int
    arms: tuple[Arm, ...]

    @property
    def values(self) -> tuple[Literal, ...]:
        return tuple(dict.fromkeys(setting.value for setting in self.settings if not setting.in_test))

    @property
    def tested(self) -> tuple[Literal, ...]:
        """Values that only tests give."""
        return tuple(dict.fromkeys(s.value for s in self.settings if s.in_test and s.value not in self.values))

    @property
    def selects_by_text(self) -> bool:
        """Whether its arms are keyed by texts rather than switched on and off."""
        return any(_is_keyed(arm.branch.test) for arm in self.arms)


def flags(graph: SystemGraph) -> tuple[Flag, ...]:
    """The flags with an arm that no setting selects, in the order of the modules and lines. Worked out once for a graph."""
    return graph.once(_all_flags)


def _all_flags(graph: SystemGraph) -> tuple[Flag, ...]:
    return tuple(_Flags(graph).found())


def _tuned(graph: SystemGraph) -> frozenset[str]:
    """Parameters that texts set on a part of an estimator, as scikit-learn names them: `{"features__enabled": [True, False]}`."""
    texts = (word for module in graph.modules.values() for word in module.facts.words if "__" in word)
    return frozenset(parts[-1] for word in texts if all(parts := word.split("__")) and len(parts) > 1)


class Guards:
    """The tests of each module that ask for parameters, looked up once for a graph: ask `graph.once(Guards)`."""

    def __init__(self, graph: SystemGraph) -> None:
        self._set_outside = graph.once(_set_outside)
        self._bound: dict[str, Bound] = {}
        self._found: dict[str, dict[tuple[int, str], list[Branch]]] = {}

    def bound(self, module: Module) -> Bound:
        """(function, name) of every name that a function of the module gives a value."""
        if module.path not in self._bound:
            self._bound[module.path] = _bound_in(module.facts)
        return self._bound[module.path]

    def of(self, module: Module) -> dict[tuple[int, str], list[Branch]]:
        """(function, parameter) → the tests that ask for it."""
        if module.path not in self._found:
            self._found[module.path] = _guards(module.facts, self.bound(module), self._set_outside) if module.facts.branches else {}
        return self._found[module.path]


class _Flags:
    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.calls: ProjectCalls = project_calls(graph)
        self.guards: Guards = graph.once(Guards)
        self.known: dict[tuple[Function, str], tuple[Setting, ...] | None] = {}

    def found(self) -> Iterator[Flag]:
        for module in self.graph.living():
            asked = self.guards.of(module)
            for number, scope in enumerate(module.facts.scopes) if asked else ():
                if scope.kind != "function" or (module.path, number) not in self.calls.callers:
                    continue
                for param in scope.params:
                    branches = asked.get((number, param.name), ())
                    if branches and param.kind in ("positional", "keyword"):
                        yield from self._flag(module, number, param, branches)

    def _flag(self, module: Module, number: int, param: Param, branches: tuple[Branch, ...] | list[Branch]) -> Iterator[Flag]:
        function = (module.path, number)
        settings = self.settings(function, param)
        used = tuple(setting for setting in settings or () if not setting.in_test)
        if not used or len({(type(s.value), s.value) for s in used}) > MAX_VALUES:
            return
        arms = tuple(arm for branch in branches for arm in _dead(branch, param.name, used))
        callers = sum(1 for passing in self.calls.callers[function] if not self.graph.modules[passing.path].is_test)
        if arms and not (module.facts.scopes[number].name == "__init__" and param.name in self.graph.once(_tuned)):
            yield Flag(module, number, param, settings or (), callers, arms)

    def settings(self, function: Function, param: Param, hops: int = MAX_HOPS) -> tuple[Setting, ...] | None:
        """Every value that the calls of a function give a parameter; None when one of them, or one of the calls, is not known."""
        key = (function, param.name)
        if key not in self.known:
            self.known[key] = None  # what calls itself knows no more than its other callers
            self.known[key] = self._settings(function, param, hops)
        return self.known[key]

    def _settings(self, function: Function, param: Param, hops: int) -> tuple[Setting, ...] | None:
        callers = self.calls.callers.get(function, ())
        if not callers or not hops or self.calls.is_elsewhere(function) or is_demanded(self.calls, function):
            return None
        found: list[Setting] = []
        for passing in callers:
            module = self.graph.modules[passing.path]
            more = self._given(function, param, passing, hops)
            given = self.calls.given(function, passing)
            if more is None and module.is_test:
                continue
            if more is None:
                return None
            found.extend(Setting(s.value, s.site, param.name not in given.values, s.in_test or module.is_test) for s in more)
        return tuple(dict.fromkeys(found))

    def _given(self, function: Function, param: Param, passing: Passing, hops: int) -> tuple[Setting, ...] | None:
        """What one call gives."""
        module = self.graph.modules[passing.path]
        given = self.calls.given(function, passing)
        value = given.values.get(param.name, None if given.open else param.default)
        if value is None:
            return None
        return self._values(module, passing.call.scope, value, module.site(passing.call.line, passing.call.end_line), hops)

    def _values(self, module: Module, scope: int, value: Value, site: Site, hops: int) -> tuple[Setting, ...] | None:
        if isinstance(value, Const):
            return (Setting(value.value, site),)
        if not isinstance(value, Name):
            return None
        outer = scope
        while outer > 0 and module.facts.scopes[outer].kind == "function":
            param = parameter(module.facts.scopes[outer], value.id)
            if param is not None:
                if (outer, value.id) in self.guards.bound(module) or is_offered(module, outer):
                    return None
                return self.settings((module.path, outer), param, hops - 1)
            outer = module.facts.scopes[outer].parent
        if is_local(self.graph, module, scope, value.id):
            return None
        known, constant = module_constant(self.graph, module, value.id)
        return (Setting(constant, site),) if known and (constant is None or isinstance(constant, (str, int, float))) else None


# ---- guards -------------------------------------------------------------------------------------------------------------


def _guards(facts: PythonFacts, bound: Bound, set_outside: frozenset[str]) -> dict[tuple[int, str], list[Branch]]:
    """(function, parameter) → the tests that ask for it, in the function itself or as the attribute that its class keeps it in."""
    found: dict[tuple[int, str], list[Branch]] = {}
    kept = {key: value for key, value in _kept(facts, bound).items() if key[1] not in set_outside}
    for branch in facts.branches:
        for name in _asked(branch.test):
            if name.startswith("self."):
                owner = class_around(facts.scopes, branch.scope)
                if (owner, name[5:]) in kept:
                    found.setdefault(kept[owner, name[5:]], []).append(branch)
                continue
            scope = branch.scope
            while scope > 0 and facts.scopes[scope].kind == "function":
                if parameter(facts.scopes[scope], name) is not None:
                    if (scope, name) not in bound:
                        found.setdefault((scope, name), []).append(branch)
                    break
                scope = facts.scopes[scope].parent
    return found


def _kept(facts: PythonFacts, bound: Bound) -> dict[tuple[int, str], tuple[int, str]]:
    """(class, attribute) → (its constructor, the parameter that the attribute is set to, once and for all)."""
    found: dict[tuple[int, str], tuple[int, str]] = {}
    times: dict[tuple[int, str], int] = {}
    for assign in facts.assigns:
        if assign.target.startswith("self.") and assign.kind not in ("declared", *LOCAL_KINDS):
            owner, attribute = class_around(facts.scopes, assign.scope), assign.target[5:]
            times[owner, attribute] = times.get((owner, attribute), 0) + 1
            scope = facts.scopes[assign.scope]
            plain = isinstance(assign.value, Name) and assign.value.id == attribute and scope.name == "__init__"
            if plain and parameter(scope, attribute) is not None and (assign.scope, attribute) not in bound:
                found[owner, attribute] = (assign.scope, attribute)
    return {key: value for key, value in found.items() if times[key] == 1}


def _set_outside(graph: SystemGraph) -> frozenset[str]:
    """Attributes that some file sets on another object than `self`: `catalogue.low = True`."""
    return frozenset(
        assign.target.rpartition(".")[2]
        for module in graph.living()
        for assign in module.facts.assigns
        if "." in assign.target and not assign.target.startswith("self.")
    )


def _bound_in(facts: PythonFacts) -> Bound:
    return frozenset((a.scope, a.target) for a in facts.assigns if a.scope and a.kind not in LOCAL_KINDS)


def _asked(test: Value) -> Iterator[str]:
    if isinstance(test, Name):
        yield test.id
    elif isinstance(test, Attr) and isinstance(test.value, Name) and test.value.id == "self":
        yield f"self.{test.name}"
    elif isinstance(test, Logic):
        for part in test.values:
            yield from _asked(part)
    elif isinstance(test, Compare):
        yield from _asked(test.left)
        yield from _asked(test.right)


def _is_keyed(test: Value) -> bool:
    if isinstance(test, Logic):
        return any(_is_keyed(part) for part in test.values)
    if not isinstance(test, Compare):
        return False
    items = test.right.items if isinstance(test.right, Seq) else (test.right,)
    return test.op in ("==", "in") and all(isinstance(item, Const) and isinstance(item.value, str) and item.value for item in items)


def keys(test: Value) -> frozenset[str]:
    """The texts that a test compares something with."""
    if isinstance(test, Logic):
        return frozenset().union(*(keys(part) for part in test.values))
    if not isinstance(test, Compare):
        return frozenset()
    items = test.right.items if isinstance(test.right, Seq) else (test.right,)
    return frozenset(item.value for item in items if isinstance(item, Const) and isinstance(item.value, str))


# ---- arms ---------------------------------------------------------------------------------------------------------------


def dead_arm(branch: Branch, name: str, value: Literal) -> Arm | None:
    """The arm that a value of the flag `name` leads away from, None when something else decides or nothing stands there."""
    return next(_dead(branch, name, (Setting(value, _NOWHERE),)), None)


def _dead(branch: Branch, name: str, settings: tuple[Setting, ...]) -> Iterator[Arm]:
    if branch.kind == "while":
        return
    outcomes = {_outcome(branch.test, name, setting.value) for setting in settings}
    if outcomes == {False}:
        yield Arm(branch, False, branch.body, branch.body_statements, branch.body_calls)
    elif outcomes == {True} and branch.orelse_statements:
        yield Arm(branch, True, branch.orelse, branch.orelse_statements, branch.orelse_calls)


def _outcome(test: Value, name: str, value: Literal) -> bool | None:
    """How a test comes out when the flag has a value; None when something else decides."""
    if isinstance(test, (Name, Attr)):
        return bool(value) if _is_flag(test, name) else None
    if isinstance(test, Const):
        return bool(test.value)
    if isinstance(test, Compare):
        return _compared(test, name, value)
    if isinstance(test, Logic):
        parts = [_outcome(part, name, value) for part in test.values]
        if test.op == "not":
            return None if parts[0] is None else not parts[0]
        decisive = test.op == "or"
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    return None


def _compared(test: Compare, name: str, value: Literal) -> bool | None:
    if not _is_flag(test.left, name):
        return None
    if isinstance(test.right, Seq) and test.op in ("in", "not in"):
        inside = any(isinstance(item, Const) and item.value == value for item in test.right.items)
        return inside == (test.op == "in")
    if isinstance(test.right, Const) and test.op in _OPERATORS:
        return _OPERATORS[test.op](value, test.right.value)
    return None


def _is_flag(value: Value, name: str) -> bool:
    if isinstance(value, Attr) and isinstance(value.value, Name):
        return name == (value.name if value.value.id == "self" else f"{value.value.id}.{value.name}")
    return isinstance(value, Name) and value.id == name


def is_offered(module: Module, function: int) -> bool:
    """Whether a function is part of what a package offers: what its callers elsewhere give is not known."""
    name = module.facts.scopes[function].qualname
    hidden = any(part.startswith("_") and not part.startswith("__") for part in (*module.path.split("/"), *name.split(".")))
    return module.is_packaged and not hidden


def shown_function(scopes: tuple[Scope, ...], number: int) -> str:
    """How people call a function: a class for its constructor."""
    scope = scopes[number]
    return scope.qualname.removesuffix(".__init__") if is_method(scopes, scope) else scope.qualname
