"""A place in shell text, and what closes a bracket or quote from there on."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

from analyzer.read.shell_tokens import Token, Variables

WORK_PER_CHARACTER = 6
NEST = re.compile(r"[\\'\"(){}$]|(?<=\s)#")


class Scanner(ABC):
    """Text, the position in it, and how much work it may still cause."""

    def __init__(self, text: str, line: int, variables: Variables, substituted: Callable[[str, int], None], depth: int = 0) -> None:
        self.text = text
        self.position = 0
        self.line = line
        self.variables = variables
        self.substituted = substituted
        self.depth = depth
        self.work = WORK_PER_CHARACTER * len(text) + 100_000
        """Characters that looking for closing brackets may still read."""
        self.growth = 4 * len(text) + 400_000
        """Characters that expansions may still add."""

    @abstractmethod
    def next(self) -> Token | None:
        """The next token, None at the end."""

    def nested(self, text: str, line: int) -> Scanner:
        """A scanner of a part, such as a default, that shares what is left of work and growth."""
        inner = type(self)(text, line, self.variables, self.substituted, self.depth + 1)
        inner.work, inner.growth = min(inner.work, self.work), self.growth
        return inner

    def enclosed(self, start: int, opening: str) -> str | None:
        """The text from `start` to what closes `opening`, behind which `position` then stands; None when nothing closes it."""
        end = self._closing(start, opening)
        if end is None:
            return None
        inner = self.text[start:end]
        self.line += inner.count("\n")
        self.position = end + 1
        return inner

    def _closing(self, start: int, opening: str) -> int | None:
        stack = [opening]
        at = start
        while self.work > 0:
            match = NEST.search(self.text, at)
            if match is None:
                self.work -= len(self.text) - at
                return None
            self.work -= match.end() - at + 1
            at = match.end()
            at = self._nest(stack, match[0], at)
            if not stack:
                return at - 1
        return None

    def _nest(self, stack: list[str], character: str, at: int) -> int:
        """Update the stack of open brackets and quotes for `character`, which ends before `at`; where to go on."""
        mode = stack[-1]
        if character == "\\":
            return at + 1
        if character == "$":
            if self.text[at : at + 1] in ("(", "{"):
                stack.append(self.text[at])
                return at + 1
        elif character == '"':
            if mode == '"':
                stack.pop()
            else:
                stack.append('"')
        elif mode == '"':
            return at
        elif character == "'":
            end = self.text.find("'", at)
            if mode == "(" and end >= 0:
                self.work -= end - at
                return end + 1
        elif character == "#":
            end = self.text.find("\n", at)
            return at if mode != "(" or end < 0 else end
        elif character == "(" and mode == "(":
            stack.append("(")
        elif character == {"(": ")", "{": "}"}[mode]:
            stack.pop()
        return at
