"""JGL002, tentative: programs beside a declared pipeline that read its outputs; what is a stage, a service, a look or a demo is silent."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.stage_declaration_drift import StageDeclarationDrift

DVC = "stages:\n  train:\n    cmd: python train.py\n    deps:\n      - train.py\n      - data/rows.csv\n    outs:\n      - models/best\n"
TRAIN = 'import pandas as pd\n\npd.read_csv("data/rows.csv").to_parquet("models/best/scores.parquet")\n'
RELEASE = 'import pandas as pd\n\nif __name__ == "__main__":\n    print(pd.read_parquet("models/best/scores.parquet").shape)\n'
GUARDED = (
    "from pathlib import Path\n\nimport pandas as pd\n\n"
    'if __name__ == "__main__":\n    best = Path("models/best/scores.parquet")\n'
    "    if best.exists():\n        print(pd.read_parquet(best).shape)\n"
)
BASE = {"dvc.yaml": DVC, "train.py": TRAIN, "data/rows.csv": "a\n1\n"}


def found(texts: dict[str, str]) -> list[Finding]:
    return [f for f in StageDeclarationDrift().check(graph_of_texts({**BASE, **texts})) if "no stage runs it" in f.message]


@pytest.mark.parametrize(
    "texts",
    [
        {"dvc.yaml": DVC + "  release:\n    cmd: python release.py\n    deps:\n      - models/best\n", "release.py": RELEASE},
        {"examples/release.py": RELEASE},
        {"tests/test_release.py": RELEASE},
        {"release.py": RELEASE, "Makefile": "store-demo:\n\tpython release.py\n"},
        {"release.py": RELEASE, "Dockerfile": 'FROM python:3.12\nCOPY . .\nCMD ["python", "release.py"]\n'},
        {"release.py": "import streamlit as st\n" + RELEASE + '    st.title("shop")\n'},
        {"release.py": GUARDED},
        {"release.py": RELEASE.replace("models/best", "/models/best")},
        {"release.py": RELEASE.replace("models/best", "models/other")},
        {"release.py": RELEASE.replace("    print(pd.read_parquet(", "    print(pd.DataFrame().to_parquet(").replace(".shape", "")},
    ],
    ids=[
        "a stage",
        "a demo",
        "a test",
        "a target that shows",
        "a container",
        "a page",
        "only if it is there",
        "an absolute path",
        "no output",
        "a writer",
    ],
)
def test_what_is_no_consumer_beside_the_pipeline(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_a_program_that_no_stage_runs() -> None:
    (finding,) = found({"release.py": RELEASE})
    assert finding.message == "release.py reads `models/best` of dvc.yaml, and no stage runs it"
    assert finding.confidence is Confidence.C
    assert [(site.path, site.line) for site in finding.locations] == [("release.py", 4), ("dvc.yaml", 8)]


def test_who_runs_it_beside_the_pipeline_is_told() -> None:
    workflow = "on: push\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python release.py\n"
    (finding,) = found({"release.py": RELEASE, ".github/workflows/release.yml": workflow})
    assert (".github/workflows/release.yml", 6) in {(site.path, site.line) for site in finding.locations}
