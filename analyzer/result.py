"""What a scan ends with: findings, metrics, coverage and everything else a report may show."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.model import Access, Artifact, Component, Edge, Finding, Link, RuleCard, Site, Unit


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One measured part of the system."""

    subject: str
    """A component, an artifact, an entry point …: what the value is of."""
    value: float
    text: str
    """The value and what it is made of, in words."""
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that describes and does not accuse: a panel of the report, never a finding."""

    code: str
    """`M-GLU`, `M-JGL` …"""
    name: str
    summary: str
    """What it says, and what it does not; with the source of its reference values."""
    unit: str
    rows: tuple[MetricRow, ...]
    """The most telling first."""
    note: str = ""
    """What could not be measured, and why."""


@dataclass(frozen=True, slots=True)
class NotAnalysed:
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class MissedEdge:
    """A declared edge that the analysis does not find when it may not look at the declaration."""

    unit: str
    op: str
    artifact: str
    site: Site
    mechanism: str


@dataclass(frozen=True, slots=True)
class DeclaredEdges:
    """How many of the edges that the repository declares the analysis finds by itself (analyzer/graph/masked_edges.py)."""

    declared: int = 0
    recovered: int = 0
    by_mechanism: tuple[tuple[str, int, int], ...] = ()
    """(mechanism, declared, recovered)."""
    missed: tuple[MissedEdge, ...] = ()
    """The first of the others."""

    @property
    def share(self) -> float:
        return self.recovered / self.declared if self.declared else 1.0


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that is not known and keeps accesses from being resolved."""

    what: str
    """In words: "parameter `path` of load_table"."""
    site: Site
    accesses: int
    advice: str
    """What would make it known, in few words."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen and what was not; shown to the user with every scan."""

    files: int = 0
    """Files read into facts."""
    lines: int = 0
    accesses: int = 0
    resolved: int = 0
    partly: int = 0
    """Of the resolved ones, those whose identity still has a hole."""
    dynamic: int = 0
    """Dynamic look-ups that could hide a use (`getattr` with a variable, importlib, exec …)."""
    unresolved_by_cause: tuple[tuple[str, int], ...] = ()
    history: str = ""
    """"" when the git history was read whole; otherwise what is missing and why."""
    declared_edges: DeclaredEdges = field(default_factory=DeclaredEdges)
    most_helpful: tuple[Blocker, ...] = ()
    """What would resolve most accesses if it were known, first the one that would resolve most."""

    @property
    def share(self) -> float:
        return self.resolved / self.accesses if self.accesses else 1.0


@dataclass(frozen=True, slots=True)
class Repository:
    path: str
    name: str
    commit: str | None
    files: int
    lines: int


@dataclass(frozen=True, slots=True)
class ProjectKind:
    """What a project of the repository was taken for (RULES.md §0.2)."""

    root: str
    """Its folder, "" for the repository's."""
    name: str
    archetype: str
    because: str
    python_lines: int
    """Of its Python files and of the code in its notebooks."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """Everything a report may show."""

    repositories: tuple[Repository, ...]
    findings: tuple[Finding, ...]
    accesses: tuple[Access, ...]
    artifacts: tuple[Artifact, ...]
    units: tuple[Unit, ...]
    components: tuple[Component, ...]
    edges: tuple[Edge, ...]
    coverage: Coverage
    not_analysed: tuple[NotAnalysed, ...]
    cards: tuple[RuleCard, ...]
    """Cards of the rules that ran."""
    notes: tuple[str, ...] = ()
    """Things the user should know: rules that abstained and why, history that is partial, …"""
    version: str = ""
    seconds: float = 0.0
    skipped: tuple[tuple[str, int], ...] = field(default=())
    """(reason, number of files) that were left out by kind: binary, vendored, generated …"""
    metrics: tuple[Metric, ...] = ()
    links: tuple[Link, ...] = ()
    """Between the repositories of a workspace."""
    projects: tuple[ProjectKind, ...] = ()
