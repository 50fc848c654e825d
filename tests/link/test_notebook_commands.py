"""Python variables in the shell lines of notebooks."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts


def accesses(*cells: str) -> list[tuple[str, str | None]]:
    """(op, artifact) of each access of a notebook with these cells."""
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}, "nbformat": 4}
    return [(a.op, a.artifact) for a in graph_of_texts({"nb/x.ipynb": json.dumps(notebook)}).accesses]


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nDATA = os.listdir('x')[0]",
        "for DATA in rows:\n    pass",
        "def f(DATA):\n    pass",
        "import tempfile\nDATA = tempfile.mkdtemp()",
    ],
)
def test_an_unknown_value_stays_a_hole(cell: str) -> None:
    assert ("write", "gs://b/{DATA}/x.csv") in accesses(cell, "!gsutil cp - gs://b/$DATA/x.csv")


def test_an_expression_is_no_name() -> None:
    assert ("read", "nb/a.csv") not in accesses("FILES = 'a.csv b.csv'", "!gsutil cp {FILES.split()[1]} gs://b/x.csv")


@pytest.mark.parametrize("written", ["$DATA", "{DATA}", "${DATA}"])
def test_a_variable_of_an_earlier_cell(written: str) -> None:
    assert ("read", "nb/out/a.csv") in accesses("ROOT = 'out'", "DATA = f'{ROOT}/a.csv'", f"!gsutil cp {written} gs://b/x.csv")


def test_the_last_value_before_the_line_counts() -> None:
    assert ("read", "nb/b.csv") in accesses("D = 'a.csv'", "D = 'b.csv'", "!gsutil cp $D gs://b/x.csv", "D = 'c.csv'")


def test_an_attribute_and_a_hole_inside_a_value() -> None:
    cells = "class C:\n    out = 'gs://b'", "TARGET = 'runs/{}/m'.format(run_name)", "!gsutil cp -r model {C.out}/$TARGET"
    assert ("write", "gs://b/runs/{run_name}/m") in accesses(*cells)


def test_alternatives_become_what_they_have_in_common() -> None:
    found = accesses("if big:\n    D = 'data/big/a.csv'\nelse:\n    D = 'data/small/a.csv'", "!gsutil cp $D gs://b/x.csv")
    assert [name for op, name in found if op == "read"] == ["nb/data/{…}/a.csv"]
