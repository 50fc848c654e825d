"""What a fix is. Frozen values; the engine applies and proves them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding

Change = Callable[[str], str]
"""The text of a file or of a cell (line ends `\\n`) → the text after the edit. Raises `NotFixableError` when it must not be made."""


class NotFixableError(Exception):
    """This place cannot be fixed by a program; the text says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """One edit: where, and how."""

    path: str
    line: int
    """Where it begins; within one text the edits are made from the last line up. 0: after all others."""
    change: Change
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """What takes one finding away. All of it is done, or nothing."""

    finding: Finding
    targets: tuple[Target, ...]
    is_safe: bool
    """Whether the program does the same as before, as far as reading can tell."""
    caution: str = ""
    """Why it is not safe."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A finding of a fixable rule that was left alone, and why."""

    finding: Finding
    reason: str


Fixer = Callable[[SystemGraph, Finding], Fix]
"""The fix of a finding. Raises `NotFixableError`."""


def lines_outside(before: str, after: str) -> tuple[int, int, list[str]]:
    """(first line, last line + 1, new lines) of the one stretch in which two texts differ; lines are 0-based."""
    old, new = before.split("\n"), after.split("\n")
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    end, end_new = len(old), len(new)
    while end > first and end_new > first and old[end - 1] == new[end_new - 1]:
        end, end_new = end - 1, end_new - 1
    return first, end, new[first:end_new]


def in_order(targets: Iterable[Target]) -> list[Target]:
    return sorted(targets, key=lambda target: -target.line)
