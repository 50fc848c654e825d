"""JGL004: what is no rewrite and no circle, then both."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts
from rules.rewrite_in_place_or_cycle import RewriteInPlaceOrCycle

PANDAS = "import pandas as pd\n\n"
READ, WRITE = 'frame = pd.read_csv("data/visits.csv")\n', 'frame.to_csv("data/visits.csv")\n'


def found(texts):
    return list(RewriteInPlaceOrCycle().check(graph_of_texts(texts)))


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells], "metadata": {}, "nbformat": 4})


def test_what_is_written_first_is_the_steps_own():
    assert found({"a.py": PANDAS + "frame = pd.DataFrame()\n" + WRITE + READ}) == []


def test_two_functions_of_a_module_are_no_order():
    text = PANDAS + f"\ndef load():\n    {READ}    return frame\n\n\ndef store(frame):\n    {WRITE}"
    assert found({"a.py": text}) == []


def test_appending_adds():
    assert found({"a.py": PANDAS + READ + 'frame.to_csv("data/visits.csv", mode="a")\n'}) == []


def test_a_cache_is_asked_for():
    text = "import os\n" + PANDAS + 'if os.path.exists("data/visits.csv"):\n    ' + READ + WRITE
    assert found({"a.py": text}) == []


@pytest.mark.parametrize("name", ["cache.csv", "state.json", "progress.csv", "settings.json", "metrics.csv", "visits.db"])
def test_bookkeeping_is_meant_to_be_kept(name):
    text = PANDAS + (READ + WRITE).replace("visits.csv", name)
    assert found({"a.py": text}) == []


def test_a_notebook_that_can_load_its_own_intermediate_instead():
    assert found({"a.ipynb": notebook("import pandas as pd", READ, WRITE, READ)}) == []


def test_a_circle_of_a_notebook_and_its_script_is_one_step():
    texts = {
        "a.py": PANDAS + 'pd.read_csv("data/two.csv").to_csv("data/one.csv")\n',
        "a.ipynb": notebook("import pandas as pd", 'pd.read_csv("data/one.csv").to_csv("data/two.csv")'),
    }
    assert found(texts) == []


def test_a_step_that_overwrites_its_input():
    (finding,) = found({"a.py": PANDAS + READ + WRITE})
    assert str(finding.locations[0]) == "a.py:4"


def test_every_step_that_overwrites_one_input_is_named_in_one_finding():
    (finding,) = found({"a.py": PANDAS + READ + WRITE, "b.py": PANDAS + READ + "frame = frame + 1\n" + WRITE})
    assert finding.members == 2


def test_a_notebook_that_grows_what_it_reads_keeps_a_list():
    cells = ("import pandas as pd", READ, 'frame.to_csv("data/visits.csv", mode="a")', READ)
    assert found({"a.ipynb": notebook(*cells)}) == []


@pytest.mark.parametrize(
    "between",
    [
        "frame = pd.concat([frame, new])\n",
        "frame = frame.drop_duplicates()\n",
        "frame = new[~new.id.isin(frame.id)]\n",
        "frame = frame.merge(new)\n",
    ],
)
def test_adding_by_key_is_an_update(between):
    assert found({"a.py": PANDAS + READ + between + WRITE}) == []


def test_a_column_that_is_added_when_it_is_missing():
    assert found({"a.py": PANDAS + READ + 'if "part" not in frame.columns:\n    frame["part"] = 1\n    ' + WRITE}) == []


def test_a_register_that_is_loaded_edited_and_saved():
    text = 'import json\n\nwith open("data/visits.json") as f:\n    rows = json.load(f)\nrows["a"] = 1\n'
    assert found({"a.py": text + 'with open("data/visits.json", "w") as f:\n    json.dump(rows, f)\n'}) == []


def test_two_steps_that_feed_each_other():
    texts = {
        "one.py": PANDAS + 'pd.read_csv("data/two.csv").to_csv("data/one.csv")\n',
        "two.py": PANDAS + 'pd.read_csv("data/one.csv").to_csv("data/two.csv")\n',
    }
    (finding,) = found(texts)
    assert {site.path for site in finding.locations} == set(texts)


def test_a_store_that_loads_and_saves_itself_is_no_step():
    lib = PANDAS + f"\ndef load():\n    {READ}    return frame\n\n\ndef store(frame):\n    {WRITE}"
    assert found({"store.py": lib, "a.py": "import store\n\nframe = store.load()\nstore.store(frame)\n"}) == []


def test_a_store_that_is_fetched_brought_up_to_date_and_sent_back():
    text = PANDAS + 'def download(name):\n    return pd.read_csv(name)\n\n\nframe = download("data/visits.csv")\n' + WRITE
    assert found({"a.py": text}) == []
    assert len(found({"a.py": text.replace("download", "taken")})) == 1


def test_answers_of_a_person_and_label_files_grow():
    assert found({"a.py": PANDAS + READ + "frame.loc[0] = input()\n" + WRITE}) == []
    assert found({"a.py": (PANDAS + READ + WRITE).replace("data/", "data/labels/")}) == []


def test_a_loader_that_puts_a_fresh_copy_there():
    lib = PANDAS + "import shutil\n\n\ndef load(name):\n    shutil.move('fresh', name)\n    return pd.read_csv(name)\n"
    texts = {"store.py": lib, "a.py": "import store\n\nframe = store.load('data/visits.csv')\nagain = store.load('data/visits.csv')\n"}
    assert found(texts) == []
