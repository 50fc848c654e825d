from __future__ import annotations

import pytest

from analyzer.graph.constants import is_local, module_constant
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.facts import PythonFacts
from analyzer.read.python import read_python

SWITCH = "USE = False\n"


def graph_of(**texts: str) -> SystemGraph:
    graph = SystemGraph()
    for name, text in texts.items():
        path = f"pkg/{name}.py"
        facts = read_python(text)
        assert isinstance(facts, PythonFacts)
        graph.modules[path] = Module(path, f"pkg.{name}", facts, "", "pkg", is_test=name.startswith("test_"))
    return graph


def known(text: str, **others: str) -> bool:
    graph = graph_of(mine=text, **others)
    return module_constant(graph, graph.modules["pkg/mine.py"], "USE")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "USE = True\nUSE = False\n",
        "USE = 1 < 2\n",
        "USE = load()\n",
        "if windows():\n    USE = False\n",
        "USE = False\ndef turn_on():\n    global USE\n    USE = True\n",
        "USE = False\nUSE |= True\n",
        "USE = False\nfor USE in (1, 2):\n    pass\n",
        "USE = False\nfrom other import USE\n",
        "USE = False\nfrom other import *\n",
        "USE = False\ndef USE():\n    return 1\n",
        "USE = False\nglobals()['USE'] = True\n",
        "USE = False\nexec(open('overrides.py').read())\n",
        "__all__ = ['USE']\nUSE = False\n",
    ],
)
def test_a_name_that_may_change_is_no_constant(text: str) -> None:
    assert not known(text)


@pytest.mark.parametrize(
    "other",
    [
        "from pkg.mine import USE\n",
        "from .mine import USE\n",
        "from pkg.mine import *\n",
        "import pkg.mine\npkg.mine.USE = True\n",
        "import pkg.mine as m\nm.USE = True\n",
        "from pkg import mine as m\nm.USE = True\n",
        "from pkg import mine\nprint(mine.USE)\n",
        "from pkg import mine\nsetattr(mine, 'USE', True)\n",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('pkg.mine.USE', True)\n",
        "from pkg import mine\ndef test_it(monkeypatch):\n    monkeypatch.setattr(mine, 'USE', True)\n",
        "from unittest import mock\n@mock.patch('pkg.mine.USE', True)\ndef test_it():\n    pass\n",
        "from unittest import mock\nfrom pkg import mine\nwith mock.patch.object(mine, 'USE', True):\n    pass\n",
        "from unittest import mock\nwith mock.patch.multiple('pkg.mine', USE=True):\n    pass\n",
    ],
)
def test_a_name_that_another_module_touches_is_no_constant(other: str) -> None:
    assert not known(SWITCH, test_other=other)


def test_a_name_of_a_notebook_is_no_constant() -> None:
    graph = graph_of(mine=SWITCH)
    facts = read_python(SWITCH, "notebook")
    assert isinstance(facts, PythonFacts)
    graph.modules["a.ipynb"] = Module("a.ipynb", "", facts, "", "")
    assert module_constant(graph, graph.modules["a.ipynb"], "USE") == (False, None)


@pytest.mark.parametrize("literal", ["False", "True", "None", "0", "''", "'adam'", "-1", "0.5"])
def test_one_literal_assignment_makes_a_constant(literal: str) -> None:
    graph = graph_of(mine=f"USE: object = {literal}\n", other="from pkg.mine import ELSE\nimport pkg.mine\npkg.mine.run()\n")
    import ast

    assert module_constant(graph, graph.modules["pkg/mine.py"], "USE") == (True, ast.literal_eval(literal))


def test_a_same_named_switch_of_another_module_does_not_count() -> None:
    assert known(SWITCH, test_other="import pkg.yours\npkg.yours.USE = True\n")
    assert known(SWITCH, other="class A:\n    def f(self):\n        self.USE = True\n")


def test_a_local_of_the_same_name_hides_the_constant() -> None:
    text = SWITCH + "def f(USE):\n    def g():\n        return USE\n    return g\ndef h():\n    return USE\n"
    graph = graph_of(mine=text)
    module = graph.modules["pkg/mine.py"]
    scopes = {scope.qualname: number for number, scope in enumerate(module.facts.scopes)}
    assert is_local(graph, module, scopes["f"], "USE")
    assert is_local(graph, module, scopes["f.g"], "USE")
    assert not is_local(graph, module, scopes["h"], "USE")
    assert not is_local(graph, module, 0, "USE")
