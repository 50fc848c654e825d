"""DXP006: the block goes, with the empty lines that would be left double."""

from __future__ import annotations

import ast

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Finding, Site
from analyzer.read.facts import CommentedCode
from mldebt.fixing.model import Fix, NotFixableError, Target


def delete_commented_blocks(graph: SystemGraph, finding: Finding) -> Fix:
    """Safe: comments do nothing. A finding of confidence C may be an explanation after all. Raises NotFixableError."""
    module = graph.modules[finding.locations[0].path]
    targets = []
    for site in finding.locations:
        block = _block_at(module, site)
        if block.kind == "string" and site.cell is not None:
            raise NotFixableError("a string at the end of a cell is its output")
        targets.append(Target(site.path, site.line, _Deletion(site.line, site.end_line, block.kind == "string"), site.cell))
    caution = "the finding is tentative" if finding.confidence < Confidence.B else ""
    return Fix(finding, tuple(targets), not caution, caution, "delete commented-out code")


def _block_at(module: Module, site: Site) -> CommentedCode:
    for block in module.facts.commented:
        if module.site(block.line, block.end_line) == site:
            return block
    raise NotFixableError("the block is not where it was found")


class _Deletion:
    def __init__(self, line: int, end_line: int, is_string: bool) -> None:
        self.line, self.end_line, self.is_string = line, end_line, is_string

    def __call__(self, text: str) -> str:
        lines = text.split("\n")
        first, end = self.line - 1, self.end_line
        if self.is_string:
            return self._without_string(lines, first, end)
        if not all(line.lstrip().startswith("#") or not line.strip() for line in lines[first:end]):
            raise NotFixableError("the block is no longer a comment")
        return "\n".join(_closed_up(lines, first, end))

    def _without_string(self, lines: list[str], first: int, end: int) -> str:
        before = "\n".join(lines)
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        for candidate in (_closed_up(lines, first, end), [*lines[:first], f"{indent}pass", *lines[end:]]):
            after = "\n".join(candidate)
            if _same_but(before, after, self.line):
                return after
        raise NotFixableError("the string shares its lines with other code")


def _closed_up(lines: list[str], first: int, end: int) -> list[str]:
    """Without the lines first … end - 1, and without more empty lines than the larger gap beside them had."""
    above = first
    while above > 0 and not lines[above - 1].strip():
        above -= 1
    below = end
    while below < len(lines) and not lines[below].strip():
        below += 1
    if below == len(lines):
        return [*lines[:above], *([""] if end < len(lines) else [])]
    if above == 0:
        return lines[below:]
    gap = lines[above:first] if first - above >= below - end else lines[end:below]
    return [*lines[:above], *gap, *lines[below:]]


def _same_but(before: str, after: str, line: int) -> bool:
    """Whether the two are the same program but for the string statement on `line` (or a `pass` in its place)."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except (SyntaxError, ValueError, RecursionError):
        return False
    for node in ast.walk(old):
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody", "handlers")):
            if not isinstance(body, list):
                continue
            for number, statement in enumerate(body):
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and statement.lineno == line:
                    rest = body[:number] + body[number + 1 :]
                    body[:] = rest or [ast.Pass()]
                    return ast.dump(old) == ast.dump(new)
    return False
