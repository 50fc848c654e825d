"""M-COV: how much of the data flow that is seen is declared, and how much of it is seen at all."""

from __future__ import annotations

from collections import defaultdict

from analyzer.graph.system import SystemGraph
from analyzer.result import Metric, MetricRow

MAX_ROWS = 40
_SUMMARY = (
    "The share of the hand-offs between files, in each project, whose both ends a checked-in pipeline, catalog or order declares, "
    "and the share of the accesses whose name could be resolved. What is neither is flow that nobody sees (RULES.md §0.4, §0.5)."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each project with hand-offs, the least declared first; None when nothing is handed over."""
    pairs: dict[str, dict[tuple[str, str, str], bool]] = defaultdict(dict)
    for edge in graph.data_edges:
        before, after = edge.writer.site.path, edge.reader.site.path
        if edge.level < 2 or before == after:
            continue
        said = (
            all(access.declared or access.via == "declaration" for access in (edge.writer, edge.reader)) or (before, after) in graph.orders
        )
        unit = graph.units.get(edge.reader.unit)
        known = pairs[unit.project if unit is not None else ""]
        known[before, edge.artifact, after] = known.get((before, edge.artifact, after), False) or said
    paths: dict[str, set[str]] = defaultdict(set)
    for unit in graph.units.values():
        paths[unit.project].add(unit.path)
    rows = []
    for project, found in sorted(pairs.items()):
        declared, coverage = sum(found.values()), graph.uncovered_share(paths[project])
        text = (
            f"{declared} of {len(found)} hand-offs are declared; {coverage.resolved} of {coverage.accesses} accesses "
            f"({coverage.share:.0%}) have a known name"
        )
        rows.append(MetricRow(f"project {project or '.'}", round(100 * declared / len(found), 1), text))
    rows.sort(key=lambda row: (row.value, row.subject))
    return Metric("M-COV", "declaration coverage", _SUMMARY, "% of hand-offs", tuple(rows[:MAX_ROWS])) if rows else None
