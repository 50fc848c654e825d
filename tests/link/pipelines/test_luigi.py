"""Luigi: tasks, targets, requirements, parameters; what the code of a task reads and writes through them."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

TASKS = """
import luigi
import pandas as pd
from luigi.contrib.s3 import S3Target

class Raw(luigi.ExternalTask):
    date = luigi.DateParameter()

    def output(self):
        return S3Target(f"s3://lake/raw/{self.date}.csv")

class Clean(luigi.Task):
    name = luigi.Parameter(default="users")

    def requires(self):
        return Raw()

    def output(self):
        return {"a": luigi.LocalTarget("data/clean/%s.csv" % self.name)}

    def run(self):
        df = pd.read_csv(self.input().path)
        df.to_csv(self.output()["a"].path)

class Train(luigi.Task):
    def requires(self):
        return REQUIRED

    def output(self):
        return luigi.LocalTarget("models/m.pkl")

    def run(self):
        with self.output().open("w") as file:
            file.write("")
"""


def declared(found: SystemGraph) -> list[tuple[str, str, str]]:
    return sorted((d.unit.partition("::")[2], d.op, d.artifact) for d in found.declarations)


def graph(required: str) -> SystemGraph:
    return graph_of_texts({"tasks.py": TASKS.replace("REQUIRED", required)})


@pytest.mark.parametrize(
    "text",
    [
        "class Task:\n    def output(self):\n        return 1\n\nclass A(Task):\n    def requires(self):\n        return Task()\n",
        "import luigi\nclass A:\n    def output(self):\n        return luigi.LocalTarget('x.csv')\n",
        "import luigi\nclass A(luigi.Config):\n    x = luigi.Parameter()\n",
    ],
)
def test_what_is_no_task(text: str) -> None:
    assert declared(graph_of_texts({"a.py": text})) == []


@pytest.mark.parametrize("required", ["Clean(name='items')", "[Clean(name='items')]", "{'c': Clean('items')}"])
def test_a_requirement_is_read_as_it_was_asked_for(required: str) -> None:
    assert declared(graph(required)) == [
        ("Clean", "read", "s3://lake/raw/{date}.csv"),
        ("Clean", "write", "data/clean/items.csv"),
        ("Raw", "write", "s3://lake/raw/{date}.csv"),
        ("Train", "read", "data/clean/items.csv"),
        ("Train", "write", "models/m.pkl"),
    ]


def test_a_parameter_that_nobody_gives_has_its_default() -> None:
    assert ("Clean", "write", "data/clean/users.csv") in declared(graph("[]"))


def test_the_code_of_a_task_reads_its_input_and_writes_its_output() -> None:
    found = graph("Clean(name='items')")
    own = [(a.site.line, a.op, a.artifact) for a in found.accesses if a.via not in ("declaration", "wrapper")]
    assert own == [
        (22, "read", "s3://lake/raw/{date}.csv"),
        (23, "write", "data/clean/items.csv"),
        (33, "write", "models/m.pkl"),
    ]


def test_what_tasks_write_to_tables_and_require_by_decorator() -> None:
    text = (
        "import luigi\nfrom luigi.util import requires\nfrom luigi.contrib.postgres import PostgresTarget\n"
        "class A(luigi.Task):\n    def output(self):\n        return PostgresTarget('h', 'd', 'u', 'p', 'm.scores', 'id')\n\n"
        "@requires(A)\nclass B(luigi.Task):\n    def output(self):\n        return luigi.LocalTarget('b.csv')\n"
    )
    assert declared(graph_of_texts({"a.py": text})) == [("A", "write", "m.scores"), ("B", "read", "m.scores"), ("B", "write", "b.csv")]


def test_tasks_that_require_each_other_end() -> None:
    text = (
        "import luigi\nclass A(luigi.Task):\n    def requires(self):\n        return B()\n    def output(self):\n"
        "        return luigi.LocalTarget(self.input().path + 'a')\n"
        "class B(luigi.Task):\n    def requires(self):\n        return A()\n    def output(self):\n"
        "        return luigi.LocalTarget(self.input().path + 'b')\n"
    )
    assert {unit.kind for unit in graph_of_texts({"a.py": text}).units.values() if "::" in unit.id} == {"luigi"}
