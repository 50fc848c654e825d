"""Queries that shell text feeds to the clients of databases."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts


def tables(text: str) -> list[tuple[int, str, str | None]]:
    """(line, operation, artifact) of tables and of files that queries name."""
    graph = graph_of_texts({"run.sh": text})
    return sorted((a.site.line, a.op, a.artifact) for a in graph.accesses if a.kind == "table" or a.call == "duckdb")


@pytest.mark.parametrize(
    "text",
    [
        "cat <<EOF > q.sql\nselect * from t\nEOF\n",
        "cat <<EOF\nselect * from t\nEOF\n",
        "python <<EOF\nselect * from t\nEOF\n",
        "psql <<EOF\n\\d\nhello\nEOF\n",
        "while read x; do psql -l; done <<EOF\nselect * from t\nEOF\n",
        "echo 'select * from t' | grep x\n",
        "echo 'select * from t'; psql\n",
        "psql <<EOF",
        "psql <<",
        "<<EOF\nselect * from t\nEOF\n",
    ],
)
def test_no_query(text: str) -> None:
    assert tables(text) == []


@pytest.mark.parametrize(
    "text, expected",
    [
        ("psql <<EOF\ninsert into a select * from b\nEOF\n", [(2, "read", "b"), (2, "write", "a")]),
        ("psql -d x <<-'EOF' | tee log\n\tselect *\n\tfrom b\n\tEOF\nls\n", [(3, "read", "b")]),
        ("psql <<A && mysql <<B\nselect * from a\nA\nselect * from b\nB\n", [(2, "read", "a"), (4, "read", "b")]),
        ("cat <<EOF | psql\nselect * from b\nEOF\n", [(2, "read", "b")]),
        ("echo 'select * from b' | psql -q\n", [(1, "read", "b")]),
        ("duckdb x.db <<< \"select * from 'b.parquet'\"\n", [(1, "read", "b.parquet"), (1, "read", "x.db")]),
        ("T=b\npsql <<EOF\nselect * from raw.$T join raw.${U} using (id)\nEOF\n", [(3, "read", "raw.b"), (3, "read", "raw.{U}")]),
        ("docker exec -i db psql -U x <<EOF\nselect * from b\nEOF\n", [(2, "read", "b")]),
        ("psql <<EOF\nselect * from b\n", [(2, "read", "b")]),
    ],
)
def test_queries(text: str, expected: list[tuple[int, str, str | None]]) -> None:
    assert tables(text) == expected
