"""Root causes first: a finding that lies wholly inside a cluster's files is told after the cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from analyzer.model import Finding


def root_causes_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings in the same order, except that one whose files all lie in a larger cluster comes right after that cluster.

    A cluster is a finding that stands for several facts (`Finding.members`), such as a dead island or an implicit pipeline.
    """
    files = [frozenset(site.path for site in finding.locations) for finding in findings]
    clusters: dict[str, list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        if finding.members > 1:
            for path in files[index]:
                clusters[path].append(index)
    below: dict[int, list[int]] = defaultdict(list)
    roots: list[int] = []
    for index in range(len(findings)):
        parent = _cluster_around(index, findings, files, clusters)
        (roots if parent is None else below[parent]).append(index)
    return tuple(findings[index] for root in roots for index in _family(root, below))


def _cluster_around(index: int, findings: Sequence[Finding], files: Sequence[frozenset[str]], clusters: dict[str, list[int]]) -> int | None:
    """The largest cluster that holds every file of the finding and is larger than it; the first among equals."""
    mine = files[index]
    if not mine:
        return None

    def rank(other: int) -> tuple[int, int, int]:
        return (len(files[other]), findings[other].members, -other)

    around = [other for other in clusters.get(min(mine), ()) if other != index and mine <= files[other]]
    best = max(around, key=rank, default=None)
    is_cluster = findings[index].members > 1
    return None if best is None or (is_cluster and rank(best) < rank(index)) else best


def _family(root: int, below: dict[int, list[int]]) -> list[int]:
    found, stack = [], [root]
    while stack:
        index = stack.pop()
        found.append(index)
        stack.extend(reversed(below.get(index, ())))
    return found
