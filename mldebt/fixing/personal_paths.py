"""JGL007, in part: a personal home at the beginning of a path becomes an environment variable that each machine sets for itself."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from mldebt.fixing.model import Fix, NotFixableError, Target
from rules.personal_homes import personal_homes

VARIABLE = "DATA_ROOT"
DISK = "DISK_ROOT"
_LITERAL = re.compile(r"(?P<prefix>[rRuU]?)(?P<quote>'|\")(?P<text>[^'\"\\\n{}]*)(?P=quote)\Z")
_FORMATTED = re.compile(r"(?P<prefix>[fF])(?P<quote>'|\")(?P<text>[^'\"\\\n]*)(?P=quote)\Z")
_HEAD = re.compile(r"#!|# ?%%|# \+|# -\*-|#.*\bcoding[:=]|#.*\b(?:Copyright|License|SPDX)\b")
_VALUES = (ast.Assign, ast.AnnAssign, ast.Call, ast.keyword, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Return, ast.arguments)


def lift_personal_paths(graph: SystemGraph, finding: Finding) -> Fix:
    """Never safe: the program asks for a variable that nobody has set yet. Raises NotFixableError."""
    path, _, home = finding.subject.id.rpartition(" ")
    if path not in graph.modules:
        raise NotFixableError("only Python code can be rewritten")
    if not home.startswith("/"):
        raise NotFixableError("a path of Windows has to be rewritten by hand")
    homes = {found.prefix for text in graph.modules[path].facts.texts for found in personal_homes(text.value)}
    is_mount = home not in homes
    if len(homes - {home}) > 0 and not is_mount:
        raise NotFixableError("the file names the homes of several people")
    variable = DISK if is_mount else VARIABLE
    lines: dict[int | None, set[int]] = defaultdict(set)
    for site in finding.locations:
        lines[site.cell].add(site.line)
    targets = [Target(path, min(there), LiftHome(home, there, variable), cell) for cell, there in lines.items()]
    targets += [Target(path, 0, import_os, cell) for cell in lines]
    return Fix(finding, tuple(targets), False, f"the environment variable {variable} has to be set", "lift a personal path")


class LiftHome:
    """The change of one text: the literals on `lines` that begin with `home`."""

    def __init__(self, home: str, lines: Iterable[int], variable: str) -> None:
        self.home, self.lines, self.variable = home, frozenset(lines), variable

    def __call__(self, text: str) -> str:
        data = text.encode("utf-8")
        starts = [0]
        for line in data.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        edits = []
        for node, parent in _literals(ast.parse(text)):
            if node.lineno not in self.lines or node.end_lineno != node.lineno:
                continue
            start, end = starts[node.lineno - 1] + node.col_offset, starts[node.lineno - 1] + (node.end_col_offset or 0)
            new = self._lifted(data[start:end].decode("utf-8"), parent, node)
            if new:
                edits.append((start, end, new.encode("utf-8")))
        if not edits:
            raise NotFixableError("the path does not stand at the beginning of a literal that can be taken apart")
        for start, end, new_bytes in sorted(edits, reverse=True):
            data = data[:start] + new_bytes + data[end:]
        return data.decode("utf-8")

    def _lifted(self, source: str, parent: ast.AST, node: ast.AST) -> str:
        if isinstance(node, ast.JoinedStr):
            match = _FORMATTED.match(source)
            if match and self._begins(match["text"]):
                inner = "'" if match["quote"] == '"' else '"'
                rest = match["text"][len(self.home) :]
                return f"f{match['quote']}{{os.environ[{inner}{self.variable}{inner}]}}{rest}{match['quote']}"
            return ""
        match = _LITERAL.match(source)
        if match is None or not self._begins(match["text"]):
            return ""
        quote, rest = match["quote"], match["text"][len(self.home) :]
        asked = f"os.environ[{quote}{self.variable}{quote}]"
        if isinstance(parent, ast.arguments) or (isinstance(parent, ast.keyword) and parent.arg == "default"):
            asked = f"os.environ.get({quote}{self.variable}{quote}, {quote}.{quote})"  # evaluated even by those who pass another value
        return f"{asked} + {match['prefix']}{quote}{rest}{quote}" if rest else asked

    def _begins(self, text: str) -> bool:
        return text.startswith(self.home) and text[len(self.home) : len(self.home) + 1] in ("", "/")


def _literals(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
    """String literals that stand where an expression may take their place, with what they stand in."""
    for parent in ast.walk(tree):
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
            children: list[ast.AST] = [parent.left]
        elif isinstance(parent, _VALUES):
            children = list(ast.iter_child_nodes(parent))
        else:
            continue
        for child in children:
            if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
                yield child, parent


def import_os(text: str) -> str:
    """The text with `import os` before its first import, unless it has one."""
    body = ast.parse(text).body
    if any(isinstance(node, ast.Import) and any(alias.name == "os" and not alias.asname for alias in node.names) for node in body):
        return text
    lines = text.split("\n")
    rest = [node for number, node in enumerate(body) if not _comes_first(node, number)]
    at = next((node.lineno for node in rest if isinstance(node, (ast.Import, ast.ImportFrom))), rest[0].lineno if rest else len(lines))
    while at > 1 and lines[at - 2].startswith("#") and not _HEAD.match(lines[at - 2]):
        at -= 1  # above the comments of what follows
    return "\n".join([*lines[: at - 1], "import os", *lines[at - 1 :]])


def _comes_first(node: ast.stmt, number: int) -> bool:
    """A docstring, or an import of `__future__`."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
