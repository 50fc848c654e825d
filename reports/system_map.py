"""The map of a repository: who shares which data. Aggregated until it can be read; a private artifact is no one else's business."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from analyzer.model import Access, Artifact
from analyzer.result import ScanResult
from reports.wording import plural, visible

_VAGUE = re.compile(r"(?:[\w+.-]+://)?[{*]")
MOST_NODES = 60
MOST_ACTORS = 28
MOST_FLOWS = 180


def anchor(prefix: str, text: str) -> str:
    """An id for links inside the page, the same in every report."""
    return f"{prefix}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


@dataclass(slots=True)
class Flow:
    """All accesses of one actor (a component or a unit) to one artifact."""

    actor: str
    artifact: str
    reads: int = 0
    writes: int = 0
    undeclared: int = 0

    @property
    def is_declared(self) -> bool:
        return not self.undeclared

    @property
    def verb(self) -> str:
        if self.reads and self.writes:
            return "reads and writes"
        return "writes" if self.writes else "reads"

    def add(self, access: Access) -> None:
        self.reads += access.op == "read"
        self.writes += access.op == "write"
        self.undeclared += not (access.declared or access.via == "declaration")


@dataclass(slots=True)
class Shared:
    """An artifact on the map and all that touches it."""

    artifact: Artifact
    flows: dict[str, Flow] = field(default_factory=dict)

    @property
    def weight(self) -> tuple[int, int, str]:
        accesses = len(self.artifact.writers) + len(self.artifact.readers)
        return (-len(self.flows), -accesses, self.artifact.id)


@dataclass(frozen=True, slots=True)
class SystemMap:
    """What is drawn, and how much is not. `level` says what the actors are: `component` or `unit`."""

    level: str
    actors: tuple[str, ...]
    artifacts: tuple[Shared, ...]
    private: int
    left_out: int
    vague: int = 0
    """Artifacts whose name begins with an unknown part: that two of them are one is a guess."""

    @property
    def flows(self) -> list[Flow]:
        return [flow for shared in self.artifacts for _, flow in sorted(shared.flows.items())]

    @property
    def omitted(self) -> str:
        """In words, what the map leaves out; empty when it shows everything."""
        who = "one component" if self.level == "component" else "one module or step"
        parts = [f"{plural(self.private, 'artifact')} that only {who} touches"] if self.private else []
        parts += [f"{plural(self.left_out, 'less shared artifact')} beyond {MOST_NODES} nodes"] if self.left_out else []
        parts += [f"{plural(self.vague, 'artifact')} whose name begins with an unknown part"] if self.vague else []
        return ", ".join(parts)


def system_map(result: ScanResult) -> SystemMap:
    """Components and the artifacts that at least two of them share; units instead, when no component shares anything."""
    component = {unit.id: unit.component for unit in result.units}
    known = [artifact for artifact in result.artifacts if not _VAGUE.match(artifact.id)]
    vague = len(result.artifacts) - len(known)
    by_component = _shared(known, lambda access: component[access.unit] or "(root)", component, least=2)
    if by_component:
        return _chosen("component", by_component, len(known), vague)
    by_unit = _shared(known, lambda access: access.unit, component, least=2)
    return _chosen("unit", by_unit or _shared(known, lambda access: access.unit, component, least=1), len(known), vague)


def _shared(artifacts: Iterable[Artifact], actor: Callable[[Access], str], units: Container[str], least: int) -> list[Shared]:
    """Artifacts with at least `least` actors. Tests, documentation and vendored code are no units: they consume nothing."""
    found = []
    for artifact in artifacts:
        shared = Shared(artifact)
        for access in artifact.writers + artifact.readers:
            if access.temporary or access.unit not in units:
                continue
            name = actor(access)
            shared.flows.setdefault(name, Flow(name, artifact.id)).add(access)
        if len(shared.flows) >= least:
            found.append(shared)
    return sorted(found, key=lambda shared: shared.weight)


def _chosen(level: str, ranked: list[Shared], total: int, vague: int) -> SystemMap:
    actors: set[str] = set()
    chosen: list[Shared] = []
    flows = 0
    for shared in ranked:
        grown = actors | shared.flows.keys()
        fits = len(grown) <= MOST_ACTORS and len(grown) + len(chosen) + 1 <= MOST_NODES and flows + len(shared.flows) <= MOST_FLOWS
        if fits:
            actors = grown
            flows += len(shared.flows)
            chosen.append(shared)
    return SystemMap(level, tuple(sorted(actors)), tuple(chosen), total - len(ranked), len(ranked) - len(chosen), vague)


def actor_name(name: str) -> str:
    return visible(name) or "(root)"
