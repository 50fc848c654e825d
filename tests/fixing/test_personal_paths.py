from __future__ import annotations

from collections.abc import Callable

import pytest

Fixed = Callable[..., str]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'import pandas as pd\n\nframe = pd.read_csv("/home/ann/data/train.csv")\n',
            'import os\nimport pandas as pd\n\nframe = pd.read_csv(os.environ["DATA_ROOT"] + "/data/train.csv")\n',
        ),
        (
            "import os\n\nDATA = '/home/ann'\nprint(open(DATA + '/x.csv'))\n",
            "import os\n\nDATA = os.environ['DATA_ROOT']\nprint(open(DATA + '/x.csv'))\n",
        ),
        (
            '"""Reads."""\nfrom __future__ import annotations\n\nfor n in range(3):\n    open(f"/home/ann/{n}.csv")\n',
            '"""Reads."""\nfrom __future__ import annotations\n\nimport os\nfor n in range(3):\n    open(f"{os.environ[\'DATA_ROOT\']}/{n}.csv")\n',
        ),
        (
            'import os\n\n\ndef f(path="/home/ann/x.csv"):\n    return open(path)\n',
            'import os\n\n\ndef f(path=os.environ.get("DATA_ROOT", ".") + "/x.csv"):\n    return open(path)\n',
        ),
    ],
)
def test_fixed(fixed: Fixed, before: str, after: str) -> None:
    assert fixed(before, rule="JGL007", unsafe=True) == after


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('x = open("/home/ann/%s.csv" % 1)\n', id="an operand of another operator"),
        pytest.param('x = open("""/home/ann/a.csv""")\n', id="a long string"),
        pytest.param('x = open("cat /home/ann/a.csv")\n', id="in the middle"),
    ],
)
def test_left_alone(fixed: Fixed, text: str) -> None:
    assert fixed(text, rule="JGL007", unsafe=True) == text


def test_never_without_being_asked(fixed: Fixed) -> None:
    text = 'x = open("/home/ann/a.csv")\n'
    assert fixed(text, rule="JGL007") == text


def test_other_files_are_left_with_a_reason(outcome: Callable[..., object]) -> None:
    done = outcome({"conf/data.yaml": "data:\n  train: /home/ann/train.csv\n"}, unsafe=True, rule="JGL007")
    assert [refusal.reason for refusal in done.refused] == ["only Python code can be rewritten"]


def test_the_import_stands_inside_its_cell(fixed: Fixed) -> None:
    before = '# %% tags=["load"]\n# reads\nframe = open("/home/ann/a.csv")\n'
    after = '# %% tags=["load"]\nimport os\n# reads\nframe = open(os.environ["DATA_ROOT"] + "/a.csv")\n'
    assert fixed(before, rule="JGL007", unsafe=True, path="tasks/load.py") == after
