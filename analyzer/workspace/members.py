"""The repositories of a workspace: from folders or a `[workspace]` table to roots with names of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analyzer.settings import WorkspaceTable


@dataclass(frozen=True, slots=True)
class Member:
    """A folder to scan as one repository of a workspace."""

    root: Path
    """Absolute."""
    shown: str
    """As the user wrote it."""
    name: str
    """Prefix of its paths; unique in the workspace."""
    urls: tuple[str, ...] = ()


def members_of_paths(paths: Iterable[Path]) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """The members for folders given on the command line, and notes about names that had to be changed."""
    return named([Member(_absolute(path), path.as_posix(), "") for path in paths])


def members_of_table(table: WorkspaceTable, folder: Path) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """The members that a `[workspace]` table in `folder` names; a path with `*` stands for every folder that matches."""
    found: list[Member] = []
    for entry in table.repositories:
        urls = (entry.url,) if entry.url else ()
        if "*" in entry.path:
            matches = sorted(path for path in _matching(folder, entry.path) if path.is_dir())
            found += [Member(_absolute(path), path.relative_to(folder).as_posix(), "", urls) for path in matches]
            if matches:
                continue
        found.append(Member(_absolute(folder / entry.path), entry.path, entry.name, urls))
    return named(found)


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except (ValueError, NotImplementedError, OSError):  # an absolute pattern, or `**x`
        return []


def _absolute(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def named(members: Sequence[Member]) -> tuple[tuple[Member, ...], tuple[str, ...]]:
    """The members without repetitions, each with a name of its own: its folder's, else with the folder above, else with a number."""
    by_root: dict[Path, Member] = {}
    notes: list[str] = []
    for member in members:
        if by_root.setdefault(member.root, member) is not member:
            notes.append(f"{member.shown} is named twice; it is scanned once")
    unique = list(by_root.values())
    simple = [member.name or _plain(member.root.name) or "repository" for member in unique]
    counts = Counter(name.lower() for name in simple)
    taken: set[str] = set()
    result: list[Member] = []
    for member, name in zip(unique, simple, strict=True):
        chosen = name
        if counts[name.lower()] > 1 and not member.name:
            chosen = _plain(f"{member.root.parent.name}-{name}".lstrip("-"))
        number = 2
        while chosen.lower() in taken:
            chosen, number = f"{name}-{number}", number + 1
        taken.add(chosen.lower())
        if chosen != name:
            notes.append(f"several repositories are called {name}; {member.shown} is {chosen} in this report")
        result.append(replace(member, name=chosen))
    return tuple(result), tuple(notes)


def _plain(name: str) -> str:
    return re.sub(r"[/\\:\s]+", "-", name).strip("-")
