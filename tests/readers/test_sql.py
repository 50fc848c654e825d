"""SQL: the tables and files of statements. The texts are written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.read.sql import looks_like_sql, read_sql, table_uses, temporary_tables
from analyzer.read.sql_facts import ModelUse


def uses(text: str) -> list[str]:
    """`r name` or `w name`, in order of the text's reading; files in quotes."""
    places = ("file", "object", "other")
    return sorted({f"{use.op[0]} {use.name!r}" if use.kind in places else f"{use.op[0]} {use.name}" for use in table_uses(text)})


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "SELECT now()",
        "SET search_path TO shop",
        "SHOW TABLES FROM shop",
        "DESCRIBE orders",
        "GRANT SELECT ON orders TO reader",
        "CREATE INDEX i ON orders (id)",
        "CREATE SCHEMA shop",
        "DROP SCHEMA IF EXISTS shop CASCADE",
        "VACUUM ANALYZE orders",
        "EXPLAIN ANALYZE SELECT * FROM orders",
        "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE",
        "COMMENT ON TABLE orders IS 'from the shop'",
        "SELECT extract(year FROM day), trim(both FROM name), a IS DISTINCT FROM b",
        "SELECT * FROM unnest(array[1, 2]) u, generate_series(1, 10) g, json_each(doc)",
        "SELECT * FROM information_schema.tables t JOIN pg_catalog.pg_class c ON true",
        "SELECT * FROM pg_class, sqlite_master",
        "CREATE TABLE _SESSION.t AS SELECT 1; SELECT * FROM _SESSION.t, pg_temp.u",
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT * FROM n",
        "CREATE TEMP TABLE t AS SELECT 1; SELECT * FROM t; DROP TABLE t",
        "SELECT * INTO #t FROM (SELECT 1 AS a) x; SELECT * FROM #t",
        "-- SELECT * FROM orders\n/* JOIN users */ SELECT 1",
        "SELECT 'it came from orders; DELETE FROM orders'",
        "Select the best from the list",
        "delete from my calendar",
        "update the readme to set this up",
        "Loading model from disk",
        "CREATE FUNCTION f() RETURNS int AS $$ return len('SELECT 1 FROM t') $$ LANGUAGE plpython3u",
        "",
        ";;;",
        "(((((((",
        "SELECT",
        "FROM",
    ],
)
def test_no_artifact(text: str) -> None:
    assert uses(text) == []


@pytest.mark.parametrize(
    "text",
    ["Load the model", "a > 1 and b == 2", "cohort == 'from'", "ls -l /data", "select", "selected from the list", "created a table", "{q}"],
)
def test_what_is_no_sql_is_not_taken_for_it(text: str) -> None:
    assert not looks_like_sql(text)


# ---- statements -------------------------------------------------------------------------------------------------------

STATEMENTS = {
    "SELECT a FROM shop.orders o JOIN users u ON o.u = u.id LEFT JOIN shop.items i USING (id)": "r shop.items, r shop.orders, r users",
    "SELECT * FROM a, b c": "r a, r b",
    "SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.i = a.i) UNION ALL SELECT * FROM c": "r a, r b, r c",
    "SELECT * FROM (SELECT * FROM a) x LEFT JOIN LATERAL (SELECT * FROM b) y ON true": "r a, r b",
    "WITH recent AS (SELECT * FROM orders), x AS (SELECT * FROM recent) SELECT * FROM x JOIN recent USING (i)": "r orders",
    "WITH orders AS (SELECT * FROM orders) SELECT * FROM orders": "r orders",
    "INSERT INTO a.b (x) SELECT x FROM c": "r c, w a.b",
    "INSERT INTO t VALUES (1, 'from x')": "w t",
    "INSERT INTO t (a) VALUES (?) ON CONFLICT (a) DO UPDATE SET a = excluded.a": "w t",
    "REPLACE INTO t VALUES (1)": "w t",
    "INSERT OVERWRITE TABLE a.b PARTITION (d = 'x') SELECT * FROM c": "r c, w a.b",
    "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone": "w a, w b",
    "CREATE TABLE a.b AS SELECT * FROM c": "r c, w a.b",
    "CREATE OR REPLACE VIEW v AS SELECT * FROM c": "r c, w v",
    "CREATE TABLE IF NOT EXISTS t (id serial REFERENCES other (id), FOREIGN KEY (x) REFERENCES third (y))": "w t",
    "CREATE TABLE t (LIKE shape INCLUDING ALL)": "w t",
    "CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (1) TO (2)": "w t_1",
    "CREATE TABLE a CLONE b": "r b, w a",
    "UPDATE a SET x = 1 FROM b WHERE a.i = b.i": "r b, w a",
    "UPDATE x SET a = 1 FROM dbo.orders x JOIN users y ON x.i = y.i": "r users, w dbo.orders",
    "DELETE FROM a USING b WHERE a.i = b.i": "r b, w a",
    "DELETE x FROM dbo.orders x JOIN users y ON x.i = y.i": "r users, w dbo.orders",
    "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT (x) VALUES (1)": "r b, w a",
    "MERGE `p.d.t` T USING (SELECT * FROM `p.d.s`) S ON T.i = S.i WHEN NOT MATCHED THEN INSERT ROW": "r p.d.s, w p.d.t",
    "TRUNCATE a, b CASCADE": "w a, w b",
    "DROP TABLE IF EXISTS a.b, c CASCADE": "w a.b, w c",
    "DROP MATERIALIZED VIEW v": "w v",
    "ALTER TABLE a.b ADD COLUMN c int": "w a.b",
    "ALTER TABLE a.b RENAME TO c": "w a.b, w a.c",
    "ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 0)": "w t",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY v": "w v",
    "SELECT a INTO t FROM b": "r b, w t",
    "COPY a.b (x, y) FROM '/tmp/x.csv' CSV HEADER": "r '/tmp/x.csv', w a.b",
    "COPY (SELECT * FROM a) TO 'out.parquet' (FORMAT PARQUET)": "r a, w 'out.parquet'",
    "COPY INTO my.t FROM @stage/path/ FILE_FORMAT = (TYPE = CSV)": "r '@stage/path/', w my.t",
    "COPY INTO @stage/x FROM my.t": "r my.t, w '@stage/x'",
    "COPY t FROM 's3://b/k' IAM_ROLE 'r'": "r 's3://b/k', w t",
    "UNLOAD ('select * from venue where x = ''a''') TO 's3://b/k' IAM_ROLE 'r'": "r venue, w 's3://b/k'",
    "LOAD DATA LOCAL INFILE 'x.csv' INTO TABLE t FIELDS TERMINATED BY ','": "r 'x.csv', w t",
    "LOAD DATA INPATH '/x' OVERWRITE INTO TABLE t": "r '/x', w t",
    "EXPORT DATA OPTIONS (uri = 'gs://b/x*.csv', format = 'CSV') AS SELECT * FROM a.b": "r a.b, w 'gs://b/x*.csv'",
    "SELECT a INTO OUTFILE '/tmp/x.csv' FROM t": "r t, w '/tmp/x.csv'",
    "SELECT * FROM 'x.parquet' t": "r 'x.parquet'",
    "SELECT * FROM read_parquet('s3://a/*.parquet', hive = true) JOIN read_csv_auto(['a.csv', 'b.csv']) USING (x)": (
        "r 'a.csv', r 'b.csv', r 's3://a/*.parquet'"
    ),
    "SELECT * FROM parquet.`/data/x`": "r '/data/x'",
    "INSERT INTO t SELECT * FROM file('x.csv')": "r 'x.csv', w t",
    "ATTACH 'x.db' AS d (READ_ONLY)": "r 'x.db'",
    "CREATE EXTERNAL TABLE a.b (x int) STORED AS PARQUET LOCATION 's3://a/b'": "r 's3://a/b', w a.b",
    "CREATE EXTERNAL TABLE a.b OPTIONS (format = 'CSV', uris = ['gs://b/x.csv'])": "r 'gs://b/x.csv', w a.b",
    "CREATE OR REPLACE MODEL `d.m` OPTIONS (model_type = 'x') AS SELECT * FROM d.t": "r d.t, w model:d.m",
    "SELECT * FROM ML.PREDICT(MODEL `d.m`, TABLE d.t)": "r d.t, r model:d.m",
    "SELECT * FROM ML.EVALUATE(MODEL `d.m`, (SELECT * FROM d.t))": "r d.t, r model:d.m",
    "SELECT * FROM `my-project.set.events_*`, UNNEST(items)": "r my-project.set.events_*",
    "SELECT * FROM my-project.set.events e, e.items": "r my-project.set.events",
    "SELECT count(*) FROM [bigquery-public-data:samples.natality] LIMIT 10": "r bigquery-public-data.samples.natality",
    "SELECT TOP 10 * FROM [db].[dbo].[orders] WITH (NOLOCK)": "r db.dbo.orders",
    "SELECT $1:a::string FROM @db.sch.stage/p (FILE_FORMAT => f), LATERAL FLATTEN(input => y) z": "r '@db.sch.stage/p'",
    'SELECT x::int FROM "Raw"."Events" QUALIFY row_number() OVER (ORDER BY x) = 1': "r Raw.Events",
    "SELECT * FROM t LATERAL VIEW explode(x) e AS y": "r t",
    "CREATE OR REPLACE TEMP VIEW v AS SELECT * FROM t; SELECT * FROM v JOIN u ON true": "r t, r u",
    "SELECT * FROM t FINAL PREWHERE a = 1": "r t",
    "CREATE TABLE a.b (x Int32) ENGINE = MergeTree ORDER BY x": "w a.b",
    "FROM t SELECT a": "r t",
    "DO $$ BEGIN DROP TABLE x; END $$": "w x",
    "CREATE FUNCTION f() RETURNS int AS $$ BEGIN SELECT a INTO n FROM t; INSERT INTO u VALUES (n); EXECUTE 'DROP TABLE v'; END $$"
    " LANGUAGE plpgsql": "r t, w u, w v",
}


@pytest.mark.parametrize(("text", "found"), STATEMENTS.items())
def test_statement(text: str, found: str) -> None:
    assert ", ".join(uses(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT * FROM {schema}.events_{year} WHERE d > {day}", ["r {schema}.events_{year}"]),
        ("SELECT {cols} FROM t {where} {order} {limit}", ["r t"]),
        ("SELECT * FROM '{path}' WHERE a > 1", ["r '{path}'"]),
        ("SELECT * FROM %s WHERE a = %(b)s", ["r {s}"]),
        ("SELECT * FROM ${db}.t WHERE a = :a AND b = $1 AND c = ?", ["r {db}.t"]),
        ("INSERT INTO {{ params.table }} SELECT * FROM a.{{ ds_nodash }}", ["r a.{ds_nodash}", "w {params.table}"]),
        ("SELECT * FROM t WHERE j = '{\"a\": 1}' AND k LIKE '%s'", ["r t"]),
    ],
)
def test_unknown_parts_are_holes(text: str, found: list[str]) -> None:
    assert uses(text) == found


def test_lines_are_those_of_the_names() -> None:
    text = "-- first\nSELECT *\nFROM a -- of\n  /* two\n lines */ JOIN b USING (i);\n\nDROP TABLE\n  c;"
    assert [(use.name, use.line) for use in table_uses(text)] == [("a", 3), ("b", 5), ("c", 8)]


def test_a_broken_statement_spoils_only_itself() -> None:
    text = "SELECT * FROM a;\nSELECT FROM WHERE ((( FROM b JOIN c ON;\nSELECT * FROM d"
    assert {use.name for use in table_uses(text)} >= {"a", "d"}


def test_names_of_the_session() -> None:
    assert temporary_tables("CREATE TEMPORARY TABLE One AS SELECT * FROM a; CREATE TABLE two (x int)") == ("one",)
    assert temporary_tables("SELECT * FROM temp") == ()


# ---- files ------------------------------------------------------------------------------------------------------------


def test_a_script_of_psql() -> None:
    copies = "\\copy shop.orders (a, b) from 'data/orders.csv' csv header\n\\copy (select * from x) to out.csv\n"
    facts = read_sql(f"\\set ON_ERROR_STOP on\n\\i other.sql\n{copies}")
    assert [(use.op, use.name, use.kind, use.line) for use in facts.uses] == [
        ("write", "shop.orders", "table", 3),
        ("read", "data/orders.csv", "file", 3),
        ("read", "x", "table", 4),
        ("write", "out.csv", "file", 4),
    ]
    assert [(script.path, script.line) for script in facts.scripts] == [("other.sql", 2)]


def test_scripts_of_sqlite_and_mysql() -> None:
    facts = read_sql(".mode csv\n.import data/a.csv t\n.read b.sql\nsource c.sql;\nSELECT * FROM u;\n")
    assert [(use.op, use.name) for use in facts.uses] == [("write", "t"), ("read", "data/a.csv"), ("read", "u")]
    assert [script.path for script in facts.scripts] == ["b.sql", "c.sql"]


def test_a_dump_keeps_its_data_apart() -> None:
    facts = read_sql("COPY public.a (x) FROM stdin;\nSELECT * FROM secret\n\\.\n\nSELECT * FROM b;\n")
    assert [(use.op, use.name, use.line) for use in facts.uses] == [("write", "public.a", 1), ("read", "b", 5)]


def test_batches_of_tsql() -> None:
    assert [use.name for use in read_sql("SELECT * FROM a\nGO\nSELECT * FROM b\nGO\n").uses] == ["a", "b"]


def test_a_template_of_dbt_is_read_without_being_rendered() -> None:
    text = (
        "{{- config(materialized='incremental', schema=\"marts\", tags=['x']) -}}\n{# ref('not_this') #}\n"
        "{% set others = [ref('a'), source('raw', 'b')] %}\n\nselect * from {{ ref('c') }}\n"
        "join {{ source('raw', 'd') }} using (i)\n{% if is_incremental() %} where t > (select max(t) from {{ this }}) {% endif %}\n"
        "join {{ ref('pkg', 'e') }} join hard.coded using (j)\n{% do run_query('delete from x') %}\n{{ dbt_utils.star(from=ref('f')) }}\n"
    )
    facts = read_sql(text)
    assert facts.models == (
        ModelUse("ref", ("a",), 3),
        ModelUse("source", ("raw", "b"), 3),
        ModelUse("ref", ("c",), 5),
        ModelUse("source", ("raw", "d"), 6),
        ModelUse("ref", ("pkg", "e"), 8),
        ModelUse("ref", ("f",), 10),
    )
    assert dict(facts.settings) == {"materialized": "incremental", "schema": "marts"}
    assert [(use.name, use.line) for use in facts.uses if "{" not in use.name] == [("hard.coded", 8)]


def test_blocks_of_dbt() -> None:
    facts = read_sql("{% snapshot taken %}\n{{ config(target_schema='s') }}\nselect * from {{ ref('orders') }}\n{% endsnapshot %}\n")
    assert facts.blocks == (("snapshot", "taken", 1),)


@pytest.mark.parametrize("text", ["{{ ref('a') ", "{% if %}{{", "select * from {{ ref( }} {% endfor", "{{ " * 5000])
def test_a_broken_template_is_read_as_far_as_it_goes(text: str) -> None:
    assert read_sql(text).lines == 1


# ---- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "SELECT * FROM " + "(SELECT * FROM " * 3_000 + "t" + ")" * 3_000,
        "'" * 50_001,
        "/*" * 50_000,
        "$a$" + "$b$" * 30_000,
        "SELECT 1;" * 30_000,
        "INSERT INTO t VALUES " + ",".join(["(1, 'x', (2))"] * 20_000),
        "SELECT * FROM a WHERE b IN (" + ", ".join(map(str, range(50_000))) + ")",
        "WITH " * 20_000,
        "{" * 50_000 + "}" * 50_000,
        "{{ x }}" * 20_000,
        "FROM " * 30_000,
        "\\copy " * 20_000,
        "CREATE TABLE " * 20_000,
        "a." * 50_000,
        "\x00\ud800 SELECT * FROM t",
        "SELECT * FROM t " * 60_000,
    ],
    ids=range(17),
)
def test_hostile_text_is_read_in_bounded_work(text: str) -> None:
    assert read_sql(text).lines == 1
    assert len(table_uses(text)) <= 5_000
    assert looks_like_sql(text) in (True, False)


@given(st.text(alphabet="SELECTFROMJOINWHAV .,;()'\"`[]{}$%:#@-*/\\\n0123abc", max_size=200))
def test_any_text_gives_facts(text: str) -> None:
    facts = read_sql(text)
    assert all(1 <= use.line <= facts.lines for use in facts.uses)
