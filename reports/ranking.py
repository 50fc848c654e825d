"""Which findings come first, and how many of each kind there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.model import Finding, Severity, Site
from reports.cost import payback

UNKNOWN_PAYBACK = 1e6
NOWHERE = Site("(whole repository)", 0)


def first_site(finding: Finding) -> Site:
    return finding.locations[0] if finding.locations else NOWHERE


def rank(finding: Finding) -> tuple[object, ...]:
    """Sort key: new before known, firm before report-only, gravest, soonest paid back, surest; then rule and place: a fixed order."""
    years = payback(finding)
    place = first_site(finding)
    return (
        not finding.is_new,
        finding.report_only,
        -finding.severity,
        UNKNOWN_PAYBACK if years is None else years,
        -finding.confidence,
        finding.rule,
        (place.path, -1 if place.cell is None else place.cell, place.line),
        (finding.subject.kind, finding.subject.id, finding.message),
    )


def by_cause(findings: Iterable[Finding]) -> tuple[list[Finding], dict[str, list[Finding]]]:
    """(findings that stand for themselves, fingerprint of one of them → those that it explains, best ranked first).

    What is folded under a finding that is not among these stands for itself.
    """
    found = ranked(findings)
    there = {finding.fingerprint for finding in found}
    below: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.folded_under in there:
            below.setdefault(finding.folded_under, []).append(finding)
    return [finding for finding in found if finding.folded_under not in there], below


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=rank)


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule, best ranked first."""

    rule: str
    name: str
    family: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        return max(finding.severity for finding in self.findings)


def by_rule(findings: Iterable[Finding]) -> list[Group]:
    """One group per rule; the group whose first finding ranks first comes first."""
    groups: dict[str, list[Finding]] = {}
    for finding in ranked(findings):
        groups.setdefault(finding.rule, []).append(finding)
    return [Group(rule, found[0].name, found[0].family, tuple(found)) for rule, found in groups.items()]


def fair_share(groups: Sequence[Group], limit: int) -> dict[str, int]:
    """How many findings of each group to show when `limit` fit: the severest first, in turn among the groups that have such ones."""
    shown: Counter[str] = Counter()
    left = limit
    for severity in sorted(Severity, reverse=True):
        waiting = {group.rule: sum(f.severity is severity for f in group.findings) for group in groups}
        while left and any(waiting.values()):
            for rule in [rule for rule, count in waiting.items() if count][:left]:
                waiting[rule] -= 1
                shown[rule] += 1
                left -= 1
    return dict(shown)


def severity_counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Severity word → number of findings, severest first, every level present."""
    found = Counter(finding.severity for finding in findings)
    return {severity.name: found[severity] for severity in sorted(Severity, reverse=True)}
