"""Paths below the folder in which a CI system checks the repository out."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts


def data(run: str, folder: str = "") -> list[tuple[str, str, str | None]]:
    text = f"jobs:\n  a:\n    steps:\n      - run: |\n          {run}\n" + (f"        working-directory: {folder}\n" if folder else "")
    graph = graph_of_texts({".github/workflows/a.yml": text, "src/train.py": "import pandas as pd\npd.read_csv('x.csv')\n"})
    return [(a.site.path, a.op, a.artifact) for a in graph.accesses]


@pytest.mark.parametrize("run", ["cp $OTHER/a.csv $OTHER/b.csv", "cp x$GITHUB_WORKSPACE/a.csv x$GITHUB_WORKSPACE/b.csv"])
def test_other_variables_stay_holes(run: str) -> None:
    assert all("{" in (artifact or "") for path, _, artifact in data(run) if path.startswith(".github"))


@pytest.mark.parametrize(
    "run, folder",
    [
        ("cp $GITHUB_WORKSPACE/in/a.csv ${GITHUB_WORKSPACE}/out/b.csv", ""),
        ("cp ${{ github.workspace }}/in/a.csv $CI_PROJECT_DIR/out/b.csv", "sub"),
        ("cd $GITHUB_WORKSPACE && cp in/a.csv out/b.csv", "sub"),
        ("cd in && cp $CODEBUILD_SRC_DIR/in/a.csv $CODEBUILD_SRC_DIR/out/b.csv", ""),
        ("cp in/a.csv $WORKSPACE/out/b.csv", ""),
    ],
)
def test_paths_start_at_the_checkout(run: str, folder: str) -> None:
    assert {(op, artifact) for _, op, artifact in data(run, folder)} >= {("read", "in/a.csv"), ("write", "out/b.csv")}


def test_scripts_run_there() -> None:
    found = data("cd ${GITHUB_WORKSPACE}/src && python train.py")
    assert found == [("src/train.py", "read", "src/x.csv")]
    assert data("python $GITHUB_WORKSPACE/src/train.py", "src") == [("src/train.py", "read", "src/x.csv")]
