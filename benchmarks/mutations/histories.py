"""A git history told anew: the commits that a checkout has, with other authors, and work on top that never was.

Which commit touched which files, and when, is the checkout's own. Contents are not: until its last change a file holds a number. So a
partial clone can be told anew, and git reads the result like any other history.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

DAY = 86_400
MAX_CONTENT = 200_000
_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class Work:
    """One commit: when, by whom, on which files."""

    time: int
    author: str
    files: tuple[str, ...]
    text: str | None = None
    """What its files hold from then on, where that is told."""


def recorded(origin: Path) -> list[Work]:
    """The commits of a checkout, merges left out, oldest first; its people are numbered. Empty where git knows nothing."""
    command = ["git", "-c", "core.quotepath=off", "log", "--reverse", "--no-merges", "--no-renames", "--name-only"]
    done = subprocess.run([*command, f"--format={_MARK}%ct %ae", "--", "."], cwd=origin, capture_output=True, text=True, errors="replace")
    numbers: dict[str, int] = {}
    found = []
    for block in done.stdout.split(_MARK)[1:]:
        head, *names = block.split("\n")
        time, _, author = head.partition(" ")
        number = numbers.setdefault(author, len(numbers) + 1)
        files = tuple(name for name in names if name and not name.startswith('"'))
        found += [Work(int(time), f"Colleague {number}", files)] if files else []
    return found


def retold(root: Path, works: Sequence[Work]) -> None:
    """Make `works` the history of the folder `root`; its files stay as they are. Raises CalledProcessError when git refuses."""
    git = root / ".git"
    shutil.rmtree(git, ignore_errors=True)
    git.unlink(missing_ok=True)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", "."], cwd=root, check=True)
    stream = b"".join(_stream(root, works))
    subprocess.run(["git", "fast-import", "--quiet", "--date-format=raw"], cwd=root, check=True, input=stream, stdout=subprocess.DEVNULL)
    subprocess.run(["git", "reset", "--quiet"], cwd=root, check=True, stdout=subprocess.DEVNULL)


def in_turn(files: Sequence[str], people: Sequence[str], commits: int, since: int, until: int) -> list[Work]:
    """`commits` commits between two moments, each on the next file by the next person."""
    step = (until - since) // max(1, commits)
    return [Work(since + n * step, people[n % len(people)], (files[n % len(files)],)) for n in range(commits)]


def _stream(root: Path, works: Sequence[Work]) -> Iterator[bytes]:
    """What `git fast-import` reads."""
    left = Counter(path for work in works for path in work.files)
    total = Counter(left)
    for work in works:
        person = f"{work.author} <{work.author.lower().replace(' ', '.')}@example.com> {work.time} +0000"
        yield f"commit refs/heads/main\nauthor {person}\ncommitter {person}\ndata 4\nwork\n".encode()
        for path in work.files:
            left[path] -= 1
            if work.text is None:
                yield from _change(root, path, number=total[path] - left[path], is_last=not left[path])
            else:
                content = work.text.encode()
                yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        yield b"\n"


def _change(root: Path, path: str, *, number: int, is_last: bool) -> Iterator[bytes]:
    file = root / path
    if is_last and (file.is_symlink() or not file.is_file()):
        if number > 1:
            yield f"D {path}\n".encode()
        return
    whole = is_last and file.stat().st_size <= MAX_CONTENT
    content = file.read_bytes() if whole else f"{number}\n".encode()
    yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
