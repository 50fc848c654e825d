"""Ploomber `pipeline.yaml` → a step per task, with its products.

Source: https://docs.ploomber.io, "Spec API" (`tasks` with `source`, `product`, `upstream`, `params`, `name`). A script or notebook finds
its products as `product`, those of the tasks before it as `upstream`, and its parameters under their names. Which tasks come first is
written in the source itself unless the task says it (`analyzer.link.ploomber`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.step_facts import Command, Declared, Step
from analyzer.read.yaml_nodes import entries, get, last_line, line_of, pairs, text_of

MAX_TASKS = 500
MAX_ENTRIES = 50
PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}|\[\[\s*([\w.]+)\s*\]\]")
DOTTED = re.compile(r"[A-Za-z_][\w.]*\.[A-Za-z_]\w*")
RUNNERS = {".py": "python", ".ipynb": "papermill", ".r": "Rscript", ".rmd": "Rscript", ".sh": "bash"}


def is_pipeline(document: Node) -> bool:
    tasks = entries(get(document, "tasks"))
    return bool(tasks) and all(get(task, "source") is not None for task in tasks[:3]) and any(get(t, "product") is not None for t in tasks)


def steps(document: Node) -> Iterator[Step]:
    tasks = [task for task in entries(get(document, "tasks"))[:MAX_TASKS] if isinstance(task, MappingNode)]
    products = {_name(task): _products(get(task, "product")) for task in tasks}
    shared = tuple((f"upstream.{key}", place.path) for name, made in products.items() for key, place in _keyed(name, made))
    for task in tasks:
        name, made = _name(task), products[_name(task)]
        said = get(task, "upstream")
        before = tuple(text_of(entry) for entry in [said, *entries(said)] if text_of(entry)) if said is not None else ()
        deps = (
            tuple(Declared(place.path, line_of(said), "file") for other in before for _, place in products.get(other, ())) if said else ()
        )
        own = tuple((key, place.path) for key, place in _keyed("product", made))
        params = tuple((key, text_of(value)) for key, _, value in pairs(get(task, "params"))[:MAX_ENTRIES] if text_of(value))
        bindings = (*own, *shared, *params)
        function = text_of(get(task, "source"))
        if DOTTED.fullmatch(function) and posixpath.splitext(function)[1].lower() not in RUNNERS:
            bindings = tuple((f"{function.rpartition('.')[2]}().{key}", text) for key, text in bindings)
        yield Step(
            "ploomber", name, line_of(task), last_line(task), deps, tuple(place for _, place in made), _commands(task), after=before,
            is_default=True, bindings=bindings,
        )  # fmt: skip


def _name(task: Node) -> str:
    source = text_of(get(task, "source"))
    stem = (
        posixpath.splitext(posixpath.basename(source))[0] if "/" in source or posixpath.splitext(source)[1].lower() in RUNNERS else source
    )
    return text_of(get(task, "name")) or (stem.rpartition(".")[2] if "." in stem else stem)


def _products(node: Node | None) -> list[tuple[str, Declared]]:
    """(key, path) of the products: one path, or a mapping of them. Products in databases are lists and say nothing here."""
    if isinstance(node, ScalarNode) and text_of(node):
        return [("", Declared(_holes(text_of(node)), line_of(node)))]
    return [(key, Declared(_holes(text_of(value)), line_of(value))) for key, _, value in pairs(node)[:MAX_ENTRIES] if text_of(value)]


def _keyed(name: str, made: list[tuple[str, Declared]]) -> Iterator[tuple[str, Declared]]:
    for key, place in made:
        yield (f"{name}.{key}" if key else name), place


def _commands(task: Node) -> tuple[Command, ...]:
    source = get(task, "source")
    text = _holes(text_of(source))
    runner = RUNNERS.get(posixpath.splitext(text)[1].lower())
    if source is not None and runner is None and DOTTED.fullmatch(text) and not text.endswith(".sql"):
        return (Command(("python", "-m", text.rpartition(".")[0]), line_of(source), text=text),)
    if source is None or runner is None:
        return ()
    return (Command((runner, text), line_of(source), text=f"{runner} {text}"),)


def _holes(text: str) -> str:
    return PLACEHOLDER.sub(lambda match: "{" + (match[1] or match[2]) + "}", text)
