"""What the graph knows of one artifact: who writes and reads it, what is declared, and what near it could not be resolved."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.dataflow import shape, unify
from analyzer.graph.globs import glob_pattern, matches
from analyzer.graph.system import Declaration, SystemGraph
from analyzer.link.paths import normal
from analyzer.model import Access, Artifact

MAX_NEAR = 12
MAX_POSSIBLE = 12
MAX_NEAREST = 5


@dataclass(frozen=True, slots=True)
class Use:
    """An access to the artifact; `level` tells how surely it is this one (RULES.md §0.4): 3 exact, 2 by tail, 1 by basename."""

    access: Access
    level: int


@dataclass(frozen=True, slots=True)
class Lineage:
    artifact: Artifact
    writers: tuple[Use, ...]
    readers: tuple[Use, ...]
    """Observed ones; what is only declared stands in `declarations`."""
    declarations: tuple[Declaration, ...]
    """Those that name the artifact or a folder above it."""
    contracts: tuple[tuple[str, tuple[str, ...]], ...]
    """(producer, consumers) of the `[[contract]]`s in the configuration that name it."""
    below: tuple[Artifact, ...]
    """Artifacts inside it, when it is a folder."""
    borrowed: tuple[Access, ...]
    """Calls of functions that access it: the function decides the name."""
    possible: tuple[Access, ...]
    """Accesses whose name is known in part and may be this one."""
    unresolved: tuple[Access, ...]
    """Accesses of the same units that could not be resolved."""
    more_unresolved: int


@dataclass(frozen=True, slots=True)
class UnitFlow:
    """What one unit, or every unit of one file, reads and writes."""

    units: tuple[str, ...]
    writes: tuple[Access, ...]
    reads: tuple[Access, ...]
    unresolved: tuple[Access, ...]


# ---- which artifact is meant ----------------------------------------------------------------------------------------------


def artifacts_named(graph: SystemGraph, asked: str) -> list[Artifact]:
    """The artifacts that `asked` names: an identity, else the end of a path, else a glob, else what a pattern may stand for."""
    text = asked.removeprefix("artifact:").strip()
    if text in graph.artifacts:
        return [graph.artifacts[text]]
    name = text if "://" in text else normal(text) or text
    wanted = shape(name).rstrip("/")
    if not wanted:
        return []
    by_shape = [artifact for artifact in graph.artifacts.values() if shape(artifact.id).rstrip("/") == wanted]
    if by_shape:
        return by_shape
    ending = [artifact for artifact in graph.artifacts.values() if _ends_with(artifact.id, name)]
    if ending:
        return ending
    if re.search(r"[*?]", text):
        glob = glob_pattern(text)
        return [
            artifact
            for artifact in graph.artifacts.values()
            if glob.match(artifact.id) or ("/" not in text and glob.match(posixpath.basename(artifact.id)))
        ]
    return [artifact for artifact in graph.artifacts.values() if "{" in artifact.id and _may_be(artifact.id, name)]


def _ends_with(identity: str, name: str) -> bool:
    identity = identity.rstrip("/")
    return identity.endswith("/" + name) or identity.partition(":")[2] == name


def nearest_names(graph: SystemGraph, asked: str) -> list[str]:
    """Identities and units most like `asked`, for a message about one that is not known."""
    by_word: dict[str, str] = {}
    for name in [*graph.artifacts, *graph.units]:
        by_word.setdefault(posixpath.basename(name.rstrip("/")).lower(), name)
        by_word.setdefault(name.lower(), name)
    words = [asked.lower(), posixpath.basename(asked.rstrip("/")).lower()]
    found = [match for word in words for match in difflib.get_close_matches(word, list(by_word), n=MAX_NEAREST, cutoff=0.6)]
    return list(dict.fromkeys(by_word[match] for match in found))[:MAX_NEAREST]


# ---- what is known of it --------------------------------------------------------------------------------------------------


def lineage_of(graph: SystemGraph, artifact: Artifact) -> Lineage:
    own = shape(artifact.id)
    same = _same(graph, own)
    writers = tuple(_uses(artifact.writers, same, "write"))
    readers = tuple(_uses(artifact.readers, same, "read"))
    taken = {use.access for use in (*writers, *readers)}
    units = dict.fromkeys(use.access.unit for use in (*writers, *readers))
    possible = [
        a for a in graph.accesses if a.artifact is not None and a not in taken and shape(a.artifact) != own and _is_possible(a, artifact.id)
    ]
    unresolved = [a for a in graph.accesses if a.artifact is None and a.unit in units]
    return Lineage(
        artifact,
        writers,
        readers,
        tuple(declared for declared in graph.declarations if _is_declared_by(own, declared)),
        tuple((producer, consumers) for pattern, producer, consumers in graph.contracts if matches(artifact.id, (pattern,))),
        tuple(other for name, other in graph.artifacts.items() if name.startswith(artifact.id.rstrip("/") + "/")),
        tuple(a for a in graph.accesses if a.borrowed and a.artifact is not None and shape(a.artifact) == own),
        tuple(possible[:MAX_POSSIBLE]),
        tuple(unresolved[:MAX_NEAR]),
        max(len(unresolved) - MAX_NEAR, 0),
    )


def _same(graph: SystemGraph, own: str) -> list[Use]:
    """Accesses under another name that meet one of this artifact's (`DataEdge`)."""
    found: dict[Access, int] = {}
    for edge in graph.data_edges:
        for one, other in ((edge.writer, edge.reader), (edge.reader, edge.writer)):
            if shape(one.artifact or "") == own and shape(other.artifact or "") != own:
                found[other] = max(edge.level, found.get(other, 0))
    return [Use(access, level) for access, level in found.items()]


def _uses(own: tuple[Access, ...], same: list[Use], op: str) -> Iterator[Use]:
    for access in own:
        if access.via != "declaration" and not access.borrowed:
            yield Use(access, 3)
    for use in same:
        if use.access.op == op and use.access.via != "declaration":
            yield use


def _is_declared_by(own: str, declared: Declaration) -> bool:
    name = shape(declared.artifact).rstrip("/")
    return bool(name) and (own.rstrip("/") == name or own.startswith(name + "/"))


def _is_possible(access: Access, identity: str) -> bool:
    name = access.artifact or ""
    return not access.borrowed and access.via != "declaration" and ("{" in name or "{" in identity) and _may_be(name, identity)


def _may_be(one: str, other: str) -> bool:
    """Two names that fit from the end, with a last part that tells something: `{folder}/scores.csv` may be `out/scores.csv`."""
    first, second = shape(one).rstrip("/").split("/"), shape(other).rstrip("/").split("/")
    return _tells(first[-1]) and _tells(second[-1]) and unify(first, second) and (len(first) == len(second) or "*" in (first[0], second[0]))


def _tells(base: str) -> bool:
    stem = base.rpartition(".")[0] or base
    return len(re.sub(r"[^A-Za-z0-9]", "", stem)) >= 3


# ---- units ----------------------------------------------------------------------------------------------------------------


def flow_of(graph: SystemGraph, asked: str) -> UnitFlow | None:
    """What a unit (by id), or all units of a file (by path), read and write; None when there is no such unit."""
    name = normal(asked) or asked
    units = [asked] if asked in graph.units else [unit.id for unit in graph.units.values() if unit.path == name]
    if not units:
        return None
    wanted = set(units)
    mine = [access for access in graph.accesses if access.unit in wanted]
    known = [access for access in mine if access.artifact is not None]
    return UnitFlow(
        tuple(units),
        tuple(access for access in known if access.op == "write"),
        tuple(access for access in known if access.op == "read"),
        tuple(access for access in mine if access.artifact is None),
    )
