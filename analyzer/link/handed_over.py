"""Calls that hand a function over together with its arguments: Airflow's Python operators, threads and processes, executors.

Sources: https://airflow.apache.org/docs/ (PythonOperator: `op_args` and `op_kwargs`, which are templates), the
standard library's `threading`, `multiprocessing` and `concurrent.futures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.link.domain import Abstract, Alternatives, Hole, Part, Pattern
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Attr, Const, Item, Map, Name, Opaque, Seq, Value

BY_KEYWORD = {"python_callable": ("op_kwargs", "op_args"), "target": ("kwargs", "args")}
"""Keyword of the function → (keyword of a mapping, keyword of a sequence) of its arguments."""
SUBMITTING = frozenset({"submit", "apply_async", "apply", "run_in_executor"})
_SPREAD = frozenset({"apply_async", "apply"})
"""Methods that take the arguments as one sequence and one mapping."""
_JINJA = re.compile(r"\{\{-?\s*([A-Za-z_][\w.]*)?[^{}]*\}\}")


def function_of(call: Call) -> Value | None:
    """The expression of the function that a call hands over; None for calls that hand over none."""
    for name, value in call.keywords:
        if name in BY_KEYWORD:
            return value
    if isinstance(call.func, Attr) and call.func.name in SUBMITTING:
        position = 1 if call.func.name == "run_in_executor" else 0
        return call.args[position] if len(call.args) > position and isinstance(call.args[position], (Name, Attr)) else None
    return None


def hands_over(call: Call, scope: Scope) -> bool:
    """Does the call pass arguments for the function `scope` on rather than to it?"""
    own = {param.name for param in scope.params}
    if any(name in BY_KEYWORD and name not in own for name, _ in call.keywords):
        return True
    # `task.submit(…)` of a decorated function calls it; `pool.submit(function, …)` hands it over
    function = function_of(call)
    named = function.name if isinstance(function, Attr) else function.id if isinstance(function, Name) else ""
    return isinstance(call.func, Attr) and call.func.name in SUBMITTING and named == scope.name


def argument(call: Call, scope: Scope, param: str, skip: int) -> Value | None:
    """The expression that is passed on for a parameter; None when none is. `skip` is 1 for a method, whose object is bound."""
    mapping, sequence, rest = _passed(call)
    for name, value in call.keywords if rest is not None else ():
        if name == param:
            return value
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
    given = rest if rest is not None else sequence.items if isinstance(sequence, Seq) else ()
    if sequence is not None and not isinstance(sequence, Seq) and position >= 0:
        return Opaque(param)
    return given[position] if 0 <= position < len(given) else None


def _passed(call: Call) -> tuple[Value | None, Value | None, tuple[Value, ...] | None]:
    """(mapping of keyword arguments, sequence of positional ones, the positional ones themselves) as far as the form has them."""
    keywords = dict(call.keywords)
    for name, (mapping, sequence) in BY_KEYWORD.items():
        if name in keywords:
            return keywords.get(mapping), keywords.get(sequence), None
    last = call.func.name if isinstance(call.func, Attr) else ""
    if last in _SPREAD:
        sequence_given = keywords.get("args") or (call.args[1] if len(call.args) > 1 else None)
        return keywords.get("kwds") or (call.args[2] if len(call.args) > 2 else None), sequence_given, None
    return None, None, call.args[2:] if last == "run_in_executor" else call.args[1:]


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
