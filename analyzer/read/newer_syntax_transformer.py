"""The libcst transformer behind `analyzer.read.newer_syntax`; runs in a process of its own and imports nothing of the project."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import libcst as cst

Spaced = tuple[cst.BaseExpression, cst.BaseParenthesizableWhitespace]
"""A part of an f-string and the whitespace after it, which may hold line breaks."""
_NOTHING = cst.SimpleWhitespace("")


def main(format_call: str) -> None:
    """Rewrites standard input to standard output; an exit status other than 0 says that it cannot be parsed."""
    sys.setrecursionlimit(20_000)
    module = cst.parse_module(sys.stdin.buffer.read().decode("utf-8", "surrogatepass"))
    sys.stdout.buffer.write(module.visit(Downgrade(format_call)).code.encode("utf-8", "surrogatepass"))


class Downgrade(cst.CSTTransformer):
    """PEP 695 and PEP 701 syntax to what Python 3.11 parses; line numbers stay. F-strings become calls of `format_call`."""

    def __init__(self, format_call: str) -> None:
        super().__init__()
        self.format_call = format_call
        self._concatenations = [0]
        """How many concatenations stand around, innermost replacement field last."""

    # ---- type parameters -------------------------------------------------------------------------------------------

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        lost = _newlines(updated_node.type_parameters)
        before = _lines(lost) if lost else updated_node.whitespace_before_params
        return updated_node.with_changes(type_parameters=None, whitespace_before_params=before)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        lost = _newlines(updated_node.type_parameters)
        kept = updated_node.with_changes(type_parameters=None)
        if not lost:
            return kept
        inside = updated_node.lpar.whitespace_after if isinstance(updated_node.lpar, cst.LeftParen) else None
        right = updated_node.rpar if isinstance(updated_node.rpar, cst.RightParen) else cst.RightParen()
        return kept.with_changes(lpar=cst.LeftParen(whitespace_after=_lines(lost + _newlines(inside))), rpar=right)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.BaseSmallStatement:
        value, lost = updated_node.value, _newlines(updated_node.type_parameters)
        if lost:
            left = cst.LeftParen(whitespace_after=_lines(lost))
            value = value.with_changes(lpar=[left, *value.lpar], rpar=[*value.rpar, cst.RightParen()])
        return cst.Assign(targets=[cst.AssignTarget(target=updated_node.name)], value=value, semicolon=updated_node.semicolon)

    # ---- f-strings -------------------------------------------------------------------------------------------------

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> None:
        self._concatenations[-1] += 1

    def leave_ConcatenatedString(self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString) -> cst.BaseExpression:
        self._concatenations[-1] -= 1
        if self._concatenations[-1]:
            return updated_node
        pieces = list(_pieces(updated_node))
        if not any(isinstance(piece, cst.FormattedString) for piece, _ in pieces):
            return updated_node
        parts = [part for piece, after in pieces for part in _with_last(_parts(piece), after)]
        return self._call(parts, updated_node)

    def visit_FormattedStringExpression(self, node: cst.FormattedStringExpression) -> None:
        self._concatenations.append(0)

    def leave_FormattedStringExpression(
        self, original_node: cst.FormattedStringExpression, updated_node: cst.FormattedStringExpression
    ) -> cst.FormattedStringExpression:
        self._concatenations.pop()
        return updated_node

    def leave_FormattedString(self, original_node: cst.FormattedString, updated_node: cst.FormattedString) -> cst.BaseExpression:
        if self._concatenations[-1]:
            return updated_node  # the concatenation takes it apart
        return self._call(_parts(updated_node), updated_node)

    def _call(self, parts: Sequence[Spaced], node: cst.FormattedString | cst.ConcatenatedString) -> cst.Call:
        arguments = [cst.Arg(value, comma=cst.Comma(whitespace_after=after)) for value, after in parts]
        return cst.Call(cst.Name(self.format_call), arguments, lpar=node.lpar, rpar=node.rpar)


def _pieces(node: cst.ConcatenatedString) -> Sequence[Spaced]:
    """The strings of a concatenation, each with the whitespace after it."""
    pieces: list[Spaced] = []
    current: cst.BaseExpression = node
    while isinstance(current, cst.ConcatenatedString):
        pieces.append((current.left, current.whitespace_between))
        current = current.right
    return [*pieces, (current, _NOTHING)]


def _with_last(parts: list[Spaced], after: cst.BaseParenthesizableWhitespace) -> list[Spaced]:
    """`parts` with the whitespace that follows the whole string."""
    last, inner = parts[-1]
    lines = _newlines(inner) + _newlines(after)
    return [*parts[:-1], (last, _lines(lines))]


def _parts(node: cst.BaseExpression) -> list[Spaced]:
    """The values of an f-string, or the string itself; at least one."""
    if not isinstance(node, cst.FormattedString):
        return [(node, _NOTHING)]
    quote, raw = node.end, "r" in node.start.lower()
    values: list[Spaced] = [(cst.SimpleString("''"), _NOTHING)]
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            text = part.value.replace("{{", "{").replace("}}", "}")
            if len(quote) == 3 and text.endswith(quote[0]) and text[-2:-1] != "\\" and not raw:
                text = f"{text[:-1]}\\{quote[0]}"
            values.append((cst.SimpleString(f"{'r' if raw else ''}{quote}{text}{quote}"), _NOTHING))
        elif isinstance(part, cst.FormattedStringExpression):
            values[-1] = (values[-1][0], _lines(_newlines(values[-1][1]) + _newlines(part.whitespace_before_expression)))
            # a set display marks a field with a format: its text is not the value's own
            value = cst.Set([cst.Element(part.expression)]) if part.format_spec is not None else part.expression
            values.append((value, _lines(_newlines(part.whitespace_after_expression) + sum(map(_newlines, part.format_spec or ())))))
    return values[1:] if len(values) > 1 and not _newlines(values[0][1]) else values


def _newlines(node: cst.CSTNode | None) -> int:
    return 0 if node is None else cst.Module([]).code_for_node(node).count("\n")


def _lines(count: int) -> cst.BaseParenthesizableWhitespace:
    """Whitespace of so many line breaks, for the inside of brackets."""
    if not count:
        return _NOTHING
    return cst.ParenthesizedWhitespace(empty_lines=[cst.EmptyLine(indent=False)] * (count - 1))
