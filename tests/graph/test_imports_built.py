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


def test_what_no_build_names_is_gone() -> None:
    assert statuses('from setuptools import setup\nsetup(name="kit")\n')["kit.fast"] in {"gone-name", "gone-module"}
