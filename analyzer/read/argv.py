"""Positions of `sys.argv` that a program counts and never reads."""

from __future__ import annotations

import ast

_ASKED = "len(sys.argv)"


def unread_argv(text: str, tree: ast.Module) -> tuple[tuple[int, int], ...]:
    """(position, line of the test) of each argument that `len(sys.argv)` is tested for and nothing reads, in order.

    Only tests that say how many arguments there are to be: `!= 3`, `== 3`, `< 3`, `in (3, 5)`. Nothing when `sys.argv` is used in any other
    way than by fixed positions.
    """
    if _ASKED not in text:
        return ()
    counted: dict[int, int] = {}
    read: set[int] = set()
    plain = 0
    uses = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.argv":
            uses += 1
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "sys.argv":
            plain += isinstance(node.slice, ast.Constant)
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
                read.add(node.slice.value)
        elif isinstance(node, ast.Call) and ast.unparse(node) == _ASKED:
            plain += 1
        elif isinstance(node, ast.Compare) and ast.unparse(node.left) == _ASKED and len(node.ops) == 1:
            for number in _numbers(node.ops[0], node.comparators[0]):
                counted.setdefault(number, node.lineno)
    if uses != plain or min(read, default=0) < 0:
        return ()
    last = max(counted, default=0)
    return tuple((position, counted[last]) for position in range(1, last) if position not in read)


def _numbers(operator: ast.cmpop, other: ast.expr) -> list[int]:
    """How many words a test asks for, the program's own name counted."""
    values = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    if not isinstance(operator, (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Lt)):
        return []
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, int) and value.value < 50]
