"""The libcst transformer behind `analyzer.read.newer_syntax`; apart because importing libcst is slow and seldom needed."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from analyzer.read.expressions import FORMAT_CALL


class Downgrade(cst.CSTTransformer):
    """PEP 695 and PEP 701 syntax to what Python 3.11 parses; line numbers stay."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.BaseSmallStatement:
        return cst.Assign(targets=[cst.AssignTarget(target=updated_node.name)], value=updated_node.value, semicolon=updated_node.semicolon)

    def leave_FormattedString(self, original_node: cst.FormattedString, updated_node: cst.FormattedString) -> cst.BaseExpression:
        quote = updated_node.end
        raw = "r" in updated_node.start.lower()
        return cst.Call(func=cst.Name(FORMAT_CALL), args=[cst.Arg(v) for v in _parts(updated_node.parts, quote, raw)])


def _parts(parts: Sequence[cst.BaseFormattedStringContent], quote: str, raw: bool) -> list[cst.BaseExpression]:
    values: list[cst.BaseExpression] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringText):
            text = part.value.replace("{{", "{").replace("}}", "}")
            values.append(cst.SimpleString(f"{'r' if raw else ''}{quote}{text}{quote}"))
        elif isinstance(part, cst.FormattedStringExpression):
            values.append(part.expression)
    return values
