"""All links between the repositories of a workspace."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.model import Edge, Link
from analyzer.workspace.data import data_links
from analyzer.workspace.directory import Directory
from analyzer.workspace.outline import Outline
from analyzer.workspace.packages import package_links
from analyzer.workspace.repositories import repository_links
from analyzer.workspace.running import running_links
from analyzer.workspace.services import service_links

FINDERS = (package_links, running_links, repository_links, service_links, data_links)


def links_between(outlines: Iterable[Outline]) -> tuple[tuple[Link, ...], tuple[Edge, ...]]:
    """The links, and the edges of the merged system graph that they add, both in a fixed order.

    The work grows with the number of things that repositories offer and use, not with the number of pairs of repositories.
    """
    directory = Directory(sorted(outlines, key=lambda outline: outline.name))
    found = [each for finder in FINDERS for each in finder(directory)]
    links = sorted({each.link for each in found}, key=lambda link: (link.producer, link.consumer, link.kind, link.what, link.site))
    edges: dict[tuple[str, str, str], Edge] = {}
    for each in found:
        for edge in each.edges:
            edges.setdefault((edge.source, edge.target, edge.kind), edge)
    return tuple(links), tuple(edges[key] for key in sorted(edges))
