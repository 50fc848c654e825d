"""Hand-offs that one doubt keeps from being shown: one edge alone, a committed copy, a folder agreed by default. JGL001's confidence C."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Access, Unit
from rules.artifact_names import GENERIC, HOLE, canonical, is_data, known_part
from rules.handoffs import SHARED_KINDS, Handoff, Handoffs, deletes

MAX_READERS = 200
MIN_SAID = 3
_KEPT = re.compile(
    r"(^|[_-])(tests?|testing|fixtures?|references?|static|resources?|assets|lookups?|mappings?|taxonom(y|ies)|gazetteers?|manual|schemas?|"
    r"results?|reports?|metrics|benchmarks?|leaderboards?|published|public|docs?|figures?|tables|external|examples?|samples?)([_-]|$)",
    re.I,
)
"""Folders of committed files that tests, people and papers look at, or that somebody maintains."""
_RECORD = re.compile(r"(^|[_-])(manifests?|configs?|configuration|settings|params|parameters|cards?|schemas?)([_.-]|$)", re.I)
"""Committed files that describe what they lie beside."""


def tentative(graph: SystemGraph) -> tuple[Handoff, ...]:
    """Hand-offs between files that people run by hand, by the same path or folder; no program orders them, but maybe a document. Each once.

    Here also count paths that the environment could change, and data of which git holds a copy: the order is agreed by hand all the same.
    Ask `graph.once` for it.
    """
    handoffs = graph.once(Handoffs)

    def by_hand(_edge: DataEdge, producer: Unit, consumer: Unit) -> bool:
        return handoffs.is_by_hand(producer, prose=False) and handoffs.is_by_hand(consumer, prose=False)

    def by_path(edge: DataEdge, producer: Unit, consumer: Unit) -> bool:
        is_report = "REPORT" in (edge.writer.klass, edge.reader.klass) and not is_data(edge.artifact)
        is_there = is_report or (handoffs.committed.covers(edge.artifact) and not _goes_on(edge.artifact))
        return edge.level == 3 and not is_there and handoffs.meet(edge, producer, consumer) and by_hand(edge, producer, consumer)

    found: dict[tuple[str, str, str], Handoff] = {}
    by_folder = handoffs.unordered(_folders(handoffs), by_hand, prose=False)
    for handoff in chain(handoffs.unordered(graph.data_edges, by_path, prose=False), by_folder):
        found.setdefault(handoff.key, handoff)
    return tuple(found.values())


def _goes_on(artifact: str) -> bool:
    """Is a file that git holds an intermediate state of data: neither a text or picture, nor kept for people, tests or reference?"""
    *folders, name = artifact.split("/")
    if _RECORD.search(name):
        return False
    return is_data(name) and name.partition(".")[0].lower() not in GENERIC and not any(_KEPT.search(folder) for folder in folders)


def _folders(handoffs: Handoffs) -> Iterator[DataEdge]:
    """Folders that one file fills under names which only the run knows, and another one goes through."""
    written: dict[str, dict[str, Access]] = defaultdict(dict)
    read: dict[str, dict[str, Access]] = defaultdict(dict)
    for access in handoffs.graph.accesses:
        name = access.artifact
        if name is None or access.borrowed or access.temporary or access.guarded or access.kind not in SHARED_KINDS or "://" in name:
            continue
        folder = known_part(name) if HOLE.search(name) else name
        if not _is_named(folder) or access.via == "declaration" or deletes(access):
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
                if _may_meet(writer.artifact or "", reader.artifact or "", folder):
                    yield DataEdge(writer, reader, folder, 3)


def _may_meet(written: str, read: str, folder: str) -> bool:
    """Does a reader go through the folder, or open files whose names begin and end as those that are written do?"""
    if read == folder or canonical(read) == canonical(folder):
        return True
    one, other = (HOLE.split(name[len(folder) :].strip("/")) for name in (written, read))
    begins, ends = (one[0], other[0]), (one[-1], other[-1])
    says = any(len(part) >= MIN_SAID for part in other)
    return (
        (says or "*" in read)
        and (begins[0].startswith(begins[1]) or begins[1].startswith(begins[0]))
        and (ends[0].endswith(ends[1]) or ends[1].endswith(ends[0]))
    )


def _is_named(folder: str) -> bool:
    parts = folder.strip("/").split("/")
    return not folder.startswith("/tmp/") and (len(parts) > 2 or (len(parts) == 2 and len(parts[1]) >= 6 and parts[1] not in GENERIC))
