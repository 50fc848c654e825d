"""Operators that are given a function together with its arguments, which are templates; see also `analyzer.read.handed_calls`.

Source: https://airflow.apache.org/docs/ (PythonOperator: `op_args` and `op_kwargs`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.link.domain import Abstract, Alternatives, Hole, Part, Pattern
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Const, Item, Map, Opaque, Seq, Value

BY_KEYWORD = {"python_callable": ("op_kwargs", "op_args")}
"""Keyword of the function → (keyword of a mapping, keyword of a sequence) of its arguments."""
_JINJA = re.compile(r"\{\{-?\s*([A-Za-z_][\w.]*)?[^{}]*\}\}")


def function_of(call: Call) -> Value | None:
    """The expression of the function that a call hands over; None for calls that hand over none."""
    for name, value in call.keywords:
        if name in BY_KEYWORD:
            return value
    return None


def hands_over(call: Call, scope: Scope) -> bool:
    """Does the call pass arguments for the function `scope` on rather than to it?"""
    own = {param.name for param in scope.params}
    return any(name in BY_KEYWORD and name not in own for name, _ in call.keywords)


def argument(call: Call, scope: Scope, param: str, skip: int) -> Value | None:
    """The expression that is passed on for a parameter; None when none is. `skip` is 1 for a method, whose object is bound."""
    mapping, sequence = _passed(call)
    if mapping is not None:
        known = (
            dict(zip((key.value for key in mapping.keys if isinstance(key, Const)), mapping.values, strict=False))
            if isinstance(mapping, Map)
            else None
        )
        if known is None or len(known) < len(mapping.keys if isinstance(mapping, Map) else ()):
            return Item(mapping, Const(param))
        if param in known:
            return known[param]
    positional = [p.name for p in scope.params if p.kind == "positional"]
    position = positional.index(param) - skip if param in positional else -1
    given = sequence.items if isinstance(sequence, Seq) else ()
    if sequence is not None and not isinstance(sequence, Seq) and position >= 0:
        return Opaque(param)
    return given[position] if 0 <= position < len(given) else None


def _passed(call: Call) -> tuple[Value | None, Value | None]:
    """(mapping of keyword arguments, sequence of positional ones)."""
    keywords = dict(call.keywords)
    for name, (mapping, sequence) in BY_KEYWORD.items():
        if name in keywords:
            return keywords.get(mapping), keywords.get(sequence)
    return None, None


def rendered(values: Alternatives) -> Alternatives:
    """Jinja expressions of texts as holes: the orchestrator fills templates in before it calls."""
    return tuple(_rendered(value) for value in values)


def _rendered(value: Abstract) -> Abstract:
    if not isinstance(value, Pattern) or not any(isinstance(part, str) and "{{" in part for part in value.parts):
        return value
    parts = tuple(piece for part in value.parts for piece in (_pieces(part) if isinstance(part, str) else (part,)))
    return Pattern(parts, value.via, value.anchored, value.temporary, value.base)


def _pieces(text: str) -> Iterator[Part]:
    last = 0
    for match in _JINJA.finditer(text):
        if match.start() > last:
            yield text[last : match.start()]
        yield Hole(match[1] or "expression")
        last = match.end()
    if last < len(text):
        yield text[last:]
