from __future__ import annotations

import json

import pytest

from analyzer.model import Site
from analyzer.scan import graph_of_texts
from rules.outdated_call import OutdatedCall


def found(texts: dict[str, str]):  # type: ignore[no-untyped-def]
    return list(OutdatedCall().check(graph_of_texts(texts)))


def calls(definition: str, call: str, before: str = "") -> dict[str, str]:
    return {"lib.py": definition, "use.py": f"import lib\nfrom lib import *\nfrom lib import f, C\n{before}\n{call}\n"}


F = "def f(a, b=1, *, c=2):\n    return a, b, c\n\n\n"
C = "class C:\n    def __init__(self, a):\n        self.a = a\n\n    def m(self, x):\n        return x\n"


@pytest.mark.parametrize(
    ("definition", "call"),
    [
        (F + C, "f(1)\nf(1, 2, c=3)\nf(a=1)\nlib.f(1)\nC(1).m(2)\nC.m(C(1), 2)"),
        (F + C, "f(*[1, 2, 3])\nf(**{'z': 1})\nf(*[], **{})"),
        ("def f(a, *args, **kwargs):\n    return a\n" + C, "f(1, 2, 3, z=4)"),
        ("import wrapt\n\n\n@wrapt.change\ndef f(a):\n    return a\n" + C, "f(1, 2)"),
        ("import functools\n\n\n@functools.partial(print, 1)\ndef f(a):\n    return a\n" + C, "f()"),
        ("def f(a):\n    return a\n\n\nf = print\n" + C, "f(1, 2)"),
        ("if 1:\n    def f(a):\n        return a\nelse:\n    def f(a, b):\n        return b\n" + C, "f(1, 2)"),
        ("try:\n    from fast import f\nexcept ImportError:\n    def f(a):\n        return a\n" + C, "f(1, 2)"),
        (F + "from dataclasses import dataclass\n\n\n@dataclass\nclass C:\n    a: int\n", "C(1, 2)\nC(a=1)"),
        (F + "from pydantic import BaseModel\n\n\nclass C(BaseModel):\n    a: int\n", "C(a=1, b=2)"),
        (F + "from typing import NamedTuple\n\n\nclass C(NamedTuple):\n    a: int\n", "C(1)"),
        (F + "class Meta(type):\n    pass\n\n\nclass C(metaclass=Meta):\n    def __init__(self, a):\n        self.a = a\n", "C(1, 2)"),
        (F + "class C:\n    def __new__(cls, *a):\n        return object.__new__(cls)\n", "C(1, 2)"),
        (
            F
            + "class C:\n    @classmethod\n    def of(cls, a):\n        return a\n\n    @staticmethod\n    def to(a):\n        return a\n",
            "C.of(1)\nC.to(2)",
        ),
        (F + C, "try:\n    f(1, z=2)\nexcept TypeError:\n    f(1)"),
        (F + C, "import functools\ng = functools.partial(f, 1, 2)\ng()"),
        (F + C, "lib.f = print\nf(1, 2, 3, 4)"),
        (F + C, "def g(f):\n    return f(1, 2, 3, 4)"),
        (F + C, "list(map(f, [1]))"),
    ],
)
def test_silent(definition: str, call: str) -> None:
    assert found(calls(definition, call)) == []


def test_an_override_may_take_other_arguments() -> None:
    base = "class A:\n    def go(self):\n        self.step(1)\n\n    def step(self):\n        pass\n"
    text = base + "\n\nclass B(A):\n    def step(self, n):\n        return n\n"
    assert found({"a.py": text}) == []


def test_two_files_of_one_name_are_not_told_apart() -> None:
    use = "import utils\n\nutils.f(1, 2)\n"
    assert found({"a/utils.py": "def f(a):\n    return a\n", "b/utils.py": "def f(a, b):\n    return b\n", "c/use.py": use}) == []


def test_tests_may_call_wrongly() -> None:
    assert found({"lib.py": F, "tests/test_lib.py": "from lib import f\n\nf(1, z=2)\n"}) == []


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("f(1, z=2)", "has no parameter `z`"),
        ("f(1, 2, 3)", "takes 2 positional arguments, 3 are given"),
        ("f()", "needs `a`, which is not given"),
        ("C()", "needs `a`, which is not given"),
        ("C(1).m()", "needs `x`, which is not given"),
        ("lib.f(1, z=2)", "has no parameter `z`"),
        ("f(*[1], z=2)", "has no parameter `z`"),
    ],
)
def test_found(call: str, problem: str) -> None:
    (finding,) = found({"lib.py": F + C, "use.py": f"import lib\nfrom lib import f, C\n\n{call}\nprint(lib, f, C)\n"})
    assert problem in finding.message
    assert finding.locations[0] == Site("use.py", 4)
    assert finding.locations[1].path == "lib.py"


def test_all_calls_of_a_notebook_are_one_finding() -> None:
    cells = [{"cell_type": "code", "source": s} for s in ("from lib import f", "f(1, z=2)", "f(1, y=2)")]
    (finding,) = found({"lib.py": F, "n.ipynb": json.dumps({"cells": cells, "metadata": {}})})
    assert [(s.cell, s.line) for s in finding.locations[:2]] == [(1, 1), (2, 1)]
    assert "1 more such calls" in finding.message


BASE = "import torch\n\n\nclass Block(torch.nn.Module):\n    pass\n\n\n"


@pytest.mark.parametrize("asked", ["super()", "super(Wide, self)"])
def test_super_never_means_the_class_itself(asked: str) -> None:
    wide = f"class Wide(Block):\n    def __init__(self, width):\n        {asked}.__init__()\n        self.width = width\n\n\nWide(3)\n"
    assert found({"nets.py": BASE + wide}) == []


def test_super_means_the_class_above() -> None:
    above = "class Base:\n    def scale(self, rows):\n        return rows\n\n\n"
    below = "class Deep(Base):\n    def fit(self, depth):\n        return super().scale(width=depth)\n\n\nDeep().fit(2)\n"
    (finding,) = found({"nets.py": above + below})
    assert "`width`" in finding.message


def test_of_two_star_imports_that_give_a_name_the_last_one_holds() -> None:
    texts = {
        "lib/__init__.py": "from .one import *\nfrom .two import *\n",
        "lib/one.py": "def fit(rows):\n    return rows\n",
        "lib/two.py": "def fit(rows, mode):\n    return rows, mode\n",
    }
    assert found(texts | {"use.py": "from lib import fit\n\nfit(1, mode=2)\n"}) == []
    assert len(found(texts | {"use.py": "from lib import fit\n\nfit(1)\n"})) == 1


def test_files_that_call_one_function_wrongly_are_one_finding() -> None:
    texts = {
        "lib.py": F + C,
        "a.py": "from lib import f\n\nf()\nf(z=1)\n",
        "b.py": "from lib import f\n\nf()\n",
        "c.py": "from lib import C\n\nC()\n",
    }
    both, alone = found(texts)
    assert both.message == "`a.py`, `b.py` call `f`, which needs `a`, which is not given and 1 more such calls"
    assert (both.subject.kind, both.subject.id, both.members) == ("outdated calls", "lib.py::f", 3)
    assert both.locations == (Site("a.py", 3), Site("a.py", 4), Site("b.py", 3), Site("lib.py", 1))
    assert (alone.subject.kind, alone.subject.id) == ("module", "c.py")
