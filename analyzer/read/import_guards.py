"""Imports that may be missing by design: below a test that asks what is there, or where the error is caught."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from analyzer.read.bindings import dotted
from analyzer.read.expression_text import last_name

_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"}
_AVAILABILITY = ("available", "version", "has_", "installed", "find_spec", "platform", "sys.argv", "_installed", "supports")


def guard_of(test: ast.expr) -> str:
    """Why an import below this `if` may be missing by design, "" when nothing says so."""
    for node in ast.walk(test):
        name = last_name(node)
        if not name:
            continue
        if name == "TYPE_CHECKING":
            return "typing"
        lowered = name.lower()
        if any(word in lowered for word in _AVAILABILITY):
            return "version"
    return ""


def names_import_error(nodes: Iterable[ast.expr]) -> bool:
    """Whether one of what a handler or `suppress(…)` names catches an import that fails."""
    for node in nodes:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        if any(dotted(part).rpartition(".")[2] in _IMPORT_ERRORS for part in parts):
            return True
    return False
