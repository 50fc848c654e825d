"""Disks of one host that code accesses: JGL007's last case."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.machine_bound_path import MachineBoundPath


def found(files):
    return list(MachineBoundPath().check(graph_of_texts(files)))


def reads(path):
    return f'import pandas as pd\n\nframe = pd.read_csv("{path}")\n'


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/models/rows.csv",
        "/mnt/your_disk/rows.csv",
        "/mnt/{disk}/rows.csv",
        "/scratch/rows.csv",
        "/data/shop/rows.csv",
        "/srvs/shop/rows.csv",
        "C:/Windows/Fonts/rows.csv",
        "C:/temp/rows.csv",
        "data/C:/rows.csv",
    ],
)
def test_what_platforms_promise_or_people_fill_in(path):
    assert found({"look.py": reads(path)}) == []


def test_lessons_tests_defaults_and_what_is_only_said():
    text = reads("/mnt/tank/rows.csv")
    assert found({"tutorials/look.py": text, "tests/test_look.py": text}) == []
    assert found({"look.py": 'print("see /mnt/tank/rows.csv")\nPLACE = "/mnt/tank/rows.csv"\n'}) == []
    option = (
        "import argparse\n\nimport pandas as pd\n\nparser = argparse.ArgumentParser()\n"
        'parser.add_argument("--rows", default="/mnt/tank/rows.csv")\nargs = parser.parse_args()\nframe = pd.read_csv(args.rows)\n'
    )
    assert found({"look.py": option}) == []


def test_a_folder_that_the_repository_mounts():
    compose = "services:\n  look:\n    image: shop\n    volumes:\n      - ./data:/mnt/tank\n"
    assert found({"look.py": reads("/mnt/tank/rows.csv"), "docker-compose.yml": compose}) == []


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/mnt/tank/shop/rows.csv", "/mnt/tank"),
        ("/scratch/ann/rows.csv", "/scratch/ann"),
        ("/srv2/shop/html/rows.csv", "/srv2/shop"),
        ("/gpfs/shop/rows.csv", "/gpfs/shop"),
        ("D:/corpus/rows.csv", "D:/corpus"),
        ("D:\\\\\\\\corpus\\\\\\\\rows.csv", "D:/corpus"),
    ],
)
def test_a_disk_of_one_host(path, prefix):
    [finding] = found({"look.py": reads(path)})
    assert finding.confidence is Confidence.C
    assert finding.subject.id == prefix
    assert {(site.path, site.line) for site in finding.locations} == {("look.py", 3)}


def test_one_disk_is_one_finding_with_the_constants_that_name_it():
    files = {
        "settings.py": 'ROOT = "/mnt/tank/shop"\n',
        "load.py": "import pandas as pd\n\nfrom settings import ROOT\n\nframe = pd.read_csv(ROOT + '/rows.csv')\n",
        "look.py": reads("/mnt/tank/other/rows.csv"),
    }
    [finding] = found(files)
    assert {(site.path, site.line) for site in finding.locations} == {("load.py", 5), ("look.py", 3), ("settings.py", 1)}


def test_disks_that_the_command_line_or_the_host_decides():
    option = (
        "import argparse\n\nfrom rows import load\n\nparser = argparse.ArgumentParser()\n"
        'parser.add_argument("--root", default="/mnt/tank/shop")\nload(parser.parse_args().root)\n'
    )
    load = 'import pandas as pd\n\n\ndef load(root):\n    return pd.read_csv(root + "/rows.csv")\n'
    assert found({"look.py": option, "rows.py": load}) == []
    place = (
        'from pathlib import Path\n\nif Path("/scratch").is_dir():\n    ROWS = Path("/scratch/ann/rows")\nelse:\n    ROWS = Path("data")\n'
    )
    read = 'import pandas as pd\n\nfrom place import ROWS\n\nframe = pd.read_csv(ROWS / "rows.csv")\n'
    assert found({"place.py": place, "look.py": read}) == []
    assert len(found({"place.py": place.replace('"/scratch"', '"/data"'), "look.py": read})) == 1


def test_the_default_of_an_option_that_every_command_gives():
    train = (
        "import argparse\n\nfrom sklearn.linear_model import Ridge\n\nparser = argparse.ArgumentParser()\n"
        'parser.add_argument("--root", default="/home/ann/shop")\nprint(parser.parse_args().root)\nRidge().fit([[1]], [1])\n'
    )
    assert found({"train.py": train, "run.sh": "python train.py --root $1\n"}) == []
    assert len(found({"train.py": train, "run.sh": "python train.py --root $1\npython train.py\n"})) == 1
