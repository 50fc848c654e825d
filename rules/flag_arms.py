"""How a flag and the arms that nothing selects are told; for the rules on flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.graph.flags import Arm, Flag, is_offered, shown_function
from analyzer.graph.holders import files_of_others, guest_folders, says_taken
from analyzer.graph.liveness import liveness, runs_here
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Evidence, Severity, Site, Subject
from rules.severity import in_context
from rules.teaching_code import TeachingCode
from rules.wording import last_changed

_COMPLAINTS = re.compile(r"(Error|Exception|Warning|warn|warning|error|exception|debug|info|print|exit|fail)\Z")
_SHOWN = 6
_HEAD_LINES = 60
"""In which the docstring of a function ends, its parameters one a line."""
_MANY_STATEMENTS = 10


@dataclass(frozen=True, slots=True)
class Idle:
    """A flag and those of its arms that a rule finds idle."""

    flag: Flag
    arms: list[Arm]

    @property
    def statements(self) -> int:
        """How many wait in the arms."""
        return sum(arm.statements for arm in self.arms)


def told(flag: Flag) -> str:
    """`function(parameter)` as messages name it."""
    return f"`{flag.param.name}` of `{shown_function(flag.module.facts.scopes, flag.function)}`"


def arms_in_order(flag: Flag, outermost: bool = True) -> list[Arm]:
    """The arms that nothing selects, by line; `outermost` ones without those inside another."""
    kept: list[Arm] = []
    for arm in sorted(flag.arms, key=lambda arm: (arm.span[0], -arm.span[1])):
        if not outermost or not kept or arm.span[0] > kept[-1].span[1]:
            kept.append(arm)
    return kept


def counted(statements: int) -> str:
    """`1 statement waits`, `3 statements wait`."""
    return f"{statements} statement{'s wait' if statements != 1 else ' waits'}"


def of_functions(found: Iterable[Idle]) -> list[list[Idle]]:
    """The flags of each function together, in their order: what one function offers in vain is one debt."""
    groups: dict[tuple[str, int], list[Idle]] = {}
    for idle in found:
        groups.setdefault((idle.flag.module.path, idle.flag.function), []).append(idle)
    return list(groups.values())


def subject(group: list[Idle]) -> Subject:
    """A parameter alone, or the function of several."""
    flag = group[0].flag
    function = flag.module.qualname(flag.function)
    return Subject("parameter", f"{function}::{flag.param.name}") if len(group) == 1 else Subject("function", function)


def places(group: list[Idle]) -> list[Site]:
    """Where the function is defined, then the arms."""
    module = group[0].flag.module
    definition = module.facts.scopes[group[0].flag.function]
    arms = [arm for idle in group for arm in idle.arms]
    return [module.site(definition.line), *(module.site(arm.branch.line, max(arm.branch.line, arm.span[1])) for arm in arms)]


def severity(graph: SystemGraph, group: list[Idle]) -> Severity:
    """Medium for ten statements or more, one step up or down by where they stand."""
    statements = sum(idle.statements for idle in group)
    return in_context(graph, Severity.medium if statements >= _MANY_STATEMENTS else Severity.low, [group[0].flag.module.path])


def told_settings(graph: SystemGraph, group: list[Idle]) -> Iterator[Evidence]:
    """Which value each site gives, what never runs, and how old the file is."""
    for idle in group:
        yield from _settings(idle.flag, idle.arms, f"`{idle.flag.param.name}`: " if len(group) > 1 else "")
    yield from last_changed(graph, group[0].flag.module.path)


def _settings(flag: Flag, arms: list[Arm], of: str) -> Iterator[Evidence]:
    by_default = [setting for setting in flag.settings if setting.is_default]
    named = [setting for setting in flag.settings if not setting.is_default]
    if by_default:
        number = len(dict.fromkeys(setting.site for setting in by_default))
        calls = f"{of}{number} call{'s do' if number != 1 else ' does'} not name it: {by_default[0].value!r}"
        yield Evidence(calls, by_default[0].site)
    for setting in named[:_SHOWN]:
        yield Evidence(f"{of}given {setting.value!r}{' by a test' if setting.in_test else ''}", setting.site)
    for arm in arms:
        statements = f"{arm.statements} statement{'s' if arm.statements != 1 else ''} never run"
        yield Evidence(f"`{arm.branch.test_text[:80]}` is always {str(arm.taken).lower()}: {statements}", flag.module.site(*arm.span))


def is_for_others(graph: SystemGraph, flag: Flag) -> bool:
    """Whether people outside the repository call the function, or wrote it.

    That is: the public part of a library that nothing here runs in production, or whose other value a test asks for, or which documents
    show; what a package offers, if nothing here runs it and a test asks for the other value; a parameter that a document shows with its
    function; functions and files that say where they were taken from, and files whose copyright another has than most of the project.
    """
    module = flag.module
    name = shown_function(module.facts.scopes, flag.function).rpartition(".")[2]
    if module.facts.origin is not None or module.path in graph.once(files_of_others) or _is_taken(flag):
        return True
    if graph.once(TeachingCode).holds(module.project, module.path) or module.path.startswith(graph.once(guest_folders)):
        return True
    if {name, flag.param.name} <= graph.shown:
        return True
    if module.facts.main_line and module.path not in graph.once(_imported):
        return False  # a program: it is run, not called
    if not is_offered(module, flag.function) and name not in graph.once(_handed_on).get(module.path, ()):
        return False
    if flag.tested and not runs_here(module):
        return True
    is_library = graph.archetype_of(module.path) in ("library", "tutorial") or module.project in liveness(graph).public
    return is_library and (not runs_here(module) or bool(flag.tested) or _is_shown(graph, flag) or _is_described(graph, module, name))


def _is_taken(flag: Flag) -> bool:
    """Whether the head of the file, a comment above the function or its class, or a docstring says that it was taken from elsewhere."""
    lines = [line for kind, line in flag.module.facts.remarks if kind == "taken"]
    if not lines:
        return False
    if says_taken(flag.module):
        return True
    scopes = flag.module.facts.scopes
    scope = scopes[flag.function]
    begins = [(s.line - len(s.decorators), min(s.line + _HEAD_LINES, s.end_line)) for s in (scope, scopes[scope.parent]) if s.name]
    return any(first <= line <= last for first, last in begins for line in lines)


def _imported(graph: SystemGraph) -> frozenset[str]:
    return frozenset(link.target for link in graph.imports if link.target != link.importer)


def _handed_on(graph: SystemGraph) -> dict[str, set[str]]:
    """Private module (`_tools.py`) → the names that the package it lies in offers of it."""
    found: dict[str, set[str]] = {}
    for link in graph.imports:
        if link.importer.endswith("__init__.py") and link.target.rpartition("/")[2].startswith("_") and link.target in graph.modules:
            found.setdefault(link.target, set()).add(link.name)
    return found


def _is_shown(graph: SystemGraph, flag: Flag) -> bool:
    """Whether documents show the function or its parameter."""
    name = shown_function(flag.module.facts.scopes, flag.function).rpartition(".")[2]
    return name in graph.told or ("_" in flag.param.name and flag.param.name in graph.told)


def _is_described(graph: SystemGraph, module: Module, name: str) -> bool:
    """Whether the documents make a reference of the module, or of its function or class of that name."""
    dotted = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    tails = (f".{dotted}", f".{dotted}.{name}")
    return any(each.endswith(f".{offered}") for offered in graph.manifest.described for each in tails)


def only_complains(arm: Arm) -> bool:
    """Whether an arm does nothing but raise, warn or end the program: it is there for callers who do wrong."""
    return bool(arm.calls) and all(_COMPLAINTS.search(call) for call in arm.calls)
