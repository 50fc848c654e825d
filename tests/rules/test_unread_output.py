"""JGL008: outputs that somebody takes up or that are ends by themselves; then those that nobody wants."""

from __future__ import annotations

import json

import pytest

from analyzer.scan import graph_of_texts
from rules.unread_output import UnreadOutput


def write(path):
    return f'import pandas as pd\n\npd.read_csv("raw.csv").to_csv("{path}")\n'


def found(texts):
    return list(UnreadOutput().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "more",
    [
        {"train.py": 'import pandas as pd\n\npd.read_csv("data/interim/visits.csv")\n'},
        {"train.py": 'import sys\nimport pandas as pd\n\npd.read_csv(sys.argv[1] + "/visits.csv")\n'},
        {"train.py": 'NAME = "visits.csv"\n'},
        {"ship.sh": "scp data/interim/visits.csv host:in/\n"},
        {"conf/a.yaml": "source: data/interim/visits.csv\n"},
        {"README.md": "Marketing fetches visits.csv.\n"},
        {"dvc.yaml": "stages:\n  a:\n    cmd: python clean.py\n    deps: [raw.csv]\n    outs: [data/interim/visits.csv]\n"},
    ],
    ids=["read", "read by its tail", "named", "copied", "set", "told", "declared"],
)
def test_an_output_that_something_takes_up(more):
    assert found({"clean.py": write("data/interim/visits.csv"), **more}) == []


@pytest.mark.parametrize(
    "path",
    ["reports/visits.csv", "out/predictions.csv", "submission_visits.csv", "models/visits.joblib", "data/visits.xlsx", "logs/visits.csv",
     "s3://lake/visits.csv", "visits_summary.csv"],
)  # fmt: skip
def test_end_products_need_no_reader(path):
    assert found({"clean.py": write(path)}) == []


def test_a_path_that_the_user_chooses_is_the_users():
    assert found({"clean.py": 'import sys\nimport pandas as pd\n\npd.read_csv("raw.csv").to_csv(sys.argv[1] + "/visits_2023.csv")\n'}) == []


@pytest.mark.parametrize("path", ["tests/test_a.py", "examples/clean.py"])
def test_tests_and_examples_are_left_out(path):
    assert found({path: write("data/interim/visits.csv")}) == []


def test_outputs_of_one_file_that_nobody_wants_are_one_finding():
    text = write("data/interim/visits.csv") + 'pd.read_csv("raw.csv").to_parquet("data/interim/clients.parquet")\n'
    (finding,) = found({"clean.py": text})
    assert finding.members == 2
    assert [str(site) for site in finding.locations] == ["clean.py:3", "clean.py:4"]


KEEPS = 'import pandas as pd\n\n\ndef keep(base):\n    pd.read_csv("a.csv").to_csv(base + "/visits_of_clients.csv")\n'


@pytest.mark.parametrize(
    "texts",
    [
        {"a.sh": "python make.py > jobs/lock_table.json\nkubectl apply -f jobs/lock_table.json\n"},
        {"keys.sh": "python make.py > secrets/key_table.json\n", "main.tf": 'keys = file("secrets/key_table.json")\n'},
        {"a.py": write("data/interim/visits.csv") + 'session.upload_data("data/interim/visits.csv", bucket="b")\n'},
        {
            "a.py": 'import pandas as pd\ndef run():\n    place = f"data/interim/visits_{1}.csv"\n    pd.read_csv("a.csv").to_csv(place)\n'
            "    other = place\n    clip(other)\n"
        },
        {"a.sh": "python split.py > data/visits_clean/part.csv\npython fit.py --data data/visits_clean\n"},
        {"a.py": write("visit_rules_v2.0.csv"), "seeds/visit_rules_v2_0.csv": "a,b\n"},
        {"test_data/a.py": write("data/interim/visits.csv")},
        {"a.py": write("data/interim/visits.yaml.json")},
        {"a.py": write("data/interim/.json")},
        {"a.py": write("data/interim/visits-err.json")},
        {"visits.py": write("data/interim/visits.csv")},
        {"scrape_pages.py": write("data/interim/visits.csv")},
        {"a.py": 'import pandas as pd\nimport api\n\npd.DataFrame(api.get("x")).to_csv("visits_of_clients.csv")\n'},
        {"a.py": write("/Users/ann/exports/visits_of_clients.csv")},
        {"a.py": "from b import keep\n\nkeep('data/interim')\n", "b.py": KEEPS},
        {"a.py": "from bs4 import BeautifulSoup\n" + write("visits_of_clients.csv")},
    ],
    ids=["kubectl", "terraform", "uploaded", "by variable", "by its folder", "seed respelled", "test data", "two suffixes", "no stem",
         "errors", "namesake", "scraper", "no input", "elsewhere", "named by what it calls", "scraped"],
)  # fmt: skip
def test_an_output_with_a_reader_of_another_kind(texts):
    assert found(texts) == []


def test_a_variable_that_is_only_printed_hands_nothing_on():
    text = 'import pandas as pd\n\nplace = "data/interim/visits.csv"\npd.read_csv("raw.csv").to_csv(place)\nprint(place)\n'
    assert len(found({"a.py": text})) == 1


def test_the_finding_stays_the_same_when_one_of_its_outputs_is_dropped():
    both = write("data/interim/clients.csv") + write("data/interim/visits.csv")
    before, after = found({"a.py": both}), found({"a.py": write("data/interim/visits.csv")})
    assert before[0].members == 2
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]


@pytest.mark.parametrize(
    "path",
    [
        "data/visits_to_label.csv",
        "data/for_review/visits_for_review.csv",
        "data/visit_details.csv",
        "data/risk_analysis_a1.json",
        "tmp/vecs.tsv",
    ],
)
def test_what_people_label_or_look_at_needs_no_reader(path):
    assert found({"clean.py": write(path)}) == []


def test_what_is_only_removed_is_not_written():
    assert found({"tidy.sh": "curl -s x\nrm -f work/visits_raw.csv\n"}) == []


def test_a_command_inside_of_a_text_takes_the_file_up():
    make = "python dump.py > work/visits_raw.json\n"
    assert found({"run.sh": make})
    assert found({"run.sh": make + "cat <<EOF > /etc/key\n$(jq -r .key work/visits_raw.json)\nEOF\n"}) == []


def test_a_cell_that_an_editor_marks_as_shell_takes_the_file_up():
    def notebook(metadata):
        def cell(source, metadata):
            return {"cell_type": "code", "metadata": metadata, "execution_count": 1, "outputs": [], "source": source}

        cells = [cell(write("visits_clean.csv"), {}), cell("pack.sh -f visits_clean.csv out", metadata)]
        return {
            "clean.ipynb": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}),
            "serve/a.py": "a = 1\n" * 90,
        }

    assert found(notebook({}))
    assert found(notebook({"vscode": {"languageId": "shellscript"}})) == []


def test_what_an_evaluation_makes():
    text = 'import pandas as pd\n\nfor name in ("cat", "dog"):\n    pd.read_csv("a.csv").to_csv("data/made/visits_2023.csv")\n'
    assert found({"prepare.py": text})
    assert found({"eval.py": text}) == found({"evaluate_model.py": text}) == []


def test_what_a_script_of_predictions_makes():
    cells = write("visits_set2.json")
    assert found({"04-inference_visits.py": cells}) == []


def test_a_folder_that_the_docstring_explains():
    text = write("data/visits/visits_xx.csv")
    assert found({"clean.py": text})
    assert found({"clean.py": '"""Fills data/visits/; zip and publish it."""\n' + text}) == []


@pytest.mark.parametrize(
    "more",
    [{"jobs/Dockerfile": "FROM python\nCOPY . /app\n"}, {"Makefile": "sync:\n\trsync -a jobs host:jobs\n"}],
    ids=["image", "copy"],
)
def test_who_takes_in_a_folder_of_code_reads_no_data_there(more):
    assert found({"jobs/clean.py": write("jobs/interim/visits.csv"), **more})


@pytest.mark.parametrize(
    "more",
    [
        {"plots.R": 'visits <- read.csv("data/interim/visits.csv")\n'},
        {"plots/all.Rmd": "```{r}\nvisits <- read.csv('../data/interim/visits.csv')\n```\n"},
        {"run.sh": "python - <<EOF\nimport pandas as pd\nprint(pd.read_csv('data/interim/visits.csv'))\nEOF\n"},
        {"data/interim/README.md": "What the statisticians get.\n"},
    ],
    ids=["R", "R Markdown", "here-document", "text in the folder"],
)
def test_a_reader_in_a_language_that_is_not_analysed(more):
    assert found({"clean.py": write("data/interim/visits.csv"), **more}) == []
    other = {name: text.replace("visits.csv", "clients.csv") for name, text in more.items() if "README" not in name}
    assert found({"clean.py": write("data/interim/visits.csv"), **other})


def test_an_archive_of_a_common_name_is_no_archive_of_ours():
    texts = {"clean.py": write("jobs/data/visits.csv"), "get.py": 'URL = "https://acme.example/data.zip"\nfetch(URL)\n'}
    assert found(texts)


def test_chapters_that_a_folder_numbers_through():
    def cells(text):
        return json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []}], "metadata": {}, "nbformat": 4})

    chapter = write("data/interim/visits.csv")
    book = {f"{number:02}_part.ipynb": cells("print(1)\n") for number in range(2, 10)}
    assert found({"01_shops.ipynb": cells(chapter), **book}) == []
    assert len(found({"shops.ipynb": cells(chapter), **book})) == 1
