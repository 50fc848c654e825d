"""What the methods of text, paths, containers and configuration give back. Pure functions only; no I/O happens here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.link import commandline, formatting, paths, text_methods
from analyzer.link.call_arguments import arguments, joined_groups
from analyzer.link.configuration import environment, key_paths
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ConfigNode,
    Hole,
    Many,
    Pattern,
    Result,
    Sym,
    Table,
    Unknown,
    as_pattern,
    capped,
    concat,
    joined,
    literal,
)
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Const

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_SAME_TEXT = {"resolve", "absolute", "as_posix", "expanduser", "strip", "rstrip", "lstrip", "__str__", "decode", "encode"}
_SAME_TEXT |= {"bindparams", "columns", "execution_options"}
"""The last three are of SQLAlchemy's `text`."""
_CONFUSE_VIEWS = {"get", "as_str", "as_filename", "as_path", "as_str_expanded"}
"""What a value of confuse is asked for; text has no such methods."""
_STRIPS = {"strip", "rstrip", "lstrip"}


def method(evaluator: Asking, receiver: Abstract, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
    """The result of `receiver.name(...)` for text, paths, containers and configuration; None when not modelled."""
    if isinstance(receiver, (Pattern, Sym)) and (found := text_methods.method(evaluator, receiver, name, call, where)) is not None:
        return found
    if isinstance(receiver, Pattern):
        return _text_method(evaluator, receiver, receiver, name, call, where, index)
    if isinstance(receiver, Sym):
        return _parameter_method(evaluator, receiver, name, call, where, index)
    if isinstance(receiver, Table):
        return _table_method(evaluator, receiver, name, call, where)
    if isinstance(receiver, ConfigNode):
        return key_paths.method(evaluator, receiver, name, call, where)
    if isinstance(receiver, Many) and name == "copy":
        return (receiver,)
    if isinstance(receiver, Result) and receiver.name in environment.READERS and environment.is_reading(name):
        return environment.asked(evaluator, call, where)
    return commandline.method_of(evaluator, receiver, name, call, where)


def _keyed(evaluator: Asking, receiver: Table | ConfigNode | Sym, call: Call, where: Where) -> Alternatives:
    return capped([v for key in evaluator.value(call.args[0], where) for v in evaluator.item(receiver, key, where)])


def _table_method(evaluator: Asking, receiver: Table, name: str, call: Call, where: Where) -> Alternatives | None:
    if name in ("get", "pop", "setdefault") and call.args:
        return _keyed(evaluator, receiver, call, where)
    if name == "items":
        return (Many(tuple(Many((literal(k, "constant"), v)) for k, v in receiver.entries[:8]), ordered=False),)
    if name == "values":
        return (Many(tuple(v for _, v in receiver.entries[:16]), ordered=False),)
    return (receiver,) if name in ("keys", "copy") else None


def _parameter_method(evaluator: Asking, receiver: Sym, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
    """A parameter may be a mapping or a text: what is asked of it tells."""
    if name in ("get", "items", "values", "keys"):
        return _keyed(evaluator, receiver, call, where) if name == "get" and call.args else None
    if name == "format":
        return text_methods.formatted(evaluator, receiver, call, where)
    if name in ("join", "replace", "lower", "upper"):
        return None
    return _text_method(evaluator, receiver, as_pattern(receiver), name, call, where, index)


def _text_method(
    evaluator: Asking, receiver: Pattern | Sym, pattern: Pattern, name: str, call: Call, where: Where, index: int
) -> Alternatives | None:
    if name in _SAME_TEXT and not (name in _STRIPS and call.args):
        return (receiver,)
    if name in _CONFUSE_VIEWS and isinstance(receiver, Pattern) and not (call.args and isinstance(call.args[0], Const)):
        return (receiver,)
    if name == "joinpath":
        return joined_groups([(pattern,), *arguments(evaluator, call, where)])
    if name == "iterdir":
        return (Many((joined(pattern, Pattern((Hole("file"),))),), ordered=False),)
    if name == "open":
        return (Result("handle", where.path, index),)
    if name in ("read_text", "read_bytes"):
        return (Result("read_text", where.path, index),)
    if name == "format":
        return (formatting.formatted(evaluator, pattern, call, where),)
    if name == "format_map" and call.args:
        return (formatting.from_mapping(evaluator, pattern, call, where),)
    if name in ("substitute", "safe_substitute"):
        return (formatting.substituted(evaluator, pattern, call, where),)
    if name in ("lower", "upper"):
        parts = tuple(getattr(part, name)() if isinstance(part, str) else part for part in pattern.parts)
        return (Pattern(parts, pattern.via, pattern.anchored),)
    change = _WITH_ARGUMENT.get(name)
    return change(pattern, name, arguments(evaluator, call, where)) if change is not None and call.args else None


def _globbed(pattern: Pattern, name: str, given: list[Alternatives]) -> Alternatives:
    middle = Pattern(("**",)) if name == "rglob" else Pattern(())
    return (Many(capped([joined(joined(pattern, middle), as_pattern(a)) for a in given[0]]), ordered=False),)


def _renamed(pattern: Pattern, name: str, given: list[Alternatives]) -> Alternatives:
    return capped([_with(pattern, name, as_pattern(a)) for a in given[0]])


def _with(pattern: Pattern, name: str, new: Pattern) -> Pattern:
    if name == "with_suffix":
        return concat("pathlib", paths.without_suffix(pattern), new)
    folder = paths.parent(pattern)
    if name == "with_stem":
        new = concat("pathlib", new, paths.suffix(pattern))
    return joined(folder, new)


def _below(pattern: Pattern, _name: str, given: list[Alternatives]) -> Alternatives | None:
    found = [text_methods.relative(pattern, as_pattern(start)) for start in given[0]]
    return capped([path for path in found if path is not None]) or None


def _moved(_pattern: Pattern, _name: str, given: list[Alternatives]) -> Alternatives | None:
    """`path.rename(target)` and `path.replace(target)` give the new path."""
    return given[0] if len(given) == 1 else None


def _join_text(separator: Pattern, _name: str, given: list[Alternatives]) -> Alternatives:
    found: list[Abstract] = []
    for value in given[0]:
        if isinstance(value, Many) and value.ordered and len(value.items) <= 12:
            pieces: list[Pattern] = []
            for position, item in enumerate(value.items):
                pieces.extend([separator] if position else [])
                pieces.append(as_pattern(item))
            found.append(concat("concat", *pieces) if pieces else Pattern(()))
        else:
            found.append(Unknown("joined"))
    return capped(found)


def _stripped(pattern: Pattern, name: str, given: list[Alternatives]) -> Alternatives | None:
    """What is left of a text whose ends are known; an end that is not known stays as it is."""
    characters = given[0][0]
    if not isinstance(characters, Pattern) or not characters.text or not pattern.parts:
        return None
    parts = list(pattern.parts)
    for end, names in ((0, ("strip", "lstrip", "removeprefix")), (-1, ("strip", "rstrip", "removesuffix"))):
        part = parts[end]
        if name in names and isinstance(part, str):
            side = name if name.startswith("remove") else "lstrip" if end == 0 else "rstrip"
            parts[end] = getattr(part, side)(characters.text)
    return (Pattern(tuple(part for part in parts if part), pattern.via, pattern.anchored, pattern.temporary),)


_WITH_ARGUMENT: dict[str, Callable[[Pattern, str, list[Alternatives]], Alternatives | None]] = {
    "glob": _globbed,
    "rglob": _globbed,
    "with_suffix": _renamed,
    "with_name": _renamed,
    "with_stem": _renamed,
    "join": _join_text,
    "replace": _moved,
    "rename": _moved,
    "relative_to": _below,
    "strip": _stripped,
    "lstrip": _stripped,
    "rstrip": _stripped,
    "removeprefix": _stripped,
    "removesuffix": _stripped,
}
