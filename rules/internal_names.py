"""Names that mark a table or file as its producer's own workshop, and what the producer publishes instead."""

from __future__ import annotations

import re

from analyzer.graph.system import SystemGraph
from rules.artifact_names import canonical

_PREFIX = re.compile(r"^(stg|staging|tmp|temp|scratch|int|wip)_+|_+(stg|staging|tmp|temp|scratch|internal)$|^_+", re.IGNORECASE)
"""What a name bears in front or behind while its producer still works on it."""
_FOLDERS = frozenset(
    {"staging", "stg", "tmp", "temp", "scratch", "work", "_work", "cache", ".cache", "internal", "_internal", "checkpoints", "wip"}
)


class Successors:
    """What is written under the name that a marked one has without its mark."""

    def __init__(self, graph: SystemGraph) -> None:
        self._published = {canonical(artifact.id): artifact.id for artifact in graph.artifacts.values() if artifact.writers}

    def of(self, identity: str) -> str:
        """The identity of the published successor, "" when there is none or `identity` bears no mark."""
        return self._published.get(_without_mark(identity), "") if is_internal(identity) else ""


def is_internal(identity: str) -> bool:
    """Does the name of the table or file, or a folder above it, say that its producer still works on it?"""
    parts = canonical(identity)
    if not parts:
        return False
    return _PREFIX.search(_stem(parts[-1])) is not None or not _FOLDERS.isdisjoint(part.lower() for part in parts[:-1])


def _without_mark(identity: str) -> tuple[str, ...]:
    """The identity that a published successor would have."""
    parts = canonical(identity)
    stem = _stem(parts[-1])
    name = _PREFIX.sub("", stem) + parts[-1][len(stem) :]
    return (*(part for part in parts[:-1] if part.lower() not in _FOLDERS), name)


def _stem(name: str) -> str:
    """Of a file what stands before the suffix, of a table what follows its schema."""
    return name.partition(".")[0]
