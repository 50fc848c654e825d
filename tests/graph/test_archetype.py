"""What kind of project it is."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from analyzer.settings import Settings

CODE = "x = 1\ny = 2\nz = 3\n"
SERVICE = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef f():\n    return 1\n"
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "' + "a = 1\\n" * 60 + '"}], "nbformat": 4}'
PACKAGE = {"p/__init__.py": CODE, "p/a.py": CODE, "p/b.py": CODE}
PUBLISHED = "[project]\nname = 'p'\nclassifiers = ['Programming Language :: Python']\n"
ASKED = "dependencies = ['numpy{0}', 'torch{0}', 'pandas{0}', 'requests{0}', 'typer{0}']\n"
NAMED = {"pyproject.toml": "[project]\nname = 'p'\n"}
WITH_SERVICE = {**PACKAGE, "p/c.py": SERVICE, **NAMED}
ALL = "import p.a\nimport p.b\n"
RUNNER = f"{ALL}print(p.a.x, p.b.x)\n"
DAG = f"from airflow import DAG\n{ALL}with DAG('d') as dag:\n    pass\n"
POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: main\n      command: [python, p/main.py]\n"
SCORING = """\
import joblib
import pandas as pd

def score():
    model = joblib.load('m.joblib')
    frame = pd.read_csv('in.csv')
    frame['y'] = model.predict(frame)
    frame.to_csv('out.csv')
"""


@pytest.mark.parametrize(
    ("texts", "archetype"),
    [
        ({}, "research"),
        ({"a.py": CODE}, "research"),
        ({"tests/test_a.py": SERVICE, "a.py": CODE}, "research"),
        ({"experiments/a.py": SERVICE, "a.py": CODE}, "research"),
        ({"a.py": SERVICE}, "application"),
        ({**PACKAGE, "pyproject.toml": PUBLISHED}, "library"),
        ({**PACKAGE, "pyproject.toml": "[project]\nname = 'p'\n"}, "library"),
        ({**PACKAGE, "p/c.py": SERVICE, "pyproject.toml": PUBLISHED}, "application"),
        ({**PACKAGE, "scripts/a.py": CODE, "scripts/b.py": CODE, "scripts/c.py": CODE, "pyproject.toml": PUBLISHED}, "research"),
        ({"a.ipynb": NOTEBOOK, "b.py": CODE}, "tutorial"),
        ({"a.ipynb": NOTEBOOK, "b.py": SERVICE}, "application"),
        ({"week_1/a.py": CODE, "week_2/a.py": CODE}, "tutorial"),
        # a package that people install by name stays one with a service or a container to try it …
        ({**WITH_SERVICE, "README.md": "pip install p\n"}, "library"),
        ({**WITH_SERVICE, "README.md": "pip install other\n"}, "application"),
        ({**PACKAGE, "p/main.py": CODE, "Dockerfile": "CMD python p/main.py\n", "README.md": "pip install p\n", **NAMED}, "library"),
        ({**PACKAGE, "p/score.py": SCORING, "README.md": "pip install p\n", **NAMED}, "library"),
        ({**PACKAGE, "p/score.py": SCORING, **NAMED}, "application"),
        # … but not when a scheduler runs most of it
        ({**PACKAGE, "p/dag.py": DAG, "README.md": "pip install p\n", "pyproject.toml": PUBLISHED}, "application"),
        # what a container of a cluster tries out is no schedule
        ({**PACKAGE, "p/main.py": RUNNER, "deploy/pod.yaml": POD, "README.md": "pip install p\n", **NAMED}, "library"),
        ({**PACKAGE, "p/main.py": RUNNER, "deploy/pod.yaml": POD, **NAMED}, "application"),
        # a large package with a small service among its tools
        ({**PACKAGE, **{f"p/m{n}.py": CODE * 10 for n in range(8)}, "p/c.py": SERVICE, "pyproject.toml": PUBLISHED}, "library"),
        # what a container runs is deployed, published or not
        ({**PACKAGE, "p/main.py": RUNNER, "Dockerfile": "CMD python p/main.py\n", "pyproject.toml": PUBLISHED}, "application"),
        ({**PACKAGE, "p/main.py": RUNNER, "Dockerfile": "CMD python p/main.py\n", **NAMED}, "application"),
        # the name may be a constant
        ({**WITH_SERVICE, "setup.py": "NAME = 'p'\nsetup(\n    name=NAME,\n)\n", "README.md": "pip install p\n"}, "library"),
        # exact versions: nothing could be installed beside it, unless people are told to
        ({**PACKAGE, "pyproject.toml": PUBLISHED + ASKED.format(">=1.2")}, "library"),
        ({**PACKAGE, "pyproject.toml": PUBLISHED + ASKED.format("==1.2")}, "research"),
        ({**PACKAGE, "p/score.py": SCORING, "pyproject.toml": PUBLISHED + ASKED.format("==1.2")}, "application"),
        ({**PACKAGE, "pyproject.toml": PUBLISHED + ASKED.format("==1.2"), "README.md": "pip install p\n"}, "library"),
        # the README says that it teaches
        ({"a.py": SERVICE, "README.md": "# Serving course\n"}, "tutorial"),
        ({**PACKAGE, "pyproject.toml": PUBLISHED, "README.md": "# Serving course\n"}, "library"),
    ],
)
def test_archetypes(texts: dict[str, str], archetype: str) -> None:
    graph = graph_of_texts(texts)
    assert graph.projects[""].archetype == archetype
    assert graph.projects[""].archetype_evidence


def test_projects_of_one_repository_are_judged_apart() -> None:
    graph = graph_of_texts({"api/setup.py": "", "api/a.py": SERVICE, "study/requirements.txt": "", "study/a.py": CODE})
    assert {root: p.archetype for root, p in graph.projects.items()} == {"": "research", "api": "application", "study": "research"}


def test_the_configuration_decides() -> None:
    assert graph_of_texts({"a.py": CODE}, Settings(archetype="library")).projects[""].archetype == "library"


def archetypes(texts: dict[str, str]) -> dict[str, str]:
    return {root: project.archetype for root, project in graph_of_texts(texts).projects.items()}


def test_folders_with_their_own_requirements_belong_to_the_library_around_them() -> None:
    library = {**PACKAGE, "pyproject.toml": PUBLISHED}
    assert archetypes({**library, "examples/requirements.txt": "", "examples/a.py": CODE})["examples"] == "library"
    assert archetypes({**library, "api/requirements.txt": "", "api/a.py": SERVICE})["api"] == "application"
    assert archetypes({**library, "study/requirements.txt": "", "study/a.py": CODE * 9})["study"] == "research"
    assert archetypes({**library, "other/pyproject.toml": "[project]\nname = 'q'\n", "other/a.py": CODE})["other"] == "research"
    assert archetypes({"a.py": CODE, "examples/requirements.txt": "", "examples/b.py": CODE})["examples"] == "research"


def test_what_the_readme_says_holds_for_every_project_of_the_repository() -> None:
    texts = {
        "README.md": "# Serving workshop\n",
        "one/requirements.txt": "",
        "one/a.py": SERVICE,
        "two/requirements.txt": "",
        "two/a.py": CODE,
    }
    assert archetypes(texts) == {"": "research", "one": "tutorial", "two": "tutorial"}
