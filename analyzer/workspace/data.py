"""Data that one repository writes or defines and another reads, by an identity that means the same in both (URI, table, hub name)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from analyzer.graph.joining import is_global, joining_key
from analyzer.model import Access, Edge, Link, Site
from analyzer.workspace.directory import Directory, Found
from analyzer.workspace.outline import GENERIC, Outline, Used, access_key

_STORES = ("bucket:", "s3://", "gs://", "azure://", "abfss://", "wasbs://")
_PUBLIC = re.compile(
    r"^[a-z0-9]+:(?://)?[^/]*(public|noaa|nasa|esa|sentinel|landsat|commoncrawl|open-?data|openimages|registry|usgs|copernicus|ecmwf|era5|arco)",
    re.IGNORECASE,
)
"""Buckets that publish to everybody: using the same one relates two repositories to nobody."""
MAX_PAIRS = 50
MAX_EDGES = 200


@dataclass(slots=True)
class _Users:
    """Who touches one key, in one repository."""

    writes: list[Access] = field(default_factory=list)
    reads: list[Access] = field(default_factory=list)
    defines: list[Site] = field(default_factory=list)
    names: list[Used] = field(default_factory=list)


def data_links(directory: Directory) -> Iterator[Found]:
    """Links of kind `reads` where the writer is known, of kind `shares` where two use one store's object and neither is seen writing it."""
    for key, users in sorted(_by_key(directory.outlines).items()):
        if len(users) < 2 or not _tells(key):
            continue
        makers = [outline for outline, each in users if each.writes or each.defines]
        readers = [(outline, each) for outline, each in users if each.reads]
        pairs = [(maker, reader) for maker in makers for reader, _ in readers if maker is not reader][:MAX_PAIRS]
        of = {outline.name: each for outline, each in users}
        for maker, reader in pairs:
            yield _read(key, maker, of[maker.name], reader, of[reader.name])
        if not pairs and key.startswith(_STORES) and not _PUBLIC.match(key):
            yield _shared(key, users)


def _by_key(outlines: Iterable[Outline]) -> dict[str, list[tuple[Outline, _Users]]]:
    found: dict[str, dict[str, tuple[Outline, _Users]]] = {}

    def users(key: str, outline: Outline) -> _Users:
        return found.setdefault(key, {}).setdefault(outline.name, (outline, _Users()))[1]

    for outline in outlines:
        for access in outline.accesses:
            each = users(access_key(access), outline)
            (each.writes if access.op == "write" else each.reads).append(access)
        for table, site in outline.tables.items():
            users(f"table:{table}", outline).defines.append(site)
        for used in (*outline.texts, *_values(outline.settings)):
            if "://" in used.name and is_global(used.name) and joining_key(used.name).startswith(_STORES):
                users(joining_key(used.name), outline).names.append(used)
        for used in outline.buckets:
            users(f"bucket:{used.name}", outline).names.append(used)
    return {key: list(each.values()) for key, each in found.items()}


def _values(settings: Iterable[Used]) -> Iterator[Used]:
    return (Used(value, leaf.site, leaf.unit) for leaf in settings if "://" in (value := leaf.name.partition("\0")[2]))


def _tells(key: str) -> bool:
    """Is the key distinctive? A registered model called `model` is not."""
    kind, _, name = key.partition(":")
    return not (
        kind in ("model", "dataset") and "/" not in name and name.lower().replace("-", "_") in GENERIC | {"best", "default", "latest"}
    )


def _read(key: str, maker: Outline, made: _Users, reader: Outline, used: _Users) -> Found:
    first = min(used.reads, key=lambda access: access.site)
    origin = min(made.defines, default=None) or min(access.site for access in made.writes)
    identity = (made.writes[0].artifact if made.writes else first.artifact) or key
    edges: dict[str, Edge] = {}
    for access in used.reads:
        edges.setdefault(
            access.unit, Edge(f"artifact:{identity}", reader.unit(access.unit), "reads", reader.site(access.site), access.declared)
        )
    if not made.writes:  # the writer is known by its definition only: no access of its own says so in the artifacts
        edges["\0"] = Edge(maker.unit(made.defines[0].path), f"artifact:{identity}", "writes", maker.site(made.defines[0]), True)
    via = "defined there, read here" if made.defines else "the same identity on both sides"
    link = Link(
        maker.name, reader.name, "reads", _told(key, identity), via,
        reader.site(first.site), maker.site(origin), all(access.declared for access in used.reads), places=len(used.reads),
    )  # fmt: skip
    return Found(link, tuple(edges.values())[:MAX_EDGES])


def _shared(key: str, users: list[tuple[Outline, _Users]]) -> Found:
    """Of two that use the same object, the one that more certainly does (reads it) is shown as the consumer."""
    ordered = sorted(users, key=lambda pair: (not pair[1].reads, pair[0].name))
    (reader, used), (other, others) = ordered[0], ordered[1]
    place = min([access.site for access in used.reads] or [each.site for each in used.names])
    beside = min([access.site for access in (*others.reads, *others.writes)] or [each.site for each in others.names])
    how = "both read it" if used.reads and others.reads else "both name it"
    count = len({access.site for access in used.reads} | {each.site for each in used.names})
    what = key.replace("bucket:", "bucket ", 1)
    link = Link(other.name, reader.name, "shares", what, f"{how}; no writer is seen", reader.site(place), other.site(beside), places=count)
    return Found(link, (Edge(other.name, reader.name, "shares", reader.site(place)),))


def _told(key: str, identity: str) -> str:
    return f"table {identity}" if key.startswith("table:") else identity
