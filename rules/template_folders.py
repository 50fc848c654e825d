"""Files that a generator fills in before they are code."""

from __future__ import annotations

from pathlib import PurePosixPath

_FOLDERS = frozenset({"template", "templates", "cookiecutter"})


def is_template(path: str) -> bool:
    return "{{" in path or not _FOLDERS.isdisjoint(PurePosixPath(path).parts[:-1])
