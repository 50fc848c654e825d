"""Files that a program can do without: what stands in a `try` whose handler goes on when the file is not found."""

from __future__ import annotations

import ast

from analyzer.read.bindings import dotted

_NOT_FOUND = frozenset({"FileNotFoundError", "IOError", "OSError", "EnvironmentError"})
_LEAVES = frozenset({"exit", "_exit", "quit", "abort", "fail"})


def goes_on_without(handler: ast.ExceptHandler) -> bool:
    """Does the handler catch a missing file by name, and neither raise nor leave with nothing in its place?"""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type is not None else []
    if not any(dotted(each).rpartition(".")[2] in _NOT_FOUND for each in caught):
        return False
    return not any(_gives_up(node) for statement in handler.body for node in ast.walk(statement))


def _gives_up(node: ast.AST) -> bool:
    if isinstance(node, ast.Return):
        return node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None)
    if isinstance(node, ast.Call):
        return dotted(node.func).rpartition(".")[2] in _LEAVES
    return isinstance(node, ast.Raise)
