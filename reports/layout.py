"""A layered drawing of a directed graph, from left to right or down the page: where nodes stand, along which points edges run.

The method of Sugiyama, Tagawa and Toda (1981): break cycles (greedily), assign layers (longest path), add dummy nodes to long edges,
order each layer (medians), place (isotonic regression: edges run straight and nothing overlaps). Weakly connected parts are laid out one
by one and packed on shelves. The same graph gives the same drawing, in whatever order its nodes and edges are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.layout_layers import Layers, Link, layered
from reports.layout_order import ordered
from reports.layout_place import placed

LAYER_GAP = 58.0
NODE_GAP = 16.0
PART_GAP = 36.0
SHELF_WIDTH = 1180.0
LOOP = 16.0
PORT_GAP = 11.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A node's rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    def moved(self, x: float, y: float) -> Box:
        return Box(self.x + x, self.y + y, self.width, self.height)

    def turned(self) -> Box:
        return Box(self.y, self.x, self.height, self.width)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes by node, and by edge the points it runs through from the border of its source to the border of its target."""

    boxes: dict[str, Box]
    paths: dict[Link, tuple[Point, ...]]
    width: float
    height: float

    def turned(self) -> Drawing:
        boxes = {name: box.turned() for name, box in self.boxes.items()}
        paths = {edge: tuple((y, x) for x, y in points) for edge, points in self.paths.items()}
        return Drawing(boxes, paths, self.height, self.width)


def draw(nodes: Mapping[str, Point], edges: Iterable[Link], *, down: bool = False) -> Drawing:
    """Lay out `nodes` (name → width, height) and `edges` (source, target), layers side by side or, with `down`, one below the other.

    Raises KeyError when an edge names no node.

    Made for up to some hundred nodes: an edge costs a dummy in each layer that it crosses.
    """
    wanted = sorted(set(edges))
    if unknown := {end for edge in wanted for end in edge} - nodes.keys():
        raise KeyError(f"edges name nodes that are not there: {sorted(unknown)[:3]}")
    loops = [source for source, target in wanted if source == target]
    parts = _parts(sorted(nodes), [edge for edge in wanted if edge[0] != edge[1]])
    drawing = _packed([_draw_part({name: nodes[name] for name in names}, found, down) for names, found in parts])
    return _with_loops(drawing, loops)


def _parts(names: Sequence[str], edges: Sequence[Link]) -> list[tuple[list[str], list[Link]]]:
    """Weakly connected parts, largest first."""
    near: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    part: dict[str, int] = {}
    members: list[list[str]] = []
    for name in names:
        if name in part:
            continue
        part[name] = len(members)
        found, waiting = [name], [name]
        while waiting:
            for other in near[waiting.pop()]:
                if other not in part:
                    part[other] = len(members)
                    found.append(other)
                    waiting.append(other)
        members.append(sorted(found))
    links: list[list[Link]] = [[] for _ in members]
    for edge in edges:
        links[part[edge[0]]].append(edge)
    return sorted(zip(members, links, strict=True), key=lambda item: (-len(item[0]), item[0]))


def _draw_part(size: dict[str, Point], edges: list[Link], down: bool) -> Drawing:
    if down:
        return _draw_part({name: (height, width) for name, (width, height) in size.items()}, edges, down=False).turned()
    layers = layered(sorted(size), edges)
    layers.slots = ordered(layers.slots, layers.right)
    heights = {slot: size[slot][1] if slot in size else 0.0 for layer in layers.slots for slot in layer}
    middles = placed(layers.slots, layers.right, heights, NODE_GAP)
    top = min(middles[slot] - heights[slot] / 2 for slot in middles)
    bottom = max(middles[slot] + heights[slot] / 2 for slot in middles)
    boxes: dict[str, Box] = {}
    spans: dict[str, tuple[float, float, float]] = {}
    x = 0.0
    for layer in layers.slots:
        widest = max(size[slot][0] for slot in layer if slot in size)
        for slot in layer:
            spans[slot] = (x, x + widest, middles[slot] - top)
            if slot in size:
                width, height = size[slot]
                boxes[slot] = Box(x + (widest - width) / 2, middles[slot] - height / 2 - top, width, height)
        x += widest + LAYER_GAP
    return Drawing(boxes, _paths(layers, boxes, spans), x - LAYER_GAP, bottom - top)


def _paths(layers: Layers, boxes: dict[str, Box], spans: dict[str, tuple[float, float, float]]) -> dict[Link, tuple[Point, ...]]:
    starts = _ports(boxes, [(chain[0], spans[chain[1]][2], edge) for edge, chain in layers.chains.items()])
    ends = _ports(boxes, [(chain[-1], spans[chain[-2]][2], edge) for edge, chain in layers.chains.items()])
    paths = {}
    for edge, chain in layers.chains.items():
        first, last = boxes[chain[0]], boxes[chain[-1]]
        points = [(first.x + first.width, starts[edge])]
        for dummy in chain[1:-1]:
            left, right, middle = spans[dummy]
            points += [(left, middle), (right, middle)]
        points.append((last.x, ends[edge]))
        paths[edge] = tuple(reversed(points)) if edge in layers.reversed else tuple(points)
    return paths


def _ports(boxes: dict[str, Box], ends: list[tuple[str, float, Link]]) -> dict[Link, float]:
    """Where on its node's side each edge starts or ends: in the order of where it leads, spread over the middle of the side."""
    sides: dict[str, list[tuple[float, Link]]] = {}
    for name, towards, edge in ends:
        sides.setdefault(name, []).append((towards, edge))
    ports = {}
    for name, found in sides.items():
        box = boxes[name]
        step = min(PORT_GAP, box.height * 0.7 / len(found))
        for index, (_, edge) in enumerate(sorted(found)):
            ports[edge] = box.middle + (index - (len(found) - 1) / 2) * step
    return ports


def _packed(drawings: Sequence[Drawing]) -> Drawing:
    """Drawings set beside each other until a shelf is full, then below."""
    boxes: dict[str, Box] = {}
    paths: dict[Link, tuple[Point, ...]] = {}
    shelf_width = max([SHELF_WIDTH, *(drawing.width for drawing in drawings)])
    x = y = shelf_height = width = 0.0
    for drawing in drawings:
        if x and x + drawing.width > shelf_width:
            x, y, shelf_height = 0.0, y + shelf_height + PART_GAP, 0.0
        for name, box in drawing.boxes.items():
            boxes[name] = box.moved(x, y)
        for edge, points in drawing.paths.items():
            paths[edge] = tuple((px + x, py + y) for px, py in points)
        width = max(width, x + drawing.width)
        shelf_height = max(shelf_height, drawing.height)
        x += drawing.width + PART_GAP
    return Drawing(boxes, paths, width, y + shelf_height)


def _with_loops(drawing: Drawing, loops: Sequence[str]) -> Drawing:
    paths = dict(drawing.paths)
    for name in loops:
        box = drawing.boxes[name]
        right, above, below = box.x + box.width, box.middle - box.height / 4, box.middle + box.height / 4
        paths[name, name] = ((right, above), (right + LOOP, above), (right + LOOP, below), (right, below))
    width = max([drawing.width, *(point[0] for points in paths.values() for point in points)])
    return Drawing(drawing.boxes, paths, width, drawing.height)
