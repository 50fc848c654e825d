"""The fourth step of a layered drawing: order every layer so that few edges cross (median heuristic of Eades and Wormald 1994)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise

SWEEPS = 12

Neighbours = Mapping[str, Sequence[str]]


def ordered(layers: Sequence[Sequence[str]], right: Neighbours) -> list[list[str]]:
    """The layers, each in the order with the fewest crossings that was met in a fixed number of sweeps."""
    left: dict[str, list[str]] = {}
    for slot, others in right.items():
        for other in others:
            left.setdefault(other, []).append(slot)
    current = _first_order(layers, right)
    best, fewest = current, crossings(current, right)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        current = _swept(current, left, right, rightwards=sweep % 2 == 0)
        _swap_neighbours(current, left, right)
        count = crossings(current, right)
        if count < fewest:
            best, fewest = [list(layer) for layer in current], count
    return best


def crossings(layers: Sequence[Sequence[str]], right: Neighbours) -> int:
    """How many pairs of joints cross, all layers together."""
    return sum(_crossings_between(one, other, right) for one, other in pairwise(layers))


def _crossings_between(one: Sequence[str], other: Sequence[str], right: Neighbours) -> int:
    place = {slot: index for index, slot in enumerate(other)}
    ends = [end for slot in one for end in sorted(place[target] for target in right.get(slot, ()))]
    seen: list[int] = []
    count = 0
    for end in ends:
        count += len(seen) - bisect_right(seen, end)
        insort(seen, end)
    return count


def _first_order(layers: Sequence[Sequence[str]], right: Neighbours) -> list[list[str]]:
    """Slots in the order of a depth-first walk from the left: what belongs together starts together."""
    rank: dict[str, int] = {}
    for layer in layers:
        for start in layer:
            waiting = [start]
            while waiting:
                slot = waiting.pop()
                if slot not in rank:
                    rank[slot] = len(rank)
                    waiting.extend(reversed(right.get(slot, ())))
    return [sorted(layer, key=lambda slot: rank[slot]) for layer in layers]


def _swept(layers: list[list[str]], left: Neighbours, right: Neighbours, *, rightwards: bool) -> list[list[str]]:
    result = [list(layer) for layer in layers]
    near = left if rightwards else right
    indexes = range(1, len(layers)) if rightwards else range(len(layers) - 2, -1, -1)
    for index in indexes:
        fixed = {slot: place for place, slot in enumerate(result[index - 1 if rightwards else index + 1])}
        own = {slot: place for place, slot in enumerate(result[index])}
        wish = {slot: _median([fixed[other] for other in near.get(slot, ())], own[slot]) for slot in result[index]}
        result[index].sort(key=lambda slot: (wish[slot], own[slot]))
    return result


def _median(places: list[int], default: float) -> float:
    if not places:
        return default
    places.sort()
    middle = len(places) // 2
    return places[middle] if len(places) % 2 else (places[middle - 1] + places[middle]) / 2


def _swap_neighbours(layers: list[list[str]], left: Neighbours, right: Neighbours) -> None:
    """Swap neighbours in a layer where that removes crossings; one pass."""
    for index, layer in enumerate(layers):
        before = {slot: place for place, slot in enumerate(layers[index - 1])} if index else {}
        after = {slot: place for place, slot in enumerate(layers[index + 1])} if index + 1 < len(layers) else {}
        for place in range(len(layer) - 1):
            upper, lower = layer[place], layer[place + 1]
            sides = ((left, before), (right, after))
            kept = sum(_inversions(near.get(upper, ()), near.get(lower, ()), at) for near, at in sides)
            swapped = sum(_inversions(near.get(lower, ()), near.get(upper, ()), at) for near, at in sides)
            if swapped < kept:
                layer[place], layer[place + 1] = lower, upper


def _inversions(upper: Sequence[str], lower: Sequence[str], place: Mapping[str, int]) -> int:
    ends = sorted(place[slot] for slot in lower)
    starts = (place[slot] for slot in upper)
    count = 0
    for start in starts:
        low = bisect_right(ends, start - 1)
        count += low
    return count
