"""What an expression can turn out to be once all files are known. Immutable; evaluation yields alternatives of these.

Text is a `Pattern`: literal pieces and `Hole`s. A hole may remember the parameter it stands for (`Sym`), so that a function's result or
effect, computed once, can be filled in at each of its call sites.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

MAX_ALTERNATIVES = 8
MAX_PARTS = 48
MAX_OPS = 6

Op = tuple[str, str]
"""One step of an access path on a parameter: ("attr", name), ("item", key), ("element", "…") for what a loop over it yields,
("path", name) for what path arithmetic makes of it (`analyzer.link.paths.asked`), ("before", text) for what stands before that end,
("text", question) for what a method of text gives (`analyzer.link.text_methods.asked`), ("at", position) for an item by its position, or
("loaded", "") for the configuration file at the path that it is."""


@dataclass(frozen=True, slots=True)
class Sym:
    """A parameter of a project function, and what was asked of it (`args.output_dir` is attr `output_dir` of `args`)."""

    function: tuple[str, int]
    """(path, scope index)."""
    param: str
    ops: tuple[Op, ...] = ()

    def then(self, kind: str, name: str) -> Sym:
        return Sym(self.function, self.param, (*self.ops, (kind, name)))

    @property
    def text(self) -> str:
        shown = self.param
        for kind, question in self.ops:
            name = question.partition("\0")[0]
            if kind in ("loaded", "before") or name == "spec":
                continue
            shown += f".{name}" if kind in ("attr", "path", "text") and name != "[]" else f"[{name.strip('[]')}]"
        return shown


@dataclass(frozen=True, slots=True)
class Hole:
    name: str
    sym: Sym | None = None


Part = Union[str, Hole]


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text with holes. `anchored`: relative to the repository root for certain (built from `__file__`)."""

    parts: tuple[Part, ...]
    via: str = "literal"
    anchored: bool = False
    temporary: bool = False
    base: str | None = None
    """Working directory that the text starts from, should it be a relative path: known for the words of a command line."""

    @property
    def text(self) -> str | None:
        """The text when nothing is unknown."""
        if all(isinstance(part, str) for part in self.parts):
            return "".join(part for part in self.parts if isinstance(part, str))
        return None

    @property
    def shown(self) -> str:
        """The text with `{name}` for each hole."""
        return "".join(part if isinstance(part, str) else "{" + part.name + "}" for part in self.parts)

    @property
    def begins(self) -> bool:
        """Is it known how the text begins?"""
        return bool(self.parts) and isinstance(self.parts[0], str) and bool(self.parts[0].strip("/."))

    @property
    def folder(self) -> Part | None:
        """The first part when the text goes on below it, as of a path."""
        follows = self.parts[1] if len(self.parts) > 1 else ""
        return self.parts[0] if isinstance(follows, str) and follows.startswith("/") else None

    @property
    def has_text(self) -> bool:
        return any(isinstance(part, str) and part.strip("/.\\ ") for part in self.parts)


@dataclass(frozen=True, slots=True)
class Known:
    """A number, bool or None."""

    value: int | float | bool | None


@dataclass(frozen=True, slots=True)
class Many:
    """A sequence: alternatives for its items, in order when `ordered`."""

    items: tuple[Abstract, ...]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A dict: known keys and their values."""

    entries: tuple[tuple[str, Abstract], ...]
    rest: tuple[Abstract, ...] = ()
    is_list: bool = False
    """A list whose items may have names besides their positions, which are keys as well."""

    @property
    def listed(self) -> tuple[Abstract, ...]:
        """What a loop over such a list yields, each once."""
        return tuple(dict.fromkeys(value for _, value in self.entries))


@dataclass(frozen=True, slots=True)
class ModuleRef:
    path: str


@dataclass(frozen=True, slots=True)
class FunctionRef:
    path: str
    scope: int
    bound: Abstract | None = None
    """The instance or class a method was taken from."""
    preset: tuple[str, int] = ("", -1)
    """(path, call index) of the `functools.partial` that has set arguments of it."""


@dataclass(frozen=True, slots=True)
class ClassRef:
    path: str
    scope: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a project class; `call` is (path, call index) of its construction, ("", -1) when not seen.

    `described`: the configuration whose keys are the arguments of its construction.
    """

    cls: ClassRef
    call: tuple[str, int] = ("", -1)
    described: ConfigNode | None = None


@dataclass(frozen=True, slots=True)
class External:
    """Something of a third-party or standard library, by its full name (`pandas.read_csv`)."""

    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What an external call gave: `name` of the callee, and the call itself for its arguments."""

    name: str
    path: str
    call: int


@dataclass(frozen=True, slots=True)
class LibraryObject:
    """An object of a library that stands for data (a collection of a database, a bucket): its type in the I/O table, what it stands for."""

    type: str
    identity: Pattern = Pattern(())


@dataclass(frozen=True, slots=True)
class ConfigNode:
    """A loaded configuration file of the repository, at a dotted key."""

    path: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing known; `hint` names it, `cause` tells why for the coverage statement."""

    hint: str = ""
    cause: str = "other"


Abstract = Union[
    Pattern, Known, Many, Table, ModuleRef, FunctionRef, ClassRef, Instance, External, Result, LibraryObject, ConfigNode, Sym, Unknown
]
Alternatives = tuple[Abstract, ...]

_VIA_ORDER = ("literal", "constant", "concat", "fstring", "pathlib", "self-attr", "parameter", "env", "config", "cli-default", "wrapper")


_VIA_RANKS = {via: rank for rank, via in enumerate(_VIA_ORDER)}


def _via_rank(via: str) -> int:
    return _VIA_RANKS.get(via, 0)


def stronger_via(*vias: str) -> str:
    """The most telling of several `via`s: what had to be resolved last."""
    return max(vias, key=_via_rank)


def literal(text: str, via: str = "literal") -> Pattern:
    return Pattern((text,) if text else (), via)


def syms(value: Abstract) -> list[Sym]:
    """The parameters that a value still depends on."""
    if isinstance(value, Sym):
        return [value]
    if isinstance(value, Pattern):
        return [part.sym for part in value.parts if isinstance(part, Hole) and part.sym is not None]
    return []


def ending_with(value: Abstract, end: Abstract) -> Abstract | None:
    """`value` where a test has shown that it ends with a text: an open end is closed by it; None when it ends otherwise.

    A parameter is asked again when it is known: what it is may end so already, or otherwise.
    """
    text = end.text if isinstance(end, Pattern) else None
    if not text or not isinstance(value, (Pattern, Sym, Unknown)):
        return value
    pattern = as_pattern(value)
    last = pattern.parts[-1] if pattern.parts else ""
    if isinstance(last, str):
        return None if pattern.parts and len(last) >= len(text) and not last.endswith(text) else value
    if last.sym is not None and len(last.sym.ops) < MAX_OPS:
        last = Hole(last.name, last.sym.then("before", text))
    return concat(pattern.via, Pattern((*pattern.parts[:-1], last), *_marks(pattern)), literal(text))


def before(value: Abstract, end: str) -> Abstract | None:
    """What stands in a text before its `end`; an open end stays, None when it ends otherwise."""
    pattern = as_pattern(value)
    last = pattern.parts[-1] if pattern.parts else ""
    if not isinstance(last, str):
        return value
    if not last.endswith(end):
        return None
    rest = last[: -len(end)]
    return Pattern((*pattern.parts[:-1], *([rest] if rest else [])), *_marks(pattern))


def _marks(pattern: Pattern) -> tuple[str, bool, bool, str | None]:
    return pattern.via, pattern.anchored, pattern.temporary, pattern.base


def as_pattern(value: Abstract) -> Pattern:
    """`value` as text: what `str(value)` or an f-string field shows."""
    if isinstance(value, Pattern):
        return value
    if isinstance(value, Known):
        if value.value is None or isinstance(value.value, (bool, float)) or value.value < 0:
            return Pattern((Hole("value"),))
        return literal(str(value.value))
    if isinstance(value, Sym):
        return Pattern((Hole(value.text, value),), "parameter")
    if isinstance(value, Unknown):
        return Pattern((Hole(value.hint or "unknown"),))
    if isinstance(value, Result):
        return Pattern((Hole(value.name.rpartition(".")[2] or "result"),))
    if isinstance(value, LibraryObject):
        return value.identity if value.identity.parts else Pattern((Hole(value.type.rpartition(".")[2].lower()),))
    if isinstance(value, External):
        return Pattern((Hole(value.name.rpartition(".")[2] or "object"),))
    if isinstance(value, ConfigNode):
        return Pattern((Hole(value.key.rpartition(".")[2] or "config"),), "config")
    if isinstance(value, Table) and value.is_list and len(value.listed) == 1:
        return as_pattern(value.listed[0])
    return Pattern((Hole("object"),))


def concat(via: str, *patterns: Pattern) -> Pattern:
    parts: list[Part] = []
    for pattern in patterns:
        for part in pattern.parts:
            if parts and isinstance(part, str) and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    if len(parts) > MAX_PARTS:
        parts = [*parts[:MAX_PARTS], Hole("…")]
    return Pattern(
        tuple(parts),
        stronger_via(via, *(p.via for p in patterns)),
        bool(patterns) and patterns[0].anchored,
        any(p.temporary for p in patterns),
        next((p.base for p in patterns if p.parts), None),
    )


def joined(left: Pattern, right: Pattern) -> Pattern:
    """`left / right` of paths: an absolute right side replaces the left one."""
    first = right.parts[0] if right.parts else ""
    if isinstance(first, str) and (first.startswith(("/", "~")) or "://" in first):
        return right
    if right.anchored:
        return right
    if not left.parts:
        base = left.base if left.base is not None else right.base
        return Pattern(right.parts, stronger_via(left.via, right.via, "pathlib"), left.anchored, left.temporary, base)
    if not right.parts:
        return left
    last = left.parts[-1]
    glue = "" if isinstance(last, str) and last.endswith("/") else "/"
    return concat("pathlib", left, literal(glue), right)


def capped(values: list[Abstract]) -> Alternatives:
    """At most MAX_ALTERNATIVES distinct values, order kept; more texts than that become what they have in common."""
    if len(values) < 2:
        return tuple(values)
    distinct = tuple(dict.fromkeys(values))
    if len(distinct) <= MAX_ALTERNATIVES:
        return distinct
    patterns = [value for value in distinct if isinstance(value, Pattern)]
    if len(patterns) > MAX_ALTERNATIVES - 2 and (general := generalised(patterns)) is not None:
        return (*[value for value in distinct if not isinstance(value, Pattern)][:2], general)
    return (*distinct[: MAX_ALTERNATIVES - 1], Unknown("…", "too many alternatives"))


def generalised(patterns: list[Pattern]) -> Pattern | None:
    """The pattern of which all `patterns` are cases, with a hole where they differ; None when they do not even begin alike."""
    if not patterns:
        return None
    texts = [pattern.shown for pattern in patterns]
    rows = [text.split("/") for text in texts]
    is_level = len({len(row) for row in rows}) == 1
    text = "/".join(map(_shared, zip(*rows, strict=True))) if is_level else _shared(texts)
    first = text.partition("/")[0]
    begins_alike = re.fullmatch(r"\{[^{}]*[^{}…]\}", first) and is_level and re.sub(r"\{[^{}]*\}|[/.]", "", text)
    if not begins_alike and not text.partition("{")[0].strip("/.~"):
        return None
    parts = tuple(Hole(part[1:-1]) if part.startswith("{") else part for part in re.split(r"(\{[^{}]*\})", text) if part)
    via = stronger_via(*(p.via for p in patterns))
    return Pattern(parts, via, all(p.anchored for p in patterns), any(p.temporary for p in patterns))


def _shared(texts: Sequence[str]) -> str:
    """What several texts have in common: how they begin, a hole, and how they end; in whole words."""
    if len(set(texts)) == 1:
        return texts[0]
    plain = [re.sub(r"\{[^{}]*\}", "\0", text) for text in texts]  # a hole is never part of what is shared
    head = _whole_words(posixpath.commonprefix(plain).partition("\0")[0])
    tail = _whole_words(posixpath.commonprefix([text[::-1] for text in plain]).partition("\0")[0])[::-1]
    return f"{head}{{…}}{tail}" if len(head) + len(tail) <= min(map(len, plain)) else f"{head}{{…}}"


def _whole_words(text: str) -> str:
    """`text` up to the last separator: what follows may be half a word."""
    end = max(text.rfind(mark) for mark in "/._-")
    return text[: end + 1]
