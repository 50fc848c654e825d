"""The JSON contract, version 1. reports/schema.json is generated from these models; anything they do not name is refused.

Keys that version 1 promises have no default and are always written. Optional keys have one and are left out when they hold it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION: Literal[1] = 1
SCHEMA_ID = "urn:mldebt:schema:report:1"

Count = Annotated[int, Field(ge=0)]
Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
SeverityWord = Literal["info", "low", "medium", "high", "critical"]
ConfidenceWord = Literal["A", "B", "C"]


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def as_line(self) -> str:
        """This record as one line of JSON, optional keys only where they say something."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)


class Tool(Record):
    name: str
    version: str


class RepositoryRecord(Record):
    path: str
    name: str
    commit: str | None
    files: Count
    lines: Count


class Place(Record):
    path: str
    line: Count
    cell: Count | None = Field(default=None, description="0-based index among all cells of a notebook; `line` counts inside the cell")


class Location(Place):
    end_line: Count


class EvidenceRecord(Record):
    """One link of the chain that proves a finding; `path` is null when it is about no single place."""

    text: str
    path: str | None
    line: Count | None
    cell: Count | None = None


class SubjectRecord(Record):
    kind: str
    id: str


class HoursRange(Record):
    low: Number
    high: Number


class Interest(Record):
    touches_per_year: Count | None = Field(description="commits in the last 365 days that changed its files; null without history")
    hours_per_year: Number | None
    assumption: str


class FindingRecord(Record):
    fingerprint: str = Field(pattern="^[0-9a-f]{16}$", description="over rule and subject: stable when lines move")
    rule: str
    name: str
    family: str
    severity: SeverityWord
    confidence: ConfidenceWord
    message: str
    subject: SubjectRecord
    locations: list[Location]
    evidence: list[EvidenceRecord]
    remedy: str
    principal_hours: HoursRange
    interest: Interest
    owners: list[str]
    suppressed: bool
    new: bool
    suppression: str = Field(default="", description="the reason given for the suppression")
    tentative: bool = Field(
        default=False,
        description="of class C, or of a rule that is not measured to be right often enough: never in totals or the exit code",
    )
    folded_under: str = Field(
        default="", description="fingerprint of the finding that explains this one and stands for it in totals, or empty"
    )
    members: Annotated[int, Field(ge=1)] = Field(default=1, description="how many facts of one kind this finding stands for")


class AccessRecord(Place):
    op: Literal["read", "write"]
    kind: str
    artifact: str | None
    via: str
    declared: bool
    unit: str
    call: str = ""
    klass: str = Field(default="", alias="class")
    expression: str = Field(default="", description="the part that could not be resolved")


class UseRecord(Place):
    unit: str
    declared: bool


class ArtifactRecord(Record):
    id: str
    kind: str
    writers: list[UseRecord]
    readers: list[UseRecord]
    declared_by: list[Place]
    klass: str = Field(default="", alias="class")


class UnitRecord(Record):
    id: str
    path: str
    kind: str
    role: str = Field(description="the most telling role, empty when it has none")
    component: str
    roles: list[str] = []
    project: str = ""
    production: str = ""
    research: str = ""
    lines: Count = 0


class EdgeRecord(Record):
    source: str = Field(alias="from")
    target: str = Field(alias="to")
    kind: str
    declared: bool
    path: str = ""
    line: Count = 0


class LinkRecord(Place):
    """Something of the repository `from` that the repository `to` uses, at level M3; path and line are where `to` says so."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    kind: str
    what: str
    via: str = Field(description="how it is known")
    declared: bool
    level: Count
    places: Count
    origin: Place | None = Field(default=None, description="where `from` makes, serves or publishes it")
    missing: list[str] = Field(default=[], description="what `to` asks for and `from`, as it is checked out, no longer has")


class ComponentRecord(Record):
    id: str
    project: str
    source: str


class ProjectRecord(Record):
    """What a project was taken for: half of the rules depend on it, and `archetype` of the configuration overrides it."""

    root: str = Field(description="its folder, empty for the repository's own")
    name: str
    archetype: str
    because: str
    python_lines: Count = Field(description="of its Python files and of the code in its notebooks")


class Cause(Record):
    cause: str
    count: Count


class MechanismRecord(Record):
    mechanism: str
    declared: Count
    recovered: Count


class MissedEdgeRecord(Place):
    """Where it is declared, by which step, and of what."""

    unit: str
    op: Literal["read", "write"]
    artifact: str
    mechanism: str


class DeclaredEdgesRecord(Record):
    """Of the edges that pipelines declare and code could show, those that the analysis finds without looking at the declarations."""

    declared: Count
    recovered: Count
    by_mechanism: list[MechanismRecord] = []
    missed: list[MissedEdgeRecord] = Field(default=[], description="the first of those that were not recovered")


class BlockerRecord(Place):
    """What accesses wait for, and where it stands."""

    what: str
    accesses: Count
    advice: str


class CoverageRecord(Record):
    files: Count
    lines: Count
    accesses: Count
    resolved: Count
    partly: Count
    dynamic: Count
    share: Number
    unresolved_by_cause: list[Cause]
    history: str
    declared_edges: DeclaredEdgesRecord
    most_helpful: list[BlockerRecord] = []
    skipped: list[Cause] = []


class MetricRowRecord(Record):
    subject: str
    value: Annotated[float, Field(allow_inf_nan=False)]
    text: str
    path: str | None = None
    line: Count | None = None
    cell: Count | None = None


class MetricRecord(Record):
    """A figure that describes the system; never a finding."""

    code: str
    name: str
    summary: str
    unit: str
    rows: list[MetricRowRecord]
    note: str = Field(default="", description="what could not be measured, and why")


class NotAnalysedRecord(Record):
    path: str
    reason: str


class RuleRecord(Record):
    code: str
    name: str
    family: str
    severity: SeverityWord
    confidence: ConfidenceWord
    summary: str
    remedy: str
    source: str
    judged: Count = Field(default=0, description="findings of this rule, of those reported now, that were read on real repositories")
    right: Count = 0
    first_sight_judged: Count = Field(default=0, description="those read on repositories that nothing was built on, before mending")
    first_sight_right: Count = 0


class Summary(Record):
    """Suppressed findings are counted in `suppressed` only; hours leave tentative findings out."""

    findings: Count
    new: Count
    suppressed: Count
    tentative: Count = 0
    by_rule: dict[str, Count]
    by_family: dict[str, Count]
    by_severity: dict[SeverityWord, Count]
    by_confidence: dict[ConfidenceWord, Count]
    principal_hours: HoursRange
    interest_hours_per_year: Number | None
    score_model: str


class Report(Record):
    schema_version: Literal[1]
    tool: Tool
    repositories: list[RepositoryRecord]
    findings: list[FindingRecord]
    accesses: list[AccessRecord]
    artifacts: list[ArtifactRecord]
    units: list[UnitRecord]
    edges: list[EdgeRecord]
    coverage: CoverageRecord
    not_analysed: list[NotAnalysedRecord]
    summary: Summary
    components: list[ComponentRecord] = []
    rules: list[RuleRecord] = []
    notes: list[str] = []
    metrics: list[MetricRecord] = []
    links: list[LinkRecord] = Field(default=[], description="between the repositories of a workspace")
    projects: list[ProjectRecord] = Field(default=[], description="those that hold Python")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report."""
    body = Report.model_json_schema(by_alias=True, mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **body,
        "title": "mldebt report, version 1",
        "description": "What `mldebt scan --json` writes.",
    }
