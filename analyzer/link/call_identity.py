"""The templates of the I/O table applied to a call: which values its arguments, its receiver and their parts have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING

from analyzer.link import domain
from analyzer.link.domain import Abstract, Alternatives, Known, Pattern, Table, as_pattern, capped, concat, joined, literal
from analyzer.link.identity_template import Field, Hole, Optional, Template
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

Given = Mapping[str, Alternatives]
"""Values of the fields that are no arguments: `recv`, `key`."""
Usable = Callable[[Alternatives], Alternatives]


def field_values(evaluator: Asking, field: Field, call: Call | None, where: Where, given: Given) -> Alternatives | None:
    """What the first choice that the call gives is; None when it gives none and there is no default."""
    for choice in field.choices:
        name, _, rest = choice.partition(".")
        values = given[name] if name in given else argument(evaluator, name, call, where) if call is not None else None
        if values is None or all(isinstance(v, Known) and v.value is None for v in values):
            continue
        for step in rest.split(".") if rest else ():
            values = capped([v for base in values for v in evaluator.item(base, literal(step), where)])
        return values
    return None if field.default is None else (literal(field.default, "constant"),)


def argument(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """The argument at a position or of a keyword, also out of `**{…}` when that is known."""
    value = argument_value(name, call)
    if value is not None:
        return evaluator.value(value, where)
    if name.isdigit():
        return None
    tables = [t for keyword, mapping in call.keywords if keyword == "**" for t in evaluator.value(mapping, where) if isinstance(t, Table)]
    return capped([v for table in tables for k, v in table.entries if k == name]) or None


def argument_value(name: str, call: Call) -> Value | None:
    if name.isdigit():
        return call.args[int(name)] if int(name) < len(call.args) else None
    return next((value for keyword, value in call.keywords if keyword == name), None)


def says(evaluator: Asking, when: tuple[str, ...], call: Call, where: Where) -> bool:
    """Has the call one of these texts among its arguments? `keyword=value` asks that keyword, in small letters."""
    for text in when:
        keyword, equals, wanted = text.partition("=")
        if equals:
            values = argument(evaluator, keyword, call, where) or ()
            if any(str(v.value).lower() == wanted for v in values if isinstance(v, Known)) or _has_text(values, wanted):
                return True
        elif any(_has_text(evaluator.value(v, where), text) for v in (*call.args[:3], *(value for _, value in call.keywords))):
            return True
    return False


def _has_text(values: Alternatives, text: str) -> bool:
    return any(isinstance(v, Pattern) and v.text == text for v in values)


def identities(
    evaluator: Asking, template: Template, call: Call | None, where: Where, given: Given, usable: Usable | None = None, strict: bool = True
) -> Alternatives | None:
    """What a template is for one call; None when a field is missing and `strict`, else the field is a hole."""
    groups: list[Alternatives] = []
    for part in template.parts:
        inner = part.parts if isinstance(part, Optional) else (part,)
        values = [_part_values(evaluator, piece, call, where, given) for piece in inner]
        if isinstance(part, Optional) and None in values:
            continue
        for piece, found in zip(inner, values, strict=True):
            if found is None and strict:
                return None
            found = found if found is not None else (Pattern((domain.Hole(_name_of(piece)),)),)
            groups.append(usable(found) if usable is not None else found)
    if len(groups) == 1:
        return groups[0]
    if not all(groups):
        return ()
    made: list[Abstract] = []
    for combination in islice(product(*(group[:3] for group in groups)), 6):
        patterns = [as_pattern(value) for value in combination]
        made.append(_as_path(patterns) if template.as_path else _as_text(patterns))
    return capped(made)


def _part_values(evaluator: Asking, part: str | Field | Hole, call: Call | None, where: Where, given: Given) -> Alternatives | None:
    if isinstance(part, Field):
        return field_values(evaluator, part, call, where, given)
    return (literal(part),) if isinstance(part, str) else (Pattern((domain.Hole(part.name),)),)


def _name_of(part: str | Field | Hole) -> str:
    return part.choices[-1] if isinstance(part, Field) else "part"


def _as_path(patterns: list[Pattern]) -> Pattern:
    whole = patterns[0]
    for part in patterns[1:]:
        whole = joined(whole, part)
    return whole


def _as_text(patterns: list[Pattern]) -> Pattern:
    """The parts as one text; a scheme that stands before a whole URI gives way to it."""
    first, rest = patterns[0], patterns[1:]
    rest = [_without_dot(part) for part in rest]
    head = rest[0].parts[0] if rest[0].parts else ""
    if first.text and first.text.endswith("://") and isinstance(head, str) and "://" in head:
        return concat("literal", *rest)
    return concat("literal", first, *rest)


def _without_dot(pattern: Pattern) -> Pattern:
    """`./x` below something else is `x`."""
    head = pattern.parts[0] if pattern.parts else ""
    if isinstance(head, str) and head.startswith("./"):
        return Pattern((head[2:], *pattern.parts[1:]), pattern.via, pattern.anchored, pattern.temporary)
    return pattern
