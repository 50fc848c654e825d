"""Tests as values: those whose outcome may be constant, and what a test says of a name."""

from __future__ import annotations

import ast

from analyzer.read.values import Attr, Compare, Const, Logic, Name, Opaque, Seq, Value

MAX_ITEMS = 64
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def ending(test: ast.expr) -> tuple[str, str] | None:
    """(name, text) of a test `name.endswith("text")`, alone or with others that must hold as well."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return next((found for part in test.values if (found := ending(part)) is not None), None)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "endswith" and len(test.args) == 1:
        name, text = test.func.value, test.args[0]
        if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
            return name.id, text.value
    return None


def foldable(node: ast.expr) -> Value | None:
    """The test as Const, Name, Attr, Logic or Compare when it is made of these only, else None."""
    if isinstance(node, ast.Constant):
        fits = node.value is None or isinstance(node.value, (str, bool, float)) or (isinstance(node.value, int) and abs(node.value) < 2**63)
        return Const(node.value) if fits else None  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return Name(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Attr(Name(node.value.id), node.attr)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = foldable(node.operand)
        return None if inner is None else Logic("not", (inner,))
    if isinstance(node, ast.BoolOp):
        # `False and f(x)` folds although f(x) does not: what is not foldable stays Opaque, never decisive
        parts = tuple(foldable(part) or Opaque() for part in node.values)
        if all(isinstance(part, Opaque) for part in parts):
            return None
        return Logic("and" if isinstance(node.op, ast.And) else "or", parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = foldable(node.left), foldable(node.comparators[0]) or _literals(node.comparators[0])
        if left is not None and right is not None:
            return Compare(_COMPARISONS[type(node.ops[0])], left, right)
    return None


def _literals(node: ast.expr) -> Value | None:
    """A display of literals, for `x in ("a", "b")`."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and 0 < len(node.elts) <= MAX_ITEMS:
        items = tuple(foldable(element) for element in node.elts)
        if all(isinstance(item, Const) for item in items):
            return Seq(items)  # type: ignore[arg-type]
    return None
