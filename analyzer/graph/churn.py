"""How often and how lately files are changed, as far as the rules need it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.graph.system import SystemGraph

_DAYS = 180
_LEAST = 3


def busiest(graph: SystemGraph) -> frozenset[str]:
    """Modules, steps and configuration files with more commits in the last 180 days than three quarters of all, and 3 at least.

    Empty without history. Counted once per graph.
    """
    found = graph.memo.get("busiest")
    if not isinstance(found, frozenset):
        found = graph.memo["busiest"] = _busiest(graph)
    return found


def last_change(graph: SystemGraph, path: str) -> str:
    """The day (ISO 8601, UTC) of the newest commit that changed `path`, "" when history does not tell."""
    time = None if graph.history is None else graph.history.last_change(path)
    return "" if time is None else datetime.fromtimestamp(time, UTC).date().isoformat()


def _busiest(graph: SystemGraph) -> frozenset[str]:
    history = graph.history
    paths = {*graph.modules, *graph.steps, *graph.configs}
    if history is None or not paths:
        return frozenset()
    counts = {path: history.commits_touching((path,), _DAYS) for path in paths}
    quartile = sorted(counts.values())[len(counts) * 3 // 4]
    return frozenset(path for path, number in counts.items() if number >= max(_LEAST, quartile + 1))
