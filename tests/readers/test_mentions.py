from __future__ import annotations

import pytest

from analyzer.read.facts import PythonFacts
from analyzer.read.mentions import words_in
from analyzer.read.python import read_python


def facts(text: str) -> PythonFacts:
    found = read_python(text)
    assert isinstance(found, PythonFacts)
    return found


def test_each_scope_has_its_own() -> None:
    text = (
        "import a\n\n\n@deco\ndef f(x=START):\n    '''not used'''\n    return a.b.c(x).d + g\n\n\nclass K(Base):\n    y = 'pkg.mod.Name'\n"
    )
    body, function, klass = facts(text).mentions
    assert (body.names, body.chains) == ((), ())
    assert function.names == ("START", "deco", "g", "x")
    assert function.chains == (".d", "a.b.c")
    assert klass.names == ("Base",)
    assert klass.words == ("Name", "mod", "pkg")


def test_what_is_set_is_not_mentioned() -> None:
    (body,) = facts("a.b = 1\nc = 2\ndel a.d\na.e.f = 3\n").mentions
    assert body.names == ("a",)
    assert body.chains == ("a.e",)


@pytest.mark.parametrize(
    ("expression", "word"),
    [("f'load_{kind}'", "load_*"), ("'load_' + kind", "load_*"), ("kind + '_loss'", "*_loss"), ("f'pkg.losses.{kind}'", "pkg.losses.*")],
)
def test_composed_names(expression: str, word: str) -> None:
    assert word in facts(f"x = {expression}\n").mentions[0].words


def test_of_a_sentence_only_what_looks_like_code() -> None:
    assert set(words_in("the empty loss of train_model uses pkg.Mod and fit(x)")) == {"train_model", "pkg", "Mod", "fit"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def f():\n    g()\n", 0),
        ("import logging\nlogging.basicConfig()\n", 0),
        ("x = f()\n", 0),
        ("\nf()\n", 2),
        ("for x in y:\n    f(x)\n", 1),
    ],
)
def test_where_a_module_acts(text: str, line: int) -> None:
    assert facts(text).acts_at == line
