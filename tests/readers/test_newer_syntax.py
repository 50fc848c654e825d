"""Source in syntax newer than this interpreter: read all the same, with the lines it has."""

from __future__ import annotations

import pytest

from analyzer.read import newer_syntax
from analyzer.read.facts import PythonFacts, Unreadable
from analyzer.read.python import read_python
from analyzer.read.values import Const, Fmt, Item, Name, Opaque


def facts_of(text: str) -> PythonFacts:
    found = read_python(text)
    assert isinstance(found, PythonFacts), found
    return found


@pytest.mark.parametrize(
    "source",
    [
        "def first[T](xs: list[T]) -> T:\n    return open('data/a.csv')\n",
        "class Box[T]:\n    pass\nopen('data/a.csv')\n",
        "type Pair = tuple[int, int]\nopen('data/a.csv')\n",
        "type Pair[T] = tuple[T, T]\nopen('data/a.csv')\n",
        "type Pair[\n    T,\n] = tuple[T, T]\nopen('data/a.csv')\n",
        "class Box[\n    T,\n](\n    Base\n):\n    pass\nopen('data/a.csv')\n",
        "def first[\n    T,\n](xs: T):\n    pass\nopen('data/a.csv')\n",
    ],
)
def test_type_parameters_keep_the_facts_and_their_lines(source: str) -> None:
    facts = facts_of(source)
    call = facts.calls[-1]
    assert (call.func, call.args) == (Name("open"), (Const("data/a.csv"),))
    assert call.line == source[: source.index("open")].count("\n") + 1
    assert facts.lines == source.count("\n")


@pytest.mark.parametrize(
    "source",
    [
        "p = f'{d['out']}/a.csv'\nq = 1\n",
        "p = (f'{d['out']}/a'\n     '.csv')\nq = 1\n",
        "p = f'''{d['out']}/a.csv'''\nq = 1\n",
        "p = f'{d['out']  # where\n}/a.csv'\nq = 1\n",
        "p = (f'{d['out']}'\n     '/a'\n     f'.csv')\nq = 1\n",
        "p = f'{\n d['out']\n}' '/a' f'.csv'\nq = 1\n",
    ],
)
def test_quotes_inside_an_f_string(source: str) -> None:
    facts = facts_of(source)
    value = facts.assigns[0].value
    assert isinstance(value, Fmt)
    assert value.parts[0] == Item(Name("d"), Const("out"))
    assert "".join(str(p.value) for p in value.parts[1:] if isinstance(p, Const)) == "/a.csv"
    assert facts.assigns[1].line == source.count("\n")


def test_a_format_of_a_newer_f_string_is_not_its_text() -> None:
    value = facts_of("p = f'{d['n']:06d}.csv'\n").assigns[0].value
    assert isinstance(value, Fmt)
    assert isinstance(value.parts[0], Opaque)


def test_a_pattern_that_the_parser_would_take_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer_syntax, "SECONDS", 1)
    found = read_python("type X = int\nmatch x:\n    case " + "(" * 60 + "1" + ")" * 60 + ": pass\n")
    assert found == Unreadable("syntax error in line 1: invalid syntax")
