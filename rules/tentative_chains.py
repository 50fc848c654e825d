"""Hand-offs that one doubt keeps from being shown: one edge alone, a committed copy, a folder agreed by default. JGL001's confidence C."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from analyzer.graph.system import DataEdge
from analyzer.model import Access
from rules.artifact_names import GENERIC, HOLE, is_data
from rules.handoffs import DELETES, SHARED_KINDS, Handoff, Handoffs
from rules.loose_ends import known_part

MAX_READERS = 200


def tentative(handoffs: Handoffs) -> Iterator[Handoff]:
    """Hand-offs between files that people run by hand, by the same path or folder; no program orders them. Each once.

    Here also count files of which git holds a copy, and paths that the environment could change: the order is agreed by hand all the same.
    """
    seen: set[tuple[str, str, str]] = set()
    for edge in _edges(handoffs):
        producer, consumer = handoffs.graph.units.get(edge.writer.unit), handoffs.graph.units.get(edge.reader.unit)
        if producer is None or consumer is None or not (handoffs.is_by_hand(producer) and handoffs.is_by_hand(consumer)):
            continue
        handoff = Handoff(edge, producer, consumer)
        if handoff.key not in seen and not handoffs.is_ordered(handoff):
            seen.add(handoff.key)
            yield handoff


def _edges(handoffs: Handoffs) -> Iterator[DataEdge]:
    units = handoffs.graph.units
    for edge in handoffs.graph.data_edges:
        producer, consumer = units.get(edge.writer.unit), units.get(edge.reader.unit)
        is_report = "REPORT" in (edge.writer.klass, edge.reader.klass) and not is_data(edge.artifact)
        if producer is not None and consumer is not None and edge.level == 3 and not is_report and handoffs.meet(edge, producer, consumer):
            yield edge
    yield from _folders(handoffs)


def _folders(handoffs: Handoffs) -> Iterator[DataEdge]:
    """Folders that one file fills under names which only the run knows, and another one goes through."""
    written: dict[str, dict[str, Access]] = defaultdict(dict)
    read: dict[str, dict[str, Access]] = defaultdict(dict)
    for access in handoffs.graph.accesses:
        name = access.artifact
        if name is None or access.borrowed or access.temporary or access.guarded or access.kind not in SHARED_KINDS or "://" in name:
            continue
        folder = known_part(name) if HOLE.search(name) else name
        if not _is_named(folder) or access.via == "declaration" or access.call.rpartition(".")[2] in DELETES:
            continue
        if access.op == "read":
            read[folder].setdefault(access.site.path, access)
        elif HOLE.search(name):
            written[folder].setdefault(access.site.path, access)
    for folder, writers in sorted(written.items()):
        if handoffs.committed.covers(folder) or handoffs.produced.covers(folder):
            continue
        for writer in writers.values():
            readers = [access for path, access in read[folder].items() if path not in writers and path != writer.site.path]
            for reader in readers[:MAX_READERS]:
                yield DataEdge(writer, reader, folder, 3)


def _is_named(folder: str) -> bool:
    parts = folder.strip("/").split("/")
    return not folder.startswith("/tmp/") and (len(parts) > 2 or (len(parts) == 2 and len(parts[1]) >= 6 and parts[1] not in GENERIC))
