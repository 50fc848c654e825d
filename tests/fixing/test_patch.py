from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mldebt.fixing.patch import unified


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\nc\n", b"a\nc\n"),
        (b"a\nb\nc", b"a\nc"),
        (b"a\nb", b"a\n"),
        (b"a\r\nb\r\nc\r\n", b"a\r\nc\r\n"),
        (b"a\rb\x0cc\nd\n", b"a\rb\x0cc\n"),
        (b"x\n" * 30 + b"y\n" + b"x\n" * 30 + b"z\n", b"x\n" * 61),
        (b"\xff\xfe\n", b"\xff\n"),
        (b"a\n", b""),
        (None, b"a\nb\n"),
    ],
)
@pytest.mark.parametrize("name", ["a.py", "with space/b c.py", "é.py"])
def test_git_applies_it(tmp_path: Path, git: Callable[..., str], before: bytes | None, after: bytes, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    if before is not None:
        file.write_bytes(before)
    git(tmp_path, "init", "-q")
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=unified(name, before, after), check=True)
    assert file.read_bytes() == after


def test_no_change_is_no_patch() -> None:
    assert unified("a.py", b"a", b"a") == b""
