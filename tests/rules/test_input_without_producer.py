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
        "/home/ann/visits.csv",
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
