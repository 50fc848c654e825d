"""The graph as networkx sees it."""

from __future__ import annotations

from analyzer.graph.network import as_network
from analyzer.scan import graph_of_texts

TEXTS = {
    "make.py": "import lib\nimport pandas as pd\ndf.to_csv('data/a.csv')\n",
    "train.py": "import pandas as pd\npd.read_csv('data/a.csv')\n",
    "lib.py": "",
    "dvc.yaml": "stages:\n  make:\n    cmd: python make.py\n    outs: [data/a.csv]\n",
}


def test_data_leads_from_writer_to_reader() -> None:
    import networkx

    network = as_network(graph_of_texts(TEXTS))
    assert networkx.shortest_path(network, "make.py", "train.py") == ["make.py", "artifact:data/a.csv", "train.py"]
    assert not networkx.has_path(network, "train.py", "make.py")


def test_edges_are_keyed_by_kind() -> None:
    network = as_network(graph_of_texts(TEXTS))
    assert {(a, b, kind): d["declared"] for a, b, kind, d in network.edges(keys=True, data=True)} == {
        ("make.py", "lib.py", "imports"): True,
        ("dvc.yaml::make", "make.py", "invokes"): True,
        ("dvc.yaml::make", "artifact:data/a.csv", "declares_write"): True,
        ("make.py", "artifact:data/a.csv", "writes"): True,
        ("artifact:data/a.csv", "train.py", "reads"): False,
    }


def test_nodes_carry_their_kind() -> None:
    nodes = as_network(graph_of_texts(TEXTS)).nodes
    assert (nodes["make.py"]["kind"], nodes["train.py"]["kind"], nodes["artifact:data/a.csv"]["kind"]) == ("script", "module", "file")


def test_an_empty_repository_is_an_empty_network() -> None:
    assert len(as_network(graph_of_texts({}))) == 0
