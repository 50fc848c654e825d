"""How findings say what several rules have to say: lists that end in "and 3 more", the age of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.graph.churn import last_change
from analyzer.graph.system import SystemGraph
from analyzer.model import Evidence


def listed(parts: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`"""
    return ", ".join(parts[:most]) + (f" and {len(parts) - most} more" if len(parts) > most else "")


def ticked(names: Sequence[str], most: int = 3) -> str:
    """As `listed`, each in back ticks."""
    return listed([f"`{name}`" for name in names], most)


def last_changed(graph: SystemGraph, path: str, what: str = "the file") -> Iterator[Evidence]:
    """When the file was last changed; nothing when history does not tell."""
    day = last_change(graph, path)
    if day:
        commit = graph.history.newest_commit(path) if graph.history is not None else None
        by = graph.history.named(commit.people) if graph.history is not None and commit is not None else ""
        yield Evidence(f"{what} was last changed on {day}" + (f" by {by}" if by else ""))
