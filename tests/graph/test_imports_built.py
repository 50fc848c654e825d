"""Modules that a build compiles are no missing modules."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

SETUP = 'from setuptools import Extension, setup\nsetup(name="kit", ext_modules=[Extension({name}, sources=["kit/clib/fast.cpp"])])\n'


def statuses(setup: str) -> dict[str, str]:
    graph = graph_of_texts(
        {"setup.py": setup, "kit/__init__.py": "", "kit/run.py": "from kit import fast\nimport kit.fast\nfrom kit import gone\n"}
    )
    return {f"{link.fact.module}.{link.name}".rstrip("."): link.status for link in graph.imports if link.importer == "kit/run.py"}


@pytest.mark.parametrize("name", ['"kit.fast"', 'name="kit.fast"', "'kit.fast'"])
def test_an_extension_of_setup_py_exists(name: str) -> None:
    found = statuses(SETUP.format(name=name))
    assert (found["kit.fast"], found["kit.gone"]) == ("open", "gone-name")


def test_a_module_that_swig_makes_exists() -> None:
    graph = graph_of_texts(
        {"src/bindings/fast.i": "%module fast\n", "kit/__init__.py": "", "kit/run.py": "from kit import fast\nimport kit.fast\n"}
    )
    assert {link.status for link in graph.imports} == {"open"}


def test_a_module_that_lets_a_function_fill_its_names_may_have_any() -> None:
    filled = "def fill(names):\n    names['fit'] = 1\n\n\nfill(locals())\n"
    graph = graph_of_texts({"kit/__init__.py": filled, "run.py": "from kit import fit\n"})
    assert [link.status for link in graph.imports] == ["open"]


def test_what_no_build_names_is_gone() -> None:
    assert statuses('from setuptools import setup\nsetup(name="kit")\n')["kit.fast"] in {"gone-name", "gone-module"}
