"""What discovering a folder gives, and reading one of its files without following it anywhere else."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from analyzer.result import NotAnalysed

MAX_CONFIG_BYTES = 1 << 20
# Not every platform has every flag. Without O_NONBLOCK opening a pipe would wait for its writer.
OPEN_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    OPEN_FLAGS |= getattr(os, _name, 0)


class DiscoverError(Exception):
    """The folder cannot be scanned at all; the text says what, where and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """A file that a reader can read. The path is POSIX and relative to the scanned root."""

    path: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Discovery:
    files: tuple[SourceFile, ...]
    not_analysed: tuple[NotAnalysed, ...] = ()
    skipped: tuple[tuple[str, int], ...] = ()
    """(reason, how many files) of what no reader is for: `data`, `binary`, `other` …"""
    commit: str | None = None
    is_git: bool = False
    submodules: tuple[str, ...] = ()
    shallow: bool = False
    partial: bool = False
    """A partial clone: contents of other commits may be missing."""
    top: str = ""
    """The scanned root inside its git work tree, "" when it is the work tree's own root."""
    notes: tuple[str, ...] = ()
    """What the user should know, e.g. that git could not be asked."""
    remotes: tuple[str, ...] = ()
    """URLs of the git remotes, without credentials."""
    paths: frozenset[str] = frozenset()
    """Every file that was seen, also those that no reader is for."""


class UnreadableFileError(Exception):
    """One file cannot be read; the text says why."""


def read_file(root: Path, path: str, limit: int = -1) -> bytes:
    """The first `limit` bytes (all of them by default) of the regular file `path` below `root`.

    Raises UnreadableFileError for what is no regular file (a link, a pipe, a device), is missing or may not be read.
    """
    try:
        descriptor = os.open(root / path, OPEN_FLAGS)
    except (OSError, ValueError) as error:
        raise UnreadableFileError(reason_of(error)) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UnreadableFileError("is no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(limit)
    except OSError as error:
        raise UnreadableFileError(reason_of(error)) from None
    finally:
        os.close(descriptor)


def reason_of(error: OSError | ValueError) -> str:
    """In words why a file or folder could not be opened."""
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if isinstance(error, OSError):
        return f"cannot be read ({error.strerror or type(error).__name__})"
    return "cannot be read (its name is not allowed)"
