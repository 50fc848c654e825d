"""The work tree that is written to: is it under git, is it clean, where is its top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from analyzer.discover.discovery import UnreadableFileError, read_file
from analyzer.discover.git import run_git
from mldebt.whole_files import replace_file

MAX_NAMED = 5
NEW_MODE = 0o644


class NotWritableError(Exception):
    """Nothing was written; the text says why and what to do."""


def prefix_of(root: Path) -> str:
    """The place of `root` inside its work tree with a slash at its end, "" at the top or outside git."""
    answer = run_git(root, "rev-parse", "--show-prefix")
    return answer.text.rstrip("\n") if answer.ok else ""


def top_of(path: Path) -> Path | None:
    """The top of the work tree around a folder, None outside git."""
    answer = run_git(path, "rev-parse", "--show-toplevel")
    return Path(answer.text.rstrip("\n")) if answer.ok else None


def refuse_unsaved(root: Path, paths: Iterable[str]) -> None:
    """Raise NotWritableError unless git could bring everything back: a clean work tree that holds each of `paths`."""
    status = run_git(root, *_without_filters(root), "status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=all")
    if not status.ok:
        raise NotWritableError("this is no git work tree, so nothing could bring the files back (--allow-dirty writes all the same)")
    changed = [entry[3:] for entry in status.text.split("\0") if len(entry) > 3]
    if changed:
        raise NotWritableError(f"the work tree has uncommitted changes ({_named(changed)}): commit them, or say --allow-dirty")
    wanted = sorted(paths)
    if not wanted:
        return
    tracked = set(run_git(root, "ls-files", "-z", "--", *wanted).text.split("\0"))
    strange = [path for path in wanted if path not in tracked and (root / path).exists()]
    if strange:
        raise NotWritableError(f"git does not hold {_named(strange)}: add it, or say --allow-dirty")


def _without_filters(root: Path) -> list[str]:
    """Options that keep git from running what the repository's configuration names as filters of contents."""
    names = run_git(root, "config", "--name-only", "-z", "--get-regexp", r"^filter\.").text.split("\0")
    drivers = {name.rpartition(".")[0] for name in names if name}
    keys = [
        f"{driver}.{key}={'false' if key == 'required' else ''}"
        for driver in sorted(drivers)
        for key in ("clean", "smudge", "process", "required")
    ]
    return [part for key in keys for part in ("-c", key)]


def _named(paths: list[str]) -> str:
    more = f" and {len(paths) - MAX_NAMED} more" if len(paths) > MAX_NAMED else ""
    return ", ".join(paths[:MAX_NAMED]) + more


def write(root: Path, before: Mapping[str, bytes | None], after: Mapping[str, bytes]) -> None:
    """Replace the files, each whole or not at all. Raises NotWritableError before the first one when any is no longer what was read."""
    for path in after:
        if _now(root, path) != before[path]:
            raise NotWritableError(f"{path} was changed meanwhile; nothing was written")
    for path, data in after.items():
        target = root / path
        try:
            replace_file(target, data, target.stat().st_mode & 0o7777 if target.exists() else NEW_MODE)
        except OSError as error:
            raise NotWritableError(f"cannot write {path}: {error.strerror or error}") from None


def _now(root: Path, path: str) -> bytes | None:
    try:
        return read_file(root, path)
    except UnreadableFileError:
        return None
