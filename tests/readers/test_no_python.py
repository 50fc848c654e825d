"""What Python cannot be read from, extremes, and any text at all: facts or a reason, and nothing raises."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.dispatch import read_facts
from analyzer.read.facts import Facts, PythonFacts, Unreadable
from analyzer.read.python import read_python


@pytest.mark.parametrize("source", ["print 'a'\n", "try:\n    pass\nexcept E, e:\n    pass\n", "exec 'a'\n"])
def test_python_2_is_named(source: str) -> None:
    found = read_python(source)
    assert isinstance(found, Unreadable)
    assert found.reason.startswith("Python 2 source (line ")


def test_a_syntax_error_names_its_line() -> None:
    found = read_python("a = 1\nb = 2\ndef f(:\n    pass\n")
    assert isinstance(found, Unreadable)
    assert found.reason.startswith("syntax error in line 3: ")


def test_a_null_byte_is_no_python_source() -> None:
    assert isinstance(read_python("a = 1\0\n"), Unreadable)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["a"] * 20_000),
        "x = " + "-" * 20_000 + "1",
        "x = " + "f(" * 150 + ")" * 150,
        "x = a" + ".b" * 20_000,
        "x = a" + "[0]" * 20_000,
        "if a: pass\n" + "elif b: pass\n" * 3_000,
        "".join(" " * i + "if a:\n" for i in range(90)) + " " * 90 + "pass\n",
        "x = [" + ",".join(map(str, range(50_000))) + "]\n",
        "x = '" + "a/b" * 100_000 + "'\n",
        "a = " * 5_000 + "1\n",
    ],
    ids=["sum", "minus", "calls", "attributes", "items", "elif", "blocks", "list", "text", "targets"],
)
def test_extremes_end_in_facts_or_in_a_reason(source: str) -> None:
    found, _ = read_facts("python", "a.py", source.encode())
    assert isinstance(found, (PythonFacts, Unreadable))
    msgspec.msgpack.encode(found)


@pytest.mark.parametrize(
    ("kind", "path", "data"),
    [
        ("python", "a.py", b"x = '\\ud800/\\U0000dfff'\n__all__ = ['\\ud800']\nd['\\udc00'] = f'{x}\\ud800'\n"),
        ("config", "a.json", b'{"a": "\\ud800", "\\ud800": 1}'),
        (
            "notebook",
            "a.ipynb",
            b'{"cells": [{"cell_type": "code", "source": "x = \'\\ud800\'\\n!echo \\udc00 > \\ud83d\\ude00\\n"}], "nbformat": 4}',
        ),
    ],
)
def test_lone_surrogates_which_no_report_can_hold_are_replaced(kind: str, path: str, data: bytes) -> None:
    found, _ = read_facts(kind, path, data)
    assert not isinstance(found, Unreadable)
    assert b"\xef\xbf\xbd" in msgspec.msgpack.encode(found)
    assert ("\U0001f600" in str(found)) is (kind == "notebook")


# ---- properties -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    """
    def f(a, b=1):|class A(B):|if x:|else:|for i in y:|try:|except ImportError:|return a|import a.b|from . import c|x = 'data/a.csv'|(|)
    f(x, *y, k=z)|x = f'{a}/{b:03d}'|with open(x) as g:|pass|x: int|x += 1|global x|match x:|case 1:|# mldebt: ignore[A] b|lambda: 0
    '''|'\\ud800/x'|async def f():|await x|\\|x = {**y, 'k': [i for i in z]}|del x|while not x:|print(x, file=y)|if __name__ == '__main__':
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
LINES = st.lists(st.tuples(st.integers(0, 3), WORDS), max_size=12).map(lambda rows: "\n".join("    " * n + word for n, word in rows))


@settings(deadline=None)
@given(st.text(max_size=200) | LINES)
def test_any_text_gives_facts_or_a_reason_that_survive_a_trip(text: str) -> None:
    found = read_python(text)
    assert isinstance(found, (PythonFacts, Unreadable))
    decoded = msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Facts)
    assert decoded == found


@settings(deadline=None, max_examples=15)
@given(LINES)
def test_newer_syntax_costs_no_fact_of_the_other_lines(text: str) -> None:
    plain, newer = read_python(text), read_python(f"{text}\ntype A = int\n")
    if isinstance(plain, PythonFacts) and isinstance(newer, PythonFacts):
        assert newer.calls == plain.calls
        assert [a for a in newer.assigns if a.target != "A"] == list(plain.assigns)
        assert newer.imports == plain.imports


@given(st.binary(max_size=200))
def test_any_bytes_give_facts_or_a_reason(data: bytes) -> None:
    found, _ = read_facts("python", "a.py", data)
    assert isinstance(found, (PythonFacts, Unreadable))
