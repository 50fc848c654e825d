"""The system graph for other programs: JSON, DOT (Graphviz) and GraphML. Text of the repository is made inert; the order is fixed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from analyzer.graph.system import SystemGraph
from reports.wording import visible

if TYPE_CHECKING:
    import networkx

    Network = networkx.MultiDiGraph[str]

SCHEMA_VERSION = 1


def graph_json(network: Network, graph: SystemGraph, version: str) -> str:
    """`nodes` (`type` unit or artifact), `edges` (`from`, `to`, `kind`) and `components`, one record a line."""
    components = sorted({data["component"] for _, data in network.nodes(data=True) if data.get("component")})
    parts = {
        "nodes": [_record(id=node, **data) for node, data in _nodes(network)],
        "edges": [_record(**{"from": source, "to": target}, kind=kind, **data) for source, target, kind, data in _edges(network)],
        "components": [
            _record(id=name, project=graph.components[name].project, source=graph.components[name].source)
            for name in components
            if name in graph.components
        ],
    }
    tool = json.dumps({"name": "mldebt", "version": version})
    head = f'{{\n"schema_version": {SCHEMA_VERSION},\n"tool": {tool},\n"repository": {json.dumps(graph.name)}'
    lists = (f',\n"{name}": [' + ("\n" + ",\n".join(records) + "\n" if records else "") + "]" for name, records in parts.items())
    return head + "".join(lists) + "\n}\n"


def _record(**fields: Any) -> str:
    renamed = {"class" if name == "klass" else name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
    return json.dumps({name: value for name, value in renamed.items() if value not in ("", [])})


def _nodes(network: Network) -> list[tuple[str, dict[str, Any]]]:
    return [(node, dict(network.nodes[node])) for node in sorted(network)]


def _edges(network: Network) -> list[tuple[str, str, str, dict[str, Any]]]:
    return sorted(network.edges(keys=True, data=True), key=lambda edge: edge[:3])


# ---- DOT --------------------------------------------------------------------------------------------------------------------


def graph_dot(network: Network) -> str:
    """A digraph with a cluster for each component. Source: https://graphviz.org/doc/info/lang.html."""
    return "\n".join(_dot(network)) + "\n"


def _dot(network: Network) -> Iterator[str]:
    yield "digraph mldebt {"
    yield "  rankdir=LR;"
    yield '  node [fontname="Helvetica", fontsize=10];'
    yield '  edge [fontname="Helvetica", fontsize=8];'
    by_component: dict[str, list[str]] = {}
    for node, data in _nodes(network):
        by_component.setdefault(data.get("component") or "", []).append(f"{_quoted(node)} {_look(node, data)};")
    for number, (component, lines) in enumerate(sorted(by_component.items())):
        if component:
            yield f"  subgraph cluster_{number} {{"
            yield f"    label={_quoted(component)};"
            yield from (f"    {line}" for line in lines)
            yield "  }"
        else:
            yield from (f"  {line}" for line in lines)
    for source, target, kind, data in _edges(network):
        is_data = kind in ("reads", "writes")
        style = "solid" if data.get("declared") or kind.startswith("declares") else "dashed" if is_data else "dotted"
        site = _quoted(str(data.get("site", "")))
        yield f"  {_quoted(source)} -> {_quoted(target)} [label={_quoted(kind)}, style={style}, tooltip={site}];"
    yield "}"


def _look(node: str, data: dict[str, Any]) -> str:
    shape = {"artifact": "note"}.get(str(data.get("type")), "box")
    return f"[label={_quoted(node.removeprefix('artifact:'))}, shape={shape}, tooltip={_quoted(str(data.get('kind', '')))}]"


def _quoted(text: str) -> str:
    # In a quoted string only \" is special, but labels give \n, \N, \G … a meaning: every backslash is doubled.
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


# ---- GraphML ----------------------------------------------------------------------------------------------------------------


def graph_graphml(network: Network) -> str:
    """GraphML as networkx writes it, with an id of its own for every edge. Source: http://graphml.graphdrawing.org/specification.html."""
    from io import BytesIO

    import networkx

    plain: Network = networkx.MultiDiGraph()
    for node, data in _nodes(network):
        plain.add_node(visible(node), **_attributes(data))
    for number, (source, target, kind, data) in enumerate(_edges(network)):
        plain.add_edge(visible(source), visible(target), key=f"e{number}", kind=kind, **_attributes(data))
    stream = BytesIO()
    networkx.write_graphml_xml(plain, stream, encoding="utf-8", prettyprint=True)
    return stream.getvalue().decode("utf-8") + "\n"


def _attributes(data: dict[str, Any]) -> dict[str, Any]:
    """What GraphML can hold: numbers, booleans and text without control characters."""
    made: dict[str, Any] = {}
    for name, value in data.items():
        is_text = not isinstance(value, (bool, int))
        text = ", ".join(value) if isinstance(value, tuple) else str(value)
        made["class" if name == "klass" else name] = visible(text) if is_text else value
    return made


Writer = Callable[["Network", SystemGraph, str], str]
FORMATS: dict[str, Writer] = {
    "json": graph_json,
    "dot": lambda network, _graph, _version: graph_dot(network),
    "graphml": lambda network, _graph, _version: graph_graphml(network),
}
SUFFIXES = {".json": "json", ".dot": "dot", ".gv": "dot", ".graphml": "graphml"}
