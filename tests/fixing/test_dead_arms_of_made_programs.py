"""Of a program made by chance, the dead arms go and nothing else: what is left is the program written without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.fixing.dead_arms import Arm, DropArm

TESTS = {"False": False, "True": True, "x > 0": None}
"""The test of a branch → what it is known to be."""


@dataclass
class Step:
    """A simple statement."""

    number: int

    def lines(self) -> list[str]:
        return [f"x = step({self.number}, x)"]

    def alive(self) -> list[Node]:
        return [self]


@dataclass
class Loop:
    body: list[Node]

    def lines(self) -> list[str]:
        return ["for x in x:", *_indented(self.body)]

    def alive(self) -> list[Node]:
        return [Loop(_alive(self.body) or [Nothing()])]


@dataclass
class Nothing:
    def lines(self) -> list[str]:
        return ["pass"]

    def alive(self) -> list[Node]:
        return [self]


@dataclass
class Branch:
    """`if`, any number of `elif`s, perhaps an `else`."""

    arms: list[tuple[str, list[Node]]]
    rest: list[Node] = field(default_factory=list)

    def lines(self) -> list[str]:
        found: list[str] = []
        for number, (test, body) in enumerate(self.arms):
            found += [f"{'elif' if number else 'if'} {test}:", *_indented(body)]
        return [*found, "else:", *_indented(self.rest)] if self.rest else found

    def alive(self) -> list[Node]:
        arms: list[tuple[str, list[Node]]] = []
        rest = _alive(self.rest)
        for test, body in self.arms:
            if TESTS[test] is None:
                arms.append((test, _alive(body) or [Nothing()]))
            elif TESTS[test]:
                rest = _alive(body) or [Nothing()]
                break
        return [Branch(arms, rest)] if arms else rest


Node = Step | Loop | Nothing | Branch


def _alive(nodes: list[Node]) -> list[Node]:
    return [kept for node in nodes for kept in node.alive()]


def _indented(nodes: list[Node]) -> list[str]:
    return [f"    {line}" for node in nodes for line in node.lines()]


def _text(nodes: list[Node]) -> str:
    return "\n".join(["def f(x):", *_indented(nodes), "    return x", ""])


def _bodies(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[list[Node]]:
    return st.lists(nodes, min_size=1, max_size=4)


def _compound(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    arms = st.lists(st.tuples(st.sampled_from(sorted(TESTS)), _bodies(nodes)), min_size=1, max_size=3)
    return st.builds(Loop, _bodies(nodes)) | st.builds(Branch, arms, st.just([]) | _bodies(nodes))


programs = _bodies(st.recursive(st.builds(Step, st.integers(0, 99)), _compound, max_leaves=25))


def _dead_arms(text: str) -> Iterator[Arm]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.If) and TESTS[ast.unparse(node.test)] is not None:
            yield Arm("if", node.lineno, ast.unparse(node.test), bool(TESTS[ast.unparse(node.test)]), ())


class _WithoutPass(ast.NodeTransformer):
    """A `pass` beside something does nothing: where it is left is a matter of taste."""

    def visit_Pass(self, node: ast.Pass) -> None:
        return None


def _shape(text: str) -> str:
    return ast.dump(_WithoutPass().visit(ast.parse(text)))


@given(programs)
@settings(max_examples=100, deadline=None)
def test_the_dead_arms_go_and_nothing_else(program: list[Node]) -> None:
    text = _text(program)
    if arms := list(_dead_arms(text)):
        assert _shape(DropArm(arms)(text)) == _shape(_text(_alive(program)))


@given(programs, st.randoms())
@settings(max_examples=100, deadline=None)
def test_one_by_one_they_come_to_the_same(program: list[Node], chance: Random) -> None:
    text = _text(program)
    wanted = _shape(_text(_alive(program)))
    while arms := list(_dead_arms(text)):
        text = DropArm([chance.choice(arms)])(text)
    assert _shape(text) == wanted
