"""Accesses of steps and notebooks: where they stand, what is counted."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

NOTEBOOK = (
    '{"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "import pandas as pd\\npd.read_csv(\'a.csv\')"},'
    ' {"cell_type": "code", "source": "!cp a.csv b.csv"}], "nbformat": 4}'
)


def found(texts: dict[str, str]) -> list[tuple[str, str, str | None, str, bool]]:
    return [(str(a.site), a.op, a.artifact, a.unit, a.declared) for a in graph_of_texts(texts).accesses]


@pytest.mark.parametrize("text", ["x > /dev/null\n", "cp {a} {b}\n", "cp $A $B\n", "echo a.csv\n"])
def test_commands_that_name_no_data(text: str) -> None:
    assert found({"run.sh": text}) == []


def test_a_cell_is_the_place_of_an_access() -> None:
    assert found({"n/a.ipynb": NOTEBOOK}) == [
        ("n/a.ipynb:cell 1:2", "read", "n/a.csv", "n/a.ipynb", False),
        ("n/a.ipynb:cell 2:1", "read", "n/a.csv", "n/a.ipynb", False),
        ("n/a.ipynb:cell 2:1", "write", "n/b.csv", "n/a.ipynb", False),
    ]


def test_commands_and_declarations_of_a_stage() -> None:
    text = "stages:\n  get:\n    cmd: cp raw/a.csv data/a.csv\n    deps: [raw/a.csv]\n    outs:\n      - data/a.csv\n"
    assert found({"dvc.yaml": text}) == [
        ("dvc.yaml:3", "read", "raw/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:3", "write", "data/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:4", "read", "raw/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:6", "write", "data/a.csv", "dvc.yaml::get", True),
    ]


def test_data_under_version_control_of_its_own() -> None:
    text = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: a.csv\n"
    assert found({"data/a.csv.dvc": text}) == [("data/a.csv.dvc:3", "write", "data/a.csv", "data/a.csv.dvc", True)]


def test_declarations_are_not_counted_as_accesses() -> None:
    graph = graph_of_texts({"dvc.yaml": "stages:\n  a:\n    cmd: python a.py\n    deps: [a.csv]\n", "a.py": "open('a.csv')\nopen(f())\n"})
    assert (graph.coverage.accesses, graph.coverage.resolved, graph.coverage.partly) == (2, 1, 0)


def test_tests_are_not_counted() -> None:
    assert graph_of_texts({"tests/test_a.py": "open('a.csv')\n"}).coverage.accesses == 0


def test_a_path_known_in_part_is_told() -> None:
    coverage = graph_of_texts({"a.py": "def f(run):\n    open(f'out/{run}/a.csv')\n"}).coverage
    assert (coverage.accesses, coverage.resolved, coverage.partly) == (1, 1, 1)


def test_a_file_of_a_url_is_no_file() -> None:
    (access,) = graph_of_texts({"a.py": "import pandas as pd\npd.read_csv('s3://b/a.csv')\n"}).accesses
    assert access.kind == "object"
