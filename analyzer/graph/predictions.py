"""Which written values come out of a model: what flows, inside one file, from a predict-like call into what is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Site
from analyzer.read.facts import PythonFacts
from analyzer.read.values import Attr, BinOp, CallRef, Element, Fmt, Item, Map, Name, Seq, Value

PREDICT_LIKE = frozenset(
    """
    predict predict_proba predict_log_proba decision_function score_samples batch_predict run_inference inference infer classify
    recommend recommend_k_items recommendForAllUsers predict_on_batch predict_generator generate
    """.split()
)
"""RULES.md A8 without names that mean other things as well (`transform`, `forward`, `rank`, `encode`)."""
_PASSES = 3
_MAX_DEPTH = 6


def prediction_written(graph: SystemGraph, write: Access) -> Site | None:
    """Where the model predicts what this access writes, None when that is not seen."""
    module = graph.modules.get(write.site.path)
    if module is None:
        return None
    known = cast("dict[str, dict[str, int] | None] | None", graph.memo.get("predicted"))
    if known is None:
        known = graph.memo["predicted"] = {}
    if module.path not in known:
        known[module.path] = _predicted(module.facts)
    names = known[module.path]
    for call in module.facts.calls if names is not None else ():
        first, last = module.site(call.line), module.site(max(call.end_line, call.line))
        if first.cell == write.site.cell and first.line <= write.site.line <= last.line:
            parts = (call.func, *call.args, *(value for _, value in call.keywords))
            line = next((line for part in parts if (line := _predicts(module.facts, part, names or {}, 0))), 0)
            if line:
                return module.site(line)
    return None


def _predicted(facts: PythonFacts) -> dict[str, int] | None:
    """Name → line of the predict-like call whose result it holds, or holds a part of; None when the file has no such call."""
    if not any(isinstance(call.func, Attr) and call.func.name in PREDICT_LIKE for call in facts.calls):
        return None
    found: dict[str, int] = {}
    for _ in range(_PASSES):
        before = len(found)
        for assign in facts.assigns:
            target = assign.target.partition("[")[0].partition(".")[0]
            if not target or target in found or target == "self":
                continue
            line = _predicts(facts, assign.value, found, 0)
            if line:
                found[target] = line
        for call in facts.calls:  # `rows.append(model.predict(x))`
            if isinstance(call.func, Attr) and call.func.name in ("append", "extend", "insert", "assign", "withColumn"):
                line = next(
                    (line for value in (*call.args, *(v for _, v in call.keywords)) if (line := _predicts(facts, value, found, 0))), 0
                )
                for name in _roots(facts, (call.func.value,), 0) if line else ():
                    found.setdefault(name, line)
        if len(found) == before:
            break
    return found


def _predicts(facts: PythonFacts, value: Value, names: dict[str, int], depth: int) -> int:
    """Line of the predict-like call that the value comes from, 0 when it comes from none."""
    if depth > _MAX_DEPTH:
        return 0
    if isinstance(value, Name):
        return names.get(value.id, 0)
    if isinstance(value, CallRef) and value.index < len(facts.calls):
        call = facts.calls[value.index]
        if isinstance(call.func, Attr) and call.func.name in PREDICT_LIKE:
            return call.line
        parts: tuple[Value, ...] = (call.func, *call.args, *(v for _, v in call.keywords))
        return next((line for part in parts if (line := _predicts(facts, part, names, depth + 1))), 0)
    return next((line for part in _parts(value) if (line := _predicts(facts, part, names, depth + 1))), 0)


def _roots(facts: PythonFacts, values: tuple[Value, ...], depth: int) -> Iterator[str]:
    for value in values:
        if isinstance(value, Name):
            yield value.id
        elif depth < _MAX_DEPTH:
            inner: tuple[Value, ...] = tuple(_parts(value))
            if isinstance(value, CallRef) and value.index < len(facts.calls):
                inner = (facts.calls[value.index].func,)
            yield from _roots(facts, inner, depth + 1)


def _parts(value: Value) -> tuple[Value, ...]:
    if isinstance(value, (Attr, Item, Element)):
        return (value.value,)
    if isinstance(value, BinOp):
        return (value.left, value.right)
    if isinstance(value, Fmt):
        return value.parts
    if isinstance(value, Seq):
        return value.items
    return value.values if isinstance(value, Map) else ()
