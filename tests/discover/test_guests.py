from __future__ import annotations

from analyzer.scan import graph_of_texts

GUEST = '"""\nThis file is part of LOOM.\n"""\n'


def test_a_package_whose_licence_names_the_project_is_that_project() -> None:
    texts = {"setup.py": "setup(name='weaving')\n", "loom/__init__.py": GUEST, "loom/weave.py": ""}
    assert not graph_of_texts(texts).modules["loom/weave.py"].is_vendored
    both = texts | {"setup.py": "setup(name='weaving', packages=['weaving', 'loom'])\n", "weaving/__init__.py": ""}
    assert not graph_of_texts(both).modules["loom/weave.py"].is_vendored
    assert not graph_of_texts({**texts, "setup.py": "", "weaving/__init__.py": ""}).modules["loom/weave.py"].is_vendored


def test_a_guest_beside_the_package_that_is_installed() -> None:
    texts = {"a/setup.py": "NAME = 'weaving'\nsetup(name=NAME)\n", "a/src/loom/__init__.py": GUEST, "a/src/loom/weave.py": ""}
    graph = graph_of_texts(texts | {"a/src/weaving/__init__.py": "", "a/src/weaving/run.py": ""})
    assert graph.modules["a/src/loom/weave.py"].is_vendored
    assert not graph.modules["a/src/weaving/run.py"].is_vendored
