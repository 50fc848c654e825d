"""M-NBK: silent about what a program uses too; then what only notebooks use, and that no rule calls it dead."""

from __future__ import annotations

import json

from analyzer.scan import graph_of_texts
from rules.metrics.notebook_only_use import measure
from rules.orphan_experiment import OrphanExperiment
from rules.unused_definition import UnusedDefinition

LIB = "import torch\n\n\ndef shape(x):\n    return torch.zeros(x)\n\n\nclass Head(torch.nn.Module):\n    width = 3\n"
RUN = "from pkg.lib import shape\n\nshape(3)\n"


def notebook(text: str) -> str:
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": text}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_what_a_program_uses_too() -> None:
    texts = {"pkg/__init__.py": "", "pkg/lib.py": LIB, "run.py": f"{RUN}from pkg.lib import Head\n\nHead()\n"}
    assert measure(graph_of_texts({**texts, "look.ipynb": notebook("from pkg.lib import Head\n\nHead()")})) is None


def test_what_nothing_uses_is_no_notebooks() -> None:
    assert measure(graph_of_texts({"pkg/__init__.py": "", "pkg/lib.py": LIB, "run.py": RUN})) is None


def test_what_only_a_notebook_uses_is_alive_and_told() -> None:
    texts = {"pkg/__init__.py": "", "pkg/lib.py": LIB, "run.py": RUN, "look.ipynb": notebook("from pkg.lib import Head\n\nHead()")}
    graph = graph_of_texts(texts)
    metric = measure(graph)
    assert metric is not None and metric.code == "M-NBK"
    assert [(row.subject, row.value, row.text) for row in metric.rows] == [
        ("pkg/lib.py", 1, "only notebooks use `Head`; imported by `look.ipynb`")
    ]
    assert list(OrphanExperiment().check(graph)) == []
    assert list(UnusedDefinition().check(graph)) == []


def test_a_notebook_that_shares_a_name_with_what_a_program_calls_runs_nothing() -> None:
    look = notebook("from pkg.lib import Head\n\n\ndef fit(x):\n    return Head(x)\n\n\nfit(1)")
    texts = {"pkg/__init__.py": "", "pkg/lib.py": LIB, "run.py": f"{RUN}getattr(shape, 'fit')(1)\n", "look.ipynb": look}
    metric = measure(graph_of_texts(texts))
    assert metric is not None and [row.subject for row in metric.rows] == ["pkg/lib.py"]
