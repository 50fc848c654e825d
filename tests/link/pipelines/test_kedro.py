"""Kedro: nodes with the datasets that they take and give, namespaces, and code that asks the catalog."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

CATALOG = """
raw:
  type: pandas.CSVDataset
  filepath: data/01_raw/raw.csv
clean:
  type: pandas.ParquetDataset
  filepath: data/02_clean/clean.parquet
eu.clean:
  type: pandas.ParquetDataset
  filepath: data/02_clean/eu.parquet
"""
NODES = "def clean_up(raw):\n    return raw\n\ndef train(clean, rate):\n    return 1\n"
PIPELINE = """
from kedro.pipeline import {imported}
from .nodes import clean_up, train

def create_pipeline(**kwargs):
    return {imported}(
        [
            node(
                func=clean_up,
                inputs="raw",
                outputs="clean",
                name="clean_up",
            ),
            node(
                train,
                ["clean",
                 "params:rate"],
                dict(model="model"),
            ),
        ]{more}
    )
"""


def graph(**files: str) -> SystemGraph:
    texts = {"conf/base/catalog.yml": CATALOG, "src/p/nodes.py": NODES, "src/p/__init__.py": ""}
    return graph_of_texts({**texts, **{name.replace("__", "/"): text for name, text in files.items()}})


def pipeline(imported: str = "node, pipeline", name: str = "pipeline", more: str = "") -> SystemGraph:
    text = PIPELINE.replace("import {imported}", f"import {imported}").replace("return {imported}", f"return {name}")
    return graph_of_texts(
        {
            "conf/base/catalog.yml": CATALOG,
            "src/p/__init__.py": "",
            "src/p/nodes.py": NODES,
            "src/p/pipeline.py": text.replace("{more}", more),
        }
    )


def declared(found: SystemGraph) -> list[tuple[str, str, str, int]]:
    return [(d.unit.partition("::")[2], d.op, d.artifact, d.site.line) for d in found.declarations if d.mechanism == "kedro"]


@pytest.mark.parametrize(
    "text",
    [
        "def node(f, i, o):\n    pass\n\nnode(print, 'raw', 'clean')\n",
        "import kedro\nfrom graphs import node\nnode(print, 'raw', 'clean')\n",
        "import kedro\n",
    ],
)
def test_what_is_no_node(text: str) -> None:
    assert declared(graph_of_texts({"conf/base/catalog.yml": CATALOG, "a.py": text})) == []


@pytest.mark.parametrize(("imported", "name"), [("node, pipeline", "pipeline"), ("node, Pipeline", "Pipeline")])
def test_nodes_declare_the_datasets_of_the_catalog_on_their_lines(imported: str, name: str) -> None:
    found = pipeline(imported, name)
    assert declared(found) == [
        ("clean_up", "read", "data/01_raw/raw.csv", 10),
        ("clean_up", "write", "data/02_clean/clean.parquet", 11),
        ("train", "read", "data/02_clean/clean.parquet", 16),
        ("train", "write", "kedro:model", 18),
    ]
    assert [(e.source, e.target) for e in found.edges if e.kind == "invokes"] == [
        ("src/p/pipeline.py::clean_up", "src/p/nodes.py"),
        ("src/p/pipeline.py::train", "src/p/nodes.py"),
    ]


def test_a_namespace_names_every_dataset_that_is_not_kept() -> None:
    found = pipeline(more=', namespace="eu", inputs="raw"')
    assert [entry[:3] for entry in declared(found)] == [
        ("eu.clean_up", "read", "data/01_raw/raw.csv"),
        ("eu.clean_up", "write", "data/02_clean/eu.parquet"),
        ("eu.train", "read", "data/02_clean/eu.parquet"),
        ("eu.train", "write", "kedro:eu.model"),
    ]


def test_one_pipeline_in_two_namespaces_is_two() -> None:
    text = (
        "from kedro.pipeline.modular_pipeline import pipeline\nfrom kedro.pipeline import node\nfrom p.nodes import clean_up\n"
        "base = pipeline([node(clean_up, 'a', 'clean')])\n"
        "x = pipeline(pipe=base, namespace='eu', inputs={'a': 'raw'})\ny = pipeline(pipe=base, namespace='us', inputs={'a': 'raw'})\n"
    )
    found = graph(src__q=" ", **{"src__both.py": text})
    assert [entry[:3] for entry in declared(found)] == [
        ("eu.clean_up", "read", "data/01_raw/raw.csv"),
        ("eu.clean_up", "write", "data/02_clean/eu.parquet"),
        ("us.clean_up", "read", "data/01_raw/raw.csv"),
        ("us.clean_up", "write", "kedro:us.clean"),
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("catalog.load('raw')", [("read", "data/01_raw/raw.csv")]),
        ("context.catalog.load('raw')", [("read", "data/01_raw/raw.csv")]),
        ("catalog.save('clean', df)", [("write", "data/02_clean/clean.parquet")]),
        ("catalog['raw'].load()", [("read", "data/01_raw/raw.csv")]),
        ("catalog.load('unheard_of')", []),
        ("shop.load('raw')", []),
        ("catalog.load(name)", []),
    ],
)
def test_code_asks_the_catalog_by_name(line: str, wanted: list[tuple[str, str]]) -> None:
    found = graph(**{"src__p__look.py": f"{line}\n"})
    assert [(a.op, a.artifact) for a in found.accesses if a.site.path == "src/p/look.py"] == wanted
