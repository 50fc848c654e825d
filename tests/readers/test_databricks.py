"""Databricks notebooks as Python files. The examples are written for these tests."""

from __future__ import annotations

import pytest

from analyzer.read.databricks import databricks_source, is_databricks
from analyzer.scan import graph_of_texts

HEAD = "# Databricks notebook source\n"


def test_an_ordinary_file_is_none() -> None:
    assert not is_databricks("# MAGIC %sql\n")
    assert is_databricks(HEAD)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("# MAGIC %sql\n# MAGIC SELECT *\n# MAGIC FROM shop.orders\n", [("read", "shop.orders", 2)]),
        ("# MAGIC %sql SELECT * FROM shop.orders\n", [("read", "shop.orders", 2)]),
        ("# MAGIC %md\n# MAGIC SELECT * FROM shop.orders\n", []),
        ("# MAGIC %sh\n# MAGIC cp a.csv b.csv\n", [("read", "a.csv", 3), ("write", "b.csv", 3)]),
        ("# MAGIC %python\n# MAGIC spark.sql('DROP TABLE t')\n", [("write", "t", 3)]),
        ("# COMMAND ----------\nspark.sql('DROP TABLE t')\n", [("write", "t", 3)]),
        ("# MAGIC %r\n# MAGIC x <- read.csv('a.csv')\n", []),
    ],
)
def test_cells(cell: str, found: list[tuple[str, str, int]]) -> None:
    graph = graph_of_texts({"a.py": HEAD + cell})
    assert [(a.op, a.artifact, a.site.line) for a in graph.accesses] == found
    assert graph.not_analysed == []


def test_a_notebook_runs_another() -> None:
    graph = graph_of_texts({"a.py": HEAD + "# MAGIC %run ./b\n", "b.py": HEAD + "x = 1\n"})
    assert ("a.py", "b.py") in {(edge.source, edge.target) for edge in graph.edges if edge.kind == "invokes"}


def test_every_line_stays_where_it_was() -> None:
    text = HEAD + 'x = 1\n# MAGIC %sql\n# MAGIC SELECT """a\\\n# MAGIC\ny = 2\n'
    source, _ = databricks_source(text)
    assert source.count("\n") == text.count("\n")
    assert source.split("\n")[5] == "y = 2"
