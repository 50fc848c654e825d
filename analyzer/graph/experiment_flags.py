"""Switches and selectors with a default that guard what a model learns from, and the lines whose age tells whether they are decided.

RULES.md E7 and E8, for DXP008. A flag that no call varies is not among them: `analyzer.graph.flags` has those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.graph.flags import OPERATIONAL, Arm, Guards, Literal, dead_arm, flags, is_offered, keys
from analyzer.graph.program_options import offered_options
from analyzer.graph.project_calls import ProjectCalls, project_calls
from analyzer.history.authorship import DAY
from analyzer.model import Site
from analyzer.read.facts import Branch
from analyzer.read.values import Attr, Compare, Const, Logic, Name, Value

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

WEEKS = 49
"""Hoyos et al. (EMSE 2021): after 49 weeks three quarters of the toggles are gone."""
LEAST_CHANGES = 5
LEAST_STATEMENTS = 3
MAX_SETTINGS = 12
_ROLES = frozenset({"TRAIN", "FEATURE", "EVAL", "SCORE"})
_HOLDERS = frozenset({"args", "arg", "opt", "opts", "options", "flags", "FLAGS", "hparams", "config", "cfg"})
_LEARNING = re.compile(
    r"(fit|partial_fit|fit_transform|fit_generator|train\w*|backward|zero_grad|step|predict\w*|transform|evaluate|augment\w*|"
    r"mixup|cutmix|\w*[lL]oss\w*|\w*[fF]eature\w*|\w*[oO]ptimi[sz]er\w*)\Z"
)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ExperimentFlag:
    """A parameter or option with a default, and the arms of one function that only another value leads to."""

    module: Module
    function: int
    """Scope of the function that asks for it."""
    name: str
    shown: str
    default: Literal
    defined: Site
    settings: tuple[Site, ...]
    """Where the repository gives it a value, outside tests."""
    arms: tuple[Arm, ...]


def experiment_flags(graph: SystemGraph) -> tuple[ExperimentFlag, ...]:
    """In the order of modules and lines; ask `graph.once` for it.

    Left out are what nothing checked in sets or a package offers (others turn it), what some calls turn on by a literal (a mode of the
    function, such as `train`), operational switches (`verbose`, `device` …), notebooks, and code outside of functions.
    """
    calls, tests = project_calls(graph), graph.once(Guards)
    never = {(flag.module.path, arm.branch.line) for flag in flags(graph) for arm in flag.arms}
    found: list[ExperimentFlag] = []
    for module in graph.living():
        archetype = graph.archetype_of(module.path)
        if module.is_notebook or not module.facts.branches or archetype == "tutorial" or module.facts.origin is not None:
            continue
        found += _parameters(calls, tests, module, archetype)
        if archetype != "library":
            found += _options(graph, module)
    return tuple(flag for flag in found if not any((flag.module.path, arm.branch.line) in never for arm in flag.arms))


def lines_to_date(graph: SystemGraph) -> dict[str, tuple[Span, ...]]:
    """Path → the lines whose last commits decide about flags: the asking functions, the definitions and the places that set them.

    Only for functions in files that are old enough and were changed often enough. Empty without a whole history.
    """
    history = graph.history
    if history is None or history.gap:
        return {}
    wanted: dict[str, set[Span]] = {}
    for flag in graph.once(experiment_flags):
        born = history.first_change(flag.module.path)
        changes = history.commits_touching((flag.module.path,), None)
        if born is None or born > history.newest - WEEKS * 7 * DAY or changes <= LEAST_CHANGES:
            continue
        scope = flag.module.facts.scopes[flag.function]
        wanted.setdefault(flag.module.path, set()).add((scope.line, scope.end_line))
        for site in (flag.defined, *flag.settings):
            wanted.setdefault(site.path, set()).add((site.line, site.end_line or site.line))
    return {path: tuple(sorted(spans)) for path, spans in sorted(wanted.items())}


# ---- parameters ---------------------------------------------------------------------------------------------------------


def _parameters(calls: ProjectCalls, tests: Guards, module: Module, archetype: str) -> Iterator[ExperimentFlag]:
    scopes = module.facts.scopes
    for (number, name), branches in tests.of(module).items():
        param = next(param for param in scopes[number].params if param.name == name)
        if (
            not isinstance(param.default, Const)
            or OPERATIONAL.match(name)
            or (is_offered(module, number) and (archetype == "library" or not module.production))
        ):
            continue
        function = (module.path, number)
        callers = [p for p in calls.callers.get(function, ()) if not calls.modules[p.path].is_test]
        given = [p for p in callers if name in calls.given(function, p).values]
        values = [calls.given(function, p).values[name] for p in given]
        if all(isinstance(value, Const) for value in values) or any(isinstance(v, Const) and v != param.default for v in values):
            continue  # a mode that some calls want and others do not is no experiment
        if len(given) > MAX_SETTINGS or any(calls.modules[p.path].is_notebook for p in given):
            continue
        settings = tuple(calls.modules[p.path].site(p.call.line, p.call.end_line) for p in given)
        shown = f"`{name}` of `{scopes[number].qualname.removesuffix('.__init__')}`"
        defined = module.site(scopes[number].line)
        for scope, arms in _arms(module, branches, name, param.default.value):
            yield ExperimentFlag(module, scope, name, shown, param.default.value, defined, settings, arms)


# ---- options of programs ------------------------------------------------------------------------------------------------


def _options(graph: SystemGraph, module: Module) -> Iterator[ExperimentFlag]:
    offered = [o for o in offered_options(module) if not o.scope and not OPERATIONAL.match(o.option.dest)]
    asked = _asked_of_holders(module) if offered else {}
    for each in offered:
        option = each.option
        default = _default(option.default, option.flag)
        if isinstance(default, _Unknown) or option.dest not in asked:
            continue
        settings = tuple(dict.fromkeys(_command_sites(graph, module.path, option.names)))
        for holder, branches in asked[option.dest].items() if 0 < len(settings) <= MAX_SETTINGS else ():
            for scope, arms in _arms(module, branches, f"{holder}.{option.dest}", default):
                yield ExperimentFlag(module, scope, option.dest, f"option `{each.shown}`", default, module.site(each.line), settings, arms)


def _asked_of_holders(module: Module) -> dict[str, dict[str, list[Branch]]]:
    """Attribute → holder (`args`) → the branches whose tests ask for it."""
    found: dict[str, dict[str, list[Branch]]] = {}
    for branch in module.facts.branches:
        for part in _parts(branch.test):
            if isinstance(part, Attr) and isinstance(part.value, Name) and part.value.id in _HOLDERS:
                found.setdefault(part.name, {}).setdefault(part.value.id, []).append(branch)
    return found


def _parts(test: Value) -> Iterator[Value]:
    if isinstance(test, Logic):
        for part in test.values:
            yield from _parts(part)
    elif isinstance(test, Compare):
        yield test.left
    else:
        yield test


def _command_sites(graph: SystemGraph, path: str, names: tuple[str, ...]) -> Iterator[Site]:
    for line in graph.command_lines.get(path, ()):
        if line.path and line.path not in graph.modules and any(word.partition("=")[0] in names for word in line.words):
            yield Site(line.path, line.line)


class _Unknown:
    """Stands for a default that reading does not tell."""


def _default(value: Value | None, flag: bool | None) -> Literal | _Unknown:
    if value is None:
        return None if flag is None else not flag
    return value.value if isinstance(value, Const) else _Unknown()


# ---- arms ---------------------------------------------------------------------------------------------------------------


def _arms(module: Module, branches: list[Branch], name: str, default: Literal) -> Iterator[tuple[int, tuple[Arm, ...]]]:
    """(function, its arms that the default leads away from), when it is a switch or a selector and they are work on a model."""
    found: dict[int, list[Arm]] = {}
    for branch in branches:
        arm = dead_arm(branch, name, default)
        if arm is None or arm.statements < LEAST_STATEMENTS or not branch.scope:
            continue
        is_choice = isinstance(default, bool) or bool(keys(branch.test))
        if is_choice and (_ROLES & module.roles.keys() or any(_LEARNING.match(call) for call in arm.calls)):
            found.setdefault(branch.scope, []).append(arm)
    for scope, arms in found.items():
        yield scope, tuple(arms)
