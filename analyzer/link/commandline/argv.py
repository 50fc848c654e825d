"""`sys.argv`: its words by position, as the checked-in command lines of a script give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.commandline.command_lines import given
from analyzer.link.domain import Abstract, Alternatives, Pattern, Result, Unknown, capped

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

ARGV = "sys.argv"


def first_of(name: str) -> int | None:
    """Position of the first word that `sys.argv` or a slice of it (`sys.argv[1:]`) holds; None for other names."""
    if name == ARGV:
        return 0
    if name.startswith(f"{ARGV}[") and name.endswith(":]"):
        return int(name[len(ARGV) + 1 : -2])
    return None


def sliced(name: str, text: str, path: str) -> Alternatives | None:
    """`sys.argv[n:]` in module `path` for the slice text `n:`; None for other slices."""
    first = first_of(name)
    lower = text.partition(":")[0]
    if first is None or not (lower == "" or lower.isdigit()) or text.count(":") != 1 or text.partition(":")[2]:
        return None
    return (Result(f"{ARGV}[{first + int(lower or 0)}:]", path, -1),)


def argument(evaluator: Asking, path: str, position: int) -> Alternatives:
    """`sys.argv[position]`, counted from the back when negative."""
    hole = (Unknown(f"argv[{position}]", "command-line argument"),)
    if position == 0:
        return (Pattern((path,), "constant", anchored=True),)
    found: list[Abstract] = []
    for line in evaluator.command_lines.of(path):
        index = position - 1 if position > 0 else len(line.words) + position
        if 0 <= index < len(line.words):
            found.append(given(line.words[index], line))
    return capped(found) if found else hole


def arguments(evaluator: Asking, path: str, first: int) -> Alternatives:
    """Every word from position `first` on: what a loop over `sys.argv[first:]` yields."""
    found = [given(word, line) for line in evaluator.command_lines.of(path) for word in line.words[max(first - 1, 0) :]]
    return capped([*found]) if found else (Unknown("argv[…]", "command-line argument"),)
