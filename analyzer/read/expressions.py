"""Python expressions to values: one walk that also notes every call, string and attribute on its way."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from analyzer.read.bindings import Bindings, dotted
from analyzer.read.conditions import MAX_ITEMS, foldable
from analyzer.read.facts import Assign, Branch, Call, Shift
from analyzer.read.handed_calls import NAMES, handed_call
from analyzer.read.values import (
    Attr,
    BinOp,
    CallRef,
    Const,
    Either,
    Element,
    Fmt,
    Item,
    Map,
    Name,
    Opaque,
    Seq,
    Star,
    Value,
)

MAX_TEXT = 20_000
MAX_KEYS = 256
MAX_SHIFTS = 4_000
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Div: "/", ast.Mod: "%",
}  # fmt: skip
_UNNAMED = (Const, Opaque, Fmt, BinOp, Map)
"""What no task is."""
_REGEX_CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
_TALK_CALLS = {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho", "fail"}
_DYNAMIC_CALLS = {
    "getattr", "setattr", "import_module", "__import__", "globals", "vars", "locals", "exec", "eval",
    "walk_packages", "iter_modules", "entry_points", "iter_entry_points",
}  # fmt: skip
_RECOGNISING = {"startswith", "endswith", "search", "match"}
_GROWING_CALLS = {"append", "add", "extend", "insert", "appendleft"}
FORMAT_CALL = "__mldebt_format__"
"""Stands for an f-string in source that was rewritten from a newer syntax (analyzer.read.newer_syntax)."""


def lines_of(nodes: Sequence[ast.expr | ast.keyword]) -> tuple[int, ...]:
    """The line of each node; nothing when all stand on one."""
    if not nodes or nodes[0].lineno == nodes[-1].lineno:
        return ()
    return tuple([node.lineno for node in nodes])


class Expressions(Bindings):
    """Converts expressions; keeps calls, texts, words, attribute uses and the assignments that expressions make (`:=`, comprehensions)."""

    def __init__(self) -> None:
        super().__init__()
        self._convert: dict[type[ast.AST], Callable[..., Value]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.BinOp: self._binary,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.Subscript: self._subscript,
            ast.List: self._sequence,
            ast.Tuple: self._sequence,
            ast.Set: self._sequence,
            ast.Dict: self._dict,
            ast.IfExp: self._ternary,
            ast.BoolOp: self._boolean,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._dict_comprehension,
            ast.NamedExpr: self._walrus,
            ast.Starred: self._starred,
            ast.Await: self._inner,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

    def value(self, node: ast.expr) -> Value:
        """The value of `node`; everything below it has been noted."""
        convert = self._convert.get(type(node))
        if convert is not None:
            return convert(node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
        return Opaque()

    # ---- leaves ----------------------------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, str):
            if value:
                self.note_text(value, node.lineno)
                self.note_query(node, value)
            return Const(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])
        if value is None or isinstance(value, (bool, float)):
            return Const(value)
        if isinstance(value, int):
            # msgpack holds 64-bit integers only
            return Const(value) if -(2**63) <= value < 2**63 else Opaque()
        if isinstance(value, bytes):
            return Opaque("bytes")
        return Opaque()

    def _name(self, node: ast.Name) -> Value:
        self.names[-1].add(node.id)
        self.handed.add(node.id)
        return Name(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        self.handed.add(node.attr)
        return self._called_attribute(node)

    def _called_attribute(self, node: ast.Attribute) -> Value:
        inner = node.value
        self.read_attributes.add(node.attr)
        if node.attr[0] == "_":
            self.note_protected(node, dotted(inner))
        if type(inner) is ast.Name:
            self.names[-1].add(inner.id)
            if inner.id in self.imported:
                self.attributes.setdefault(f"{inner.id}.{node.attr}", node.lineno)
            return Attr(Name(inner.id), node.attr)
        if type(inner) is ast.Attribute:
            chain = dotted(node)
            if chain and chain.partition(".")[0] in self.imported:
                self.attributes.setdefault(chain, node.lineno)
        return Attr(self.value(inner), node.attr)

    # ---- calls -----------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Value:
        func = node.func
        if type(func) is ast.Name and func.id == FORMAT_CALL:
            parts = [self._format_part(arg) for arg in node.args]
            return Fmt(tuple([part for part in parts if part != Const("")]))
        target = self._callee(func)
        name = func.attr if type(func) is ast.Attribute else func.id if type(func) is ast.Name else ""
        outer_role = self.text_role
        if name in _TALK_CALLS or node is self.raised:
            self.text_role = "print"
        elif name in _REGEX_CALLS and type(func) is ast.Attribute and dotted(func.value) in ("re", "regex"):
            self.text_role = "regex"
        elif outer_role == "print" and name in ("join", "format"):
            pass
        elif outer_role:
            self.text_role = ""
        args = tuple([self.value(arg) for arg in node.args[:MAX_ITEMS]])
        keywords: list[tuple[str, Value]] = []
        for keyword in node.keywords:
            role = self.text_role
            if keyword.arg in ("help", "description", "epilog", "pattern", "regex"):
                self.text_role = "regex" if keyword.arg in ("pattern", "regex") else "print"
            if keyword.arg == "dest" and type(keyword.value) is ast.Constant:  # names an option, and is no use of it
                keywords.append(("dest", Const(keyword.value.value if isinstance(keyword.value.value, str) else None)))
            else:
                keywords.append((keyword.arg or "**", self.value(keyword.value)))
            self.text_role = role
        for arg in node.args[MAX_ITEMS:]:
            self.value(arg)
        self.text_role = outer_role
        if name in _RECOGNISING:
            self.note_recognised(node.args[:1])
        if name in _DYNAMIC_CALLS:
            self._note_dynamic(name, node, func)
        if name in _GROWING_CALLS and args and type(func) is ast.Attribute and (grown := dotted(func.value)):
            value = Element(args[-1]) if name in ("extend", "update") else args[-1]
            self.assigns.append(Assign(f"{grown}[]", value, node.lineno, self.scope, self.block, "append", None, self.moment))
        if name in ("update", "setattr"):
            self._note_setting(name, node, args, keywords)
        last = node.end_lineno or node.lineno
        lines = lines_of([*node.args[:MAX_ITEMS], *node.keywords]) if last != node.lineno else ()
        made = handed_call(name, args, keywords) if name in NAMES else None
        if made is not None:
            self.calls.append(Call(*made, node.lineno, last, self.scope, self.block, (), self.moment))
        index = len(self.calls)
        makes = index - 1 if made is not None else -1
        self.calls.append(Call(target, args, tuple(keywords), node.lineno, last, self.scope, self.block, lines, self.moment, makes))
        return CallRef(index)

    def _callee(self, func: ast.expr) -> Value:
        if type(func) is ast.Name:
            self.names[-1].add(func.id)
            return Name(func.id)
        return self._called_attribute(func) if type(func) is ast.Attribute else self.value(func)

    def _note_setting(self, name: str, node: ast.Call, args: tuple[Value, ...], keywords: list[tuple[str, Value]]) -> None:
        """`d.update({…}, k=v)` sets keys of a mapping, `setattr(o, "k", v)` an attribute."""

        def put(target: str, value: Value, kind: str) -> None:
            self.assigns.append(Assign(target, value, node.lineno, self.scope, self.block, kind, None, self.moment))

        if name == "setattr":
            of = dotted(node.args[0]) if len(args) == 3 and type(node.func) is ast.Name else ""
            if of and isinstance(args[1], Const) and isinstance(args[1].value, str) and args[1].value.isidentifier():
                put(f"{of}.{args[1].value}", args[2], "=")
            return
        changed = dotted(node.func.value) if type(node.func) is ast.Attribute else ""
        for key, value in (*(("**", arg) for arg in args[:1]), *keywords) if changed else ():
            if key != "**":
                put(f"{changed}[{key}]", value, "=")
            elif isinstance(value, Map):
                known = [k.value if isinstance(k, Const) and isinstance(k.value, str) else "" for k in value.keys]
                for text, item in zip(known, value.values, strict=True):
                    put(f"{changed}[{text}]", item, "=" if text else "append")
            else:
                put(f"{changed}[]", value, "update")

    def _format_part(self, node: ast.expr) -> Value:
        """A part of a rewritten f-string; a set display holds a field with a format."""
        if type(node) is not ast.Set:
            return self.value(node)
        self.value(node.elts[0])
        return Opaque(dotted(node.elts[0]) or "value")

    def _note_dynamic(self, name: str, node: ast.Call, func: ast.expr) -> None:
        def literal(position: int) -> bool:
            return len(node.args) > position and isinstance(node.args[position], ast.Constant)

        if len(self.dynamic) >= 100:
            return
        if (
            (name in ("getattr", "setattr") and not literal(1) and type(func) is ast.Name)
            or (name in ("import_module", "__import__") and not literal(0))
            or (name in ("globals", "exec", "eval") and type(func) is ast.Name)
            or name in ("walk_packages", "iter_modules", "entry_points", "iter_entry_points")
        ):
            self.dynamic.append(name)
        elif name in ("vars", "locals") and not node.args and type(func) is ast.Name and self.scope == 0:
            self.dynamic.append("globals")  # the same mapping

    # ---- composed --------------------------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if type(node.op) is ast.BitOr:
            return Either((left, right))  # `X | None`, or two mappings merged
        operator = _OPERATORS.get(type(node.op))
        if operator is None and isinstance(node.op, (ast.RShift, ast.LShift)):
            self._shift(node, left, right)
        return BinOp(operator, left, right) if operator else Opaque()

    def _shift(self, node: ast.BinOp, left: Value, right: Value) -> None:
        left, right = self._shifted.get(id(node.left), left), self._shifted.get(id(node.right), right)
        if isinstance(left, _UNNAMED) or isinstance(right, _UNNAMED) or len(self.shifts) >= MAX_SHIFTS:
            return
        self._shifted[id(node)] = right
        line = node.right.lineno
        self.shifts.append(Shift(">>" if isinstance(node.op, ast.RShift) else "<<", left, right, line, self.scope, self.block, self.moment))

    def _joined(self, node: ast.JoinedStr) -> Value:
        self.note_query(node, " ".join([str(part.value) for part in node.values if isinstance(part, ast.Constant)]))
        return Fmt(tuple([self.value(part) for part in node.values]))

    def _formatted(self, node: ast.FormattedValue) -> Value:
        if node.format_spec is not None:
            # `{step:06d}` is not the text of `step`: only its name is of use, unless it is a known number
            spec, value = self.value(node.format_spec), self.value(node.value)
            plain = spec.parts[0] if isinstance(spec, Fmt) and len(spec.parts) == 1 else None
            if isinstance(plain, Const) and isinstance(value, (Name, Attr, Const, BinOp)):
                return BinOp("format", value, plain)
            return Opaque(dotted(node.value) or "value")
        return self.value(node.value)

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.value(node.value)
        if isinstance(node.slice, ast.Slice):
            bounds = [node.slice.lower, node.slice.upper, node.slice.step]
            for part in bounds:
                if part is not None:
                    self.value(part)
            shown = ["" if part is None else _number(part) for part in bounds]
            return Item(value, Opaque(":".join(shown[: 3 if shown[2] else 2])))
        return Item(value, self.value(node.slice))

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        items: list[Value] = []
        for element in node.elts:
            if len(items) < MAX_ITEMS:
                items.append(self.value(element))
            elif type(element) is not ast.Constant or isinstance(element.value, str):
                self.value(element)
        return Seq(tuple(items), lines_of(node.elts[:MAX_ITEMS]))

    def _dict(self, node: ast.Dict) -> Value:
        keys: list[Value] = []
        values: list[Value] = []
        for key, value in zip(node.keys, node.values, strict=True):
            converted_key = Opaque("**") if key is None else self.value(key)
            converted = self.value(value)
            if len(keys) < MAX_KEYS:
                keys.append(converted_key)
                values.append(converted)
        return Map(tuple(keys), tuple(values), lines_of([k or v for k, v in zip(node.keys, node.values, strict=True)][:MAX_KEYS]))

    def _ternary(self, node: ast.IfExp) -> Value:
        test = self.test(node.test)
        first = len(self.calls)
        body = self.value(node.body)
        middle = len(self.calls)
        orelse = self.value(node.orelse)
        if test is not None:
            self.branches.append(
                Branch(
                    "ternary", test, ast.unparse(node.test), node.lineno, self.scope,
                    (node.body.lineno, node.body.end_lineno or node.body.lineno), 1,
                    (node.orelse.lineno, node.orelse.end_lineno or node.orelse.lineno), 1,
                    self.called(first, middle), self.called(middle, len(self.calls)),
                )
            )  # fmt: skip
        return Either((body, orelse))

    def _boolean(self, node: ast.BoolOp) -> Value:
        return Either(tuple([self.value(part) for part in node.values]))

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, Const) and isinstance(value.value, (int, float)):
            return Const(-value.value)
        return Opaque()

    def _compare(self, node: ast.Compare) -> Value:
        role, self.text_role = self.text_role, "compare"
        if type(node.ops[0]) in (ast.In, ast.NotIn):
            self.note_recognised((node.left,))
        self.value(node.left)
        for comparator in node.comparators:
            self.value(comparator)
        self.text_role = role
        return Opaque()

    def _starred(self, node: ast.Starred) -> Value:
        return Star("*", self.value(node.value))

    def _inner(self, node: ast.Await) -> Value:
        return self.value(node.value)

    # ---- tests whose outcome may be constant -----------------------------------------------------------------------

    def test(self, node: ast.expr) -> Value | None:
        """The test as Const/Name/Attr/Logic/Compare when it is made of these only, else None; its parts have been noted."""
        self.value(node)
        return foldable(node)


def _number(node: ast.expr) -> str:
    """A bound of a slice as written, `?` when it is no whole number."""
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    if not (isinstance(inner, ast.Constant) and type(inner.value) is int and inner.value < 2**31):
        return "?"
    return f"{'' if inner is node else '-'}{inner.value}"
