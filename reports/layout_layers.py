"""The first three steps of a layered drawing: break cycles, assign layers, add dummies to edges that cross a layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import pairwise

Link = tuple[str, str]


@dataclass(slots=True)
class Layers:
    """Slots (nodes, and a dummy for each layer that an edge crosses) by layer; every joint runs from one layer to the next."""

    slots: list[list[str]]
    chains: dict[Link, list[str]] = field(default_factory=dict)
    """Edge → its slots from left to right."""
    reversed: set[Link] = field(default_factory=set)
    """Edges that would close a cycle: they run from right to left."""
    right: dict[str, list[str]] = field(default_factory=dict)
    """Slot → the slots of the next layer that it is joined to."""


def layered(nodes: Collection[str], edges: Sequence[Link]) -> Layers:
    """Layers of a graph without loops (edges from a node to itself). `edges` must be distinct and sorted."""
    back = _closing_a_cycle(nodes, edges)
    rightward = {edge: (edge[1], edge[0]) if edge in back else edge for edge in edges}
    level = _longest_paths(nodes, list(rightward.values()))
    layers = Layers([[] for _ in range(max(level.values()) + 1)], reversed=back)
    for name in sorted(level):
        layers.slots[level[name]].append(name)
    for edge, (left, right) in rightward.items():
        _chain(layers, edge, left, right, range(level[left] + 1, level[right]))
    return layers


def _chain(layers: Layers, edge: Link, left: str, right: str, crossed: range) -> None:
    dummies = [f"\0{edge[0]}\0{edge[1]}\0{level}" for level in crossed]
    for dummy, level in zip(dummies, crossed, strict=True):
        layers.slots[level].append(dummy)
    chain = [left, *dummies, right]
    layers.chains[edge] = chain
    for one, other in pairwise(chain):
        layers.right.setdefault(one, []).append(other)


def _closing_a_cycle(nodes: Collection[str], edges: Sequence[Link]) -> set[Link]:
    """Edges that run against the order in which nodes are taken: sinks last, sources first, else the one with most leaving over arriving.

    The greedy heuristic of Eades, Lin and Smyth (1993), which keeps the number of such edges small.
    """
    after: dict[str, list[str]] = {name: [] for name in nodes}
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in edges:
        after[source].append(target)
        before[target].append(source)
    leaving = {name: len(after[name]) for name in nodes}
    arriving = {name: len(before[name]) for name in nodes}
    # Each change of a node's degrees pushes it again; what is out of date is skipped when it comes up.
    heap = [(*_urgency(leaving[name], arriving[name]), name) for name in nodes]
    heapify(heap)
    first: list[str] = []
    last: list[str] = []
    taken: set[str] = set()
    while heap:
        *urgency, name = heappop(heap)
        if name in taken or tuple(urgency) != _urgency(leaving[name], arriving[name]):
            continue
        taken.add(name)
        (first if leaving[name] else last).append(name)
        for others, degree in ((after[name], arriving), (before[name], leaving)):
            for other in others:
                degree[other] -= 1
                if other not in taken:
                    heappush(heap, (*_urgency(leaving[other], arriving[other]), other))
    place = {name: index for index, name in enumerate(first + last[::-1])}
    return {edge for edge in edges if place[edge[0]] > place[edge[1]]}


def _urgency(leaving: int, arriving: int) -> tuple[int, int]:
    if not leaving:
        return (0, 0)
    return (1, 0) if not arriving else (2, arriving - leaving)


def _longest_paths(nodes: Collection[str], edges: Sequence[Link]) -> dict[str, int]:
    """Node → layer; a node that nothing leads to stands just left of its first target."""
    after: dict[str, list[str]] = {name: [] for name in nodes}
    arriving = dict.fromkeys(nodes, 0)
    for source, target in edges:
        after[source].append(target)
        arriving[target] += 1
    starts = [name for name in nodes if not arriving[name]]
    level = dict.fromkeys(nodes, 0)
    waiting = deque(starts)
    while waiting:
        source = waiting.popleft()
        for target in after[source]:
            level[target] = max(level[target], level[source] + 1)
            arriving[target] -= 1
            if not arriving[target]:
                waiting.append(target)
    for start in starts:
        if after[start]:
            level[start] = min(level[target] for target in after[start]) - 1
    return level
