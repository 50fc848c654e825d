"""A booby-trapped repository: whatever of it is run leaves a file behind. A scan leaves none."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

OUR_NAMES = ("mldebt.py", "analyzer/__init__.py", "rules/__init__.py", "reports/__init__.py")
PACKAGES = ("yaml", "pydantic", "rich")
DEPENDENCIES = ("click.py", "jinja2.py", "msgspec.py", "networkx.py", "pathspec.py", *(f"{name}/__init__.py" for name in PACKAGES))
OTHERS = ("conftest.py", "setup.py", "train.py", "noxfile.py", "dags/daily.py")


class Explosive:
    """Touches a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


@pytest.fixture
def markers(tmp_path: Path) -> Path:
    folder = tmp_path / "markers"
    folder.mkdir()
    return folder


@pytest.fixture
def trapped(tmp_path: Path, markers: Path, git) -> Path:
    root = tmp_path / "trapped"
    root.mkdir()
    git(root, "init", "--quiet")
    for name in (*OUR_NAMES, *DEPENDENCIES, *OTHERS):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        touch = f"open({str(markers / name.replace('/', '-'))!r}, 'w').close()\n"
        path.write_text(f"{touch}import pandas\npandas.read_csv('data/a.csv').to_csv('data/b.csv')\n")
    (root / "Makefile").write_text(f"X := $(shell touch {markers}/make)\nall:\n\tpython train.py\n")
    (root / "dvc.yaml").write_text(f"stages:\n  a:\n    cmd: touch {markers}/dvc\n    outs: [data/b.csv]\n")
    (root / "run.sh").write_text(f"touch {markers}/shell\npython train.py $(touch {markers}/substitution)\n")
    (root / "tags.yaml").write_text(f"x: !!python/object/apply:os.mkdir ['{markers}/yaml']\n")
    (root / "model.pkl").write_bytes(pickle.dumps(Explosive(markers / "pickle")))
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": f"!touch {markers}/notebook\n%run train.py"}
    (root / "a.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all of it")
    for name in ("train.py", "run.sh"):  # one file with a diff driver of its own, one without: git diff has something to show
        (root / name).write_text((root / name).read_text() + "x=1\n")
    arm_git(root, markers, git)
    return root


def arm_git(root: Path, markers: Path, git) -> None:
    """Every way known to us in which a repository's own configuration makes git run something."""
    scripts = root / ".git" / "traps"
    scripts.mkdir()

    def trap(name: str, body: str = "cat") -> str:
        script = scripts / name
        script.write_text(f"#!/bin/sh\n: > '{markers}/git-{name}'\n{body}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return str(script)

    (root / ".gitattributes").write_text("*.py diff=trapped filter=trapped merge=trapped\n*.ipynb diff=trapped\n")
    hooks = root / ".git" / "armed-hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "post-checkout"):
        shutil.copy(trap(hook, "exit 0"), hooks / hook)
    for key, value in {
        "core.fsmonitor": trap("fsmonitor", "exit 1"),
        "core.hooksPath": str(hooks),
        "core.pager": trap("pager"),
        "pager.log": trap("pager-log"),
        "pager.status": trap("pager-status"),
        "core.sshCommand": trap("ssh", "exit 1"),
        "core.askPass": trap("askpass", "exit 1"),
        "core.editor": trap("editor", "exit 1"),
        "diff.external": trap("external", "exit 0"),
        "diff.trapped.command": trap("driver", "exit 0"),
        "diff.trapped.textconv": trap("textconv", 'cat "$1"'),
        "log.showSignature": "true",
        "gpg.program": trap("gpg", "exit 1"),
        "credential.helper": trap("credential", "exit 1"),
    }.items():
        git(root, "config", key, value)


def sprung(markers: Path) -> list[str]:
    return sorted(path.name for path in markers.iterdir())


def test_the_traps_are_alive(trapped: Path, markers: Path, installed) -> None:
    """Without this test the others could pass because of a trap that never closes."""
    for command in (["git", "status"], ["git", "diff"], ["git", "log", "-p", "--no-ext-diff"]):
        subprocess.run(command, cwd=trapped, capture_output=True, check=False)
    assert {"git-fsmonitor", "git-external", "git-driver", "git-textconv"} <= set(sprung(markers))
    for name in ("rules", "reports", "analyzer", "mldebt", "click"):
        subprocess.run([installed.python, "-c", f"import {name}"], cwd=trapped, env={"PYTHONPATH": "."}, capture_output=True, check=False)
    assert {"rules-__init__.py", "reports-__init__.py", "analyzer-__init__.py", "mldebt.py", "click.py"} <= set(sprung(markers))
    subprocess.run(["make", "-n"], cwd=trapped, capture_output=True, check=False)
    with (trapped / "model.pkl").open("rb") as stream:
        pickle.load(stream)
    assert {"make", "pickle"} <= set(sprung(markers))


def test_a_scan_from_inside_with_pythonpath_runs_nothing_of_it(trapped: Path, markers: Path, installed) -> None:
    out = trapped.parent / "out"
    out.mkdir()
    done = installed.run(
        installed.mldebt, "scan", "--html", out / "a.html", "--json", out / "a.json", "--jobs", "2", cwd=trapped, PYTHONPATH="."
    )
    assert done.code in (0, 1), done.err
    assert sprung(markers) == []
    assert (out / "a.html").stat().st_size and json.loads((out / "a.json").read_text())["repositories"]


@pytest.mark.parametrize("python_path", [".", "", ":.", "{root}", "{root}/:{root}/dags"])
def test_the_other_commands_and_other_spellings_of_the_path(trapped: Path, markers: Path, installed, python_path: str) -> None:
    environment = {"PYTHONPATH": python_path.format(root=trapped)}
    assert installed.run(installed.mldebt, "rules", cwd=trapped, **environment).code == 0
    assert installed.run(installed.mldebt, "--help", cwd=trapped, **environment).code == 0
    assert sprung(markers) == []


def test_the_isolated_module_start_runs_nothing_of_it(trapped: Path, markers: Path, installed) -> None:
    (trapped / "sitecustomize.py").write_text(f"open({str(markers / 'sitecustomize')!r}, 'w').close()\n")
    done = installed.run(installed.python, "-I", "-m", "mldebt", "scan", ".", "--html", "-", cwd=trapped, PYTHONPATH=".")
    assert done.code in (0, 1), done.err
    assert sprung(markers) == []


def test_a_configuration_cannot_name_code(trapped: Path, markers: Path, installed) -> None:
    (trapped / "mldebt.toml").write_text('plugins = ["rules.evil"]\n')
    done = installed.run(installed.mldebt, "scan", ".", cwd=trapped, PYTHONPATH=".")
    assert done.code == 2
    assert 'unknown key "plugins"' in done.err
    assert sprung(markers) == []
