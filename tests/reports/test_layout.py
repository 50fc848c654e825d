"""What must hold of every drawing, whatever the graph."""

from __future__ import annotations

import random
from itertools import combinations
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.layout import Drawing, draw
from reports.layout_order import crossings, ordered

NAMES = [f"n{index}" for index in range(14)]
SIZES = st.tuples(st.floats(20, 200), st.floats(10, 60))
GRAPHS = st.dictionaries(st.sampled_from(NAMES), SIZES, min_size=1).flatmap(
    lambda nodes: st.tuples(
        st.just(nodes),
        st.lists(st.tuples(st.sampled_from(sorted(nodes)), st.sampled_from(sorted(nodes))), max_size=40),
    )
)
Graph = tuple[dict[str, tuple[float, float]], list[tuple[str, str]]]


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    def apart(one: str, other: str) -> bool:
        a, b = drawing.boxes[one], drawing.boxes[other]
        eps = 1e-6
        return a.x + a.width <= b.x + eps or b.x + b.width <= a.x + eps or a.y + a.height <= b.y + eps or b.y + b.height <= a.y + eps

    return [(one, other) for one, other in combinations(sorted(drawing.boxes), 2) if not apart(one, other)]


def on_border(drawing: Drawing, name: str, point: tuple[float, float], *, down: bool = False) -> bool:
    box, (x, y) = drawing.boxes[name], point
    if down:
        box, (x, y) = box.turned(), (y, x)
    return min(abs(x - box.x), abs(x - box.x - box.width)) < 1e-6 and box.y - 1e-6 <= y <= box.y + box.height + 1e-6


def test_nothing_to_draw() -> None:
    drawing = draw({}, [])
    assert (drawing.boxes, drawing.paths, drawing.width, drawing.height) == ({}, {}, 0, 0)


def test_edge_to_unknown_node_is_refused() -> None:
    with pytest.raises(KeyError, match="ghost"):
        draw({"a": (10, 10)}, [("a", "ghost")])


@given(GRAPHS, st.booleans())
@settings(deadline=None)
def test_no_two_nodes_overlap(graph: Graph, down: bool) -> None:
    assert overlapping(draw(*graph, down=down)) == []


@given(GRAPHS, st.booleans())
@settings(deadline=None)
def test_every_edge_runs_from_its_source_to_its_target(graph: Graph, down: bool) -> None:
    nodes, edges = graph
    drawing = draw(nodes, edges, down=down)
    assert drawing.paths.keys() == set(edges)
    for (source, target), points in drawing.paths.items():
        sideways = down and source != target
        assert on_border(drawing, source, points[0], down=sideways)
        assert on_border(drawing, target, points[-1], down=sideways)


@given(GRAPHS, st.booleans())
@settings(deadline=None)
def test_everything_lies_inside_the_drawing(graph: Graph, down: bool) -> None:
    drawing = draw(*graph, down=down)
    for box in drawing.boxes.values():
        assert -1e-6 <= box.x <= box.x + box.width <= drawing.width + 1e-6
        assert -1e-6 <= box.y <= box.y + box.height <= drawing.height + 1e-6
    for points in drawing.paths.values():
        assert all(-1e-6 <= x <= drawing.width + 1e-6 and -1e-6 <= y <= drawing.height + 1e-6 for x, y in points)


@given(GRAPHS, st.randoms())
@settings(deadline=None)
def test_the_order_of_nodes_and_edges_does_not_matter(graph: Graph, chance: random.Random) -> None:
    nodes, edges = graph
    names = list(nodes)
    chance.shuffle(names)
    shuffled = list(edges)
    chance.shuffle(shuffled)
    assert draw({name: nodes[name] for name in names}, shuffled) == draw(nodes, edges)


def test_a_chain_runs_straight_from_left_to_right() -> None:
    drawing = draw(dict.fromkeys("abcd", (100.0, 30.0)), [("a", "b"), ("b", "c"), ("c", "d")])
    boxes = [drawing.boxes[name] for name in "abcd"]
    assert [box.x for box in boxes] == sorted(box.x for box in boxes)
    assert len({round(box.middle, 6) for box in boxes}) == 1


def test_an_edge_past_a_layer_passes_beside_the_nodes_there() -> None:
    drawing = draw(dict.fromkeys("abc", (100.0, 30.0)), [("a", "b"), ("b", "c"), ("a", "c")])
    between = drawing.boxes["b"]
    heights = [y for x, y in drawing.paths["a", "c"] if between.x <= x <= between.x + between.width]
    assert heights
    assert all(y < between.y or y > between.y + between.height for y in heights)


def test_of_a_cycle_only_one_edge_runs_backwards() -> None:
    drawing = draw(dict.fromkeys("abc", (100.0, 30.0)), [("a", "b"), ("b", "c"), ("c", "a")])
    assert sum(points[0][0] > points[-1][0] for points in drawing.paths.values()) == 1


def test_both_directions_between_two_nodes_are_drawn_apart() -> None:
    drawing = draw(dict.fromkeys("ab", (100.0, 30.0)), [("a", "b"), ("b", "a")])
    assert drawing.paths["a", "b"] != tuple(reversed(drawing.paths["b", "a"]))


def test_ordering_removes_crossings_that_need_not_be() -> None:
    layers = [["a", "b", "c"], ["x", "y", "z"]]
    right = {"a": ["z"], "b": ["y"], "c": ["x"]}
    assert crossings(layers, right) == 3
    assert crossings(ordered(layers, right), right) == 0


def test_four_hundred_nodes_take_no_time() -> None:
    chance = random.Random(7)
    nodes = {f"n{index}": (120.0, 30.0) for index in range(400)}
    edges = [(f"n{a}", f"n{min(a + chance.randint(1, 25), 399)}") for a in range(399) for _ in range(2)]
    start = process_time()
    assert overlapping(draw(nodes, edges)) == []
    assert process_time() - start < 10
