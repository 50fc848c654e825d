"""Repositories used as such: submodules, DVC imports, clones, and files fetched by the URL that a hosting service gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from analyzer.link.command_words import unwrapped
from analyzer.model import Edge, Link, Site
from analyzer.workspace.directory import Directory, Found
from analyzer.workspace.hosting import Address, Remote
from analyzer.workspace.outline import Outline, UsedCommand

_FETCHERS = {"wget", "curl", "aria2c", "http", "https"}
_DVC = {"get", "import", "list", "ls", "get-url", "import-url"}


@dataclass(frozen=True, slots=True)
class _Use:
    producer: Outline
    remote: Remote
    kind: str
    via: str
    site: Site
    unit: str
    declared: bool


def repository_links(directory: Directory) -> Iterator[Found]:
    """Links of kind `submodule`, `reads` (a file of the other repository) and `clones`, one for each thing used."""
    for consumer in directory.outlines:
        yield from _submodules(consumer, directory)
        uses: dict[tuple[str, str, str], list[_Use]] = {}
        for use in [*_by_access(consumer, directory), *_by_command(consumer, directory)]:
            if use.producer is not consumer:
                uses.setdefault((use.producer.name, use.kind, use.remote.path or use.remote.asset), []).append(use)
        for _, found in sorted(uses.items()):
            yield _found(consumer, found)


def _by_access(consumer: Outline, directory: Directory) -> Iterator[_Use]:
    """Data whose identity is the URL of a file in a repository."""
    for access in (*consumer.accesses, *consumer.local):
        identity = access.artifact or ""
        is_import = access.via == "declaration" and access.op == "read"
        if not ("://" in identity or "@" in identity) or access.op != "read":
            continue
        at = directory.of_url(identity, is_import=is_import)
        if at is None or not (at[1].path or at[1].asset):
            continue
        via = "DVC import" if is_import else "release file" if at[1].asset else "file by URL"
        yield _Use(at[0], at[1], "reads", via if is_import else _pinned(via, at[1]), access.site, access.unit, is_import)


def _by_command(consumer: Outline, directory: Directory) -> Iterator[_Use]:
    for used in consumer.commands:
        words = unwrapped(used.command.words)
        name = basename(words[0]) if words else ""
        if name == "git" and len(words) > 2 and words[1] in ("clone", "submodule"):
            yield from _whole(used, words[2:], directory)
        elif name == "dvc" and len(words) > 3 and words[1] in _DVC:
            yield from _dvc(used, words, directory)
        elif name in _FETCHERS:
            yield from _fetched(used, words[1:], directory)


def _whole(used: UsedCommand, words: tuple[str, ...], directory: Directory) -> Iterator[_Use]:
    for word in words:
        at = directory.of_url(word)
        if at is not None:
            yield _Use(at[0], at[1], "clones", "git clone", used.site, used.unit, False)
            return


def _dvc(used: UsedCommand, words: tuple[str, ...], directory: Directory) -> Iterator[_Use]:
    """`dvc get URL PATH [--rev R]`."""
    at = directory.of_url(words[2])
    plain = [word for word in words[3:] if not word.startswith("-")]
    if at is None or not plain:
        return
    revision = next((words[i + 1] for i, word in enumerate(words[:-1]) if word == "--rev"), "")
    remote = Remote(at[1].address, plain[0].strip("/"), revision)
    yield _Use(at[0], remote, "reads", _pinned(f"dvc {words[1]}", remote), used.site, used.unit, False)


def _fetched(used: UsedCommand, words: tuple[str, ...], directory: Directory) -> Iterator[_Use]:
    for word in words:
        at = directory.of_url(word) if "://" in word else None
        if at is not None and (at[1].path or at[1].asset or at[1].revision):
            via = "release file" if at[1].asset else "file by URL" if at[1].path else "archive by URL"
            kind = "reads" if at[1].path or at[1].asset else "clones"
            yield _Use(at[0], at[1], kind, _pinned(via, at[1]), used.site, used.unit, False)


def _pinned(via: str, remote: Remote) -> str:
    return f"{via}, revision {remote.revision}" if remote.revision else f"{via}, no revision named"


def _found(consumer: Outline, uses: list[_Use]) -> Found:
    first = min(uses, key=lambda use: use.site)
    producer, path = first.producer, first.remote.path
    what = path or first.remote.asset or f"repository {first.remote.address}"
    is_there = not path or "{" in path or producer.holds(path) or any(_covers(access.artifact or "", path) for access in producer.local)
    edges: dict[str, Edge] = {}
    for use in uses:
        source = f"artifact:{producer.name}/{path}" if path else f"artifact:{first.remote.asset}" if first.remote.asset else ""
        edge = (
            Edge(source, consumer.unit(use.unit), "reads", consumer.site(use.site), use.declared)
            if source
            else Edge(consumer.unit(use.unit), producer.name, "clones", consumer.site(use.site), use.declared)
        )
        edges.setdefault(use.unit, edge)
    link = Link(
        producer.name, consumer.name, first.kind, what, first.via, consumer.site(first.site), _origin(producer, path),
        all(use.declared for use in uses), places=len({use.site for use in uses}), missing=() if is_there else (path,),
    )  # fmt: skip
    return Found(link, tuple(edges.values()))


def _covers(artifact: str, path: str) -> bool:
    return bool(artifact) and (artifact == path or artifact.startswith(path + "/") or path.startswith(artifact.rstrip("/") + "/"))


def _origin(producer: Outline, path: str) -> Site | None:
    """Where the producer makes the path, by a declaration before code; the file itself when it is checked in."""
    if not path:
        return None
    if path in producer.manifest.files:
        return producer.site(Site(path))
    writers = [a for a in producer.local if a.op == "write" and _covers(a.artifact or "", path)]
    exact = [a for a in writers if a.artifact == path] or writers
    best = min(exact, key=lambda a: (not a.declared, a.site), default=None)
    return producer.site(best.site) if best is not None else None


# ---- submodules --------------------------------------------------------------------------------------------------------


def _submodules(consumer: Outline, directory: Directory) -> Iterator[Found]:
    for path, each in consumer.manifest.submodules:
        producer = _submodule_of(each.url, consumer, directory)
        if producer is None or producer is consumer:
            continue
        site = Site(path, each.line)
        edges = [Edge(consumer.name, producer.name, "submodule", consumer.site(site), True), *_inside(consumer, producer, each.path)]
        link = Link(
            producer.name,
            consumer.name,
            "submodule",
            each.path,
            f"submodule {each.url}",
            consumer.site(site),
            declared=True,
            places=len(edges),
        )
        yield Found(link, tuple(edges))


def _submodule_of(url: str, consumer: Outline, directory: Directory) -> Outline | None:
    """A relative URL starts from where the repository itself is hosted."""
    if not re.match(r"\.\.?/", url):
        at = directory.of_url(url)
        return at[0] if at is not None else None
    climbs, parts = url.count("../"), [part for part in url.split("/") if part not in ("..", ".", "")]
    for address in sorted(consumer.addresses):
        owner = address.owner if climbs == 1 and len(parts) == 1 else parts[0] if climbs == 2 and len(parts) == 2 else ""
        if owner and parts:
            return directory.at(Address(owner.lower(), parts[-1].removesuffix(".git").lower()))
    return None


def _inside(consumer: Outline, producer: Outline, folder: str) -> Iterator[Edge]:
    """What the consumer reads and writes below the submodule's folder is the producer's file."""
    for access in consumer.local:
        name = access.artifact or ""
        if name.startswith(folder + "/"):
            artifact = f"artifact:{producer.name}/{name[len(folder) + 1 :]}"
            ends = (artifact, consumer.unit(access.unit)) if access.op == "read" else (consumer.unit(access.unit), artifact)
            yield Edge(*ends, f"{access.op}s", consumer.site(access.site), True)
