"""Files that one step writes in one place and another step reads in another, and nothing checked in brings from here to there. JGL012."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Access
from rules.artifact_names import is_data, is_distinctive, is_registered
from rules.handoffs import DOWNLOADS, SHARED_KINDS, Handoff, Handoffs, deletes

DRIVE = "drive:"
_SHOWN = re.compile(r"(?:^|[/_.-])(?:examples?|demos?|tutorials?)(?=[/_.-]|$)", re.I)
_PACKED = (".json", ".jsonl", ".jsonl.gz", ".zip", ".tar", ".tar.gz", ".tgz", ".txt.gz")


def carried(handoffs: Handoffs) -> Iterator[Handoff]:
    """Hand-offs by one telling file name between two whole paths that differ, each (writer, name, reader) once."""
    graph = handoffs.graph
    names = _telling_names(graph)
    written, read = _by_name(graph, "write", names), _by_name(graph, "read", names)
    both = written.keys() & read.keys()
    held = {name for path in graph.tracked_files if (name := path.rpartition("/")[2]) in both} if both else set()
    made = {edge.reader.artifact for edge in graph.data_edges} if both else set()
    for name in sorted(both - held):
        writers, readers = written[name], read[name]
        if len(writers) > 1 or name in graph.downloads or not writers.keys().isdisjoint(readers):
            continue
        (writer,) = writers.values()
        for reader in readers.values():
            producer, consumer = graph.units.get(writer.unit), graph.units.get(reader.unit)
            if producer is None or consumer is None or producer.project != consumer.project or reader.artifact in made:
                continue
            handoff = Handoff(DataEdge(writer, reader, name, 1), producer, consumer)
            by_hand = handoffs.is_by_hand(producer, prose=False) and handoffs.is_step(consumer)
            if by_hand and _are_apart(writer, reader) and not handoffs.is_ordered(handoff, prose=False):
                yield handoff


def exported_to_drive(graph: SystemGraph) -> dict[str, list[Access]]:
    """File → what it exports to Google Drive, where no code of the repository takes anything from there."""
    named = [access for access in graph.accesses if access.artifact is not None and access.artifact.startswith(DRIVE)]
    if any(access.op == "read" for access in named):
        return {}
    found: dict[str, list[Access]] = defaultdict(list)
    for access in named:
        module = graph.modules.get(access.site.path)
        if module is not None and not module.is_excluded and not access.borrowed and not _SHOWN.search(access.site.path):
            found[access.site.path].append(access)
    return dict(sorted(found.items()))


def _telling_names(graph: SystemGraph) -> frozenset[str]:
    """Base names of data that say something of their own and that are both written and read."""
    bases: dict[str, set[str]] = {"write": set(), "read": set()}
    for access in graph.accesses:
        if access.artifact is not None and not access.borrowed:
            bases[access.op].add(access.artifact.rpartition("/")[2])
    both = bases["write"] & bases["read"]
    return frozenset(base for base in both if (is_data(base) or base.endswith(_PACKED)) and is_distinctive(base))


def _by_name(graph: SystemGraph, op: str, names: Container[str]) -> dict[str, dict[str, Access]]:
    """One of the names → path of a file → its first access by a path that is known whole."""
    found: dict[str, dict[str, Access]] = defaultdict(dict)
    for access in graph.accesses:
        if access.op != op or access.artifact is None or access.artifact.rpartition("/")[2] not in names:
            continue
        module = graph.modules.get(access.site.path)
        is_own = access.via != "declaration" and not access.borrowed and not (module is not None and module.is_excluded)
        if is_own and _is_plain(access) and not is_registered(access.artifact):
            found[access.artifact.rpartition("/")[2]].setdefault(access.site.path, access)
    return found


def _is_plain(access: Access) -> bool:
    is_data_file = access.kind in SHARED_KINDS and access.klass not in ("LOG", "REPORT", "CONFIG", "RAW")
    is_passed = not (access.temporary or access.guarded or deletes(access) or DOWNLOADS.search(access.call))
    return is_data_file and is_passed and access.is_exact


def _are_apart(writer: Access, reader: Access) -> bool:
    """Is one a place of a machine or a bucket, and the other another place: no folder and name that the first ends with?"""
    one, other = writer.artifact or "", reader.artifact or ""
    if one == other or not (_is_placed(one) or _is_placed(other)):
        return False
    short, long = sorted((one.removeprefix("./"), other.removeprefix("./")), key=len)
    return "/" not in short.strip("/") or not long.endswith(f"/{short.lstrip('/')}")


def _is_placed(name: str) -> bool:
    return name.startswith(("/", "~")) or "://" in name
