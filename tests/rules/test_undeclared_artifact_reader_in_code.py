"""UDC001 on texts: writers that nothing calls, and steps that only publish what was made."""

from __future__ import annotations

import tomllib

from analyzer.scan import graph_of_texts
from analyzer.settings import Settings
from rules.undeclared_artifact_reader import UndeclaredArtifactReader

WRITER, READER, FILE = "churn/score.py", "marketing/uplift.py", "data/interim/customers.parquet"

CONFIGURED = {
    "mldebt.toml": (
        '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n\n'
        '[[contract]]\nartifact = "x"\nproducer = "churn"\nconsumers = ["sales"]\n'
    ),
    "churn/__init__.py": "",
    "marketing/__init__.py": "",
    "marketing/uplift.py": f"import pandas as pd\n\nprint(pd.read_parquet({FILE!r}))\n",
}
SAVES = f"import pandas as pd\n\n\ndef save(frame, path={FILE!r}):\n    frame.to_parquet(path)\n"


def of_components(texts):
    config = tomllib.loads(texts["mldebt.toml"])
    return list(UndeclaredArtifactReader().check(graph_of_texts(texts, Settings.model_validate(config))))


def test_a_writer_that_only_tests_call():
    calls = "from churn.score import save\n\n\ndef test_save():\n    save(1)\n"
    work = "\n\nprint(pd.read_csv('raw.csv'))\n"
    assert of_components(CONFIGURED | {WRITER: SAVES + work, "tests/test_score.py": calls}) == []
    assert of_components(CONFIGURED | {WRITER: SAVES + work + "save(pd.read_csv('raw.csv'))\n"})


def test_a_step_that_only_publishes_it():
    publish = f"import mlflow\n\nmlflow.log_artifact({FILE!r})\n"
    write = SAVES + "\n\nsave(pd.read_csv('raw.csv'))\n"
    assert of_components(CONFIGURED | {WRITER: write, READER: publish}) == []
    assert of_components(CONFIGURED | {WRITER: write})
