"""Python expressions to values: one walk that also notes every call, string and attribute on its way."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from analyzer.read.facts import Assign, Block, Branch, Call, Shift, Text
from analyzer.read.handed_calls import NAMES, handed_call
from analyzer.read.sql_places import may_be_query
from analyzer.read.values import (
    Attr,
    BinOp,
    CallRef,
    Compare,
    Const,
    Either,
    Element,
    Fmt,
    Item,
    Logic,
    Map,
    Name,
    Opaque,
    Seq,
    Star,
    Value,
    Within,
)

MAX_TEXT = 20_000
MAX_ITEMS = 64
MAX_KEYS = 256
MAX_SHIFTS = 4_000
MAX_YIELDS = 8
_WORD = re.compile(r"[\w./\\:@{}*+~-]{2,200}\Z")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?\Z")
_PATHLIKE = re.compile(r"[^\s]*[/\\][^\n]*\Z")
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Div: "/", ast.Mod: "%",
}  # fmt: skip
_UNNAMED = (Const, Opaque, Fmt, BinOp, Map)
"""What no task is."""
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_REGEX_CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
_TALK_CALLS = {"print", "debug", "info", "warning", "warn", "error", "exception", "critical", "log", "echo", "secho", "fail"}
_GROWING_CALLS = {"append", "add", "extend", "insert", "appendleft"}
FORMAT_CALL = "__mldebt_format__"
"""Stands for an f-string in source that was rewritten from a newer syntax (analyzer.read.newer_syntax)."""


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


def lines_of(nodes: Sequence[ast.expr | ast.keyword]) -> tuple[int, ...]:
    """The line of each node; nothing when all stand on one."""
    if not nodes or nodes[0].lineno == nodes[-1].lineno:
        return ()
    return tuple([node.lineno for node in nodes])


class Expressions:
    """Converts expressions; keeps calls, texts, words, attribute uses and the assignments that expressions make (`:=`, comprehensions)."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.texts: list[Text] = []
        self.words: set[str] = set()
        self.assigns: list[Assign] = []
        self.branches: list[Branch] = []
        self.shifts: list[Shift] = []
        self._shifted: dict[int, Value] = {}
        """id of a shift's node → what tasks make of it: its right side."""
        self.dynamic: list[str] = []
        self.attributes: dict[str, int] = {}
        self.imported: set[str] = set()
        self.queries: list[tuple[int, int, int]] = []
        """(first line, last line, scope) of string literals that may be SQL."""
        self.scope = 0
        self.block = 0
        self.blocks: list[Block] = [Block(-1, "module")]
        self.text_role = ""
        self.yields: list[list[Value]] = []
        """What the functions around yield so far, the innermost last."""
        self.names: list[set[str]] = [set()]
        """The names read so far in the module and in the functions around, the innermost last."""
        self.read_attributes: set[str] = set()
        self.handed: set[str] = set()
        """Names and attributes read without being called."""
        self.raised: ast.expr | None = None
        """The exception that a `raise` makes: its arguments are told to people."""
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

    @property
    def moment(self) -> int:
        """Where the walk is in the order of assignments and calls (`Assign.at`)."""
        return len(self.assigns) + len(self.calls)

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
                self._note_query(node, value)
            return Const(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])
        if value is None or isinstance(value, (bool, float)):
            return Const(value)
        if isinstance(value, int):
            # msgpack holds 64-bit integers only
            return Const(value) if -(2**63) <= value < 2**63 else Opaque()
        if isinstance(value, bytes):
            return Opaque("bytes")
        return Opaque()

    def note_text(self, text: str, line: int) -> None:
        if len(text) <= 200 and _WORD.match(text):
            self.words.add(text)
            if "." in text and _DOTTED.match(text):
                self.texts.append(Text(text, line, self.scope, "name"))
        if ("/" in text or "\\" in text) and len(text) <= 1000 and _PATHLIKE.match(text):
            self.texts.append(Text(text, line, self.scope, self.text_role))

    def _note_query(self, node: ast.Constant | ast.JoinedStr, text: str) -> None:
        """Remember where a literal stands that may name tables; the pieces of an f-string lie inside it."""
        if not may_be_query(text):
            return
        last = node.end_lineno or node.lineno
        if not (self.queries and node.lineno >= self.queries[-1][0] and last <= self.queries[-1][1]):
            self.queries.append((node.lineno, last, self.scope))

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
        keywords = []
        for keyword in node.keywords:
            role = self.text_role
            if keyword.arg in ("help", "description", "epilog", "pattern", "regex"):
                self.text_role = "regex" if keyword.arg in ("pattern", "regex") else "print"
            keywords.append((keyword.arg or "**", self.value(keyword.value)))
            self.text_role = role
        for arg in node.args[MAX_ITEMS:]:
            self.value(arg)
        self.text_role = outer_role
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
        self._note_query(node, " ".join([str(part.value) for part in node.values if isinstance(part, ast.Constant)]))
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

    def called(self, first: int, last: int) -> tuple[str, ...]:
        """Last segments of the functions called between two positions of `calls`, at most 32."""
        names = []
        for call in self.calls[first : min(last, first + 32)]:
            if isinstance(call.func, Attr):
                names.append(call.func.name)
            elif isinstance(call.func, Name):
                names.append(call.func.id)
        return tuple(names)

    def _boolean(self, node: ast.BoolOp) -> Value:
        return Either(tuple([self.value(part) for part in node.values]))

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, Const) and isinstance(value.value, (int, float)):
            return Const(-value.value)
        return Opaque()

    def _compare(self, node: ast.Compare) -> Value:
        role, self.text_role = self.text_role, "compare"
        self.value(node.left)
        for comparator in node.comparators:
            self.value(comparator)
        self.text_role = role
        return Opaque()

    # ---- binding expressions ---------------------------------------------------------------------------------------

    def enter(self, kind: str) -> int:
        """Open a block of that kind inside the current one; gives the current one, to return to."""
        outer = self.block
        self.blocks.append(Block(outer, kind))
        self.block = len(self.blocks) - 1
        return outer

    def _generators(self, generators: list[ast.comprehension]) -> int:
        """Note the variables of a comprehension, in a block of their own; gives the block around it."""
        first = self.value(generators[0].iter)
        outer = self.enter("comprehension")
        for position, generator in enumerate(generators):
            element: Value = Element(self.value(generator.iter) if position else Within(outer, first))
            for condition in generator.ifs:
                ending = _ending(condition)
                if ending is not None and isinstance(generator.target, ast.Name) and ending[0] == generator.target.id:
                    element = BinOp("endswith", element, Const(ending[1]))
            self.bind(generator.target, element, "comprehension")
            for condition in generator.ifs:
                self.value(condition)
        return outer

    def narrow(self, test: ast.expr) -> None:
        """Note what a test says of a name in the suite that it guards."""
        ending = _ending(test)
        if ending is not None:
            value = BinOp("endswith", Name(ending[0]), Const(ending[1]))
            self.assigns.append(Assign(ending[0], value, test.lineno, self.scope, self.block, "narrow", None, self.moment))

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

    def _starred(self, node: ast.Starred) -> Value:
        return Star("*", self.value(node.value))

    def _inner(self, node: ast.Await) -> Value:
        return self.value(node.value)

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

    # ---- tests whose outcome may be constant -----------------------------------------------------------------------

    def test(self, node: ast.expr) -> Value | None:
        """The test as Const/Name/Attr/Logic/Compare when it is made of these only, else None; its parts have been noted."""
        self.value(node)
        return _foldable(node)


def _ending(test: ast.expr) -> tuple[str, str] | None:
    """(name, text) of a test `name.endswith("text")`, alone or with others that must hold as well."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return next((found for part in test.values if (found := _ending(part)) is not None), None)
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute) and test.func.attr == "endswith" and len(test.args) == 1:
        name, text = test.func.value, test.args[0]
        if isinstance(name, ast.Name) and isinstance(text, ast.Constant) and isinstance(text.value, str):
            return name.id, text.value
    return None


def _number(node: ast.expr) -> str:
    """A bound of a slice as written, `?` when it is no whole number."""
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    if not (isinstance(inner, ast.Constant) and type(inner.value) is int and inner.value < 2**31):
        return "?"
    return f"{'' if inner is node else '-'}{inner.value}"


_DYNAMIC_CALLS = {
    "getattr", "setattr", "import_module", "__import__", "globals", "exec", "eval",
    "walk_packages", "iter_modules", "entry_points", "iter_entry_points",
}  # fmt: skip


def _foldable(node: ast.expr) -> Value | None:
    if isinstance(node, ast.Constant):
        fits = node.value is None or isinstance(node.value, (str, bool, float)) or (isinstance(node.value, int) and abs(node.value) < 2**63)
        return Const(node.value) if fits else None  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return Name(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return Attr(Name(node.value.id), node.attr)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _foldable(node.operand)
        return None if inner is None else Logic("not", (inner,))
    if isinstance(node, ast.BoolOp):
        # `False and f(x)` folds although f(x) does not: what is not foldable stays Opaque, never decisive
        parts = tuple(_foldable(part) or Opaque() for part in node.values)
        if all(isinstance(part, Opaque) for part in parts):
            return None
        return Logic("and" if isinstance(node.op, ast.And) else "or", parts)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _foldable(node.left), _foldable(node.comparators[0]) or _literals(node.comparators[0])
        if left is not None and right is not None:
            return Compare(_COMPARISONS[type(node.ops[0])], left, right)
    return None


def _literals(node: ast.expr) -> Value | None:
    """A display of literals, for `x in ("a", "b")`."""
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and 0 < len(node.elts) <= MAX_ITEMS:
        items = tuple(_foldable(element) for element in node.elts)
        if all(isinstance(item, Const) for item in items):
            return Seq(items)  # type: ignore[arg-type]
    return None
