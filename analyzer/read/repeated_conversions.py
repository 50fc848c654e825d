"""Conversions that every round of a loop does again, although its rounds leave the value alone (RULES.md GLU003)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from analyzer.read.expression_text import last_name
from analyzer.read.facts import Conversion

OUT = {
    "toPandas": "pandas frame", "to_pandas": "pandas frame", "tolist": "list", "to_dict": "dict", "to_records": "records",
    "to_numpy": "array", "toarray": "array", "todense": "array",
}  # fmt: skip
"""Methods whose result is the value in another representation. `.numpy()` shares the memory and costs nothing."""
MAKE = {"array": "array", "asarray": "array", "tensor": "tensor", "DataFrame": "frame", "convert_to_tensor": "tensor", "loads": "object"}
"""Functions of modules that take the value."""
MAKERS = ("np", "numpy", "torch", "pd", "pandas", "tf", "json")
_CHANGES = frozenset("append extend update insert pop add remove sort drop shuffle clear reverse fill seek read readline".split())
_RETRY = frozenset("retry retries num_retries max_retries attempts max_attempts num_attempts tries".split())
_MEASURES = frozenset("memory_reserved memory_allocated max_memory_allocated max_memory_reserved perf_counter timeit synchronize".split())
"""A loop that measures what its rounds cost has to do the same in each."""
_COLLECTIONS = (ast.List, ast.ListComp, ast.Tuple)
_CALLED = frozenset({"list", "sorted", "open", "convert", "resize", "imread", "dumps", "read", "strip"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def repeated_conversions(own: list[ast.AST]) -> Iterator[Conversion]:
    """Those of one body, whose nodes are `own`; a conversion in several loops is told once, of the innermost that could do without."""
    loops = [node for node in own if isinstance(node, ast.For) and not _is_retry(node) and ast.unparse(node.iter) != "range(1)"]
    if not loops:
        return
    whole = _collections(own)
    told: set[ast.Call] = set()
    for loop in sorted(loops, key=lambda loop: -loop.lineno):
        nodes = list(_inside(loop))
        if any(isinstance(node, ast.Attribute) and node.attr in _MEASURES for node in nodes):
            continue
        calls = [node for node in nodes if isinstance(node, ast.Call) and node not in told]
        ways = [(call, way) for call in calls if (way := _conversion(call, whole)) is not None]
        touched = _touched(loop, nodes) if ways else frozenset()
        altered = _changed(nodes) if ways else set()
        own_arms = _of_one_round(loop, nodes) if ways else set()
        changed = {id(node.value) for node in nodes if isinstance(node, ast.Assign) and altered.intersection(map(last_name, node.targets))}
        for call, (source, middle) in ways:
            if source not in touched and id(call) not in changed and call not in own_arms:
                told.add(call)
                yield Conversion("repeated", "", middle, source, ast.unparse(call)[:120], call.lineno, loop.lineno)


def _is_retry(loop: ast.For) -> bool:
    """Whether the loop means to do the same again, or is left after its first round."""
    names = {last_name(node).lower() for node in ast.walk(loop.iter) if isinstance(node, (ast.Name, ast.Attribute))}
    return bool(names & _RETRY) or isinstance(loop.body[-1], (ast.Break, ast.Return))


def _of_one_round(loop: ast.For, nodes: list[ast.AST]) -> set[ast.AST]:
    """What stands in an arm that asks for the loop's own variable: some rounds do it, often one."""
    bound = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    found: set[ast.AST] = set()
    for node in nodes:
        if isinstance(node, (ast.If, ast.IfExp)) and any(isinstance(part, ast.Name) and part.id in bound for part in ast.walk(node.test)):
            for child in ast.iter_child_nodes(node):
                if child is not node.test:
                    found.update(ast.walk(child))
    return found


def _inside(loop: ast.For) -> Iterator[ast.AST]:
    """What runs in every round; not what functions defined there do, nor what an early exit may follow at once."""
    stack: list[ast.AST] = list(loop.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.If) and isinstance(node.body[-1], (ast.Break, ast.Return, ast.Raise)):
            stack.extend([node.test, *node.orelse])
            continue
        if not isinstance(node, _FUNCTIONS):
            yield node
            stack.extend(ast.iter_child_nodes(node))


def _conversion(call: ast.Call, whole: frozenset[str]) -> tuple[str, str] | None:
    """(name of the value, what it becomes)."""
    func = call.func
    if not isinstance(func, ast.Attribute):
        return None
    if func.attr in OUT and not call.args and isinstance(func.value, ast.Name):
        return func.value.id, OUT[func.attr]
    if func.attr in MAKE and last_name(func.value) in MAKERS and len(call.args) == 1 and isinstance(call.args[0], ast.Name):
        name = call.args[0].id
        return (name, MAKE[func.attr]) if name in whole else None
    return None


def _collections(own: list[ast.AST]) -> frozenset[str]:
    """Names that are known to hold many values: a number that becomes a tensor costs nothing."""
    found: set[str] = set()
    for node in own:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            value = node.value
            if isinstance(value, _COLLECTIONS) or (isinstance(value, ast.Call) and last_name(value.func) in _CALLED):
                found.add(node.targets[0].id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            if node.func.attr in ("append", "extend"):
                found.add(node.func.value.id)
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name) and _is_lines(node.iter):
            found.add(node.target.id)
    return frozenset(found)


def _is_lines(node: ast.expr) -> bool:
    return last_name(node) in ("f", "file", "lines", "handle", "stream")


def _touched(loop: ast.For, nodes: list[ast.AST]) -> frozenset[str]:
    """Names that a round binds or may change; those of comprehensions are among them."""
    bound = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    bound.update(node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
    return frozenset(bound | _changed(nodes))


def _changed(nodes: list[ast.AST]) -> set[str]:
    """Names whose values are changed in place: who changes a result needs one of its own."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            found.update(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            is_change = node.func.attr in _CHANGES or node.func.attr.endswith("_") or any(k.arg == "inplace" for k in node.keywords)
            found.update([node.func.value.id] if is_change else [])
    return found
