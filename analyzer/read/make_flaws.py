"""What make or the shell rejects in a rule: a recipe that is indented with spaces, quotes and parentheses that the shell cannot pair.

Sources: GNU make manual, "Rule Syntax" (a recipe line starts with a tab) and "Splitting Recipe Lines"; POSIX shell, 2.2 "Quoting" and
2.10 "Shell Grammar". What is not read with certainty (here-documents, backquotes, `[[`, substitutions in double quotes) is no flaw.
"""

from __future__ import annotations

import re

_UNSURE = re.compile(r"`|<<|\[\[|\bcase\b|;;")
_BEFORE_COMMAND = frozenset({"", "if", "then", "else", "elif", "do", "while", "until", "!", "time", "{", "in", "function"})
_REFERENCE = re.compile(r"\$(?:\$|[^({$])")
MAX_RECIPE_LINE = 20_000


def is_spaced_recipe(code: str, colon: int) -> bool:
    """Is the line after a rule meant as its recipe, although spaces and no tab stand before it? `colon` is its first colon, or -1."""
    text = code.strip()
    if not code.startswith(" ") or not text or text.startswith(("$(", "${", "{", "#", ".", "%")) or not re.match(r"[@+-]?[A-Za-z./]", text):
        return False
    return " " in text and (
        colon < 0 or code[colon : colon + 3] == "://" or code[:colon].count('"') % 2 == 1 or code[:colon].count("'") % 2 == 1
    )


def shell_flaw(recipe: str) -> str:
    """Why a shell rejects one line of a recipe (with its continuations, as written in the Makefile); "" when it may be right."""
    text = _without_references(recipe[:MAX_RECIPE_LINE].lstrip("@-+ \t"))  # make's own prefixes
    if _UNSURE.search(text):
        return ""
    scan = _Shell(text)
    return scan.flaw()


def _without_references(text: str) -> str:
    """Make's own references replaced by a letter; `$$` is the shell's dollar."""
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == "$" and text[at + 1 : at + 2] in ("(", "{"):
            at = _end_of_reference(text, at + 1)
            found.append("x")
        elif match := _REFERENCE.match(text, at):
            found.append("$" if match[0] == "$$" else "x")
            at = match.end()
        else:
            found.append(text[at])
            at += 1
    return "".join(found)


def _end_of_reference(text: str, at: int) -> int:
    opening, closing = text[at], ")" if text[at] == "(" else "}"
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == opening) - (text[place] == closing)
        if depth == 0:
            return place + 1
    return len(text)


class _Shell:
    """One pass over the characters of a command line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.word = ""
        """The word that is being read, quoted parts as letters."""
        self.last = ""
        """The word before it in the same command."""

    def flaw(self) -> str:
        text, at = self.text, 0
        while at < len(text):
            char = text[at]
            if char == "\\":
                self.word += "" if text[at + 1 : at + 2] == "\n" else "x"
                at += 2
                continue
            if char in "'\"":
                end = self._closing(at)
                if end is None:
                    return ""
                if end < 0:
                    return f"the {'single' if char == chr(39) else 'double'} quote is never closed"
                self.word += "x"
                at = end + 1
                continue
            if char == "#" and not self.word:
                return ""
            if char == "(" and self._is_misplaced(at):
                return "a `(` stands unquoted inside a command, as when a quote before it is closed too early"
            self._take(char)
            at += 1
        return ""

    def _closing(self, at: int) -> int | None:
        """Place of the quote that closes the one at `at`, -1 without one, None when it cannot be told."""
        if self.text[at] == "'":
            return self.text.find("'", at + 1)
        place = at + 1
        while place < len(self.text):
            if self.text[place] == "\\":
                place += 1
            elif self.text.startswith("$(", place):
                return None
            elif self.text[place] == '"':
                return place
            place += 1
        return -1

    def _is_misplaced(self, at: int) -> bool:
        before, after = self.text[at - 1 : at], self.text[at + 1 : at + 2]
        if after == ")" or before in ("$", "<", ">", "=", "@", "?", "*", "+", "!", "("):
            return False
        return (self.word or self.last) not in _BEFORE_COMMAND

    def _take(self, char: str) -> None:
        if char in ";&|(){}\n":
            self.word = self.last = ""
        elif char.isspace():
            self.last, self.word = self.word or self.last, ""
        else:
            self.word += char
