"""A scan result as the records of the JSON contract, every list sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, cast

from analyzer.model import Access, Artifact, Confidence, Evidence, Finding, Link, RuleCard, Severity, Site, Unit
from analyzer.result import Coverage, DeclaredEdges, Metric, ScanResult
from reports.cost import SCORE_MODEL, friction, interest, principal, total_interest, total_principal
from reports.ranking import rank
from reports.schema import (
    SCHEMA_VERSION,
    AccessRecord,
    ArtifactRecord,
    BlockerRecord,
    Cause,
    ComponentRecord,
    ConfidenceWord,
    CoverageRecord,
    DeclaredEdgesRecord,
    EdgeRecord,
    EvidenceRecord,
    FindingRecord,
    HoursRange,
    Interest,
    LinkRecord,
    Location,
    MechanismRecord,
    MetricRecord,
    MetricRowRecord,
    MissedEdgeRecord,
    NotAnalysedRecord,
    Place,
    ProjectRecord,
    Report,
    RepositoryRecord,
    RuleRecord,
    SeverityWord,
    SubjectRecord,
    Summary,
    Tool,
    UnitRecord,
    UseRecord,
)
from reports.wording import amount


def report(result: ScanResult) -> Report:
    """The whole contract, with keys in the order in which people read them."""
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool(name="mldebt", version=_text(result.version)),
        repositories=[
            RepositoryRecord(
                path=_text(r.path), name=_text(r.name), commit=None if r.commit is None else _text(r.commit), files=r.files, lines=r.lines
            )
            for r in result.repositories
        ],
        findings=[_finding(finding) for finding in sorted(result.findings, key=_finding_order)],
        accesses=[_access(access) for access in sorted(result.accesses, key=_access_order)],
        artifacts=[_artifact(artifact) for artifact in sorted(result.artifacts, key=lambda a: (a.id, a.kind, a.klass))],
        units=[_unit(unit) for unit in sorted(result.units, key=lambda u: (u.id, u.path, u.kind))],
        edges=_edges(result),
        coverage=_coverage(result.coverage, result.skipped),
        not_analysed=[
            NotAnalysedRecord(path=path, reason=reason)
            for path, reason in sorted((_text(entry.path), _text(entry.reason)) for entry in result.not_analysed)
        ],
        summary=_summary(result.findings),
        components=[
            ComponentRecord(id=_text(c.id), project=_text(c.project), source=_text(c.source))
            for c in sorted(result.components, key=lambda c: (c.id, c.project, c.source))
        ],
        rules=[_rule(card) for card in sorted(result.cards, key=lambda card: card.code)],
        notes=[_text(note) for note in result.notes],
        metrics=[_metric(metric) for metric in sorted(result.metrics, key=lambda metric: metric.code)],
        links=[_link(link) for link in result.links],
        projects=[
            ProjectRecord(
                root=_text(p.root), name=_text(p.name), archetype=_text(p.archetype), because=_text(p.because), python_lines=p.python_lines
            )
            for p in sorted(result.projects, key=lambda p: p.root)
        ],
    )


def _text(text: str) -> str:
    # A name that is no Unicode text (PEP 383) has no JSON form: its odd bytes are shown as backslash escapes.
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _cell(site: Site) -> int:
    return -1 if site.cell is None else site.cell


def _finding_order(finding: Finding) -> tuple[object, ...]:
    return (*rank(finding), finding.fingerprint, finding.is_suppressed, repr(finding))


def _access_order(access: Access) -> tuple[object, ...]:
    site = access.site
    return (site.path, _cell(site), site.line, access.op, access.artifact or "", access.unit, access.via, access.kind, access.call)


def _finding(finding: Finding) -> FindingRecord:
    hours = principal(finding)
    return FindingRecord(
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        name=finding.name,
        family=finding.family,
        severity=_severity(finding.severity),
        confidence=_confidence(finding.confidence),
        message=_text(finding.message),
        subject=SubjectRecord(kind=_text(finding.subject.kind), id=_text(finding.subject.id)),
        locations=[_location(site) for site in finding.locations],
        evidence=[_evidence(link) for link in finding.evidence],
        remedy=_text(finding.remedy),
        principal_hours=HoursRange(low=hours.low, high=hours.high),
        interest=Interest(
            touches_per_year=finding.touches,
            hours_per_year=interest(finding),
            assumption=f"{amount(friction(finding))} min of extra work per touch",
        ),
        owners=[_text(owner) for owner in finding.owners],
        suppressed=finding.is_suppressed,
        new=finding.is_new,
        suppression=_text(finding.suppressed),
        tentative=finding.is_tentative,
        folded_under=finding.folded_under,
        members=max(finding.members, 1),
    )


def _severity(severity: Severity) -> SeverityWord:
    return cast(SeverityWord, severity.name)


def _confidence(confidence: Confidence) -> ConfidenceWord:
    return cast(ConfidenceWord, max(confidence, Confidence.C).name)


def _place(site: Site) -> dict[str, Any]:
    return {"path": _text(site.path), "line": max(site.line, 0), "cell": site.cell}


def _location(site: Site) -> Location:
    return Location(**_place(site), end_line=max(site.end_line, site.line, 0))


def _evidence(link: Evidence) -> EvidenceRecord:
    place = _place(link.site) if link.site else {"path": None, "line": None}
    return EvidenceRecord(text=_text(link.text), **place)


def _access(access: Access) -> AccessRecord:
    return AccessRecord(
        **_place(access.site) | {"class": access.klass},
        op=cast(Literal["read", "write"], access.op),
        kind=access.kind,
        artifact=None if access.artifact is None else _text(access.artifact),
        via=access.via,
        declared=access.declared,
        unit=_text(access.unit),
        call=_text(access.call),
        expression=_text(access.expression),
    )


def _uses(accesses: Iterable[Access]) -> list[UseRecord]:
    return [UseRecord(**_place(a.site), unit=_text(a.unit), declared=a.declared) for a in sorted(accesses, key=_access_order)]


def _artifact(artifact: Artifact) -> ArtifactRecord:
    return ArtifactRecord(
        id=_text(artifact.id),
        kind=artifact.kind,
        writers=_uses(artifact.writers),
        readers=_uses(artifact.readers),
        declared_by=[Place(**_place(site)) for site in sorted(artifact.declared_by, key=lambda s: (s.path, s.line))],
        **{"class": artifact.klass},
    )


def _unit(unit: Unit) -> UnitRecord:
    return UnitRecord(
        id=_text(unit.id),
        path=_text(unit.path),
        kind=unit.kind,
        role=unit.roles[0] if unit.roles else "",
        component=_text(unit.component),
        roles=list(unit.roles),
        project=_text(unit.project),
        production=_text(unit.production),
        research=_text(unit.research),
        lines=unit.lines,
    )


def _edges(result: ScanResult) -> list[EdgeRecord]:
    edges = sorted(result.edges, key=lambda e: (e.source, e.target, e.kind, e.site.path, _cell(e.site), e.site.line, e.declared))
    return [
        EdgeRecord(
            kind=edge.kind,
            declared=edge.declared,
            path=_text(edge.site.path),
            line=max(edge.site.line, 0),
            **{"from": _text(edge.source), "to": _text(edge.target)},
        )
        for edge in edges
    ]


def _link(link: Link) -> LinkRecord:
    return LinkRecord(
        **_place(link.site) | {"from": _text(link.producer), "to": _text(link.consumer)},
        kind=_text(link.kind),
        what=_text(link.what),
        via=_text(link.via),
        declared=link.declared,
        level=link.level,
        places=link.places,
        origin=Place(**_place(link.origin)) if link.origin is not None else None,
        missing=[_text(name) for name in link.missing],
    )


def _metric(metric: Metric) -> MetricRecord:
    rows = [
        MetricRowRecord(subject=_text(row.subject), value=row.value, text=_text(row.text), **(_place(row.site) if row.site else {}))
        for row in metric.rows
    ]
    return MetricRecord(code=metric.code, name=metric.name, summary=metric.summary, unit=metric.unit, rows=rows, note=_text(metric.note))


def _coverage(coverage: Coverage, skipped: tuple[tuple[str, int], ...]) -> CoverageRecord:
    return CoverageRecord(
        files=coverage.files,
        lines=coverage.lines,
        accesses=coverage.accesses,
        resolved=coverage.resolved,
        partly=coverage.partly,
        dynamic=coverage.dynamic,
        share=round(coverage.share, 4),
        unresolved_by_cause=_causes(coverage.unresolved_by_cause),
        history=_text(coverage.history),
        declared_edges=_declared_edges(coverage.declared_edges),
        most_helpful=[
            BlockerRecord(**_place(b.site), what=_text(b.what), accesses=b.accesses, advice=_text(b.advice)) for b in coverage.most_helpful
        ],
        skipped=_causes(skipped),
    )


def _declared_edges(edges: DeclaredEdges) -> DeclaredEdgesRecord:
    return DeclaredEdgesRecord(
        declared=edges.declared,
        recovered=edges.recovered,
        by_mechanism=[
            MechanismRecord(mechanism=_text(name), declared=declared, recovered=recovered)
            for name, declared, recovered in sorted(edges.by_mechanism)
        ],
        missed=[
            MissedEdgeRecord(
                **_place(edge.site),
                unit=_text(edge.unit),
                op=cast(Literal["read", "write"], edge.op),
                artifact=_text(edge.artifact),
                mechanism=_text(edge.mechanism),
            )
            for edge in edges.missed
        ],
    )


def _causes(pairs: tuple[tuple[str, int], ...]) -> list[Cause]:
    return [Cause(cause=_text(cause), count=count) for cause, count in sorted(pairs)]


def _rule(card: RuleCard) -> RuleRecord:
    (right, judged), (first_right, first_judged) = card.precision, card.first_sight
    return RuleRecord(
        code=card.code,
        name=card.name,
        family=card.family,
        severity=_severity(card.severity),
        confidence=_confidence(card.confidence),
        summary=card.summary,
        remedy=card.remedy,
        source=card.source,
        judged=judged,
        right=right,
        first_sight_judged=first_judged,
        first_sight_right=first_right,
    )


def _summary(findings: tuple[Finding, ...]) -> Summary:
    live = [finding for finding in findings if not finding.is_suppressed]
    hours = total_principal(live)
    severities = Counter(finding.severity for finding in live)
    confidences = Counter(_confidence(finding.confidence) for finding in live)
    return Summary(
        findings=len(live),
        new=sum(finding.is_new for finding in live),
        suppressed=len(findings) - len(live),
        tentative=sum(finding.is_tentative for finding in live),
        by_rule=dict(sorted(Counter(finding.rule for finding in live).items())),
        by_family=dict(sorted(Counter(finding.family for finding in live).items())),
        by_severity={_severity(severity): severities[severity] for severity in sorted(Severity, reverse=True)},
        by_confidence={_confidence(c): confidences[_confidence(c)] for c in (Confidence.A, Confidence.B, Confidence.C)},
        principal_hours=HoursRange(low=hours.low, high=hours.high),
        interest_hours_per_year=total_interest(live),
        score_model=SCORE_MODEL,
    )
