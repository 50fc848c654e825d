"""The cheap first answer may never hide a name that the exact one finds."""

from __future__ import annotations

import ast

import pytest

from analyzer.read.facts import PythonFacts
from analyzer.read.mentions import mentions
from analyzer.read.python import read_python
from analyzer.read.unbound_names import unbound_names

OPEN = [
    "[row for row in range(3)]\nprint(row)\n",
    "rows = [row for row in row]\n",
    "f = lambda x: x\nprint(x)\n",
    "f = lambda x=x: x\n",
    "def f():\n    y = 1\ndef g():\n    return y\n",
    "class A:\n    size = 1\n    def f(self):\n        return size\n",
    "class A:\n    size = 1\n    sizes = [size for _ in range(3)]\n",
    "def outer():\n    x = 1\n    def middle():\n        global x\n        def inner():\n            return x\n",
    "def f(a, b=a):\n    return b\n",
    "def f():\n    try:\n        pass\n    except ValueError as error:\n        pass\nprint(error)\n",
    "def f():\n    import json\njson.loads('')\n",
]
CLOSED = [
    "import os.path as p, json\nfrom a import b as c\nprint(p, json, c)\n",
    "if any((n := len(w)) > 3 for w in ['a']):\n    print(n)\n",
    "def f():\n    global cache\n    cache = {}\ndef g():\n    return cache\n",
    "def f():\n    n = 0\n    def g():\n        nonlocal n\n        n += 1\n        return n\n    return g\n",
    "match [1]:\n    case [first, *rest]:\n        print(first, rest)\n",
    "match [1]:\n    case {'a': one, **others} as whole:\n        print(one, others, whole)\n",
    "def f(a, /, b, *args, c, **more):\n    return [a + b + c + d for d in args for e in more if e]\n",
    "try:\n    pass\nexcept ValueError as error:\n    print(error)\n",
    "with open(__file__) as file, open('a') as (one, two):\n    print(file, one, two)\n",
    "class A:\n    size = 1\n    double = size * 2\n",
    "for i, (j, *k) in enumerate([]):\n    print(i, j, k)\n",
]


def read(text: str) -> PythonFacts:
    facts = read_python(text)
    assert isinstance(facts, PythonFacts)
    return facts


@pytest.mark.parametrize("text", OPEN)
def test_where_a_name_may_be_unbound_the_exact_answer_is_asked(text: str) -> None:
    tree, facts = ast.parse(text), read(text)
    assert mentions(tree, facts.scopes)[2]
    assert facts.unbound == unbound_names(text, tree)


@pytest.mark.parametrize("text", CLOSED)
def test_files_that_bind_what_they_use_are_settled_without_the_compiler(text: str) -> None:
    tree = ast.parse(text)
    assert not mentions(tree, read(text).scopes)[2]
    assert unbound_names(text, tree) == ()
