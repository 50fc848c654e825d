"""A program that several steps run: its own lines list the alternatives, each step has what it makes the program access."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts

JOB = (
    "import argparse\nimport pandas as pd\np = argparse.ArgumentParser()\np.add_argument('--data', default='data/d.csv')\n"
    "p.add_argument('--out')\nargs = p.parse_args()\npd.read_csv('common.csv')\npd.read_csv(args.data).to_csv(args.out)\n"
)


def of_units(texts: dict[str, str]) -> dict[str, list[tuple[str, str | None]]]:
    found: dict[str, list[tuple[str, str | None]]] = {}
    for access in graph_of_texts(texts).accesses:
        if access.borrowed:
            found.setdefault(access.unit, []).append((access.op, access.artifact))
    return found


def test_one_step_says_all_at_the_program() -> None:
    assert of_units({"job.py": JOB, "Makefile": "a:\n\tpython job.py --data a.csv --out b.csv\n"}) == {}


def test_steps_that_pass_the_same_are_not_told_apart() -> None:
    texts = {"job.py": JOB, "Makefile": "a:\n\tpython job.py --out b.csv\nb:\n\tpython job.py --out b.csv\n"}
    assert of_units(texts) == {}


def test_each_step_has_its_own() -> None:
    texts = {"job.py": JOB, "Makefile": "a:\n\tpython job.py --out x.csv\nb:\n\tpython job.py --data b.csv --out y.csv\n"}
    assert of_units(texts) == {
        "Makefile::a": [("read", "data/d.csv"), ("write", "x.csv")],
        "Makefile::b": [("read", "b.csv"), ("write", "y.csv")],
    }
    graph = graph_of_texts(texts)
    own = [a.artifact for a in graph.accesses if a.site.path == "job.py" and a.op == "write"]
    assert own == ["x.csv", "y.csv"]
    assert all(len(artifact.writers) == 1 for artifact in graph.artifacts.values() if artifact.id in own)


def test_many_steps_are_bounded_at_the_program_and_whole_at_the_steps() -> None:
    recipe = "".join(f"t{n}:\n\tpython job.py --data in/{n}/x.csv --out out/{n}/y.csv\n" for n in range(20))
    texts = {"job.py": JOB, "Makefile": recipe}
    found = of_units(texts)
    assert found["Makefile::t13"] == [("read", "in/13/x.csv"), ("write", "out/13/y.csv")]
    assert [a.artifact for a in graph_of_texts(texts).accesses if a.site.path == "job.py" and a.op == "write"] == ["out/{…}/y.csv"]


# ---- parameters of stages and notebooks -------------------------------------------------------------------------------


def declared(dvc: str, params: str = "a: x.csv\nsets:\n  one:\n    path: one.csv\n  two:\n    path: two.csv\nnames: [p, q]\n") -> set[str]:
    return {d.artifact for d in graph_of_texts({"dvc.yaml": dvc, "params.yaml": params}).declarations}


@pytest.mark.parametrize(
    ("stage", "found"),
    [
        ("  s:\n    cmd: x\n    outs:\n    - d/${a}\n", {"d/x.csv"}),
        ("  s:\n    cmd: x\n    outs:\n    - d/${missing}\n", {"d/{missing}"}),
        ("  s:\n    cmd: x\n    outs:\n    - d/${names[1]}\n", {"d/q"}),
        ("  s:\n    foreach: ${sets}\n    do:\n      cmd: x\n      outs:\n      - d/${item.path}\n", {"d/one.csv", "d/two.csv"}),
        ("  s:\n    foreach: ${names}\n    do:\n      cmd: x\n      outs:\n      - d/${item}\n", {"d/p", "d/q"}),
        ("  s:\n    foreach: ${sets}\n    do:\n      cmd: x\n      outs:\n      - d/${key}\n", {"d/one", "d/two"}),
    ],
)
def test_values_of_parameter_files(stage: str, found: set[str]) -> None:
    assert declared(f"stages:\n{stage}") == found


def notebook(*cells: str) -> str:
    return json.dumps(
        {
            "cells": [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.mark.parametrize(
    ("runner", "found"),
    [
        ({}, "data/a.csv"),
        ({"run.sh": "papermill n.ipynb out.ipynb -p other 3\n"}, "data/a.csv"),
        ({"run.sh": "papermill n.ipynb out.ipynb -p source data/b.csv\n"}, "data/b.csv"),
        (
            {"go.py": "import papermill as pm\npm.execute_notebook('n.ipynb', 'o.ipynb', parameters={'source': 'data/b.csv'})\n"},
            "data/b.csv",
        ),
    ],
)
def test_parameters_of_a_notebook(runner: dict[str, str], found: str) -> None:
    texts = {"n.ipynb": notebook("source = 'data/a.csv'", "import pandas as pd\npd.read_csv(source)"), **runner}
    assert [a.artifact for a in graph_of_texts(texts).accesses if a.site.path == "n.ipynb"] == [found]
