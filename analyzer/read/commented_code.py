"""Comments and strings that are code: blocks that would run if somebody took the comment signs away.

A run of comment lines is uncommented and dedented; lines of prose in it are set aside; what is left must parse. Nothing is judged here:
the facts say what stands there and what is said about it.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import textwrap
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.read.facts import Cell, CommentedCode

MIN_LINES = 3
MAX_RUN = 2_000
MAX_SPLITS = 24
MAX_NAMES = 200
MAX_PROSE = 600
MAX_FIRST = 120
MAX_ABOVE = 12
MAX_BELOW = 3

_RUN = re.compile(rf"(?:^[ \t]*#[^\n]*\n(?:[ \t]*\n)?){{{MIN_LINES},}}", re.MULTILINE)
"""Comment lines, with at most one empty line between two."""
_HINT = re.compile(r"[=(\[]|^\s*#+\s*(?:import|from|return|def|class)\b", re.MULTILINE)
_APART = re.compile(
    r"\s*#[!:]|\s*#+\s*(?:mldebt|pylint|noqa|type|mypy|flake8|ruff|isort|yapf|fmt|pragma|pyright|nosec|cython|distutils|NOTE|TODO|FIXME|XXX)\s*[:(]"
    r"|\s*#\s*(?:%%|\+(?: |$)|-\s*$|---|///|===|COMMAND -|MAGIC|DBTITLE|region\b|endregion\b|>>>|\.\.\. |-\*-|In ?\[)"
)
"""Comments that are marks of tools, cells, sections, sessions: never code, and a boundary."""
_NOTE = re.compile(r"\s*#+\s*(?:NOTE|TODO|FIXME|XXX)\s*[:(]")
_MARKDOWN = re.compile(r"\s*#\s*%%.*\[(?:markdown|md|raw)\]")
_PERCENT = re.compile(r"\s*#\s*%%")
_FENCE = re.compile(r"# (---|///.*)\s*$")
_MAGIC = re.compile(r"\s*(?:[!%]|\?|pip install |conda install )")
_STRING = re.compile(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"")
_ADJACENT = re.compile(r"(?<![\w.])([A-Za-z_]\w*)[ \t]+(?=([A-Za-z_]\w*))")
_SOFT = frozenset({"match", "case", "type", "print", "exec"})
_WORD = re.compile(r"[A-Za-z_]\w*")
_QUOTES = ("", '"', "'")
_ARMS = (("elif ", "if 0:\n  pass\n"), ("else:", "if 0:\n  pass\n"), ("except", "try:\n  pass\n"), ("finally:", "try:\n  pass\n"))
_TITLE = re.compile(r"[A-Z][\w -]*:?\Z")
_BUILTINS = frozenset(dir(builtins)) | {"self", "cls"}
_DOING = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.Delete, ast.Pass)
_AROUND = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.If,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.Match,
)


@dataclass(slots=True)
class _Segment:
    """Lines first … last (0-based, of the text) that parse, and the statements that they are."""

    first: int
    last: int
    body: list[ast.stmt]
    inside: bool = False
    """They are elements or arguments of an expression of the live code."""


def commented_code(text: str, loose: Iterable[tuple[int, int, str]], cells: Sequence[Cell] = ()) -> tuple[CommentedCode, ...]:
    """The blocks of commented-out code in a Python text that parses, in the order of their lines.

    `loose` are its string statements that are no docstrings: (first line, last line, value). A block never crosses a cell. Never raises.
    """
    around = _Around(text)
    found = [*_in_comments(text, around, cells), *_in_strings(around, loose)]
    return tuple(sorted(found, key=lambda block: block.line))


# ---- comments ------------------------------------------------------------------------------------------------------------------------


def _in_comments(text: str, around: _Around, cells: Sequence[Cell]) -> Iterator[CommentedCode]:
    runs = [match for match in _RUN.finditer(text if text.endswith("\n") else text + "\n") if _HINT.search(match[0])]
    if not runs:
        return
    lines = around.lines
    starts = {cell.first_line - 1 for cell in cells}
    depths: dict[int, int] | None = None
    fenced = _fenced(lines)
    for match in runs:
        first = text.count("\n", 0, match.start())
        last = min(first + match[0].count("\n"), len(lines)) - 1
        if last - first >= MAX_RUN:
            continue
        for part in _parts(lines, first, last, starts, fenced):
            segments = list(_segments(lines, *part))
            if not segments and not lines[part[1]].rstrip().endswith(","):
                continue
            if depths is None:
                depths = _comment_depths(text)
            for segment in _inside(lines, part, segments, depths):
                own = range(segment.first, segment.last + 1)
                if all(at + 1 in depths or not lines[at].strip() for at in own):
                    yield from _block(around, segment, "comment", depths[segment.first + 1])


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """Lines of notebook headers (`# ---`), script metadata (`# /// script`) and markdown cells of the percent format."""
    inside: set[int] = set()
    fence, markdown = "", False
    for at, line in enumerate(lines):
        if not line.lstrip().startswith("#"):
            fence = ""
            markdown = markdown and not line.strip()
            continue
        mark = _FENCE.match(line)
        if mark is not None:
            opening = not fence and (mark[1] != "---" or at < 3)
            fence = mark[1][:3] if opening else ""
            inside.add(at)
        elif _PERCENT.match(line):
            markdown = _MARKDOWN.match(line) is not None
        if fence or markdown:
            inside.add(at)
    return frozenset(inside)


def _parts(lines: Sequence[str], first: int, last: int, starts: set[int], fenced: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The run without marks of tools and fences, cut at them and at the starts of cells."""
    begin = first
    for at in range(first, last + 2):
        ends = at > last or at in fenced or (_APART.match(lines[at]) is not None and not _NOTE.match(lines[at]))
        if ends or (at in starts and at > begin):
            if at - begin >= MIN_LINES:
                yield begin, at - 1
            begin = at + 1 if ends else at


def _comment_depths(text: str) -> dict[int, int]:
    """Line of each comment that stands alone → how many brackets are open around it. Fewer when the text cannot be tokenised."""
    depths: dict[int, int] = {}
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            elif token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
                depths[token.start[0]] = depth
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        pass
    return depths


def _segments(lines: Sequence[str], first: int, last: int) -> Iterator[_Segment]:
    """The longest stretches of the run that parse once prose is set aside."""
    waiting, splits = [(first, last)], 0
    while waiting:
        begin, end = waiting.pop()
        while begin <= end and not _bare(lines[begin]):
            begin += 1
        while begin <= end and not _bare(lines[end]):
            end -= 1
        if end - begin + 1 < MIN_LINES:
            continue
        parsed = _arm("\n".join(_uncommented(lines[begin : end + 1])))
        if isinstance(parsed, list):
            yield _Segment(begin, end, parsed)
        elif splits < MAX_SPLITS:
            splits += 1
            at = begin + min(max(parsed, 1), end - begin + 1) - 1
            waiting += [(at + 1, end), (begin, at - 1)]


def _arm(text: str) -> list[ast.stmt] | int:
    """As `_parsed`, also of the second arm of an `if` or a `try`."""
    head = next((head for arm, head in _ARMS if text.startswith(arm)), "")
    parsed = _parsed(head + text)
    return parsed - head.count("\n") if isinstance(parsed, int) else parsed


def _inside(lines: Sequence[str], part: tuple[int, int], segments: list[_Segment], depths: dict[int, int]) -> list[_Segment]:
    """Between the brackets of live code, the run as elements: entries of a dictionary, arguments of a call."""
    first, last = part
    while first <= last and not _bare(lines[first]):
        first += 1
    if not depths.get(first + 1):
        return segments
    text = "\n".join(_uncommented(lines[first : last + 1]))
    for opening, closing in (("_(", ")"), ("{", "}")):
        parsed = _parsed(f"{opening}\n{text}\n{closing}")
        if isinstance(parsed, list):
            return [_Segment(first, last, parsed, inside=True)]
    return segments


def _bare(line: str) -> str:
    """The line without its comment sign, "" when it is prose, empty, or a remark of its own."""
    content = line.strip().lstrip("#").strip() if not line.strip().startswith("# #") else ""
    return "" if _is_prose(content) else content


def _uncommented(lines: Sequence[str]) -> list[str]:
    """As Python of as many lines: comment signs off, prose blank, magics `pass`, indentation of the block off."""
    contents = []
    spaced = all(line.lstrip()[1:2] in (" ", "\t", "") for line in lines if _bare(line))
    for line in lines:
        indent, _, rest = line.partition("#")
        rest = rest.rstrip()
        content = rest[1:] if spaced and rest[:1] in (" ", "\t") else rest
        if _is_prose(content.strip()):
            content = ""
        elif _MAGIC.match(content):
            content = content[: len(content) - len(content.lstrip())] + "pass"
        contents.append(indent + content if content.strip() else "")
    return textwrap.dedent("\n".join(contents)).split("\n")


def _is_prose(content: str) -> bool:
    """Two words side by side that are no keywords are never Python."""
    if not content or content.startswith("#"):
        return True
    if '"""' in content or "'''" in content:
        return False
    code = _STRING.sub("''", content).partition(" #")[0]
    pairs = (match.groups() for match in _ADJACENT.finditer(code))
    return any(not any(keyword.iskeyword(word) or word in _SOFT for word in pair) for pair in pairs)


def _parsed(text: str) -> list[ast.stmt] | int:
    """The statements of `text`, or the line at which it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, RecursionError, MemoryError):
        return 1


# ---- strings -------------------------------------------------------------------------------------------------------------------------


def _in_strings(around: _Around, loose: Iterable[tuple[int, int, str]]) -> Iterator[CommentedCode]:
    for first, last, value in loose:
        if last - first + 1 < MIN_LINES or last - first > MAX_RUN or not _HINT.search(value):
            continue
        body = _parsed(textwrap.dedent(value.expandtabs(4)))
        if isinstance(body, list) and body:
            yield from _block(around, _Segment(first - 1, last - 1, body), "string", 0)


# ---- what a block says ---------------------------------------------------------------------------------------------------------------


class _Around:
    """The text around the blocks, looked at once."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._words: Counter[str] | None = None
        self._text = text

    def is_live(self, name: str, inside: Counter[str]) -> bool:
        """Whether the name stands in the text outside a block whose words are `inside`."""
        if self._words is None:
            self._words = Counter(_WORD.findall(self._text))
        return self._words[name] > inside[name]

    def prose(self, segment: _Segment) -> str:
        """What the comments say that lead to the block, stand in it or follow it at once."""
        lines, first, last = self.lines, segment.first, segment.last
        while first > 0 and segment.first - first < MAX_ABOVE and _is_comment(lines[first - 1]):
            first -= 1
        if first > 1 and not lines[first - 1].strip() and _is_comment(lines[first - 2]):
            first -= 2
        while last + 1 < len(lines) and last - segment.last < MAX_BELOW and _is_comment(lines[last + 1]):
            last += 1
        said = (lines[at].strip().removeprefix("#").strip() for at in range(first, last + 1) if _is_comment(lines[at]))
        own = [line.strip().lstrip("#") for line in lines[segment.first : segment.last + 1] if _bare(line)]
        inline = own[0].rpartition("  #")[2].strip() if own and "  #" in own[0] else ""
        words = [text for text in said if not text.startswith("#") and (_is_prose(text) or _TITLE.match(text))]
        return "\n".join(word for word in (*words, inline) if word)[:MAX_PROSE]


def _block(around: _Around, segment: _Segment, kind: str, depth: int) -> Iterator[CommentedCode]:
    parts = _elements(segment) if segment.inside else segment.body
    doing = [node for node in parts if _does(node)]
    if 2 * len(doing) <= len(parts):
        return
    own = around.lines[segment.first : segment.last + 1]
    words = Counter(_WORD.findall("\n".join(own)))
    nodes = [node for part in segment.body for node in ast.walk(part)]
    made = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)} | set(_defined(nodes))
    used = {node.id for node in nodes if isinstance(node, ast.Name)} - made - _BUILTINS - {"_"}
    yield CommentedCode(
        kind,
        segment.first + 1,
        segment.last + 1,
        code_lines=_code_lines(own, kind),
        weighty=max(len(doing), sum(isinstance(node, ast.Call) for node in nodes))
        if depth
        else sum(_is_weighty(node) for node in nodes if isinstance(node, ast.stmt) and _does(node)),
        first=next((content[:MAX_FIRST] for line in own if (content := _content(line, kind)) and not _is_prose(content)), ""),
        prose=around.prose(segment),
        names=tuple(dict.fromkeys(_names(nodes)))[:MAX_NAMES],
        calls=tuple(dict.fromkeys(_calls(nodes)))[:MAX_NAMES],
        familiar=sum(around.is_live(name, words) for name in used) / len(used) if used else 1.0,
    )


def _elements(segment: _Segment) -> list[ast.expr]:
    expression = segment.body[0].value if isinstance(segment.body[0], ast.Expr) else None
    if isinstance(expression, ast.Dict):
        return expression.values
    if isinstance(expression, ast.Call):
        return [*expression.args, *(keyword.value for keyword in expression.keywords)]
    return []


def _does(node: ast.AST) -> bool:
    if isinstance(node, ast.AnnAssign):
        return node.value is not None
    if isinstance(node, ast.Expr):
        return isinstance(node.value, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom))
    return isinstance(node, (*_DOING, *_AROUND, ast.expr))


def _is_weighty(node: ast.AST) -> bool:
    """It calls, looks up, repeats or defines: `n = samples` could as well be a legend."""
    heavy = (
        ast.Call,
        ast.Attribute,
        ast.Subscript,
        ast.For,
        ast.While,
        ast.With,
        ast.FunctionDef,
        ast.ClassDef,
        ast.Import,
        ast.ImportFrom,
    )
    return any(isinstance(child, heavy) for child in _own(node))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """A statement and its expressions, without the statements in it."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt):
            yield from _own(child)


def _code_lines(own: Sequence[str], kind: str) -> int:
    contents = [_content(line, kind) for line in own]
    return sum(1 for content in contents if content and not (kind == "comment" and _is_prose(content)) and content not in _QUOTES)


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
    for node in nodes:
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield function.attr
            elif isinstance(function, ast.Name):
                yield function.id


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
