"""`$NAME`, `${NAME:-default}`, `$(…)`, `$((…))`: what an expansion stands for, as far as the text itself tells."""

from __future__ import annotations

import re

from analyzer.read.shell_scanner import WORK_PER_CHARACTER, Scanner
from analyzer.read.shell_tokens import IDENTIFIER, Word, hole

MAX_VALUE = 4_000
MAX_DEPTH = 8
PARAMETER = re.compile(r"([!#]?)([A-Za-z_]\w*|[0-9]+|[@*#?$!-])(\[[^\]]*\])?(.*)", re.DOTALL)
LITERAL_PATTERN = re.compile(r"[^*?\[\]{}\\'\"$`]*")
OWN_FOLDER = re.compile(r"dirname\s+(?:--\s+)?[\"']?\$\{?(?:0\b|BASH_SOURCE)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\}")
UPWARD = re.compile(r"(?:/\.\.)+(?=[\"'\s&;)/]|$)")
TOP_FOLDER = re.compile(r"git\s+(?:-C\s+\S+\s+)?rev-parse\s+--show-toplevel")


class Expansions(Scanner):
    """A scanner that knows what a `$` or a backtick at its position stands for."""

    def expand(self, quoted: bool, first: bool) -> str | tuple[str, ...]:
        """What the `$` at `position` stands for; `first`: it begins the word. Several words for an array."""
        text, at = self.text, self.position + 1
        following = text[at : at + 1]
        if text.startswith("((", at):
            return self._arithmetic(at)
        if following == "(":
            line = self.line
            inner = self.enclosed(at + 1, "(")
            return self._dropped(at + 1) if inner is None else self._substitution(inner, line)
        if following == "{":
            inner = self.enclosed(at + 1, "{")
            return self._dropped(at + 1) if inner is None else self._grow(self._parameter(inner, first))
        match = IDENTIFIER.match(text, at)
        if match:
            self.position = match.end()
            return self._grow(self._value(match[0], first))
        if following and following in "0123456789@*#?$!-":
            self.position = at + 1
            return hole(following)
        if following in ("'", '"') and not quoted:
            self.position = at
            return ""
        self.position = at
        return "$"

    def _dropped(self, at: int) -> str:
        self.position = at
        return hole("")

    def _arithmetic(self, at: int) -> str:
        end = self.text.find("))", at, at + MAX_VALUE)
        if end < 0:
            return self._dropped(at + 2)
        self.line += self.text.count("\n", at, end)
        self.position = end + 2
        return hole("expression")

    def backtick(self) -> str:
        line, start = self.line, self.position + 1
        end = start
        while (end := self.text.find("`", end)) > 0 and self.text[end - 1] == "\\":
            end += 1
        if end < 0:
            return self._dropped(len(self.text))
        self.line += self.text.count("\n", start, end)
        self.position = end + 1
        return self._substitution(self.text[start:end].replace("\\`", "`"), line)

    def _substitution(self, inner: str, line: int) -> str:
        self.substituted(inner, line)
        if len(inner) < MAX_VALUE:
            if OWN_FOLDER.search(inner):
                upward = UPWARD.search(inner)
                return hole("SCRIPT_DIR") + (upward[0] if upward else "")
            if TOP_FOLDER.search(inner):
                return hole("REPO_ROOT")
        words = inner.split(None, 1)
        return hole(words[0].rpartition("/")[2].strip("\"'$(") if words else "")

    def _grow(self, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        self.growth -= len(value) if isinstance(value, str) else sum(map(len, value))
        return value if self.growth > 0 else hole("")

    def _value(self, name: str, first: bool) -> str:
        value = self.variables.get(name)
        if isinstance(value, tuple):
            return value[0] if value else ""
        if value is None:
            return "~" if name == "HOME" and first else hole(name)
        return value

    def _parameter(self, inner: str, first: bool) -> str | tuple[str, ...]:
        match = PARAMETER.fullmatch(inner)
        if match is None:
            return hole(inner)
        mark, name, index, operation = match.groups()
        if mark:
            return hole(name)
        if index in ("[@]", "[*]") and not operation:
            value = self.variables.get(name)
            return value if isinstance(value, tuple) else value if isinstance(value, str) else hole(name)
        if index and not (name == "BASH_SOURCE" and operation):
            return hole(name)
        return self._operated(name, operation, first)

    def _operated(self, name: str, operation: str, first: bool) -> str:
        if not operation:
            return self._value(name, first) if IDENTIFIER.match(name) else hole(name)
        known = self.variables.get(name)
        match = re.match(r":?([-=+?])", operation)
        if match:
            if match[1] in "-=":
                return known if isinstance(known, str) and known else self._default(operation[match.end() :], name)
            return self._value(name, first) if match[1] == "?" else hole(name)
        if name in ("0", "BASH_SOURCE"):
            return hole("SCRIPT_DIR") if operation == "%/*" else hole(name)
        trimmed = _trimmed(known, operation) if isinstance(known, str) else None
        return hole(name) if trimmed is None else trimmed

    def _default(self, text: str, name: str) -> str:
        """The default of `${NAME:-text}`, its own expansions resolved."""
        if len(text) > MAX_VALUE or self.depth >= MAX_DEPTH:
            return hole(name)
        if not re.search(r"[$`\\'\"]", text):
            return text
        inner = self.nested(text, self.line)
        self.work -= WORK_PER_CHARACTER * len(text)
        token = inner.next() if self.work > 0 else None
        return token.text if isinstance(token, Word) else hole(name)


def _trimmed(value: str, operation: str) -> str | None:
    """`${NAME%pattern}`, `${NAME##*/}` … of a known value, for the patterns that occur in practice; None for the others."""
    match = re.match(r"(%%?|##?)(.*)", operation, re.DOTALL)
    if match is None or "{" in value:
        return None
    mark, pattern = match[1], match[2]
    if LITERAL_PATTERN.fullmatch(pattern):
        return value.removesuffix(pattern) if mark[0] == "%" else value.removeprefix(pattern)
    separator = pattern[:-1] if mark[0] == "%" else pattern[1:]
    if len(separator) != 1 or separator in "*?[" or pattern.strip(separator) != "*":
        return None
    head, found, tail = (value.partition if mark in ("%%", "#") else value.rpartition)(separator)
    return value if not found else head if mark[0] == "%" else tail
