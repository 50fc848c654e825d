"""What kind of project it is (RULES.md §0.2): library, application, research or tutorial; half of the rules depend on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from analyzer.graph.system import Module, Root
from analyzer.link.projects import ProjectLayout
from analyzer.model import Evidence

_TUTORIAL = re.compile(
    r"(?:^|/)(tutorials?|courses?|lessons?|homework|cohorts?|week_?\d+|chapters?|ch\d+|workshops?|labs?|exercises?|"
    r"assignments?)(?:[/_-]|$)",
    re.IGNORECASE,
)


def archetype_of(project: ProjectLayout, modules: Mapping[str, Module], roots: Iterable[Root]) -> tuple[str, tuple[Evidence, ...]]:
    """The archetype of one project from its own modules and the live roots among them."""
    own = [m for m in modules.values() if m.project == project.root and not (m.is_test or m.is_vendored or m.is_generated)]
    if not own:
        return "research", (Evidence("no code of its own"),)
    size = sum(map(_size, own)) or 1
    in_notebooks = sum(_size(m) for m in own if m.is_notebook)
    in_lessons = sum(_size(m) for m in own if _TUTORIAL.search(m.path))
    packaged = [m for m in own if m.is_packaged]
    live = {r.path for r in roots if not r.weak}
    serving = [m for m in own if "SERVE" in m.roles or "SCORE" in m.roles or ("ORCH" in m.roles and not m.is_notebook)]
    if in_lessons * 2 > size or (in_notebooks * 2 > size and not serving and not packaged):
        share = max(in_lessons, in_notebooks) / size
        return "tutorial", (Evidence(f"{share:.0%} of its code stands in notebooks or lesson folders"),)
    core = [m for m in serving if not m.is_experiment]
    if project.packaged and (project.classifiers or project.scripts) and len(packaged) >= 0.6 * len([m for m in own if not m.is_notebook]):
        packaged_service = [m for m in core if m.path in live and "SERVE" in m.roles]
        if not packaged_service:
            return "library", (Evidence(f"published package; {len(packaged)} of {len(own)} modules are importable API"),)
    if core:
        evidence = next(iter(core[0].roles.values()))
        return "application", (Evidence(f"{len(core)} modules serve, score or orchestrate, e.g. {core[0].path}", evidence.site),)
    if project.packaged and len(packaged) >= 0.8 * len(own):
        return "library", (Evidence(f"an installable package; {len(packaged)} of {len(own)} modules are importable API"),)
    return "research", (Evidence("no serving, scoring or orchestrated code"),)


def _size(module: Module) -> int:
    """In statements: how code is laid out does not make it more."""
    return module.facts.scopes[0].statements if module.facts.scopes else 0
