"""The graph for other programs."""

from __future__ import annotations

import json
import re
from io import BytesIO

import networkx
import pytest

from analyzer.graph.network import as_network
from analyzer.scan import graph_of_texts
from reports.graph_export import FORMATS, graph_dot, graph_graphml

HOSTILE = 'da"ta\\n\\N<b>/\x1b]};x.csv'
TEXTS = {
    "a.py": f"import lib\nopen('raw.csv')\nopen({HOSTILE!r}, 'w')\n",
    "lib.py": "",
    "dvc.yaml": "stages:\n  a:\n    cmd: python a.py\n    deps: [raw.csv]\n",
}


def rendered(name: str, texts: dict[str, str]) -> str:
    graph = graph_of_texts(texts)
    return FORMATS[name](as_network(graph), graph, "1.2")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_order_of_files_changes_nothing(name: str) -> None:
    assert rendered(name, TEXTS) == rendered(name, dict(reversed(list(TEXTS.items()))))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_no_control_character_gets_out(name: str) -> None:
    assert re.search("[\x00-\x08\x0b-\x1f\x7f]", rendered(name, TEXTS)) is None


def test_json_holds_nodes_edges_and_components() -> None:
    body = json.loads(rendered("json", TEXTS))
    assert (body["schema_version"], body["tool"], body["repository"]) == (1, {"name": "mldebt", "version": "1.2"}, "example")
    nodes = {node["id"]: node for node in body["nodes"]}
    assert (nodes["a.py"]["type"], nodes["a.py"]["kind"], nodes["artifact:raw.csv"]["type"]) == ("unit", "script", "artifact")
    edge = next(e for e in body["edges"] if (e["from"], e["to"], e["kind"]) == ("artifact:raw.csv", "a.py", "reads"))
    assert (edge["path"], edge["line"], edge["declared"], edge["via"], edge["level"]) == ("a.py", 2, True, "literal", 3)
    assert {edge["kind"] for edge in body["edges"]} == {"reads", "writes", "imports", "invokes", "declares_read"}
    assert {component["id"] for component in body["components"]} == {node["component"] for node in body["nodes"] if "component" in node}
    assert {edge[end] for edge in body["edges"] for end in ("from", "to")} <= set(nodes)


def test_json_of_nothing_is_valid() -> None:
    body = json.loads(rendered("json", {}))
    assert (body["nodes"], body["edges"], body["components"]) == ([], [], [])


def strings(dot: str) -> list[str]:
    """The quoted strings of a DOT text, read as its grammar says: only \\" is an escape."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', dot)


def test_dot_is_quoted_so_that_no_name_can_end_its_string() -> None:
    dot = rendered("dot", TEXTS)
    left = re.sub(r'"(?:[^"\\]|\\.)*"', "Q", dot)
    statement = r"(digraph mldebt \{|\}|subgraph cluster_\d+ \{|rankdir=LR;|label=Q;|(node|edge) \[fontname=Q, fontsize=\d+\];|"
    statement += r"Q \[label=Q, shape=(box|note), tooltip=Q\];|Q -> Q \[label=Q, style=(solid|dashed|dotted), tooltip=Q\];)"
    assert [line for line in left.splitlines() if not re.fullmatch(r" *" + statement, line)] == []
    assert any(r"da\"ta/n/N<b>/\\x1b]};x.csv" in text for text in strings(dot))


def test_dot_tells_declared_from_undeclared() -> None:
    dot = rendered("dot", TEXTS)
    assert re.search(r'"artifact:raw.csv" -> "a.py" \[label="reads", style=solid', dot)
    assert re.search(r'"a.py" -> "artifact:da.*\[label="writes", style=dashed', dot)


def test_dot_of_nothing_is_a_graph() -> None:
    assert graph_dot(networkx.MultiDiGraph()).startswith("digraph mldebt {\n") and graph_dot(networkx.MultiDiGraph()).endswith("}\n")


def test_graphml_can_be_read_back() -> None:
    graph = graph_of_texts(TEXTS)
    network = as_network(graph)
    read = networkx.read_graphml(BytesIO(graph_graphml(network).encode()), force_multigraph=True)
    assert (len(read), read.number_of_edges()) == (len(network), network.number_of_edges())
    assert sorted(data["kind"] for _, _, data in read.edges(data=True)) == sorted(kind for _, _, kind in network.edges(keys=True))
    edges = {(a, b, data["kind"]): data for a, b, data in read.edges(data=True)}
    assert edges["artifact:raw.csv", "a.py", "reads"]["declared"] is True
    assert edges["artifact:raw.csv", "a.py", "reads"]["level"] == 3
    assert len({key for _, _, key in read.edges(keys=True)}) == read.number_of_edges()
