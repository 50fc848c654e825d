"""dbt projects: what models, seeds, snapshots and exposures read and write. The projects are written for these tests."""

from __future__ import annotations

from analyzer.graph.system import SystemGraph
from analyzer.model import Access
from analyzer.scan import graph_of_texts

PROJECT = "name: shop\nprofile: shop\nmodel-paths: [models]\n"
SOURCES = """
sources:
  - name: raw
    database: lake
    schema: landing
    tables:
      - name: orders
      - name: people
        identifier: users
  - name: plain
    tables:
      - name: t
"""


def flow(graph: SystemGraph, path: str) -> list[str]:
    """`r name line` or `w name line` of what one file declares, the reads first."""
    return [f"{a.op[0]} {a.artifact} {a.site.line}" for a in _declared(graph, path)]


def _declared(graph: SystemGraph, path: str) -> list[Access]:
    return sorted((a for a in graph.accesses if a.site.path == path and a.via == "declaration"), key=lambda a: (a.op, a.site.line))


def test_a_model_reads_its_refs_and_sources_and_writes_itself() -> None:
    files = {
        "dbt_project.yml": PROJECT,
        "models/staging/stg_orders.sql": "select * from {{ source('raw', 'orders') }}\njoin {{ source('raw', 'people') }} using (i)\n",
        "models/orders.sql": "with x as (\n  select * from {{ ref('stg_orders') }}\n)\nselect * from x join {{ source('plain', 't') }} y\n",
        "models/sources.yml": SOURCES,
    }
    graph = graph_of_texts(files)
    assert flow(graph, "models/staging/stg_orders.sql") == ["r lake.landing.orders 1", "r lake.landing.users 2", "w stg_orders 1"]
    assert flow(graph, "models/orders.sql") == ["r stg_orders 2", "r plain.t 4", "w orders 1"]
    assert all(a.declared for a in graph.accesses)
    assert [(e.writer.unit, e.reader.unit) for e in graph.data_edges] == [("models/staging/stg_orders.sql", "models/orders.sql")]
    assert ("models/staging/stg_orders.sql", "models/orders.sql") in graph.orders
    assert {d.mechanism for d in graph.declarations} == {"dbt"}
    assert graph.units["models/orders.sql"].production == "dbt model"


def test_the_table_of_a_model_is_qualified_as_far_as_configured() -> None:
    schema = "{{ var('area') }}_{{ var('year', '2024') }}_{{ target.name }}"
    project = PROJECT + "vars:\n  area: north\nmodels:\n  shop:\n    +database: lake\n    marts:\n      +schema: marts\n"
    files = {
        "dbt_project.yml": project,
        "models/a.sql": "select 1 as x",
        "models/marts/b.sql": "select * from {{ ref('a') }}",
        "models/marts/c.sql": "{{ config(schema='own', alias='cc', database='db') }}\nselect * from {{ ref('b') }}",
        "models/marts/d.sql": "select * from {{ ref('c') }}",
        "models/marts/props.yml": f'models:\n  - name: d\n    config:\n      schema: "{schema}"\n',
    }
    graph = graph_of_texts(files)
    assert flow(graph, "models/marts/b.sql") == ["r lake.a 1", "w lake.marts.b 1"]
    assert "w db.own.cc 1" in flow(graph, "models/marts/c.sql")
    assert flow(graph, "models/marts/d.sql") == ["r db.own.cc 1", "w lake.north_2024_{target.name}.d 1"]


def test_seeds_snapshots_and_older_folder_names() -> None:
    files = {
        "dw/dbt_project.yml": "name: dw\nsource-paths: ['sql']\ndata-paths: ['csv']\nseeds:\n  dw:\n    +schema: seeds\n",
        "dw/csv/countries.csv": "a,b\n",
        "dw/sql/m.sql": "select * from {{ ref('countries') }}",
        "dw/snapshots/s.sql": "{% snapshot kept %}\n{{ config(target_schema='snap') }}\nselect * from {{ ref('m') }}\n{% endsnapshot %}\n",
    }
    graph = graph_of_texts(files)
    assert flow(graph, "dw/dbt_project.yml") == ["r dw/csv/countries.csv 1", "w seeds.countries 1"]
    assert "r seeds.countries 1" in flow(graph, "dw/sql/m.sql")
    assert flow(graph, "dw/snapshots/s.sql") == ["r m 3", "w snap.kept 1"]


def test_an_exposure_declares_the_notebook_that_it_is_about() -> None:
    exposure = "exposures:\n  - name: churn_eda\n    type: notebook\n    depends_on:\n      - ref('scores')\n      - source('raw', 'a')\n"
    files = {
        "dbt_project.yml": PROJECT,
        "models/scores.sql": "select 1 as x",
        "models/exposures.yml": exposure,
        "nb/churn_eda.py": "import pandas as pd\npd.read_sql('SELECT * FROM scores', con)\n",
    }
    graph = graph_of_texts(files)
    assert flow(graph, "models/exposures.yml") == ["r scores 5", "r raw.a 6"]
    own = [a for a in graph.accesses if a.site.path == "nb/churn_eda.py"]
    assert [(a.artifact, a.declared) for a in own] == [("scores", True)]
    assert graph.units["models/exposures.yml::churn_eda"].kind == "dbt"


def test_a_model_in_python() -> None:
    code = (
        "def model(dbt, session):\n    dbt.config(x='table')\n    df = dbt.ref('a')\n    o = dbt.source('raw', 'orders')\n    return df\n"
    )
    files = {"dbt_project.yml": PROJECT, "models/a.sql": "select 1 as x", "models/b.py": code, "models/sources.yml": SOURCES}
    graph = graph_of_texts(files)
    assert flow(graph, "models/b.py") == ["r a 3", "r lake.landing.orders 4", "w b 1"]


def test_hard_coded_tables_of_a_model_are_observed_not_declared() -> None:
    model = "select * from legacy.t join {{ var('area') }}.u using (i)"
    graph = graph_of_texts({"dbt_project.yml": PROJECT + "vars: {area: north}\n", "models/a.sql": model})
    assert [(a.artifact, a.declared) for a in graph.accesses if a.op == "read"] == [("legacy.t", False), ("north.u", False)]


def test_macros_tests_and_analyses_write_nothing() -> None:
    files = {
        "dbt_project.yml": PROJECT,
        "models/a.sql": "select 1 as x",
        "macros/m.sql": "{% macro m(t) %} delete from {{ t }}.x; insert into log.runs select 1 {% endmacro %}",
        "analyses/q.sql": "select * from {{ ref('a') }}",
        "tests/t.sql": "select * from {{ ref('a') }} where x is null",
    }
    graph = graph_of_texts(files)
    assert {a.site.path for a in graph.accesses if a.op == "write"} == {"models/a.sql"}
    assert flow(graph, "analyses/q.sql") == ["r a 1"]
    assert [a.unit for a in graph.artifacts["a"].readers] == ["analyses/q.sql"]


def test_refs_of_packages_and_of_nobody_keep_their_names() -> None:
    model = "select * from {{ ref('pkg', 'x') }} join {{ ref('gone') }} using (i)"
    graph = graph_of_texts({"dbt_project.yml": PROJECT, "models/a.sql": model})
    assert sorted(a.artifact or "" for a in graph.accesses if a.op == "read") == ["gone", "x"]


def test_installed_packages_are_no_projects_and_templates_elsewhere_are_plain_files() -> None:
    files = {
        "dbt_packages/utils/dbt_project.yml": "name: utils\n",
        "dbt_packages/utils/models/a.sql": "select 1 as x",
        "queries/q.sql": "select * from {{ ref('a') }} join {{ params.table }} using (i)",
    }
    graph = graph_of_texts(files)
    assert [a.artifact for a in graph.accesses] == []


def test_a_malformed_properties_file_is_listed() -> None:
    graph = graph_of_texts({"dbt_project.yml": PROJECT, "models/a.sql": "select 1 as x", "models/schema.yml": "models:\n  - name: [a\n"})
    assert [entry.path for entry in graph.not_analysed] == ["models/schema.yml"]
    assert flow(graph, "models/a.sql") == ["w a 1"]


def test_a_broken_project_file_is_listed() -> None:
    graph = graph_of_texts({"dbt_project.yml": "name: [x\n", "models/a.sql": "select * from t"})
    assert [entry.path for entry in graph.not_analysed] == ["dbt_project.yml"]
    assert [(a.op, a.artifact) for a in graph.accesses] == [("read", "t")]


def test_what_templates_say_is_no_edge_that_code_could_show() -> None:
    files = {"dbt_project.yml": PROJECT, "models/a.sql": "select 1 as x", "models/b.sql": "select * from {{ ref('a') }}"}
    edges = graph_of_texts(files).coverage.declared_edges
    assert edges is None or edges.declared == 0
