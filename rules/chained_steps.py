"""Which hand-offs make a pipeline, and which of them hang together: what the rules about chains that people run share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.values import Const, last_name
from rules.artifact_names import HOLE, canonical
from rules.handoffs import Handoff, Handoffs, deletes, makes_no_rows
from rules.loose_ends import COURSE
from rules.spelled import spelled_at

MAX_PLACES = 60
_DOWNLOAD = re.compile(r"(maybe_|ensure_)?download(_(if|data|dataset|db|file|files|artifacts?|latest|from)\w*)?$")
_MIGRATES = re.compile(r"(^|[/_.-])(undo|revert|rollback|migrat\w*|upgrade|downgrade)([/_.-]|$)", re.I)
"""What changes the tables of an application once."""
_LISTS = frozenset({"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob", "pathlib.Path.iterdir", "pathlib.Path.glob"})
_REMOVES = frozenset({"rmtree", "remove", "unlink", "rmdir", "removedirs"})
_HOME_CACHE = re.compile(r"(~|/home/[^/]+|/root)/\.cache/")
"""Where programs keep what is theirs: only folders below may be caches."""


def counts(handoffs: Handoffs, handoff: Handoff, *, reports: bool = False) -> bool:
    return (
        handoff.klass not in ("LOG", "CONFIG")
        and (reports or handoff.klass != "REPORT")
        and _stem(handoff.producer.path) != _stem(handoff.consumer.path)  # a notebook and its script are one step
        and not handoff.artifact.startswith("/tmp/")
        and not (handoff.edge.writer.kind == "table" and "." not in handoff.artifact)  # of the application's own database
        and _MIGRATES.search(handoff.producer.path) is None
        and not _is_passing(handoffs, handoff)
        and not _is_made_or_fetched_there(handoffs, handoff)
        and not COURSE.search(PurePosixPath(handoff.consumer.path).parent.as_posix() + "/")
        and handoff.producer.project == handoff.consumer.project
        and handoff.consumer.path not in handoffs.graph.once(cleaners)
        and not handoffs.is_produced(handoff)
        and PurePosixPath(handoff.artifact).name not in handoffs.graph.downloads
    )


def cleaners(graph: SystemGraph) -> frozenset[str]:
    """Modules that only list folders, to remove what lies there."""
    listing = {access.site.path for access in graph.accesses if access.call in _LISTS}
    listing -= {access.site.path for access in graph.accesses if access.call not in _LISTS and not deletes(access)}
    modules = (graph.modules[path] for path in listing if path in graph.modules)
    return frozenset(module.path for module in modules if any(last_name(call.func) in _REMOVES for call in module.facts.calls))


def _is_passing(handoffs: Handoffs, handoff: Handoff) -> bool:
    """An empty table that a schema or a migration makes, a file on its way to its name, a cache."""
    parts = _HOME_CACHE.sub("", handoff.artifact.lower()).split("/")
    writer = handoff.edge.writer
    is_empty = makes_no_rows(writer) or (writer.call == "SQL CREATE" and writer.site.path not in handoffs.reading)
    return is_empty or parts[-1].endswith((".tmp", ".part")) or any(part.strip("._") in ("cache", "caches", "tmp") for part in parts)


def _is_made_or_fetched_there(handoffs: Handoffs, handoff: Handoff) -> bool:
    """Does the reader's file write the same itself, by whatever call, or fetch it from elsewhere before?"""
    path = handoff.edge.reader.site.path
    if canonical(handoff.artifact)[1 if HOLE.match(handoff.artifact) else 0 :] in handoffs.written_in(path):
        return True
    module = handoffs.graph.modules.get(handoff.consumer.path)
    calls = module.facts.calls if module is not None else ()
    return any(_DOWNLOAD.match(last_name(call.func)) or ("download", Const(True)) in call.keywords for call in calls)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem.lower()


def connected(handoffs: Iterable[Handoff]) -> list[list[Handoff]]:
    """Groups of hand-offs that share steps, each from its first producer on, in the order of those."""
    parent: dict[str, str] = {}

    def root(path: str) -> str:
        while parent.setdefault(path, path) != path:
            parent[path] = parent[parent[path]]
            path = parent[path]
        return path

    ordered = sorted(handoffs, key=lambda handoff: handoff.key)
    for handoff in ordered:
        parent[root(handoff.consumer.path)] = root(handoff.producer.path)
    groups: dict[str, list[Handoff]] = {}
    for handoff in ordered:
        groups.setdefault(root(handoff.producer.path), []).append(handoff)
    return [_from_the_start(group) for group in groups.values()]


def _from_the_start(group: list[Handoff]) -> list[Handoff]:
    fed = {handoff.consumer.path for handoff in group}
    return sorted(group, key=lambda handoff: (handoff.producer.path in fed, handoff.key))


def ends_and_spellings(graph: SystemGraph, pipeline: Sequence[Handoff]) -> list[Site]:
    """Both ends of every edge, then where else these files access the same, then where they spell it."""
    ends = [access for handoff in pipeline for access in (handoff.edge.writer, handoff.edge.reader)]
    wanted = {(access.site.path, access.artifact) for access in ends}
    sites = [access.site for access in ends]
    sites += [access.site for access in graph.accesses if (access.site.path, access.artifact) in wanted and not access.borrowed]
    for handoff in pipeline:
        sites += spelled_at(graph, (handoff.producer.path, handoff.consumer.path), (handoff.artifact,))
    return list(dict.fromkeys(sites))[:MAX_PLACES]
