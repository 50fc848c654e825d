"""Who runs which file, with which words, in which order."""

from __future__ import annotations

import pytest

from analyzer.graph.invocations import step_folder
from analyzer.graph.system import SystemGraph
from analyzer.read.step_facts import Step, StepFacts
from analyzer.scan import graph_of_texts

DVC = """
stages:
  prepare:
    cmd: python prepare.py
    outs: [data/a.csv]
  train:
    cmd: python train.py
    deps: [data/a.csv]
    outs: [models/m.pkl]
  score:
    cmd: python score.py
    deps: [models/m.pkl]
"""
CODE = {"prepare.py": "", "train.py": "", "score.py": ""}


def invoked(graph: SystemGraph) -> dict[str, list[str]]:
    return {path: [str(site) for site in sites] for path, sites in graph.invoked_by.items()}


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": "import os\nos.system('echo train.py')\n"},
        {"a.py": "import subprocess\nsubprocess.run(['python', name])\n"},
        {"a.py": "run('python train.py')\n"},
        {"README.md": "We used to run train.py by hand.\n"},
        {"run.sh": "# python train.py\n"},
        {"train.py": "import os\nos.system('python train.py')\n"},
    ],
)
def test_what_runs_nothing(texts: dict[str, str]) -> None:
    assert invoked(graph_of_texts({"train.py": "", **texts})) == {}


@pytest.mark.parametrize(
    ("texts", "site"),
    [
        ({"dvc.yaml": "stages:\n  a:\n    cmd: python train.py\n"}, "dvc.yaml:3"),
        ({"Makefile": "a:\n\tpython train.py\n"}, "Makefile:2"),
        ({"run.sh": "set -e\npython train.py\n"}, "run.sh:2"),
        ({"README.md": "# Use\n\n```bash\npython train.py\n```\n"}, "README.md:4"),
        ({"b.py": "import os\nos.system('python train.py --x 1')\n"}, "b.py:2"),
        ({"b.py": "import subprocess\nsubprocess.run(['python', 'train.py'], check=True)\n"}, "b.py:2"),
        ({"b.py": "import subprocess, sys\nsubprocess.check_call([sys.executable, 'train.py'])\n"}, "b.py:2"),
        ({"b.py": "import os\nos.system(f'python train.py {x}')\n"}, "b.py:2"),
        ({".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: python train.py\n"}, ".github/workflows/a.yml:5"),
        ({"Dockerfile": 'FROM python\nCMD ["python", "train.py"]\n'}, "Dockerfile:2"),
    ],
)
def test_who_runs_a_file(texts: dict[str, str], site: str) -> None:
    assert invoked(graph_of_texts({"train.py": "", **texts})) == {"train.py": [site]}


def test_declared_outputs_and_dependencies_order_stages_transitively() -> None:
    graph = graph_of_texts({**CODE, "dvc.yaml": DVC})
    assert {("prepare.py", "train.py"), ("train.py", "score.py"), ("prepare.py", "score.py")} <= graph.orders
    assert ("score.py", "prepare.py") not in graph.orders


def test_commands_of_one_script_are_in_order() -> None:
    graph = graph_of_texts({**CODE, "run.sh": "python prepare.py\npython train.py\npython score.py\n"})
    assert graph.orders == {("prepare.py", "train.py"), ("prepare.py", "score.py"), ("train.py", "score.py")}


def test_targets_of_make_wait_for_what_they_need() -> None:
    graph = graph_of_texts({**CODE, "Makefile": "all: m.pkl\nm.pkl: a.csv\n\tpython train.py\na.csv:\n\tpython prepare.py\n"})
    assert ("prepare.py", "train.py") in graph.orders
    assert ("train.py", "prepare.py") not in graph.orders


def test_prose_orders_within_one_code_block_only() -> None:
    one = graph_of_texts({**CODE, "README.md": "```\npython prepare.py\npython train.py\n```\n"})
    two = graph_of_texts({**CODE, "README.md": "```\npython prepare.py\n```\ntext\n```\npython train.py\n```\n"})
    assert one.orders == {("prepare.py", "train.py")}
    assert two.orders == set()


def test_declarations_start_in_the_folder_of_their_file() -> None:
    stages = "stages:\n  a:\n    cmd: python x.py\n    deps: [in.csv, ../top.csv]\n    outs: [s3://b/o.csv]\n"
    found = graph_of_texts({"sub/dvc.yaml": stages, "sub/x.py": ""}).declarations
    assert [(d.unit, d.op, d.artifact, d.mechanism, d.runs) for d in found] == [
        ("sub/dvc.yaml::a", "read", "sub/in.csv", "dvc", ("sub/x.py",)),
        ("sub/dvc.yaml::a", "read", "top.csv", "dvc", ("sub/x.py",)),
        ("sub/dvc.yaml::a", "write", "s3://b/o.csv", "dvc", ("sub/x.py",)),
    ]


@pytest.mark.parametrize(
    ("kind", "path", "cwd", "folder"),
    [
        ("dvc", "sub/dvc.yaml", "", "sub"),
        ("dvc", "sub/dvc.yaml", "deep", "sub/deep"),
        ("make", "Makefile", ".", ""),
        ("shell", "sub/run.sh", "", ""),
        ("workflow", ".github/workflows/a.yml", "", ""),
        ("workflow", ".github/workflows/a.yml", "./sub", "sub"),
        ("workflow", ".github/workflows/a.yml", ".hidden/x", ".hidden/x"),
        ("workflow", ".github/workflows/a.yml", "/abs", ""),
        ("docker", "sub/Dockerfile", "", "sub"),
        ("docker", "sub/Dockerfile", "/app", "sub"),
    ],
)
def test_where_a_step_runs(kind: str, path: str, cwd: str, folder: str) -> None:
    step = Step(kind, "a", 1, cwd=cwd)
    assert step_folder(path, StepFacts(kind, 1, (step,)), step) == folder


def test_jobs_of_one_name_in_two_pipelines_are_not_mixed_up() -> None:
    head = "$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\njobs:\n"
    prep = "  prep: {type: command, command: python prep.py, code: src, outputs: {set: {type: uri_folder}}}\n"
    fit = "  fit: {type: command, command: python fit.py, code: src, inputs: {d: '${{parent.jobs.prep.outputs.set}}'}}\n"
    graph = graph_of_texts(
        {f"{p}/{name}": text for p in "ab" for name, text in (("job.yml", head + prep + fit), ("src/prep.py", ""), ("src/fit.py", ""))}
    )
    assert graph.orders == {("a/src/prep.py", "a/src/fit.py"), ("b/src/prep.py", "b/src/fit.py")}
    handed = [(d.op, d.artifact) for d in graph.declarations if d.site.path == "a/job.yml"]
    assert handed == [("write", "azureml:a/job.yml::prep.set"), ("read", "azureml:a/job.yml::prep.set")]
    assert graph.coverage.declared_edges.declared == 0
