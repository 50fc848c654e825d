from __future__ import annotations

from analyzer.scan import graph_of_texts
from rules.metrics.flag_space import measure

TRAIN = """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("data")
parser.add_argument("--epochs", type=int)
parser.add_argument("--mix", action="store_true")
parser.add_argument("--warm", action="store_true")
args = parser.parse_args()
"""


def test_nothing_to_say_of_a_program_that_nothing_runs() -> None:
    assert measure(graph_of_texts({"train.py": TRAIN})) is None


def test_nothing_to_say_of_two_options() -> None:
    text = TRAIN.replace('parser.add_argument("--warm", action="store_true")\n', "")
    assert measure(graph_of_texts({"train.py": text, "run.sh": "python train.py a.csv --mix\n"})) is None


def test_what_commands_set() -> None:
    texts = {"train.py": TRAIN, "run.sh": "python train.py a.csv --mix\npython train.py b.csv --mix --epochs 3\npython train.py c.csv\n"}
    metric = measure(graph_of_texts({**texts, "other.py": TRAIN}))
    assert metric is not None
    (row,) = metric.rows
    assert (row.subject, round(row.value, 2)) == ("train.py", 0.67)
    assert row.text == "2 of 3 options are set by 3 checked-in commands; 2 of 2^2 positions of its 2 flags are run"
    assert metric.note == "1 more program with options is run by no checked-in command"


def test_readme_commands_and_options_of_an_imported_module_count() -> None:
    texts = {
        "options.py": TRAIN.replace("args = parser.parse_args()\n", ""),
        "train.py": "from options import parser\n\nargs = parser.parse_args()\n",
        "README.md": "```\npython train.py a.csv --warm\n```\n",
    }
    metric = measure(graph_of_texts(texts))
    assert metric is not None
    assert metric.rows[0].text == "1 of 3 options is set by 1 checked-in command; 1 of 2^2 positions of its 2 flags is run".replace(
        "is set", "are set"
    )
