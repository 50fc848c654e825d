from __future__ import annotations

from analyzer.graph.dead import blind_projects, use_of
from analyzer.scan import graph_of_texts


def test_who_uses_a_definition() -> None:
    texts = {
        "Dockerfile": "FROM python:3.12\nCOPY . .\nCMD python serve.py\n",
        "serve.py": "from lib import score\nprint(score())\n",
        "lib.py": "def score():\n    return 1\n\n\ndef plot():\n    return 1\n\n\ndef split():\n    return 1\n\n\n"
        "def left():\n    return 1\n",
        "eda.ipynb": '{"cells": [{"cell_type": "code", "source": "import lib\\nlib.plot()", "metadata": {}, "outputs": []}], '
        '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "tests/test_lib.py": "from lib import split\n\n\ndef test_it():\n    assert split()\n",
    }
    graph = graph_of_texts(texts)
    assert [use_of(graph, "lib.py", name) for name in ("score", "plot", "split", "left")] == ["production", "research", "tests", ""]


def test_a_package_that_runs_here_is_nobody_elses() -> None:
    texts = {
        "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n\n[project]\nname = 'pkg'\nversion = '1'\n"
        "classifiers = ['Programming Language :: Python']\n",
        "pkg/__init__.py": "",
        "pkg/lib.py": "def f():\n    return 1\n",
    }
    steps = "".join(f"s{n}:\n\tpython run{n}.py\n" for n in range(6))
    runs = {f"pkg/run{n}.py": "from pkg.lib import f\nprint(f())\n" for n in range(6)}
    assert set(blind_projects(graph_of_texts(texts))) == {""}
    assert blind_projects(graph_of_texts({**texts, **runs, "Makefile": steps.replace("run", "pkg/run")})) == {}
