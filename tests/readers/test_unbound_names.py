from __future__ import annotations

import ast

import pytest

from analyzer.read.unbound_names import may_bind, unbound_names


def names(text: str) -> list[tuple[str, int]]:
    return list(unbound_names(text, ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.getcwd()\n",
        "def f():\n    return g()\n\n\ndef g():\n    return 1\n",
        "def f():\n    global made\n    made = 1\n\n\nprint(made)\n",
        "def f(x):\n    def g():\n        return x\n    return g\n",
        "print([x for x in range(3)])\n",
        "with open('a') as f:\n    f.read()\n",
        "try:\n    pass\nexcept ValueError as error:\n    print(error)\n",
        "if (n := 3) > 2:\n    print(n)\n",
        "match 3:\n    case [first, *rest]:\n        print(first, rest)\n",
        "class A:\n    x = 1\n    y = x\n",
        "class A:\n    def f(self):\n        return __class__\n",
        "(lambda a: a)(1)\n",
        "try:\n    spark\nexcept NameError:\n    spark = None\n",
        "try:\n    print(later)\nexcept NameError:\n    pass\n",
        "def f(x: Missing) -> Missing:\n    y: Missing = x\n    return y\n",
        "print(unicode('a'), __file__, print)\n",
        "del gone\n",
        "for i, (a, b) in []:\n    print(i, a, b)\n",
    ],
)
def test_bound(text: str) -> None:
    assert names(text) == []


def test_a_name_that_nothing_binds_is_told_with_each_line() -> None:
    assert names("def f():\n    return lost\n\n\nprint(lost)\n") == [("lost", 2), ("lost", 5)]


def test_a_parameter_of_the_same_name_elsewhere_is_another_name() -> None:
    assert names("def f(self):\n    return self\n\n\ndef g():\n    return self\n") == [("self", 6)]


def test_a_local_of_another_function_is_another_name() -> None:
    assert names("def f():\n    frame = 1\n    return frame\n\n\nframe.head()\n") == [("frame", 6)]


def test_a_class_attribute_is_no_name_of_its_methods() -> None:
    assert names("class A:\n    size = 1\n\n    def f(self):\n        return size\n") == [("size", 5)]


@pytest.mark.parametrize(
    "source",
    [
        "%pylab inline",
        "%%capture out\nx",
        "%load_ext kedro.ipython",
        "%%bigquery frame\nSELECT 1",
        "x = 1\n%store -r y",
        "%%javascript\nIPython.notebook.kernel.execute('name = 1')",
        "display(Javascript('IPython.notebook.kernel.execute(\"name = 1\")'))",
    ],
)
def test_magics_that_may_bind(source: str) -> None:
    assert may_bind(source)


@pytest.mark.parametrize(
    "source", ["%matplotlib inline", "%load_ext autoreload\n%autoreload 2", "%%time\nx = 1", "!ls", "x = a % b", "%%capture"]
)
def test_magics_that_bind_nothing(source: str) -> None:
    assert not may_bind(source)
