"""Methods and slices of text: what is left of a text that is known in part, and of a parameter, asked again when it is known.

Source: the Python library reference, "Text Sequence Type". A hole is taken to hold no separator, so the first and the last piece of a text
whose ends are known are sure; what cannot be told stays unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.link import formatting, paths
from analyzer.link.domain import Abstract, Alternatives, Hole, Instance, Known, Many, Part, Pattern, Sym, as_pattern, capped, literal
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_PIECES = 24
MAX_OPS = 6
MAX_LENGTH = 4_000
MAX_ALTERNATIVES = 4
_MARK = "\0"


def method(evaluator: Asking, receiver: Pattern | Sym, name: str, call: Call, where: Where) -> Alternatives | None:
    """`receiver.name(…)` of text with arguments that are known; None when it is no such method or nothing can be told."""
    if (
        name not in METHODS
        or name in ("format", "spec")
        or any(keyword not in ("sep", "maxsplit", "keepends") for keyword, _ in call.keywords)
    ):
        return None
    given: list[str] = []
    for value in (*call.args, *(value for _, value in call.keywords)):
        known = evaluator.value(value, where)
        text = _plain(known[0]) if len(known) == 1 else None
        if text is None:
            return None
        given.append(text)
    return asked(receiver, _MARK.join((name, *given)))


def formatted(evaluator: Asking, receiver: Sym, call: Call, where: Where) -> Alternatives | None:
    """`parameter.format(…)` with known arguments, to be done when the parameter is known."""
    given: list[str] = []
    for name, value in (*(("", arg) for arg in call.args), *call.keywords):
        known = evaluator.value(value, where)
        text = _plain(known[0]) if len(known) == 1 else None
        if text is None or name == "**":
            return None
        given.append(f"{name}={text}")
    return asked(receiver, _MARK.join(("format", *given)))


def sliced(receiver: Abstract, bounds: str) -> Alternatives | None:
    """`receiver[bounds]` of text, `bounds` as written (`:-3`); None when it is no text or nothing can be told."""
    is_numbers = re.fullmatch(r"-?\d*(?::-?\d*){1,2}", bounds)
    return asked(receiver, f"[]{_MARK}{bounds}") if is_numbers and isinstance(receiver, (Pattern, Sym)) else None


def asked(receiver: Abstract, question: str) -> Alternatives | None:
    """What a method (with its arguments, as `method` writes them) gives of a value."""
    parameter = _parameter(receiver)
    if parameter is not None:
        return (parameter.then("text", question),) if len(parameter.ops) < MAX_OPS else None
    name, *arguments = question.split(_MARK)
    pattern = as_pattern(receiver)
    if sum(len(part) for part in pattern.parts if isinstance(part, str)) > MAX_LENGTH:
        return None
    return METHODS[name](pattern, name, arguments)


def elsewhere(values: Alternatives, question: str) -> Alternatives:
    """`asked` of what a parameter turned out to be; a hole of the method's name when nothing can be told."""
    found: list[Abstract] = []
    for value in values[:MAX_ALTERNATIVES]:
        if isinstance(value, (Many, Instance)):
            found.append(Many(value.items, ordered=False) if isinstance(value, Many) and question.startswith("[]") else value)
            continue
        asked_of = as_pattern(value).shown.strip("{}")
        shown = asked_of if question.startswith("spec") else f"{asked_of}.{question.partition(_MARK)[0]}"
        found.extend(asked(value, question) or (Pattern((Hole(shown if len(shown) < 60 else "text"),)),))
    return capped(found)


def _parameter(value: Abstract) -> Sym | None:
    if isinstance(value, Sym):
        return value
    if isinstance(value, Pattern) and len(value.parts) == 1 and isinstance(value.parts[0], Hole):
        return value.parts[0].sym
    return None


def _plain(value: Abstract) -> str | None:
    if isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return str(value.value)
    text = value.text if isinstance(value, Pattern) else None
    return text if text is not None and _MARK not in text else None


def _like(pattern: Pattern, parts: tuple[Part, ...]) -> Pattern:
    return Pattern(parts, pattern.via, pattern.anchored, pattern.temporary, pattern.base)


def _split(pattern: Pattern, name: str, given: list[str]) -> Alternatives | None:
    text = pattern.text
    if not given or (name == "splitlines" and text is not None):
        pieces = (text.splitlines() if name == "splitlines" else text.split()) if text is not None else None
        return (_many([literal(piece, pattern.via) for piece in pieces]),) if pieces and len(pieces) <= MAX_PIECES else None
    separator, limit = given[0], int(given[1]) if len(given) > 1 and re.fullmatch(r"-?\d+", given[1]) else -1
    if not separator:
        return None
    rows = _pieces(pattern, separator)
    if 0 <= limit < len(rows) - 1:
        rows = [*rows[:limit], _glued(rows[limit:], separator)] if name == "split" else _from_right(rows, limit, separator)
    return (_many([_like(pattern, row) for row in rows]),) if len(rows) <= MAX_PIECES else None


def _from_right(rows: list[tuple[Part, ...]], limit: int, separator: str) -> list[tuple[Part, ...]]:
    at = len(rows) - limit
    return [_glued(rows[:at], separator), *rows[at:]]


def _partition(pattern: Pattern, name: str, given: list[str]) -> Alternatives | None:
    separator = given[0] if given else ""
    rows = _pieces(pattern, separator) if separator else []
    if len(rows) < 2:
        whole, nothing = _like(pattern, pattern.parts), Pattern(())
        is_sure = pattern.text is not None and separator
        return (Many((whole, nothing, nothing) if name == "partition" else (nothing, nothing, whole)),) if is_sure else None
    at = 1 if name == "partition" else len(rows) - 1
    left, right = (_like(pattern, _glued(part, separator)) for part in (rows[:at], rows[at:]))
    return (Many((left, literal(separator), right)),)


def _pieces(pattern: Pattern, separator: str) -> list[tuple[Part, ...]]:
    rows: list[list[Part]] = [[]]
    for part in pattern.parts:
        if isinstance(part, Hole):
            rows[-1].append(part)
            continue
        for position, piece in enumerate(part.split(separator)):
            if position:
                rows.append([])
            if piece:
                rows[-1].append(piece)
    return [tuple(row) for row in rows]


def _glued(rows: list[tuple[Part, ...]], separator: str) -> tuple[Part, ...]:
    glued: list[Part] = []
    for position, row in enumerate(rows):
        for part in ((separator,) if position else ()) + row:
            if glued and isinstance(part, str) and isinstance(glued[-1], str):
                glued[-1] += part
            else:
                glued.append(part)
    return tuple(glued)


def _many(items: list[Pattern]) -> Many:
    return Many(tuple(items))


def _replaced(pattern: Pattern, _name: str, given: list[str]) -> Alternatives | None:
    if len(given) != 2 or not given[0]:
        return None
    parts = tuple(part.replace(given[0], given[1]) if isinstance(part, str) else part for part in pattern.parts)
    return (Pattern(tuple(p for p in parts if p), "concat", pattern.anchored, pattern.temporary, pattern.base),)


def _whole(pattern: Pattern, name: str, given: list[str]) -> Alternatives | None:
    """Methods that need all of the text."""
    text = pattern.text
    if text is None:
        return None
    if name == "zfill" and given and given[0].isdigit() and int(given[0]) <= 40:
        return (literal(text.zfill(int(given[0])), pattern.via),)
    return (literal(getattr(text, name)(), pattern.via),) if not given else None


def _slice(pattern: Pattern, _name: str, given: list[str]) -> Alternatives | None:
    bounds = [int(bound) if bound else None for bound in given[0].split(":")]
    text = pattern.text
    if text is not None and (len(bounds) < 3 or bounds[2] != 0):
        return (_like(pattern, (text[slice(*bounds)],) if text[slice(*bounds)] else ()),)
    first, last = (pattern.parts[0], pattern.parts[-1]) if pattern.parts else ("", "")
    lower, upper = bounds[0], bounds[1]
    if len(bounds) == 2 and not lower and upper is not None and upper < 0 and isinstance(last, str) and len(last) > -upper:
        return (_like(pattern, (*pattern.parts[:-1], last[:upper])),)
    if len(bounds) == 2 and upper is None and lower is not None and lower > 0 and isinstance(first, str) and len(first) > lower:
        return (_like(pattern, (first[lower:], *pattern.parts[1:])),)
    return None


METHODS: dict[str, Callable[[Pattern, str, list[str]], Alternatives | None]] = {
    **dict.fromkeys(("split", "rsplit", "splitlines"), _split),
    **dict.fromkeys(("partition", "rpartition"), _partition),
    **dict.fromkeys(("zfill", "title", "capitalize", "casefold", "swapcase"), _whole),
    "replace": _replaced,
    "format": lambda pattern, _name, given: (formatting.of_texts(pattern, given),),
    "[]": _slice,
    "spec": formatting.padded,
}


def relative(pattern: Pattern, start: Pattern) -> Pattern | None:
    """What of a path comes behind the folder `start`; None when it does not stand below it as far as can be seen."""
    mine, theirs = list(pattern.parts), list(start.parts)
    while theirs and isinstance(theirs[-1], str) and theirs[-1].endswith("/"):
        theirs[-1] = theirs[-1].rstrip("/")
        if not theirs[-1]:
            theirs.pop()
    while len(theirs) > 1 and mine and mine[0] == theirs[0]:
        mine, theirs = mine[1:], theirs[1:]
    if not theirs or not mine:
        return None
    first, head = theirs[0], mine[0]
    if len(theirs) == 1 and first == head:
        mine = mine[1:]
    elif len(theirs) == 1 and isinstance(first, str) and isinstance(head, str) and head.startswith(first.rstrip("/") + "/"):
        mine[0] = head[len(first.rstrip("/")) :]
    else:
        return None
    if mine and isinstance(mine[0], str) and mine[0].startswith("/"):
        rest = mine[0].lstrip("/")
        return Pattern(((rest,) if rest else ()) + tuple(mine[1:]), pattern.via, False, pattern.temporary)
    return None


def segments(pattern: Pattern) -> Many:
    """The parts of a path."""
    return _many([Pattern(row, pattern.via) for row in _pieces(pattern, "/") if row][:MAX_PIECES])


def last_segment(pattern: Pattern) -> Many:
    """`os.path.split`: the folder and the name."""
    return Many((paths.parent(pattern), paths.name(pattern)))
