"""Accesses of steps and notebooks: where they stand, what is counted."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

NOTEBOOK = (
    '{"cells": [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "import pandas as pd\\npd.read_csv(\'a.csv\')"},'
    ' {"cell_type": "code", "source": "!cp a.csv b.csv"}], "nbformat": 4}'
)


def found(texts: dict[str, str]) -> list[tuple[str, str, str | None, str, bool]]:
    return [(str(a.site), a.op, a.artifact, a.unit, a.declared) for a in graph_of_texts(texts).accesses]


@pytest.mark.parametrize("text", ["x > /dev/null\n", "echo a.csv\n", 'echo "A=1" >> $GITHUB_ENV\n'])
def test_commands_that_name_no_data(text: str) -> None:
    assert found({"run.sh": text}) == []


def counted(texts: dict[str, str]) -> tuple[int, int]:
    coverage = graph_of_texts(texts).coverage
    return coverage.resolved, coverage.accesses


def test_commands_that_name_data_by_variables_only_are_accesses_that_are_not_resolved() -> None:
    graph = graph_of_texts({"run.sh": "cp $A $B\n"})
    assert [(a.op, a.artifact, a.expression) for a in graph.accesses] == [("read", None, "{A}"), ("write", None, "{B}")]
    assert (graph.coverage.resolved, graph.coverage.accesses) == (0, 2)
    assert graph.coverage.unresolved_by_cause == (("shell variable", 2),)
    assert [b.what for b in graph.coverage.most_helpful] == ["variable `A` in run.sh", "variable `B` in run.sh"]


@pytest.mark.parametrize("reads", [1, 5, 13, 40])
def test_a_function_that_does_much_keeps_its_accesses(reads: int) -> None:
    body = "".join(f"    open(folder + '/x{number}.txt')\n" for number in range(reads))
    graph = graph_of_texts({"m.py": "def main(folder):\n" + body + "main('data')\n"})
    assert {f"data/x{number}.txt" for number in range(reads)} <= set(graph.artifacts)
    assert (graph.coverage.resolved, graph.coverage.accesses) == (reads, reads)


STORE = "class Store:\n    def __init__(self, path):\n        self.path = path\n    def load(self):\n        open(self.path)\n"
WRAPPER = "def load(path):\n    return open(path)\n"


@pytest.mark.parametrize(
    ("text", "resolved", "accesses"),
    [
        (WRAPPER, 0, 1),
        (WRAPPER + "load('a.csv')\nload('b.csv')\n", 2, 2),
        (WRAPPER + "load('a.csv')\nload(unknown())\n", 1, 2),
        (WRAPPER + "def more(path):\n    load(path)\nmore('a.csv')\n", 1, 1),
        (WRAPPER + "def more(path):\n    load(path)\n", 0, 1),
        (WRAPPER + "def more(path):\n    load(path)\ndef most(path):\n    more(path)\n", 0, 1),
        ("def load(folder):\n    open(folder + '/a')\n    open(folder + '/b')\nload('data')\n", 2, 2),
        ("def load():\n    open('a.csv')\nload()\nload()\n", 1, 1),
        (STORE + "Store('a.csv').load()\n", 1, 1),
        ("def log(file=None):\n    if file:\n        open(file, 'w')\nlog()\nlog(None)\nlog('a.log')\n", 1, 1),
        ("def load(path):\n    try:\n        return open(path)\n    except OSError:\n        return open(path)\nload('a.csv')\n", 1, 1),
    ],
    ids="nobody-calls calls one-unknown chain open-chain open-chain-of-two two-of-one borrowed object nothing-passed tried-twice".split(),
)  # fmt: skip
def test_an_access_counts_once_where_its_name_is_decided(text: str, resolved: int, accesses: int) -> None:
    assert counted({"m.py": text}) == (resolved, accesses)


def test_what_a_step_only_declares_is_not_counted() -> None:
    text = "stages:\n  get:\n    cmd: tool raw/a.csv\n    deps: [raw/a.csv]\n"
    assert counted({"dvc.yaml": text}) == (0, 0)
    assert counted({"dvc.yaml": text.replace("tool raw/a.csv", "cp raw/a.csv data/b.csv")}) == (2, 2)


@pytest.mark.parametrize("path", ["third_party/x.sh", "tests/x.sh", "vendor/lib/build.sh"])
def test_scripts_that_are_not_the_projects_own_flow_are_not_counted(path: str) -> None:
    assert counted({path: "cp a.csv b.csv\n"}) == (0, 0)
    assert len(found({path: "cp a.csv b.csv\n"})) == 2


@pytest.mark.parametrize("path", ["third_party/x.py", "tests/test_x.py", "_version.py"])
def test_modules_that_are_not_the_projects_own_flow_are_not_counted(path: str) -> None:
    assert counted({path: "import pytest\ndef test_x():\n    open('a.csv')\n"}) == (0, 0)


def test_a_cell_is_the_place_of_an_access() -> None:
    assert found({"n/a.ipynb": NOTEBOOK}) == [
        ("n/a.ipynb:cell 1:2", "read", "n/a.csv", "n/a.ipynb", False),
        ("n/a.ipynb:cell 2:1", "read", "n/a.csv", "n/a.ipynb", False),
        ("n/a.ipynb:cell 2:1", "write", "n/b.csv", "n/a.ipynb", False),
    ]


def test_commands_and_declarations_of_a_stage() -> None:
    text = "stages:\n  get:\n    cmd: cp raw/a.csv data/a.csv\n    deps: [raw/a.csv]\n    outs:\n      - data/a.csv\n"
    assert found({"dvc.yaml": text}) == [
        ("dvc.yaml:3", "read", "raw/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:3", "write", "data/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:4", "read", "raw/a.csv", "dvc.yaml::get", True),
        ("dvc.yaml:6", "write", "data/a.csv", "dvc.yaml::get", True),
    ]


def test_data_under_version_control_of_its_own() -> None:
    text = "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: a.csv\n"
    assert found({"data/a.csv.dvc": text}) == [("data/a.csv.dvc:3", "write", "data/a.csv", "data/a.csv.dvc", True)]


def test_declarations_are_not_counted_as_accesses() -> None:
    graph = graph_of_texts({"dvc.yaml": "stages:\n  a:\n    cmd: python a.py\n    deps: [a.csv]\n", "a.py": "open('a.csv')\nopen(f())\n"})
    assert (graph.coverage.accesses, graph.coverage.resolved, graph.coverage.partly) == (2, 1, 0)


def test_tests_are_not_counted() -> None:
    assert graph_of_texts({"tests/test_a.py": "open('a.csv')\n"}).coverage.accesses == 0


def test_a_path_known_in_part_is_told() -> None:
    coverage = graph_of_texts({"a.py": "def f(run):\n    open(f'out/{run}/a.csv')\n"}).coverage
    assert (coverage.accesses, coverage.resolved, coverage.partly) == (1, 1, 1)


def test_a_file_of_a_url_is_no_file() -> None:
    (access,) = graph_of_texts({"a.py": "import pandas as pd\npd.read_csv('s3://b/a.csv')\n"}).accesses
    assert access.kind == "object"


def test_temporary_files_of_the_shell() -> None:
    graph = graph_of_texts({"run.sh": "t=$(mktemp)\nd=`mktemp -d`\nsort a.csv > $t\ncp $t b.csv\ncp $d/x.csv c.csv\n"})
    found = [(a.site.line, a.op, a.artifact, a.temporary) for a in graph.accesses]
    assert found == [
        (3, "read", "a.csv", False), (4, "write", "b.csv", False), (5, "read", "{mktemp}/x.csv", True), (5, "write", "c.csv", False),
    ]  # fmt: skip
    assert "{mktemp}/x.csv" not in graph.artifacts and graph.coverage.accesses == graph.coverage.resolved
