"""Packages of other projects that stand beside the one that is installed, told by their licence (RULES.md §0.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from posixpath import basename, dirname, join

from analyzer.discover.vendored_trees import PACKAGING, plain

_PART = re.compile(r"\bthis file is part of (?:the )?([\w-]+)", re.IGNORECASE)
_QUOTED = re.compile(r"""["']([\w.-]+)["']""")


def guest_packages(files: Iterable[str], packaging: Mapping[str, str], about: Mapping[str, str]) -> tuple[str, ...]:
    """
    Folders that hold somebody else's package. `about` is the docstring of each package, by its folder.

    Such a package names itself in its licence ("This file is part of Loom"), the packaging around it does not name it, but another
    package beside it.
    """
    named = {folder: said[1] for folder, text in about.items() if folder and (said := _PART.search(text))}
    found = sorted(folder for folder, name in named.items() if plain(name) == plain(basename(folder)))
    if not found:
        return ()
    packages = {dirname(path) for path in files if basename(path) == "__init__.py"}
    return tuple(folder for folder in found if _is_guest(folder, packages, packaging))


def _is_guest(folder: str, packages: set[str], packaging: Mapping[str, str]) -> bool:
    installed = {plain(word) for word in _QUOTED.findall(_packaging_around(folder, packaging))}
    beside = {plain(basename(other)) for other in packages if dirname(other) == dirname(folder)}
    return plain(basename(folder)) not in installed and bool(beside & installed)


def _packaging_around(folder: str, packaging: Mapping[str, str]) -> str:
    """The texts of the nearest packaging above the folder."""
    while folder:
        folder = dirname(folder)
        text = "\n".join(packaging.get(join(folder, file), "") for file in PACKAGING).strip()
        if text:
            return text
    return ""
