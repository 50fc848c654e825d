"""M-JGL: how far the pipeline behind each trained or scored result is a jungle (RULES.md §1.2)."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.result import Metric, MetricRow

MAX_ROWS = 20
MAX_STEPS = 500
_SUMMARY = (
    "For every program that trains or scores: the steps, artifacts and hand-offs that lead to it. 100·(0.35·undeclared hand-offs "
    "+ 0.15·intermediate artifacts (10 and more count whole) + 0.15·artifacts with several writers + 0.15·steps in circles "
    "+ 0.10·languages + 0.10·kinds of media). The weights are chosen, not fitted; size alone is no jungle. "
    "After Sculley et al. 2015, §5.2 (pipeline jungles)."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each sink that another step feeds, the worst first; None when no hand-off leads to one."""
    into: dict[str, list[DataEdge]] = defaultdict(list)
    for edge in graph.data_edges:
        if edge.level >= 2 and edge.writer.site.path != edge.reader.site.path:
            into[edge.reader.site.path].append(edge)
    sinks = [module.path for module in graph.living() if {"TRAIN", "SCORE"} & set(module.roles) and into.get(module.path)]

    @cache
    def is_in_circle(path: str) -> bool:
        return path in _upstream_of(path, into)

    rows = sorted((_row(graph, sink, into, is_in_circle) for sink in sinks), key=lambda row: (-row.value, row.subject))
    return Metric("M-JGL", "jungle index", _SUMMARY, "of 100", tuple(rows[:MAX_ROWS])) if rows else None


def _row(graph: SystemGraph, sink: str, into: dict[str, list[DataEdge]], is_in_circle: Callable[[str], bool]) -> MetricRow:
    steps, edges = _upstream(sink, into)
    artifacts = {edge.artifact: edge for edge in edges}
    pairs = {(edge.writer.site.path, edge.artifact, edge.reader.site.path): edge for edge in edges}
    open_pairs = [edge for (before, _, after), edge in pairs.items() if not _is_declared(graph, edge, before, after)]
    writers = [name for name in artifacts if len({e.writer.site.path for e in edges if e.artifact == name}) > 1]
    circles = [path for path in steps if is_in_circle(path)]
    languages = {posixpath.splitext(path)[1] for path in steps}
    media = {(edge.writer.kind, posixpath.splitext(name)[1] in (".pkl", ".pickle")) for name, edge in artifacts.items()}
    value = 100 * (
        0.35 * len(open_pairs) / len(pairs)
        + 0.15 * min(1.0, len(artifacts) / 10)
        + 0.15 * min(1.0, len(writers) / 2)
        + 0.15 * min(1.0, len(circles) / 2)
        + 0.10 * min(1.0, (len(languages) - 1) / 2)
        + 0.10 * min(1.0, (len(media) - 1) / 3)
    )
    coverage = graph.uncovered_share(steps)
    unresolved = coverage.accesses - coverage.resolved
    text = (
        f"{len(steps)} steps, {len(artifacts)} artifacts; {len(open_pairs)} of {len(pairs)} hand-offs undeclared, "
        f"{len(writers)} artifacts with several writers, {len(circles)} steps in circles; "
        f"{unresolved} of {coverage.accesses} accesses unresolved"
    )
    return MetricRow(sink, round(value, 1), text, into[sink][0].reader.site)


def _is_declared(graph: SystemGraph, edge: DataEdge, before: str, after: str) -> bool:
    both = all(access.declared or access.via == "declaration" for access in (edge.writer, edge.reader))
    return both or (before, after) in graph.orders


def _upstream(sink: str, into: dict[str, list[DataEdge]]) -> tuple[list[str], list[DataEdge]]:
    steps, stack, edges = {sink: None}, [sink], []
    while stack and len(steps) < MAX_STEPS:
        for edge in into.get(stack.pop(), ()):
            edges.append(edge)
            if edge.writer.site.path not in steps:
                steps[edge.writer.site.path] = None
                stack.append(edge.writer.site.path)
    return list(steps), edges


def _upstream_of(path: str, into: dict[str, list[DataEdge]]) -> set[str]:
    seen: set[str] = set()
    stack = [edge.writer.site.path for edge in into.get(path, ())]
    while stack and len(seen) < MAX_STEPS:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            stack.extend(edge.writer.site.path for edge in into.get(current, ()))
    return seen
