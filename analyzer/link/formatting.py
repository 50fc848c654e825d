"""`str.format` and its fields, format specifications and `string.Template`: text with values put in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, Hole, Known, Pattern, Sym, Table, Unknown, as_pattern, concat, literal
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_FIELD = re.compile(r"(\{[^{}]*\})")
_INTEGER = re.compile(r"0?\d{0,2}[dx]?")
MAX_OPS = 6
_PLAIN = ("", "s", "d")
_VARIABLE = re.compile(r"\$(?:(\$)|(\w+)|\{(\w+)\})")


def formatted(evaluator: Asking, pattern: Pattern, call: Call, where: Where) -> Pattern:
    """`pattern.format(…)`: fields by position, by name and out of `**mapping`; what is not known is a hole of the field's name."""
    positional = [evaluator.value(arg, where) for arg in call.args]
    return filled(evaluator, pattern, positional, _keywords(evaluator, call, where), where)


def _keywords(evaluator: Asking, call: Call, where: Where) -> dict[str, Alternatives]:
    found: dict[str, Alternatives] = {}
    for name, value in call.keywords:
        given = evaluator.value(value, where)
        if name == "**":
            found.update(_entries(given))
        else:
            found[name] = given
    return found


def _entries(values: Alternatives) -> dict[str, Alternatives]:
    return {key: (value,) for table in values if isinstance(table, Table) for key, value in table.entries}


def from_mapping(evaluator: Asking, pattern: Pattern, call: Call, where: Where) -> Pattern:
    """`pattern.format_map(mapping)`."""
    return filled(evaluator, pattern, [], _entries(evaluator.value(call.args[0], where)), where)


def of_texts(pattern: Pattern, given: Sequence[str]) -> Pattern:
    """`pattern.format(…)` with arguments that are text: `name=text`, or `=text` by position."""
    rows = [entry.partition("=") for entry in given]
    return filled(None, pattern, [(literal(v),) for k, _, v in rows if not k], {k: (literal(v),) for k, _, v in rows if k}, None)


def filled(
    evaluator: Asking | None, pattern: Pattern, positional: Sequence[Alternatives], named: Mapping[str, Alternatives], where: Where | None
) -> Pattern:
    pieces: list[Pattern] = []
    used = 0
    for part in pattern.parts:
        if isinstance(part, Hole):
            pieces.append(Pattern((part,)))
            continue
        for chunk in _FIELD.split(part.replace("{{", "\0").replace("}}", "\1")):
            if not (chunk.startswith("{") and chunk.endswith("}")):
                pieces.append(literal(chunk.replace("\0", "{").replace("\1", "}")))
                continue
            field, _, spec = chunk[1:-1].partition(":")
            path = re.findall(r"[^.\[\]]+", field.partition("!")[0])
            key = path[0] if path and not field.startswith((".", "[")) else ""
            if key == "" or key.isdigit():
                at = int(key) if key else used
                used += not key
                values: Alternatives = positional[at] if at < len(positional) else (Pattern((Hole(key or "value"),)),)
            else:
                values = named.get(key) or (Pattern((Hole(key),)),)
            if evaluator is not None and where is not None:
                values = _walked(evaluator, values, path[1 if key else 0 :][:4], "." in field, where)
            pieces.append(shown(values[0] if values else Unknown(key), spec, key))
    return concat("concat", Pattern((), pattern.via, pattern.anchored, pattern.temporary, pattern.base), *pieces)


def padded(pattern: Pattern, _name: str, given: Sequence[str]) -> tuple[Pattern, ...] | None:
    """A number under a format specification."""
    text = pattern.text
    if text is None or not text.isdecimal() or len(text) > 18:
        return None
    return (literal(format(int(text), given[0]), pattern.via),)


def _walked(evaluator: Asking, values: Alternatives, path: Sequence[str], is_attribute: bool, where: Where) -> Alternatives:
    """`{a.b}` and `{a[key]}`: what the field asks of its argument."""
    for name in path:
        values = evaluator.attribute(values[0], name, where) if is_attribute else evaluator.item(values[0], literal(name), where)
    return values


def shown(value: Abstract, spec: str, name: str) -> Pattern:
    """A value under a format specification; only whole numbers are known under one that pads."""
    if spec in _PLAIN:
        return as_pattern(value)
    if isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool) and _INTEGER.fullmatch(spec):
        return literal(format(value.value, spec))
    sym = value if isinstance(value, Sym) else None
    if sym is not None and _INTEGER.fullmatch(spec) and len(sym.ops) < MAX_OPS:
        return Pattern((Hole(name or sym.text, sym.then("text", f"spec\0{spec}")),), "parameter")
    hole = next((part for part in as_pattern(value).parts if isinstance(part, Hole)), None)
    return Pattern((Hole(hole.name if hole is not None else name or "value"),))


def substituted(evaluator: Asking, pattern: Pattern, call: Call, where: Where) -> Pattern:
    """`string.Template(pattern).substitute(mapping, **keywords)`."""
    named = _keywords(evaluator, call, where)
    if call.args:
        named = {**_entries(evaluator.value(call.args[0], where)), **named}
    pieces: list[Pattern] = []
    for part in pattern.parts:
        if isinstance(part, Hole):
            pieces.append(Pattern((part,)))
            continue
        at = 0
        for match in _VARIABLE.finditer(part):
            pieces.append(literal(part[at : match.start()]))
            name = match[2] or match[3]
            pieces.append(literal("$") if match[1] else as_pattern(named[name][0]) if named.get(name) else Pattern((Hole(name),)))
            at = match.end()
        pieces.append(literal(part[at:]))
    return concat("concat", Pattern((), pattern.via, pattern.anchored), *pieces)


def percent(chunk: str, value: Abstract) -> Pattern:
    """One conversion of `%` formatting: a whole number with its padding, else what `str` shows."""
    spec = chunk[1:]
    is_number = isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool)
    if is_number and re.fullmatch(r"0?\d{0,2}[dix]", spec):
        return literal(chunk % value.value)  # type: ignore[union-attr]
    return as_pattern(value)
