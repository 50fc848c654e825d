"""Where imports are searched: `sys.path`, `PYTHONPATH`, other projects of the repository, names that other notebooks bring."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from analyzer.scan import graph_of_texts

LIB = {"tools/py/conf.py": "P = 'a.csv'\n", "other/conf.py": "P = 'b.csv'\n"}
USE = "import os, sys, site\nfrom pathlib import Path\nimport pandas as pd\n{}\nfrom conf import P\npd.read_csv('d/' + P)\n"


def reads(texts: Mapping[str, str]) -> set[str | None]:
    return {a.artifact for a in graph_of_texts(texts).accesses if a.op == "read"}


@pytest.mark.parametrize(
    "line", ["", "sys.path.append(unknown())", "sys.path.append('/tools/py')", "sys.path.append('../nowhere')", "x.append('../tools/py')"]
)
def test_which_of_two_is_meant_is_not_guessed(line: str) -> None:
    assert not reads({**LIB, "jobs/run.py": USE.format(line)}) & {"d/a.csv", "jobs/d/a.csv"}


@pytest.mark.parametrize(
    "line",
    [
        "sys.path.append('../tools/py')",
        "sys.path.append('tools/py')",
        "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'tools/py'))",
        "sys.path.insert(1, str(Path(__file__).resolve().parents[1] / 'tools' / 'py'))",
        "sys.path.extend(['../tools/py'])",
        "site.addsitedir('../tools/py')",
        "for folder in ['x', '../tools/py']:\n    sys.path.append(folder)",
        "import first",
    ],
)
def test_a_folder_that_code_adds(line: str) -> None:
    helper = "import sys, os\nsys.path.append(os.path.abspath('../tools/py'))\n"
    found = reads({**LIB, "jobs/first.py": helper, "jobs/run.py": USE.format(line)})
    assert found & {"d/a.csv", "jobs/d/a.csv"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("run.sh", "export PYTHONPATH=$PYTHONPATH:tools/py\npython jobs/run.py\n"),
        ("run.sh", "PYTHONPATH=$(pwd)/tools/py python jobs/run.py\n"),
        ("Makefile", "run:\n\tPYTHONPATH=./tools/py python jobs/run.py\n"),
        ("Dockerfile", "FROM python\nENV PYTHONPATH=tools/py\nCMD python jobs/run.py\n"),
    ],
)
def test_a_folder_that_settings_add(path: str, text: str) -> None:
    assert "d/a.csv" in reads({**LIB, path: text, "jobs/run.py": USE.format("")})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/requirements.txt", "-e ../lib\n"),
        ("app/requirements.txt", "../lib[extra]\n"),
        ("app/pyproject.toml", "[tool.poetry]\nname = 'app'\n[tool.poetry.dependencies]\nlib = {path = '../lib', develop = true}\n"),
        ("app/pyproject.toml", "[project]\nname = 'app'\ndependencies = ['lib']\n[tool.uv.sources]\nlib = {path = '../lib'}\n"),
        ("app/requirements.txt", "pandas\n"),
    ],
)
def test_another_project_of_the_repository(path: str, text: str) -> None:
    lib = {"lib/setup.py": "setup(name='lib', package_dir={'': 'code'})", "lib/code/conf/__init__.py": "P = 'a.csv'\n"}
    found = reads({**lib, path: text, "app/run.py": USE.format("")})
    assert found & {"d/a.csv", "app/d/a.csv"}


def test_a_dependency_of_the_same_name_as_a_folder_is_not_the_folder() -> None:
    lib = {"lib/setup.py": "setup(name='lib')", "lib/conf/__init__.py": "P = 'a.csv'\n"}
    assert not reads({**lib, "app/requirements.txt": "conf\n", "app/run.py": USE.format("")}) & {"d/a.csv", "app/d/a.csv"}


@pytest.mark.parametrize(
    "line", ["import importlib\nc = importlib.import_module('tools.conf')", "c = __import__('tools').conf", "import tools.conf as c"]
)
def test_a_module_that_is_imported_by_a_call(line: str) -> None:
    texts = {"tools/__init__.py": "from . import conf\n", "tools/conf.py": "P = 'd/a.csv'\n"}
    assert "d/a.csv" in reads({**texts, "run.py": f"import pandas as pd\n{line}\npd.read_csv(c.P)\n"})


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": {}, "nbformat": 4})


def test_the_names_of_a_notebook_that_another_runs() -> None:
    texts = {
        "nb/setup.ipynb": notebook("P = 'gs://b/a.csv'"),
        "nb/use.ipynb": notebook("%run ./setup.ipynb", "import pandas as pd\npd.read_csv(P)"),
    }
    assert "gs://b/a.csv" in reads(texts)
    assert "gs://b/a.csv" not in reads({**texts, "nb/use.ipynb": notebook("%run ./gone.ipynb", "import pandas as pd\npd.read_csv(P)")})
