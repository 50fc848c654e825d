"""Declared edges are hidden and looked for in what the steps run."""

from __future__ import annotations

import pytest

from analyzer.graph.masked_edges import MAX_MISSED
from analyzer.result import DeclaredEdges
from analyzer.scan import graph_of_texts

READS = "import pandas as pd\nframe = pd.read_csv('data/raw.csv')\n"
BOTH = READS + "frame.to_parquet('data/clean.parquet')\n"
PARTS = "for n in names:\n    open(f'data/parts/{n}.txt', 'w')\n"


def stage(command: str, deps: str = "", outs: str = "", more: str = "") -> str:
    return f"stages:\n  clean:\n    cmd: {command}\n    deps: [{deps}]\n    outs: [{outs}]\n{more}"


def edges(texts: dict[str, str]) -> DeclaredEdges:
    return graph_of_texts(texts).coverage.declared_edges


def missed(texts: dict[str, str]) -> list[tuple[str, str]]:
    return [(edge.op, edge.artifact) for edge in edges(texts).missed]


def test_nothing_declared_is_nothing_to_measure() -> None:
    assert edges({"clean.py": BOTH}) == DeclaredEdges()
    assert DeclaredEdges().share == 1.0


def test_the_declaration_itself_proves_nothing() -> None:
    found = edges({"clean.py": "print(1)\n", "dvc.yaml": stage("python clean.py", "data/raw.csv", "data/clean.parquet")})
    assert (found.declared, found.recovered, found.by_mechanism) == (2, 0, (("dvc", 2, 0),))
    assert {(e.op, e.artifact, e.unit, str(e.site)) for e in found.missed} == {
        ("read", "data/raw.csv", "dvc.yaml::clean", "dvc.yaml:4"),
        ("write", "data/clean.parquet", "dvc.yaml::clean", "dvc.yaml:5"),
    }


def test_a_word_of_the_command_that_only_repeats_the_declaration_proves_nothing() -> None:
    assert missed({"dvc.yaml": stage("thirdparty fit data/raw.csv", "data/raw.csv")}) == [("read", "data/raw.csv")]
    assert missed({"clean.py": "print(1)\n", "dvc.yaml": stage("python clean.py data/raw.csv", "data/raw.csv")}) == [
        ("read", "data/raw.csv")
    ]


def test_the_direction_counts() -> None:
    assert missed({"clean.py": READS, "dvc.yaml": stage("python clean.py", "", "data/raw.csv")}) == [("write", "data/raw.csv")]


def test_another_steps_script_is_not_this_steps() -> None:
    texts = {"clean.py": "print(1)\n", "other.py": BOTH, "dvc.yaml": stage("python clean.py", "data/raw.csv")}
    assert missed(texts) == [("read", "data/raw.csv")]


@pytest.mark.parametrize(
    "texts",
    [
        {"clean.py": BOTH, "dvc.yaml": stage("python clean.py", "data/raw.csv", "data/clean.parquet")},
        {"clean.py": "import lib\n", "lib.py": BOTH, "dvc.yaml": stage("python clean.py", "data/raw.csv", "data/clean.parquet")},
        {"clean.py": BOTH, "run.sh": "python clean.py\n", "dvc.yaml": stage("bash run.sh", "data/raw.csv", "data/clean.parquet")},
        {"clean.py": BOTH, "dvc.yaml": stage("python clean.py", "", "data/clean.parquet/")},
        {
            "clean.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--out')\nopen(p.parse_args().out, 'w')\n",
            "dvc.yaml": stage("python clean.py --out data/x.txt", "", "data/x.txt"),
        },
        {"clean.py": PARTS, "dvc.yaml": stage("python clean.py", "", "data/parts")},
        {"clean.py": PARTS, "dvc.yaml": stage("python clean.py", "", "data/parts/a.txt")},
        {"clean.py": PARTS.replace("/{n}", "/x_{n}/all"), "dvc.yaml": stage("python clean.py", "", "data/parts/x_a")},
        {"dvc.yaml": stage("cp data/raw.csv data/copy.csv", "data/raw.csv", "data/copy.csv")},
        {"dvc.yaml": stage("wget -O data/raw.csv https://example.org/raw.csv", "", "data/raw.csv")},
        {"Makefile": "data/b.txt: data/a.txt\n\tsort $< > $@\n"},
    ],
    ids=["script", "import", "shell", "slash", "option", "folder", "pattern", "folder pattern", "cp", "wget", "make"],
)  # fmt: skip
def test_what_the_step_runs_shows_the_edge(texts: dict[str, str]) -> None:
    found = edges(texts)
    assert found.declared > 0
    assert (found.recovered, found.missed) == (found.declared, ())


@pytest.mark.parametrize(
    "texts",
    [
        {"clean.py": "print(1)\n", "dvc.yaml": stage("python clean.py", "clean.py")},
        {"src/clean.py": "print(1)\n", "dvc.yaml": stage("python src/clean.py", "src")},
        {"clean.py": "print(1)\n", "params.yaml": "a: 1\n", "dvc.yaml": stage("python clean.py", "", "", "    params: [a]\n")},
        {"Makefile": "all: data/a.txt data/b.txt\n"},
        {"data/raw.csv.dvc": "outs:\n- path: raw.csv\n  md5: 0\n"},
        {"dvc.yaml": stage("train --all", "analysis.R")},
    ],
    ids=["script", "folder of code", "params", "no recipe", "tracked", "other language"],
)  # fmt: skip
def test_what_no_code_could_show_is_left_out(texts: dict[str, str]) -> None:
    assert edges(texts).declared == 0


def test_mechanisms_are_counted_apart() -> None:
    texts = {"clean.py": BOTH, "dvc.yaml": stage("python clean.py", "data/raw.csv"), "Makefile": "data/b.txt: data/a.txt\n\ttool x\n"}
    assert edges(texts).by_mechanism == (("dvc", 1, 1), ("make", 2, 0))


def test_an_edge_that_is_declared_twice_counts_once() -> None:
    assert edges({"clean.py": READS, "dvc.yaml": stage("python clean.py", "data/raw.csv, data/raw.csv")}).declared == 1


def test_the_list_of_missed_edges_is_bounded() -> None:
    found = edges({"Makefile": "".join(f"out/{n}.txt:\n\ttool {n}\n\n" for n in range(MAX_MISSED + 20))})
    assert (found.declared, found.recovered, len(found.missed)) == (MAX_MISSED + 20, 0, MAX_MISSED)


def test_imports_in_a_circle_end() -> None:
    texts = {"clean.py": "import b\n", "b.py": "import clean\n" + READS, "dvc.yaml": stage("python clean.py", "data/raw.csv")}
    assert edges(texts).recovered == 1


def test_a_pattern_that_names_next_to_nothing_proves_nothing() -> None:
    texts = {"clean.py": "for n in names:\n    open(f'data/{n}/{n}.txt', 'w')\n", "dvc.yaml": stage("python clean.py", "", "data/a")}
    assert missed(texts) == [("write", "data/a")]
