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
    return graph.once(_busiest)


def last_change(graph: SystemGraph, path: str) -> str:
    """The day (ISO 8601, UTC) of the newest commit that changed `path`, "" when history does not tell."""
    time = None if graph.history is None else graph.history.last_change(path)
    return "" if time is None else day(time)


def gone_names(graph: SystemGraph) -> list[tuple[str, str]]:
    """(path, name) of what imports ask for in vain, as far as a finding could be about it: of no test, and guarded by nothing."""
    asked = []
    for link in graph.imports:
        importer = graph.modules.get(link.importer)
        if link.status == "gone-name" and not link.fact.guard and link.target and importer is not None and not importer.is_excluded:
            asked.append((link.target, link.name))
    return list(dict.fromkeys(asked))


def vanished_on(graph: SystemGraph, path: str, name: str) -> str:
    """When `name` was removed from `path`: "on DAY (commit 1234567890)", "" when history does not tell."""
    gone = graph.vanished.get((path, name))
    return f"on {day(gone.time)} (commit {gone.sha[:10]})" if gone is not None else ""


def removed_on(graph: SystemGraph, path: str) -> str:
    """When the file was removed, as `vanished_on`; "" when it was not, or history does not tell."""
    history = graph.history
    if history is None or path not in history.deleted:
        return ""
    commit = history.newest_commit(path)
    return f"on {day(commit.time)} (commit {commit.sha[:10]})" if commit is not None else ""


def _busiest(graph: SystemGraph) -> frozenset[str]:
    history = graph.history
    paths = {*graph.modules, *graph.steps, *graph.configs}
    if history is None or not paths:
        return frozenset()
    counts = {path: history.commits_touching((path,), _DAYS) for path in paths}
    quartile = sorted(counts.values())[len(counts) * 3 // 4]
    return frozenset(path for path, number in counts.items() if number >= max(_LEAST, quartile + 1))


def day(time: int) -> str:
    """The UTC day of a unix time, as 2026-01-31."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()
