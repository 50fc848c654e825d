"""A notebook that version control holds as a script too."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts

CODE = "import pandas as pd\n\npd.read_csv('raw/visits.csv').to_csv('made/visits.csv')\n"
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": CODE, "outputs": []}], "metadata": {}, "nbformat": 4})
PERCENT = f"# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n# ---\n\n# %%\n{CODE}"


def judged(texts: dict[str, str]) -> list[str]:
    return sorted(module.path for module in graph_of_texts(texts).living())


EXPORT = f"#!/usr/bin/env python\n# coding: utf-8\n\n# Visits\n{CODE}"


@pytest.mark.parametrize("script", [PERCENT, f"# %%\n{CODE}", f"# In[ ]:\n\n{CODE}", EXPORT])
def test_its_export_is_no_unit_of_its_own(script: str) -> None:
    texts = {"01_visits.ipynb": NOTEBOOK, "01_visits.py": script}
    assert judged(texts) == ["01_visits.ipynb"]
    (writer,) = graph_of_texts(texts).artifacts["made/visits.csv"].writers
    assert writer.site.path == "01_visits.ipynb"


def test_a_script_without_a_notebook_or_without_cells_is_one() -> None:
    assert judged({"visits.py": PERCENT}) == ["visits.py"]
    assert judged({"visits.ipynb": NOTEBOOK, "visits.py": CODE}) == ["visits.ipynb", "visits.py"]


def test_what_is_run_or_imported_is_a_program() -> None:
    texts = {"visits.ipynb": NOTEBOOK, "visits.py": PERCENT}
    assert len(judged({**texts, "run.sh": "python visits.py\n"})) == 2
    assert len(judged({**texts, "train.py": "import visits\n"})) == 3
