"""Functions and the code outside of them, normalised so that the graph can find copies (RULES.md GLU004, clone engine E5).

`clone_unit` is called for every function of every file, so the cheap tests come first: how many statements it has, then what each
statement calls (its outermost call chain only).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from analyzer.read.expression_text import ExpressionText, bound_names, in_order, last_name
from analyzer.read.facts import CloneUnit
from analyzer.read.statement_classes import CALLEES, LOG_FUNCTIONS, LOG_METHODS, LOG_RECEIVERS, QUALIFIED, VERBS

MIN_ROWS = 4
"""Shorter functions tell nothing, not even as part of a copied file."""
MIN_STATEMENTS = 3
"""Functions of fewer are not looked at unless one of them is a long selection: a cheap test that settles most of them."""
MIN_NODES = 26
"""Of the syntax tree of a long selection, which asks for two things: about four lines, however they are broken."""
MAX_STATEMENTS = 300
MAX_TOP_STATEMENTS = 3000
MAX_ROWS = 5000
"""Of a table more tells nothing new."""
LAYERS = frozenset("__init__ forward call build extra_repr reset_parameters init_weights _init_weights __repr__ __len__ __call__".split())
"""Left out unless most of them is glue: in models they make up most of the text, and layers are copied on purpose."""
SPLIT_FROM = 64
"""A statement of so many characters, local names as `$0`, is compared argument by argument: it would hardly stand on one line. How it
stands in its file does not matter."""

_COMPOUND = frozenset({ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match})

_MAIN: dict[type[ast.AST], str] = {
    ast.Assign: "value", ast.AnnAssign: "value", ast.AugAssign: "value", ast.Expr: "value", ast.Return: "value", ast.With: "items",
    ast.AsyncWith: "items", ast.For: "iter", ast.AsyncFor: "iter", ast.If: "test", ast.While: "test", ast.Assert: "test",
}  # fmt: skip
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_HEADERS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Assert)
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.Subscript)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class _Counted:
    statements: list[ast.AST] = field(default_factory=list)
    """Statements and, for compound ones, their headers, in source order."""
    glue: int = 0
    judged: int = 0
    names: set[str] = field(default_factory=set)
    """Names and parameters of functions defined inside."""
    nested: bool = True
    """Are the bodies of functions defined inside part of it?"""
    most: int = MAX_STATEMENTS


def clone_unit(node: Function, scope: int) -> CloneUnit | None:
    """The function as a unit of the clone engine, None when it is very short or very long. `scope` is its index in the facts."""
    counted = _Counted()
    _count(node.body, counted)
    if len(counted.statements) > MAX_STATEMENTS:
        return None
    if node.name in LAYERS and 2 * counted.glue < counted.judged:
        return None
    return _unit(counted, _parameters(node), scope)


def is_selection(statement: ast.stmt) -> bool:
    """Does it return one long comprehension? That may be as much as several statements."""
    if not isinstance(statement, ast.Return) or not isinstance(statement.value, _COMPREHENSIONS):
        return False
    return sum(1 for _ in islice(ast.walk(statement.value), MIN_NODES)) == MIN_NODES


def top_unit(node: ast.Module) -> CloneUnit | None:
    """What a file does outside of functions and classes: a script's own code, the cells of a notebook. Its `scope` is 0."""
    counted = _Counted(nested=False, most=MAX_TOP_STATEMENTS)
    _count(node.body, counted)
    return _unit(counted, set(), 0)


def _unit(counted: _Counted, parameters: set[str], scope: int) -> CloneUnit | None:
    rows = list(islice(_rows(counted.statements, ExpressionText(_local_names(parameters, counted))), MAX_ROWS))
    if len(rows) < MIN_ROWS:
        return None
    glue = round(counted.glue / counted.judged, 3) if counted.judged else 0.0
    return CloneUnit(scope, tuple(text for text, _ in rows), tuple(line for _, line in rows), glue)


# ---- what the statements do ----------------------------------------------------------------------------------------------------------


def _count(body: Sequence[ast.stmt], counted: _Counted) -> None:
    for node in body:
        if len(counted.statements) > counted.most:
            return
        kind = type(node)
        if kind is ast.Expr and _is_talk(node.value):  # type: ignore[attr-defined]
            continue
        if kind in (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal):
            continue
        if kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            if counted.nested:
                _nested(node, counted)
            continue
        if kind is ast.AnnAssign and node.value is None:  # type: ignore[attr-defined]
            continue
        counted.statements.append(node)
        _judge(node, counted)
        if kind in _COMPOUND:
            _inside(node, counted)


def _nested(node: ast.stmt, counted: _Counted) -> None:
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    counted.names.add(node.name)
    if not isinstance(node, ast.ClassDef):
        counted.names |= _parameters(node)
    _count(node.body, counted)


def _inside(node: ast.stmt, counted: _Counted) -> None:
    _count(getattr(node, "body", ()), counted)
    for case in getattr(node, "cases", ()):
        _count(case.body, counted)
    for handler in getattr(node, "handlers", ()):
        counted.statements.append(handler)
        _count(handler.body, counted)
    _count(getattr(node, "orelse", ()), counted)
    _count(getattr(node, "finalbody", ()), counted)


def _judge(node: ast.stmt, counted: _Counted) -> None:
    """Count the statement; control flow, constants and `return name` are neither for nor against glue unless they call something."""
    expression = _main_expression(node)
    if expression is None:
        return
    if _is_glue(expression):
        counted.glue += 1
        counted.judged += 1
    elif not isinstance(node, _HEADERS) and not isinstance(expression, _PLAIN):
        counted.judged += 1


def _main_expression(node: ast.stmt) -> ast.expr | None:
    field = _MAIN.get(type(node))
    if field == "items":
        return node.items[0].context_expr  # type: ignore[attr-defined, no-any-return]
    return getattr(node, field) if field is not None else None


def _is_glue(node: ast.expr) -> bool:
    """Does the call chain, or a direct argument of it, read, write, convert or build paths? A plain move `record["a"]` is a conversion."""
    while isinstance(node, (ast.UnaryOp, ast.Await)):
        node = node.operand if isinstance(node, ast.UnaryOp) else node.value
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.value, ast.Name):
        return True
    if isinstance(node, ast.Attribute):
        return node.attr == "values"
    if not isinstance(node, ast.Call):
        return False
    return _chain_is_glue(node) or any(isinstance(part, ast.Call) and _chain_is_glue(part) for part in node.args)


def _chain_is_glue(node: ast.expr) -> bool:
    """`a.b(…).c(…)`: is `c` or `b` glue?"""
    while True:
        if isinstance(node, ast.Call):
            func = node.func
            if isinstance(func, ast.Attribute):
                name, node = func.attr, func.value
                if name in CALLEES or f"{last_name(node)}.{name}" in QUALIFIED:
                    return True
            elif isinstance(func, ast.Name):
                return func.id in CALLEES or func.id.partition("_")[0] in VERBS
            else:
                return False
            if name.partition("_")[0] in VERBS:
                return True
        elif isinstance(node, (ast.Subscript, ast.Await, ast.Attribute)):
            node = node.value
        else:
            return False


def _is_talk(node: ast.expr) -> bool:
    """A docstring, a bare literal, a print or a log call."""
    if isinstance(node, ast.Constant):
        return True
    if not isinstance(node, ast.Call):
        return False
    func = node.func
    if isinstance(func, ast.Name):
        return func.id in LOG_FUNCTIONS
    return isinstance(func, ast.Attribute) and func.attr in LOG_METHODS and last_name(func.value) in LOG_RECEIVERS


# ---- normalised text -----------------------------------------------------------------------------------------------------------------


def _local_names(parameters: set[str], counted: _Counted) -> set[str]:
    """Parameters and what statements bind; the targets of comprehensions are added when they are written."""
    names = parameters | counted.names
    for statement in counted.statements:
        if isinstance(statement, ast.Assign):
            targets: Sequence[ast.expr | None] = statement.targets
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            targets = [item.optional_vars for item in statement.items]
        elif isinstance(statement, ast.ExceptHandler):
            names.add(statement.name or "")
            continue
        else:
            targets = [getattr(statement, "target", None)]
        for target in targets:
            if target is not None:
                names.update(bound_names(target))
    return names


def _parameters(node: Function) -> set[str]:
    args = node.args
    return {a.arg for a in [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)]}


def _rows(statements: Sequence[ast.AST], write: ExpressionText) -> Iterator[tuple[str, int]]:
    for node in statements:
        write.new_line()
        head, value = _head(node, write)
        line: int = getattr(node, "lineno", 0)
        if value is None:
            yield head, line
        else:
            yield from _value_rows(head, value, line, write)


def _value_rows(head: str, value: ast.expr, line: int, write: ExpressionText) -> Iterator[tuple[str, int]]:
    """One row, or a row for each argument or item when the value is long."""
    whole = head + write.text(value)
    tall = len(whole) >= SPLIT_FROM
    if tall and isinstance(value, ast.Call) and len(value.args) + len(value.keywords) > 1:
        yield f"{head}{write.text(value.func)}(", line
        parts: list[ast.expr | ast.keyword] = [*value.args, *in_order(value.keywords)]
        for part in parts:
            if isinstance(part, ast.keyword):
                yield from _value_rows(f"{part.arg}=" if part.arg else "**", part.value, part.lineno, write)
            else:
                yield from _value_rows("", part, part.lineno, write)
    elif tall and isinstance(value, ast.Dict) and len(value.values) > 1:
        yield f"{head}{{", line
        for text, item in zip(write.pairs(value), value.values, strict=True):
            yield text, item.lineno
    elif tall and isinstance(value, (ast.List, ast.Tuple, ast.Set)) and len(value.elts) > 1:
        yield f"{head}[", line
        for element in value.elts:
            yield from _value_rows("", element, element.lineno, write)
    elif tall and isinstance(value, _COMPREHENSIONS):
        yield f"{head}[", line
        yield from _comprehension_rows(value, write)
    else:
        yield whole, line


def _comprehension_rows(
    value: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, write: ExpressionText
) -> Iterator[tuple[str, int]]:
    """The element, then each loop and each condition."""
    element = value.key if isinstance(value, ast.DictComp) else value.elt
    pair = f": {write.text(value.value)}" if isinstance(value, ast.DictComp) else ""
    yield write.text(element) + pair, element.lineno
    for loop in value.generators:
        yield f"for {write.text(loop.target)} in {write.text(loop.iter)}", loop.iter.lineno
        for test in loop.ifs:
            for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else (test,):
                yield f"if {write.text(part)}", part.lineno


def _head(node: ast.AST, write: ExpressionText) -> tuple[str, ast.expr | None]:
    """The text before a statement's main expression, and that expression."""
    match node:
        case ast.Assign():
            return " = ".join(write.all(node.targets)) + " = ", node.value
        case ast.AnnAssign():
            return f"{write.text(node.target)} = ", node.value
        case ast.AugAssign():
            return f"{write.text(node.target)} {type(node.op).__name__}= ", node.value
        case ast.Expr():
            return "", node.value
        case ast.Return():
            return "return ", node.value
        case ast.If():
            return "if ", node.test
        case ast.While():
            return "while ", node.test
        case ast.For() | ast.AsyncFor():
            return f"for {write.text(node.target)} in ", node.iter
        case ast.With() | ast.AsyncWith():
            item = node.items[0]
            return f"with {write.text(item.optional_vars)} = " if item.optional_vars else "with ", item.context_expr
        case ast.ExceptHandler():
            return "except ", node.type
        case ast.Raise():
            return "raise ", node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        case ast.Assert():
            return "assert ", node.test
        case ast.Delete():
            return "del " + ", ".join(write.all(node.targets)), None
        case _:
            return type(node).__name__.lower(), None
