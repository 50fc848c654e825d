"""What tests share: small repositories from a dict of texts, the command line, and mldebt as a stranger installs it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("untimed")
TOP = Path(__file__).resolve().parents[1]
SHIPPED = ("mldebt", "analyzer", "rules", "reports")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


class Installed(NamedTuple):
    """A virtual environment with mldebt's wheel and django-rules, built once for all tests that need it."""

    wheel: Path
    python: Path
    mldebt: Path

    def run(self, *command: str | Path, cwd: Path, **environment: str) -> Outcome:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MLDEBT", "COV"))}
        done = subprocess.run(
            [str(part) for part in command], cwd=cwd, env=kept | environment, capture_output=True, text=True, timeout=300, check=False
        )
        return Outcome(done.returncode, done.stdout, done.stderr)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite tests/repos/*/expected.txt with today's output")


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """script("benchmarks/volume.py") → a program that no package holds, as a module of its own; loaded anew each time."""

    def load(path: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(Path(path).stem, TOP / path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look themselves up there
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., Path]:
    """repository({"train.py": "…"}) → a folder with these files; texts and bytes."""

    def make(files: Mapping[str, str | bytes], name: str = "repo") -> Path:
        root = tmp_path / name
        root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return make


@pytest.fixture
def mldebt(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """mldebt("scan", path) → exit code, stdout, stderr; in this process."""

    def call(*arguments: str | Path) -> Outcome:
        from mldebt.cli import run

        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        sys.stdout.flush()
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    """git(folder, "commit", …) → stdout; with an identity, and without the configuration of whoever runs the tests."""
    nowhere = tmp_path / "no-git-configuration"
    nowhere.touch()
    ann = {"NAME": "Ann", "EMAIL": "ann@example.org"}
    identity = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in ann.items()}
    environment = os.environ | identity | {"GIT_CONFIG_GLOBAL": str(nowhere), "GIT_CONFIG_NOSYSTEM": "1"}

    def call(folder: Path, *arguments: str | Path) -> str:
        done = subprocess.run(["git", *map(str, arguments)], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """mldebt from its own wheel, in a fresh environment, beside django-rules (which owns the import name `rules`)."""
    work = tmp_path_factory.mktemp("installed")
    source = work / "source"
    source.mkdir()
    # A copy, because building in the tree leaves build/ behind, and what lies there is shipped by the next build.
    for folder in SHIPPED:
        shutil.copytree(TOP / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "mldebt_main.py"):
        shutil.copy(TOP / name, source / name)
    venv.create(work / "venv", with_pip=True, symlinks=os.name != "nt")
    scripts = work / "venv" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    dist = work / "dist"
    _must(work, *pip, "wheel", str(source), "--no-deps", "--wheel-dir", str(dist))
    (wheel,) = dist.glob("mldebt-*.whl")
    _must(work, *pip, "install", str(wheel), "rules")
    return Installed(wheel, scripts / "python", scripts / "mldebt")


def _must(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
