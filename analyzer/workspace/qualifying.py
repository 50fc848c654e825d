"""The result of one repository as a part of a workspace's: every path, unit, component and local artifact with the repository's name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from analyzer.graph.joining import is_global
from analyzer.model import Access, Artifact, Component, Edge, Evidence, Finding, Site, Unit
from analyzer.result import Coverage, Metric, NotAnalysed, ScanResult
from analyzer.workspace.outline import table_key

_PLACELESS = re.compile(r"^(/|~|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*:)")
_TOKEN = re.compile(r"`[^`\n]+`|[^\s'\"`“”‘’(),;]+")


class Qualifier:
    """Names of one repository, made unique in the workspace.

    Paths become `name/path`. An artifact that means the same everywhere (RULES.md §0.4, M3) keeps its identity; a path becomes
    `name/path`, and what lives on a machine or in a server (`/data/x`, a bare table, a topic, a URI with an unknown part) `name:identity`.
    """

    def __init__(self, name: str, result: ScanResult) -> None:
        self.name = name
        self._kinds = {artifact.id: artifact.kind for artifact in result.artifacts}
        paths = {unit.path for unit in result.units} | {access.site.path for access in result.accesses}
        paths |= {site.path for finding in result.findings for site in finding.locations}
        named = {artifact.id for artifact in result.artifacts if "/" in artifact.id or "." in artifact.id}
        self._known = paths | named

    def path(self, path: str) -> str:
        return f"{self.name}/{path}" if path else self.name

    def site(self, site: Site) -> Site:
        return Site(self.path(site.path), site.line, site.end_line, site.cell)

    def artifact(self, identity: str, kind: str = "") -> str:
        kind = kind or self._kinds.get(identity, "")
        if kind == "table":
            return identity if table_key(identity) else f"{self.name}:{identity}"
        if is_global(identity):
            return identity
        is_path = kind not in ("topic", "model") and not _PLACELESS.match(identity)
        return f"{self.name}/{identity}" if is_path else f"{self.name}:{identity}"

    def text(self, text: str) -> str:
        """Prose with the files and artifacts that it names qualified; other words stay."""
        return _TOKEN.sub(lambda match: self._token(match[0]), text)

    def _token(self, token: str) -> str:
        if token.startswith("`"):
            return f"`{self._token(token[1:-1])}`" if token[1:-1] else token
        bare = token.rstrip(".:!?")
        head, _, line = bare.rpartition(":")
        if bare in self._known:
            return self._named(bare) + token[len(bare) :]
        if line.isdigit() and head in self._known:
            return self._named(head) + token[len(head) :]
        return token

    def _named(self, known: str) -> str:
        return self.artifact(known) if known in self._kinds else self.path(known)


def qualified(result: ScanResult, name: str) -> ScanResult:
    """`result` of one repository as it stands in the workspace under `name`. Nothing else of it changes."""
    by = Qualifier(name, result)
    findings = [_finding(finding, by) for finding in result.findings]
    new = {old.fingerprint: finding.fingerprint for old, finding in zip(result.findings, findings, strict=True)}
    return replace(
        result,
        findings=tuple(replace(finding, folded_under=new.get(finding.folded_under, "")) for finding in findings),
        accesses=tuple(_access(access, by) for access in result.accesses),
        artifacts=tuple(_artifact(artifact, by) for artifact in result.artifacts),
        units=tuple(_unit(unit, by) for unit in result.units),
        components=tuple(Component(by.path(c.id), by.path(c.project), c.source) for c in result.components),
        projects=tuple(replace(project, root=by.path(project.root)) for project in result.projects),
        edges=tuple(_edge(edge, by) for edge in result.edges),
        not_analysed=tuple(NotAnalysed(by.path(entry.path), entry.reason) for entry in result.not_analysed),
        notes=tuple(f"{name}: {note}" for note in result.notes),
        coverage=_coverage(result.coverage, by),
        metrics=tuple(_metric(metric, by) for metric in result.metrics),
    )


def _metric(metric: Metric, by: Qualifier) -> Metric:
    return replace(
        metric,
        rows=tuple(
            replace(row, subject=by.path(row.subject), text=by.text(row.text), site=by.site(row.site) if row.site else None)
            for row in metric.rows
        ),
        note=f"{by.name}: {metric.note}" if metric.note else "",
    )


def _coverage(coverage: Coverage, by: Qualifier) -> Coverage:
    edges = coverage.declared_edges
    missed = tuple(
        replace(edge, unit=by.path(edge.unit), artifact=by.artifact(edge.artifact), site=by.site(edge.site)) for edge in edges.missed
    )
    return replace(
        coverage,
        declared_edges=replace(edges, missed=missed),
        most_helpful=tuple(replace(blocker, site=by.site(blocker.site)) for blocker in coverage.most_helpful),
    )


def _evidence(link: Evidence, by: Qualifier) -> Evidence:
    return Evidence(by.text(link.text), by.site(link.site) if link.site else None)


def _finding(finding: Finding, by: Qualifier) -> Finding:
    about = finding.subject
    subject = replace(about, id=by.artifact(about.id) if about.kind == "artifact" else by.path(about.id))
    return replace(
        finding,
        message=by.text(finding.message),
        subject=subject,
        locations=tuple(by.site(site) for site in finding.locations),
        evidence=tuple(_evidence(link, by) for link in finding.evidence),
    )


def _access(access: Access, by: Qualifier) -> Access:
    artifact = None if access.artifact is None else by.artifact(access.artifact, access.kind)
    return replace(access, site=by.site(access.site), artifact=artifact, unit=by.path(access.unit))


def _artifact(artifact: Artifact, by: Qualifier) -> Artifact:
    return replace(
        artifact,
        id=by.artifact(artifact.id, artifact.kind),
        writers=tuple(_access(access, by) for access in artifact.writers),
        readers=tuple(_access(access, by) for access in artifact.readers),
        declared_by=tuple(by.site(site) for site in artifact.declared_by),
    )


def _unit(unit: Unit, by: Qualifier) -> Unit:
    return replace(
        unit,
        id=by.path(unit.id),
        path=by.path(unit.path),
        component=by.path(unit.component),
        project=by.path(unit.project),
        role_evidence=tuple(_evidence(link, by) for link in unit.role_evidence),
    )


def _edge(edge: Edge, by: Qualifier) -> Edge:
    source, target = (_end(end, by.artifact, by.path) for end in (edge.source, edge.target))
    return replace(edge, source=source, target=target, site=by.site(edge.site))


def _end(end: str, artifact: Callable[[str], str], path: Callable[[str], str]) -> str:
    return f"artifact:{artifact(end.removeprefix('artifact:'))}" if end.startswith("artifact:") else path(end)
