"""The results of several repositories, qualified, as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.model import Artifact, Edge, Link
from analyzer.result import Coverage, DeclaredEdges, Metric, ScanResult

MOST_HELPFUL = 8
MISSED_SHOWN = 200


def merged(results: Sequence[ScanResult], links: Sequence[Link], edges: Iterable[Edge]) -> ScanResult:
    """One result of several; `links` and `edges` lie between their repositories.

    Findings keep their order by severity and confidence; artifacts with one identity become one. At least one result is expected.
    """
    first = results[0]
    findings = sorted((f for result in results for f in result.findings), key=lambda f: (f.is_suppressed, -f.severity, -f.confidence))
    cards = {card.code: card for result in results for card in result.cards}
    return replace(
        first,
        repositories=tuple(repository for result in results for repository in result.repositories),
        findings=tuple(findings),
        accesses=tuple(access for result in results for access in result.accesses),
        artifacts=_artifacts(results),
        units=tuple(unit for result in results for unit in result.units),
        components=tuple(component for result in results for component in result.components),
        edges=_edges([*(edge for result in results for edge in result.edges), *edges]),
        coverage=_coverage([result.coverage for result in results], _history(results)),
        not_analysed=tuple(entry for result in results for entry in result.not_analysed),
        cards=tuple(cards[code] for code in sorted(cards)),
        notes=tuple(note for result in results for note in result.notes),
        seconds=sum(result.seconds for result in results),
        metrics=_metrics(results),
        links=tuple(links),
        projects=tuple(project for result in results for project in result.projects),
        skipped=_added_up(pair for result in results for pair in result.skipped),
    )


def _artifacts(results: Sequence[ScanResult]) -> tuple[Artifact, ...]:
    found: dict[str, Artifact] = {}
    for result in results:
        for artifact in result.artifacts:
            known = found.get(artifact.id)
            if known is None:
                found[artifact.id] = artifact
                continue
            writers, readers = known.writers + artifact.writers, known.readers + artifact.readers
            klass = known.klass or artifact.klass
            if known.klass != artifact.klass and writers and readers and klass == "RAW":
                klass = "INTERMEDIATE"  # raw for its reader, but made by another repository
            declared = known.declared_by + artifact.declared_by
            found[artifact.id] = replace(known, writers=writers, readers=readers, klass=klass, declared_by=declared)
    return tuple(found[name] for name in sorted(found))


def _metrics(results: Sequence[ScanResult]) -> tuple[Metric, ...]:
    found: dict[str, Metric] = {}
    for metric in (metric for result in results for metric in result.metrics):
        known = found.get(metric.code)
        notes = "; ".join(dict.fromkeys(note for note in (known.note if known else "", metric.note) if note))
        found[metric.code] = replace(metric, rows=(*(known.rows if known else ()), *metric.rows), note=notes)
    return tuple(found[code] for code in sorted(found))


def _edges(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    found: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        key = (edge.source, edge.target, edge.kind)
        if key not in found or (edge.declared and not found[key].declared):
            found[key] = edge
    return tuple(found[key] for key in sorted(found))


def _history(results: Sequence[ScanResult]) -> str:
    told = [(result.repositories[0].name, result.coverage.history) for result in results]
    if len({history for _, history in told}) == 1:
        return told[0][1]
    return "; ".join(f"{name}: {history}" for name, history in told if history)


def _coverage(parts: Sequence[Coverage], history: str) -> Coverage:
    return replace(
        parts[0],
        files=sum(part.files for part in parts),
        lines=sum(part.lines for part in parts),
        accesses=sum(part.accesses for part in parts),
        resolved=sum(part.resolved for part in parts),
        partly=sum(part.partly for part in parts),
        dynamic=sum(part.dynamic for part in parts),
        unresolved_by_cause=_added_up(pair for part in parts for pair in part.unresolved_by_cause),
        history=history,
        declared_edges=_declared([part.declared_edges for part in parts]),
        most_helpful=tuple(sorted((b for part in parts for b in part.most_helpful), key=lambda b: -b.accesses)[:MOST_HELPFUL]),
    )


def _declared(parts: Sequence[DeclaredEdges]) -> DeclaredEdges:
    counts: dict[str, tuple[int, int]] = {}
    for part in parts:
        for mechanism, declared, recovered in part.by_mechanism:
            known = counts.get(mechanism, (0, 0))
            counts[mechanism] = (known[0] + declared, known[1] + recovered)
    return DeclaredEdges(
        sum(part.declared for part in parts),
        sum(part.recovered for part in parts),
        tuple((mechanism, *counts[mechanism]) for mechanism in sorted(counts)),
        tuple(missed for part in parts for missed in part.missed)[:MISSED_SHOWN],
    )


def _added_up(pairs: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    total: Counter[str] = Counter()
    for word, count in pairs:
        total[word] += count
    return tuple(total.most_common())
