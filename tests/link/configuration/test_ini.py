"""configparser: sections, fallbacks, interpolation, several files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]
HEAD = "import configparser\nc = configparser.ConfigParser()\nc.read('c.ini')\n"
TEXT = "[DEFAULT]\nroot = data\n[paths]\nDATA = %(root)s/a.csv\nout = ${DEFAULT:root}/b.csv\n"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("c['paths']['data']", "data/a.csv"),
        ("c.get('paths', 'data')", "data/a.csv"),
        ("c['paths'].get('data', fallback='f.csv')", "data/a.csv"),
        ("c.get('paths', 'none', fallback='f.csv')", "f.csv"),
        ("c.get('paths', 'root')", "data"),
        ("c['paths']['out']", "data/b.csv"),
        ("c.get('paths', 'none')", "?configuration key"),
        ("c.get('none', 'data')", "?configuration key"),
    ],
)
def test_options(shown: Shown, expression: str, value: str) -> None:
    assert shown({"a.py": f"{HEAD}x = {expression}\n", "c.ini": TEXT}) == [value]


def test_a_parser_that_read_nothing_known(shown: Shown) -> None:
    source = "import configparser\nc = configparser.ConfigParser()\nc.read(path())\nx = c['paths']['data']\n"
    assert shown({"a.py": source, "c.ini": TEXT}) == ["?call result"]


def test_later_files_win_and_attributes_hold_parsers(shown: Shown) -> None:
    source = (
        "import configparser\nclass C:\n    def __init__(self):\n        self.c = configparser.ConfigParser()\n"
        "        self.c.read(['c.ini', 'd.ini'])\n    def path(self):\n        return self.c['paths']['data']\nx = C().path()\n"
    )
    assert shown({"a.py": source, "c.ini": TEXT, "d.ini": "[paths]\ndata = d.csv\n"}) == ["d.csv"]


def test_reading_is_an_access(accesses: Callable[..., list[tuple[str, str, str, str]]]) -> None:
    texts = {"a.py": HEAD + "open(c['paths']['data'])\n", "c.ini": TEXT}
    assert accesses(texts) == [("a.py:3", "read", "c.ini", "literal"), ("a.py:4", "read", "data/a.csv", "config")]
