"""Severity in its surroundings: how production, research and churn move a rule's base severity (RULES.md §0.6, one scale for all rules)."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.graph.churn import busiest
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Severity
from rules.base import step_severity


def in_context(graph: SystemGraph, base: Severity, paths: Iterable[str]) -> Severity:
    """`base` one step up in production and one for busy files, one step down in research or a tutorial, kept within low … high.

    `paths` are the files that the finding is about; those without a module (configuration, shell) are neither production nor research.
    """
    wanted = sorted(set(paths))
    modules = [graph.modules[path] for path in wanted if path in graph.modules]
    steps = int(any(module.production for module in modules))
    steps += int(not busiest(graph).isdisjoint(wanted))
    steps -= int(bool(modules) and all(_is_research(graph, module) for module in modules))
    return step_severity(base, steps)


def _is_research(graph: SystemGraph, module: Module) -> bool:
    archetype = graph.projects[module.project].archetype if module.project in graph.projects else ""
    return module.is_experiment or module.is_notebook or archetype == "tutorial"
