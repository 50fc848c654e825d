"""JGL005: writers that are one, or that nobody reads after; then several of one artifact."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence
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


EDIT = 'import pandas as pd\n\nrows = pd.read_csv("data/raw/register.csv")\nrows[rows.ok].to_csv("data/raw/register.csv")\n'
HELD = {"data/raw.dvc": "outs:\n- md5: 0\n  path: raw\n"}


@pytest.mark.parametrize(
    "texts",
    [
        {"move.py": EDIT, "rename.py": EDIT},
        {"move.py": EDIT, **HELD},
        {"fetch.py": write("data/raw/register.csv"), "again.py": write("data/raw/register.csv"), **HELD},
        {"move.py": EDIT, "rename.py": EDIT.replace("register", "other_register"), **HELD},
        {"move.py": EDIT, "tests/test_rename.py": EDIT, **HELD},
        {
            "move.py": EDIT,
            "rename.py": EDIT,
            "dvc.yaml": "stages:\n  move:\n    cmd: python move.py\n    deps: [move.py]\n    outs: [a.csv]\n"
            "  rename:\n    cmd: python rename.py\n    deps: [rename.py]\n    outs: [b.csv]\n",
            **HELD,
        },
    ],
    ids=["not held", "one", "made", "two files", "test", "stages"],
)
def test_data_that_is_held_and_made_or_edited_by_one(texts):
    assert found(texts) == []


def test_held_data_that_several_scripts_edit_in_place():
    (finding,) = found({"move.py": EDIT, "rename.py": EDIT, **HELD})
    assert finding.subject.id == "data/raw"
    assert finding.confidence == Confidence.C
    assert [str(site) for site in finding.locations] == ["move.py:4", "rename.py:4"]


def test_scripts_that_lie_in_a_package_are_no_library():
    package = {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n', "shop/__init__.py": ""}
    script = write() + '\nif __name__ == "__main__":\n    print(frame)\n'
    assert len(found({**package, "shop/crm.py": script, "shop/web.py": script, **READER})) == 1
