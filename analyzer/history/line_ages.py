"""Which commit last wrote the lines of a file: `git blame`, asked for few ranges of few files, and never believed half."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from analyzer.discover.git import GitProcess, start_git
from analyzer.history.log import IGNORE_REVS

MAX_FILES = 16
MAX_RANGES = 24
"""Of one file."""
AT_ONCE = 4
DEADLINE = 6.0
"""Seconds for all files together."""
_ENTRY = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+)(?: \d+)?")
Span = tuple[int, int]
"""First and last line."""


@dataclass(frozen=True, slots=True)
class LineAge:
    """The commit that last wrote a line."""

    sha: str
    """All zeros for a line that is not committed."""
    time: int
    """Committer time, unix seconds; for a line that is not committed the time of asking."""


@dataclass(frozen=True, slots=True)
class LineAges:
    """What git told, and which files it could not tell about."""

    lines: Mapping[str, Mapping[int, LineAge]]
    """Path → line → age."""
    unanswered: tuple[str, ...] = ()
    """Files whose history is not here, or not asked for: too many, or git took too long."""


def line_ages(root: Path, wanted: Mapping[str, tuple[Span, ...]], deadline: float = DEADLINE) -> LineAges:
    """The ages of the wanted lines, of the files in the work tree. Changes of white space, and commits that
    `.git-blame-ignore-revs` names, are no changes.

    A file counts as unanswered when git's status says so: a partial clone without its old contents, lines that are not there any more.
    Only the first MAX_FILES are asked for.
    """
    ends = time.monotonic() + deadline
    asked = list(islice(wanted, MAX_FILES))
    found: dict[str, Mapping[int, LineAge]] = {}
    for start in range(0, len(asked), AT_ONCE):
        if time.monotonic() >= ends:
            break
        running = [(path, _blame(root, path, wanted[path])) for path in asked[start : start + AT_ONCE]]
        for path, git in running:
            answer = git.finish(max(0.0, ends - time.monotonic()))
            if answer.ok:
                found[path] = dict(_lines(answer.text))
    return LineAges(found, tuple(path for path in wanted if path not in found))


def _blame(root: Path, path: str, spans: tuple[Span, ...]) -> GitProcess:
    ranges = [f"-L{first},{last}" for first, last in spans[:MAX_RANGES]]
    # The empty file clears what the repository's configuration names: two checkouts of one commit shall tell the same.
    ignored = ("--ignore-revs-file=", *([f"--ignore-revs-file={IGNORE_REVS}"] if (root / IGNORE_REVS).is_file() else []))
    return start_git(root, "blame", "--porcelain", "-w", *ignored, *ranges, "--", path)


def _lines(answer: str) -> Iterator[tuple[int, LineAge]]:
    """(line, age) of `git blame --porcelain`, which tells a commit's time once, at its first line."""
    times: dict[str, int] = {}
    waiting: list[tuple[int, str]] = []
    for row in answer.split("\n"):
        if row.startswith("\t"):
            continue  # the line itself
        if entry := _ENTRY.fullmatch(row):
            waiting.append((int(entry[2]), entry[1]))
        elif row.startswith("committer-time "):
            times[waiting[-1][1]] = int(row.removeprefix("committer-time "))
    for line, sha in waiting:
        if sha in times:
            yield line, LineAge(sha, times[sha])
