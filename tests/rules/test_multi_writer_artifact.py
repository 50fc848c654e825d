"""JGL005: writers that are one, or that nobody reads after; then several of one artifact."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from rules.multi_writer_artifact import MultiWriterArtifact

READER = {"train.py": 'import pandas as pd\n\npd.read_csv("data/clients.csv")\n'}


def write(path="data/clients.csv", more=""):
    return f'import pandas as pd\n\nframe = pd.read_csv("raw.csv")\nframe.to_csv("{path}"{more})\n'


def found(texts):
    return list(MultiWriterArtifact().check(graph_of_texts(texts)))


def test_without_a_reader_nobody_is_misled():
    assert found({"crm.py": write(), "shop.py": write()}) == []


def test_writers_that_one_program_runs_are_its_choice():
    run = "import sys\nimport crm\nimport shop\n"
    assert found({"crm.py": write(), "shop.py": write(), "run.py": run, **READER}) == []


def test_a_function_that_several_programs_call_is_one_writer():
    lib = "import pandas as pd\n\n\ndef store(frame):\n    frame.to_csv('data/clients.csv')\n"
    calls = "import lib\n\nlib.store(1)\n"
    assert found({"lib.py": lib, "crm.py": calls, "shop.py": calls, **READER}) == []


def test_appending_adds():
    assert found({"crm.py": write(more=', mode="a"'), "shop.py": write(more=', mode="a"'), **READER}) == []


@pytest.mark.parametrize("twin", ["crm.ipynb", "crm_v2.py", "old/crm.py"])
def test_twins_are_one_step(twin):
    text = write()
    if twin.endswith(".ipynb"):
        import json

        text = json.dumps({"cells": [{"cell_type": "code", "source": text, "outputs": []}], "metadata": {}, "nbformat": 4})
    assert found({"crm.py": write(), twin: text, **READER}) == []


def test_independent_writers_of_what_another_step_reads():
    (finding,) = found({"crm.py": write(), "shop.py": write(), **READER})
    assert [site.path for site in finding.locations] == ["crm.py", "shop.py", "train.py"]
    assert finding.members == 2


def test_writers_that_build_on_what_is_there_update():
    update = 'import pandas as pd\n\nold = pd.read_csv("data/clients.csv")\nold.append(pd.read_csv("raw.csv")).to_csv("data/clients.csv")\n'
    assert found({"crm.py": update, "shop.py": update, **READER}) == []


def test_guided_projects_make_their_samples_for_themselves():
    assert found({"guided_project_1/a.py": write(), "guided_project_1/b.py": write(), **READER}) == []
