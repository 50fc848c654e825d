"""What a finding costs: principal, interest and payback, with the formulas the reports print (score model `mldebt-1`).

Source: NDepend's debt, annual interest and breaking point, given as a range because remediation estimates are priors, not measurements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, isfinite

from analyzer.model import Finding

SCORE_MODEL = "mldebt-1"
LOW, HIGH = 0.5, 2.0
PAY_NOW_YEARS = 0.5
_LONGEST = 1e9


@dataclass(frozen=True, slots=True)
class Hours:
    low: float
    high: float


def _clean(number: float) -> float:
    return min(max(number, 0.0), _LONGEST) if isfinite(number) else 0.0


def friction(finding: Finding) -> float:
    """Minutes of extra work per touch, as a finite number."""
    return _clean(finding.friction)


def minutes(finding: Finding) -> float:
    """The rule's remediation minutes, as a finite number."""
    return _clean(finding.minutes)


def principal(finding: Finding) -> Hours:
    """Hours to fix: the rule's minutes / 60 × [0.5, 2]."""
    hours = minutes(finding) / 60
    return Hours(round(hours * LOW, 3), round(hours * HIGH, 3))


def interest(finding: Finding) -> float | None:
    """Hours of extra work a year: commits in the last 365 days × friction / 60; None when there is no history."""
    if finding.touches is None:
        return None
    return round(_clean(finding.touches) * friction(finding) / 60, 3)


def payback(finding: Finding) -> float | None:
    """Years until fixing has paid for itself, at the high end of the principal; inf when nothing touches it, None without history."""
    yearly = interest(finding)
    if yearly is None:
        return None
    return principal(finding).high / yearly if yearly else inf


def schedule(finding: Finding) -> str:
    """`pay now` (payback under half a year), `watch`, `dormant` (no commit in a year) or `unknown` (no history)."""
    years = payback(finding)
    if years is None:
        return "unknown"
    if years == inf:
        return "dormant"
    return "pay now" if years < PAY_NOW_YEARS else "watch"


def counts(finding: Finding) -> bool:
    """Whether it is part of the totals: tentative and suppressed findings are not, nor what another one explains."""
    return not (finding.is_tentative or finding.is_suppressed or finding.folded_under)


def total_principal(findings: Iterable[Finding]) -> Hours:
    """Principal of all findings that count; findings about one subject share one repair, so the dearest of them is charged."""
    hours = _dearest(findings, minutes) / 60
    return Hours(round(hours * LOW, 2), round(hours * HIGH, 2))


def total_interest(findings: Iterable[Finding]) -> float | None:
    """Interest of all findings that count, once per subject; None when none of them has a history."""
    known = [finding for finding in findings if counts(finding) and finding.touches is not None]
    return round(_dearest(known, lambda finding: interest(finding) or 0.0), 2) if known else None


def _dearest(findings: Iterable[Finding], price: Callable[[Finding], float]) -> float:
    dearest: dict[tuple[str, str], float] = {}
    for finding in findings:
        if counts(finding):
            subject = (finding.subject.kind, finding.subject.id)
            dearest[subject] = max(dearest.get(subject, 0.0), price(finding))
    return sum(sorted(dearest.values()))
