"""Questions about one artifact or unit."""

from __future__ import annotations

import json

import pytest

from analyzer.graph.lineage import Lineage, artifacts_named, flow_of, lineage_of, nearest_names
from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts
from analyzer.settings import settings_of

NOTEBOOK = "import pandas as pd\npd.read_parquet('data/clean/events.parquet')"
TEXTS = {
    "jobs/make.py": "import pandas as pd\nframe = pd.read_csv('data/raw/events.csv')\nframe.to_parquet('data/clean/events.parquet')\n",
    "jobs/train.py": "import pandas as pd\nframe = pd.read_parquet('data/clean/events.parquet')\nopen(unknown)\n",
    "serve/app.py": "import sys\nimport pandas as pd\npd.read_parquet(sys.argv[1] + '/clean/events.parquet')\n",
    "notes.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": NOTEBOOK}]}),
    "dvc.yaml": "stages:\n  make:\n    cmd: python jobs/make.py\n    deps: [data/raw]\n    outs: [data/clean/events.parquet]\n",
}


@pytest.fixture(scope="module")
def graph() -> SystemGraph:
    return graph_of_texts(TEXTS)


def named(graph: SystemGraph, asked: str) -> list[str]:
    return [artifact.id for artifact in artifacts_named(graph, asked)]


def lineage(graph: SystemGraph, asked: str) -> Lineage:
    (artifact,) = artifacts_named(graph, asked)
    return lineage_of(graph, artifact)


@pytest.mark.parametrize("asked", ["nothing.csv", "vents.csv", "data/raw/events", "make.py:1", "", "/", "*.npy", "[", "{x}"])
def test_what_is_not_there_is_not_found(graph: SystemGraph, asked: str) -> None:
    assert named(graph, asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        "data/raw/events.csv",
        "./data/raw/events.csv",
        "artifact:data/raw/events.csv",
        "events.csv",
        "raw/events.csv",
        "*.csv",
        "data/*/*.csv",
    ],
)
def test_an_artifact_is_named_by_identity_path_end_or_glob(graph: SystemGraph, asked: str) -> None:
    assert named(graph, asked) == ["data/raw/events.csv"]


def test_an_identity_comes_before_names_that_end_like_it() -> None:
    graph = graph_of_texts({"a.py": "open('x.csv')\nopen('old/x.csv')\n"})
    assert named(graph, "x.csv") == ["x.csv"]


def test_a_concrete_path_finds_the_pattern_that_may_be_it() -> None:
    graph = graph_of_texts({"a.py": "def f(year):\n    open(f'data/{year}/train.csv')\n"})
    assert named(graph, "data/2031/train.csv") == ["data/{year}/train.csv"]
    assert named(graph, "data/2031/test.csv") == []


def test_names_with_a_prefix_are_found_without_it() -> None:
    graph = graph_of_texts({"a.py": "from transformers import AutoModel\nAutoModel.from_pretrained('org/small-model')\n"})
    assert named(graph, "org/small-model") == named(graph, "model:org/small-model") != []


def test_the_nearest_names_are_offered(graph: SystemGraph) -> None:
    assert nearest_names(graph, "event.csv") == ["data/raw/events.csv"]
    assert "jobs/train.py" in nearest_names(graph, "trian.py")
    assert nearest_names(graph, "qqqq") == []


def test_who_writes_and_reads_and_how_surely(graph: SystemGraph) -> None:
    found = lineage(graph, "data/clean/events.parquet")
    assert [(str(use.access.site), use.level, use.access.declared) for use in found.writers] == [("jobs/make.py:3", 3, True)]
    assert {(str(use.access.site), use.level) for use in found.readers} == {
        ("jobs/train.py:2", 3),
        ("notes.ipynb:cell 0:2", 3),
        ("serve/app.py:3", 2),
    }


def test_what_is_only_declared_is_no_observed_use(graph: SystemGraph) -> None:
    found = lineage(graph, "data/clean/events.parquet")
    assert [(entry.op, str(entry.site), entry.mechanism) for entry in found.declarations] == [("write", "dvc.yaml:5", "dvc")]
    assert all(use.access.via != "declaration" for use in (*found.writers, *found.readers))


def test_a_declared_folder_holds_the_artifact(graph: SystemGraph) -> None:
    assert [entry.artifact for entry in lineage(graph, "events.csv").declarations] == ["data/raw"]


def test_a_folder_names_what_is_inside() -> None:
    graph = graph_of_texts({"a.py": "import os\nos.listdir('data')\nopen('data/a.txt')\nopen('database.txt')\n"})
    assert [artifact.id for artifact in lineage(graph, "data").below] == ["data/a.txt"]


def test_unresolved_accesses_of_the_same_units_are_near(graph: SystemGraph) -> None:
    found = lineage(graph, "data/clean/events.parquet")
    assert [str(access.site) for access in found.unresolved] == ["jobs/train.py:3"]
    assert lineage(graph, "events.csv").unresolved == ()


def test_a_name_known_in_part_may_be_it() -> None:
    texts = {
        "a.py": "open('out/final_scores.csv', 'w')\n",
        "b.py": "def f(folder):\n    open(folder + '/final_scores.csv')\n    open(folder + '/x.csv')\n",
    }
    found = lineage(graph_of_texts(texts), "out/final_scores.csv")
    assert [str(access.site) for access in found.possible] == ["b.py:2"]


def test_a_contract_declares() -> None:
    settings = settings_of({"contract": [{"artifact": "out/*.csv", "producer": "a", "consumers": ["b", "c"]}]}, "test")
    found = lineage(graph_of_texts({"a.py": "open('out/x.csv', 'w')\n"}, settings), "out/x.csv")
    assert found.contracts == (("a", ("b", "c")),)


def test_the_flow_of_a_unit(graph: SystemGraph) -> None:
    flow = flow_of(graph, "jobs/train.py")
    assert flow is not None and flow.units == ("jobs/train.py",)
    assert ([a.artifact for a in flow.reads], flow.writes) == (["data/clean/events.parquet"], ())
    assert [str(access.site) for access in flow.unresolved] == ["jobs/train.py:3"]


def test_the_flow_of_a_file_is_that_of_its_steps(graph: SystemGraph) -> None:
    flow, step = flow_of(graph, "dvc.yaml"), flow_of(graph, "dvc.yaml::make")
    assert flow is not None and step is not None
    assert flow.units == step.units == ("dvc.yaml::make",)
    assert flow_of(graph, "jobs/gone.py") is None
