"""The system graph as a networkx multigraph, for path questions and for export."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyzer.graph.dataflow import shape
from analyzer.graph.system import SystemGraph
from analyzer.model import Access

if TYPE_CHECKING:
    import networkx

DATA = frozenset(("reads", "writes", "declares_read", "declares_write", "same_as"))
"""Edges along which data goes, from what comes first to what comes after."""


def as_network(graph: SystemGraph) -> networkx.MultiDiGraph[str]:
    """Units under their id, artifacts under `artifact:ID`; edges keyed by kind, with their site and whether they are declared.

    Edges of data also tell how the name is known (`via`) and how surely it is this artifact (`level`: 3 the name is whole, 1 a part is
    not known). `same_as` joins two names that are one artifact, with the level at which they are (RULES.md §0.4).
    """
    import networkx

    network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for unit in graph.units.values():
        network.add_node(
            unit.id, type="unit", kind=unit.kind, path=unit.path, component=unit.component, project=unit.project, roles=unit.roles
        )
    for artifact in graph.artifacts.values():
        network.add_node(f"artifact:{artifact.id}", type="artifact", kind=artifact.kind, klass=artifact.klass)
    known = _known(graph)
    for edge in graph.edges:
        about: dict[str, object] = {"site": str(edge.site), "path": edge.site.path, "line": edge.site.line, "declared": edge.declared}
        artifact_id = (edge.target if edge.target.startswith("artifact:") else edge.source).removeprefix("artifact:")
        if edge.kind in DATA:
            access = known.get((edge.site.path, edge.site.line, shape(artifact_id)))
            about["via"] = access.via if access is not None else ""
            about["level"] = 1 if "*" in shape(artifact_id) else 3
        network.add_edge(edge.source, edge.target, key=edge.kind, **about)
    _join_names(graph, network)
    return network


def _known(graph: SystemGraph) -> dict[tuple[str, int, str], Access]:
    found: dict[tuple[str, int, str], Access] = {}
    for access in graph.accesses:
        if access.artifact is not None:
            found.setdefault((access.site.path, access.site.line, shape(access.artifact)), access)
    return found


def _join_names(graph: SystemGraph, network: networkx.MultiDiGraph[str]) -> None:
    by_shape = {shape(name): name for name in graph.artifacts}
    for edge in graph.data_edges:
        writer, reader = (by_shape.get(shape(access.artifact or "")) for access in (edge.writer, edge.reader))
        if writer is None or reader is None or writer == reader:
            continue
        source, target = f"artifact:{writer}", f"artifact:{reader}"
        if not network.has_edge(source, target, key="same_as"):
            network.add_edge(source, target, key="same_as", level=edge.level)


def neighbourhood(network: networkx.MultiDiGraph[str], start: Iterable[str], depth: int, direction: str = "") -> networkx.MultiDiGraph[str]:
    """The part of a network within `depth` hops of `start`: along every edge, or with direction `up` or `down` along the data only, to
    where it comes from or goes to. All edges between the nodes that are left stay."""
    seen = {node for node in start if node in network}
    edge_of_seen = sorted(seen)
    for _ in range(depth):
        found: set[str] = set()
        for node in edge_of_seen:
            found.update(_next(network, node, direction))
        edge_of_seen = sorted(found - seen)
        if not edge_of_seen:
            break
        seen.update(edge_of_seen)
    kept: networkx.MultiDiGraph[str] = network.subgraph(seen).copy()
    return kept


def _next(network: networkx.MultiDiGraph[str], node: str, direction: str) -> Iterable[str]:
    if direction != "down":
        yield from (source for source, _, kind in network.in_edges(node, keys=True) if not direction or kind in DATA)
    if direction != "up":
        yield from (target for _, target, kind in network.out_edges(node, keys=True) if not direction or kind in DATA)
