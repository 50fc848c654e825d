"""Where reports go: stdout for `-`, else a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from mldebt.whole_files import replace_file


def write_report(target: str, text: str) -> None:
    """Write `text` to the file `target`, or to stdout when it is `-`. Raises click.ClickException when that is impossible.

    Characters that are no text (file names may hold them) become backslash escapes, which is valid inside JSON strings too.
    """
    data = text.encode("utf-8", "backslashreplace")
    if target == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        _write(Path(target), data)
    except OSError as error:
        raise click.ClickException(f"cannot write {target}: {error.strerror or error}") from None


def check_target(target: str) -> None:
    """Refuse a target that cannot be written before the scan is paid for. Raises click.ClickException."""
    if target == "-":
        return
    path = Path(target)
    if path.is_dir():
        raise click.ClickException(f"cannot write {target}: it is a folder")
    if not path.parent.is_dir():
        raise click.ClickException(f"cannot write {target}: the folder {path.parent} does not exist")


def _write(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe, such as /dev/stderr, cannot be replaced
        path.write_bytes(data)
    else:
        replace_file(path, data, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
