"""The nouns that rules make and reports show. Frozen values; no behaviour beyond what follows from their own fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum


class Severity(IntEnum):
    """RULES.md §0.6; `critical` is reserved for silently wrong predictions in production."""

    info = 0
    low = 1
    medium = 2
    high = 3
    critical = 4


class Confidence(IntEnum):
    """Expected precision class: A ≥ 0.90, B 0.75–0.90, C 0.50–0.75; below C nothing is shown."""

    below = 0
    C = 1
    B = 2
    A = 3


FAMILIES = {
    "GLU": "glue-code",
    "JGL": "pipeline-jungle",
    "DXP": "dead-experiment",
    "UDC": "undeclared-consumer",
    "OWN": "split-ownership",
    "ENT": "entanglement",
    "DDP": "data-dependency-debt",
    "FBK": "feedback-loop",
    "CFG": "configuration-debt",
    "SKW": "training-serving-skew",
    "REP": "reproducibility-debt",
    "MON": "monitoring-debt",
    "TST": "data-testing-debt",
    "SML": "smell",
}


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A place in a file. In a notebook `cell` is the 0-based index among all cells and `line` counts inside the cell."""

    path: str
    line: int = 1
    end_line: int = 0
    cell: int | None = None

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.path}:{cell}{self.line}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One link of the chain that proves a finding."""

    text: str
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about; its id is a qualified name or an artifact key, never a line number."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Cost:
    """Remediation minutes `base + per_item * items` (RULES.md "Cost"); `friction` is minutes of extra work per touch."""

    base: float
    per_item: float = 0.0
    friction: float = 5.0

    def minutes(self, items: int) -> float:
        return self.base + self.per_item * items


@dataclass(frozen=True, slots=True)
class Finding:
    """A debt that a rule found. `locations[0]` is where it is shown first."""

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    subject: Subject
    locations: tuple[Site, ...]
    evidence: tuple[Evidence, ...]
    remedy: str
    minutes: float = 0.0
    friction: float = 0.0
    owners: tuple[str, ...] = ()
    suppressed: str = ""
    """The reason of the suppression that hides it, "" when it is not suppressed."""
    is_suppressed: bool = False
    members: int = 1
    """How many facts of the same kind this one finding stands for (dead island, implicit pipeline, clone family)."""
    touches: int | None = None
    """Commits in the last 365 days that modified its files; None without history."""
    snippet: tuple[str, ...] = ()
    """Source lines around locations[0], first line `snippet_line`; filled by the scan for the reports."""
    snippet_line: int = 0
    is_new: bool = True
    folded_under: str = ""
    """Fingerprint of the finding that explains this one: repairing that repairs this. "" when none does."""
    report_only: bool = False
    """Stands in the reports and nowhere else: not in the terminal's list, not in the totals, not in the exit code. Of confidence C."""

    @property
    def is_tentative(self) -> bool:
        """Listed, never summed."""
        return self.report_only or self.confidence < Confidence.B

    @property
    def family(self) -> str:
        return FAMILIES[self.rule[:3]]

    @property
    def fingerprint(self) -> str:
        """16 hex digits over rule and subject: stable when lines move."""
        import hashlib

        text = f"{self.rule}\0{self.subject.kind}\0{self.subject.id}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def hidden_by(self, reason: str) -> Finding:
        return replace(self, suppressed=reason, is_suppressed=True)


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule's card as `mldebt rules`, `mldebt explain` and the reports show it."""

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    summary: str
    story: str
    remedy: str
    source: str
    on_by_default: bool
    """Whether its findings count; those of a rule that is off by default are report-only."""
    precision: tuple[int, int] = (0, 0)
    """(right, judged) of the findings reported now that were read on real repositories."""
    first_sight: tuple[int, int] = (0, 0)
    """(right, judged) of those read on repositories that nothing was built on, before what was wrong was mended."""
    opt_in: bool = False
    """It runs only when its whole code is selected."""
    tentative_in: tuple[str, ...] = ()
    """Kinds of projects (RULES.md §0.2) in which its findings are report-only."""

    @property
    def family(self) -> str:
        return FAMILIES[self.code[:3]]

    @property
    def limits(self) -> str:
        """When its findings are not shown by default, in words; "" when they always are."""
        if self.opt_in:
            return "only when selected"
        if not self.on_by_default:
            return "in the reports only"
        kinds = {"library": "libraries", "tutorial": "tutorials", "application": "applications", "research": "research"}
        return f"of {' and '.join(kinds[kind] for kind in self.tentative_in)} in the reports only" if self.tentative_in else ""


@dataclass(frozen=True, slots=True)
class Access:
    """One place where a unit reads or writes data."""

    site: Site
    op: str
    """`read` or `write`."""
    kind: str
    """`file`, `table`, `object`, `model`, `topic`, `dataset` or `other`."""
    artifact: str | None
    """Canonical identity (DESIGN.md, "Artifact identity"), None when it could not be resolved."""
    via: str
    """How the identity is known: `literal`, `constant`, `concat`, `fstring`, `pathlib`, `cli-default`, `config`, `env`, `wrapper`,
    `self-attr`, `parameter`, `declaration`."""
    unit: str
    """Id of the unit that does it."""
    call: str = ""
    """Qualified name of the library call, or the shell command."""
    klass: str = ""
    """RULES.md §0.1 class: RAW, INTERMEDIATE, MODEL, PREDICTION, LOG, REPORT, CONFIG or ""."""
    declared: bool = False
    append: bool = False
    temporary: bool = False
    """In a temporary directory: nobody else can share it."""
    guarded: bool = False
    """Stands under an `exists` test of the same path: a cache."""
    expression: str = ""
    """The unresolved part, in words, when artifact is None."""
    borrowed: bool = False
    """Shown here, but counted elsewhere by edges and rules: a call of a project function that decides what is accessed, or the line in a
    wrapper that does what its callers ask."""

    @property
    def is_exact(self) -> bool:
        return self.artifact is not None and "{" not in self.artifact and "*" not in self.artifact


@dataclass(frozen=True, slots=True)
class Artifact:
    id: str
    kind: str
    klass: str
    writers: tuple[Access, ...]
    readers: tuple[Access, ...]
    declared_by: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What does work: a module or notebook, or a step of a declaration file."""

    id: str
    """The path for a module, notebook or script; `path::name` for a step of a file that holds several."""
    path: str
    kind: str
    """`module`, `script`, `notebook`, `shell`, `make`, `dvc`, `ci`, `docker`."""
    component: str
    project: str
    roles: tuple[str, ...] = ()
    """RULES.md §0.3, most telling first."""
    role_evidence: tuple[Evidence, ...] = ()
    production: str = ""
    """Why it counts as production (the live root that reaches it), "" when no live root does."""
    research: str = ""
    """Why it counts as research, "" when not."""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of the system graph between two units, or between a unit and an artifact (`reads`, `writes`)."""

    source: str
    target: str
    kind: str
    """RULES.md §0.1: `imports`, `calls`, `reads`, `writes`, `invokes`, `declares_read`, `declares_write`."""
    site: Site
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Something of one repository of a workspace that another one uses, at level M3 (RULES.md §0.4)."""

    producer: str
    """Name of the repository that it belongs to."""
    consumer: str
    kind: str
    """`requires`, `imports`, `invokes`, `calls`, `reads`, `clones`, `submodule`, or `shares` (both use it, neither is known to own it)."""
    what: str
    via: str
    """How it is known, in words."""
    site: Site
    """Where the consumer says so; the path starts with the consumer's name."""
    origin: Site | None = None
    """Where the producer makes, serves or publishes it."""
    declared: bool = False
    level: int = 3
    places: int = 1
    """In how many places of the consumer."""
    missing: tuple[str, ...] = ()
    """What the consumer asks for and the producer, as it is checked out, no longer has."""


@dataclass(frozen=True, slots=True)
class Component:
    id: str
    project: str
    source: str
    """What made it a component: `configuration`, `CODEOWNERS`, `project`, `folder`."""
