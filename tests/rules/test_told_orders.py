"""JGL001: orders that a text tells people, and texts that tell none."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts
from rules.implicit_pipeline_edge import ImplicitPipelineEdge

CLEAN = 'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("interim/visits_clean.parquet")\n'
TRAIN = 'import pandas as pd\n\npd.read_parquet("interim/visits_clean.parquet")\n'
STEPS = {"jobs/visits/prepare.py": CLEAN, "jobs/visits/fit_trees.py": TRAIN, "jobs/visits/fit_lines.py": TRAIN}


def members(texts):
    return [finding.members for finding in ImplicitPipelineEdge().check(graph_of_texts(texts))]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "`prepare.py` comes first, then `fit_trees.py` and `fit_lines.py`.\n"),
        ("jobs/README.md", "`visits/prepare.py` makes `visits_clean.parquet`.\n"),
        ("docs/how/running.md", "Run `python -m jobs.visits.prepare`; it fills interim/visits_clean.parquet.\n"),
        ("README.md", "├── jobs\n│   ├── prepare.py\n\nprepare.py writes `interim/visits_clean.parquet`.\n"),
    ],
)
def test_a_document_that_names_both_steps_or_a_step_and_what_it_makes(path, text):
    assert members({**STEPS, path: text}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "├── jobs\n│   ├── prepare.py\n│   ├── fit_trees.py\n│   └── fit_lines.py\n"),
        ("README.md", "|-- jobs\n|   |-- prepare.py\n|   |-- fit_trees.py\n|   `-- fit_lines.py\n"),
        ("README.md", "`prepare.py` cleans the visits.\n"),
        ("README.md", "The models read `interim/visits_clean.parquet`.\n"),
        ("CHANGELOG.md", "prepare.py, fit_trees.py and fit_lines.py are new.\n"),
        ("docs/todo.md", "Declare prepare.py, fit_trees.py and fit_lines.py.\n"),
        ("other/README.md", "prepare.py, then fit_trees.py and fit_lines.py\n"),
    ],
)
def test_a_document_that_only_lists_or_names_one_of_them(path, text):
    assert members({**STEPS, path: text}) == [2]


def test_a_name_that_many_files_bear_means_none_of_them():
    others = {"jobs/sales/prepare.py": "print(1)\n", "README.md": "prepare.py comes first, then fit_trees.py and fit_lines.py.\n"}
    assert members({**STEPS, **others}) == [2]
    assert members({**STEPS, **others, "README.md": "visits/prepare.py comes first, then fit_trees.py and fit_lines.py.\n"}) == []


def test_a_docstring_or_a_message_names_the_other_step():
    told = '"""Run prepare.py before."""\n' + TRAIN
    assert members({**STEPS, "jobs/visits/fit_trees.py": told, "jobs/visits/fit_lines.py": told}) == []
    comment = TRAIN + "# prepare.py makes it\n"
    assert members({**STEPS, "jobs/visits/fit_trees.py": comment, "jobs/visits/fit_lines.py": comment}) == []
    message = TRAIN + 'if not len(frame):\n    raise SystemExit("empty: run jobs/visits/prepare.py again")\n'
    assert members({**STEPS, "jobs/visits/fit_trees.py": message, "jobs/visits/fit_lines.py": message}) == []


def test_the_prose_of_a_notebook_names_the_step_before():
    def notebook(prose):
        cells = [{"cell_type": "markdown", "metadata": {}, "source": prose}]
        cells.append({"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": TRAIN})
        return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})

    texts = {
        "prepare.py": CLEAN,
        "serve/app.py": "print(1)\n" * 40,
        "look.ipynb": notebook("Visits by day"),
        "draw.ipynb": notebook("Visits by week"),
    }
    assert members(texts) == [2]
    assert members({**texts, "look.ipynb": notebook("After `prepare.py`."), "draw.ipynb": notebook("After prepare.py.")}) == []


def test_a_program_that_runs_files_of_statements_orders_them():
    texts = {
        "sql/make_visits.sql": "create table semantic.visits as select * from raw.visits;\n",
        "features.py": 'import pandas as pd\n\n\ndef make(c):\n    return pd.read_sql("select * from semantic.visits", c)\n',
        "score.py": 'import pandas as pd\n\npd.read_sql("select * from semantic.visits", c)\n',
        "draw.py": 'import pandas as pd\n\npd.read_sql("select id from semantic.visits", c)\n',
    }
    assert members(texts) == [3]
    run = 'import features, score, draw\n\nwith open("sql/make_visits.sql") as f:\n    cur.execute(f.read())\nfeatures.make(c)\n'
    assert members({**texts, "etl.py": run}) == []


def test_what_a_migration_moves_is_made_elsewhere():
    move = "insert into semantic.visits select * from semantic.visits_old;\n"
    read = 'import pandas as pd\n\npd.read_sql("select * from semantic.visits", c)\n'
    assert members({"sql/fill.sql": move, "train.py": read, "score.py": read}) == [2]
    assert members({"sql/undo_partitions.sql": move, "train.py": read, "score.py": read}) == []


@pytest.mark.parametrize("tasks", ["from invoke import task\n\n\n@task\ndef all(c):\n", "import nox\n\n\n@nox.session\ndef all(c):\n"])
def test_a_task_that_runs_the_steps_orders_them(tasks):
    lines = "".join(f'    c.run("python jobs/visits/{name}.py")\n' for name in ("prepare", "fit_trees", "fit_lines"))
    assert members({**STEPS, "tasks.py": tasks + lines}) == []
    words = "".join(f'    c.run("python", "jobs/visits/{name}.py")\n' for name in ("prepare", "fit_trees", "fit_lines"))
    assert members({**STEPS, "tasks.py": tasks + words}) == []


FILL = 'import sys\n\nfor name in sys.argv[1:]:\n    open(f"data/embedded/{KIND}", "w").write(name)\n'
OPENS = "import sys\n\nprint(open(f'data/embedded/{KIND}').read())\n"


@pytest.mark.parametrize(
    ("written", "read", "count"),
    [
        ("tfidf_{name}_750.pkl", "bow_{sys.argv[1]}_750.pkl", 0),
        ("tfidf_{name}_750.pkl", "{sys.argv[1]}", 0),
        ("{name}.csv", "{sys.argv[1]}.parquet", 0),
        ("tfidf_{name}_750.pkl", "tfidf_{sys.argv[1]}_750.pkl", 1),
    ],
)
def test_files_of_one_folder_with_other_names(written, read, count):
    texts = {"fill.py": FILL.replace("{KIND}", written), "use.py": OPENS.replace("{KIND}", read)}
    assert len(members(texts)) == count


def test_a_reader_that_fetches_into_the_folder_itself():
    fill = 'import zipfile\n\nzipfile.ZipFile("ants.zip").extractall("notebooks/datasets")\n'
    texts = {"ants.py": fill, "digits.py": 'from torchvision.datasets import MNIST\n\nMNIST("notebooks/datasets", download=True)\n'}
    assert members(texts) == []


def test_optional_reads_need_nobody():
    loads = "import json\nfrom pathlib import Path\n\n\ndef read(folder):\n    names = folder / 'visit_names.json'\n"
    asks = loads + "    if names.exists():\n        return json.loads(names.read_text())\n    return []\n\n\nread(Path('interim'))\n"
    tries = (
        loads + "    with names.open() as f:\n        return json.load(f)\n\n\ntry:\n    known = read(Path('interim'))\n"
        "except FileNotFoundError:\n    known = ['id']\n"
    )
    make = "from pathlib import Path\n\nPath('interim/visit_names.json').write_text('[]')\n"
    assert members({"make.py": make, "one.py": asks, "two.py": tries}) == []


def test_a_read_that_fails_with_a_message_is_not_optional():
    tries = (
        "import json\n\n\ntry:\n    known = json.load(open('interim/visit_names.json'))\n"
        "except FileNotFoundError:\n    raise SystemExit('no names')\n"
    )
    make = "from pathlib import Path\n\nPath('interim/visit_names.json').write_text('[]')\n"
    assert members({"make.py": make, "one.py": tries, "two.py": tries}) == [2]


def test_a_flow_that_hands_the_file_to_its_orchestrator_as_a_text():
    dag = (
        "from airflow import DAG\nfrom spark import submit\n\nwith DAG('visits'):\n"
        "    submit('local:///opt/jobs/visits/prepare.py') >> submit('dbt')\n"
    )
    assert members({**STEPS, "dags/visits.py": dag}) == []


def test_a_document_that_names_the_schema_which_a_step_fills():
    texts = {
        "jobs/snapshot.py": 'import pandas as pd\n\npd.DataFrame().to_sql("analytics.staging.visits", c)\n',
        "train.py": 'import pandas as pd\n\npd.read_sql("select * from analytics.staging.visits", c)\n',
        "score.py": 'import pandas as pd\n\npd.read_sql("select id from analytics.staging.visits", c)\n',
    }
    assert members(texts) == [2]
    assert members({**texts, "README.md": "`snapshot.py` fills the `analytics.staging` catalogue.\n"}) == []


def test_a_file_of_the_folder_of_dags_hands_it_over():
    dag = "from ours import task\n\n\ndef build():\n    return task('local:///opt/jobs/visits/prepare.py') >> task('dbt')\n"
    assert members({**STEPS, "orchestration/dags/visits.py": dag}) == []
