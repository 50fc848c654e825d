"""Code that no execution enters, told from its own file: behind an exit, behind a handler or a test that takes everything first."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterator, Sequence

from analyzer.read.facts import Idle

_EXITS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_MAY_LEAVE = frozenset((*_EXITS, ast.Expr, ast.If, ast.While, ast.Try))
_EXIT_CALLS = frozenset({"sys.exit", "exit", "quit", "os._exit"})
_PURE_CALLS = frozenset(
    {"isinstance", "issubclass", "len", "hasattr", "startswith", "endswith", "callable", "lower", "upper", "strip", "type"}
)
_PURE = (
    ast.Name, ast.Attribute, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Subscript, ast.Tuple, ast.List, ast.Set,
    ast.cmpop, ast.boolop, ast.unaryop, ast.operator, ast.expr_context, ast.Call,
)  # fmt: skip
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.UnaryOp, ast.unaryop, ast.expr_context)
"""What a `return` for the reader gives back: nothing is worked out."""
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_UNDERIVED = frozenset({"CancelledError"})

Condition = frozenset[str]
"""Tests that must all hold, each as the text of its tree."""


# ---- behind an exit -----------------------------------------------------------------------------------------------------


def after_exit(body: Sequence[ast.stmt], scope: int) -> Idle | None:
    """What stands in a suite behind a statement that always leaves it; None when that is nothing, or does nothing.

    A `yield` behind a `return` makes a generator of its function, and a lone `return`, `raise`, `break` or `pass` is there for the reader.
    """
    for position, node in enumerate(body[:-1]):
        if not leaves(node):
            continue
        rest = body[position + 1 :]
        if all(_says_nothing(statement) for statement in rest) or _is_generator_mark(rest):
            return None
        return Idle("exit", rest[0].lineno, _last_line(rest), count(rest), scope, node.end_lineno or node.lineno, _exit_word(node))
    return None


def leaves(node: ast.stmt) -> bool:
    """Whether nothing behind the statement in its suite runs, whatever the values are."""
    kind = type(node)
    if kind not in _MAY_LEAVE:
        return False
    if kind in _EXITS:
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and _name(node.value.func) in _EXIT_CALLS
    if isinstance(node, ast.If):
        return bool(node.orelse) and _suite_leaves(node.body) and _suite_leaves(node.orelse)
    if isinstance(node, ast.While):
        return isinstance(node.test, ast.Constant) and bool(node.test.value) and not node.orelse and not _breaks(node.body)
    if isinstance(node, ast.Try):
        inside = _suite_leaves(node.body) or _suite_leaves(node.orelse)
        return _suite_leaves(node.finalbody) or (inside and all(_suite_leaves(handler.body) for handler in node.handlers))
    return False


def _suite_leaves(body: Sequence[ast.stmt]) -> bool:
    return any(leaves(node) for node in body)


def _breaks(body: Sequence[ast.stmt]) -> bool:
    """Whether a `break` in the body of a loop leaves that loop."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, _LOOPS):
            stack.extend(node.orelse)  # a `break` there belongs to the loop around
        elif not isinstance(node, _OWN_SCOPE):
            stack.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)))
    return False


def _says_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        parts = () if node.value is None else ast.walk(node.value)
        return all(isinstance(part, _PLAIN) for part in parts)
    return isinstance(node, (ast.Pass, ast.Raise, ast.Break, ast.Continue, ast.Assert)) or (
        isinstance(node, ast.Expr) and (isinstance(node.value, ast.Constant) or leaves(node))
    )


def _is_generator_mark(rest: Sequence[ast.stmt]) -> bool:
    return len(rest) <= 2 and any(isinstance(node, (ast.Yield, ast.YieldFrom)) for part in rest for node in ast.walk(part))


def _exit_word(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return f"{_name(node.value.func)}()"
    words = {ast.While: "while True", ast.If: "if … else", ast.Try: "try"}
    return next((word for kind, word in words.items() if isinstance(node, kind)), type(node).__name__.lower())


# ---- behind a handler ---------------------------------------------------------------------------------------------------


def caught_before(handlers: Sequence[ast.ExceptHandler], scope: int, own_names: Collection[str]) -> Iterator[Idle]:
    """Handlers of exceptions that an earlier clause of the same `try` has caught. `own_names` may not be the builtins they look like."""
    before: dict[str, int] = {}
    for handler in handlers:
        names = _caught(handler)
        catchers = [_catcher(name, before, own_names) for name in names]
        if names and all(catchers):
            line, earlier = before[catchers[0] or ""], catchers[0]
            yield Idle("handler", handler.lineno, _last_line(handler.body), count(handler.body), scope, line, f"except {earlier}")
        for name in names:
            before.setdefault(name, handler.lineno)


def _caught(handler: ast.ExceptHandler) -> list[str]:
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type is not None else []
    names = [_name(part) for part in parts]
    return names if all(names) else []


def _catcher(name: str, before: Collection[str], own_names: Collection[str]) -> str | None:
    """The earlier clause that catches what `name` names."""
    if name in before:
        return name
    mine = getattr(builtins, name, None) if name not in own_names else None
    for earlier in before:
        base = getattr(builtins, earlier, None) if earlier not in own_names else None
        if not (isinstance(base, type) and issubclass(base, BaseException)):
            continue
        if isinstance(mine, type) and issubclass(mine, base):
            return earlier
        last = name.rpartition(".")[2]
        if mine is None and base is Exception and last.endswith(("Error", "Exception")) and last not in _UNDERIVED:
            return earlier
    return None


# ---- behind a test ------------------------------------------------------------------------------------------------------


def tested_before(node: ast.If, scope: int) -> Iterator[Idle]:
    """Branches of one `if … elif …` whose test holds only where an earlier one held, or asks for two things at once."""
    if not _has_elif(node) and not _has_and(node.test):
        return  # a lone test of one thing: most of them
    taken: dict[Condition, int] = {}
    arm: ast.If | None = node
    while arm is not None:
        ways = _ways(arm.test) if _is_pure(arm.test) else []
        covered = [next((line for earlier, line in taken.items() if earlier <= way), 0) for way in ways]
        if ways and all(_contradicts(way) for way in ways):
            yield _idle_arm(arm, scope, arm.lineno, "asks for two things that exclude each other")
        elif ways and all(covered):
            yield _idle_arm(arm, scope, covered[0], "repeats an earlier test")
        for way in ways:
            taken.setdefault(way, arm.lineno)
        arm = arm.orelse[0] if _has_elif(arm) else None  # type: ignore[assignment]


def _has_elif(node: ast.If) -> bool:
    return len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)


def _has_and(test: ast.expr) -> bool:
    """Whether some way in which the test can hold asks for more than one thing."""
    return isinstance(test, ast.BoolOp) and (isinstance(test.op, ast.And) or any(_has_and(part) for part in test.values))


def _idle_arm(arm: ast.If, scope: int, line: int, why: str) -> Idle:
    return Idle("test", arm.lineno, _last_line(arm.body), count(arm.body), scope, line, why, ast.unparse(arm.test)[:200])


def _is_pure(test: ast.expr) -> bool:
    """Whether asking twice gives the same answer: names, items, comparisons, and calls that only look."""
    return all(
        _name(node.func).rpartition(".")[2] in _PURE_CALLS if isinstance(node, ast.Call) else isinstance(node, _PURE)
        for node in ast.walk(test)
    )


def _ways(test: ast.expr) -> list[Condition]:
    """The ways in which a test can hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        return [way for part in test.values for way in _ways(part)][:64]
    if isinstance(test, ast.BoolOp):
        return [frozenset(_text(part) for part in test.values)]
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.In):
        items = test.comparators[0]
        if isinstance(items, (ast.Tuple, ast.List, ast.Set)) and items.elts and all(isinstance(e, ast.Constant) for e in items.elts):
            return [frozenset({_text(ast.Compare(test.left, [ast.Eq()], [element]))}) for element in items.elts[:64]]
    return [frozenset({_text(test)})]


def _text(node: ast.expr) -> str:
    return ast.unparse(node)


def _contradicts(way: Condition) -> bool:
    if any(f"not {part}" in way for part in way):
        return True
    equal = [part for part in way if " == " in part]
    wanted: dict[str, object] = {}
    for tree in [ast.parse(part, mode="eval").body for part in equal] if len(equal) > 1 else ():
        if isinstance(tree, ast.Compare) and len(tree.ops) == 1 and isinstance(tree.ops[0], ast.Eq):
            value = tree.comparators[0]
            if isinstance(value, ast.Constant) and wanted.setdefault(_text(tree.left), value.value) != value.value:
                return True
    return False


# ---- suites -------------------------------------------------------------------------------------------------------------


def count(body: Sequence[ast.stmt]) -> int:
    """Statements in a suite, nested ones included; docstrings and bare `pass`/`...` are nothing."""
    total = 0
    stack: list[ast.stmt] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        total += 1
        for name in ("body", "orelse", "finalbody"):
            stack.extend(getattr(node, name, ()))
        for handler in getattr(node, "handlers", ()):
            stack.extend(handler.body)
    return total


def _last_line(body: Sequence[ast.stmt]) -> int:
    return body[-1].end_lineno or body[-1].lineno


def _name(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else f"…{'.'.join(reversed(parts))}" if parts else ""
