"""What kind of project it is (RULES.md §0.2): library, application, research or tutorial; half of the rules depend on it."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analyzer.graph.system import ImportLink, Module, Root
from analyzer.link.projects import ProjectLayout
from analyzer.model import Evidence

_TUTORIAL = re.compile(
    r"(?:^|/)(tutorials?|courses?|lessons?|homework|cohorts?|week_?\d+|chapters?|ch\d+|workshops?|labs?|exercises?|"
    r"assignments?)(?:[/_-]|$)",
    re.IGNORECASE,
)
_SCHEDULED = re.compile(r"is orchestrated work|(?:\w+ )?task |workflow template |job |component ")
"""Reasons of roots that a scheduler runs."""
_DEPLOYED = re.compile(rf"{_SCHEDULED.pattern}|serves requests|container (?:command|of a cluster) |scheduled command ")
_IMPORTABLE = 0.6
_CARRIED = 0.5
_SERVES = 0.05
"""Share of a package's code that answers requests: below it, a service is one of its tools."""

Archetype = tuple[str, tuple[Evidence, ...]]

OF_NOTEBOOKS = "of its code stands in notebooks"
"""Why a project may be a tutorial that nothing says to be one: research is written in notebooks as well."""


@dataclass(frozen=True, slots=True)
class Told:
    """What packaging and prose say of the projects."""

    installed: frozenset[str] = frozenset()
    """Roots of projects that people are told to install by name."""
    pinned: frozenset[str] = frozenset()
    """Roots of projects that ask for exact versions of what they need."""
    teaching: Evidence | None = None
    """The repository's README says that it is for learners."""


def archetypes_of(
    projects: Mapping[str, ProjectLayout], modules: Mapping[str, Module], roots: Iterable[Root], links: Iterable[ImportLink], told: Told
) -> dict[str, Archetype]:
    """The archetype of each project by its root, from its own modules and the live roots of the repository."""
    own: dict[str, list[Module]] = {root: [] for root in projects}
    for module in modules.values():
        if not (module.is_test or module.is_vendored or module.is_generated):
            own[module.project].append(module)
    run = _Run(modules, roots, links)
    found: dict[str, Archetype] = {}
    for root in sorted(projects):
        found[root] = _archetype(projects[root], own[root], run, told)
        above = _above(root, found)
        if above is not None and _belongs(projects[root], own[root], run, found[root], own[above], found[above]):
            found[root] = "library", (Evidence(f"stands in the library `{projects[above].name or above or 'of the repository'}`"),)
    return found


class _Run:
    """What is run by itself, and what that carries along."""

    def __init__(self, modules: Mapping[str, Module], roots: Iterable[Root], links: Iterable[ImportLink]) -> None:
        strong = [r for r in roots if not r.weak and r.path in modules and not modules[r.path].is_excluded]
        self.live = frozenset(r.path for r in strong)
        self.deployed = frozenset(r.path for r in strong if _DEPLOYED.match(r.reason))
        forward: dict[str, list[str]] = {}
        for link in links if self.deployed else ():
            if link.status in ("module", "name") and link.target in modules and link.fact.guard != "typing":
                forward.setdefault(link.importer, []).append(link.target)
        self.carried = _reached(self.deployed, forward)
        self.scheduled = _reached((r.path for r in strong if _SCHEDULED.match(r.reason)), forward)


def _reached(starts: Iterable[str], forward: Mapping[str, list[str]]) -> frozenset[str]:
    seen = set(starts)
    queue = deque(seen)
    while queue:
        for target in forward.get(queue.popleft(), ()):
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return frozenset(seen)


def _archetype(project: ProjectLayout, own: list[Module], run: _Run, told: Told) -> Archetype:
    if not own:
        return "research", (Evidence("no code of its own"),)
    size = _size(own) or 1
    in_notebooks = _size(m for m in own if m.is_notebook)
    in_lessons = _size(m for m in own if _TUTORIAL.search(m.path))
    packaged = [m for m in own if m.is_packaged]
    serving = [m for m in own if "SERVE" in m.roles or "SCORE" in m.roles or ("ORCH" in m.roles and not m.is_notebook)]
    if in_lessons * 2 > size or (in_notebooks * 2 > size and not serving and not packaged):
        said = () if told.teaching is None else (told.teaching,)
        if in_lessons * 2 > size:
            return "tutorial", (Evidence(f"{in_lessons / size:.0%} of its code stands in lesson folders"), *said)
        return "tutorial", (Evidence(f"{in_notebooks / size:.0%} {OF_NOTEBOOKS}"), *said)
    core = [m for m in serving if not m.is_experiment]
    runs = _runs_itself(packaged, run, project.root in told.installed)
    is_pinned = project.root in told.pinned and project.root not in told.installed
    if not runs and not is_pinned and _is_published(project, own, packaged, told):
        return "library", (Evidence(f"published package; {len(packaged)} of {len(own)} modules are importable API"),)
    if told.teaching is not None:
        return "tutorial", (told.teaching,)
    if core:
        evidence = next(iter(core[0].roles.values()))
        return "application", (Evidence(f"{len(core)} modules serve, score or orchestrate, e.g. {core[0].path}", evidence.site),)
    if runs and project.packaged:
        return "application", (Evidence("a scheduler, a server or a container runs most of its package"),)
    if project.packaged and not is_pinned and len(packaged) >= 0.8 * len(own):
        return "library", (Evidence(f"an installable package; {len(packaged)} of {len(own)} modules are importable API"),)
    return "research", (Evidence("no serving, scoring or orchestrated code"),)


def _is_published(project: ProjectLayout, own: list[Module], packaged: list[Module], told: Told) -> bool:
    """Whether others install it: it says what it is to an index, has commands, or prose tells people to; and most of it is a package."""
    if not project.packaged or not (project.classifiers or project.scripts or project.root in told.installed):
        return False
    files = [m for m in own if not m.is_notebook]
    return len(packaged) >= _IMPORTABLE * len(files) or _size(packaged) >= _IMPORTABLE * _size(files)


def _runs_itself(packaged: list[Module], run: _Run, is_installed: bool) -> bool:
    """Whether the package is something that runs, not something that others import.

    A package that people install by name may bring a service or a container to try it; when a scheduler runs most of it, it is no mere
    library.
    """
    size = _size(packaged) or 1
    if is_installed:
        return _size(m for m in packaged if m.path in run.scheduled) >= _CARRIED * size
    served = _size(m for m in packaged if "SERVE" in m.roles and m.path in run.live)
    return served >= _SERVES * size or _size(m for m in packaged if m.path in run.carried) >= _CARRIED * size


def _above(root: str, found: Mapping[str, Archetype]) -> str | None:
    """The nearest project around this one."""
    while root:
        root = posixpath.dirname(root)
        if root in found:
            return root
    return None


def _belongs(project: ProjectLayout, own: list[Module], run: _Run, kind: Archetype, around: list[Module], above: Archetype) -> bool:
    """Whether the project is a folder of scripts or examples with its own requirements inside a library, not something that runs."""
    if project.packaged or kind[0] not in ("research", "application") or above[0] != "library":
        return False
    return 0 < _size(own) < _size(around) and not any(m.path in run.deployed for m in own)


def _size(modules: Iterable[Module]) -> int:
    """In statements: how code is laid out does not make it more."""
    return sum(m.facts.scopes[0].statements for m in modules if m.facts.scopes)
