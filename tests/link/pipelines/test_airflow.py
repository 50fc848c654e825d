"""Airflow: what is no task, and the tasks, data, commands and order of DAGs in their current and older forms."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

CODE = {"jobs/train.py": "", "jobs/clean.py": "def main():\n    pass\n\ndef other():\n    pass\n"}


def graph(dag: str, **more: str) -> SystemGraph:
    return graph_of_texts({"dags/d.py": dag, **CODE, **more})


def tasks(found: SystemGraph) -> list[str]:
    return [unit.id.partition("::")[2] for unit in found.units.values() if unit.kind == "airflow"]


def data(found: SystemGraph) -> list[tuple[str, str, str]]:
    return [(a.unit.partition("::")[2], a.op, a.artifact or "?") for a in found.accesses if a.unit.startswith("dags/d.py::")]


def declared(found: SystemGraph) -> list[tuple[str, str]]:
    return [(d.op, d.artifact) for d in found.declarations]


def steps_before(found: SystemGraph) -> list[tuple[str, str]]:
    return sorted(found.orders)


@pytest.mark.parametrize(
    "text",
    [
        "def task(f):\n    return f\n\n@task\ndef extract():\n    pass\n\nextract()\n",
        "import airflow\n\ndef task(f):\n    return f\n\n@task\ndef extract():\n    pass\n\nextract()\n",
        "import airflow\na = 1\nb = 2\nc = a >> b\n",
        "import airflow\nclass Operator:\n    pass\n\nrun = Operator(task_id='x')\n",
        "from mine import BashOperator\nBashOperator(task_id='a', bash_command='python jobs/train.py')\n",
        "from airflow.operators.bash import BashOperator\n\ndef make(**kwargs):\n    return BashOperator\n",
    ],
)
def test_what_is_no_task(text: str) -> None:
    found = graph(text)
    assert tasks(found) == [] and found.orders == set() and found.declarations == []


def test_dags_in_tests_declare_nothing() -> None:
    text = "from airflow.operators.bash import BashOperator\nBashOperator(task_id='a', bash_command='python jobs/train.py')\n"
    assert tasks(graph_of_texts({"tests/test_dag.py": text, **CODE})) == []


@pytest.mark.parametrize(
    "header",
    [
        "from airflow.operators.bash import BashOperator",
        "from airflow.operators.bash_operator import BashOperator",
        "from airflow.providers.standard.operators.bash import BashOperator",
        "import airflow\nfrom airflow.operators import bash\nBashOperator = bash.BashOperator",
        "from airflow.operators.bash import BashOperator as Base\n\nclass BashOperator(Base):\n    pass\n",
    ],
)
def test_a_bash_command_runs_a_file_with_its_words(header: str) -> None:
    found = graph(
        header + "\nBashOperator(task_id='t', bash_command='python jobs/train.py --out s3://b/{{ ds }}.pkl')\n",
        **{"jobs/train.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--out')\nopen(p.parse_args().out, 'w')\n"},
    )
    assert tasks(found) == ["t"]
    assert ("dags/d.py::t", "jobs/train.py") in [(e.source, e.target) for e in found.edges if e.kind == "invokes"]
    assert [a.artifact for a in found.accesses if a.site.path == "jobs/train.py"] == ["s3://b/{ds}.pkl"]
    assert found.modules["jobs/train.py"].production


PYTHON = """
from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.operators.bash import BashOperator
from jobs.clean import main
with DAG("daily") as dag:
    clean = PythonOperator(task_id="clean", python_callable=main)
    train = BashOperator(task_id="train", bash_command="python jobs/train.py")
    {order}
"""


@pytest.mark.parametrize(
    "order",
    [
        "clean >> train",
        "train << clean",
        "clean.set_downstream(train)",
        "train.set_upstream([clean])",
        "[clean] >> train",
        "clean >> [train]",
        "from airflow.models.baseoperator import chain; chain(clean, [train])",
        "from airflow.models.baseoperator import cross_downstream; cross_downstream([clean], [train])",
        "from airflow.utils.edgemodifier import Label; clean >> Label('x') >> train",
        "tasks = []; tasks.append(clean); tasks >> train",
        "tasks = {'c': clean, 't': train}\n    tasks['c'] >> tasks['t']",
        "from airflow.operators.empty import EmptyOperator; e = EmptyOperator(task_id='e')\n    clean >> e >> train",
    ],
)
def test_the_order_of_tasks_is_the_order_of_what_they_run(order: str) -> None:
    assert steps_before(graph(PYTHON.format(order=order))) == [("jobs/clean.py", "jobs/train.py")]


def test_tasks_without_an_order_have_none() -> None:
    assert steps_before(graph(PYTHON.format(order="x = 1 >> 2"))) == []


GROUP = """
from airflow import DAG
from airflow.utils.task_group import TaskGroup
from airflow.operators.python import PythonOperator
from airflow.operators.bash import BashOperator
from jobs.clean import main
with DAG("daily"):
    with TaskGroup("prepare") as prepare:
        clean = PythonOperator(task_id="clean", python_callable=main)
    train = BashOperator(task_id="train", bash_command="python jobs/train.py")
    prepare >> train
"""


def test_a_task_group_stands_for_its_tasks() -> None:
    assert steps_before(graph(GROUP)) == [("jobs/clean.py", "jobs/train.py")]


FLOW = """
from airflow.{module} import dag, task
from airflow.operators.bash import BashOperator
from jobs.clean import main

@task
def extract():
    return main()

@task(task_id="loading")
def load(x):
    pass

@dag(schedule="@daily")
def daily():
    x = extract()
    load(x) >> BashOperator(task_id="train", bash_command="python jobs/train.py")

daily()
"""


@pytest.mark.parametrize("module", ["decorators", "sdk"])
def test_taskflow_calls_are_tasks_and_their_arguments_order_them(module: str) -> None:
    found = graph(FLOW.format(module=module))
    assert tasks(found) == ["extract", "loading", "train"]
    assert steps_before(found) == [("dags/d.py", "jobs/train.py")]


def test_mapped_and_overridden_tasks() -> None:
    text = (
        "from airflow.decorators import task\n@task\ndef a():\n    pass\n@task\ndef b(x, y):\n    pass\n"
        "b.partial(y=1).expand(x=a.override(task_id='z')())\n"
    )
    assert tasks(graph(text)) == ["b", "z"]


def test_a_class_of_the_project_may_name_the_task_itself() -> None:
    text = (
        "from airflow.operators.bash import BashOperator\nclass Job(BashOperator):\n    def __init__(self, name, **kwargs):\n"
        "        super().__init__(task_id=f'job_{name}', bash_command=f'python jobs/{name}.py', **kwargs)\n\nJob('train')\n"
    )
    found = graph(text)
    assert tasks(found) == ["job_train"] and list(found.invoked_by) == ["jobs/train.py"]


OPERATORS = [
    (
        "GCSToBigQueryOperator(task_id='t', bucket='raw', source_objects=['a.csv', 'b/{{ ds }}.csv'], "
        "destination_project_dataset_table='p.d.t')",
        [("read", "gs://raw/a.csv"), ("read", "gs://raw/b/{ds}.csv"), ("write", "p.d.t")],
    ),
    (
        "GoogleCloudStorageToBigQueryOperator(task_id='t', bucket='raw', source_objects=['a.csv'], destination_project_dataset_table=T)",
        [("read", "gs://raw/a.csv")],
    ),
    ("S3KeySensor(task_id='t', bucket_key='s3://lake/in/{{ ds }}/_SUCCESS')", [("read", "s3://lake/in/{ds}/_SUCCESS")]),
    ("S3KeySensor(task_id='t', bucket_name='lake', bucket_key='in/x')", [("read", "s3://lake/in/x")]),
    ("S3ToRedshiftOperator(task_id='t', schema='s', table='t', s3_bucket='b', s3_key='k')", [("read", "s3://b/k"), ("write", "s.t")]),
    (
        "BigQueryInsertJobOperator(task_id='t', configuration={'query': {'query': 'SELECT 1 FROM d.a JOIN d.b', 'destinationTable': "
        "{'projectId': 'p', 'datasetId': 'd', 'tableId': 'c'}}})",
        [("read", "d.a"), ("read", "d.b"), ("write", "p.d.c")],
    ),
    ("PostgresOperator(task_id='t', sql='INSERT INTO m.out SELECT x FROM m.raw')", [("read", "m.raw"), ("write", "m.out")]),
    (
        "BashOperator(task_id='t', bash_command='true', outlets=[Dataset('s3://b/x')], inlets=[D])",
        [("read", "airflow:y"), ("write", "s3://b/x")],
    ),
    ("BashOperator(task_id='t', bash_command='cat {{ params.a }}', params={'a': 1})", []),
    ("GCSToBigQueryOperator(task_id='t', bucket=unknown(), source_objects=other())", []),
]


@pytest.mark.parametrize(("call", "wanted"), OPERATORS)
def test_what_operators_declare(call: str, wanted: list[tuple[str, str]]) -> None:
    name = call.partition("(")[0]
    text = f"from airflow.datasets import Dataset\nfrom airflow.providers.x.{name.lower()} import {name}\nD = Dataset('y')\n{call}\n"
    assert sorted(declared(graph(text))) == sorted(wanted)


def test_parameters_of_a_task_come_from_its_own_params() -> None:
    text = (
        "from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor as S\nfrom airflow import DAG\n"
        "S(task_id='t', bucket='b', object='{{ params.name }}/x', params={'name': 'users'})\n"
    )
    text = text.replace("as S", "").replace("S(task", "GCSObjectExistenceSensor(task")
    assert declared(graph(text)) == [("read", "gs://b/users/x")]


MADE = """
from airflow.providers.google.cloud.transfers.gcs_to_bigquery import GCSToBigQueryOperator

def load(table, bucket="raw"):
    return GCSToBigQueryOperator(
        task_id=f"load_{table}",
        bucket=bucket,
        source_objects=[f"{table}.csv"],
        destination_project_dataset_table=f"p.d.{table}",
    )

users = load("users")
items = load("items", bucket="other")
users >> items
"""


def test_a_function_that_makes_tasks_makes_one_a_call() -> None:
    found = graph(MADE)
    assert tasks(found) == ["load_items", "load_users"]
    assert sorted(declared(found)) == [
        ("read", "gs://other/items.csv"), ("read", "gs://raw/users.csv"), ("write", "p.d.items"), ("write", "p.d.users"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        "image='i', cmds=['python'], arguments=['jobs/train.py', '--x', '1']",
        "image='i', cmds=['bash', '-cx'], arguments=['cd /app && python jobs/train.py']",
        "image='i', arguments=['python', 'jobs/train.py']",
    ],
)
def test_containers_run_files_of_the_repository(arguments: str) -> None:
    header = "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\n"
    text = f"{header}KubernetesPodOperator(task_id='t', {arguments})\n"
    assert list(graph(text).invoked_by) == ["jobs/train.py"]


def test_a_query_may_stand_in_a_file() -> None:
    text = "from airflow.providers.postgres.operators.postgres import PostgresOperator\nPostgresOperator(task_id='t', sql='sql/load.sql')\n"
    found = graph(text, **{"dags/sql/load.sql": "INSERT INTO m.out SELECT x FROM m.raw;\n"})
    assert ("dags/d.py::t", "dags/sql/load.sql") in [(e.source, e.target) for e in found.edges if e.kind == "invokes"]
    assert found.declarations == []


def test_a_dag_that_datasets_start_reads_them() -> None:
    text = "from airflow import DAG, Dataset\nwith DAG('d', schedule=[Dataset('s3://b/in')]):\n    pass\n"
    assert declared(graph(text)) == [("read", "s3://b/in")]


def test_a_sensor_waits_for_a_task_of_another_dag() -> None:
    other = (
        "from airflow import DAG\nfrom airflow.operators.python import PythonOperator\nfrom jobs.clean import main\n"
        "with DAG('first'):\n    PythonOperator(task_id='clean', python_callable=main)\n"
    )
    text = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
        "from airflow.sensors.external_task import ExternalTaskSensor\n"
        "with DAG('second'):\n    w = ExternalTaskSensor(task_id='w', external_dag_id='first', external_task_id='clean')\n"
        "    w >> BashOperator(task_id='train', bash_command='python jobs/train.py')\n"
    )
    assert steps_before(graph(text, **{"dags/first.py": other})) == [("jobs/clean.py", "jobs/train.py")]


def test_equal_names_in_two_dags_of_a_file_are_two_tasks() -> None:
    text = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
        "with DAG('a'):\n    BashOperator(task_id='t', bash_command='python jobs/train.py')\n"
        "with DAG('b'):\n    BashOperator(task_id='t', bash_command='python jobs/clean.py')\n"
    )
    assert tasks(graph(text)) == ["b.t", "t"]


def test_recursive_and_endless_definitions_end() -> None:
    text = "from airflow.decorators import task\n@task\ndef a(x):\n    return a(x)\nx = a(x)\ny = y >> x >> y\n" + "x = a(x)\n" * 200
    assert tasks(graph(text)) == ["a"]
