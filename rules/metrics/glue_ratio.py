"""M-GLU: how much of a component's work is moving and reshaping data between packages, and how often it converts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.statement_classes import ADAPT, CALLEES, QUALIFIED
from analyzer.read.values import Attr, Name, last_name
from analyzer.result import Metric, MetricRow

PERCENTILES = ((3.8, 25), (7.1, 50), (13.1, 75), (18.1, 90))
"""Conversions per 1,000 lines in 61 public repositories of machine learning, and how many per cent lie below."""
_MIN_LINES = 200
_MIN_CALLS = 40
_MAX_ROWS = 40
_SUMMARY = (
    "The share of a component's calls that convert, read, write or handle paths and processes, and how many conversions (frame, array, "
    "tensor, dict, text) stand in 1,000 lines. After the classes of glue code of Sculley et al. 2015, §5.1; the percentiles are of 61 "
    "public repositories. Much of it is normal where data comes in or goes out; it says where packages meet, not that something is wrong."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each component with enough code, the densest first; None when there is none."""
    components: dict[str, list[Module]] = defaultdict(list)
    for module in graph.living():
        components[module.component].append(module)
    rows = [row for name, modules in sorted(components.items()) if (row := _row(name, modules)) is not None]
    rows.sort(key=lambda row: (-row.value, row.subject))
    if not rows:
        return None
    left = len(components) - len(rows)
    note = f"{left} components with less than {_MIN_LINES} lines or {_MIN_CALLS} calls are left out" if left else ""
    return Metric("M-GLU", "glue ratio", _SUMMARY, "conversions per 1,000 lines", tuple(rows[:_MAX_ROWS]), note)


def _row(name: str, modules: list[Module]) -> MetricRow | None:
    lines = sum(module.facts.code_lines for module in modules)
    calls = [(_kind(call), module) for module in modules for call in module.facts.calls]
    if lines < _MIN_LINES or len(calls) < _MIN_CALLS:
        return None
    kinds = Counter(kind for kind, _ in calls)
    glue = len(calls) - kinds[""]
    density = round(1000 * kinds[ADAPT] / lines, 1)
    by_path = Counter(module.path for kind, module in calls if kind == ADAPT)
    most = min(by_path, key=lambda path: (-by_path[path], path)) if by_path else modules[0].path
    text = (
        f"{density:g} conversions per 1,000 lines ({percentile(density)}); {glue} of {len(calls)} calls "
        f"({glue / len(calls):.0%}) convert, read, write or plumb"
    )
    return MetricRow(f"component {name or '.'}", density, text, Site(most))


def percentile(density: float) -> str:
    """Where a density lies among the repositories of the corpus."""
    at = bisect_right([limit for limit, _ in PERCENTILES], density)
    return f"over the {PERCENTILES[at - 1][1]}th percentile" if at else "below the 25th percentile"


def _kind(call: Call) -> str:
    func = call.func
    if isinstance(func, Name):
        return CALLEES.get(func.id, "")
    if not isinstance(func, Attr):
        return ""
    owner = last_name(func.value)
    return QUALIFIED.get(f"{owner}.{func.name}") or CALLEES.get(func.name, "")
