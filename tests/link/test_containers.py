"""Containers that grow, generators, slices, tests that say how a name ends, lambdas, and what path arithmetic leaves open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("p = 'abcdef'\nx = p[:n]", ["?subscript"]),
        ("p = g()\nif p.endswith(('.csv', '.tsv')):\n    x = 'd/' + p", ["d/{g}"]),
        ("p = g()\nif not p.endswith('.csv'):\n    x = 'd/' + p", ["d/{g}"]),
        ("p = 'a.txt'\nif p.endswith('.csv'):\n    x = 'd/' + p", ["d/{p}"]),
        ("def f(p):\n    return str(p) + '/x'\nx = f(g())", ["{g}/x"]),
    ],
)
def test_nothing_is_guessed(shown: Shown, source: str, value: list[object]) -> None:
    assert shown(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("l = []\nl.append('a.csv')\nl.append('b.csv')\nfor x in l:\n    pass", ["a.csv", "b.csv"]),
        ("l = ['a.csv']\nl.extend(['b.csv'])\nfor x in l:\n    pass", ["a.csv", "b.csv"]),
        ("d = {}\nd['k'] = 'a.csv'\nx = d['k']", ["a.csv"]),
        ("d = {}\nfor k in ks:\n    d[k] = 'a.csv'\nx = d['q']", ["a.csv"]),
        ("def g():\n    yield 'a.csv'\n    yield 'b.csv'\nfor x in g():\n    pass", ["a.csv", "b.csv"]),
        ("def g():\n    yield from ['a.csv']\nfor x in g():\n    pass", ["a.csv"]),
        ("from contextlib import contextmanager\n@contextmanager\ndef g():\n    yield 'a.csv'\nwith g() as x:\n    pass", ["a.csv"]),
        ("l = ['a.csv', 'b.csv']\nfor x in l[:-1]:\n    pass", ["a.csv", "b.csv"]),
        ("import os\nfor x in sorted([f for f in os.listdir('d') if f.endswith('.csv')]):\n    pass", ["{file}.csv"]),
        ("import os\nfor f in os.listdir('d'):\n    if f.endswith('.csv') and f:\n        x = f", ["{file}.csv"]),
        ("name = lambda n: f'shard_{n}.csv'\nx = name(3)", ["shard_3.csv"]),
        ("import sys\nx = [p for p in ['a.csv', 'b.csv'] if p.endswith('.csv')][0]", ["a.csv", "b.csv"]),
        ("from pathlib import Path\ndef f(p):\n    return Path(p).with_suffix('.pkl')\nx = f('d/a.csv')", ["d/a.pkl"]),
        ("from pathlib import Path\ndef f(p):\n    return 'e/' + Path(p).name\nx = f('d/a.csv')", ["e/a.csv"]),
        ("from pathlib import Path\ndef f(p):\n    return Path(p).parent / 'b.csv'\nx = f('d/a.csv')", ["d/b.csv"]),
        ("import os\ndef f(p):\n    return os.path.splitext(p)[0] + '.pkl'\nx = f('d/a.csv')", ["d/a.pkl"]),
    ],
)
def test_values(shown: Shown, source: str, value: list[object]) -> None:
    assert shown(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("n = 'a'\nl = [n for n in ('b', 'c')]\nx = n", ["a"]),
        ("for n in ('a',):\n    pass\nl = [\n    n\n    for n in ('b',)\n]\nfor x in l:\n    pass", ["b"]),
        ("n = ['a']\nfor x in [n for n in n]:\n    pass", ["a"]),
        ("d = {\n    k: v + '.csv'\n    for k, v in {'a': 'b'}.items()\n}\nx = d['a']", ["b.csv"]),
        ("l = [a + b for a in ('x', 'y') for b in [a]]\nfor x in l:\n    pass", ["xx", "xy", "yx", "yy"]),
        ("def f():\n    return [n for n in ('b',)]\nn = 'a'\nx = n", ["a"]),
    ],
)
def test_the_variables_of_a_comprehension_are_its_own(shown: Shown, source: str, value: list[object]) -> None:
    assert shown(source) == value


def test_many_texts_become_what_they_share(shown: Shown) -> None:
    names = ", ".join(f"'data/{chr(97 + n)}/x.csv'" for n in range(12))
    assert shown(f"for x in [{names}]:\n    pass") == ["data/{…}/x.csv"]


@pytest.mark.parametrize("package", ["'pkg.data'", "pkg"])
def test_data_of_a_package(shown: Shown, package: str) -> None:
    texts = {
        "a.py": f"import pkg\nfrom importlib import resources\nx = resources.files({package}) / 'a.csv'\n",
        "pkg/__init__.py": "", "pkg/data/a.csv": "",
    }  # fmt: skip
    assert shown(texts) == ["pkg/data/a.csv" if "data" in package else "pkg/a.csv"]
