"""Artifacts and the map as the HTML page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.model import Access, Artifact
from reports.budget import Budget
from reports.system_map import SystemMap, actor_name, anchor
from reports.wording import elided

MOST_ARTIFACTS = 300
MOST_USERS = 4
ARTIFACT_BYTES = 85_000
MAP_ROW_BYTES = 20_000
_ROW_MARKUP = 330


@dataclass(frozen=True, slots=True)
class Use:
    place: str
    is_declared: bool


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    anchor: str
    name: str
    kind: str
    klass: str
    writers: tuple[Use, ...]
    more_writers: int
    readers: tuple[Use, ...]
    more_readers: int
    undeclared: int
    declared: str
    """`declared`, `undeclared` or `partly`: of the accesses that were observed."""
    declared_by: str
    users: int


@dataclass(frozen=True, slots=True)
class ArtifactRows:
    rows: tuple[ArtifactRow, ...]
    cut: int


@dataclass(frozen=True, slots=True)
class ActorRow:
    """One actor of the map in its table."""

    anchor: str
    name: str
    writes: tuple[tuple[str, str, bool], ...]
    """(anchor, artifact, declared)."""
    reads: tuple[tuple[str, str, bool], ...]
    not_listed: int = 0


def artifact_rows(artifacts: Iterable[Artifact], first: Iterable[str]) -> ArtifactRows:
    """Most used artifacts first; those in `first` (the ones on the map) before all others, so that their links lead somewhere."""
    on_map = set(first)
    waiting = sorted(artifacts, key=lambda a: (a.id not in on_map, a.id.startswith("{"), -len(a.writers) - len(a.readers), a.id, a.kind))
    budget = Budget(ARTIFACT_BYTES)
    shown: list[ArtifactRow] = []
    anchors: set[str] = set()
    for artifact in waiting[:MOST_ARTIFACTS]:
        row = _artifact_row(artifact, anchors)
        uses = row.writers + row.readers
        if not budget.spend((row.name, row.declared_by, *(use.place for use in uses)), _ROW_MARKUP + 60 * len(uses)):
            break
        shown.append(row)
        anchors.add(row.anchor)
    shown.sort(key=lambda row: (row.name.startswith("{"), -row.users, row.name))
    return ArtifactRows(tuple(shown), len(waiting) - len(shown))


def _artifact_row(artifact: Artifact, anchors: set[str]) -> ArtifactRow:
    writers, readers = _by_place(artifact.writers), _by_place(artifact.readers)
    accesses = writers + readers
    undeclared = sum(not _is_declared(access) for access in accesses)
    state = "declared" if not undeclared else "undeclared" if undeclared == len(accesses) else "partly"
    name = anchor("A", artifact.id)
    return ArtifactRow(
        anchor=name if name not in anchors else anchor("A", f"{artifact.id}\0{artifact.kind}\0{len(anchors)}"),
        name=elided(artifact.id, 120),
        kind=elided(artifact.kind, 20),
        klass=elided(artifact.klass.lower(), 20),
        writers=_uses(writers),
        more_writers=max(len(writers) - MOST_USERS, 0),
        readers=_uses(readers),
        more_readers=max(len(readers) - MOST_USERS, 0),
        undeclared=undeclared,
        declared=state if accesses else "declared",
        declared_by=", ".join(elided(str(site), 60) for site in artifact.declared_by[:2]),
        users=len(accesses),
    )


def _is_declared(access: Access) -> bool:
    return access.declared or access.via == "declaration"


def _uses(accesses: tuple[Access, ...]) -> tuple[Use, ...]:
    return tuple(Use(elided(str(access.site), 60), _is_declared(access)) for access in accesses[:MOST_USERS])


def _by_place(accesses: Iterable[Access]) -> tuple[Access, ...]:
    """One access a place, in order: a call that does several things to an artifact is one user of it."""
    ordered = sorted(accesses, key=lambda a: (a.site.path, -1 if a.site.cell is None else a.site.cell, a.site.line))
    return tuple({access.site: access for access in reversed(ordered)}.values())[::-1]


def actor_rows(system: SystemMap) -> tuple[ActorRow, ...]:
    """The map as a table, one row per actor."""
    budget = Budget(MAP_ROW_BYTES)
    return tuple(_actor_row(system, name, budget) for name in system.actors)


def _actor_row(system: SystemMap, name: str, budget: Budget) -> ActorRow:
    writes, reads = [], []
    not_listed = 0
    for shared in system.artifacts:
        flow = shared.flows.get(name)
        if flow is None:
            continue
        entry = (anchor("A", shared.artifact.id), elided(shared.artifact.id, 60), flow.is_declared)
        if budget.spend(entry[:2], 70):
            writes += [entry] if flow.writes else []
            reads += [entry] if flow.reads else []
        else:
            not_listed += 1
    return ActorRow(anchor("C", name), elided(actor_name(name), 80), tuple(writes), tuple(reads), not_listed)
