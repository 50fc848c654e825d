from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Evidence, Finding, Severity, Site
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.scan import graph_of_texts
from rules.machine_bound_path import MachineBoundPath

MakeGraph = Callable[..., SystemGraph]
Leaf = tuple[str, str | int | float | bool | None, int]


def found(graph: SystemGraph) -> list[Finding]:
    return list(MachineBoundPath().check(graph))


def with_config(*leaves: Leaf, path: str = "conf/data.yaml") -> SystemGraph:
    return SystemGraph(configs={path: ConfigFacts("yaml", 9, leaves)})


def with_step(kind: str, *commands: Command, path: str = "Makefile", deps: tuple[Declared, ...] = (), cwd: str = "") -> SystemGraph:
    return SystemGraph(steps={path: StepFacts(kind, 9, (Step(kind, "train", 1, deps=deps, commands=commands, cwd=cwd),))})


@pytest.mark.parametrize(
    "text",
    [
        '"""Reads /home/ann/x.csv."""\n',
        '# read("/home/ann/x.csv")\n',
        'print("see /home/ann/x.csv")\n',
        'raise ValueError("not in /home/ann/x.csv")\n',
        'if path == "/home/ann/x.csv":\n    pass\n',
        'import re\nre.match("/home/ann/.*", path)\n',
        'parser.add_argument("--data", help="such as /home/ann/x.csv")\n',
        'read("/home/ubuntu/x.csv")\n',
        'read("/home/site/wwwroot/x.csv")\n',
        'read("/path/to/x.csv")\n',
        'read(f"/home/{user}/x.csv")\n',
        'read("/mnt/disk4/x.csv")\n',
    ],
)
def test_silent(graph_by_hand: MakeGraph, text: str) -> None:
    assert found(graph_by_hand({"train.py": text})) == []


def test_silent_in_tests(graph_by_hand: MakeGraph) -> None:
    assert found(graph_by_hand({"tests/test_a.py": 'read("/home/ann/x.csv")\n'})) == []


@pytest.mark.parametrize(
    "graph",
    [
        with_config(("prefix", "/home/ann/miniconda3/envs/x", 9), path="environment.yml"),
        with_config(("data.root", "/home/ann/x", 1), path="wandb/run-1/files/config.yaml"),
        with_config(("data.root", "/home/ann/x", 1), path="docs/example.yaml"),
        with_config(("model", "/home/ann/x", 1), path="benchmarks/results/run.json"),
        with_config(("model", "/home/ann/x", 1), path="eval/sampling_reports/run.json"),
        with_config(("answer", "You can see it in\n/home/ann/x", 1)),
        with_config(("answer", "You can see it in /home/ann/x" + " and elsewhere" * 30, 1)),
        with_config(("tasks.0.command", "cd /home/ann/x", 1), path=".taskcluster.yml"),
        with_config(("python.path", "/home/ann/bin/python", 1), path=".vscode/settings.json"),
        with_config(("services.web.volumes.0", "./code:/home/worker/code", 1), path="docker-compose.yml"),
        with_config(("spec.containers.0.volumeMounts.0.mountPath", "/home/worker/data", 1), path="k8s/pod.yaml"),
        with_config(("name", "ann", 1), ("epochs", 3, 2), ("rate", 0.1, 3), ("on", True, 4), ("nothing", None, 5)),
        with_step("docker", Command(("cp", "x", "/home/worker/x"), 3), path="Dockerfile"),
        with_step("ci", Command(("cp", "x", "/home/ann/x"), 3), path=".github/workflows/ci.yml"),
        with_step("shell", Command(("echo", "see /home/ann/x"), 3), path="run.sh"),
        with_step("shell", Command(("python", "a.py"), 3), path="tests/run.sh", cwd="/home/ann"),
    ],
)
def test_silent_in_configuration_and_steps(graph: SystemGraph) -> None:
    assert found(graph) == []


def test_a_folder_that_the_container_creates_is_no_home(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"train.py": 'read("/home/worker/x.csv")\n'})
    assert len(found(graph)) == 1
    image = Step("docker", "image", 1, commands=(Command(("mkdir", "-p", "/home/worker/x"), 2),))
    graph.steps["Dockerfile"] = StepFacts("docker", 3, (image,))
    assert found(graph) == []
    graph.steps["Dockerfile"] = StepFacts("docker", 3, (Step("docker", "image", 1, commands=(Command(("pip",), 2, cwd="/home/worker"),)),))
    assert found(graph) == []
    del graph.steps["Dockerfile"]
    graph.configs["docker-compose.yml"] = ConfigFacts("yaml", 3, (("services.job.volumes.0", "./data:/home/worker/data", 3),))
    assert found(graph) == []
    graph.configs.clear()
    graph.docker_users = frozenset({"worker"})
    assert found(graph) == []


def test_all_uses_of_one_home_in_a_file_are_one_finding(graph_by_hand: MakeGraph) -> None:
    text = 'a = read("/home/ann/a.csv")\nb = read("/home/ann/b.csv")\nc = read("/Users/bea/c.csv")\n'
    first, second = found(graph_by_hand({"train.py": text}))
    assert first.subject.id == "train.py /Users/bea"
    assert (second.subject.id, second.members, second.minutes) == ("train.py /home/ann", 2, 20)
    assert [site.line for site in second.locations] == [1, 2]
    assert [item.text for item in second.evidence] == ["names `/home/ann/a.csv`", "names `/home/ann/b.csv`"]
    assert (second.severity, second.confidence) == (Severity.medium, Confidence.A)
    assert second.message == "`/home/ann/a.csv` exists on one machine only: it lies in one person's home folder (2 places in this file)"


@pytest.mark.parametrize("folder", ["archive", "src/old", "Legacy"])
def test_code_that_was_put_aside_is_tentative(graph_by_hand: MakeGraph, folder: str) -> None:
    (finding,) = found(graph_by_hand({f"{folder}/train.py": 'a = read("/home/ann/a.csv")\n'}))
    assert finding.confidence == Confidence.C


def test_a_notebook_counts_less_and_production_more(graph_by_hand: MakeGraph) -> None:
    (finding,) = found(graph_by_hand({"a.ipynb": "x = 1\nread('/home/ann/x.csv')\n"}))
    assert (finding.severity, finding.locations) == (Severity.low, (Site("a.ipynb", 2, 0, 3),))
    graph = graph_by_hand({"serve.py": "read('/home/ann/x.csv')\n"})
    graph.modules["serve.py"].production = (Evidence("Dockerfile runs it", Site("Dockerfile", 3)),)
    (finding,) = found(graph)
    assert finding.severity == Severity.high
    assert finding.evidence[-1].site == Site("Dockerfile", 3)


def test_a_mount_counts_only_in_pipeline_code_and_is_less_sure(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"train.py": "read('/mnt/disk4/x.csv')\n"})
    assert found(graph) == []
    graph.modules["train.py"].roles["TRAIN"] = Evidence("calls fit", Site("train.py", 9))
    (finding,) = found(graph)
    assert finding.confidence == Confidence.C
    assert "one host mounts" in finding.message
    assert Evidence("calls fit", Site("train.py", 9)) in finding.evidence
    graph.configs["docker-compose.yml"] = ConfigFacts("yaml", 3, (("services.job.volumes.0", "data:/mnt/disk4", 3),))
    assert found(graph) == []


@pytest.mark.parametrize(
    ("graph", "site"),
    [
        (with_config(("data.train", "/home/ann/x.csv", 2)), Site("conf/data.yaml", 2)),
        (with_config(("remote.url", "/home/ann/store", 2), path=".dvc/config"), Site(".dvc/config", 2)),
        (with_config(("services.job.volumes.0", "/home/ann/data:/data", 4), path="docker-compose.yml"), Site("docker-compose.yml", 4)),
        (with_step("make", Command(("python", "a.py", "--data=/home/ann/x"), 5)), Site("Makefile", 5)),
        (with_step("make", deps=(Declared("/home/ann/x.json", 7),)), Site("Makefile", 7)),
        (with_step("shell", Command(("cat",), 3, stdin="/home/ann/x"), path="run.sh"), Site("run.sh", 3)),
        (with_step("dvc", cwd="/home/ann/repo", path="dvc.yaml"), Site("dvc.yaml", 1)),
    ],
)
def test_found_in_configuration_and_steps(graph: SystemGraph, site: Site) -> None:
    (finding,) = found(graph)
    assert finding.locations == (site,)
    assert finding.confidence == Confidence.A


def test_an_account_named_like_the_product_is_nobodys_home(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"focus.py": 'read("/home/engine/credentials.json")\n'})
    graph.name = "pyro-engine"
    assert found(graph) == []
    graph.name = "pyro-station"
    assert len(found(graph)) == 1
    graph.name = "engine+focus"
    assert len(found(graph)) == 1, "whoever owns the repository has a home as well"


@pytest.mark.parametrize(
    "texts",
    [
        {
            "tasks/fit.py": (
                '# %% tags=["parameters"]\nproduct = None\n\n# %% tags=["injected-parameters"]\nproduct = \'/Users/eva/m.pkl\'\n\n'
                "# %%\nprint(product)\n"
            )
        },
        {"serve.py": "from platform import Image\n\nImage(image='registry/nim:1', env={'SOURCE': '/home/nvs/loras'})\n"},
        {"conf.yaml": "data: /home/yarnapp/hopsfs/train.csv\n"},
        {"run.sh": "docker run -it -v $(pwd):/home/boa/work -w /home/boa/work lab/img bash -c 'cd /home/boa/work && $1'\n"},
        {"run.sh": "docker run \\\n  --mount src=$(pwd),target=/home/boa/work,type=bind img bash -c 'ls /home/boa/work'\n"},
        {"draw.py": "FONT = '/home/ann/a.ttf'\nprint(1)\n"},
        {
            "draw.py": "import argparse\n\np = argparse.ArgumentParser()\n"
            "p.add_argument('--out', default='/home/ann/out', required=True)\nprint(p.parse_args().out)\n"
        },
        {"lab.py": "import pandas as pd\n\npd.read_csv('/home/mlops-labs/lab-31/x.csv')\n"},
        {
            "pipe.py": (
                "from sklearn.svm import SVC\n\nmodel = SVC().fit([[1]], [1])\n"
                "step = download('/mnt/data/').add_pvolumes({'/mnt': volume})\n"
            )
        },
    ],
)
def test_what_a_tool_injects_what_lies_in_a_container_and_labs(texts: dict[str, str]) -> None:
    assert list(MachineBoundPath().check(graph_of_texts(texts))) == []


def test_beside_an_injected_cell_and_without_a_mount_it_counts() -> None:
    cells = "# %% tags=[\"injected-parameters\"]\nproduct = '/Users/eva/m.pkl'\n\n# %%\nopen('/Users/eva/x.csv')\n"
    (finding,) = MachineBoundPath().check(graph_of_texts({"fit.py": cells}))
    assert [site.line for site in finding.locations] == [5]
    train = "from sklearn.svm import SVC\n\nmodel = SVC().fit([[1]], [1])\nopen('/mnt/data/x.csv')\n"
    assert list(MachineBoundPath().check(graph_of_texts({"train.py": train})))


@pytest.mark.parametrize(
    "texts",
    [
        {"run.sh": "docker run -v /home/ann/data:/home/ann/data lab/img\n"},
        {"run.sh": "docker run -v /home/ann/data:/data lab/img\n"},
        {"draw.py": "FONT = '/home/ann/a.ttf'\nopen(FONT)\n"},
        {"draw.py": "FONT = '/home/ann/a.ttf'\n", "run.py": "from draw import FONT\n\nopen(FONT)\n"},
    ],
)
def test_what_the_host_has_and_what_is_read_counts(texts: dict[str, str]) -> None:
    assert list(MachineBoundPath().check(graph_of_texts(texts)))


def test_a_shared_account_is_no_person() -> None:
    (finding,) = MachineBoundPath().check(graph_of_texts({"a.py": "open('/home/common/x.csv')\n"}))
    assert finding.message.endswith("it lies in a home folder of that machine")


def test_an_injected_cell_of_a_notebook() -> None:
    cell = '{"cell_type": "code", "metadata": {"tags": ["%s"]}, "source": ["x = \'/Users/eva/m.pkl\'"]}'
    book = '{"cells": [' + cell + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    assert not list(MachineBoundPath().check(graph_of_texts({"a.ipynb": book % "injected-parameters"})))
    assert list(MachineBoundPath().check(graph_of_texts({"a.ipynb": book % "mine"})))
