"""Jobs, recipes and shell scripts that run the same commands, gathered into families (GLU004)."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.discover.classify import VENDOR_FOLDERS
from analyzer.graph.cloned_steps import StepText, cloned_steps
from analyzer.graph.clones import families
from analyzer.graph.system import SystemGraph
from rules.copied_functions import Exemptions

MIN_SHARE_OF_SHORT = 0.8
MIN_LONG = 20
"""Commands that two steps share."""


@dataclass(frozen=True, slots=True)
class CopiedSteps:
    families: tuple[tuple[StepText, ...], ...]
    """Steps that run the same; several when the same folders hold them."""
    links: tuple[tuple[StepText, StepText, float], ...]
    """The pairs that are alike, the closest first."""

    @property
    def steps(self) -> tuple[StepText, ...]:
        return tuple(step for family in self.families for step in family)

    @property
    def similarity(self) -> float:
        """Of each step to the one that it is closest to, the smallest."""
        best: dict[str, float] = defaultdict(float)
        for one, other, share in self.links:
            best[one.id], best[other.id] = max(best[one.id], share), max(best[other.id], share)
        return min(best.values())

    @property
    def commands(self) -> int:
        """How many the closest two of the first family share."""
        one, other, share = next(link for link in self.links if link[0] in self.families[0])
        return round(share * (len(one.lines) + len(other.lines)) / 2)


def copied_steps(graph: SystemGraph, exemptions: Exemptions) -> list[CopiedSteps]:
    """Families of steps of two files or more, in the order of their first steps."""
    pairs = [
        pair for pair in cloned_steps(graph) if _is_close(*pair) and not any(_is_set_apart(graph, exemptions, s.path) for s in pair[:2])
    ]
    steps = {step.id: step for pair in pairs for step in pair[:2]}
    found: list[CopiedSteps] = []
    for names in families((one.id, other.id) for one, other, _ in pairs):
        inside = set(names)
        links = tuple(pair for pair in pairs if pair[0].id in inside)
        found.append(CopiedSteps((tuple(steps[name] for name in names),), links))
    return sorted(_by_folders(found), key=lambda copied: copied.steps[0].id)


def _by_folders(found: Sequence[CopiedSteps]) -> Iterator[CopiedSteps]:
    """Of folders that share several groups of steps, one."""
    groups: list[tuple[set[str], list[CopiedSteps]]] = []
    for copied in sorted(found, key=lambda copied: -len(_folders(copied))):
        group = next((own for folders, own in groups if _folders(copied) <= folders), None)
        if group is None:
            groups.append((_folders(copied), [copied]))
        else:
            group.append(copied)
    for _, own in groups:
        links = sorted((link for copied in own for link in copied.links), key=lambda p: (-p[2], p[0].id, p[1].id))
        yield CopiedSteps(tuple(sorted((f for copied in own for f in copied.families), key=lambda f: f[0].id)), tuple(links))


def _folders(copied: CopiedSteps) -> set[str]:
    return {posixpath.dirname(step.path) for step in copied.steps}


def _is_close(one: StepText, other: StepText, share: float) -> bool:
    """Short steps that use the same tools have much in common without being copies."""
    return share >= MIN_SHARE_OF_SHORT or share * (len(one.lines) + len(other.lines)) >= 2 * MIN_LONG


def _is_set_apart(graph: SystemGraph, exemptions: Exemptions, path: str) -> bool:
    folders = path.split("/")[:-1]
    root = max((root for root in graph.projects if not root or path.startswith(root + "/")), key=len, default="")
    return not VENDOR_FOLDERS.isdisjoint(folders) or exemptions.is_teaching(root, path)
