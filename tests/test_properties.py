"""What holds for every input: no text crashes a scan, and the order of files changes nothing."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from analyzer.result import ScanResult
from analyzer.scan import graph_of_texts
from analyzer.settings import Settings
from mldebt.running import result_of, run
from reports.registry import formats
from rules.checking import check
from rules.registry import all_rules
from rules.weighing import weigh

NAMES = (
    "train.py",
    "pkg/__init__.py",
    "pkg/features.py",
    "pkg/serve.pyi",
    "notebooks/a.ipynb",
    "run.sh",
    "Makefile",
    "rules.mk",
    "dvc.yaml",
    "dvc.lock",
    "data/train.csv.dvc",
    "params.yaml",
    "conf/config.json",
    "setup.cfg",
    "setup.py",
    "pyproject.toml",
    "requirements.txt",
    "Dockerfile",
    "docker-compose.yml",
    ".github/workflows/ci.yml",
    "CODEOWNERS",
    "README.md",
    ".gitignore",
)
FRAGMENTS = (
    "import pandas as pd",
    "from pkg.features import gone, *",
    "from . import features",
    "DATA = '/home/ann/data/'",
    "df = pd.read_csv(DATA + f'{year}.csv')",
    "df.to_parquet('data/x.parquet')",
    "with open('data/x.parquet', mode) as f:",
    "    f.write(x)",
    "def load(path, *args, **kwargs):",
    "    return pd.read_parquet(path)",
    "class A(pkg.features.B):",
    "    def f(self): return self.path",
    "if False:",
    "else:",
    "    x = load('data/x.parquet')",
    "stages:",
    "  a: {cmd: python train.py, deps: [data/x.parquet], outs: [m.pkl]}",
    "all: data/x.parquet",
    "\tpython train.py > out.txt",
    "python -m pkg.features --data data/x.parquet | tee log",
    "for f in a b; do python $f.py; done",
    "FROM python:3.11",
    'CMD ["python", "train.py"]',
    "# mldebt: ignore[JGL007] x",
    "# -*- coding: latin-1 -*-",
    '{"cells": [{"cell_type": "code", "source": ["%run train.py\\n", "!python train.py"]}]}',
    "[project]",
    "name = 'x'",
    "*  @team",
    "\\",
    '"""',
    "\t",
    "\x00",
    "\udcff",
    "é 𝓧 ‮",
    "((((((((((((((((",
)
TEXTS = st.text(max_size=80) | st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("\n".join)
CONTENTS = st.binary(max_size=200) | TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
REPOSITORIES = st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6)


def judged(graph: SystemGraph) -> tuple[Finding, ...]:
    return weigh(check(graph, all_rules(), Settings()), graph)


def told(graph: SystemGraph) -> ScanResult:
    return result_of(graph, judged(graph), tuple(rule.card() for rule in all_rules()), (), 0.0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REPOSITORIES)
def test_any_text_as_any_kind_of_file_is_scanned_and_told(texts: dict[str, str]) -> None:
    result = told(graph_of_texts(texts))
    for kind in formats().values():
        assert kind().render(result)
    for finding in result.findings:
        assert finding.locations and all(site.path in texts and site.line >= 1 for site in finding.locations)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REPOSITORIES, st.randoms(use_true_random=False))
def test_the_order_of_files_changes_nothing(texts: dict[str, str], chance: random.Random) -> None:
    names = list(texts)
    chance.shuffle(names)
    here, there = (told(graph_of_texts(order)) for order in (texts, {name: texts[name] for name in names}))
    assert replace(here, seconds=0.0) == replace(there, seconds=0.0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), CONTENTS, max_size=5))
def test_any_bytes_on_disk_are_scanned_or_listed(contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, data in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        result = run(root, Settings(history=False), jobs=1)
    assert json.loads(formats()["json"]().render(result))["schema_version"] == 1
    read = {unit.path for unit in result.units}
    listed = {entry.path for entry in result.not_analysed}
    assert not read & listed, "a file is read or listed, not both"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REPOSITORIES)
def test_a_fingerprint_does_not_move_with_lines(texts: dict[str, str]) -> None:
    """Blank lines on top of every Python file move every line and no fingerprint."""
    moved = {name: "\n\n\n" + text if name.endswith(".py") else text for name, text in texts.items()}
    if any(name.endswith(".py") and text.startswith(("# -*-", "\ufeff")) for name, text in texts.items()):
        return
    prints = [sorted(finding.fingerprint for finding in judged(graph_of_texts(each))) for each in (texts, moved)]
    assert prints[0] == prints[1]
