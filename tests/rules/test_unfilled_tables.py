"""Tables that something fills, that others own or that people are told of; then tables of the project's own schemas that nothing fills."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from rules.input_without_producer import InputWithoutProducer
from rules.unfilled_tables import unfilled_tables

MAKES = "CREATE TABLE shop.daily AS SELECT day FROM raw_import;\n"
READS = 'import pandas as pd\n\nrows = pd.read_sql("SELECT * FROM shop.visits JOIN shop.daily USING (day)", engine)\n'


def found(files):
    return {schema: sorted({access.artifact for access in each}) for schema, each in unfilled_tables(graph_of_texts(files)).items()}


@pytest.mark.parametrize(
    "more",
    [
        {"fill.sql": "CREATE TABLE shop.visits (day date);\n"},
        {"fill.sql": "INSERT INTO visits SELECT day FROM raw_import;\n"},
        {"fill.py": 'frame.to_sql("visits", engine, schema=schema)\n'},
        {"fill.py": 'TABLES = ["visits", "sales"]\n'},
        {"fill.yaml": "tables:\n  - visits\n"},
        {"fill.sh": "csvsql --insert visits.csv --tables visits\n"},
        {"README.md": "`shop.visits` comes from the till.\n"},
    ],
)
def test_tables_that_something_fills_or_tells_of(more):
    assert found({"make.sql": MAKES, "look.py": READS, **more}) == {}


def test_schemas_of_others_catalogues_and_lessons():
    assert found({"look.py": READS}) == {}
    assert found({"make.sql": "DELETE FROM shop.daily;\n", "look.py": READS}) == {}
    assert found({"make.sql": MAKES.replace("shop.", "public."), "look.py": READS.replace("shop.", "public.")}) == {}
    assert found({"make.sql": MAKES, "tutorials/look.py": READS}) == {}


def test_a_table_of_the_own_schema_that_nothing_fills():
    files = {"make.sql": MAKES, "look.py": READS, "check.sql": "SELECT * FROM shop.visits;\n"}
    assert found(files) == {"shop": ["shop.visits"]}
    [finding] = InputWithoutProducer().check(graph_of_texts(files))
    assert {(site.path, site.line) for site in finding.locations} == {("look.py", 3), ("check.sql", 1)}
    assert "other tables of `shop`" in finding.message
