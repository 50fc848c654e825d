"""Packages: a repository that publishes a distribution, and others that require it, import it or name its modules in configuration."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.link.command_words import unwrapped
from analyzer.model import Edge, Link, Site
from analyzer.read.requirements import Requirement, normalised, requirement
from analyzer.workspace.directory import Directory, Found, distributions
from analyzer.workspace.hosting import remote_of
from analyzer.workspace.outline import Outline

_GENERATED = re.compile(r"(^|\.)_?(version|__version__|build_info)$|_pb2(_grpc)?$")
_INSTALLERS = {"pip", "pip3", "uv", "pipenv", "poetry", "conda", "mamba", "micromamba", "pipx", "pdm"}
_NAMED_MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}")
MAX_EDGES = 500


@dataclass(slots=True)
class _Use:
    """What one repository uses of another's packages."""

    required: list[tuple[Site, Requirement]] = field(default_factory=list)
    imported: list[tuple[str, Site, str]] = field(default_factory=list)
    """(path of the producer's module, place, unit) of imports that lead there."""
    missing: dict[str, tuple[Site, str]] = field(default_factory=dict)
    named: list[tuple[str, Site, str]] = field(default_factory=list)
    """As `imported`, of names in configuration files."""


def package_links(directory: Directory) -> Iterator[Found]:
    """One link for each pair of repositories, from what requires and imports to what is published."""
    for consumer in directory.outlines:
        uses: dict[str, _Use] = {}
        for producer, site, each in _required(consumer, directory):
            uses.setdefault(producer.name, _Use()).required.append((site, each))
        _note_imports(consumer, directory, uses)
        _note_names(consumer, directory, uses)
        for producer in directory.outlines:
            use = uses.get(producer.name)
            if use is not None and (use.imported or use.named or (use.required and not use.missing)):
                yield _found(consumer, producer, use)


def required_pairs(directory: Directory) -> frozenset[tuple[str, str]]:
    """(consumer, producer) of every requirement: what is run of a required package is declared."""
    return frozenset((consumer.name, producer.name) for consumer in directory.outlines for producer, _, _ in _required(consumer, directory))


def _required(consumer: Outline, directory: Directory) -> Iterator[tuple[Outline, Site, Requirement]]:
    asked = [(Site(path, each.line), each) for path, each in consumer.manifest.requirements]
    for used in consumer.commands:
        asked += [(used.site, each) for each in installed(used.command.words, used.site.line)]
    own = set(distributions(consumer))
    for site, each in asked:
        if each.url and remote_of(each.url) is not None:
            at = directory.of_url(each.url)
            if at is not None and at[0] is not consumer:
                yield at[0], site, each
            continue
        publishers = directory.by_distribution.get(each.name, []) if each.name not in own else []
        if len(publishers) == 1:
            yield publishers[0], site, each


def installed(words: tuple[str, ...], line: int) -> Iterator[Requirement]:
    """What a `pip install`, `uv add` or `conda install` command asks for."""
    words = unwrapped(words)
    program = words[0].rpartition("/")[2] if words else ""
    is_module = program.startswith("python") and words[1:3] == ("-m", "pip")
    if not (is_module or program in _INSTALLERS) or not {"install", "add"} & set(words[:5]):
        return
    start = next(i for i, word in enumerate(words) if word in ("install", "add")) + 1
    for word in words[start:]:
        found = requirement(word.strip("'\""), line) if not word.startswith(("-", ".", "/", "{")) else None
        if found is not None and not word.endswith((".txt", ".whl", ".in")):
            yield found


def _note_imports(consumer: Outline, directory: Directory, uses: dict[str, _Use]) -> None:
    for each in consumer.imports:
        top = each.module.partition(".")[0]
        producer = _publisher(top, directory.by_package.get(top, []), consumer, uses)
        if producer is None:
            continue
        use = uses.setdefault(producer.name, _Use())
        path, is_gone = answered(producer, each.module, each.name)
        if path:
            use.imported.append((path, each.site, each.unit))
        if is_gone:
            use.missing.setdefault(f"{each.module}.{each.name}" if each.name else each.module, (each.site, each.unit))


def _publisher(top: str, publishers: list[Outline], consumer: Outline, uses: dict[str, _Use]) -> Outline | None:
    """The one repository whose package it must be: the one that is required, else the only one; nobody when that stays open."""
    others = [outline for outline in publishers if outline is not consumer]
    required = [outline for outline in others if outline.name in uses and uses[outline.name].required]
    if len(required) == 1:
        return required[0]
    if len(others) != 1 or top in consumer.packages:
        return None
    return others[0]


def answered(producer: Outline, module: str, name: str) -> tuple[str, bool]:
    """(path of the producer's module that an import leads to, is what it asks for gone?); "" for an import that proves nothing.

    A bare `import top` proves something only when the distribution is called so too.
    """
    if name and f"{module}.{name}" in producer.modules:
        return producer.modules[f"{module}.{name}"], False
    path = producer.modules.get(module)
    if path is None:
        return "", module not in producer.namespaces and not _GENERATED.search(f"{module}.{name}" if name else module)
    if not name:
        return (path if "." in module or normalised(module) in distributions(producer) else ""), False
    names = producer.names.get(module)
    is_known = names is None or name in names or name.startswith("__") or _GENERATED.search(name) is not None
    return (path if "." in module or is_known else ""), not is_known


def _note_names(consumer: Outline, directory: Directory, uses: dict[str, _Use]) -> None:
    """Dotted names of the producer's modules in the consumer's configuration files."""
    for leaf in consumer.settings:
        for match in _NAMED_MODULE.finditer(leaf.name):
            producer, path = _named(match[0], consumer, directory)
            if producer is not None:
                known = uses.setdefault(producer.name, _Use()).named
                if len(known) < MAX_EDGES:
                    known.append((path, leaf.site, leaf.unit))


def _named(dotted: str, consumer: Outline, directory: Directory) -> tuple[Outline | None, str]:
    parts = dotted.split(".")
    for start, part in enumerate(parts[:-2]):
        publishers = [outline for outline in directory.by_package.get(part, ()) if outline is not consumer]
        if len(publishers) != 1 or part in consumer.own_names:
            continue
        for end in range(len(parts) - 1, start + 1, -1):
            module = ".".join(parts[start:end])
            names = publishers[0].names.get(module)
            if names is not None and parts[end] in names:
                return publishers[0], publishers[0].modules[module]
    return None, ""


def _found(consumer: Outline, producer: Outline, use: _Use) -> Found:
    published = distributions(producer)
    name = next((each.name for _, each in use.required if each.name in published), "") or _most_used(producer, use)
    places = sorted({(site, path, unit) for path, site, unit in (*use.imported, *use.named)})
    declared = bool(use.required)
    first = min((site for site, _ in use.required), default=None) or min(site for site, _, _ in places)
    origin = published.get(name) or Site(places[0][1] if places else next(iter(producer.modules.values()), "."))
    edges: dict[tuple[str, str], Edge] = {}
    for site, path, unit in places:
        ends = (consumer.unit(unit), producer.unit(path))
        edges.setdefault(ends, Edge(*ends, "imports", consumer.site(site), declared))
    requiring = [Edge(consumer.name, producer.name, "requires", consumer.site(site), True) for site, _ in use.required[:1]]
    link = Link(
        producer=producer.name,
        consumer=consumer.name,
        kind="imports" if places else "requires",
        what=f"package {name}",
        via=_told(use),
        site=consumer.site(first),
        origin=producer.site(origin),
        declared=declared,
        places=len({site for site, _, _ in places}) + len(use.required),
        missing=tuple(f"{name} ({consumer.site(site)})" for name, (site, _) in sorted(use.missing.items())[:12]),
    )
    return Found(link, (*requiring, *list(edges.values())[:MAX_EDGES]))


def _most_used(producer: Outline, use: _Use) -> str:
    """The package of the producer that most places lead to; its first distribution when none does."""
    tops = {path: dotted.partition(".")[0] for dotted, path in producer.modules.items()}
    counts = Counter(tops[path] for path, _, _ in (*use.imported, *use.named) if path in tops)
    if counts:
        return normalised(min(counts, key=lambda top: (-counts[top], top)))
    return next(iter(distributions(producer)), producer.name)


def _told(use: _Use) -> str:
    versions = dict.fromkeys(each.version or each.url or "any version" for _, each in use.required)
    parts = [f"requirement ({', '.join(list(versions)[:3])})"] if use.required else []
    parts += [f"{len(use.imported)} imports" if len(use.imported) > 1 else "1 import"] if use.imported else []
    parts += ["names in configuration"] if use.named else []
    return ", ".join(parts) + ("" if use.required else "; no requirement says so")
