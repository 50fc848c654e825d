"""Where reports go: stdout for `-`, else a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import click


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
        _replace(Path(target), data)
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


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe, such as /dev/stderr, cannot be replaced
        path.write_bytes(data)
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            os.fchmod(stream.fileno(), mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
