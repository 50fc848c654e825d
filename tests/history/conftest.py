"""Git repositories with a told history, written in one go by `git fast-import`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

DAY = 86_400
START = 1_600_000_000


class Told(NamedTuple):
    """One commit: who, on which day, what (None deletes), and its message. `merges` is the number of another commit, from 0."""

    who: str
    day: int
    files: Mapping[str, str | None]
    message: str = "change"
    merges: int | None = None
    base: int | None = None


@pytest.fixture
def story(tmp_path: Path) -> Callable[..., Path]:
    """story(Told(…), Told(…)) → a work tree with these commits, oldest first."""

    def make(*commits: Told, name: str = "told") -> Path:
        root = tmp_path / name
        root.mkdir()
        _git(root, "init", "-q", "-b", "main")
        _git(root, "fast-import", "--quiet", stream="".join(_stream(commits)))
        _git(root, "reset", "-q", "--hard", "main")
        return root

    return make


def _stream(commits: Sequence[Told]) -> Sequence[str]:
    lines = []
    for number, commit in enumerate(commits):
        time = START + commit.day * DAY
        parent = number - 1 if commit.base is None else commit.base
        message = commit.message.encode()
        lines.append(f"commit refs/heads/main\nmark :{number + 1}\n")
        lines.append(f"author {commit.who} {time} +0000\ncommitter {commit.who} {time} +0000\ndata {len(message)}\n{commit.message}\n")
        lines.append(f"from :{parent + 1}\n" if parent >= 0 else "")
        lines.append(f"merge :{commit.merges + 1}\n" if commit.merges is not None else "")
        for path, text in commit.files.items():
            lines.append(f"D {path}\n" if text is None else f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
    return lines


def _git(root: Path, *arguments: str, stream: str = "") -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *arguments], cwd=root, env=environment, input=stream.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def told() -> type[Told]:
    return Told
