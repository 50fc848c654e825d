"""`mldebt fix` as its user meets it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

DEAD = "def f(x):\n    if False:\n        x = clip(x)\n        x = clip(x)\n    return x\n"
ALIVE = "def f(x):\n    return x\n"


@pytest.fixture
def checkout(repository: Callable[..., Path], git: Callable[..., str]) -> Callable[..., Path]:
    def make(files: dict[str, str]) -> Path:
        root = repository(files)
        git(root, "init", "-q")
        git(root, "add", "-A")
        git(root, "commit", "-qm", "all")
        return root

    return make


def test_the_patch_is_shown_and_git_applies_it(mldebt, checkout, git) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/model.py": DEAD})
    code, out, err = mldebt("fix", root)
    assert code == 1
    assert "--- a/pkg/model.py\n+++ b/pkg/model.py\n" in out
    assert err == "mldebt: 1 finding can be fixed in 1 file\n"
    assert (root / "pkg/model.py").read_text() == DEAD
    subprocess.run(["git", "apply", "-"], cwd=root, input=out.encode(), check=True)
    assert (root / "pkg/model.py").read_text() == ALIVE
    assert mldebt("fix", root) == (0, "", "mldebt: 0 findings can be fixed in 0 files\n")


def test_written_and_nothing_left(mldebt, checkout, git) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/model.py": DEAD})
    assert mldebt("fix", root, "--write") == (0, "", "mldebt: 1 finding fixed in 1 file\n")
    assert (root / "pkg/model.py").read_text() == ALIVE
    git(root, "commit", "-qam", "fixed")
    assert mldebt("fix", root, "--write", "--quiet") == (0, "", "")


def test_a_dirty_work_tree_is_refused(mldebt, checkout) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/model.py": DEAD, "notes.txt": "a"})
    (root / "notes.txt").write_text("b")
    code, out, err = mldebt("fix", root, "--write")
    assert (code, out) == (2, "")
    assert "uncommitted changes (notes.txt)" in err
    assert mldebt("fix", root)[0] == 1, "a patch may be asked for"
    assert mldebt("fix", root, "--write", "--allow-dirty")[0] == 0
    assert (root / "pkg/model.py").read_text() == ALIVE


def test_a_file_that_git_does_not_hold_is_refused(mldebt, checkout) -> None:
    root = checkout({"pkg/__init__.py": ""})
    (root / "pkg/model.py").write_text(DEAD)
    code, _, err = mldebt("fix", root, "--write")
    assert (code, (root / "pkg/model.py").read_text()) == (2, DEAD)
    assert "git does not hold pkg/model.py" in err


def test_outside_git_only_when_told(mldebt, repository) -> None:
    root = repository({"pkg/__init__.py": "", "pkg/model.py": DEAD})
    code, _, err = mldebt("fix", root, "--write")
    assert code == 2
    assert "no git work tree" in err
    assert mldebt("fix", root, "--write", "--allow-dirty")[0] == 0


def test_only_the_named_files_and_rules(mldebt, checkout) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/a.py": DEAD, "pkg/b.py": DEAD, "c.py": DEAD})
    assert "b/pkg/a.py" in mldebt("fix", root / "pkg" / "a.py").out
    out = mldebt("fix", root / "pkg").out
    assert "b/pkg/b.py" in out
    assert "c.py" not in out
    assert mldebt("fix", root, "--select", "DXP006").out == ""
    assert mldebt("fix", root, "--select", "dead-experiment").out.count("diff --git") == 3


def test_the_patch_of_a_folder_is_relative_to_the_top(mldebt, checkout, monkeypatch) -> None:
    root = checkout({"sub/pkg/__init__.py": "", "sub/pkg/a.py": DEAD, "b.py": DEAD})
    monkeypatch.chdir(root / "sub")
    out = mldebt("fix").out
    assert "b/sub/pkg/a.py" in out
    assert "b/b.py" in out
    assert "b/b.py" not in mldebt("fix", ".").out


@pytest.mark.parametrize("arguments", [("nowhere",), (".", "--select", "DXX001"), (".", "--write", "--diff", "--nonsense")])
def test_wrong_usage(mldebt, checkout, monkeypatch, arguments) -> None:
    monkeypatch.chdir(checkout({"a.py": ""}))
    code, out, err = mldebt("fix", *arguments)
    assert (code, out) == (2, "")
    assert err


def test_what_is_left_alone_is_told(mldebt, checkout) -> None:
    text = "def f():\n    if False:\n        a = make()\n        b = make()\n    return a\n"
    err = mldebt("fix", checkout({"pkg/__init__.py": "", "pkg/model.py": text})).err
    assert "left alone: DXP001 pkg/model.py:2: the dead arm is the only one that binds `a`" in err


def test_the_mode_of_a_file_is_kept(mldebt, checkout, git) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/model.py": DEAD})
    (root / "pkg/model.py").chmod(0o755)
    git(root, "commit", "-qam", "mode")
    assert mldebt("fix", root, "--write")[0] == 0
    assert (root / "pkg/model.py").stat().st_mode & 0o777 == 0o755
    assert not [path.name for path in (root / "pkg").iterdir() if path.name.endswith(".part")]


def test_a_filter_of_the_repository_is_not_run(mldebt, checkout, git) -> None:
    root = checkout({"pkg/__init__.py": "", "pkg/model.py": DEAD, ".gitattributes": "*.py filter=evil\n"})
    git(root, "config", "filter.evil.clean", f"touch {root}/ran; cat")
    (root / "pkg/model.py").touch()
    mldebt("fix", root, "--write")
    assert not (root / "ran").exists()


def test_libcst_is_imported_by_a_fix_only(checkout) -> None:
    root = checkout({"a.py": "x = 1\n"})
    program = "import sys; from mldebt.cli import run; run(['fix', sys.argv[1]]); sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program, root], cwd=Path(__file__).parents[2], check=False).returncode == 0
