import pytest

from analyzer.read.configuration_facts import CatalogEntry, CatalogFacts, ConfigFacts
from analyzer.read.dispatch import read_facts
from analyzer.read.facts import Unreadable

PATH = "conf/base/catalog.yml"


def entries(text: str, path: str = PATH) -> dict[str, CatalogEntry]:
    facts, _ = read_facts("config", path, text.encode())
    assert isinstance(facts, ConfigFacts), facts
    assert facts.declared is None or isinstance(facts.declared, CatalogFacts)
    return {entry.name: entry for entry in facts.declared.entries} if facts.declared else {}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (PATH, ""),
        (PATH, "a: 1"),
        (PATH, "_base:\n  type: pandas.CSVDataset\n  filepath: data/x.csv"),
        (PATH, "books:\n  type: fiction\n  path: shelf/3"),
        (PATH, "- type: pandas.CSVDataset\n  filepath: data/x.csv"),
        ("conf/base/parameters.yml", "a:\n  type: pandas.CSVDataset\n  filepath: data/x.csv"),
    ],
)
def test_no_catalog(path: str, text: str) -> None:
    assert entries(text, path) == {}


def test_broken_or_templated_is_told() -> None:
    assert isinstance(read_facts("config", PATH, b"a: [")[0], Unreadable)
    told = read_facts("config", PATH, b"{% for x in y %}\na_{{ x }}:\n  type: pandas.CSVDataset\n{% endfor %}")[0]
    assert isinstance(told, Unreadable) and "template" in told.reason


def test_a_file_and_its_line() -> None:
    text = """\
# cars
cars:
  type: pandas.CSVDataset
  filepath: data/01_raw/cars.csv
  layer: raw
  versioned: true
  credentials: secret
older:
  type: kedro.extras.datasets.pickle.PickleDataSet
  filepath: ${base}/model.pkl
  metadata: {kedro-viz: {layer: models}}
"""
    found = entries(text)
    assert found["cars"] == CatalogEntry("cars", "pandas.CSVDataset", "data/01_raw/cars.csv", "file", 4, "raw", True)
    assert (found["older"].location, found["older"].line, found["older"].layer) == ("${base}/model.pkl", 10, "models")


def test_templates_by_anchor() -> None:
    text = """\
_csv: &csv
  type: pandas.CSVDataset
  filepath: data/none.csv
a:
  <<: *csv
  filepath: data/a.csv
b:
  <<: *csv
"""
    assert {name: (entry.location, entry.line) for name, entry in entries(text).items()} == {
        "a": ("data/a.csv", 6),
        "b": ("data/none.csv", 3),
    }


@pytest.mark.parametrize(
    ("body", "kind", "location"),
    [
        ("type: partitions.PartitionedDataset\n  path: data/parts/\n  dataset: pandas.CSVDataset", "file", "data/parts/"),
        ("type: pandas.SQLTableDataset\n  table_name: scores\n  load_args: {schema: out}", "table", "out.scores"),
        ("type: pandas.GBQTableDataset\n  dataset: sales\n  table_name: daily\n  project: p", "table", "p.sales.daily"),
        ("type: spark.SparkHiveDataset\n  database: d\n  table: t", "table", "d.t"),
        ("type: kedro_mlflow.io.models.MlflowModelRegistryDataset\n  model_name: churn", "model", "model:churn"),
        ("type: huggingface.HFDataset\n  dataset_name: imdb", "dataset", "dataset:imdb"),
        ("type: api.APIDataset\n  url: https://x.org/a.json", "other", "https://x.org/a.json"),
        ("type: CachedDataset\n  dataset:\n    type: pandas.CSVDataset\n    filepath: data/c.csv", "file", "data/c.csv"),
        (
            "type: kedro_mlflow.io.artifacts.MlflowArtifactDataset\n  dataset:\n    type: pickle.PickleDataset\n    filepath: data/m.pkl",
            "file",
            "data/m.pkl",
        ),
        ("type: MemoryDataset", "file", ""),
        ("type: pandas.SQLQueryDataset\n  sql: SELECT 1", "file", ""),
    ],
)
def test_kinds_of_datasets(body: str, kind: str, location: str) -> None:
    entry = entries(f"x:\n  {body}\n")["x"]
    assert (entry.kind, entry.location) == (kind, location)


def test_a_catalog_may_be_spread_over_a_folder() -> None:
    assert set(entries("x:\n  type: pandas.CSVDataset\n  filepath: a.csv", "conf/base/catalog/raw/cars.yml")) == {"x"}
