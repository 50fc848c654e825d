"""Ploomber's `pipeline.yaml`, and what scripts, notebooks and functions find of it."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

PIPELINE = """\
tasks:
  - source: scripts/load.py
    product: {nb: out/load.ipynb, data: out/data.csv}
    params: {url: https://example.org/a.csv}
  - source: scripts/fit.py
    product: {nb: out/fit.ipynb, model: 'out/[[kind]]/m.pkl'}
  - source: tasks.score
    product: '{{root}}/scores.csv'
  - {source: scripts/report.sql, product: [schema, name, table], upstream: [load]}
"""
SOURCES = {
    "p/scripts/load.py": "upstream = None\nproduct = None\nurl = None\nimport pandas as pd\npd.read_csv(url).to_csv(product['data'])\n",
    "p/scripts/fit.py": "upstream = ['load', 'gone']\nproduct = None\nimport pandas as pd, joblib\n"
    "frame = pd.read_csv(upstream['load']['data'])\njoblib.dump(frame, product['model'])\n",
    "p/tasks.py": "import pandas as pd\n\ndef score(product, upstream):\n    pd.read_csv(upstream['load']['data']).to_csv(product)\n",
}


def scanned(pipeline: str = PIPELINE, **changed: str) -> SystemGraph:
    return graph_of_texts({"p/pipeline.yaml": pipeline, **SOURCES, **changed})


def found(graph: SystemGraph, path: str) -> list[tuple[str, str | None, bool]]:
    return sorted(((a.op, a.artifact, a.declared) for a in graph.accesses if a.site.path == path and not a.borrowed), key=str)


@pytest.mark.parametrize(
    "text",
    ["tasks: []", "tasks: x", "tasks: [{source: a.py}]", "tasks: [{name: a, product: b}]", "job: {tasks: [{source: a}]}", "tasks: [a, b]"],
)
def test_other_files_with_tasks(text: str) -> None:
    assert scanned(text).declarations == []


def test_products_are_declared() -> None:
    declared = {(d.unit.rpartition("::")[2], d.op, d.artifact) for d in scanned().declarations}
    assert declared == {
        ("load", "write", "p/out/load.ipynb"), ("load", "write", "p/out/data.csv"),
        ("fit", "read", "p/out/load.ipynb"), ("fit", "read", "p/out/data.csv"),
        ("fit", "write", "p/out/fit.ipynb"), ("fit", "write", "p/out/{kind}/m.pkl"),
        ("score", "read", "p/out/load.ipynb"), ("score", "read", "p/out/data.csv"), ("score", "write", "{root}/scores.csv"),
        ("report", "read", "p/out/load.ipynb"), ("report", "read", "p/out/data.csv"),
    }  # fmt: skip


def test_sources_find_products_upstream_and_parameters() -> None:
    graph = scanned()
    assert found(graph, "p/scripts/load.py") == [("read", "https://example.org/a.csv", False), ("write", "p/out/data.csv", True)]
    assert found(graph, "p/scripts/fit.py") == [("read", "p/out/data.csv", True), ("write", "p/out/{kind}/m.pkl", True)]
    assert found(graph, "p/tasks.py") == [("read", "p/out/data.csv", True), ("write", "{root}/scores.csv", True)]
    assert ("p/scripts/load.py", "p/scripts/fit.py") in graph.orders


def test_without_a_pipeline_nothing_is_there() -> None:
    graph = graph_of_texts(SOURCES)
    assert {artifact for path in SOURCES for _, artifact, _ in found(graph, path)} == {None}
