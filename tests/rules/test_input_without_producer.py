"""JGL009: inputs that something explains; then those that nothing does."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from rules.input_without_producer import InputWithoutProducer

READ = 'import pandas as pd\n\nframe = pd.read_csv("data/manual/relabelled.csv")\n'


def found(texts):
    return list(InputWithoutProducer().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "more",
    [
        {"data/manual/relabelled.csv": "a,b\n"},
        {"data/manual/relabelled.csv.dvc": "outs:\n- md5: 0\n  path: relabelled.csv\n"},
        {"data/manual.dvc": "outs:\n- md5: 0\n  path: manual\n"},
        {"make.py": 'import pandas as pd\n\npd.DataFrame().to_csv("data/manual/relabelled.csv")\n'},
        {"make.py": 'import pandas as pd\n\npd.DataFrame().to_csv("elsewhere/relabelled.csv")\n'},
        {"README.md": "Put `relabelled.csv` of the labelling team there.\n"},
        {"README.md": "The folder data/manual comes from the labelling team.\n"},
        {"README.md": "Fetch https://example.org/files/relabelled.csv first.\n"},
        {"get.sh": "unzip -d data/manual export.zip\n"},
    ],
    ids=["git", "dvc", "dvc folder", "written", "written elsewhere", "told", "folder told", "address", "unpacked"],
)
def test_an_input_that_something_explains(more):
    assert found({"train.py": READ, **more}) == []


@pytest.mark.parametrize(
    "path",
    [
        "/path/to/visits.csv",
        "/home/user/visits.csv",
        "/opt/ml/input/data/train/visits.csv",
        "/tmp/visits/visits.csv",
        "data.csv",
        "your_data/visits.csv",
        "https://example.org/visits.csv",
        "s3://public-samples/visits.csv",
    ],
)
def test_names_that_promise_nothing_of_this_repository(path):
    assert found({"train.py": f'import pandas as pd\n\nframe = pd.read_csv("{path}")\n'}) == []


def test_an_optional_input_is_asked_for():
    text = 'import os\nimport pandas as pd\n\nif os.path.exists("data/manual/more.csv"):\n    pd.read_csv("data/manual/more.csv")\n'
    assert found({"train.py": text}) == []


@pytest.mark.parametrize("path", ["tests/test_a.py", "tutorials/train.py", "cohorts/2022/train.py", "02-tracking/train.py"])
def test_tests_and_courses_are_left_out(path):
    assert found({path: READ}) == []


def test_a_notebook_that_unpacks_an_archive_may_find_its_inputs_there():
    assert found({"train.py": "import zipfile\n\nzipfile.ZipFile('a.zip').extractall()\n" + READ}) == []


def test_an_input_that_nothing_explains():
    (finding,) = found({"train.py": READ, "README.md": "Run train.py.\n"})
    assert str(finding.locations[0]) == "train.py:3"
    assert "data/manual/relabelled.csv" in finding.message


def test_the_missing_files_of_a_folder_are_one_finding():
    more = READ + 'pd.read_csv("data/manual/second.csv")\n'
    (finding,) = found({"train.py": READ, "score.py": more})
    assert finding.members == 2
    assert len(finding.locations) == 3


@pytest.mark.parametrize("path", ["/srv/shop/exports/visits.csv", "s3://nightly-exports/visits.csv"])
def test_folders_and_buckets_of_another_system(path):
    (finding,) = found({"train.py": f'import pandas as pd\n\nframe = pd.read_csv("{path}")\n'})
    assert path in finding.message


def test_the_missing_inputs_of_one_home_are_one_finding_with_the_places_that_spell_it():
    first = 'import pandas as pd\n\nBASE = "/home/mjohansson/exports"\nfor name in ("a", "b"):\n    pd.read_csv(f"{BASE}/{name}.csv")\n'
    second = 'import pandas as pd\n\nframe = pd.read_csv("/home/mjohansson/labels/all.csv")\nprint(frame)\n'
    [finding] = found({"one.py": first, "two.py": second})
    assert {(site.path, site.line) for site in finding.locations} == {("one.py", 3), ("one.py", 5), ("two.py", 3)}


def test_the_constant_that_gives_a_file_its_name_is_a_place():
    text = 'from pathlib import Path\n\nimport pandas as pd\n\nNAME = "relabelled_by_hand.csv"\n\n\n\n\n\n'
    text += 'pd.read_csv(Path("data/manual") / NAME)\n'
    [finding] = found({"train.py": text})
    assert {site.line for site in finding.locations} == {5, 11}


def test_a_download_of_one_file_explains_no_other():
    notebook = "import os\n\nos.system('wget https://example.org/run/65415/output?download=true -qO- > rows.tsv')\n"
    assert len(found({"train.py": notebook + READ})) == 1


def test_prose_about_a_folder_of_that_name_explains_no_folder_of_a_server():
    text = 'import glob\n\nfor path in glob.iglob("/srv4/shop/images/products/*.jpg"):\n    print(open(path).read())\n'
    assert len(found({"dump.py": text, "README.md": "Pictures are served below `images/products`.\n"})) == 1


def test_an_object_of_one_day_that_a_notebook_names_is_an_input_whoever_fetches_it():
    text = 'from tools import fetch\n\nURI = "gs://shop-embeddings/2020/issue_embeddings_2020-04-11.hdf5"\nfetch(URI)\n'
    assert len(found({"train.py": text, "tools.py": "def fetch(uri):\n    return uri\n"})) == 1
    assert found({"train.py": text.replace("_2020-04-11", ""), "tools.py": "def fetch(uri):\n    return uri\n"}) == []


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": 'import os\n\nos.makedirs("made/clients/one", exist_ok=True)\nprint(len(os.listdir("made/clients/one")))\n'},
        {"a.py": 'import os\n\nprint(len(os.listdir("outputs/clients")))\n'},
        {"a.py": READ, "make.sh": "python make.py --output-file=data/manual/relabelled.csv\n"},
        {"a.py": READ, "make.sh": "python make.py --out_dir $ROOT/manual\n"},
        {"a.py": READ, "old/relabelled.csv": "a,b\n"},
        {"a.py": READ.replace("data/manual", "input/city-visits-of-patients")},
        {"a.py": READ.replace("data/manual/relabelled", "data/manual/")},
        {"samples/a.py": READ},
    ],
    ids=["made", "own results", "an option", "a folder", "held elsewhere", "contest", "no stem", "sample"],
)
def test_inputs_with_a_producer_of_another_kind(texts):
    assert found(texts) == []


SHELL = "set -e\ncat data/manual/relabelled.csv > all.txt\n"
PACKAGED = {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n', "shop/__init__.py": ""}


@pytest.mark.parametrize(
    "texts",
    [
        {"join.sh": SHELL},
        {**PACKAGED, "shop/load.py": READ},
        {"a.py": 'import torch\n\nstate = torch.load("weights/ranker_v2.pth")\n'},
        {"a.py": 'from PIL import Image\n\nimage = Image.open("pictures/portrait_of_ann.png")\n'},
        {"a.py": READ.replace("relabelled.csv", "coco_captions.csv")},
        {"a.py": READ, "names.py": 'WANTED = "relabelled.csv"\n'},
        {"a.py": READ.replace("data/manual", "/datasets/clients")},
        {"a.py": '"""Runs on the web server only."""\n\n' + READ.replace("data/manual", "/srv/shop/exports")},
        {"a.py": '"""Takes relabelled.csv of the labelling team."""\n\n' + READ},
        {"a.py": READ, "README.md": "Unpack manual.zip of the labelling team below data.\n"},
        {"a.py": READ, "manual/relabelled.csv": "a\n"},
        {"maps/one/a.py": READ.replace("data/manual", "../data/manual"), "data/manual.dvc": "outs:\n- md5: 0\n  path: manual\n"},
        {"a.py": READ.replace("relab", "city_relab"), "b.py": "import sys\n\nrows.to_csv(sys.argv[1] + '_relabelled.csv')\n"},
        {"a.py": READ.replace("data/manual", "s3://nightly-exports/v4")},
        {"a.py": READ.replace("data/manual", "s3://test-exports")},
        {"a.py": READ.replace("data/manual", "s3://nightly-exports/day=3")},
        {"a.py": READ.replace("data/manual", "s3://nightly"), "b.py": "def put(b, df):\n    df.to_csv(f's3://{b}/a.csv')\n"},
    ],
    ids=[
        "folder of a shell", "default of a package", "weights", "picture", "published", "known elsewhere", "mount", "server", "docstring",
        "archive", "one level off", "one level off, dvc", "end of the name", "version", "rehearsal", "partition", "any bucket",
    ],
)  # fmt: skip
def test_inputs_that_somebody_else_decides_or_explains(texts):
    assert found(texts) == []


def test_an_object_of_a_past_day_is_not_made_by_what_writes_todays():
    read = 'import pandas as pd\n\nframe = pd.read_csv("gs://crop-releases/fields/2023-03.csv")\n'
    write = 'import datetime\n\nday = datetime.date.today()\nrows.to_csv(f"gs://crop-releases/fields/{day}.csv")\n'
    assert len(found({"train.py": read, "release.py": "import pandas as pd\n\nrows = pd.DataFrame()\n" + write})) == 1


def test_a_notebook_that_appends_to_what_it_reads_does_not_make_it():
    import json

    cells = ['import pandas as pd\n\nold = pd.read_csv("tracking_of_labels.csv")\n', 'old.to_csv("tracking_of_labels.csv", mode="a")\n']
    made = [{"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell} for cell in cells]

    def notebook(some):
        return json.dumps({"cells": some, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})

    assert len(found({"label.ipynb": notebook(made)})) == 1
    assert found({"label.ipynb": notebook(made[::-1])}) == []


@pytest.mark.parametrize("folder", ["data/manual", "."])
def test_the_finding_stays_the_same_when_one_of_its_inputs_is_found(folder):
    read = f'import pandas as pd\n\nprint(pd.read_csv("{folder}/clients_by_hand.csv"), pd.read_csv("{folder}/relabelled_by_hand.csv"))\n'
    before, after = found({"a.py": read}), found({"a.py": read, f"{folder}/clients_by_hand.csv".removeprefix("./"): "a,b\n"})
    assert before[0].members == 2
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after]


def test_inputs_beside_two_scripts_are_two_findings():
    read = 'import pandas as pd\n\nprint(pd.read_csv("clients_by_hand.csv"))\n'
    both = found({"a.py": read, "b.py": read})
    assert len({f.fingerprint for f in both}) == 2


def read_of(name):
    return f'import pandas as pd\n\npd.read_csv("{name}")\n'


SAVES = "import sys\nimport pandas as pd\n\npd.DataFrame().to_csv({})\n"


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("stacked_0.9413_of_five_models.csv", 'f"stacked_{float(sys.argv[1]):.4f}_of_five_models.csv"'),
        ("lake/visits/en_arrow_visits/part_a.csv", 'f"{sys.argv[1]}_arrow_visits"'),
        ("scores_of_anna_recall.csv", 'start("scores_of_anna_") + sys.argv[1] + ".csv"'),
    ],
    ids=["middle", "folder", "beginning"],
)
def test_a_writer_that_spells_the_name_only_partly(name, writer):
    read = f'import sys\nimport pandas as pd\n\npd.read_csv("{name}")\n'.replace("/en_", "/{sys.argv[1]}_").replace(
        'csv("lake', 'csv(f"lake'
    )
    assert found({"train.py": read})
    assert found({"train.py": read, "make.py": SAVES.format(writer)}) == []


def test_the_page_of_a_competition_tells_where_its_data_is():
    texts = {"train.py": read_of("data/harmful-brain-activity/train_rows.csv")}
    assert found(texts)
    told = {"README.md": "Data: https://www.kaggle.com/competitions/harmful-brain-activity/data\n"}
    assert found({**texts, **told}) == []


def test_a_name_with_spaces_in_a_document():
    texts = {"train.py": read_of("data/stays 1617 to 2021 v2.csv")}
    assert found(texts)
    assert found({**texts, "train/README.md": "python fit.py --rows '/path/to/stays 1617 to 2021 v2.csv'\n"}) == []


def test_what_is_put_away_was_made_before():
    assert found({"run.sh": "cp /Users/carla/churn/out_tables/a.csv x\n"})
    assert found({"run.sh": "mv /Users/carla/churn/out_tables/a.csv x\n"}) == []


@pytest.mark.parametrize("name", ["ci/config/moves/visits.json", "/Volumes/{sys.argv[1]}_gold/jobs/a.csv", "data/mc4/visits.csv"])
def test_settings_mounts_and_published_data(name):
    assert found({"train.py": f'import sys\nimport pandas as pd\n\npd.read_csv(f"{name}")\n'}) == []


def test_the_default_of_an_option_that_people_are_told_to_pass():
    text = (
        "import argparse\nimport pandas as pd\n\nparser = argparse.ArgumentParser()\n"
        'parser.add_argument("--root-dir", default="/home/carla/rows/visits")\nargs = parser.parse_args()\n'
        'pd.read_csv(args.root_dir + "/rows.csv")\n'
    )
    assert found({"crop.py": text})
    told = {"README.md": "    python split.py --root-dir DATA_ROOT\n", "split.py": "print(1)\n"}
    assert found({"crop.py": text, **told}) == []


def test_a_bucket_that_other_code_of_ours_names_and_writes():
    read = 'import pandas as pd\n\npd.read_parquet("gs://visits-by-day/sheets/rows.parquet")\n'
    assert found({"train.py": read})
    assert found({"train.py": read, "dags/fetch.py": 'BUCKET = "visits-by-day"\nopen("rows.json", "w").write("")\nput(BUCKET)\n'}) == []


def test_an_archive_that_code_fetches():
    read = read_of("/home/carla/.store/eval_rows/visits.csv")
    assert found({"train.py": read})
    assert found({"train.py": read, "get.py": 'URL = "https://acme.example/eval_rows.zip"\nunpack(fetch(URL))\n'}) == []


def test_published_speech():
    text = 'import glob\nimport pandas as pd\n\nfor name in glob.glob("/home/carla/data/{}/de/*.csv"):\n    pd.read_csv(name)\n'
    assert found({"train.py": text.format("speech")})
    assert found({"train.py": text.format("mailabs")}) == []


@pytest.mark.parametrize(
    "more",
    [{"make.R": 'write.csv(rows, "data/manual/relabelled.csv")\n'}, {"data/manual/README.md": "By hand; ask the labelling team.\n"}],
    ids=["R", "text in the folder"],
)
def test_a_writer_in_a_language_that_is_not_analysed(more):
    assert found({"train.py": READ, **more}) == []


def test_a_text_beside_code_explains_no_data():
    assert found({"data/manual/train.py": READ, "data/manual/README.md": "How to train.\n"})


@pytest.mark.parametrize(
    "more",
    [
        {"mine/Main.kt": 'fun main() { dump(rows, "relabelled.csv") }\n'},
        {"mine/Main.java": 'class Main { void run() { dump(rows, "relabelled.csv"); } }\n'},
        {"make.py": "print 'saving'\nsavetxt('data/manual/relabelled.csv', rows)\n"},
    ],
    ids=["Kotlin", "Java", "Python 2"],
)
def test_a_file_that_code_of_another_language_names(more):
    assert found({"train.py": READ})
    assert found({"train.py": READ, **more}) == []
    assert found({"train.py": READ, **{path: text.replace("relabelled", "other") for path, text in more.items()}})


def test_a_database_whose_tables_the_code_makes():
    opened = 'import sqlite3\n\ncon = sqlite3.connect("data/manual/quality.db")\n'
    asked = 'print(con.execute("select * from scores").fetchall())\n'
    assert found({"report.py": opened + asked})
    assert found({"report.py": opened + 'con.execute("CREATE TABLE IF NOT EXISTS scores (at text)")\n' + asked}) == []


def test_a_resource_of_a_package():
    assert found({"split.py": 'import nltk\n\nprint(nltk.data.load("data/manual/english.pickle"))\n'}) == []


def test_credentials_are_no_data():
    read = 'rows = [line for line in open("/home/jroe/visits/{name}")]\n'
    assert found({"train.py": read.format(name="visits.csv")})
    assert found({"train.py": read.format(name="default_profile")}) == []


def test_a_fixed_path_in_the_package_of_an_application():
    packaged = {**PACKAGED, "shop/load.py": READ, "Dockerfile": 'FROM python:3.12\nCMD ["python", "-m", "shop.load"]\n'}
    assert [finding.locations[0].path for finding in found(packaged)] == ["shop/load.py"]


@pytest.mark.parametrize(
    "more",
    [
        {"Makefile": "out/all.csv: data/old_rows.csv\n\tsort $< > $@\n\ndata/old_rows.csv:\n\tcurl -o $@ https://host.example/rows\n"},
        {"Makefile": "out/all.csv: data/old_rows.csv\n\tsort $< > $@\n", "data/old_rows.csv": "a\n"},
        {"Makefile": "out/all.csv: data/old_rows.csv\n\tsort $< > $@\n", "README.md": "Ask the shop for `old_rows.csv`.\n"},
        {"Makefile": "out/%.csv: data/%_rows.csv\n\tsort $< > $@\n"},
        {"Makefile": "all: check deploy\n"},
        {"docs/Makefile": "out/all.csv: data/old_rows.csv\n\tsort $< > $@\n"},
    ],
)
def test_declared_inputs_that_something_makes(more):
    assert found(more) == []


def test_a_declared_input_that_no_rule_makes():
    [finding] = found({"Makefile": "out/all.csv: data/old_rows.csv\n\tsort $< > $@\n"})
    assert (finding.locations[0].path, finding.locations[0].line) == ("Makefile", 1)


def test_a_text_in_the_folder_explains_what_it_names_or_else_all():
    assert found({"a.py": READ, "data/manual/README.md": "The labelling team puts its exports here.\n"}) == []
    assert len(found({"a.py": READ, "data/manual/README.md": "`corrections_2023.csv` comes from the labelling team.\n"})) == 1


def test_a_rule_that_is_commented_out_tells_how_a_file_was_made():
    rule = "data/few.csv: data/labels/shops_2019.csv\n\thead $< > $@\n"
    make = "# data/labels/shops_2019.csv:\n#\t./label dump.xml > $@\n\n"
    assert list(InputWithoutProducer().check(graph_of_texts({"Makefile": make + rule}))) == []
    assert len(list(InputWithoutProducer().check(graph_of_texts({"Makefile": rule})))) == 1
