"""Names that are set from elsewhere, mappings that take others in, what loops of several sequences yield."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.scan import graph_of_texts

Shown = Callable[..., list[object]]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("P = None\ndef setup():\n    P = 'a.csv'\nx = P", [None]),
        ("P = 'b.csv'\ndef setup():\n    global P\n    P = 'a.csv'\nx = P", ["b.csv"]),
        ("class C:\n    p = 'b.csv'\nC.p = 'a.csv'\nx = C.p", ["b.csv"]),
        ("d = {}\nd.update(other())\nx = d['k']", ["?key not found"]),
        ("for y, z in zip(['a', 'b'], ['c', 'd']):\n    x = f'{y}{z}'", ["{element}{element}"]),
        ("d = dict(zip(['k', 'l'], other()))\nx = d['k']", ["?call result"]),
        (
            "class C:\n    def __init__(self):\n        self.n = 0\n    def run(self):\n        self.n += 1\nx = f'{C().n:03d}.csv'",
            ["{n}.csv"],
        ),
    ],
)
def test_nothing_is_guessed(shown: Shown, source: str, value: list[object]) -> None:
    assert shown(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("P = None\ndef setup():\n    global P\n    P = 'a.csv'\ndef run():\n    return P\nx = run()", "a.csv"),
        ("def setup():\n    global P\n    P = 'a.csv'\nx = P", "a.csv"),
        ("class C: pass\nC.p = 'a.csv'\nx = C.p", "a.csv"),
        ("class C: pass\nC.p = 'a.csv'\nx = C().p", "a.csv"),
        ("class C: pass\nc = C()\nsetattr(C, 'p', 'a.csv')\nx = c.p", "a.csv"),
        ("d = {'l': 1}\nd.update({'k': 'a.csv'})\nx = d['k']", "a.csv"),
        ("d = {'l': 1}\nd.update(k='a.csv')\nx = d['k']", "a.csv"),
        ("e = {'k': 'a.csv'}\nd = {}\nd.update(e)\nx = d['k']", "a.csv"),
        ("d = {'l': 1}\nd |= {'k': 'a.csv'}\nx = d['k']", "a.csv"),
        ("d = dict(zip(['k', 'l'], ['a.csv', 'b.csv']))\nx = d['k']", "a.csv"),
        ("d = dict([('k', 'a.csv'), ('l', 'b.csv')])\nx = d['k']", "a.csv"),
        ("from typing import NamedTuple\nclass T(NamedTuple):\n    p: str\n    q: int\nx, y = T('a.csv', 3)", "a.csv"),
        ("from pathlib import Path\np = Path('d')\np /= 'a.csv'\nx = p", "d/a.csv"),
        ("class W:\n    def __enter__(self):\n        return 'a.csv'\nwith W() as x:\n    pass", "a.csv"),
        ("class W:\n    p = 'a.csv'\n    def __enter__(self):\n        return self\nwith W() as w:\n    x = w.p", "a.csv"),
        ("import itertools\nfor y, z in itertools.product(['a'], ['csv', 'tsv']):\n    x = f'{y}.{z}'", ["a.csv", "a.tsv"]),
        ("import itertools\nfor x in itertools.chain.from_iterable([['a'], ['b']]):\n    pass", ["a", "b"]),
    ],
)
def test_what_is_set_behind(shown: Shown, source: str, value: object) -> None:
    known = [v for v in shown(source) if not (isinstance(v, str) and v.startswith("?key"))]
    assert known == (value if isinstance(value, list) else [value])


def test_a_setting_that_another_module_makes() -> None:
    use = "import settings\nimport pandas as pd\ndef run():\n    pd.read_csv(settings.PATH)\n"
    texts = {"settings.py": "PATH = None\n", "use.py": use, "main.py": "import settings\nsettings.PATH = 'd/a.csv'\n"}
    assert [a.artifact for a in graph_of_texts(texts).accesses] == ["d/a.csv"]
    assert not graph_of_texts({**texts, "main.py": "import other as settings\nsettings.PATH = 'd/a.csv'\n"}).accesses
