"""The last step of a layered drawing: heights at which edges run as straight as the order of the layers allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

ROUNDS = 10
STRAIGHT = 6.0
"""Weight of a dummy against a node: long edges bend last."""


def placed(
    layers: Sequence[Sequence[str]], right: Mapping[str, Sequence[str]], heights: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Middle of every slot. Neighbours in a layer keep `gap` between them; a slot of height 0 (a dummy) needs half of it."""
    left: dict[str, list[str]] = {}
    for slot, others in right.items():
        for other in others:
            left.setdefault(other, []).append(slot)
    distances = [_distances(layer, heights, gap) for layer in layers]
    weights = {slot: 1.0 + len(left.get(slot, ())) + len(right.get(slot, ())) if heights[slot] else STRAIGHT for slot in heights}
    middle: dict[str, float] = {}
    for layer, distance in zip(layers, distances, strict=True):
        middle.update(_centred(layer, distance))

    def fit(index: int, wish: list[float]) -> None:
        layer = layers[index]
        middle.update(zip(layer, _isotonic(wish, [weights[slot] for slot in layer], distances[index]), strict=True))

    for round_ in range(ROUNDS):
        rightwards = round_ % 2 == 0
        near = left if rightwards else right
        for index in range(len(layers)) if rightwards else range(len(layers) - 1, -1, -1):
            # A dummy follows its chain from one side only: so a long edge is carried on straight.
            fit(index, [_mean([middle[other] for other in near.get(slot, ())], middle[slot]) for slot in layers[index]])
    for index, layer in enumerate(layers):
        both = [[middle[other] for side in (left, right) for other in side.get(slot, ())] for slot in layer]
        fit(index, [_mean(found, middle[slot]) if heights[slot] else middle[slot] for slot, found in zip(layer, both, strict=True)])
    return middle


def _distances(layer: Sequence[str], heights: Mapping[str, float], gap: float) -> list[float]:
    """Least distance of each slot's middle from the one above; 0 for the first."""
    found = [0.0]
    for upper, lower in pairwise(layer):
        space = gap if heights[upper] and heights[lower] else gap * 0.75 if heights[upper] or heights[lower] else gap / 2
        found.append((heights[upper] + heights[lower]) / 2 + space)
    return found


def _centred(layer: Sequence[str], distances: Sequence[float]) -> dict[str, float]:
    at = -sum(distances) / 2
    result = {}
    for slot, distance in zip(layer, distances, strict=True):
        at += distance
        result[slot] = at
    return result


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _isotonic(wish: Sequence[float], weights: Sequence[float], distances: Sequence[float]) -> list[float]:
    """Values nearest to `wish` (weighted least squares) that rise by at least `distances`: pool adjacent violators, linear."""
    blocks: list[tuple[float, float, int]] = []
    offset, offsets = 0.0, []
    for value, weight, distance in zip(wish, weights, distances, strict=True):
        offset += distance
        offsets.append(offset)
        mean, heavy, length = value - offset, weight, 1
        while blocks and blocks[-1][0] >= mean:
            last, last_weight, last_length = blocks.pop()
            mean = (last * last_weight + mean * heavy) / (last_weight + heavy)
            heavy, length = heavy + last_weight, length + last_length
        blocks.append((mean, heavy, length))
    flat = [mean for mean, _, length in blocks for _ in range(length)]
    return [base + offset for base, offset in zip(flat, offsets, strict=True)]
