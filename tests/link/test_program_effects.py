"""A look at a program under one command line costs that program, not the whole repository once more."""

from __future__ import annotations

import pytest

from analyzer.link.configuration import hydra, instantiation
from analyzer.scan import graph_of_texts

MODEL = (
    "import pandas as pd\nclass Model:\n    def __init__(self, source):\n        self.source = source\n"
    "    def load(self):\n        return pd.read_csv(self.source)\n"
)
APPLICATION = (
    "import hydra\nfrom hydra.utils import instantiate\nimport model\n\n@hydra.main(config_path='conf', config_name='main')\n"
    "def main(cfg):\n    instantiate(cfg.model).load()\n    open(cfg.log, 'w')\n\nmain()\n"
)
TEXTS = {
    "model.py": MODEL,
    "one.py": APPLICATION,
    "two.py": APPLICATION,
    "conf/main.yaml": "log: logs/a.txt\nmodel:\n  _target_: model.Model\n  source: data/a.csv\n",
    "dvc.yaml": "stages:\n" + "".join(f"  s{n}:\n    cmd: python one.py log=logs/{n}.txt\n" for n in range(8)),
}


def test_each_step_has_its_own_words() -> None:
    graph = graph_of_texts(TEXTS)
    written = {(a.unit, a.artifact) for a in graph.accesses if a.op == "write" and a.site.path == "dvc.yaml" and a.via != "declaration"}
    assert written == {(f"dvc.yaml::s{n}", f"logs/{n}.txt") for n in range(8)}


def test_applications_that_no_word_concerns_are_composed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    composed: list[tuple[str, ...]] = []
    looked: list[instantiation.Application] = []
    compose, look = hydra.compose, instantiation.Targets._composed
    monkeypatch.setattr(hydra, "compose", lambda *given: composed.append(given[3]) or compose(*given))
    monkeypatch.setattr(instantiation.Targets, "_composed", lambda self, app, words: looked.append(app) or look(self, app, words))
    graph_of_texts(TEXTS)
    assert len(composed) == len(set(composed)) == 9, "once without words, and once for each step's words"
    assert sum(path == "two.py" for path, *_ in looked) == 1
