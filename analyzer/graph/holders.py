"""Files whose head names another holder of the copyright than most of the project: copied from somebody else's."""

from __future__ import annotations

from collections import Counter

from analyzer.graph.system import SystemGraph

_MOST = 0.25
"""A holder of more of a project's modules than this is one of its own."""


def files_of_others(graph: SystemGraph) -> frozenset[str]:
    """Their paths; ask `graph.once` for it."""
    modules = [module for module in graph.living() if not module.is_notebook]
    sizes = Counter(module.project for module in modules)
    held = Counter((module.project, module.facts.holder) for module in modules)
    return frozenset(
        module.path for module in modules
        if module.facts.holder and held[module.project, module.facts.holder] <= _MOST * sizes[module.project]
    )  # fmt: skip
