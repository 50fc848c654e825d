"""Lone surrogates (`"\\ud800"` in Python, JSON or YAML): code points that no file, terminal or report can hold."""

from __future__ import annotations

import ast
import re

_LONE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(?:u|U0000)[dD][89a-fA-F]")
_LONE_IN_JSON = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def printable(text: str) -> str:
    """`text` with the replacement character for each lone surrogate."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)


def make_printable(tree: ast.AST, source: str) -> None:
    """The same for the strings of a syntax tree, in place; `source` tells whether there can be any."""
    if not _ESCAPED.search(source):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = printable(node.value)


def printable_json(data: bytes) -> bytes:
    """The same for the escapes in JSON."""
    return _LONE_IN_JSON.sub(rb"\\ufffd", data)
