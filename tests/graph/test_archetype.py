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
