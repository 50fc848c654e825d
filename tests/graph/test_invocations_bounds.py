"""Odd paths in declarations end the scan neither by an exception nor by running on."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts


@pytest.mark.parametrize("dependency", ["//", "//data/x.csv", "/", "../../..", "http://host/x", "~", "{", "$(X)/y", "."])
def test_any_dependency_path_ends(dependency: str) -> None:
    graph = graph_of_texts(
        {"Makefile": f"a.csv: {dependency}\n\tpython a.py\nb.csv: a.csv\n\tpython b.py\n", "a.py": "x = 1\n", "b.py": "x = 1\n"}
    )
    assert ("a.py", "b.py") in graph.orders
