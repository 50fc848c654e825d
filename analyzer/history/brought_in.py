"""Folders that came into a repository whole and that nobody worked on since: somebody else's project, copied."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzer.history.authorship import History

_WHOLE = 0.9
_TOUCHED = 0.1
_APART = 0.5


def brought_in(history: History | None, folders: Iterable[str], files: Collection[str]) -> tuple[str, ...]:
    """Those of `folders` that one commit brought in and that were hardly changed after it.

    The first commit is none of these: it brings in everything. Nor is one that brings in as much elsewhere: a whole repository was moved.
    """
    folders = tuple(folders)
    if history is None or history.gap or len(history.commits) < 2 or not folders:
        return ()
    return tuple(
        folder for folder in folders if _came_at_once(history, f"{folder}/", {path for path in files if path.startswith(f"{folder}/")})
    )


def _came_at_once(history: History, inside: str, files: set[str]) -> bool:
    changed: set[str] = set()  # by later commits: the newest come first
    for number, commit in enumerate(history.commits, 1):
        here = [path for path in commit.added if path in files]
        if len(here) >= _WHOLE * len(files):
            elsewhere = sum(not path.startswith(inside) for path in commit.added)
            return number < len(history.commits) and elsewhere <= _APART * len(here) and len(changed) <= _TOUCHED * len(files)
        changed.update(path for path in commit.files if path in files)
    return False
