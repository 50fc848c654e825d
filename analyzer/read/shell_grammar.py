"""The shell's reserved words, and the commands that are being read: the simple one, and the compound ones around it that are open.

Source: POSIX Shell Command Language, 2.4 Reserved Words and 2.9.4 Compound Commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.read.shell_tokens import Word

OPENING = frozenset({"if", "while", "until"})
SKIPPED = frozenset({"!", "time", "coproc", "do", "then", "elif", "else"})
CLOSING = {"fi": "if", "done": "loop", "esac": "case", "}": "{"}
DECLARING = frozenset({"export", "local", "declare", "typeset", "readonly"})
BRANCHING = frozenset({"if", "loop", "case"})


@dataclass(slots=True)
class Frame:
    """A compound command that is open: what must be restored or merged when it closes."""

    kind: str
    first: int
    cwd: str
    restores_cwd: bool = False
    before: dict[str, str | tuple[str, ...] | None] = field(default_factory=dict)
    given: dict[str, list[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Pending:
    """The simple command that is being read."""

    words: list[Word] = field(default_factory=list)
    start: int = -1
    stdin: tuple[str, int] = ("", 0)
    stdout: tuple[str, int] = ("", 0)
    append: bool = False
    restore: list[tuple[str, str | tuple[str, ...] | None]] = field(default_factory=list)
    fed: tuple[str, int] = ("", 0)
    documents: list[bool] = field(default_factory=list)
    """Are variables expanded in it, for each here-document that it waits for?"""
