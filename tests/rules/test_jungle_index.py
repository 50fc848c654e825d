"""M-JGL and M-COV: nothing to measure, then what declarations change."""

from __future__ import annotations

from analyzer.scan import graph_of_texts
from rules.metrics import declaration_coverage, jungle_index

CHAIN = {
    "clean.py": 'import pandas as pd\n\npd.read_csv("data/raw.csv").to_csv("data/visits.csv")\n',
    "train.py": 'import pandas as pd\nfrom sklearn.svm import SVC\n\nframe = pd.read_csv("data/visits.csv")\nSVC().fit(frame, frame.y)\n',
}
DVC = (
    "stages:\n  clean:\n    cmd: python clean.py\n    deps: [clean.py, data/raw.csv]\n    outs: [data/visits.csv]\n"
    "  train:\n    cmd: python train.py\n    deps: [train.py, data/visits.csv]\n"
)


def test_without_hand_offs_there_is_nothing_to_measure():
    graph = graph_of_texts({"train.py": CHAIN["train.py"]})
    assert jungle_index.measure(graph) is None
    assert declaration_coverage.measure(graph) is None


def test_an_undeclared_chain_weighs_more_than_a_declared_one():
    open_chain, declared = graph_of_texts(CHAIN), graph_of_texts({**CHAIN, "dvc.yaml": DVC})
    (before,) = [row for row in jungle_index.measure(open_chain).rows if row.subject == "train.py"]
    (after,) = [row for row in jungle_index.measure(declared).rows if row.subject == "train.py"]
    assert before.value >= 35 > after.value
    assert "1 of 1 hand-offs undeclared" in before.text


def test_the_share_of_declared_hand_offs():
    (row,) = declaration_coverage.measure(graph_of_texts(CHAIN)).rows
    assert row.value == 0
    (row,) = declaration_coverage.measure(graph_of_texts({**CHAIN, "dvc.yaml": DVC})).rows
    assert row.value == 100
