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
