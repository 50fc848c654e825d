"""SQL in Python texts, notebooks, commands and files: accesses, units and edges. The examples are written for these tests."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

IMPORTS = "import duckdb, sqlite3\nimport pandas as pd\nfrom sqlalchemy import create_engine, text\nfrom psycopg2 import sql\n"


def tables(graph: SystemGraph, path: str = "a.py") -> list[str]:
    """`r name line` or `w name line` of the accesses of one file that are its own."""
    return [f"{a.op[0]} {a.artifact} {a.site.line}" for a in graph.accesses if a.site.path == path and not a.borrowed]


def of_code(code: str, more: Mapping[str, str] | None = None) -> list[str]:
    lines = IMPORTS.count("\n")
    graph = graph_of_texts({"a.py": IMPORTS + code, **(more or {})})
    return [f"{name} {int(line) - lines}" for name, line in (found.rsplit(" ", 1) for found in tables(graph))]


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "job.execute('Load the model from disk')",
        "frame.query('a > 1 and b == 2')",
        "log.info('selected rows FROM orders')",
        "x = 'SELECT * FROM orders'",
        "runner.execute(anything)",
        "session.query(Model)",
        "connection.execute('SET search_path TO shop')",
        "cursor.execute('SELECT 1')",
        "pd.read_sql('SELECT now()', con)",
        "server_default(text('now()'))",
        "cursor.execute('CREATE TEMP TABLE t AS SELECT 1 AS a')\ncursor.execute('SELECT * FROM t')",
        "frame = pd.DataFrame()\nduckdb.sql('SELECT a FROM frame')",
        "def f(frame):\n    return duckdb.query('SELECT a FROM frame')",
        "df.createOrReplaceTempView('view_of_mine')\nspark.sql('SELECT * FROM view_of_mine')",
        "con.register('held', df)\ncon.execute('SELECT * FROM held')",
    ],
)
def test_no_table(code: str) -> None:
    assert of_code(code + "\n") == []


# ---- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("pd.read_sql('SELECT * FROM shop.orders', con)", ["r shop.orders 1"]),
        ("pd.read_sql_query('SELECT * FROM shop.orders', con)", ["r shop.orders 1"]),
        ("pd.read_sql_table('orders', con)", ["r orders 1"]),
        ("pd.read_gbq('SELECT * FROM `p.d.t`')", ["r p.d.t 1"]),
        ("cursor.execute('INSERT INTO t SELECT * FROM u')", ["r u 1", "w t 1"]),
        ("cursor.executemany('INSERT INTO t VALUES (?)', rows)", ["w t 1"]),
        ("with create_engine('x').begin() as c:\n    c.execute(text('DELETE FROM t'))", ["w t 2"]),
        ("q = text('SELECT * FROM t WHERE a = :a').bindparams(a=1)\nsession.execute(q)", ["r t 2"]),
        ("cursor.execute(sql.SQL('SELECT * FROM {}').format(sql.Identifier('t')))", ["r t 1"]),
        ("client.query('SELECT * FROM `p.d.t`').to_dataframe()", ["r p.d.t 1"]),
        ("spark.sql('SELECT * FROM db.t')", ["r db.t 1"]),
        ("duckdb.sql(\"COPY (SELECT * FROM 'data/a.parquet') TO 'data/b.csv'\")", ["r data/a.parquet 1", "w data/b.csv 1"]),
        ("t = 'orders'\npd.read_sql(f'SELECT * FROM shop.{t} WHERE d > {day}', con)", ["r shop.orders 2"]),
        ("pd.read_sql('SELECT * FROM {}.orders'.format('shop'), con)", ["r shop.orders 1"]),
        ("pd.read_sql('SELECT * ' + 'FROM shop.orders', con)", ["r shop.orders 1"]),
        ("pd.read_sql('SELECT * FROM %s' % 'shop.orders', con)", ["r shop.orders 1"]),
        ("q = 'SELECT * FROM t'\nif x:\n    q += ' WHERE a = 1'\npd.read_sql(q, con)", ["r t 4"]),
        ("import textwrap\npd.read_sql(textwrap.dedent('SELECT * FROM t'), con)", ["r t 2"]),
        ("pd.read_sql(f'SELECT * FROM {unknown}.orders', con)", ["r {unknown}.orders 1"]),
        ("from airflow.operators import PostgresOperator as P\nP(task_id='x', sql='INSERT INTO t SELECT 1')", ["w t 2"]),
    ],
)
def test_a_text_that_reaches_a_database_call(code: str, found: list[str]) -> None:
    assert of_code(code + "\n") == found


def test_a_table_that_is_not_known_is_one_unresolved_access_of_its_direction() -> None:
    graph = graph_of_texts({"a.py": IMPORTS + "import sys\ncursor.execute(f'DROP TABLE {sys.argv[1]}')\n"})
    assert [(a.op, a.artifact, a.kind) for a in graph.accesses] == [("write", None, "table")]
    assert (graph.coverage.accesses, graph.coverage.resolved) == (1, 0)


def test_a_query_of_a_cursor_that_is_not_known_is_counted() -> None:
    graph = graph_of_texts({"a.py": "def f(cursor, thing):\n    cursor.execute(g())\n    thing.execute(g())\n"})
    assert [(a.site.line, a.artifact) for a in graph.accesses] == [(2, None)]


def test_a_wrapper_of_a_database_call() -> None:
    run = "def run(query):\n    return cursor.execute(query)\n"
    graph = graph_of_texts({"db.py": run, "a.py": "from db import run\n\nrun('SELECT * FROM shop.orders')\n"})
    assert tables(graph) == ["r shop.orders 3"]


def test_a_long_text_is_listed_where_it_names_the_table_and_counted_at_the_call() -> None:
    code = "import pandas as pd\nq = '''\n  SELECT *\n  FROM shop.orders\n'''\n\n\nx = 1\npd.read_sql(q, con)\n"
    graph = graph_of_texts({"a.py": code})
    assert [(a.site.line, a.artifact, a.borrowed) for a in graph.accesses] == [(4, "shop.orders", True), (9, "shop.orders", False)]
    assert len(graph.artifacts["shop.orders"].readers) == 1
    assert graph.coverage.accesses == 1


def test_a_long_text_may_be_written_on_one_line() -> None:
    code = "import pandas as pd\nq = 'SELECT *\\nFROM shop.orders'\n\npd.read_sql(q, con)\n"
    graph = graph_of_texts({"a.py": code})
    assert [(a.site.line, a.artifact, a.borrowed) for a in graph.accesses] == [(2, "shop.orders", True), (4, "shop.orders", False)]


def test_a_query_inside_its_call_is_not_listed_at_an_earlier_one() -> None:
    code = "import pandas as pd\na = pd.read_sql(\n  'SELECT 1\\nFROM t', con)\nb = pd.read_sql(\n    'SELECT 2\\nFROM t', con)\n"
    graph = graph_of_texts({"a.py": code})
    assert [(a.site.line, a.artifact, a.borrowed) for a in graph.accesses] == [(2, "t", False), (4, "t", False)]


def test_what_removes_produces_nothing() -> None:
    reader = IMPORTS + "pd.read_sql('SELECT * FROM t', con)\n"
    graph = graph_of_texts({"a.py": IMPORTS + "cursor.execute('DROP TABLE t')\n", "b.py": reader})
    assert [a.op for a in graph.accesses if a.artifact == "t"] == ["write", "read"]
    assert graph.data_edges == []


def test_two_files_meet_in_a_table() -> None:
    graph = graph_of_texts({"a.py": IMPORTS + "cursor.execute('INSERT INTO shop.t SELECT 1')\n", "b.sql": "SELECT *\nFROM shop.t;\n"})
    assert [(e.writer.unit, e.reader.unit, e.artifact, e.level) for e in graph.data_edges] == [("a.py", "b.sql", "shop.t", 3)]


# ---- files ------------------------------------------------------------------------------------------------------------


def test_a_file_of_sql_is_a_unit_that_its_reader_runs() -> None:
    files = {
        "etl/load.sql": "INSERT INTO b\nSELECT * FROM a;\n",
        "run.py": "cursor.execute(open('etl/load.sql').read())\n",
        "run.sh": "psql -f etl/load.sql\n",
        "all.sql": "\\i etl/load.sql\n",
    }
    graph = graph_of_texts(files)
    assert tables(graph, "etl/load.sql") == ["w b 1", "r a 2"]
    assert graph.units["etl/load.sql"].kind == "sql"
    runs = {(edge.source, edge.target) for edge in graph.edges if edge.kind == "invokes"}
    assert {(path, "etl/load.sql") for path in ("run.py", "run.sh", "all.sql")} <= runs


def test_sql_of_tests_makes_no_artifact() -> None:
    graph = graph_of_texts({"tests/a.sql": "INSERT INTO t SELECT * FROM u;\n"})
    assert graph.artifacts == {}
    assert "tests/a.sql" not in graph.units


def test_the_query_of_a_command() -> None:
    graph = graph_of_texts({"run.sh": "psql -c \"COPY t TO 'x.csv'; DROP TABLE u\"\n"})
    found = sorted((a.op, a.kind, a.artifact) for a in graph.accesses)
    assert found == [("read", "table", "t"), ("write", "file", "x.csv"), ("write", "table", "u")]


def test_text_that_is_no_utf8_is_listed() -> None:
    from analyzer.read.dispatch import read_facts
    from analyzer.read.facts import Unreadable
    from analyzer.read.sql_facts import SqlFacts

    facts, _ = read_facts("sql", "a.sql", "SELECT * FROM été".encode("latin-1") + b"\xff\xfe")
    assert isinstance(facts, (Unreadable, SqlFacts))


# ---- notebooks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%%sql\nSELECT *\nFROM shop.orders", ["r shop.orders 1"]),
        ("%%sql result <<\nSELECT * FROM t", ["r t 1"]),
        ('# title\n%%bigquery df --project p\nSELECT * FROM `p.d.t`\nWHERE a = """x"""', ["r p.d.t 2"]),
        ("%%sql -o df -q\nSELECT * FROM t", ["r t 1"]),
        ("%%sql sqlite:///a.db\nDROP TABLE t", ["w t 1"]),
        ("%%sql SELECT * FROM t\nWHERE a = '\\n'", ["r t 1"]),
        ("%sql SELECT * FROM t", ["r t 1"]),
        ("%load_ext sql\n%sql sqlite:///a.db", []),
        ("df = %sql SELECT * FROM t \\\n WHERE a = 1\nx = df", ["r t 1"]),
        ("q = 'SELECT * FROM t'\nd = %sql {q}", ["r t 2"]),
        ("%sql\nSELECT * FROM t", ["r t 1"]),
        ("get_ipython().run_cell_magic('sql', '', 'SELECT * FROM t')", ["r t 1"]),
        ("%%html\nSELECT * FROM t", []),
        ("frame = 1\n%sql SELECT * FROM frame", []),
    ],
)
def test_sql_magics(cell: str, found: list[str]) -> None:
    notebook = {"cells": [{"cell_type": "code", "source": cell, "execution_count": 1, "outputs": []}], "metadata": {}, "nbformat": 4}
    graph = graph_of_texts({"a.ipynb": json.dumps(notebook)})
    assert tables(graph, "a.ipynb") == found
    assert graph.not_analysed == []


def test_the_line_that_names_a_table_by_a_variable() -> None:
    query = "SELECT *\n    FROM {T}\n    JOIN other USING (i)"
    code = f"import pandas as pd\nT = 'shop.orders'\ndef f():\n    q = f'''{query}'''\n    log(q)\n    pd.read_sql(q, con)\n"
    found = [(a.site.line, a.artifact) for a in graph_of_texts({"a.py": code}).accesses if a.borrowed]
    assert found == [(5, "shop.orders"), (6, "other")]


def test_a_mapped_class_without_a_table_of_its_own_ends() -> None:
    head = "from sqlalchemy.orm import declarative_base, Session\nBase = declarative_base()\n"
    classes = "class Mixin(Base):\n    __abstract__ = True\nclass A(Mixin):\n    pass\ndef f(s: Session):\n    s.add(A())\n"
    assert all(a.artifact is None for a in graph_of_texts({"a.py": head + classes}).accesses)


def test_tables_without_a_schema_are_one_only_within_a_project() -> None:
    files = {
        "one/pyproject.toml": "[project]\nname = 'one'\n",
        "two/pyproject.toml": "[project]\nname = 'two'\n",
        "one/a.py": IMPORTS + "cursor.execute('INSERT INTO message SELECT 1')\ncursor.execute('INSERT INTO shop.orders SELECT 1')\n",
        "one/b.py": IMPORTS + "pd.read_sql('SELECT * FROM message', con)\n",
        "two/c.py": IMPORTS + "pd.read_sql('SELECT * FROM message JOIN shop.orders USING (i)', con)\n",
    }
    met = [(e.writer.unit, e.reader.unit, e.artifact) for e in graph_of_texts(files).data_edges]
    assert sorted(met) == [("one/a.py", "one/b.py", "message"), ("one/a.py", "two/c.py", "shop.orders")]


# ---- configuration ----------------------------------------------------------------------------------------------------


def test_queries_of_a_configuration_file() -> None:
    text = "label:\n  query: |\n    SELECT *\n    FROM shop.orders\n  other_query: SELECT * FROM users JOIN query\n"
    text += "note: select it from a list\ndescription: SELECT * FROM nowhere\nfrom_obj: (select a from shop.items) as i\n"
    graph = graph_of_texts({"conf/a.yaml": text, "tests/b.yaml": "query: SELECT * FROM shop.orders\n"})
    found = [(a.site.path, a.site.line, a.op, a.artifact, a.via) for a in graph.accesses]
    assert found == [
        ("conf/a.yaml", 4, "read", "shop.orders", "config"),
        ("conf/a.yaml", 5, "read", "users", "config"),
        ("conf/a.yaml", 8, "read", "shop.items", "config"),
    ]


def test_airflow_takes_a_file_for_a_query() -> None:
    code = "from airflow.operators import PostgresOperator\nPostgresOperator(task_id='x', sql='sql/load.sql')\n"
    graph = graph_of_texts({"dags/d.py": code, "dags/sql/load.sql": "INSERT INTO t SELECT 1;\n"})
    runs = {(edge.source.partition("::")[0], edge.target) for edge in graph.edges if edge.kind == "invokes"}
    assert ("dags/d.py", "dags/sql/load.sql") in runs
