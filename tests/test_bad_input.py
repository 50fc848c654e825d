"""Bad input ends in a clear message or a listed file: never in a traceback, and nothing else is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = "import pandas as pd\n\nframe = pd.read_csv('/home/ann/train.csv')\nprint(frame.shape)\n"  # one finding: JGL007


def report(mldebt, root: Path, *options: str, code: int = 1) -> dict:
    outcome = mldebt("scan", root, "--json", "-", *options)
    assert (outcome.code, outcome.err) == (code, "")
    return json.loads(outcome.out)


def listed(found: dict) -> dict[str, str]:
    return {entry["path"]: entry["reason"] for entry in found["not_analysed"]}


def refused(mldebt, *arguments: str | Path) -> str:
    code, out, err = mldebt("scan", *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    return err


def nothing_else_is_lost(found: dict) -> None:
    others = [each for each in found["findings"] if each["rule"] != "DXP015"]  # which says that a file cannot be read
    assert [(finding["rule"], finding["locations"][0]["path"]) for finding in others] == [("JGL007", "train.py")]


@pytest.fixture
def locks_hold(tmp_path: Path) -> None:
    """Skips where a file without permissions can be read all the same, as root can."""
    (tmp_path / "locked").touch(mode=0)
    if os.access(tmp_path / "locked", os.R_OK):
        pytest.skip("this user may read everything")


def test_an_empty_folder(mldebt, tmp_path: Path) -> None:
    found = report(mldebt, tmp_path, code=0)
    assert found["findings"] == [] and found["repositories"][0]["files"] == 0
    assert mldebt("scan", tmp_path).out.strip()


def test_a_file_instead_of_a_folder(mldebt, repository) -> None:
    assert "is a file; mldebt scans folders" in refused(mldebt, repository({"train.py": GOOD}) / "train.py")


@pytest.mark.parametrize("name", ["gone", "gone/deeper", "x" * 5000])
def test_a_path_that_is_not_there(mldebt, tmp_path: Path, name: str) -> None:
    assert name[:20] in refused(mldebt, tmp_path / name)


@pytest.mark.usefixtures("locks_hold")
def test_a_folder_without_permission(mldebt, repository) -> None:
    root = repository({"train.py": GOOD})
    root.chmod(0)
    try:
        assert "ermission denied" in refused(mldebt, root)
    finally:
        root.chmod(0o700)


@pytest.mark.usefixtures("locks_hold")
def test_a_file_and_a_subfolder_without_permission_are_listed(mldebt, repository) -> None:
    root = repository({"train.py": GOOD, "secret.py": "x = 1\n", "closed/a.py": "x = 1\n"})
    (root / "secret.py").chmod(0)
    (root / "closed").chmod(0)
    try:
        found = report(mldebt, root)
    finally:
        (root / "closed").chmod(0o700)
    nothing_else_is_lost(found)
    assert "ermission" in listed(found)["secret.py"]
    assert any(path.startswith("closed") for path in listed(found))


def test_a_repository_without_commits(mldebt, repository, git) -> None:
    root = repository({"train.py": GOOD})
    git(root, "init", "--quiet")
    found = report(mldebt, root)
    nothing_else_is_lost(found)
    assert found["repositories"][0]["commit"] is None


def test_no_git_at_all(mldebt, repository, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = report(mldebt, repository({"train.py": GOOD, ".gitignore": "ignored/\n", "ignored/a.py": GOOD}))
    nothing_else_is_lost(found)


@pytest.fixture
def origin(repository, git) -> Path:
    root = repository({"train.py": "x = 1\n", "old.py": "y = 1\n"}, "origin")
    git(root, "init", "--quiet")
    for text in ("x = 2\n", GOOD):
        (root / "train.py").write_text(text)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", "work")
    git(root, "config", "uploadpack.allowFilter", "true")
    return root


def test_a_shallow_clone_is_scanned_and_says_so(mldebt, origin: Path, git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", origin.as_uri(), "shallow")
    nothing_else_is_lost(report(mldebt, tmp_path / "shallow"))
    assert "shallow" in mldebt("scan", tmp_path / "shallow").out


def test_a_partial_clone_is_scanned_and_fetches_nothing(mldebt, origin: Path, git, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", origin.as_uri(), "partial")
    origin.rename(tmp_path / "moved-away")
    found = report(mldebt, tmp_path / "partial")
    nothing_else_is_lost(found)
    assert len(found["repositories"][0]["commit"]) == 40


def test_a_git_folder_that_is_broken(mldebt, repository) -> None:
    found = report(mldebt, repository({"train.py": GOOD, ".git/HEAD": "nonsense", ".git/config": "[core\n"}))
    nothing_else_is_lost(found)


def test_an_oversized_notebook_is_listed_with_the_limit(mldebt, repository) -> None:
    root = repository({"train.py": GOOD})
    with (root / "huge.ipynb").open("wb") as stream:
        stream.truncate(200_000_000)
    found = report(mldebt, root)
    nothing_else_is_lost(found)
    assert "limits.max_notebook_bytes" in listed(found)["huge.ipynb"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.py", b"x = '\xff\xfe'\n"),
        ("a.py", b"x = 1\0\n"),
        ("a.py", b"# -*- coding: no-such-codec -*-\nx = 1\n"),
        ("a.py", b"print 'python 2'\n"),
        ("a.py", b"x = (\n"),
        ("a.ipynb", b"{"),
        ("a.ipynb", b"[]"),
        ("a.ipynb", b'{"cells": 3}'),
        ("a.ipynb", b'{"nbformat": 99}'),
        ("a.ipynb", b"[" * 100_000),
        ("dvc.yaml", b"stages: [\n"),
        ("dvc.yaml", b"\xff\xfe\xff"),
        ("dvc.yaml", b"a: &a [*a]\n" + b"b: [" * 3000),
    ],
)
def test_a_file_that_cannot_become_facts_is_listed(mldebt, repository, name: str, content: bytes) -> None:
    found = report(mldebt, repository({"train.py": GOOD, f"sub/{name}": content}))
    nothing_else_is_lost(found)
    assert listed(found)[f"sub/{name}"]


@pytest.mark.parametrize("opening", ["(", "[", "{1:", "-", "not ", "lambda:", "a.", "1+", "f(", "a if b else ", "2**"])
@pytest.mark.parametrize("ending", ["\n", "\nmatch x = 3\n"])
def test_nesting_without_end_is_listed(repository, opening: str, ending: str) -> None:
    """In a process of its own: what overflows the stack of a parser takes the process with it."""
    root = repository({"train.py": GOOD, "deep.py": f"x = {opening * 20_000}1{ending}"})
    command = [sys.executable, "-m", "mldebt", "scan", root, "--json", "-"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False, timeout=240)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    nothing_else_is_lost(found)
    assert listed(found)["deep.py"]


def test_a_literal_of_50_000_lines_is_read(mldebt, repository) -> None:
    table = "TABLE = [\n" + "".join(f"    ({n}, 'value {n}'),\n" for n in range(50_000)) + "]\n"
    found = report(mldebt, repository({"train.py": GOOD, "table.py": table}))
    nothing_else_is_lost(found)
    assert "table.py" not in listed(found)


def test_aliases_that_grow_without_end_are_bounded(mldebt, repository) -> None:
    bomb = "a0: &a0 [x, x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    nothing_else_is_lost(report(mldebt, repository({"train.py": GOOD, "conf.yaml": bomb, "dvc.yaml": bomb})))


def test_links_are_not_followed_in_circles_nor_out(mldebt, repository, tmp_path: Path) -> None:
    root = repository({"train.py": GOOD, "sub/b.py": "x = 1\n"})
    outside = repository({"outside.py": GOOD}, "outside")
    (root / "sub" / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "away").symlink_to(outside)
    (root / "away.py").symlink_to(outside / "outside.py")
    (root / "nowhere.py").symlink_to(root / "gone.py")
    nothing_else_is_lost(report(mldebt, root))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_does_not_hold_up_the_scan(mldebt, repository) -> None:
    root = repository({"train.py": GOOD})
    os.mkfifo(root / "pipe.py")
    nothing_else_is_lost(report(mldebt, root))


def test_an_unknown_key_names_the_nearest(mldebt, repository) -> None:
    root = repository({"train.py": GOOD, "mldebt.toml": "selct = ['JGL']\n"})
    assert 'mldebt.toml: unknown key "selct"; did you mean "select"?' in refused(mldebt, root)


def test_a_broken_mldebt_toml_is_an_error(mldebt, repository) -> None:
    assert "mldebt.toml: is not TOML" in refused(mldebt, repository({"train.py": GOOD, "mldebt.toml": "["}))


@pytest.mark.parametrize("content", [b"[project\n", b"\xff\xfe\x00", b"x = 1\nx = 2\n"])
def test_a_broken_pyproject_is_told_and_the_scan_goes_on(mldebt, repository, content: bytes) -> None:
    root = repository({"train.py": GOOD, "pyproject.toml": content})
    nothing_else_is_lost(report(mldebt, root))
    assert "pyproject.toml" in mldebt("scan", root).out


def test_a_broken_configuration_that_was_asked_for_is_an_error(mldebt, repository) -> None:
    root = repository({"train.py": GOOD, "ci.toml": "["})
    assert "ci.toml: is not TOML" in refused(mldebt, root, "--config", root / "ci.toml")


def test_names_that_no_system_likes(mldebt, repository) -> None:
    names = ("a b.py", "-rf.py", "$(touch x).py", "a'b\".py", "a\nb.py", "*.py", "é.py", "‮.py")
    root = repository({"train.py": GOOD} | dict.fromkeys(names, "x = 1\n"))
    nothing_else_is_lost(report(mldebt, root))
    assert not (root / "x").exists()


def test_more_files_than_the_limit_are_counted_and_told(mldebt, repository) -> None:
    files = {f"m{n}.py": "x = 1\n" for n in range(20)}
    root = repository(files | {"mldebt.toml": "[limits]\nmax_files = 5\n"})
    found = report(mldebt, root, code=0)
    assert found["repositories"][0]["files"] <= 5
    assert "max_files" in json.dumps(found["not_analysed"]) + mldebt("scan", root).out
