"""From texts to canonical identities."""

from __future__ import annotations

import pytest

from analyzer.graph.identity import based, class_of, identity
from analyzer.link.domain import Hole, Pattern
from analyzer.link.program import Program
from analyzer.link.projects import layout_of
from analyzer.scan import graph_of_texts


def program(*files: str) -> Program:
    return Program({}, layout_of(files, {f: "" for f in files if f.endswith(("setup.py", "pyproject.toml"))}), files)


def named(text: str, path: str = "src/a.py", *, kind: str = "file", anchored: bool = False, files: tuple[str, ...] = ()) -> str | None:
    parts = tuple(Hole(p[1:-1]) if p.startswith("{") else p for p in text.replace("}", "}|").replace("{", "|{").split("|") if p)
    return identity(Pattern(parts, anchored=anchored), path, program(path, *files), kind)


@pytest.mark.parametrize("text", ["", "/", ".", "..", "{x}", "{a}/{b}", "./{x}", "a\nb", "x" * 401])
def test_what_names_nothing(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("./data//a.csv", "data/a.csv"),
        ("data/x/../a.csv", "data/a.csv"),
        ("data\\a.csv", "data/a.csv"),
        ("/abs/a.csv", "/abs/a.csv"),
        ("~/a.csv", "~/a.csv"),
        ("{root}/a.csv", "{root}/a.csv"),
        ("data/{year}/a.csv", "data/{year}/a.csv"),
        ("s3://b//k", "s3://b/k"),
        ("https://x.org/a.csv#part", "https://x.org/a.csv"),
        ("model:m", "model:m"),
        ("models:/m/3", "model:m"),
        ("models:/m@champion", "model:m"),
    ],
)
def test_normal_forms(text: str, name: str) -> None:
    assert named(text) == name


def test_tables_are_no_paths() -> None:
    assert named("shop.orders", kind="table") == "shop.orders"


def test_what_is_anchored_is_not_moved() -> None:
    assert named("data/a.csv", "src/a.py", anchored=True, files=("src/data/a.csv",)) == "data/a.csv"
    assert named("../a.csv", anchored=True) is None


@pytest.mark.parametrize(
    ("text", "path", "files", "place"),
    [
        ("data/a.csv", "src/deep/a.py", (), "data/a.csv"),
        ("data/a.csv", "src/a.py", ("src/data/a.csv",), "src/data/a.csv"),
        ("data/a.csv", "src/a.py", ("src/data/make_dataset.py",), "data/a.csv"),
        ("data/raw/a.csv", "src/a.py", ("src/data/raw/b.csv",), "src/data/raw/a.csv"),
        ("data/a.csv", "src/a.py", ("src/data/b.csv", "data/a.csv"), "data/a.csv"),
        ("data/a.csv", "p/a.py", ("p/setup.py",), "p/data/a.csv"),
        ("data/a.csv", "p/a.py", ("p/requirements.txt",), "p/data/a.csv"),
        ("data/a.csv", "lab/a.py", ("lab/__init__.py",), "data/a.csv"),
        ("data/a.csv", "lab/a.py", (), "lab/data/a.csv"),
        ("data/a.csv", "scripts/deep/a.py", (), "data/a.csv"),
        ("data/a.csv", "p/a.py", ("p/dvc.yaml",), "p/data/a.csv"),
        ("data/a.csv", "notebooks/a.ipynb", (), "notebooks/data/a.csv"),
        ("data/a.csv", "notebooks/a.ipynb", ("data/a.csv",), "data/a.csv"),
        ("../data/a.csv", "notebooks/a.ipynb", (), "data/a.csv"),
        ("../data/a.csv", "src/deep/a.py", ("data/a.csv",), "data/a.csv"),
        ("../data/a.csv", "src/deep/a.py", (), "src/data/a.csv"),
    ],
)
def test_where_a_relative_path_starts(text: str, path: str, files: tuple[str, ...], place: str) -> None:
    assert based(text, path, program(path, *files)) == place


@pytest.mark.parametrize(
    ("name", "klass"),
    [
        ("data/a.csv", ""),
        ("models/m.pt", "MODEL"),
        ("out/model.pkl", "MODEL"),
        ("data/frame.pkl", ""),
        ("out/plot.png", "REPORT"),
        ("run.log", "LOG"),
        ("conf/a.yaml", "CONFIG"),
        ("conf/model_params.json", "CONFIG"),
        ("out/metrics.json", "REPORT"),
        ("out/predictions.csv", "PREDICTION"),
    ],
)
def test_classes_by_name(name: str, klass: str) -> None:
    assert class_of(name, "", "file") == klass


def test_the_library_call_knows_better_than_the_name() -> None:
    assert class_of("data/a.csv", "MODEL", "file") == "MODEL"
    assert class_of("m", "", "model") == "MODEL"


# ---- where a relative path starts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        ({"lab/fit.py": "open('out.csv', 'w')\n"}, "lab/out.csv"),
        ({"scripts/fit.py": "open('out.csv', 'w')\n"}, "out.csv"),
        ({"lab/fit.py": "open('out.csv', 'w')\n", "dvc.yaml": "stages: {a: {cmd: x, outs: [out.csv]}}\n"}, "out.csv"),
        ({"lab/fit.py": "import other\nopen('out.csv', 'w')\n", "lab/other.py": "", "lab/__init__.py": ""}, "out.csv"),
        ({"lab/fit.py": "import other\nopen('out.csv', 'w')\n", "lab/other.py": ""}, "lab/out.csv"),
        ({"lab/fit.py": "open('out.csv', 'w')\n", "lab/run.sh": "python fit.py\n"}, "lab/out.csv"),
        ({"lab/fit.py": "open('out.csv', 'w')\n", "run.sh": "cd lab && python fit.py\n"}, "lab/out.csv"),
        ({"lab/fit.py": "open('out.csv', 'w')\n", "run.sh": "python lab/fit.py\n"}, "out.csv"),
        ({"lab/fit.py": "open('out.csv', 'w')\n", "run.sh": "python lab/fit.py\ncd lab\npython fit.py\n"}, "out.csv"),
        ({"lab/fit.py": "open('data/out.csv', 'w')\n", "lab/run.sh": "python fit.py\n", "data/in.csv": ""}, "data/out.csv"),
    ],
)
def test_which_folder_a_relative_path_starts_from(texts: dict[str, str], name: str) -> None:
    assert [a.artifact for a in graph_of_texts(texts).accesses if not a.declared or a.via != "declaration"] == [name]
