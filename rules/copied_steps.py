"""Jobs, recipes and shell scripts that run the same commands, gathered into families (GLU004)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from analyzer.discover.classify import VENDOR_FOLDERS
from analyzer.graph.cloned_steps import StepText, cloned_steps
from analyzer.graph.clones import families
from analyzer.graph.system import SystemGraph
from rules.copied_functions import Exemptions


@dataclass(frozen=True, slots=True)
class CopiedSteps:
    steps: tuple[StepText, ...]
    links: tuple[tuple[StepText, StepText, float], ...]
    """The pairs that are alike, the closest first."""

    @property
    def similarity(self) -> float:
        """Of each step to the one that it is closest to, the smallest."""
        best: dict[str, float] = defaultdict(float)
        for one, other, share in self.links:
            best[one.id], best[other.id] = max(best[one.id], share), max(best[other.id], share)
        return min(best.values())

    @property
    def commands(self) -> int:
        one, other, share = self.links[0]
        return round(share * (len(one.lines) + len(other.lines)) / 2)


def copied_steps(graph: SystemGraph, exemptions: Exemptions) -> list[CopiedSteps]:
    """Families of steps of two files or more, in the order of their first steps."""
    pairs = [pair for pair in cloned_steps(graph) if not any(_is_set_apart(graph, exemptions, step.path) for step in pair[:2])]
    steps = {step.id: step for pair in pairs for step in pair[:2]}
    found = []
    for names in families((one.id, other.id) for one, other, _ in pairs):
        inside = set(names)
        links = sorted((pair for pair in pairs if pair[0].id in inside), key=lambda p: (-p[2], p[0].id, p[1].id))
        found.append(CopiedSteps(tuple(steps[name] for name in names), tuple(links)))
    return found


def _is_set_apart(graph: SystemGraph, exemptions: Exemptions, path: str) -> bool:
    folders = path.split("/")[:-1]
    root = max((root for root in graph.projects if not root or path.startswith(root + "/")), key=len, default="")
    return not VENDOR_FOLDERS.isdisjoint(folders) or exemptions.is_teaching(root, path)
