"""An expression as normalised text: the same source gives the same text whatever its layout and its local names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

_SYMBOLS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.And: "and", ast.Or: "or",
    ast.Not: "not ", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=",
    ast.Gt: ">", ast.GtE: ">=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
MAX_LITERAL = 80
LOCAL = "$"


class ExpressionText:
    """Writes expressions with the names in `locals` replaced by `$0`, `$1` … in order of first appearance within a line."""

    def __init__(self, local_names: set[str]) -> None:
        self.locals = local_names
        self._seen: dict[str, str] = {}

    def new_line(self) -> None:
        """Start numbering locals anew, so that one more local in a copy does not change every line after it."""
        self._seen = {}

    def text(self, node: ast.AST) -> str:
        write = _WRITE.get(type(node))
        return write(self, node) if write is not None else type(node).__name__

    def all(self, nodes: Sequence[ast.AST]) -> list[str]:
        return [self.text(node) for node in nodes]

    def arguments(self, node: ast.Call) -> list[str]:
        return [*self.all(node.args), *self.all(in_order(node.keywords))]

    def pairs(self, node: ast.Dict) -> list[str]:
        return [f"{self._maybe(k)}: {self.text(v)}" if k else f"**{self.text(v)}" for k, v in zip(node.keys, node.values, strict=True)]

    def _maybe(self, node: ast.AST | None) -> str:
        return "" if node is None else self.text(node)

    def _name(self, node: ast.Name) -> str:
        if node.id not in self.locals:
            return node.id
        return self._seen.setdefault(node.id, f"{LOCAL}{len(self._seen)}")

    def _constant(self, node: ast.Constant) -> str:
        shown = repr(node.value)
        return shown if len(shown) <= MAX_LITERAL else f"{shown[:MAX_LITERAL]}…{len(shown)}"

    def _compare(self, node: ast.Compare) -> str:
        parts = [self.text(node.left)]
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts += [_SYMBOLS[type(op)], self.text(right)]
        return " ".join(parts)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> str:
        for loop in node.generators:
            self.locals.update(bound_names(loop.target))
        element = f"{self.text(node.key)}: {self.text(node.value)}" if isinstance(node, ast.DictComp) else self.text(node.elt)
        return " ".join([element, *(self._loop(loop) for loop in node.generators)])

    def _loop(self, loop: ast.comprehension) -> str:
        return f"for {self.text(loop.target)} in {self.text(loop.iter)}" + "".join(f" if {self.text(test)}" for test in loop.ifs)


_WRITE: dict[type[ast.AST], Callable[[ExpressionText, Any], str]] = {
    ast.Name: ExpressionText._name,
    ast.Attribute: lambda w, n: f"{w.text(n.value)}.{n.attr}",
    ast.Constant: ExpressionText._constant,
    ast.Call: lambda w, n: f"{w.text(n.func)}({', '.join(w.arguments(n))})",
    ast.keyword: lambda w, n: f"{n.arg}={w.text(n.value)}" if n.arg else f"**{w.text(n.value)}",
    ast.Subscript: lambda w, n: f"{w.text(n.value)}[{w.text(n.slice)}]",
    ast.Slice: lambda w, n: f"{w._maybe(n.lower)}:{w._maybe(n.upper)}" + (f":{w.text(n.step)}" if n.step else ""),
    ast.BinOp: lambda w, n: f"({w.text(n.left)} {_SYMBOLS[type(n.op)]} {w.text(n.right)})",
    ast.BoolOp: lambda w, n: "(" + f" {_SYMBOLS[type(n.op)]} ".join(w.all(n.values)) + ")",
    ast.UnaryOp: lambda w, n: f"{_SYMBOLS[type(n.op)]}{w.text(n.operand)}",
    ast.Compare: ExpressionText._compare,
    ast.Tuple: lambda w, n: f"({', '.join(w.all(n.elts))})",
    ast.List: lambda w, n: f"[{', '.join(w.all(n.elts))}]",
    ast.Set: lambda w, n: f"{{{', '.join(w.all(n.elts))}}}",
    ast.Dict: lambda w, n: f"{{{', '.join(w.pairs(n))}}}",
    ast.Starred: lambda w, n: f"*{w.text(n.value)}",
    ast.IfExp: lambda w, n: f"{w.text(n.body)} if {w.text(n.test)} else {w.text(n.orelse)}",
    ast.JoinedStr: lambda w, n: "f'" + "".join(w.all(n.values)) + "'",
    ast.FormattedValue: lambda w, n: f"{{{w.text(n.value)}{':' + w.text(n.format_spec) if n.format_spec else ''}}}",
    ast.ListComp: lambda w, n: f"[{w._comprehension(n)}]",
    ast.SetComp: lambda w, n: f"{{{w._comprehension(n)}}}",
    ast.GeneratorExp: lambda w, n: f"({w._comprehension(n)})",
    ast.DictComp: lambda w, n: f"{{{w._comprehension(n)}}}",
    ast.Lambda: lambda w, n: f"lambda {', '.join(a.arg for a in n.args.args)}: {w.text(n.body)}",
    ast.Await: lambda w, n: f"await {w.text(n.value)}",
    ast.Yield: lambda w, n: f"yield {w._maybe(n.value)}",
    ast.YieldFrom: lambda w, n: f"yield from {w.text(n.value)}",
    ast.NamedExpr: lambda w, n: f"({w.text(n.target)} := {w.text(n.value)})",
}
"""What writes each kind of expression; one table for all writers, for they are made by the thousand."""


def in_order(keywords: Sequence[ast.keyword]) -> list[ast.keyword]:
    """Keyword arguments by name: their order in the source has no meaning. `**mapping` comes last."""
    return sorted(keywords, key=lambda keyword: (keyword.arg is None, keyword.arg or ""))


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`, "" for what is neither a name nor an attribute."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def bound_names(target: ast.expr) -> Iterator[str]:
    """The names that a target binds: `a, (b, *c)` binds a, b and c; `x.y` and `x[0]` bind none."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from bound_names(element)
    elif isinstance(target, ast.Starred):
        yield from bound_names(target.value)
