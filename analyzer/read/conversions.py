"""Changes of representation that a file could do without: round trips, and what loops do again in every round."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

import msgspec

from analyzer.read import repeated_conversions, round_trips
from analyzer.read.facts import Conversion, Scope

_OUT = re.compile(rf"\.(?:{'|'.join(round_trips.OUT)})\b")
_BACK = re.compile(rf"\b(?:{'|'.join(round_trips.BACK)})\(")
_MAKER = "|".join(rf"(?<=\b{module}\.)" for module in repeated_conversions.MAKERS)
_AGAIN = re.compile(
    rf"\.(?:(?:{'|'.join(repeated_conversions.OUT)})\(\s*[\w=]*\)|(?:{_MAKER})(?:{'|'.join(repeated_conversions.MAKE)})\(\s*\w+\s*[,)])"
)
"""What a function must hold so that it is worth looking at: a way out and a way back, or a conversion that a loop could repeat.
Patterns that begin with a plain character are looked for many times faster, so the module of a call is asked for behind the dot."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_MAX = 100


def conversions(text: str, tree: ast.Module, scopes: Sequence[Scope]) -> tuple[Conversion, ...]:
    """Those of a file, in the order of their lines; at most 100."""
    again, out = _lines(_AGAIN, text), _lines(_OUT, text)
    back = _lines(_BACK, text) if out else []
    if not again and not (out and back):
        return ()
    found: list[Conversion] = []
    for chunk in _chunks(tree):
        first, last = chunk[0].lineno, chunk[-1].end_lineno or 0
        is_trip = _any(out, first, last) and _any(back, first, last)
        if is_trip or _any(again, first, last):
            for own, nested in _bodies(chunk):
                found += [*round_trips.round_trips(own, nested)] if is_trip else []
                found += repeated_conversions.repeated_conversions(own)
    if "onnx" in text:  # an export makes constants of tensors by sending them through arrays
        found = [each for each in found if each.before != "tensor"]
    found.sort(key=lambda each: (each.line, each.other_line, each.text))
    return tuple(msgspec.structs.replace(each, scope=_scope_at(scopes, each.line)) for each in found[:_MAX])


def _lines(pattern: re.Pattern[str], text: str) -> list[int]:
    """The lines of the matches, ascending."""
    found: list[int] = []
    line, at = 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        found.append(line)
    return found


def _any(lines: list[int], first: int, last: int) -> bool:
    """Whether one of the ascending lines lies in first … last."""
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last


def _chunks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The functions at the top and in classes, each alone, and the other statements of the module together."""
    rest: list[ast.stmt] = []
    pending = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ClassDef):
            pending.extend(reversed(node.body))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield [node]
        else:
            rest.append(node)
    if rest:
        yield rest


def _bodies(chunk: list[ast.stmt]) -> Iterator[tuple[list[ast.AST], list[ast.AST]]]:
    """Of the statements and each function in them: the nodes of its own statements, and the functions defined in it, which may read
    its names."""
    pending: list[list[ast.AST]] = [list(chunk)]
    while pending:
        own: list[ast.AST] = []
        nested: list[ast.AST] = []
        stack = pending.pop()
        while stack:
            node = stack.pop()
            own.append(node)
            if isinstance(node, _FUNCTIONS):
                nested.append(node)
            else:
                stack.extend(ast.iter_child_nodes(node))
        pending.extend(list(ast.iter_child_nodes(node)) for node in nested)
        yield own, nested


def _scope_at(scopes: Sequence[Scope], line: int) -> int:
    """The innermost scope that covers a line."""
    return max((n for n, scope in enumerate(scopes) if scope.line <= line <= scope.end_line), key=lambda n: scopes[n].line, default=0)
