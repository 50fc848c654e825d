"""What a block of commented-out code says: its size, its names, what comments say about it; and what is prose and what is code."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.read.expression_text import last_name
from analyzer.read.facts import CommentedCode
from analyzer.read.names import NAME

MAX_NAMES = 200
MAX_PROSE = 600
MAX_FIRST = 120
MAX_ABOVE = 12
MAX_BELOW = 3

_STRING = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"")
_ADJACENT = re.compile(r"(?<![\w.])([A-Za-z_]\w*)[ \t]+(?=([A-Za-z_]\w*))")
_SOFT = frozenset({"match", "case", "type", "print", "exec"})
_QUOTES = ("", '"', "'")
_TITLE = re.compile(r"[A-Z][\w -]*:?\Z")
_FOR_EXAMPLE = re.compile(r"(?:e\.\s?g|i\.\s?e)\.", re.IGNORECASE)
_ITEM = re.compile(r"[-*] .*:\Z")
"""An entry of a list that introduces what follows: `- slow and readable:`."""
_BUILTINS = frozenset(dir(builtins)) | {"self", "cls"}
_DOING = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.Delete, ast.Pass)
_AROUND = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try,
    ast.Match,
)  # fmt: skip
_REQUIRED = frozenset("Field Query Path Body Header Cookie Form File Security Param Argument Option".split())
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HEAVY = (
    ast.Call, ast.Attribute, ast.Subscript, ast.For, ast.While, ast.With, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
)  # fmt: skip


@dataclass(slots=True)
class Segment:
    """Lines first … last (0-based, of the text) that parse, and the statements that they are."""

    first: int
    last: int
    body: list[ast.stmt]
    inside: bool = False
    """They are elements or arguments of an expression of the live code."""


def bare(line: str) -> str:
    """The line without its comment sign, "" when it is prose, empty, or a remark of its own."""
    content = line.strip().lstrip("#").strip() if not line.strip().startswith("# #") else ""
    return "" if is_prose(content) else content


def is_prose(content: str) -> bool:
    """Two words side by side that are no keywords are never Python."""
    if not content or content.startswith("#") or _FOR_EXAMPLE.match(content):
        return True
    if '"""' in content or "'''" in content:
        return False
    code = _STRING.sub("''", content).partition(" #")[0]
    pairs = (match.groups() for match in _ADJACENT.finditer(code))
    return any(not any(keyword.iskeyword(word) or word in _SOFT for word in pair) for pair in pairs)


class Around:
    """The text around the blocks, looked at once."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._words: Counter[str] | None = None
        self._text = text

    def is_live(self, name: str, inside: Counter[str]) -> bool:
        """Whether the name stands in the text outside a block whose words are `inside`."""
        if self._words is None:
            self._words = Counter(NAME.findall(self._text))
        return self._words[name] > inside[name]

    def prose(self, segment: Segment) -> str:
        """What the comments say that lead to the block, stand in it or follow it at once."""
        lines, first, last = self.lines, segment.first, segment.last
        while first > 0 and segment.first - first < MAX_ABOVE and _is_comment(lines[first - 1]):
            first -= 1
        if first > 1 and not lines[first - 1].strip() and _is_comment(lines[first - 2]):
            first -= 2
            while first > 0 and segment.first - first < MAX_ABOVE and _is_comment(lines[first - 1]):
                first -= 1
        while last + 1 < len(lines) and last - segment.last < MAX_BELOW and _is_comment(lines[last + 1]):
            last += 1
        quoted = _docstring_lines(segment)
        spoken = (at for at in range(first, last + 1) if _is_comment(lines[at]) and at not in quoted)
        said = (_said(lines[at], is_inside=segment.first <= at <= segment.last) for at in spoken)
        own = [line.strip().lstrip("#") for line in lines[segment.first : segment.last + 1] if bare(line)]
        inline = own[0].rpartition("  #")[2].strip() if own and "  #" in own[0] else ""
        words = [text for text in said if not text.startswith("#") and (is_prose(text) or _TITLE.match(text) or _ITEM.match(text))]
        return "\n".join(word for word in (*words, inline) if word)[:MAX_PROSE]


def _said(line: str, *, is_inside: bool) -> str:
    """A comment's text. A remark inside the block, of the former code, keeps its second sign; so does a heading of one word."""
    text = line.strip().removeprefix("#").strip()
    return text if is_inside or " " not in text.lstrip("# ") else text.lstrip("# ")


def described(around: Around, segment: Segment, kind: str, depth: int) -> Iterator[CommentedCode]:
    parts = _elements(segment) if segment.inside else segment.body
    doing = [node for node in parts if does_something(node)]
    if 2 * len(doing) <= len(parts):
        return
    own = around.lines[segment.first : segment.last + 1]
    words = Counter(NAME.findall("\n".join(own)))
    nodes = [node for part in segment.body for node in ast.walk(part)]
    if any(isinstance(node, ast.Call) and _is_shortened(node) for node in nodes):
        return
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | set(_defined(nodes))
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - made - _BUILTINS - {"_"}
    yield CommentedCode(
        kind,
        segment.first + 1,
        segment.last + 1,
        code_lines=_code_lines(own, kind),
        weighty=max(len(doing), sum(isinstance(node, ast.Call) for node in nodes))
        if depth
        else sum(_is_weighty(node) for node in nodes if isinstance(node, ast.stmt) and does_something(node)),
        first=next((content[:MAX_FIRST] for line in own if (content := _content(line, kind)) and not is_prose(content)), ""),
        prose=around.prose(segment),
        names=tuple(dict.fromkeys(_names(nodes)))[:MAX_NAMES],
        calls=tuple(dict.fromkeys(_calls(nodes)))[:MAX_NAMES],
        familiar=sum(around.is_live(name, words) for name in used) / len(used) if used else 1.0,
    )


def _is_shortened(call: ast.Call) -> bool:
    """`score(x, ...)` is how a text shortens code; `Field(...)` and its kind say in pydantic that a value is required."""
    first = call.args[:1] if last_name(call.func) in _REQUIRED else []
    return any(_is_ellipsis(each) for each in call.args if each not in first)


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _docstring_lines(segment: Segment) -> set[int]:
    """Lines of the text that docstrings in the block fill: they speak of its own code."""
    if segment.inside:
        return set()
    begin = segment.first - min(node.lineno for node in (segment.body[0], *getattr(segment.body[0], "decorator_list", ())))
    return {
        begin + at
        for part in segment.body
        for node in ast.walk(part)
        if isinstance(node, _DEFINING) and ast.get_docstring(node, clean=False) is not None
        for at in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }


def _elements(segment: Segment) -> list[ast.expr]:
    expression = segment.body[0].value if isinstance(segment.body[0], ast.Expr) else None
    if isinstance(expression, ast.Dict):
        return expression.values
    if isinstance(expression, ast.Call):
        return [*expression.args, *(keyword.value for keyword in expression.keywords)]
    return []


def does_something(node: ast.AST) -> bool:
    if isinstance(node, ast.AnnAssign):
        return node.value is not None
    if isinstance(node, ast.Expr):
        return isinstance(node.value, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom))
    return isinstance(node, (*_DOING, *_AROUND, ast.expr))


def _is_weighty(node: ast.AST) -> bool:
    """It calls, looks up, repeats or defines: `n = samples` could as well be a legend."""
    return any(isinstance(child, _HEAVY) for child in _own(node))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and its expressions, without the statements in it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield from _own(child)


def _code_lines(own: Sequence[str], kind: str) -> int:
    contents = [_content(line, kind) for line in own]
    return sum(1 for content in contents if content and not (kind == "comment" and is_prose(content)) and content not in _QUOTES)


def _content(line: str, kind: str) -> str:
    """The line without its comment sign or quotes, "" for a remark."""
    content = line.strip()
    content = content.lstrip("#").strip() if kind == "comment" else content.strip("\"'").strip()
    return "" if content.startswith("#") else content


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (node.module or "", *(alias.name for alias in node.names))
    yield from _defined(nodes)


def _defined(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.arg):
            yield node.arg


def _calls(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (name for node in nodes if isinstance(node, ast.Call) and (name := last_name(node.func)))


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
