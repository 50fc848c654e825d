"""Comments and strings that are code: blocks that would run if somebody took the comment signs away.

A run of comment lines is uncommented and dedented; lines of prose in it are set aside; what is left must parse. Nothing is judged here:
the facts say what stands there and what is said about it.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from analyzer.read.commented_block import Around, Segment, bare, described, does_something, is_prose
from analyzer.read.facts import Cell, CommentedCode

MIN_LINES = 3
MAX_RUN = 2_000
MAX_SPLITS = 24

_HINT = re.compile(r"[=(\[]|^\s*#+\s*(?:import|from|return|def|class)\b", re.MULTILINE)
_APART = re.compile(
    r"\s*#[!:]|\s*#+\s*(?:mldebt|pylint|noqa|type|mypy|flake8|ruff|isort|yapf|fmt|pragma|pyright|nosec|cython|distutils|NOTE|TODO|FIXME|XXX)\s*[:(]"
    r"|\s*#\s*(?:%%|\+(?: |$)|-\s*$|---|///|===|COMMAND -|MAGIC|DBTITLE|region\b|endregion\b|>>>|\.\.\. |-\*-|In ?\[)"
)
"""Comments that are marks of tools, cells, sections, sessions: never code, and a boundary."""
_NOTE = re.compile(r"\s*#+\s*(?:NOTE|TODO|FIXME|XXX)\s*[:(]")
_MARKDOWN = re.compile(r"\s*#\s*%%.*\[(?:markdown|md|raw)\]")
_PERCENT = re.compile(r"\s*#\s*%%")
_QUOTED = re.compile("\\s*#+\\s*(\"\"\"|''')")
_FENCE = re.compile(r"# (---|///.*)\s*$")
_MAGIC = re.compile(r"\s*(?:[!%]|\?|pip install |conda install )")
_ARMS = (("elif ", "if 0:\n  pass\n"), ("else:", "if 0:\n  pass\n"), ("except", "try:\n  pass\n"), ("finally:", "try:\n  pass\n"))


def commented_code(text: str, loose: Iterable[tuple[int, int, str]], cells: Sequence[Cell] = ()) -> tuple[CommentedCode, ...]:
    """The blocks of commented-out code in a Python text that parses, in the order of their lines.

    `loose` are its string statements that are no docstrings: (first line, last line, value). A block never crosses a cell. Never raises.
    """
    around = Around(text)
    found = [*_in_comments(text, around, cells), *_in_strings(around, loose)]
    asking = [cell for cell in cells if cell.asks]
    if found and asking:
        found = [_asked_for(block, asking) for block in found]
    return tuple(sorted(found, key=lambda block: block.line))


def _asked_for(block: CommentedCode, asking: Sequence[Cell]) -> CommentedCode:
    """The block with what the prose before its cell asks for."""
    said = next((cell.asks for cell in asking if cell.first_line <= block.line < cell.first_line + cell.lines), "")
    return msgspec.structs.replace(block, prose=f"{said}\n{block.prose}") if said else block


# ---- comments ------------------------------------------------------------------------------------------------------------------------


def _in_comments(text: str, around: Around, cells: Sequence[Cell]) -> Iterator[CommentedCode]:
    lines = around.lines
    runs = [(first, last) for first, last in _runs(lines) if _HINT.search("\n".join(lines[first : last + 1]))]
    if not runs:
        return
    starts = {cell.first_line - 1 for cell in cells}
    depths: dict[int, int] | None = None
    fenced = _fenced(lines)
    for first, last in runs:
        if last - first >= MAX_RUN:
            continue
        for part in _parts(lines, first, last, starts, fenced):
            segments = list(_segments(lines, *part))
            if not segments and not lines[part[1]].rstrip().endswith(","):
                continue
            if depths is None:
                depths = _comment_depths(text, runs[-1][1] + 1)
            for segment in _inside(lines, part, segments, depths):
                own = range(segment.first, segment.last + 1)
                if all(at + 1 in depths or not lines[at].strip() for at in own):
                    yield from described(around, segment, "comment", depths[segment.first + 1])


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """(first, last) line of each run of comment lines, with at most one empty line between two and behind the last."""
    first, last, size = 0, -3, 0
    for at in [at for at, line in enumerate(lines) if "#" in line and line.lstrip(" \t").startswith("#")]:
        if at - last == 1 or (at - last == 2 and not lines[last + 1].strip(" \t")):
            size += 1
        else:
            if size >= MIN_LINES:
                yield first, last + _is_empty(lines, last + 1)
            first, size = at, 1
        last = at
    if size >= MIN_LINES:
        yield first, last + _is_empty(lines, last + 1)


def _is_empty(lines: Sequence[str], at: int) -> bool:
    """Whether the line is there (what stands behind the last line break is none when it is nothing) and has only blanks."""
    return at < len(lines) - (not lines[-1]) and not lines[at].strip(" \t")


def _fenced(lines: Sequence[str]) -> frozenset[int]:
    """Lines of notebook headers (`# ---`), script metadata (`# /// script`), markdown cells of the percent format, and texts that were
    quoted before they were commented out, as documentation is."""
    inside: set[int] = set()
    fence, markdown, quote = "", False, ""
    for at, line in enumerate(lines):
        if not line.lstrip().startswith("#"):
            fence = ""
            quote = quote if not line.strip() else ""
            markdown = markdown and not line.strip()
            continue
        if quote:
            inside.add(at)
            quote = "" if quote in line else quote
            continue
        if (quoted := _QUOTED.match(line)) and line.count(quoted[1]) == 1 and not lines[at - 1].lstrip().startswith("#"):
            quote = quoted[1]
            inside.add(at)
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


def _comment_depths(text: str, last: int) -> dict[int, int]:
    """Line of each comment that stands alone, up to the line `last`, → how many brackets are open around it.

    Fewer when the text cannot be tokenised.
    """
    depths: dict[int, int] = {}
    depth = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            elif token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
                depths[token.start[0]] = depth
            if token.start[0] > last:
                break
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        pass
    return depths


def _segments(lines: Sequence[str], first: int, last: int) -> Iterator[Segment]:
    """The longest stretches of the run that parse once prose is set aside."""
    waiting, splits = [(first, last)], 0
    while waiting:
        begin, end = waiting.pop()
        while begin <= end and not bare(lines[begin]):
            begin += 1
        while begin <= end and not bare(lines[end]):
            end -= 1
        if end - begin + 1 < MIN_LINES:
            continue
        text = "\n".join(_uncommented(lines[begin : end + 1]))
        parsed = _arm(text)
        if isinstance(parsed, list):
            yield from _trimmed(begin, end, parsed)
        elif splits < MAX_SPLITS:
            splits += 1
            at = begin + min(max(parsed, 1), end - begin + 1) - 1
            waiting += [(at + 1, end), (begin, at - 1)]


def _trimmed(begin: int, end: int, body: list[ast.stmt]) -> Iterator[Segment]:
    """Without what does nothing at both ends: a heading of one word parses as well."""
    first, last = 0, len(body)
    while first < last and not does_something(body[first]):
        first += 1
    while last > first and not does_something(body[last - 1]):
        last -= 1
    if first == last:
        return
    after = begin + (body[last - 1].end_lineno or 1) - 1 if last < len(body) else end
    decorators = getattr(body[first], "decorator_list", ())
    before = begin + max(min(node.lineno for node in (body[first], *decorators)), 1) - 1
    if after - before + 1 >= MIN_LINES:
        yield Segment(before, after, body[first:last])


def _arm(text: str) -> list[ast.stmt] | int:
    """As `_parsed`, also of the second arm of an `if` or a `try`."""
    head = next((head for arm, head in _ARMS if text.startswith(arm)), "")
    parsed = _parsed(head + text)
    if isinstance(parsed, int):
        return parsed - head.count("\n")
    return [ast.increment_lineno(node, -head.count("\n")) for node in parsed]


def _inside(lines: Sequence[str], part: tuple[int, int], segments: list[Segment], depths: dict[int, int]) -> list[Segment]:
    """Between the brackets of live code, the run as elements: entries of a dictionary, arguments of a call."""
    first, last = part
    while first <= last and not bare(lines[first]):
        first += 1
    if not depths.get(first + 1):
        return segments
    text = "\n".join(_uncommented(lines[first : last + 1]))
    for opening, closing in (("_(", ")"), ("{", "}")):
        parsed = _parsed(f"{opening}\n{text}\n{closing}")
        if isinstance(parsed, list):
            return [Segment(first, last, parsed, inside=True)]
    return segments


def _uncommented(lines: Sequence[str]) -> list[str]:
    """As Python of as many lines: comment signs off, prose blank, magics `pass`, indentation of the block off."""
    contents = []
    spaced = all(line.lstrip()[1:2] in (" ", "\t", "") for line in lines if bare(line))
    for line in lines:
        indent, _, rest = line.partition("#")
        rest = rest.rstrip()
        content = rest[1:] if spaced and rest[:1] in (" ", "\t") else rest
        if is_prose(content.strip()):
            content = ""
        elif _MAGIC.match(content):
            content = content[: len(content) - len(content.lstrip())] + "pass"
        contents.append(indent + content if content.strip() else "")
    return textwrap.dedent("\n".join(contents)).split("\n")


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


def _in_strings(around: Around, loose: Iterable[tuple[int, int, str]]) -> Iterator[CommentedCode]:
    for first, last, value in loose:
        if last - first + 1 < MIN_LINES or last - first > MAX_RUN or not _HINT.search(value):
            continue
        body = _parsed(textwrap.dedent(value.expandtabs(4)))
        if isinstance(body, list) and body:
            yield from described(around, Segment(first - 1, last - 1, body), "string", 0)
