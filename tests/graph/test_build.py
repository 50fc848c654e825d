"""The whole graph: modules in their surroundings, units, edges; deterministic and closed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts
from analyzer.settings import Settings

TEXTS = {
    "src/p/__init__.py": "from .io import load\n",
    "src/p/io.py": "import pandas as pd\ndef load(name, folder='data'):\n    return pd.read_csv(f'{folder}/{name}.csv')\n",
    "src/p/train.py": "import xgboost\nfrom p import load\nxgboost.train({}, load('a'))\n",
    "notebooks/look.ipynb": '{"cells": [{"cell_type": "code", "source": "from p import load\\nload(\'a\')"}], "nbformat": 4}',
    "tests/test_p.py": "from p import load\nload('fixture')\n",
    "pyproject.toml": "[project]\nname = 'p'\n",
    "dvc.yaml": "stages:\n  train:\n    cmd: python src/p/train.py\n    deps: [data/a.csv]\n",
    "README.md": "```\npython src/p/train.py\n```\n",
    "conf.yaml": "a: 1\n",
}


def shown(graph: SystemGraph) -> tuple[object, ...]:
    return (
        graph.accesses, graph.imports, list(graph.units.values()), graph.edges, graph.data_edges, list(graph.artifacts.values()),
        list(graph.components.values()), list(graph.projects.values()), graph.roots, graph.orders, graph.coverage, graph.not_analysed,
    )  # fmt: skip


@pytest.mark.parametrize("texts", [{}, {"a.py": ""}, {"README.md": ""}, {"a.py": "def ("}])
def test_nearly_nothing(texts: dict[str, str]) -> None:
    graph = graph_of_texts(texts)
    assert (graph.accesses, graph.edges, graph.data_edges, graph.roots) == ([], [], [], [])
    assert list(graph.projects) == [""]
    assert [n.path for n in graph.not_analysed] == (["a.py"] if texts.get("a.py") else [])


def test_modules_in_their_surroundings() -> None:
    modules = graph_of_texts(TEXTS).modules
    assert {p: (m.name, m.is_test, m.is_packaged, m.is_experiment, m.is_notebook) for p, m in modules.items()} == {
        "notebooks/look.ipynb": ("", False, False, True, True),
        "src/p/__init__.py": ("p", False, True, False, False),
        "src/p/io.py": ("p.io", False, True, False, False),
        "src/p/train.py": ("p.train", False, True, False, False),
        "tests/test_p.py": ("tests.test_p", True, False, False, False),
    }


def test_units_and_edges() -> None:
    graph = graph_of_texts(TEXTS)
    assert {u.id: u.kind for u in graph.units.values()} == {
        "dvc.yaml::train": "dvc", "notebooks/look.ipynb": "notebook", "src/p/__init__.py": "module", "src/p/io.py": "module",
        "src/p/train.py": "script",
    }  # fmt: skip
    assert {(e.source, e.target, e.kind) for e in graph.edges if not e.target.startswith("src/p/__init__")} >= {
        ("dvc.yaml::train", "src/p/train.py", "invokes"),
        ("artifact:data/a.csv", "dvc.yaml::train", "declares_read"),
        ("artifact:data/a.csv", "src/p/train.py", "reads"),
    }
    assert not any("fixture" in str(a.artifact) for a in graph.accesses if not a.site.path.startswith("tests/"))


def test_every_edge_ends_at_a_unit_or_an_artifact() -> None:
    graph = graph_of_texts(TEXTS)
    known = {*graph.units, *(f"artifact:{name}" for name in graph.artifacts)}
    assert {end for e in graph.edges for end in (e.source, e.target)} <= known
    assert {u.component for u in graph.units.values()} <= set(graph.components)
    assert {u.project for u in graph.units.values()} <= set(graph.projects)


def test_roles_of_the_configuration() -> None:
    forced = graph_of_texts(TEXTS, Settings(roles={"src/p/io.py": "VENDORED", "src/p/train.py": "SERVE"})).modules
    assert forced["src/p/io.py"].is_vendored
    assert set(forced["src/p/train.py"].roles) == {"TRAIN", "SERVE"}


def test_tests_may_be_included() -> None:
    assert not graph_of_texts(TEXTS, Settings(include_tests=True)).modules["tests/test_p.py"].is_test


def test_coverage_of_a_part() -> None:
    graph = graph_of_texts({"a.py": "open('x.csv')\nopen(f())\n", "b.py": "open('y.csv')\n"})
    part = graph.uncovered_share(["a.py"])
    assert (part.files, part.accesses, part.resolved) == (1, 2, 1)


def test_a_rule_abstains_once() -> None:
    graph = graph_of_texts({})
    graph.abstain("X", "why")
    graph.abstain("X", "why")
    assert graph.notes == ["X: why"]


@settings(max_examples=15, deadline=None)
@given(st.permutations(sorted(TEXTS)))
def test_the_order_of_files_changes_nothing(order: list[str]) -> None:
    assert shown(graph_of_texts({path: TEXTS[path] for path in order})) == shown(graph_of_texts(TEXTS))


@settings(max_examples=30, deadline=None)
@given(
    st.dictionaries(st.sampled_from("a.py b/c.py run.sh Makefile dvc.yaml x.ipynb setup.cfg pyproject.toml".split()), st.text(max_size=60))
)
def test_any_texts_make_a_graph(texts: dict[str, str]) -> None:
    assert graph_of_texts(texts).projects
