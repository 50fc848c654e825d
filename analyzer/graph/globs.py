"""Globs of the configuration and of CODEOWNERS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache


@cache
def glob_pattern(glob: str) -> re.Pattern[str]:
    """A glob of the configuration or of CODEOWNERS as a regular expression; `**` crosses folders, a folder covers what is below it."""
    text = glob.strip("/")
    out = ""
    position = 0
    while position < len(text):
        if text.startswith("**/", position):
            out += "(?:.*/)?"
            position += 3
        elif text.startswith("**", position):
            out += ".*"
            position += 2
        elif text[position] == "*":
            out += "[^/]*"
            position += 1
        elif text[position] == "?":
            out += "[^/]"
            position += 1
        else:
            out += re.escape(text[position])
            position += 1
    return re.compile(out + r"(?:/.*)?\Z")


def matches(path: str, globs: Iterable[str]) -> bool:
    return any(glob_pattern(glob).match(path) for glob in globs)
