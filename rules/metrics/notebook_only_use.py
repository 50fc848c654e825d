"""M-NBK: what only notebooks use. It is alive; but nothing that runs by itself would notice that it broke."""

from __future__ import annotations

from collections import defaultdict

from analyzer.graph.liveness import liveness
from analyzer.graph.system import Module, SystemGraph
from analyzer.result import Metric, MetricRow

_MAX_ROWS = 40
_NAMES = 4
_NOTEBOOKS = 2
_SUMMARY = (
    "Functions and classes that no program, service, job or other module uses, but a notebook does: notebook-only consumers. They are not "
    "dead, and no rule calls them so; who changes them has to run these notebooks, for nothing else would break (REPORTING.md §3.2)."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each module of which a notebook alone uses something, the one with most first; None when there is none."""
    life = liveness(graph)
    names: dict[str, list[str]] = defaultdict(list)
    for path, number in sorted((node for node in life.notebook_only if isinstance(node[1], int)), key=str):
        module = graph.modules[path]
        scope = module.facts.scopes[int(number)]
        if number and scope.parent == 0 and scope.name != "<lambda>" and _is_judged(module):
            names[path].append(scope.name)
    if not names:
        return None
    users = _notebooks_of(graph)
    rows = [_row(graph, path, found, sorted(users.get(path, ()))) for path, found in names.items()]
    rows.sort(key=lambda row: (-row.value, row.subject))
    return Metric("M-NBK", "notebook-only use", _SUMMARY, "definitions", tuple(rows[:_MAX_ROWS]))


def _is_judged(module: Module) -> bool:
    return not (module.is_notebook or module.is_excluded)


def _notebooks_of(graph: SystemGraph) -> dict[str, set[str]]:
    """Module → the notebooks that import it themselves."""
    found: dict[str, set[str]] = defaultdict(set)
    for link in graph.imports:
        importer = graph.modules.get(link.importer)
        if link.target and importer is not None and importer.is_notebook:
            found[link.target].add(link.importer)
    return found


def _row(graph: SystemGraph, path: str, names: list[str], notebooks: list[str]) -> MetricRow:
    shown = ", ".join(f"`{name}`" for name in names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
    who = ", ".join(f"`{notebook}`" for notebook in notebooks[:_NOTEBOOKS])
    more = f" and {len(notebooks) - _NOTEBOOKS} more" if len(notebooks) > _NOTEBOOKS else ""
    used = f"imported by {who}{more}" if notebooks else "reached through other modules"
    return MetricRow(path, float(len(names)), f"only notebooks use {shown}; {used}", graph.modules[path].site(1))
