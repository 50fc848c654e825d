"""Assignments that expressions and targets make: names, attributes, items, comprehensions, `:=`, what a function yields."""

from __future__ import annotations

import ast
from abc import abstractmethod

from analyzer.read.collected import Collected
from analyzer.read.conditions import ending
from analyzer.read.facts import Assign
from analyzer.read.values import BinOp, Const, Element, Item, Map, Name, Opaque, Seq, Value, Within

MAX_YIELDS = 8


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a Name/Attribute chain, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


class Bindings(Collected):
    """Notes what is bound; what converts expressions says their values."""

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """The value of `node`; everything below it has been noted."""

    def _generators(self, generators: list[ast.comprehension]) -> int:
        """Note the variables of a comprehension, in a block of their own; gives the block around it."""
        first = self.value(generators[0].iter)
        outer = self.enter("comprehension")
        for position, generator in enumerate(generators):
            element: Value = Element(self.value(generator.iter) if position else Within(outer, first))
            for condition in generator.ifs:
                end = ending(condition)
                if end is not None and isinstance(generator.target, ast.Name) and end[0] == generator.target.id:
                    element = BinOp("endswith", element, Const(end[1]))
            self.bind(generator.target, element, "comprehension")
            for condition in generator.ifs:
                self.value(condition)
        return outer

    def narrow(self, test: ast.expr) -> None:
        """Note what a test says of a name in the suite that it guards."""
        end = ending(test)
        if end is not None:
            value = BinOp("endswith", Name(end[0]), Const(end[1]))
            self.assigns.append(Assign(end[0], value, test.lineno, self.scope, self.block, "narrow", None, self.moment))

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        outer = self._generators(node.generators)
        inner, value = self.block, self.value(node.elt)
        self.block = outer
        return Seq((Within(inner, value),))

    def _dict_comprehension(self, node: ast.DictComp) -> Value:
        outer = self._generators(node.generators)
        inner, key, value = self.block, self.value(node.key), self.value(node.value)
        self.block = outer
        return Map((Within(inner, key),), (Within(inner, value),))

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value, ":=")
        return value

    def _yield(self, node: ast.Yield) -> Value:
        if node.value is not None:
            self._yielded(self.value(node.value))
        return Opaque()

    def _yield_from(self, node: ast.YieldFrom) -> Value:
        self._yielded(Element(self.value(node.value)))
        return Opaque()

    def _yielded(self, value: Value) -> None:
        if self.yields and len(self.yields[-1]) < MAX_YIELDS:
            self.yields[-1].append(value)

    def bind(self, target: ast.expr, value: Value, kind: str, annotation: Value | None = None, at: int = -1) -> None:
        """Note `target = value`, unpacking tuples; targets other than names and dotted names are walked only.

        What one statement binds, it binds at one moment: `a, b = b, a` sees the old ones twice.
        """
        at = self.moment if at < 0 else at
        if isinstance(target, ast.Name):
            self._bound(target.id, value, target, kind, annotation, at)
        elif isinstance(target, ast.Attribute):
            name = dotted(target)
            if name:
                self._bound(name, value, target, kind, annotation, at)
            if target.attr[0] == "_":
                self.note_protected(target, dotted(target.value))
            self.value(target.value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            starred = any(isinstance(element, ast.Starred) for element in target.elts)
            for position, element in enumerate(target.elts):
                if isinstance(element, ast.Starred):
                    self.bind(element.value, Opaque("*"), kind, None, at)
                else:
                    self.bind(element, Opaque() if starred else Item(value, Const(position)), kind, None, at)
        elif isinstance(target, ast.Subscript):
            key = target.slice
            name = dotted(target.value)
            if name and isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._bound(f"{name}[{key.value}]", value, target, kind, None, at)
            elif name:
                self._bound(f"{name}[]", value, target, "append", None, at)
            self.value(target)

    def _bound(self, name: str, value: Value, target: ast.expr, kind: str, annotation: Value | None, at: int) -> None:
        self.assigns.append(Assign(name, value, target.lineno, self.scope, self.block, kind, annotation, at))
