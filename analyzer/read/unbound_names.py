"""Names that a file uses and nothing in it binds: the scopes of Python's own compiler, asked without regard to order.

Source: the Python language reference, "Naming and binding"; the `symtable` module of its library.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator

from analyzer.read.frames import KNOWN

MAX_USES = 400
_MAX_NAMES = 100
_SILENT = frozenset(
    """
    matplotlib time timeit prun memit lprun mprun autoreload reload_ext config env set_env cd pwd ls ll mkdir pip conda mamba uv
    run bash sh zsh writefile file html HTML javascript js latex markdown svg SVG tensorboard reset reset_selective who whos debug
    pdb xmode precision cat cp mv rm rmdir system sx shell tensorflow_version watermark dotenv alias history notebook aimport
    pycodestyle_on flake8_on lab_black nb_black skip script sql capture load_ext aiida colors doctest_mode quickref logstart
    logstop page pinfo psource who_ls
    """.split()
)
_EXTENSIONS = frozenset(
    """
    autoreload tensorboard dotenv line_profiler memory_profiler nb_black lab_black blackcellmagic watermark sql google.cloud.bigquery
    google.colab.data_table pycodestyle_magic jupyter_black cudf.pandas tensorboard.notebook nb_mypy jupyternotify rich heat snakeviz
    """.split()
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MAGIC = re.compile(r"^[ \t]*%%?([A-Za-z_][\w.]*)[ \t]*(.*)", re.MULTILINE)


def unbound_names(text: str, tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """(name, line) of each use of a name that no scope around it, no import and no builtin binds; annotations are not looked at.

    () when this interpreter cannot compile the text. At most MAX_USES uses, in the order of their lines.
    """
    try:
        table = symtable.symtable(text, "module", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    used: set[str] = set()
    bound: set[str] = set()
    _collect(table, used, bound)
    missing = used - bound - KNOWN
    if not missing or len(missing) > _MAX_NAMES:
        return ()
    uses = sorted((line, name) for name, line in _Uses(table, missing).found(tree))
    return tuple((name, line) for line, name in dict.fromkeys(uses))[:MAX_USES]


def _collect(module: symtable.SymbolTable, used: set[str], bound: set[str]) -> None:
    """Names that are looked up among the globals, and those that are bound there."""
    for symbol in module.get_symbols():
        name = symbol.get_name()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            bound.add(name)
        if symbol.is_referenced():
            used.add(name)
    waiting = list(module.get_children())
    while waiting:
        table = waiting.pop()
        waiting.extend(table.get_children())
        for symbol in table.get_symbols():
            if not symbol.is_global():
                continue
            if symbol.is_declared_global() and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(symbol.get_name())
            if symbol.is_referenced():
                used.add(symbol.get_name())


class _Uses:
    """Goes through a tree for the uses of some names that the scopes around them do not bind."""

    def __init__(self, module: symtable.SymbolTable, names: set[str]) -> None:
        self.names = names
        self.locals: dict[int, set[str]] = {}
        """Line on which scopes begin → those of the names that they bind."""
        waiting = list(module.get_children())
        while waiting:
            table = waiting.pop()
            waiting.extend(table.get_children())
            mine = {s.get_name() for s in table.get_symbols() if s.get_name() in names and s.is_local()}
            if mine:
                self.locals.setdefault(table.get_lineno(), set()).update(mine)

    def found(self, tree: ast.Module) -> Iterator[tuple[str, int]]:
        """(name, line), without annotations and without `try: name … except NameError`."""
        waiting: list[tuple[ast.AST, frozenset[str], frozenset[str]]] = [(tree, frozenset(), frozenset())]
        while waiting:
            node, around, of_class = waiting.pop()
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load) and node.id in self.names and node.id not in around and node.id not in of_class:
                    yield node.id, node.lineno
                continue
            if isinstance(node, ast.ClassDef):
                of_class = frozenset(self.locals.get(node.lineno, ()))
            elif isinstance(node, _SCOPES):
                around, of_class = around | self.locals.get(node.lineno, set()), frozenset()
            for field, value in ast.iter_fields(node):
                if field in ("annotation", "returns") or (field in ("body", "orelse") and isinstance(node, ast.Try) and _expects_it(node)):
                    continue
                children = value if isinstance(value, list) else (value,)
                waiting.extend((each, around, of_class) for each in children if isinstance(each, ast.AST))


def _expects_it(node: ast.Try) -> bool:
    for handler in node.handlers:
        if handler.type is None:
            return True
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(isinstance(each, ast.Name) and each.id in ("NameError", "Exception", "BaseException") for each in types):
            return True
    return False


def may_bind(source: str) -> bool:
    """Whether a magic of a notebook cell, or a script in the browser, may bind names that its text does not show."""
    if "kernel.execute(" in source:
        return True
    for match in _MAGIC.finditer(source):
        name, rest = match[1], match[2].strip()
        if name not in _SILENT or (name == "capture" and rest) or "<<" in rest or "--out" in rest or " -o" in f" {rest}":
            return True
        if name == "load_ext" and rest not in _EXTENSIONS:
            return True
    return False
