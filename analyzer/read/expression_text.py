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
        self._write: dict[type[ast.AST], Callable[[Any], str]] = {
            ast.Name: self._name,
            ast.Attribute: lambda n: f"{self.text(n.value)}.{n.attr}",
            ast.Constant: self._constant,
            ast.Call: lambda n: f"{self.text(n.func)}({', '.join(self.arguments(n))})",
            ast.keyword: lambda n: f"{n.arg}={self.text(n.value)}" if n.arg else f"**{self.text(n.value)}",
            ast.Subscript: lambda n: f"{self.text(n.value)}[{self.text(n.slice)}]",
            ast.Slice: lambda n: f"{self._maybe(n.lower)}:{self._maybe(n.upper)}" + (f":{self.text(n.step)}" if n.step else ""),
            ast.BinOp: lambda n: f"({self.text(n.left)} {_SYMBOLS[type(n.op)]} {self.text(n.right)})",
            ast.BoolOp: lambda n: "(" + f" {_SYMBOLS[type(n.op)]} ".join(self.all(n.values)) + ")",
            ast.UnaryOp: lambda n: f"{_SYMBOLS[type(n.op)]}{self.text(n.operand)}",
            ast.Compare: self._compare,
            ast.Tuple: lambda n: f"({', '.join(self.all(n.elts))})",
            ast.List: lambda n: f"[{', '.join(self.all(n.elts))}]",
            ast.Set: lambda n: f"{{{', '.join(self.all(n.elts))}}}",
            ast.Dict: lambda n: f"{{{', '.join(self.pairs(n))}}}",
            ast.Starred: lambda n: f"*{self.text(n.value)}",
            ast.IfExp: lambda n: f"{self.text(n.body)} if {self.text(n.test)} else {self.text(n.orelse)}",
            ast.JoinedStr: lambda n: "f'" + "".join(self.all(n.values)) + "'",
            ast.FormattedValue: lambda n: f"{{{self.text(n.value)}{':' + self.text(n.format_spec) if n.format_spec else ''}}}",
            ast.ListComp: lambda n: f"[{self._comprehension(n)}]",
            ast.SetComp: lambda n: f"{{{self._comprehension(n)}}}",
            ast.GeneratorExp: lambda n: f"({self._comprehension(n)})",
            ast.DictComp: lambda n: f"{{{self._comprehension(n)}}}",
            ast.Lambda: lambda n: f"lambda {', '.join(a.arg for a in n.args.args)}: {self.text(n.body)}",
            ast.Await: lambda n: f"await {self.text(n.value)}",
            ast.Yield: lambda n: f"yield {self._maybe(n.value)}",
            ast.YieldFrom: lambda n: f"yield from {self.text(n.value)}",
            ast.NamedExpr: lambda n: f"({self.text(n.target)} := {self.text(n.value)})",
        }

    def new_line(self) -> None:
        """Start numbering locals anew, so that one more local in a copy does not change every line after it."""
        self._seen = {}

    def text(self, node: ast.AST) -> str:
        write = self._write.get(type(node))
        return write(node) if write is not None else type(node).__name__

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


def in_order(keywords: Sequence[ast.keyword]) -> list[ast.keyword]:
    """Keyword arguments by name: their order in the source has no meaning. `**mapping` comes last."""
    return sorted(keywords, key=lambda keyword: (keyword.arg is None, keyword.arg or ""))


def bound_names(target: ast.expr) -> Iterator[str]:
    """The names that a target binds: `a, (b, *c)` binds a, b and c; `x.y` and `x[0]` bind none."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from bound_names(element)
    elif isinstance(target, ast.Starred):
        yield from bound_names(target.value)
