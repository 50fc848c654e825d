from __future__ import annotations

from collections.abc import Callable

import pytest

from mldebt.fixing.declarations import AddStages, Append
from mldebt.fixing.model import NotFixableError

STUB = "stages:\n  train:\n    deps:\n      - ref/names.csv\n    outs:\n      - model.pkl"
FILE = """\
stages:
  prepare:
    cmd: python prepare.py
    outs: [data.csv]
  # the model
  train:
    cmd: python train.py
    deps:
    - train.py
    - data.csv  # made above

  eval:
    cmd: python eval.py

plots: []
"""


def test_a_stage_gets_the_entries_that_it_lacks() -> None:
    after = AddStages(STUB)(FILE)
    assert after == FILE.replace("made above\n", "made above\n    - ref/names.csv\n    outs:\n      - model.pkl\n")
    assert AddStages(STUB)(after) == after


def test_a_stage_that_is_not_there_comes_after_the_others() -> None:
    stub = "stages:\n  score:\n    cmd: python score.py\n    deps:\n      - model.pkl"
    new = "    cmd: python eval.py\n  score:\n    cmd: python score.py\n    deps:\n      - model.pkl\n"
    assert AddStages(stub)(FILE) == FILE.replace("    cmd: python eval.py\n", new)


@pytest.mark.parametrize(
    "text",
    ["stages: {train: {cmd: a}}\n", "a: 1\n", "stages:\n  train: {cmd: a}\n", "stages:\n  train:\n    foreach: [a]\n    do: {cmd: b}\n"],
)
def test_what_is_not_a_block_is_refused(text: str) -> None:
    with pytest.raises(NotFixableError):
        AddStages(STUB)(text)


def test_a_paragraph_is_added_once() -> None:
    assert Append("b: c")("a\n\n\n") == "a\n\nb: c\n"
    assert Append("b: c")("a\n\nb: c\n") == "a\n\nb: c\n"
    assert Append("b: c")("") == "b: c\n"


def test_a_missing_dependency_is_declared(outcome: Callable[..., object]) -> None:
    files = {
        "dvc.yaml": "stages:\n  features:\n    cmd: python features.py\n    deps:\n      - features.py\n      - data/raw.csv\n    outs:\n      - out.csv\n",
        "data/raw.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: raw.csv\n",
        "ref/sku_map.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: sku_map.csv\n",
        "features.py": (
            'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nnames = pd.read_csv("ref/sku_map.csv")\nraw.merge(names).to_csv("out.csv")\n'
        ),
    }
    done = outcome(files, unsafe=True, rule="JGL002")
    assert done.after["dvc.yaml"].decode() == files["dvc.yaml"].replace("raw.csv\n", "raw.csv\n      - ref/sku_map.csv\n")
    assert outcome(files, rule="JGL002").after == {}


def test_a_contract_is_declared(outcome: Callable[..., object]) -> None:
    from rules.undeclared_artifact_reader import UndeclaredArtifactReader

    done = outcome(UndeclaredArtifactReader.BAD[0], unsafe=True, rule="UDC001")
    assert "[[contract]]\nartifact = " in done.after["mldebt.toml"].decode()
    assert len(done.fixed) == 1


READS = "import pandas as pd\n\nframe = pd.read_csv({!r})\nframe.to_csv({!r})\n"


def test_a_pipeline_and_what_a_stage_of_it_lacks_are_declared_together(outcome: Callable[..., object]) -> None:
    files = {
        "Makefile": "data/a.csv: a.py data/raw.csv\n\tpython a.py\n",
        "data/raw.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: raw.csv\n",
        "ref/map.csv.dvc": "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: map.csv\n",
        "a.py": "import pandas as pd\n\nnames = pd.read_csv('ref/map.csv')\n"
        + READS.format("data/raw.csv", "data/a.csv").partition("\n\n")[2],
        "b.py": READS.format("data/a.csv", "data/visits_b.csv"),
        "c.py": READS.format("data/visits_b.csv", "data/visits_c.csv"),
        "d.py": READS.format("data/visits_c.csv", "data/visits_d.csv"),
    }
    done = outcome(files, unsafe=True)
    assert {fix.finding.rule for fix in done.fixed} == {"JGL001", "JGL002"}
    added = done.after["Makefile"].decode().removeprefix(files["Makefile"])
    assert "data/a.csv: ref/map.csv\n" in added
    assert "data/visits_c.csv: c.py data/visits_b.csv\n\tpython c.py\n" in added
    assert [refusal for refusal in done.refused if refusal.finding.rule in ("JGL001", "JGL002")] == []
