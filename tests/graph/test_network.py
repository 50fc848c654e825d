"""The graph as networkx sees it."""

from __future__ import annotations

from analyzer.graph.network import as_network, neighbourhood
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


def test_edges_tell_how_the_name_is_known_and_how_surely() -> None:
    texts = {"a.py": "OUT = 'data/a.csv'\nopen(OUT, 'w')\nfor n in names:\n    open(f'data/{n}.txt', 'w')\n"}
    edges = as_network(graph_of_texts(texts)).edges
    assert (edges["a.py", "artifact:data/a.csv", "writes"]["via"], edges["a.py", "artifact:data/a.csv", "writes"]["level"]) == (
        "constant",
        3,
    )
    assert edges["a.py", "artifact:data/{names[…]}.txt", "writes"]["level"] == 1


def test_two_names_of_one_artifact_are_joined() -> None:
    texts = {"a.py": "open('out/final/scores_2031.csv', 'w')\n", "b.py": "import sys\nopen(sys.argv[1] + '/final/scores_2031.csv')\n"}
    network = as_network(graph_of_texts(texts))
    (edge,) = [(a, b, data["level"]) for a, b, kind, data in network.edges(keys=True, data=True) if kind == "same_as"]
    assert edge == ("artifact:out/final/scores_2031.csv", "artifact:{argv[1]}/final/scores_2031.csv", 2)


CHAIN = {f"s{n}.py": f"import lib\nopen('d{n}.txt')\nopen('d{n + 1}.txt', 'w')\n" for n in range(5)} | {"lib.py": ""}


def test_a_neighbourhood_is_bounded_by_depth() -> None:
    network = as_network(graph_of_texts(CHAIN))
    assert set(neighbourhood(network, ["artifact:d2.txt"], 0)) == {"artifact:d2.txt"}
    assert set(neighbourhood(network, ["artifact:d2.txt"], 1)) == {"artifact:d2.txt", "s1.py", "s2.py"}
    assert {"lib.py", "artifact:d1.txt", "artifact:d3.txt"} <= set(neighbourhood(network, ["artifact:d2.txt"], 2))
    assert set(neighbourhood(network, ["nowhere"], 9)) == set()


def test_up_and_down_follow_the_data_only() -> None:
    network = as_network(graph_of_texts(CHAIN))
    up = {"artifact:d2.txt", "s1.py", "artifact:d1.txt", "s0.py", "artifact:d0.txt"}
    assert set(neighbourhood(network, ["artifact:d2.txt"], 99, "up")) == up
    assert set(neighbourhood(network, ["artifact:d4.txt"], 99, "down")) == {"artifact:d4.txt", "s4.py", "artifact:d5.txt"}
