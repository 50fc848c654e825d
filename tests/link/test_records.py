"""Record classes that a call makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]


@pytest.mark.parametrize("made", ["P(url='x')", "P()", "P(*given)", "other('data/a.csv')"])
def test_silence(accesses: Accesses, made: str) -> None:
    source = f"from collections import namedtuple\nP = namedtuple('P', 'place url')\np = {made}\nopen(p.place)\n"
    assert accesses({"a.py": source}) == []


@pytest.mark.parametrize(
    "cls",
    [
        "from collections import namedtuple\nP = namedtuple('P', 'place url')\n",
        "from collections import namedtuple\nP = namedtuple('P', ['place', 'url'])\n",
        "from typing import NamedTuple\nP = NamedTuple('P', [('place', str), ('url', str)])\n",
        "from dataclasses import make_dataclass\nP = make_dataclass('P', ['place', ('url', str)])\n",
    ],
)
@pytest.mark.parametrize("made", ["P('data/a.csv', 'x')", "P(url='x', place='data/a.csv')"])
def test_fields(accesses: Accesses, cls: str, made: str) -> None:
    assert [a[2] for a in accesses({"a.py": f"{cls}p = {made}\nopen(p.place)\n"})] == ["data/a.csv"]
