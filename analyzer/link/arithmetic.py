"""Operators on known numbers, and repetition."""

from __future__ import annotations

import operator
from collections.abc import Callable

from analyzer.link.domain import Abstract, Known, Many, Pattern, Unknown, literal

LIMIT = 2**53
MAX_REPEATED = 200
_OPERATIONS: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv}


def arithmetic(op: str, left: Known, right: Known) -> Abstract:
    """`left op right` of whole numbers; nothing is told of others, nor of results that are no data of a path."""
    operation, first, second = _OPERATIONS.get(op), left.value, right.value
    if operation is None or type(first) is not int or type(second) is not int or (op == "//" and second == 0):
        return Unknown("value")
    made = operation(first, second)
    return Known(made) if abs(made) < LIMIT else Unknown("value")


def repeated(left: Abstract, right: Abstract) -> Abstract:
    """`"../" * 2`, `[x] * n`."""
    times = right.value if isinstance(right, Known) and type(right.value) is int else None
    if isinstance(left, Many):
        return Many(left.items, ordered=False)
    text = left.text if isinstance(left, Pattern) else None
    return literal(text * times) if text and times is not None and 0 <= times * len(text) <= MAX_REPEATED else Unknown("value")
