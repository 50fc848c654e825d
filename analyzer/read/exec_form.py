"""A command given as a list of words, as Docker's exec form and many CI files have it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from analyzer.read.shell import MAX_TEXT, shell_commands
from analyzer.read.shell_joining import MAX_WORDS
from analyzer.read.step_facts import Command


def exec_commands(
    words: list[str], line: int, variables: Mapping[str, str] | None = None, lines: tuple[int, ...] = ()
) -> tuple[Command, ...]:
    """The commands of a command given as a list of words (Docker's exec form): `["sh", "-c", "text"]` is read as shell text."""
    if not words:
        return ()
    if posixpath.basename(words[0]) in ("sh", "bash", "dash", "zsh") and len(words) > 2:
        for index, word in enumerate(words[1:-1], 1):
            if re.fullmatch(r"-[a-z]*c[a-z]*", word):
                return shell_commands(words[index + 1], lines[index + 1] if len(lines) == len(words) else line, variables)
            if not word.startswith(("-", "+")) and words[index - 1] not in ("-o", "+o"):
                break
    on_one_line = len(set(lines)) <= 1
    return (Command(tuple(words[:MAX_WORDS]), line, text=" ".join(words)[:MAX_TEXT], word_lines=() if on_one_line else lines[:MAX_WORDS]),)
