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
