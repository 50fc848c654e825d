"""Hand-offs between two declared steps by a path that their pipeline does not name: the real graph is not the declared one. JGL002."""

from __future__ import annotations

from collections import defaultdict

from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Unit
from rules.artifact_names import IdentitySet
from rules.handoffs import Handoffs


def beside_the_pipeline(graph: SystemGraph) -> dict[str, list[DataEdge]]:
    """Reader → predictions that it takes from another step of a pipeline that declares data of both, but not these."""
    found: dict[str, list[DataEdge]] = defaultdict(list)
    handoffs = graph.once(Handoffs)
    declared = IdentitySet(declaration.artifact for declaration in handoffs.declarations)
    for edge in graph.data_edges:
        if "PREDICTION" not in (edge.writer.klass, edge.reader.klass) or "declaration" in (edge.writer.via, edge.reader.via):
            continue
        writer, reader = graph.units.get(edge.writer.unit), graph.units.get(edge.reader.unit)
        if edge.level < 2 or writer is None or reader is None or writer.path.rpartition("/")[0] == reader.path.rpartition("/")[0]:
            continue
        if edge.writer.declared or edge.reader.declared or declared.covers(edge.artifact) or _only_looks(graph, reader):
            continue
        if handoffs.declaration_of(writer) is not None and handoffs.declaration_of(reader) is not None:
            found[reader.path].append(edge)
    return dict(sorted(found.items()))


def _only_looks(graph: SystemGraph, unit: Unit) -> bool:
    module = graph.modules.get(unit.path)
    return module is None or module.is_excluded or module.is_notebook or "EVAL" in unit.roles
