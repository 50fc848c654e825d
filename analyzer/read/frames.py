"""Which names a file may use without binding them: a cheap first answer, so that Python's own compiler is asked of few files.

A frame is what names live in: a module, a class, a function, a lambda, a comprehension. Names of classes that are mangled, and what only
an unusual statement binds, are left to the exact answer (unbound_names.py): in doubt a name may be unbound.

Source: the Python language reference, "Naming and binding".
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence
from typing import Any

_MODULE = frozenset(
    {"__file__", "__name__", "__doc__", "__package__", "__path__", "__spec__", "__loader__", "__builtins__", "__annotations__"}
)
_ELSEWHERE = frozenset(
    "WindowsError unicode unichr xrange raw_input basestring long reduce file cmp execfile reload buffer intern apply".split()
)
"""Names of another system or of Python 2: what uses them knows."""
KNOWN = frozenset(dir(builtins)) | _MODULE | _ELSEWHERE


class Frame:
    """Names that are read and bound in one frame, frames inside aside."""

    __slots__ = ("around", "kind", "loads", "outside", "passed", "stores", "worldwide")

    def __init__(self, around: Frame | None, kind: str = "function") -> None:
        self.around = around
        self.kind = kind
        self.loads: set[str] = set()
        self.stores: set[str] = set()
        self.worldwide: set[str] = set()
        """Declared `global`."""
        self.outside: set[str] = set()
        """Declared `nonlocal`."""
        self.passed: set[str] = set()
        """Names that frames inside look for here or further out."""

    def take(self, arguments: ast.arguments) -> None:
        """Bind the parameters."""
        self.stores.update([arg.arg for arg in arguments.args])
        if arguments.posonlyargs or arguments.kwonlyargs:
            self.stores.update([arg.arg for arg in (*arguments.posonlyargs, *arguments.kwonlyargs)])
        for arg in (arguments.vararg, arguments.kwarg):
            if arg is not None:
                self.stores.add(arg.arg)


def may_be_unbound(frames: Sequence[Frame]) -> bool:
    """Whether a name is looked up among the globals and neither bound there nor known. Each frame stands behind the one around it."""
    module = frames[0]
    wanted: set[str] = set()
    for frame in reversed(frames[1:]):
        assert frame.around is not None
        if frame.worldwide:
            module.stores |= frame.stores & frame.worldwide
            wanted |= (frame.loads | frame.passed) & frame.worldwide
            frame.loads -= frame.worldwide
            frame.passed -= frame.worldwide
        mine = frame.stores - frame.outside if frame.outside else frame.stores
        frame.around.passed |= frame.loads - mine
        frame.around.passed |= frame.passed if frame.kind == "class" else frame.passed - mine
    return not (wanted | module.loads | module.passed) - module.stores <= KNOWN


def _declared(node: ast.Global | ast.Nonlocal, _said: object, frame: Frame) -> bool:
    (frame.worldwide if isinstance(node, ast.Global) else frame.outside).update(node.names)
    return True


def _imported(node: ast.Import | ast.ImportFrom, _said: object, frame: Frame) -> bool:
    frame.stores.update([alias.asname or alias.name.partition(".")[0] for alias in node.names])
    return True


def _handler(node: ast.ExceptHandler, _said: object, frame: Frame) -> bool:
    if node.name:
        frame.stores.add(node.name)
    return False


def _capture(node: Any, _said: object, frame: Frame) -> bool:
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    if name:
        frame.stores.add(name)
    return False


def _walrus(node: ast.NamedExpr, _said: object, frame: Frame) -> bool:
    """Binds around the comprehensions that it stands in; the target itself is bound like any other when there are none."""
    outer = frame
    while outer.kind == "comprehension" and outer.around is not None:
        outer = outer.around
    if outer is not frame:
        frame.outside.add(node.target.id)
    outer.stores.add(node.target.id)
    return False


BINDERS: dict[type[ast.AST], Callable[[Any, Any, Frame], bool]] = {
    ast.Global: _declared,
    ast.Nonlocal: _declared,
    ast.Import: _imported,
    ast.ImportFrom: _imported,
    ast.ExceptHandler: _handler,
    ast.MatchAs: _capture,
    ast.MatchStar: _capture,
    ast.MatchMapping: _capture,
    ast.NamedExpr: _walrus,
}
"""Statements and patterns that bind names otherwise than by a name that is set; the answer is whether their children matter not."""
