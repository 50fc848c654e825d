"""Suites of statements: what in them never runs, and which settings are overwritten before anything reads them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from analyzer.read.expressions import Expressions
from analyzer.read.facts import Idle, Overwritten, Param
from analyzer.read.unreachable import after_exit, caught_before, tested_before
from analyzer.read.values import Name

KEPT = "="
"""Stands before a name that was read only to become an attribute."""
_LOCAL_NAMES = frozenset({"locals", "vars", "eval", "exec", "super"})
_LOOKS_UP = frozenset({"get", "getenv", "pop", "getint", "getfloat", "getboolean"})


class Suites(Expressions):
    """Walks the statements of a suite in order; `visitors` says what to do with each kind."""

    def __init__(self) -> None:
        super().__init__()
        self.visitors: dict[type[ast.AST], Callable[..., None]] = {}
        self.statements = 0
        """How many the walk has come by."""
        self.idle: list[Idle] = []
        self.overwritten: list[Overwritten] = []
        self._kept: list[tuple[int, str, str]] = []
        """(scope, name, attribute) of each `self.a = a`."""
        self._elifs: set[int] = set()
        """id of each `if` that is the `elif` of another: asked together with that one."""

    def suite(self, body: Sequence[ast.stmt], params: Sequence[str] = ()) -> None:
        """Walk the statements; `params` are those of the function whose body it is."""
        if len(body) > 1 and (idle := after_exit(body, self.scope)) is not None:
            self.idle.append(idle)
        waiting: dict[str, tuple[int, str, int]] = dict.fromkeys(params, (0, "", -1))
        for number, node in enumerate(body):
            self.statements += 1
            if waiting:
                self.names.append(set())
                self._visit(node)
                read = self.names.pop()
                self.names[-1] |= read
                self._note_overwritten(node, number, waiting, read)
            else:
                self._visit(node)
            self._await_reading(node, number, waiting)

    def _visit(self, node: ast.stmt) -> None:
        visit = self.visitors.get(type(node))
        if visit is not None:
            visit(node)
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)

    # ---- settings that are overwritten -----------------------------------------------------------------------------

    def _note_overwritten(self, node: ast.stmt, number: int, waiting: dict[str, tuple[int, str, int]], read: set[str]) -> None:
        if not _LOCAL_NAMES.isdisjoint(read):
            waiting.clear()
            return
        for name in [name for name in waiting if name in read or KEPT + name in read]:
            del waiting[name]
        target = _only_target(node)
        if target in waiting and isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            line, source, before = waiting.pop(target)
            by = ast.unparse(node.value)[:80]
            self.overwritten.append(Overwritten(target, source, line, node.lineno, by, self.scope, number == before + 1))

    def _await_reading(self, node: ast.stmt, number: int, waiting: dict[str, tuple[int, str, int]]) -> None:
        target = _only_target(node)
        if target and isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and _is_setting(node.value):
            waiting[target] = (node.lineno, ast.unparse(node.value)[:80], number)

    def kept(self, node: ast.Assign) -> Name | None:
        """The value of `self.a = a`; None for other assignments."""
        target = node.targets[0]
        if not (isinstance(node.value, ast.Name) and isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
            return None
        if target.value.id != "self" or len(node.targets) != 1:
            return None
        self.names[-1].add(KEPT + node.value.id)
        self.handed.add(node.value.id)
        self._kept.append((self.scope, node.value.id, target.attr))
        return Name(node.value.id)

    def unread(self, params: Sequence[Param]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The parameters of the function just walked that nothing in it reads, and those that only become attributes.

        `locals()` and its kin read all of them.
        """
        read = self.names.pop()
        self.names[-1] |= read
        kept: dict[str, str] = {}
        while self._kept and self._kept[-1][0] >= self.scope:
            scope, name, attribute = self._kept.pop()
            if scope == self.scope:
                kept[name] = attribute
        if not _LOCAL_NAMES.isdisjoint(read - {"super"}):
            return (), ()
        never = [param.name for param in params if param.name not in read]
        return (
            tuple(name for name in never if KEPT + name not in read),
            tuple((name, kept[name]) for name in never if name in kept),
        )

    # ---- what never runs -------------------------------------------------------------------------------------------

    def note_tests(self, node: ast.If) -> None:
        if id(node) not in self._elifs:
            self.idle.extend(tested_before(node, self.scope))
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            self._elifs.add(id(node.orelse[0]))

    def note_handlers(self, handlers: Sequence[ast.ExceptHandler]) -> None:
        if len(handlers) > 1:
            self.idle.extend(caught_before(handlers, self.scope, self.imported))


def is_stub(body: Sequence[ast.stmt]) -> bool:
    """Whether a body does nothing: a docstring, `pass`, `...`, one `raise`, or the `return` of a literal."""
    for node in body:
        if isinstance(node, (ast.Pass, ast.Raise)) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.Return) and (node.value is None or _is_literal(node.value)):
            continue
        return False
    return True


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(_is_literal(element) for element in node.elts)
    return isinstance(node, (ast.Constant, ast.Name)) or (isinstance(node, ast.Dict) and not node.keys)


def _only_target(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""


def _is_setting(value: ast.expr) -> bool:
    """`args.seed`, `args["seed"]`, `config.get("seed")`, `os.getenv("SEED")`: something that somebody set elsewhere."""
    if isinstance(value, ast.Attribute):
        return isinstance(value.value, ast.Name)
    if isinstance(value, ast.Subscript):
        return isinstance(value.value, ast.Name) and isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, str)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _LOOKS_UP and value.args:
        return isinstance(value.args[0], ast.Constant) and isinstance(value.args[0].value, str)
    return False
