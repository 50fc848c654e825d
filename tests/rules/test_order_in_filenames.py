"""JGL003: numbers that are no order, or that something runs; then a pipeline in file names."""

from __future__ import annotations

import pytest
import yaml

from analyzer.scan import graph_of_texts
from rules.order_in_filenames import OrderInFilenames

SERIES = {
    "01_clean.py": 'import pandas as pd\n\npd.read_csv("raw.csv").to_csv("tmp/visits_clean.csv")\n',
    "02_features.py": 'import pandas as pd\n\npd.read_csv("tmp/visits_clean.csv").to_csv("tmp/visits_wide.csv")\n',
    "03_train.py": 'import pandas as pd\n\npd.read_csv("tmp/visits_wide.csv")\n',
}


def found(texts):
    return list(OrderInFilenames().check(graph_of_texts(texts)))


def test_two_files_are_no_series():
    assert found({name: SERIES[name] for name in ("01_clean.py", "02_features.py")}) == []


def test_numbers_far_apart_are_no_order():
    names = {"01_clean.py": "2021_clean.py", "02_features.py": "2022_features.py", "03_train.py": "450_train.py"}
    assert found({names[name]: text for name, text in SERIES.items()}) == []


def test_chapters_hand_nothing_on():
    assert found(dict.fromkeys(SERIES, "print(1)\n")) == []


@pytest.mark.parametrize(
    "runner",
    [
        {"run.sh": "python 01_clean.py\npython 02_features.py\npython 03_train.py\n"},
        {"Makefile": "all:\n\tpython 01_clean.py\n\tpython 02_features.py\n\tpython 03_train.py\n"},
    ],
    ids=["shell", "make"],
)
def test_a_file_that_runs_them_is_the_order(runner):
    assert found({**SERIES, **runner}) == []


def test_files_beside_a_dockerfile_are_run_by_the_image():
    assert found({f"db/{name}": text for name, text in SERIES.items()} | {"db/Dockerfile": "FROM postgres\nCOPY . /init/\n"}) == []


@pytest.mark.parametrize("folder", ["migrations", "lessons", "week1", "tutorials"])
def test_series_of_another_kind(folder):
    assert found({f"{folder}/{name}": text for name, text in SERIES.items()}) == []


@pytest.mark.parametrize("form", ["{}", "src/{}", "step{}"])
def test_a_pipeline_that_only_the_names_order(form):
    texts = {form.format(name.lstrip("0") if form.startswith("step") else name): text for name, text in SERIES.items()}
    (finding,) = found(texts)
    assert finding.members == 3
    assert {site.path for site in finding.locations} == set(texts)


def test_the_remedy_is_a_pipeline_to_paste():
    (finding,) = found(OrderInFilenames.BAD[0])
    stages = yaml.safe_load(finding.remedy.partition("\n\n")[2])["stages"]
    assert list(stages) == ["01_clean", "02_features", "03_train"]
    assert stages["02_features"] == {
        "cmd": "python 02_features.py",
        "deps": ["02_features.py", "tmp/clean_visits.parquet"],
        "outs": ["tmp/visit_features.parquet"],
    }


def test_hand_offs_against_the_numbers_are_told():
    back = {
        "01_clean.py": SERIES["01_clean.py"] + 'pd.read_csv("tmp/visits_left_out.csv")\n',
        "03_train.py": SERIES["03_train.py"] + 'pd.read_csv("raw.csv").to_csv("tmp/visits_left_out.csv")\n',
    }
    (finding,) = found(SERIES | back)
    assert "1 of 3 hand-offs go against the numbers" in finding.message


def test_numbers_that_most_hand_offs_go_against_are_the_order_of_reading():
    texts = {"01_a.py": SERIES["03_train.py"], "02_b.py": SERIES["02_features.py"], "03_c.py": SERIES["01_clean.py"]}
    assert found(texts) == []


@pytest.mark.parametrize("form", ["app/pages/{}", "{}"], ids=["pages", "demos"])
def test_pages_and_demos_stand_in_the_order_of_a_menu(form):
    names = (name if "pages" in form else name.replace(".py", "_demo.py") for name in SERIES)
    assert found(dict(zip(map(form.format, names), SERIES.values(), strict=True))) == []


def test_a_member_that_runs_all_is_the_order():
    assert found({**SERIES, "04_execute_pipeline.py": "print(1)\n"}) == []


def test_explorations_that_share_one_result_have_no_order():
    load = 'import pandas as pd\n\npd.read_csv("tmp/visits_clean.csv")\n'
    assert found({"01_clean.py": SERIES["01_clean.py"], "02_look.py": load, "03_more.py": load}) == []


def test_a_few_hand_offs_among_many_files_make_no_pipeline():
    assert found({**SERIES, **{f"{number:02}_look.py": "print(1)\n" for number in range(4, 11)}}) == []


def test_the_finding_stays_the_same_when_a_step_is_put_before_the_first():
    before, after = found(SERIES), found(SERIES | {"00_fetch.py": 'import pandas as pd\n\npd.read_json("a").to_csv("raw.csv")\n'})
    assert (before[0].members, after[0].members) == (3, 4)
    assert before[0].fingerprint == after[0].fingerprint


def test_a_script_of_statements_that_includes_them_runs_them():
    texts = {
        "sql/00_stage.sql": "create table stage.visits as select * from raw.visits;\n",
        "sql/01_core.sql": "create table core.visits as select * from stage.visits;\n",
        "sql/02_marts.sql": "create table marts.visits as select * from core.visits;\n",
    }
    assert list(OrderInFilenames().check(graph_of_texts(texts)))
    lines = "".join(f"\\i 'C:/Users/carla/work/{path}'\n" for path in texts)
    assert list(OrderInFilenames().check(graph_of_texts({**texts, "master.sql": lines}))) == []


def test_a_repository_of_tutorials_shows_steps():
    graph = graph_of_texts(dict(OrderInFilenames.BAD[0]))
    assert list(OrderInFilenames().check(graph))
    graph.name = "acme+store-tutorials"
    assert list(OrderInFilenames().check(graph)) == []


def test_a_loop_over_the_folder_takes_them_in_the_order_of_their_names():
    texts = {
        "jobs/sql/00_stage.sql": "create table stage.visits as select * from raw.visits;\n",
        "jobs/sql/01_core.sql": "create table core.visits as select * from stage.visits;\n",
        "jobs/sql/02_marts.sql": "create table marts.visits as select * from core.visits;\n",
    }
    loop = 'for each in /opt/jobs/{}/*.sql; do\n  psql -f "$each"\ndone\n'
    assert list(OrderInFilenames().check(graph_of_texts({**texts, "jobs/entry.sh": loop.format("queries")})))
    assert list(OrderInFilenames().check(graph_of_texts({**texts, "jobs/entry.sh": loop.format("sql")}))) == []
