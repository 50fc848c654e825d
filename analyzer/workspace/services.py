"""Services: HTTP routes and CI artifacts that one repository offers and another asks for by URL.

An HTTP call is a link only when the host carries the name of the repository (or of a distribution or project of it) and the path is
one of the routes that its code serves. A Taskcluster artifact is one when the producer's configuration declares the index route.
Source: https://docs.taskcluster.net/docs/reference/core/index (routes `index.<namespace>`, URL `…/index/v1/task/<namespace>/artifacts/…`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.model import Access, Edge, Link, Site
from analyzer.read.requirements import normalised
from analyzer.workspace.directory import Directory, Found, service_names
from analyzer.workspace.outline import Outline
from analyzer.workspace.routes import Route, segments, unify

_URL = re.compile(r"https?://([^/\s]+)/+([^#]*)$")
_INDEX_URL = re.compile(r"/(?:api/)?index/v1/task/([^/]+)/artifacts/(.+)$")
_INDEX_ROUTE = re.compile(r"index\.([\w.${}\[\]-]+)$")
_ENVIRONMENT = re.compile(r"-(dev|staging|stage|stg|prod|production|test|api|app|service)$")
_HOLE = re.compile(r"\$\{\{?[^{}]*\}\}?|\{[^{}]*\}|\$\w+|\*+")
_MIN_LITERAL_SEGMENTS = 3
MAX_EDGES = 200


def service_links(directory: Directory) -> Iterator[Found]:
    """Links of kind `calls` (routes) and `reads` (CI artifacts), one for each route or artifact."""
    indexes = [(outline, pattern, site, text) for outline in directory.outlines for pattern, site, text in _index_routes(outline)]
    for consumer in directory.outlines:
        found: dict[tuple[str, str], list[Access]] = {}
        targets: dict[tuple[str, str], tuple[Outline, Site, str, str]] = {}
        for access in (*consumer.accesses, *consumer.local):
            target = _served(access.artifact or "", consumer, directory) or _artifact(access, consumer, indexes)
            if target is not None:
                key = (target[0].name, target[3])
                targets.setdefault(key, target)
                found.setdefault(key, []).append(access)
        for key, accesses in sorted(found.items()):
            yield _found(consumer, targets[key], accesses)
        yield from _told(consumer, directory)


def _served(url: str, consumer: Outline, directory: Directory) -> tuple[Outline, Site, str, str] | None:
    """Who serves a URL: the repository, where, by which unit, and the route."""
    match = _URL.match(url)
    if match is None:
        return None
    asked = segments(match[2])
    for producer in _hosts(match[1], directory):
        if producer is consumer:
            continue
        served = max((route for route in producer.routes if unify(route.segments, asked)), key=_literals, default=None)
        # a host that is known in part says less, so the path has to say more
        if served is not None and (not _HOLE.search(match[1]) or _literals(served) >= _MIN_LITERAL_SEGMENTS):
            return producer, served.site, served.unit, f"route /{'/'.join(served.segments)} at {match[1]}"
    return None


def _told(consumer: Outline, directory: Directory) -> Iterator[Found]:
    """Files whose comments name a route of another repository: copies that nothing keeps up to date."""
    for used in consumer.told:
        target = _served(used.name, consumer, directory)
        if target is not None:
            producer, origin, unit, what = target
            via = "address in a comment: host and path of a route that it serves"
            edge = Edge(consumer.unit(used.unit), producer.unit(unit), "refers", consumer.site(used.site))
            link = Link(producer.name, consumer.name, "refers", what, via, consumer.site(used.site), producer.site(origin))
            yield Found(link, (edge,))


def _literals(route: Route) -> int:
    """How many words of a route are fixed."""
    return sum(segment != "*" for segment in route.segments)


def _hosts(host: str, directory: Directory) -> list[Outline]:
    """The repositories that one label of the host names; the top-level domain names none."""
    labels = [normalised(label) for label in _HOLE.sub("*", host.lower()).partition(":")[0].split(".")[:-1] if "*" not in label]
    labels += [_ENVIRONMENT.sub("", label) for label in labels]
    found = [outline for label in dict.fromkeys(labels) for outline in directory.by_name.get(label, ()) if label in service_names(outline)]
    return list(dict.fromkeys(found)) if len({outline.name for outline in found}) == 1 else []


def _index_routes(outline: Outline) -> Iterator[tuple[re.Pattern[str], Site, str]]:
    for leaf in outline.settings:
        match = _INDEX_ROUTE.fullmatch(leaf.name.partition("\0")[2])
        if match is None:
            continue
        literal = [part for part in match[1].split(".") if part and not _HOLE.search(part)]
        if len(literal) >= _MIN_LITERAL_SEGMENTS:
            parts = [re.escape(part) for part in _HOLE.split(match[1])]
            yield re.compile(r"[^/]*".join(parts)), leaf.site, match[1]


def _artifact(
    access: Access, consumer: Outline, indexes: list[tuple[Outline, re.Pattern[str], Site, str]]
) -> tuple[Outline, Site, str, str] | None:
    match = _INDEX_URL.search(access.artifact or "")
    if match is None or _HOLE.search(match[1]):
        return None
    for outline, pattern, site, _ in indexes:
        if outline is not consumer and pattern.fullmatch(match[1]):
            return outline, site, site.path, f"CI artifact {match[2]} of {match[1]}"
    return None


def _found(consumer: Outline, target: tuple[Outline, Site, str, str], accesses: list[Access]) -> Found:
    producer, origin, unit, what = target
    is_route = what.startswith("route ")
    edges: dict[str, Edge] = {}
    for access in accesses:
        user, site = consumer.unit(access.unit), consumer.site(access.site)
        edge = Edge(user, producer.unit(unit), "calls", site) if is_route else Edge(f"artifact:{access.artifact}", user, "reads", site)
        edges.setdefault(access.unit, edge)
    via = "host and path of a route that it serves" if is_route else "index route that its CI declares"
    link = Link(
        producer.name, consumer.name, "calls" if is_route else "reads", what, via,
        consumer.site(min(access.site for access in accesses)), producer.site(origin), places=len({access.site for access in accesses}),
    )  # fmt: skip
    return Found(link, tuple(edges.values())[:MAX_EDGES])
