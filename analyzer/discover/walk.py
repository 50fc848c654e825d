"""The files below a folder without asking git: nested .gitignore files honoured, tool folders left out, links never followed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.discover.discovery import UnreadableFileError, read_file, reason_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_TOOL_FOLDERS = (
    ".git .hg .svn .bzr node_modules .venv __pycache__ .tox .nox .mypy_cache .ruff_cache .pytest_cache .hypothesis .eggs .idea .vscode"
    " .ipynb_checkpoints site-packages bower_components .terraform .gradle .cache"
)
TOOL_FOLDERS = frozenset(_TOOL_FOLDERS.split())
MAX_DEPTH = 64
MAX_IGNORE_BYTES = 1 << 18
MAX_PATTERNS = 2000
MAX_STARS = 3
"""Stars in one pattern: matching takes time to the power of their number."""


@dataclass(slots=True)
class Walked:
    """Files and links (POSIX, relative to the root, sorted), and folders that could not be read, with the reason."""

    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    truncated: bool = False


def walk(root: Path, max_files: int) -> Walked:
    """Every file below `root` that its .gitignore files do not exclude; stops after ten times `max_files` entries."""
    walked = Walked()
    stack: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...], int]] = [("", (), 0)]
    seen = 0
    while stack:
        folder, rules, depth = stack.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
        except OSError as error:
            walked.unreadable.append((folder or ".", reason_of(error)))
            continue
        rules = rules + tuple(_rules_of(root, folder, entries))
        seen += len(entries)
        if seen > 10 * max_files:
            walked.truncated = True
            break
        below: list[tuple[str, tuple[tuple[str, GitIgnoreSpec], ...], int]] = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if _take(entry, path, rules, walked):
                below.append((path, rules, depth + 1))
        if depth >= MAX_DEPTH:
            walked.unreadable.extend((path, f"lies more than {MAX_DEPTH} folders deep") for path, _, _ in below)
        else:
            stack.extend(reversed(below))
    walked.files.sort()
    return walked


def _take(entry: os.DirEntry[str], path: str, rules: tuple[tuple[str, GitIgnoreSpec], ...], walked: Walked) -> bool:
    """Put the entry where it belongs; true for a folder to go into."""
    try:
        is_link, is_folder = entry.is_symlink(), entry.is_dir(follow_symlinks=False)
    except OSError as error:
        walked.unreadable.append((path, reason_of(error)))
        return False
    if is_folder and (entry.name in TOOL_FOLDERS or path.endswith((".dvc/cache", ".dvc/tmp")) or _is_environment(entry)):
        return False
    if _is_ignored(path, is_folder, rules):
        return False
    if is_link:
        walked.links.append(path)
    elif is_folder:
        if os.path.lexists(Path(entry.path, ".git")):
            walked.repositories.append(path)
            return False
        return True
    else:
        walked.files.append(path)
    return False


def _is_environment(entry: os.DirEntry[str]) -> bool:
    return os.path.lexists(Path(entry.path, "pyvenv.cfg"))


def _rules_of(root: Path, folder: str, entries: list[os.DirEntry[str]]) -> Iterator[tuple[str, GitIgnoreSpec]]:
    if not any(entry.name == ".gitignore" for entry in entries):
        return
    try:
        text = read_file(root, f"{folder}/.gitignore" if folder else ".gitignore", MAX_IGNORE_BYTES).decode("utf-8", "replace")
        yield folder, ignore_rules(text)
    except (UnreadableFileError, ValueError):  # ValueError: a pattern that git would ignore too
        return


def ignore_rules(text: str) -> GitIgnoreSpec:
    """What a .gitignore file says, patterns that would take long to match aside; raises `ValueError` for one that is broken."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(line for line in text.splitlines()[:MAX_PATTERNS] if _is_cheap(line))


def _is_cheap(pattern: str) -> bool:
    return len(pattern) <= 400 and pattern.count("**") <= MAX_STARS and pattern.replace("**", "").count("*") <= MAX_STARS


def _is_ignored(path: str, is_folder: bool, rules: tuple[tuple[str, GitIgnoreSpec], ...]) -> bool:
    # The deepest .gitignore that says anything about the path decides.
    for folder, spec in reversed(rules):
        relative = path[len(folder) + 1 :] if folder else path
        answer = spec.check_file(relative + "/" if is_folder else relative).include
        if answer is not None:
            return answer
    return False
