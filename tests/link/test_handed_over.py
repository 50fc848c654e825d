"""Functions that are handed over with their arguments are called with them."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

TASK = "def work(path, mode='r', *, copy='copy.csv'):\n    open(path, mode)\n    open(copy)\n"


def opened(call: str, head: str = "", task: str = TASK) -> list[tuple[str, str | None]]:
    """(operation, artifact) of what the calling module does."""
    graph = graph_of_texts({"jobs/work.py": task, "main.py": f"from jobs.work import work\n{head}\n{call}\n"})
    return [(a.op, a.artifact) for a in graph.accesses if a.site.path == "main.py"]


@pytest.mark.parametrize(
    "call",
    [
        "use(function=work, args=('a.csv',))",
        "work.submit",
        "pool.submit(len, 'a.csv')",
        "pool.submit(lambda: 1)",
        "Thread(target='work', args=('a.csv',))",
        "PythonOperator(python_callable=other, op_kwargs={'path': 'a.csv'})",
        "PythonOperator(task_id='x', op_kwargs={'path': 'a.csv'})",
        "pool.apply_async()",
        "loop.run_in_executor(None)",
    ],
)
def test_nothing_is_handed_over(call: str) -> None:
    assert opened(call, "from airflow.operators.python import PythonOperator\nfrom threading import Thread") == []


def test_a_function_that_takes_such_names_itself_is_called() -> None:
    task = "def work(target, args):\n    open(target)\n"
    assert opened("work(target='a.csv', args=('b.csv',))", task=task) == [("read", "a.csv")]


@pytest.mark.parametrize(
    "call",
    [
        "PythonOperator(task_id='x', python_callable=work, op_kwargs={'path': 'a.csv', 'mode': 'w'})",
        "PythonOperator(task_id='x', python_callable=work, op_kwargs=dict(path='a.csv', mode='w'))",
        "PythonOperator(task_id='x', python_callable=work, op_kwargs=GIVEN)",
        "PythonOperator(task_id='x', python_callable=work, op_args=['a.csv', 'w'])",
        "PythonOperator(task_id='x', python_callable=work, op_args=['a.csv'], op_kwargs={'mode': 'w'})",
        "Thread(target=work, args=('a.csv', 'w'))",
        "threading.Thread(target=work, args=('a.csv',), kwargs={'mode': 'w'}).start()",
        "multiprocessing.Process(target=work, kwargs={'path': 'a.csv', 'mode': 'w'})",
        "pool.submit(work, 'a.csv', 'w')",
        "pool.submit(work, 'a.csv', mode='w')",
        "pool.apply_async(work, ('a.csv',), {'mode': 'w'})",
        "pool.apply(work, ('a.csv', 'w'))",
        "loop.run_in_executor(None, work, 'a.csv', 'w')",
    ],
)
def test_what_is_handed_over(call: str) -> None:
    head = "import threading\nfrom threading import Thread\nfrom airflow.operators.python import PythonOperator\n"
    head += "GIVEN = {'path': 'a.csv', 'mode': 'w'}"
    assert ("write", "a.csv") in opened(call, head)


def test_templates_are_filled_in_by_the_orchestrator() -> None:
    head = "from airflow.operators.python import PythonOperator"
    call = "PythonOperator(task_id='x', python_callable=work, op_kwargs={'path': 's3://lake/{{ ds }}/{{ macros.ds_add(ds, 1) }}.csv'})"
    assert ("read", "s3://lake/{ds}/{macros.ds_add}.csv") in opened(call, head)


def test_the_callee_knows_what_its_operators_pass() -> None:
    graph = graph_of_texts(
        {
            "dag.py": "from airflow.operators.python import PythonOperator\nfrom etl import load\n"
            "PythonOperator(task_id='x', python_callable=load, op_kwargs={'table': 'sales'})\n",
            "etl.py": "import pandas as pd\n\ndef load(table, **context):\n    frame = pd.read_csv(f'raw/{table}.csv')\n"
            "    for name in ('a', 'b', 'c', 'd', 'e'):\n        frame.to_csv(f'out/{name}')\n",
        }
    )
    assert "raw/sales.csv" in [a.artifact for a in graph.accesses if a.site.path == "etl.py"]
