"""When a definition vanished from a file: git's pickaxe, asked for few names at once, and never believed half."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analyzer.discover.git import GitProcess, start_git

MAX_NAMES = 24
AT_ONCE = 4
DEADLINE = 8.0
"""Seconds for all names together: a scan does not wait longer for what is only a piece of evidence."""
_DEFINES = "^(async +)?(def|class) +{0}[^A-Za-z0-9_]|^{0} *(:[^=]*)?=|^(from .*)?import (.*[^A-Za-z0-9_])?{0}([^A-Za-z0-9_]|$)"
"""A definition at the top level of a file, or a name that it imports; of both git's and Python's regular expressions."""
_ANSWER = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) (\d+)")


@dataclass(frozen=True, slots=True)
class Vanished:
    """The commit that took the last line away which defined a name."""

    sha: str
    time: int
    """Committer time, unix seconds."""


def when_vanished(root: Path, wanted: Iterable[tuple[str, str]], deadline: float = DEADLINE) -> dict[tuple[str, str], Vanished]:
    """(path, name) → the newest commit whose change of `path` has a line that defines `name`.

    For a name that the file no longer defines this is the commit that removed it. Only the first MAX_NAMES are asked for. What git cannot
    tell is left out: a partial clone without the file's old contents ends with an error, a large history may not be done in time.
    """
    ends = time.monotonic() + deadline
    asked = [(path, name) for path, name in islice(dict.fromkeys(wanted), MAX_NAMES) if name.isidentifier() and name.isascii()]
    found: dict[tuple[str, str], Vanished] = {}
    for start in range(0, len(asked), AT_ONCE):
        if time.monotonic() >= ends:
            break
        running = [(pair, _pickaxe(root, *pair)) for pair in asked[start : start + AT_ONCE]]
        for pair, git in running:
            answer = git.finish(max(0.0, ends - time.monotonic()))
            gone = _removal(answer.text, pair[1]) if answer.ok else None
            if gone is not None:
                found[pair] = gone
    return found


def _pickaxe(root: Path, path: str, name: str) -> GitProcess:
    options = ("-1", "--no-merges", "--no-renames", "--no-color", "--format=%H %ct", "--patch", "--unified=0", f"-G{_DEFINES.format(name)}")
    return start_git(root, "log", *options, "--", path)


def _removal(answer: str, name: str) -> Vanished | None:
    """What git told, when the commit really takes more definitions away than it brings in: a merge may have hidden the one that did."""
    told = _ANSWER.match(answer)
    defines = re.compile(_DEFINES.format(name))
    lines = answer.splitlines()
    less = sum(line[:1] == "-" and bool(defines.search(line[1:])) for line in lines)
    more = sum(line[:1] == "+" and bool(defines.search(line[1:])) for line in lines)
    return Vanished(told[1], int(told[2])) if told is not None and less > more else None
