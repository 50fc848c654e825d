"""A file of any declaring format that is cut off, of the wrong types, nested, a bomb, empty or no text is read or listed, never fatal."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts

GOOD = {"train.py": "print(1)\n", "apart.py": "import pandas as pd\n\nframe = pd.read_csv('data/train.csv')\n"}
ODD: tuple[Any, ...] = (
    None,
    3,
    True,
    "",
    "x",
    "{",
    "${",
    "a: b",
    [],
    {},
    [[]],
    [None],
    {"x": None},
    {"x": {"x": ["y"]}},
    [{"x": "y"}],
    1e400,
    {3: 3},
)
FEW_OR_ALL = [pytest.param(8, id="some"), pytest.param(400, id="many", marks=pytest.mark.slow)]
"""How many ways of breaking a file are tried."""

_PARTS = re.split(r"^=== (\S+)\n", (Path(__file__).parent / "format_samples.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
ALL = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))
"""A small valid file of every format: path → text."""
YAML_FORMATS = [path for path in ALL if path.endswith((".yaml", ".yml", ".dvc", "MLproject"))]
JSON_FORMATS = [path for path in ALL if path.endswith((".json", ".ipynb"))]
NESTED = (
    "[" * 20_000,
    "".join("  " * depth + "a:\n" for depth in range(400)),
    "- " * 2_000 + "x",
    "(" * 5_000,
    "{" * 5_000,
    "$(" * 2_000 + ")" * 2_000,
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{n}: &{n} [{', '.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)


def scanned(path: str, text: str) -> SystemGraph:
    graph = graph_of_texts({**GOOD, path: text})
    assert any(access.artifact == "data/train.csv" and access.site.path == "apart.py" for access in graph.accesses), "the rest is lost"
    return graph


def listed(graph: SystemGraph, path: str) -> bool:
    return any(entry.path.startswith(path) and entry.reason for entry in graph.not_analysed)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def with_odd(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = odd
    return changed


@pytest.mark.parametrize("path", ALL)
def test_the_whole_file_is_read(path: str) -> None:
    assert not listed(scanned(path, ALL[path]), path)


@pytest.mark.parametrize("many", FEW_OR_ALL)
@pytest.mark.parametrize("path", ALL)
def test_a_file_that_breaks_off(path: str, many: int) -> None:
    text = ALL[path]
    for end in sorted({*range(0, len(text), max(1, len(text) // min(many, 40))), len(text) - 1}):
        scanned(path, text[:end])


@pytest.mark.parametrize("many", FEW_OR_ALL)
@pytest.mark.parametrize("path", [*YAML_FORMATS, *JSON_FORMATS])
def test_wrong_types_at_every_level(path: str, many: int) -> None:
    value = yaml.safe_load(ALL[path])
    everywhere = [(place, odd) for place in places(value) for odd in ODD]
    step = max(1, len(everywhere) // many)
    for place, odd in everywhere[::step]:
        changed = with_odd(value, place, odd)
        if path in JSON_FORMATS:
            scanned(path, json.dumps(changed))
        else:
            scanned(path, yaml.safe_dump(changed, sort_keys=False))


@pytest.mark.parametrize("path", ALL)
def test_no_text(path: str) -> None:
    text = ALL[path]
    assert (
        listed(scanned(path, text[: len(text) // 2] + "\udcff\udcfe\0\0\0\0\0\0" + text[len(text) // 2 :]), path) or path == ".gitmodules"
    )


@pytest.mark.parametrize("path", [path for path in ALL if path not in JSON_FORMATS])
def test_nothing_in_it(path: str) -> None:
    for text in ("", "\n", "\ufeff", "# only this\n", " \t\n\r\n", "\0"):
        scanned(path, text)


@pytest.mark.parametrize("many", FEW_OR_ALL)
@pytest.mark.parametrize("path", ALL)
def test_huge_nesting(path: str, many: int) -> None:
    for text in NESTED[: many // 4]:
        scanned(path, text)
        scanned(path, ALL[path] + "\n" + text)


@pytest.mark.parametrize("many", FEW_OR_ALL)
@pytest.mark.parametrize("path", YAML_FORMATS)
def test_a_bomb_of_aliases(path: str, many: int) -> None:
    scanned(path, BOMB)
    for key in sorted(key for key in yaml.safe_load(ALL[path]) if isinstance(key, str))[: many // 4]:
        scanned(path, BOMB + ALL[path].replace(f"{key}:", f"{key}: *i\nx{key}:", 1))


@pytest.mark.parametrize("many", FEW_OR_ALL)
@pytest.mark.parametrize("path", YAML_FORMATS)
def test_a_node_inside_itself(path: str, many: int) -> None:
    for text in ("a: &a [*a]\n", "&a {a: *a}\n", "a: &a {<<: *a, b: *a}\n"):
        scanned(path, text)
    for key in sorted(key for key in yaml.safe_load(ALL[path]) if isinstance(key, str))[: many // 4]:
        scanned(path, ALL[path].replace(f"{key}:", f"{key}: &a {{x: *a, y: [*a]}}\nx{key}:", 1))
