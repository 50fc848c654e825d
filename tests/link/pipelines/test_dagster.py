"""Dagster: assets and what they come from, where I/O managers keep them, ops in graphs, notebooks and code that ask for assets."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts


def declared(found: SystemGraph) -> list[tuple[str, str, str]]:
    return sorted((d.unit.partition("::")[2], d.op, d.artifact) for d in found.declarations if d.mechanism == "dagster")


def graph(text: str, **more: str) -> SystemGraph:
    return graph_of_texts({"p/__init__.py": "", "p/assets.py": text, **more})


@pytest.mark.parametrize(
    "text",
    [
        "def asset(f):\n    return f\n\n@asset\ndef sales():\n    pass\n",
        "import dagster\nfrom mine import asset\n\n@asset\ndef sales():\n    pass\n",
        "from dagster import asset\n\ndef sales():\n    pass\n",
        "from dagster import asset_check\n\n@asset_check(asset='x')\ndef sales():\n    pass\n",
    ],
)
def test_what_is_no_asset(text: str) -> None:
    assert declared(graph(text)) == []


def test_parameters_that_name_assets_are_where_an_asset_comes_from() -> None:
    text = (
        "from dagster import asset, Config\nclass Settings(Config):\n    x: int = 1\n\n@asset\ndef raw():\n    return 1\n\n"
        "@asset\ndef clean(context, raw, config: Settings, warehouse):\n    return raw\n"
    )
    assert declared(graph(text)) == [
        ("clean", "read", "dagster:raw"),
        ("clean", "write", "dagster:clean"),
        ("raw", "write", "dagster:raw"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        "deps=['raw']",
        "deps=[AssetKey('raw')]",
        "deps=[AssetKey(['raw'])]",
        "deps=[raw]",
        "non_argument_deps={'raw'}",
        "ins={'x': AssetIn('raw')}",
        "ins={'x': AssetIn(key='raw')}",
        "ins={'raw': AssetIn()}",
        "deps=[AssetDep('raw')]",
    ],
)
def test_ways_to_say_where_an_asset_comes_from(arguments: str) -> None:
    text = (
        "from dagster import asset, AssetKey, AssetIn, AssetDep\n@asset\ndef raw():\n    return 1\n\n"
        f"@asset({arguments})\ndef clean(x=None):\n    return 1\n"
    )
    assert [entry for entry in declared(graph(text)) if entry[1] == "read"] == [("clean", "read", "dagster:raw")]


@pytest.mark.parametrize(
    ("decorator", "key"),
    [
        ("asset(name='shop')", "shop"),
        ("asset(key=['a', 'shop'])", "a/shop"),
        ("asset(key=AssetKey(['a', 'shop']))", "a/shop"),
        ("asset(key_prefix='a')", "a/sales"),
        ("asset(key_prefix=['a', 'b'])", "a/b/sales"),
    ],
)
def test_an_asset_may_be_called_otherwise_than_its_function(decorator: str, key: str) -> None:
    text = f"from dagster import asset, AssetKey\n@{decorator}\ndef sales():\n    return 1\n"
    assert [artifact for _, _, artifact in declared(graph(text))] == [f"dagster:{key}"]


MANY = """
from dagster import multi_asset, AssetOut, Definitions, UPathIOManager
from upath import UPath

class Parquet(UPathIOManager):
    extension: str = ".parquet"

@multi_asset(
    outs={
        "people": AssetOut(io_manager_key="lake"),
        "other": AssetOut(),
    }
)
def load():
    return 1, 2

defs = Definitions(resources={"lake": Parquet(base_path=UPath("gs://lake/v1"))} | more)
"""


def test_the_manager_of_an_output_tells_where_it_is_kept() -> None:
    found = graph(MANY)
    assert declared(found) == [("load", "write", "dagster:other"), ("load", "write", "gs://lake/v1/people.parquet")]
    assert sorted(d.site.line for d in found.declarations) == [10, 11]


@pytest.mark.parametrize(
    ("manager", "place"),
    [
        ("FilesystemIOManager(base_dir='data/assets')", "data/assets/sales"),
        ("fs_io_manager.configured({'base_dir': 'data/assets'})", "data/assets/sales"),
        ("S3PickleIOManager(s3_resource=1, s3_bucket='b', s3_prefix='p')", "s3://b/p/sales"),
        ("S3PickleIOManager(s3_resource=1, s3_bucket='b')", "s3://b/dagster/sales"),
        ("BigQueryPandasIOManager(project='p', dataset='d')", "p.d.sales"),
        ("FilesystemIOManager()", "dagster:sales"),
        ("Unheard()", "dagster:sales"),
    ],
)
def test_managers_of_the_library(manager: str, place: str) -> None:
    text = (
        "from dagster import asset, Definitions, FilesystemIOManager, fs_io_manager\nfrom dagster_aws.s3 import S3PickleIOManager\n"
        "from dagster_gcp_pandas import BigQueryPandasIOManager\n@asset\ndef sales():\n    return 1\n"
        f"defs = Definitions(assets=[sales], resources={{'io_manager': {manager}}})\n"
    )
    assert [artifact for _, _, artifact in declared(graph(text))] == [place]


def test_two_managers_under_one_key_tell_nothing() -> None:
    text = (
        "from dagster import asset, Definitions, FilesystemIOManager\n@asset\ndef sales():\n    return 1\n"
        "a = Definitions(resources={'io_manager': FilesystemIOManager(base_dir='a')})\n"
        "b = Definitions(resources={'io_manager': FilesystemIOManager(base_dir='b')})\n"
    )
    assert [artifact for _, _, artifact in declared(graph(text))] == ["dagster:sales"]


def test_a_factory_makes_one_asset_a_call() -> None:
    text = (
        "from dagster import asset\ndef make(name):\n    @asset(name=name)\n    def _made():\n        return 1\n    return _made\n\n"
        "a = make('one')\nb = make('two')\n"
    )
    assert declared(graph(text)) == [("one", "write", "dagster:one"), ("two", "write", "dagster:two")]


def test_code_asks_for_assets_by_name() -> None:
    text = "from dagster import asset\n@asset\ndef sales():\n    return 1\n"
    look = "from p import defs\nx = defs.load_asset_value('sales')\ny = defs.load_asset_value('unheard_of')\n"
    found = graph(text, **{"look.py": look})
    assert [(a.op, a.artifact) for a in found.accesses if a.site.path == "look.py"] == [("read", "dagster:sales")]


def test_ops_are_put_in_order_by_the_graph_that_calls_them() -> None:
    texts = {
        "p/a.py": "from dagster import op\n@op\ndef first():\n    return 1\n",
        "p/b.py": "from dagster import op\n@op\ndef second(x):\n    return 1\n",
        "p/job.py": "from dagster import job\nfrom p.a import first\nfrom p.b import second\n@job\ndef run():\n    second(first())\n",
        "p/__init__.py": "",
    }
    assert graph_of_texts(texts).orders == {("p/a.py", "p/b.py")}


def test_a_notebook_may_be_an_asset() -> None:
    text = (
        "from dagster import asset, AssetIn, file_relative_path\nfrom dagstermill import define_dagstermill_asset\n"
        "@asset\ndef raw():\n    return 1\n"
        "x = define_dagstermill_asset(name='look', notebook_path=file_relative_path(__file__, 'look.ipynb'), ins={'raw': AssetIn()})\n"
    )
    found = graph(text, **{"p/look.ipynb": '{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'})
    assert ("look", "read", "dagster:raw") in declared(found)
    assert ("p/assets.py::look", "p/look.ipynb") in [(e.source, e.target) for e in found.edges if e.kind == "invokes"]
