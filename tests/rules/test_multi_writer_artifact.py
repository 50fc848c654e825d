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


@pytest.mark.parametrize("folder", ["archive", "old", "pages/deprecated"])
def test_code_that_was_put_away_writes_no_more(folder):
    shared = "/srv/clients/data/clients.csv"
    reader = {"train.py": READER["train.py"].replace("data/clients.csv", shared)}
    assert found({"pages/crm.py": write(shared), "shop.py": write(shared), **reader})
    assert found({f"{folder}/crm.py": write(shared), "shop.py": write(shared), **reader}) == []


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


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("clients.csv", id="no folder"),
        pytest.param("logs/clients.log", id="log"),
        pytest.param("reports/summary.html", id="report"),
        pytest.param("conf/clients.yaml", id="settings"),
        pytest.param("data/cache/clients.csv", id="cache"),
        pytest.param("https://huggingface.co/acme/clients/clients.csv", id="hub"),
    ],
)
def test_names_that_several_may_write(name):
    reader = {"train.py": f'import pandas as pd\n\npd.read_csv("{name}")\n'}
    assert found({"crm.py": write(name), "shop.py": write(name), **reader}) == []


def test_a_part_of_the_name_that_is_not_known_may_tell_them_apart():
    text = "import sys\nimport pandas as pd\n\npd.read_csv('raw.csv').to_csv(f'data/{sys.argv[1]}/clients.csv')\n"
    assert found({"crm.py": text, "shop.py": text, **READER}) == []


def test_a_file_that_is_made_where_it_is_missing():
    make = "    pd.read_csv('raw.csv').to_csv('data/clients.csv')\n"
    text = f"import os\nimport pandas as pd\n\nif not os.path.exists('data/clients.csv'):\n{make}"
    assert found({"crm.py": text, "shop.py": text, **READER}) == []


@pytest.mark.parametrize("folder", ["tests", "docs", "examples", "lessons/week1"])
def test_tests_documents_and_lessons(folder):
    assert found({f"{folder}/test_crm.py": write(), f"{folder}/test_shop.py": write(), **READER}) == []


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


def test_fetching_and_holding_data_with_dvc_edits_nothing():
    import json

    cells = [{"cell_type": "code", "source": "!dvc pull\n!dvc commit -q", "outputs": []}]
    moves = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})
    assert found({"work/fetch.ipynb": moves, "work/label.ipynb": moves, **HELD}) == []


def test_held_data_that_several_scripts_edit_in_place():
    (finding,) = found({"move.py": EDIT, "rename.py": EDIT, **HELD})
    assert finding.subject.id == "data/raw"
    assert finding.confidence == Confidence.C
    assert [str(site) for site in finding.locations] == ["move.py:4", "rename.py:4"]


def test_scripts_that_lie_in_a_package_are_no_library():
    package = {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n', "shop/__init__.py": ""}
    script = write() + '\nif __name__ == "__main__":\n    print(frame)\n'
    assert len(found({**package, "shop/crm.py": script, "shop/web.py": script, **READER})) == 1


def test_a_rollback_takes_back_what_a_deployment_set():
    assert (
        found(
            {
                "deploy_canary.py": write("state/route.csv"),
                "rollback_canary.py": write("state/route.csv"),
                "serve.py": READER["train.py"].replace("data/clients", "state/route"),
            }
        )
        == []
    )


def test_a_state_that_a_program_switches_is_no_data():
    dump = "import json\n\njson.dump({}, open('conf/routing_share.json', 'w'))\n"
    assert found({"raise.py": dump, "lower.py": dump, "serve.py": "import json\n\njson.load(open('conf/routing_share.json'))\n"}) == []


MAKES = """\
import pandas as pd


def make(source, target, only_return=False):
    frame = pd.read_csv(source)
    if only_return:
        return frame
    frame.to_csv(target)
"""


def test_one_function_of_the_same_inputs_makes_the_same():
    call = "from lib import make\n\nmake('raw.csv', 'data/clients.csv')\n"
    assert found({"lib.py": MAKES, "crm.py": call, "shop.py": call, **READER}) == []
    other = call.replace("raw.csv", "shop.csv")
    assert len(found({"lib.py": MAKES, "crm.py": call, "shop.py": other, **READER})) == 1


def test_a_switch_may_decide_that_nothing_is_written():
    call = "from lib import make\n\nmake('raw.csv', 'data/clients.csv')\n"
    other = "from lib import make\n\nprint(make('shop.csv', 'data/clients.csv', only_return=True))\n"
    assert found({"lib.py": MAKES, "crm.py": call, "shop.py": other, **READER}) == []


def test_twin_projects_have_their_own_folders():
    """Each with its settings and its data: the same relative path is not the same file."""
    twin = {
        "{}/params.yaml": "root: .\n",
        "{}/data/raw.csv": "a\n",
        "{}/src/prepare.py": "import pandas as pd\n\npd.read_csv('./data/raw.csv').to_csv('./data/made/clients.csv')\n",
        "{}/src/train.py": "import pandas as pd\n\nprint(pd.read_csv('./data/made/clients.csv'))\n",
    }
    texts = {path.format(name): text for name in ("notes/zen", "notes/bento") for path, text in twin.items()}
    graph = graph_of_texts({**texts, "data/other.csv": "a\n"})
    assert {a.artifact for a in graph.accesses if a.op == "write"} == {
        "notes/zen/data/made/clients.csv",
        "notes/bento/data/made/clients.csv",
    }
