from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.system import Module, SystemGraph
from analyzer.read.facts import PythonFacts
from analyzer.read.values import Compare, Const, Logic, Name, Value
from rules.folding import fold

CONSTANTS = st.sampled_from([True, False, None, 0, 1, "", "a"]).map(Const)
TESTS: st.SearchStrategy[Value] = st.recursive(
    CONSTANTS,
    lambda inner: st.one_of(
        inner.map(lambda value: Logic("not", (value,))),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4)).map(lambda p: Logic(p[0], tuple(p[1]))),
        st.tuples(st.sampled_from(["==", "!="]), CONSTANTS, CONSTANTS).map(lambda p: Compare(*p)),
    ),
    max_leaves=12,
)


def source(value: Value) -> str:
    if isinstance(value, Const):
        return repr(value.value)
    if isinstance(value, Logic) and value.op == "not":
        return f"(not {source(value.values[0])})"
    if isinstance(value, Logic):
        return "(" + f" {value.op} ".join(map(source, value.values)) + ")"
    assert isinstance(value, Compare)
    return f"({source(value.left)} {value.op} {source(value.right)})"


@given(TESTS)
def test_folding_agrees_with_python(test: Value) -> None:
    module = Module("a.py", "a", PythonFacts("python", 1), "", "")
    outcome = fold(SystemGraph(modules={"a.py": module}), module, 0, test)
    assert outcome is not None
    tree = ast.parse(source(test), mode="eval")
    assert bool(outcome.value) == bool(eval(compile(tree, "test", "eval"), {}))  # the test made the text from seven literals


@given(TESTS, st.booleans())
def test_an_unknown_name_decides_nothing(test: Value, first: bool) -> None:
    module = Module("a.py", "a", PythonFacts("python", 1), "", "")
    graph = SystemGraph(modules={"a.py": module})
    for op in ("and", "or"):
        parts = (Name("x"), test) if first else (test, Name("x"))
        outcome, alone = fold(graph, module, 0, Logic(op, parts)), fold(graph, module, 0, test)
        assert alone is not None
        decides = bool(alone.value) == (op == "or")
        assert (outcome is not None) == decides
