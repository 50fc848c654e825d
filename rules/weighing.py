"""What a debt costs: principal (hours to repay), interest (hours a year it costs while it stays) and the order to repay in.

    principal = minutes of the rule / 60 · [0.5, 2]
    interest  = commits that touched its files in 365 days · friction minutes / 60 · (1 + 0.25 · (owners - 1))
    payback   = principal / interest, in years

The minutes are priors of the rules, not measurements; friction is one too and is printed with every number. The share of producer
changes that break undeclared consumers is not known from reading, so it adds nothing (REPORTING.md 2.5 names the term).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from rules.root_causes import root_causes_first

DAYS = 365
SPREAD = (0.5, 2.0)
OWNER_SURCHARGE = 0.25


@dataclass(frozen=True, slots=True)
class Share:
    """Part of a total: principal, and interest where history tells it."""

    low_hours: float = 0.0
    high_hours: float = 0.0
    interest_hours: float = 0.0
    findings: int = 0

    def plus(self, minutes: float, interest: float) -> Share:
        low, high = _hours(minutes)
        return Share(self.low_hours + low, self.high_hours + high, self.interest_hours + interest, self.findings + 1)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over firm findings (not tentative, suppressed or folded under another); a subject's principal is charged once, to its dearest
    finding."""

    low_hours: float
    high_hours: float
    interest_hours: float | None
    """Hours a year; None when no finding has a history."""
    by_family: dict[str, Share]
    by_rule: dict[str, Share]
    findings: int
    tentative: int
    """Listed, never summed."""
    suppressed: int


def weigh(findings: Sequence[Finding], graph: SystemGraph) -> tuple[Finding, ...]:
    """The findings with `touches` set, shortest payback first, dormant ones last; without history in the order given."""
    history = graph.history
    memo: dict[tuple[str, ...], int | None] = {}

    def touches(finding: Finding) -> int | None:
        paths = tuple(sorted({site.path for site in finding.locations}))
        if paths not in memo:
            memo[paths] = None if history is None else history.commits_touching(paths, DAYS)
        return memo[paths]

    weighed = [replace(finding, touches=touches(finding)) for finding in findings]
    return root_causes_first(sorted(weighed, key=lambda finding: (finding.is_suppressed, _rank(finding))))


def _rank(finding: Finding) -> float:
    payback = payback_years(finding)
    return inf if payback is None else payback


def principal_hours(finding: Finding) -> tuple[float, float]:
    """(low, high) hours to repay."""
    return _hours(finding.minutes)


def interest_hours(finding: Finding) -> float | None:
    """Hours a year; None when there is no history to tell."""
    if finding.touches is None:
        return None
    return finding.touches * finding.friction / 60 * _surcharge(finding)


def payback_years(finding: Finding) -> float | None:
    """Years after which repaying was cheaper; infinite for a dormant debt, None without history."""
    interest = interest_hours(finding)
    if interest is None:
        return None
    return finding.minutes / 60 / interest if interest > 0 else inf


def explain_cost(finding: Finding) -> str:
    """The formulas with this finding's numbers in them, one a line."""
    low, high = principal_hours(finding)
    spread = f"[{_n(SPREAD[0])}, {_n(SPREAD[1])}]"
    lines = [f"principal = {_n(finding.minutes)} min / 60 · {spread} = {_n(low)}–{_n(high)} h (prior of {finding.rule})"]
    interest, payback = interest_hours(finding), payback_years(finding)
    if interest is None or payback is None:
        return "\n".join([*lines, "interest  = unknown: there is no history of its files"])
    owners = max(1, len(finding.owners))
    lines.append(
        f"interest  = {finding.touches} commits in {DAYS} days · {_n(finding.friction)} min / 60 · (1 + {OWNER_SURCHARGE} · {owners - 1}) "
        f"= {_n(interest)} h a year (assumption: {_n(finding.friction)} min a touch)"
    )
    if payback == inf:
        lines.append("payback   = never: no interest is paid on it today (dormant)")
    else:
        lines.append(f"payback   = {_n(finding.minutes / 60)} h / {_n(interest)} h a year = {_n(payback)} years")
    return "\n".join(lines)


def totals(findings: Iterable[Finding]) -> Totals:
    """Sums over `findings`. The dearest finding of each subject carries the subject's principal; so does the highest interest."""
    all_findings = list(findings)
    shown = [finding for finding in all_findings if not finding.is_suppressed]
    firm = sorted(
        (finding for finding in shown if not (finding.is_tentative or finding.folded_under)),
        key=lambda f: (-f.minutes, f.rule, f.subject.id),
    )
    whole = Share()
    families: dict[str, Share] = {}
    rules: dict[str, Share] = {}
    charged: set[tuple[str, str]] = set()
    for finding in firm:
        key = (finding.subject.kind, finding.subject.id)
        minutes, interest = (0.0, 0.0) if key in charged else (finding.minutes, interest_hours(finding) or 0.0)
        charged.add(key)
        whole = whole.plus(minutes, interest)
        families[finding.family] = families.get(finding.family, Share()).plus(minutes, interest)
        rules[finding.rule] = rules.get(finding.rule, Share()).plus(minutes, interest)
    return Totals(
        low_hours=whole.low_hours,
        high_hours=whole.high_hours,
        interest_hours=whole.interest_hours if any(finding.touches is not None for finding in firm) else None,
        by_family=dict(sorted(families.items())),
        by_rule=dict(sorted(rules.items())),
        findings=len(firm),
        tentative=len(shown) - len(firm),
        suppressed=len(all_findings) - len(shown),
    )


def _hours(minutes: float) -> tuple[float, float]:
    return minutes / 60 * SPREAD[0], minutes / 60 * SPREAD[1]


def _surcharge(finding: Finding) -> float:
    return 1 + OWNER_SURCHARGE * max(0, len(finding.owners) - 1)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0") if number >= 0.1 or number == 0 else f"{number:.2g}"
