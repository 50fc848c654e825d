"""DXP001: the dead arm goes, the survivor moves out one level; comments above stay, and so does the layout of what is kept."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import libcst as cst
from libcst.metadata import PositionProvider

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Finding, Site
from analyzer.read.facts import Branch
from mldebt.fixing.model import Fix, NotFixableError, Target
from mldebt.fixing.syntax_edit import edited
from mldebt.fixing.unused_names import RemoveUnused
from rules.folding import fold

Node = TypeVar("Node", bound=cst.CSTNode)
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_ATOMS = (cst.SimpleString, cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.List, cst.Dict, cst.FormattedString)
_EFFECTS = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def drop_dead_arms(graph: SystemGraph, finding: Finding) -> Fix:
    """Safe for literals and for constants that nobody is asked to edit (confidence A). Raises NotFixableError."""
    module = graph.modules[finding.locations[0].path]
    arms = [_arm_at(graph, module, site) for site in finding.locations]
    targets = [Target(site.path, site.line, DropArm([arm]), site.cell) for site, arm in zip(finding.locations, arms, strict=True)]
    constants = {name for arm in arms for name in arm.names}
    if not module.is_notebook:
        targets.append(Target(module.path, 0, RemoveUnused(graph, module, constants)))
    caution = ""
    if finding.confidence < Confidence.A:
        caution = "the constant may be there to be edited by hand" if constants else "the finding is not sure"
    if any(isinstance(node, _EFFECTS) for arm in arms for node in ast.walk(ast.parse(arm.test_text, mode="eval"))):
        caution = "the test calls something, which no longer happens"
    return Fix(finding, tuple(targets), not caution, caution, "drop the arm that cannot run")


@dataclass(frozen=True, slots=True)
class Arm:
    kind: str
    line: int
    """In its text: the file, or the cell."""
    test_text: str
    value: bool
    names: tuple[str, ...]


def _arm_at(graph: SystemGraph, module: Module, site: Site) -> Arm:
    for branch in module.facts.branches:
        place = module.site(branch.line)
        if (place.line, place.cell) == (site.line, site.cell) and (arm := _arm(graph, module, branch, place.line)) is not None:
            return arm
    raise NotFixableError("the branch is not where it was found")


def _arm(graph: SystemGraph, module: Module, branch: Branch, line: int) -> Arm | None:
    outcome = fold(graph, module, branch.scope, branch.test)
    if outcome is None or (outcome.value and branch.kind == "while"):
        return None
    return Arm(branch.kind, line, branch.test_text, bool(outcome.value), outcome.names)


class DropArm:
    """The change of one text. Raises NotFixableError."""

    def __init__(self, arms: Iterable[Arm]) -> None:
        self.arms = tuple(arms)

    def __call__(self, text: str) -> str:
        dropper = _Dropper(self.arms)
        after = edited(text, dropper)
        if not dropper.done:
            raise NotFixableError("the branch is not where it was found")
        _refuse_lost_names(text, after)
        return after


def _refuse_lost_names(before: str, after: str) -> None:
    """Raise when a name that is used elsewhere was bound in the dead arm only, or a function stops being a generator."""
    old, new = ast.parse(before), ast.parse(after)
    used = {node.id for node in ast.walk(new) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    lost = (_bound(old) - _bound(new)) & used
    if lost:
        raise NotFixableError(
            f"the dead arm is the only one that binds {', '.join(f'`{name}`' for name in sorted(lost))}, which is used elsewhere"
        )
    if _generators(old) != _generators(new):
        raise NotFixableError("the dead arm makes its function a generator")


def _bound(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def _generators(tree: ast.Module) -> list[str]:
    """Names of the functions that yield, in their order."""
    return [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in _own(node))
    ]


def _own(function: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield child
            yield from _own(child)


class _Dropper(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, arms: tuple[Arm, ...]) -> None:
        super().__init__()
        self._arms = arms
        self._followers: set[int] = set()
        """Ids of the `elif`s."""
        self._replaced: dict[int, tuple[cst.BaseStatement, list[cst.EmptyLine], list[Statement]]] = {}
        """Id of a statement in a suite → itself, the comments above it, and what stands in its place.

        It is kept, because a statement made after it is gone could get its id and would be dropped in its stead.
        """
        self.done = False

    def _value(self, node: cst.If | cst.While | cst.IfExp, kind: str) -> bool | None:
        line = self.get_metadata(PositionProvider, node).start.line
        text = cst.Module([]).code_for_node(node.test)
        for arm in self._arms:
            if (arm.kind, arm.line) == (kind, line) and (kind != "ternary" or _same_expression(text, arm.test_text)):
                self.done = True
                return arm.value
        return None

    def visit_If(self, node: cst.If) -> None:
        if isinstance(node.orelse, cst.If):
            self._followers.add(id(node.orelse))

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> Any:
        value = self._value(original_node, "if")
        if value is None:
            return updated_node
        follows = id(original_node) in self._followers
        if value and follows:
            return cst.Else(updated_node.body, updated_node.leading_lines)
        if value:
            return self._survived(updated_node, _statements(updated_node.body))
        rest = updated_node.orelse
        if follows:
            return cst.RemoveFromParent() if rest is None else _led(rest, updated_node.leading_lines)
        if isinstance(rest, cst.If):
            return _led(rest, updated_node.leading_lines)
        return self._survived(updated_node, [] if rest is None else _else_statements(rest))

    def leave_While(self, original_node: cst.While, updated_node: cst.While) -> cst.BaseStatement:
        if self._value(original_node, "while") is None:
            return updated_node
        return self._survived(updated_node, [] if updated_node.orelse is None else _else_statements(updated_node.orelse))

    def leave_IfExp(self, original_node: cst.IfExp, updated_node: cst.IfExp) -> cst.BaseExpression:
        value = self._value(original_node, "ternary")
        if value is None:
            return updated_node
        kept = updated_node.body if value else updated_node.orelse
        if isinstance(kept, _ATOMS):
            return kept
        return kept.with_changes(lpar=[*updated_node.lpar, *kept.lpar], rpar=[*kept.rpar, *updated_node.rpar])

    def _survived(self, node: cst.If | cst.While, statements: list[Statement]) -> cst.BaseStatement:
        self._replaced[id(node)] = (node, list(node.leading_lines), statements)
        return node

    def leave_IndentedBlock(self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock) -> cst.BaseSuite:
        body, left = self._without_dead(updated_node.body)
        if not body:
            body = [cst.SimpleStatementLine([cst.Pass()], leading_lines=left)]
            left = []
        return updated_node.with_changes(body=body, footer=[*left, *updated_node.footer])

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:
        body, left = self._without_dead(updated_node.body)
        return updated_node.with_changes(body=body, footer=[*left, *updated_node.footer])

    def _without_dead(self, body: Iterable[cst.BaseStatement]) -> tuple[list[cst.BaseStatement], list[cst.EmptyLine]]:
        """The suite without its dead parts, and comments that no statement follows any more."""
        kept: list[cst.BaseStatement] = []
        waiting: list[cst.EmptyLine] = []
        for statement in body:
            _dead, above, survivors = self._replaced.get(id(statement), (statement, [], [statement]))
            if id(statement) in self._replaced:
                waiting += above if survivors else [line for line in above if line.comment]
            for survivor in survivors:
                kept.append(_led(survivor, waiting))
                waiting = []
        return kept, waiting


def _led(statement: Node, lines: Iterable[cst.EmptyLine]) -> Node:
    """The statement with these lines above it."""
    more = list(lines)
    return statement.with_changes(leading_lines=[*more, *getattr(statement, "leading_lines", ())]) if more else statement


def _statements(suite: cst.BaseSuite) -> list[Statement]:
    if isinstance(suite, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine(suite.body, trailing_whitespace=suite.trailing_whitespace)]
    assert isinstance(suite, cst.IndentedBlock)
    body: list[Any] = list(suite.body)
    remark = [cst.EmptyLine(comment=suite.header.comment)] if suite.header.comment else []
    if body and remark:
        body[0] = _led(body[0], remark)
    return body


def _else_statements(arm: cst.Else) -> list[Statement]:
    body = _statements(arm.body)
    above = [line for line in arm.leading_lines if line.comment]
    return [_led(body[0], above), *body[1:]] if body else body


def _same_expression(text: str, unparsed: str) -> bool:
    try:
        return ast.unparse(ast.parse(f"({text})", mode="eval")) == unparsed
    except (SyntaxError, ValueError):
        return False
