"""Values that are converted to another representation and straight back: frame → array → frame (RULES.md GLU003).

A round trip is told only where nothing else uses what stands in the middle: the way back is asked of the way out itself, or of a name that
is bound once and read once. Which representation a value has is told by the names of the conversions alone, so only those are listed
whose names say it. JSON there and back is left out: it copies deeply and makes plain dicts, and people mean that.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import chain

from analyzer.read.expression_text import last_name
from analyzer.read.facts import Conversion

BACK = {
    "DataFrame": "frame",
    "from_dict": "frame",
    "from_records": "frame",
    "from_numpy": "tensor",
    "as_tensor": "tensor",
    "tensor": "tensor",
    "createDataFrame": "Spark frame",
    "from_pandas": "arrow table",
}
"""Last name of the call that makes a representation → the representation."""
OUT = {
    "to_numpy": ("frame", "array"),
    "values": ("frame", "array"),
    "to_dict": ("frame", "dict"),
    "to_records": ("frame", "records"),
    "numpy": ("tensor", "array"),
    "toPandas": ("Spark frame", "pandas frame"),
    "to_pandas": ("arrow table", "pandas frame"),
}
"""Last name of the way out → (what it was, what it becomes)."""
_MOVES = frozenset({"cpu", "detach", "clone", "contiguous"})
_SAME = frozenset({"tolist", "to_list", "copy"})

Bound = dict[str, list[ast.Assign]]


def round_trips(own: list[ast.AST], nested: list[ast.AST]) -> Iterator[Conversion]:
    """The round trips of one body: `own` are the nodes of its statements, `nested` the functions defined in it."""
    calls = [node for node in own if isinstance(node, ast.Call) and last_name(node.func) in BACK]
    if not calls:
        return
    inside = (node for function in nested for node in ast.walk(function))
    reads = Counter(node.id for node in chain(own, inside) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    writes = Counter(node.id for node in own if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    bound: Bound = {}
    for node in own:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            bound.setdefault(node.targets[0].id, []).append(node)
    for call in calls:
        out = call.args[0] if call.args else next((keyword.value for keyword in call.keywords if keyword.arg == "data"), None)
        if isinstance(out, ast.Name):
            once = reads[out.id] == writes[out.id] == len(bound.get(out.id, ())) == 1
            out = bound[out.id][0].value if once else None
        trip = _trip(call, out, bound) if out is not None else None
        if trip is not None:
            yield trip


def _trip(back: ast.Call, out: ast.expr, bound: Bound) -> Conversion | None:
    way = _way_out(out)
    if way is None:
        return None
    source, name = way
    before, middle = OUT[name]
    if BACK[last_name(back.func)] != before or not _is_same(back, name, source, bound):
        return None
    return Conversion("round trip", before, middle, ast.unparse(source)[:80], ast.unparse(out)[:120], out.lineno, back.lineno)


def _way_out(node: ast.expr) -> tuple[ast.expr, str] | None:
    """(the value that goes out, the conversion's name)."""
    if isinstance(node, ast.Attribute) and node.attr == "values":
        return node.value, "values"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    name = node.func.attr
    if name == "values" or name not in OUT or node.args or any(keyword.arg != "copy" for keyword in node.keywords):
        return None
    source = node.func.value
    while isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and source.func.attr in _MOVES:
        source = source.func.value
    if isinstance(source, ast.Name) and source.id in ("self", "cls"):
        return None  # a method of the object itself: what it is need not be what its name says
    return source, name


def _is_same(back: ast.Call, name: str, source: ast.expr, bound: Bound) -> bool:
    """Whether the way back leads to what was there: the same labels, no other type."""
    given = {keyword.arg or "**": keyword.value for keyword in back.keywords if keyword.arg != "data"}
    owner = last_name(back.func.value) if isinstance(back.func, ast.Attribute) else ""
    if name in ("to_numpy", "values"):
        labels = all(_labelled(value, label, bound) == ast.unparse(source) for label, value in given.items())
        return len(back.args) <= 1 and "columns" in given and set(given) <= {"index", "columns"} and labels
    if name == "numpy":
        return owner == "torch" and len(back.args) == 1 and set(given) <= {"device", "requires_grad"}
    if OUT[name][0] == "frame" and (not _is_frame(back.func) or _is_mapped(source, bound)):
        return False
    return len(back.args) <= 1 and not given


def _is_mapped(source: ast.expr, bound: Bound) -> bool:
    """Does `apply` or `map` make the value: a series, perhaps of dicts, which become columns on the way?"""
    values = [assign.value for assign in bound.get(source.id, ())] if isinstance(source, ast.Name) else [source]
    return any(isinstance(v, ast.Call) and isinstance(v.func, ast.Attribute) and v.func.attr in ("apply", "map") for v in values)


def _is_frame(func: ast.expr) -> bool:
    """`DataFrame(…)` or `DataFrame.from_dict(…)`: configurations have `to_dict` and `from_dict` too."""
    return last_name(func) == "DataFrame" or (isinstance(func, ast.Attribute) and last_name(func.value) == "DataFrame")


def _labelled(value: ast.expr, label: str, bound: Bound, hops: int = 2) -> str:
    """The text of the frame whose index or columns a value holds, "" when it is not that."""
    if isinstance(value, ast.Name) and hops and len(bound.get(value.id, ())) == 1:
        return _labelled(bound[value.id][0].value, label, bound, hops - 1)
    if isinstance(value, ast.Attribute):
        return _labelled(value.value, label, bound, hops) if value.attr == "values" else ast.unparse(value.value) * (value.attr == label)
    if isinstance(value, ast.Call):
        if isinstance(value.func, ast.Attribute) and value.func.attr in _SAME:
            return _labelled(value.func.value, label, bound, hops)
        if isinstance(value.func, ast.Name) and value.func.id == "list" and len(value.args) == 1:
            of = value.args[0]
            return ast.unparse(of) if label == "columns" and isinstance(of, ast.Name) else _labelled(of, label, bound, hops)
    return ""
