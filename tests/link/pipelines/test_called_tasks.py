"""Prefect, KFP, ZenML and Flyte: calls of task functions, what runs and in which order."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts


def graph(flow: str, decorator: str, header: str) -> SystemGraph:
    return graph_of_texts(
        {
            "p/__init__.py": "",
            "p/first.py": f"{header}\n{decorator}\ndef first():\n    return 1\n",
            "p/second.py": f"{header}\n{decorator}\ndef second(x=None):\n    return 1\n",
            "p/flow.py": f"{header}\nfrom p.first import first\nfrom p.second import second\n{flow}",
        }
    )


def units(found: SystemGraph) -> list[str]:
    return sorted(u.id for u in found.units.values() if "::" in u.id)


BOTH = ["p/flow.py::first", "p/flow.py::second"]
ORDER = {("p/first.py", "p/second.py")}
PREFECT = "from prefect import flow, task, Flow, unmapped"
DECORATED = [
    ("prefect", PREFECT, "@task", "@flow\ndef run():\n    second(first())\n"),
    ("prefect", PREFECT, "@task(retries=2)", "@flow\ndef run():\n    x = first.submit()\n    second.submit(x)\n"),
    ("prefect", PREFECT, "@task", "@flow\ndef run():\n    x = first.submit()\n    second.map(unmapped(x), [1, 2])\n"),
    ("prefect", PREFECT, "@task", "@flow\ndef run():\n    x = first.with_options(name='f')()\n    second(wait_for=[x])\n"),
    ("prefect", PREFECT, "@task", "with Flow('f') as f:\n    x = first()\n    second(x)\n"),
    ("prefect", PREFECT, "@task", "with Flow('f') as f:\n    x = first()\n    second(upstream_tasks=[x])\n"),
    ("prefect", PREFECT, "@task", "with Flow('f') as f:\n    x = first()\n    y = second()\n    y.set_upstream(x)\n"),
    ("prefect", PREFECT, "@task", "f = Flow('f')\nx = first()\ny = second()\nf.set_dependencies(y, upstream_tasks=[x])\n"),
    ("prefect", PREFECT, "@task", "f = Flow('f')\nx = first()\ny = second()\nf.add_edge(x, y)\n"),
    ("kfp", "from kfp import dsl", "@dsl.component", "@dsl.pipeline\ndef run():\n    x = first()\n    second(x=x.output)\n"),
    (
        "kfp",
        "from kfp import dsl",
        "@dsl.component(base_image='i')",
        "@dsl.pipeline\ndef run():\n    x = first()\n    second(x=x.outputs['a'])\n",
    ),
    ("kfp", "from kfp.v2.dsl import component", "@component", "def run():\n    x = first()\n    second().after(x)\n"),
    ("kfp", "from kfp.dsl import component", "@component", "def run():\n    x = first()\n    y = second()\n    y.after(x)\n"),
    ("zenml", "from zenml import step, pipeline", "@step", "@pipeline\ndef run():\n    second(first())\n"),
    ("zenml", "from zenml.steps import step", "@step()", "def run():\n    x = first()\n    second(x)\n"),
    ("zenml", "from zenml import step, pipeline", "@step", "@pipeline\ndef run():\n    first()\n    second(after=['first'])\n"),
    ("flyte", "from flytekit import task, workflow", "@task", "@workflow\ndef run():\n    x = first()\n    second(x=x)\n"),
    ("flyte", "from flytekit import task, workflow", "@task", "@workflow\ndef run():\n    x = first()\n    y = second()\n    x >> y\n"),
]


@pytest.mark.parametrize(("mechanism", "header", "decorator", "flow"), DECORATED)
def test_the_order_of_calls_of_task_functions(mechanism: str, header: str, decorator: str, flow: str) -> None:
    found = graph(flow, decorator, header)
    assert units(found) == BOTH and {u.kind for u in found.units.values() if "::" in u.id} == {mechanism}
    assert found.orders == ORDER


@pytest.mark.parametrize(
    ("header", "decorator", "flow"),
    [
        ("def task(f):\n    return f\n", "@task", "second(first())\n"),
        ("import prefect\nfrom mine import task", "@task", "second(first())\n"),
        ("from prefect import flow", "@flow", "second(first())\n"),
        (PREFECT, "", "@flow\ndef run():\n    second(first())\n"),
    ],
)
def test_plain_functions_are_no_tasks(header: str, decorator: str, flow: str) -> None:
    found = graph(flow, decorator, header)
    assert units(found) == [] and found.orders == set()


def test_a_call_inside_a_task_is_a_plain_call() -> None:
    found = graph("@task\ndef outer():\n    second(first())\n\n@flow\ndef run():\n    outer()\n", "@task", PREFECT)
    assert units(found) == ["p/flow.py::outer"]


CLASSES = """
from prefect import Task, Flow

class First(Task):
    def run(self):
        return 1

class Second(Task):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
    def run(self, x):
        return 1
"""


@pytest.mark.parametrize(
    "flow",
    [
        "with Flow('f') as f:\n    Second(name='two')(First(name='one')())\n",
        "one = First(name='one')\ntwo = Second(name='two')\nwith Flow('f') as f:\n    two.map(one())\n",
        "one = First(name='one')\ntwo = Second(name='two')\nwith Flow('f') as f:\n    x = one()\n    two.bind(x)\n",
    ],
)
def test_task_classes_of_prefect_1(flow: str) -> None:
    texts = {
        "p/__init__.py": "",
        "p/tasks.py": CLASSES,
        "p/flow.py": f"from prefect import Flow\nfrom p.tasks import First, Second\n{flow}",
    }
    found = graph_of_texts(texts)
    assert units(found) == ["p/flow.py::one", "p/flow.py::two"]
    assert {(e.source, e.target) for e in found.edges if e.kind == "invokes"} == {(u, "p/tasks.py") for u in units(found)}


@pytest.mark.parametrize(
    "text",
    [
        "from prefect.tasks.shell import ShellTask\nt = ShellTask(name='t')\nt(command='python jobs/train.py --x 1')\n",
        "from prefect_shell import ShellOperation\nShellOperation(commands=['python jobs/train.py']).run()\n",
        "from prefect_shell import shell_run_command\nshell_run_command(command='python jobs/train.py')\n",
        "from kfp import dsl\ndsl.ContainerOp(name='t', image='i', command=['python', 'jobs/train.py'], arguments=['--x', 1])\n",
        "from kfp import dsl\ndsl.ContainerOp(name='t', image='i', command=['sh', '-c', 'python jobs/train.py'])\n",
    ],
)
def test_commands_run_files_of_the_repository(text: str) -> None:
    assert list(graph_of_texts({"flow.py": text, "jobs/train.py": ""}).invoked_by) == ["jobs/train.py"]


@pytest.mark.parametrize(
    ("maker", "name"),
    [
        ("components.func_to_container_op(first)", "first"),
        ("components.create_component_from_func(first)", "first"),
        ("components.load_component_from_file('parts/clean/component.yaml')", "clean"),
        ("components.load_component_from_url('https://x.org/a/train.yaml')", "train"),
    ],
)
def test_components_made_in_two_steps(maker: str, name: str) -> None:
    text = f"import kfp\nfrom kfp import components\ndef first():\n    return 1\n\nop = {maker}\ndef run():\n    op()\n"
    assert units(graph_of_texts({"flow.py": text})) == [f"flow.py::{name}"]


def test_an_importer_reads_its_artifact() -> None:
    text = "from kfp import dsl\ndef run():\n    dsl.importer(artifact_uri='gs://b/data', artifact_class=1)\n"
    assert [(d.op, d.artifact) for d in graph_of_texts({"flow.py": text}).declarations] == [("read", "gs://b/data")]
