"""What only dead code used goes with it: imports and constants that the text no longer names."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable

import libcst as cst

from analyzer.graph.system import Module, SystemGraph
from mldebt.fixing.syntax_edit import edited

_WORD = re.compile(r"[A-Za-z_]\w*")


class RemoveUnused:
    """Removes from a text what another change left without use. `before` is what the text was; it is set by the engine."""

    def __init__(self, graph: SystemGraph, module: Module, constants: Iterable[str]) -> None:
        self._wanted = {link.name for link in graph.imports if link.target == module.path and link.name}
        self._is_open = module.path.endswith("__init__.py") or any(
            link.target == module.path and link.fact.name == "*" for link in graph.imports
        )
        self._constants = frozenset(constants)
        self.before = ""

    def __call__(self, text: str) -> str:
        if self._is_open or not self.before:
            return text
        gone = _used(self.before) - _used(text) - self._wanted
        if not gone:
            return text
        named = _used(text) | _texts(text)
        return edited(text, _Remover(gone - named, self._constants - named))


def _used(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _texts(text: str) -> set[str]:
    """Words in the strings of a text: `__all__`, annotations in quotes."""
    strings = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {word for string in strings if len(string) <= 200 for word in _WORD.findall(string)}


class _Remover(cst.CSTTransformer):
    """Works on the statements of the module itself: an import in a `try`, a function or a class is left alone."""

    def __init__(self, imports: set[str], constants: frozenset[str]) -> None:
        super().__init__()
        self._imports, self._constants = imports, constants

    def visit_Module(self, node: cst.Module) -> bool:
        return False

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        kept: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
        waiting: list[cst.EmptyLine] = []
        gap = 0
        has_remark = bool(updated_node.header and updated_node.header[-1].comment)  # of the first statement, or of the file
        for statement in updated_node.body:
            left = self._left(statement, has_remark and statement is updated_node.body[0])
            if left is None:
                waiting += [line for line in statement.leading_lines if line.comment]
                gap = max(gap, _blank(statement))
                continue
            above = [*(cst.EmptyLine(indent=False) for _ in range(gap - _blank(left))), *waiting]
            kept.append(left.with_changes(leading_lines=[*above, *left.leading_lines]) if above else left)
            waiting, gap = [], 0
        if kept and not updated_node.header and original_node.body[0] is not kept[0]:
            above = list(itertools.dropwhile(lambda line: not line.comment, kept[0].leading_lines))
            kept[0] = kept[0].with_changes(leading_lines=above)
        return updated_node.with_changes(body=kept, footer=[*waiting, *updated_node.footer])

    def _left(
        self, statement: cst.SimpleStatementLine | cst.BaseCompoundStatement, has_remark: bool
    ) -> cst.SimpleStatementLine | cst.BaseCompoundStatement | None:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1 or statement.trailing_whitespace.comment:
            return statement
        only = statement.body[0]
        if isinstance(only, cst.Assign) and not has_remark and self._is_constant(only, statement):
            return None
        if isinstance(only, (cst.Import, cst.ImportFrom)) and not isinstance(only.names, cst.ImportStar):
            if isinstance(only, cst.ImportFrom) and isinstance(only.module, cst.Name) and only.module.value == "__future__":
                return statement
            names = [alias for alias in only.names if _bound_name(alias) not in self._imports]
            if not names:
                return None
            if len(names) < len(only.names):
                names[-1] = names[-1].with_changes(comma=only.names[-1].comma)
                return statement.with_changes(body=[only.with_changes(names=names)])
        return statement

    def _is_constant(self, assign: cst.Assign, statement: cst.SimpleStatementLine) -> bool:
        """A constant that nothing names any more; one with a comment of its own is left to its author."""
        target = assign.targets[0].target
        return (
            len(assign.targets) == 1
            and isinstance(target, cst.Name)
            and target.value in self._constants
            and not any(line.comment for line in statement.leading_lines)
        )


def _blank(statement: cst.SimpleStatementLine | cst.BaseCompoundStatement) -> int:
    return sum(line.comment is None for line in statement.leading_lines)


def _bound_name(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    node: cst.BaseExpression = alias.name
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""
