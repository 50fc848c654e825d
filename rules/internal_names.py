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
    """What is written under the name that a marked one has without its mark. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self._tables = frozenset(artifact.id for artifact in graph.artifacts.values() if artifact.kind == "table")
        self._published = {self._parts(artifact.id): artifact.id for artifact in graph.artifacts.values() if artifact.writers}

    def of(self, identity: str) -> str:
        """The identity of the published successor, "" when there is none or `identity` bears no mark."""
        return self._published.get(_without_mark(self._parts(identity)), "") if self.is_marked(identity) else ""

    def is_marked(self, identity: str) -> bool:
        """Does the name of the table or file, or a schema or folder above it, say that its producer still works on it?"""
        return is_internal(self._parts(identity))

    def _parts(self, identity: str) -> tuple[str, ...]:
        return tuple(identity.split(".")) if identity in self._tables else canonical(identity)


def is_internal(parts: tuple[str, ...]) -> bool:
    """Does the last of the parts of an identity (a file's segments, a table's schema and name) or one above it bear such a mark?"""
    if not parts:
        return False
    return _PREFIX.search(_stem(parts[-1])) is not None or not _FOLDERS.isdisjoint(part.lower() for part in parts[:-1])


def _without_mark(parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts that a published successor would have."""
    stem = _stem(parts[-1])
    name = _PREFIX.sub("", stem) + parts[-1][len(stem) :]
    return (*(part for part in parts[:-1] if part.lower() not in _FOLDERS), name)


def _stem(name: str) -> str:
    """What stands before the suffix of a file; all of a table's name."""
    return name.partition(".")[0]
