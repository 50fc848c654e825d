"""Where files spell the paths that they access: constants, defaults of options, keys; shared by the rules about loose and chained data."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.values import BinOp, Const, Fmt, Value

_ROLES = ("", "name")
MAX_DEPTH = 6


def spelled_at(graph: SystemGraph, paths: Iterable[str], names: Iterable[str]) -> Iterator[Site]:
    """Where these files spell one of the names, its base name or the folder that it lies in, each place once.

    A base name counts only with a suffix, a folder only with two segments: less is not the path's own.
    """
    wanted = {form for name in names for form in _forms(name)}
    for path in sorted(set(paths)):
        module = graph.modules.get(path)
        if module is not None:
            yield from dict.fromkeys(module.site(line) for line, text in texts_of(module) if posixpath.normpath(text) in wanted)


def _forms(name: str) -> Iterator[str]:
    whole = posixpath.normpath(name.removeprefix("./"))
    yield whole
    base = posixpath.basename(whole)
    if "." in base.strip("."):
        yield base
    folder = posixpath.dirname(whole)
    while folder.strip("/").count("/") >= 1:
        yield folder
        folder = posixpath.dirname(folder)


def texts_of(module: Module) -> Iterator[tuple[int, str]]:
    """(line, text) of what a module spells as a path or gives a name."""
    for text in module.facts.texts:
        if text.role in _ROLES:
            yield text.line, text.value
    for assign in module.facts.assigns:
        for value in _constants(assign.value):
            yield assign.line, value


def _constants(value: Value, depth: int = 0) -> Iterator[str]:
    if isinstance(value, Const) and isinstance(value.value, str) and "." in value.value:
        yield value.value
    elif isinstance(value, BinOp) and depth < MAX_DEPTH:
        yield from _constants(value.left, depth + 1)
        yield from _constants(value.right, depth + 1)
    elif isinstance(value, Fmt) and depth < MAX_DEPTH:
        for part in value.parts:
            yield from _constants(part, depth + 1)
