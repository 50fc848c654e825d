"""Small programs from a dict of texts, and what their names and calls turn out to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from analyzer.discover.kinds import kind_of
from analyzer.link.domain import Known, Pattern, Sym, Unknown
from analyzer.link.evaluate import Evaluator
from analyzer.link.program import Program
from analyzer.link.projects import layout_of
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.dispatch import read_facts
from analyzer.read.facts import PythonFacts
from analyzer.scan import graph_of_texts

Texts = Mapping[str, str]


@pytest.fixture
def program() -> Callable[..., Program]:
    """program({"a.py": "…"}, submodules=()) → the linked modules."""

    def make(texts: Texts, submodules: tuple[str, ...] = ()) -> Program:
        modules = {}
        for path, text in texts.items():
            if path.endswith(".py"):
                facts, _ = read_facts("python", path, text.encode())
                assert isinstance(facts, PythonFacts), (path, facts)
                modules[path] = facts
        packaging = {p: t for p, t in texts.items() if kind_of(p, lambda: b"") == "packaging"}
        return Program(modules, layout_of(texts, packaging, submodules), texts)

    return make


@pytest.fixture
def evaluator(program: Callable[[Texts], Program]) -> Callable[[Texts], Evaluator]:
    """evaluator({"a.py": "…", "params.yaml": "…"}) → an evaluator over them."""

    def make(texts: Texts) -> Evaluator:
        configs = {}
        for path, text in texts.items():
            facts, _ = read_facts("config", path, text.encode()) if kind_of(path, lambda: b"") == "config" else (None, ())
            if isinstance(facts, ConfigFacts):
                configs[path] = facts
        return Evaluator(program(texts), configs)

    return make


@pytest.fixture
def shown(evaluator: Callable[[Texts], Evaluator]) -> Callable[..., list[object]]:
    """shown("x = …") or shown({…}) → what `x` of a.py is: texts with holes, numbers, "?cause" of unknowns, else the value's class."""

    def look(texts: Texts | str, name: str = "x", path: str = "a.py") -> list[object]:
        world = evaluator({"a.py": texts} if isinstance(texts, str) else texts)
        found: list[object] = []
        for value in world.global_name(path, name):
            if isinstance(value, Pattern):
                found.append(value.shown)
            elif isinstance(value, Known):
                found.append(value.value)
            elif isinstance(value, Unknown):
                found.append(f"?{value.cause}")
            elif isinstance(value, Sym):
                found.append(f"parameter {value.text}")
            else:
                found.append(type(value).__name__)
        return found

    return look


@pytest.fixture
def accesses() -> Callable[[Texts], list[tuple[str, str, str, str]]]:
    """accesses({…}) → (path:line, op, artifact, via) of every resolved access, sorted; general forms of others are left out."""

    def find(texts: Texts) -> list[tuple[str, str, str, str]]:
        graph = graph_of_texts(texts)
        return sorted(
            (str(a.site), a.op, a.artifact, a.via) for a in graph.accesses if a.artifact and not (a.borrowed and "{" in a.artifact)
        )

    return find
