"""`# mldebt: ignore[CODE1,CODE2] reason expires=YYYY-MM-DD` and `# mldebt: ignore-file[…]` in any text with line comments."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

import msgspec

MARK = "mldebt:"
COMMENT = re.compile(r"mldebt:\s*ignore(-file)?(?:\[([^\]\n]*)\])?(?=\s|$)(.*)")
EXPIRES = re.compile(r"(?:^|\s)expires=(\d{4}-\d{2}-\d{2})(?=\s|$)")
MAX_REASON = 500


class Suppression(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`# mldebt: ignore[CODE] reason` (or `ignore-file`); `codes` empty means every code."""

    codes: tuple[str, ...]
    reason: str
    line: int
    whole_file: bool
    expires: str = ""


def suppressions(text: str, comment: str = "#", *, python: bool = True) -> tuple[Suppression, ...]:
    """The suppressions in `text`. In Python (comment mark `#` and `python`) only real comments count, elsewhere a line that holds the mark.

    An empty list of codes (`ignore[]`) suppresses nothing. Never raises.
    """
    if MARK not in text:
        return ()
    comments = _python_comments(text) if python and comment == "#" else _line_comments(text, comment)
    return tuple(found for line, content in comments if (found := _suppression(content, line)) is not None)


def _suppression(content: str, line: int) -> Suppression | None:
    match = COMMENT.match(content)
    if match is None:
        return None
    whole_file, names, rest = match.groups()
    codes = tuple(dict.fromkeys(code.strip().upper() for code in (names or "").split(",") if code.strip()))
    if names is not None and not codes:
        return None
    expires = EXPIRES.search(rest)
    reason = " ".join(EXPIRES.sub(" ", rest).split()).lstrip("-–—: ")[:MAX_REASON]
    return Suppression(codes, reason, line, whole_file is not None, expires[1] if expires else "")


def _line_comments(text: str, mark: str) -> Iterator[tuple[int, str]]:
    pattern = re.compile(rf"(?:^|\s){re.escape(mark)}\s*(mldebt:.*)")
    for number, line in enumerate(text.split("\n"), 1):
        if MARK in line and (match := pattern.search(line)):
            yield number, match[1].rstrip()


def _python_comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and MARK in token.string:
                yield token.start[0], token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return
