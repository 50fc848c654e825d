from __future__ import annotations

import pytest

from analyzer.graph.entry_points import gone_entry_points
from analyzer.model import Site
from analyzer.result import NotAnalysed
from analyzer.scan import graph_of_texts

PROJECT = '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "ranker"\nversion = "1"\n'
PACKAGE = {"ranker/__init__.py": "", "ranker/cli.py": "def main():\n    return 0\n"}


def gone(target: str, section: str = "project.scripts", **more: str) -> list[tuple[str, str, str]]:
    texts = PACKAGE | more | {"pyproject.toml": f'{PROJECT}[{section}]\nrank = "{target}"\n'}
    return [(entry.command, entry.module, entry.name) for entry in gone_entry_points(graph_of_texts(texts))]


@pytest.mark.parametrize("target", ["ranker.cli:main", "ranker.cli:main [extra]", "ranker.cli", "other.cli:main", "nowhere:main"])
def test_silent(target: str) -> None:
    assert gone(target) == []


def test_silent_when_names_are_made_at_run_time() -> None:
    assert gone("ranker.late:main", **{"ranker/late.py": "from elsewhere import *\n"}) == []


def test_silent_for_what_could_not_be_read() -> None:
    graph = graph_of_texts(PACKAGE | {"pyproject.toml": f'{PROJECT}[project.scripts]\nrank = "ranker.new:main"\n'})
    graph.not_analysed.append(NotAnalysed("ranker/new.py", "syntax error"))
    assert list(gone_entry_points(graph)) == []


@pytest.mark.parametrize("section", ["project.scripts", "project.gui-scripts", "tool.poetry.scripts"])
def test_a_module_that_is_gone(section: str) -> None:
    assert gone("ranker.server:main", section) == [("rank", "ranker.server", "")]


def test_a_function_that_is_gone() -> None:
    assert gone("ranker.cli:start") == [("rank", "ranker.cli", "start")]
    (entry,) = gone_entry_points(graph_of_texts(PACKAGE | {"pyproject.toml": f'{PROJECT}[project.scripts]\nrank = "ranker.cli:start"\n'}))
    assert entry.site == Site("pyproject.toml", 7)
