"""The system graph as a networkx multigraph, for path questions and for export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.system import SystemGraph

if TYPE_CHECKING:
    import networkx


def as_network(graph: SystemGraph) -> networkx.MultiDiGraph[str]:
    """Units under their id, artifacts under `artifact:ID`; edges keyed by kind, with their site and whether they are declared."""
    import networkx

    network: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    for unit in graph.units.values():
        network.add_node(unit.id, kind=unit.kind, component=unit.component, roles=unit.roles)
    for artifact in graph.artifacts.values():
        network.add_node(f"artifact:{artifact.id}", kind=artifact.kind, klass=artifact.klass)
    for edge in graph.edges:
        network.add_edge(edge.source, edge.target, key=edge.kind, site=str(edge.site), declared=edge.declared)
    return network
