"""JGL001 is silent on inputs that prose says where to fetch."""

from __future__ import annotations

import json

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.implicit_pipeline_edge import ImplicitPipelineEdge

STEPS = {
    "clean.py": 'import pandas as pd\n\nframe = pd.read_csv("in.csv")\nframe.to_parquet("data/sales_clean.parquet")\n',
    "features.py": (
        'import pandas as pd\n\nframe = pd.read_parquet("data/sales_clean.parquet")\nframe.to_parquet("data/sales_features.parquet")\n'
    ),
    "train.py": 'import pandas as pd\n\nframe = pd.read_parquet("data/sales_features.parquet")\n',
}
LINK = "https://host.example/bucket/sales_clean.parquet"


def notebook(prose: str) -> str:
    cells = [{"cell_type": "markdown", "source": [prose]}, {"cell_type": "code", "source": ["x = 1\n"], "outputs": []}]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def found(**more: str) -> int:
    texts = {**STEPS, **{name.replace("__", "."): text for name, text in more.items()}}
    findings = ImplicitPipelineEdge().check(graph_of_texts(texts))
    return sum(finding.confidence > Confidence.C for finding in findings)


def test_silent_when_a_readme_or_a_notebook_gives_the_address() -> None:
    assert found(README__md=f"Fetch {LINK} first.\n") == 0
    assert found(look__ipynb=notebook(f"**Data** {LINK}")) == 0


def test_other_addresses_change_nothing() -> None:
    assert found() == 1
    assert found(README__md="See https://host.example/docs and https://host.example/other.parquet\n") == 1
