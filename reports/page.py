"""Everything the HTML page says, in words and in the order in which it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from analyzer.model import FAMILIES, Finding, RuleCard, Severity
from analyzer.result import ScanResult
from reports.budget import Budget
from reports.cost import SCORE_MODEL, payback, principal, schedule, total_interest, total_principal
from reports.diagram import Picture, picture
from reports.page_artifacts import ActorRow, ArtifactRows, actor_rows, artifact_rows
from reports.page_coverage import Help, Meter, Recall, helping, meter, recall
from reports.page_findings import Row, Rows, rows
from reports.page_links import LinkRows, link_rows
from reports.page_metrics import Panel, panels
from reports.ranking import by_rule, rank, severity_counts
from reports.system_map import SystemMap, system_map
from reports.wording import (
    FAMILY_MEANING,
    Listing,
    amount,
    clipped,
    elided,
    hours,
    listing,
    looked_at,
    merged,
    missing,
    number,
    percent,
    plural,
    verdict,
)

NOTE_BYTES = 12_000
REASON_BYTES = 18_000
RULE_BYTES = 25_000
SUPPRESSED_BYTES = 18_000
START_HERE = 5


@dataclass(frozen=True, slots=True)
class Card:
    """One dimension: a debt family."""

    family: str
    meaning: str
    count: int
    hours: str
    levels: tuple[tuple[str, int], ...]
    rules: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    code: str
    name: str
    summary: str
    source: str
    confidence: str
    precision: str
    found: int


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    repositories: tuple[tuple[str, str, str], ...]
    version: str
    score_model: str
    headline: str
    sentences: tuple[str, ...]
    summary: str
    levels: dict[str, int]
    hours: str
    interest: str
    start: tuple[Row, ...]
    cards: tuple[Card, ...]
    silent: tuple[tuple[str, str], ...]
    findings: Rows
    families: tuple[str, ...]
    has_known: bool
    suppressed: tuple[Row, ...]
    suppressed_cut: int
    map: SystemMap
    picture: Picture
    actors: tuple[ActorRow, ...]
    artifacts: ArtifactRows
    artifact_total: int
    links: LinkRows
    is_workspace: bool
    ownership: tuple[Row, ...]
    metrics: tuple[Panel, ...]
    looked_at: str
    meter: Meter
    recall: Recall
    helping: tuple[Help, ...]
    causes: tuple[tuple[str, int], ...]
    history: str
    missing: tuple[tuple[str, int, tuple[str, ...]], ...]
    missing_total: int
    missing_cut: int
    skipped: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]
    notes_cut: int
    rules: tuple[RuleRow, ...]


def page(result: ScanResult) -> Page:
    """The page of a result; pure, and bounded whatever the size of the result."""
    shown = listing(result)
    live = shown.new + shown.known + shown.tentative
    findings = rows(live, result.cards)
    system = system_map(result)
    by_anchor = {row.fingerprint: row for row in reversed(findings.rows)}
    start = [by_anchor[finding.fingerprint] for finding in _start_here(shown.new) if finding.fingerprint in by_anchor]
    hidden = rows(shown.suppressed, result.cards, detail_bytes=0, row_bytes=SUPPRESSED_BYTES)
    gaps = _gaps(result)
    notes = Budget(NOTE_BYTES).fitting([clipped(note, 400) for note in result.notes], lambda note: (note,), 12)
    yearly = total_interest(shown.new)
    return Page(
        title=", ".join(elided(repository.name, 60) for repository in result.repositories[:3]) or "repository",
        repositories=tuple(_repository(result)),
        version=clipped(result.version, 40),
        score_model=SCORE_MODEL,
        headline=_headline(shown),
        sentences=tuple(_sentences(result, shown)),
        summary=verdict(shown),
        levels=severity_counts(shown.new),
        hours=hours(total_principal(shown.new)),
        interest="" if yearly is None else f"{amount(yearly)} h",
        start=tuple(start),
        cards=tuple(_cards(shown.new)),
        silent=tuple((card.code, clipped(card.name, 60)) for card in _silent(result.cards, live)),
        findings=findings,
        families=tuple(sorted({row.family for row in findings.rows})),
        has_known=bool(shown.known),
        suppressed=hidden.rows,
        suppressed_cut=hidden.cut,
        map=system,
        picture=picture(system),
        actors=actor_rows(system),
        artifacts=artifact_rows(result.artifacts, [shared.artifact.id for shared in system.artifacts]),
        artifact_total=len(result.artifacts),
        links=link_rows(result.links),
        is_workspace=len(result.repositories) > 1,
        ownership=tuple(row for row in findings.rows if row.family == FAMILIES["OWN"]),
        metrics=panels(result.metrics),
        looked_at=looked_at(result.coverage),
        meter=meter(result.coverage),
        recall=recall(result.coverage.declared_edges),
        helping=helping(result.coverage),
        causes=tuple((clipped(cause, 80), count) for cause, count in merged(result.coverage.unresolved_by_cause)[:12]),
        history=clipped(result.coverage.history, 400),
        missing=gaps,
        missing_total=len(result.not_analysed),
        missing_cut=len(result.not_analysed) - sum(count for _, count, _ in gaps),
        skipped=tuple((clipped(reason, 80), count) for reason, count in merged(result.skipped)[:20]),
        notes=notes,
        notes_cut=len(result.notes) - len(notes),
        rules=_rules(result.cards, live),
    )


def _repository(result: ScanResult) -> list[tuple[str, str, str]]:
    return [
        (elided(r.name, 80), clipped(r.commit or "", 12), f"{plural(r.files, 'file')}, {plural(r.lines, 'line')}")
        for r in result.repositories[:50]
    ]


def _headline(shown: Listing) -> str:
    if not shown.new:
        return "Nothing new: no finding outside the baseline." if shown.known else "No debt found in what could be seen."
    kind = "new finding" if shown.known else "finding"
    grave = sum(finding.severity >= Severity.high for finding in shown.new)
    cost = total_principal(shown.new)
    head = plural(len(shown.new), kind)
    if grave:
        head += f", {'all' if grave == len(shown.new) > 1 else number(grave)} of high severity or above"
    return f"{head}: {hours(cost)} to fix." if cost.high else f"{head}."


def _sentences(result: ScanResult, shown: Listing) -> list[str]:
    said = []
    heavy = sorted(_by_family(shown.new).items(), key=lambda item: (-total_principal(item[1]).high, item[0]))
    whole = total_principal(shown.new).high
    heavy = [(family, found) for family, found in heavy if total_principal(found).high]
    if len(heavy) > 1:
        shares = [f"{family} ({percent(min(total_principal(found).high / whole, 1.0))})" for family, found in heavy[:2]]
        said.append(f"Most of the hours are in {' and '.join(shares)}.")
    tentative = sum(finding.is_tentative for finding in shown.new)
    if tentative:
        said.append(f"{plural(tentative, 'finding')} of these {'is' if tentative == 1 else 'are'} tentative and not part of the hours.")
    if shown.tentative:
        more = plural(len(shown.tentative), "tentative finding")
        said.append(f"{more} more {'stands' if len(shown.tentative) == 1 else 'stand'} at the end of the list: to look at, not to rely on.")
    soon = sum(schedule(finding) == "pay now" for finding in shown.new)
    if soon:
        said.append(f"{plural(soon, 'finding')} would pay back within half a year of the commits seen so far.")
    if not result.findings:
        said.append(f"{plural(len(result.cards), 'rule')} looked at {plural(result.coverage.files, 'file')}.")
    if result.coverage.accesses and result.coverage.share < 0.6:
        said.append(f"Only {percent(result.coverage.share)} of the file accesses could be resolved: read what is missing with care.")
    return said


def _by_family(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    families: dict[str, list[Finding]] = {}
    for finding in findings:
        families.setdefault(finding.family, []).append(finding)
    return families


def _start_here(findings: Sequence[Finding]) -> list[Finding]:
    """What to fix first: sure and grave enough, soonest paid back; without history the gravest, cheapest first."""
    worth = [f for f in findings if schedule(f) != "dormant" and f.confidence.name in {"A", "B"} and f.severity >= Severity.low]

    def urgency(finding: Finding) -> tuple[object, ...]:
        years = payback(finding)
        soon = (years if years is not None else inf) / (1 + 2 * finding.severity)
        return (soon, principal(finding).high if years is None else 0.0, rank(finding))

    return sorted(worth, key=urgency)[:START_HERE]


def _cards(findings: Sequence[Finding]) -> list[Card]:
    cards = []
    for family, found in _by_family(findings).items():
        cost = total_principal(found)
        levels = tuple((word, count) for word, count in severity_counts(found).items() if count)
        rules = tuple((group.rule, clipped(group.name, 60), len(group.findings)) for group in by_rule(found)[:6])
        cards.append(Card(family, FAMILY_MEANING[family], len(found), hours(cost) if cost.high else "", levels, rules))
    worst = {family: max(finding.severity for finding in found) for family, found in _by_family(findings).items()}
    return sorted(cards, key=lambda card: (-worst[card.family], -card.count, card.family))


def _silent(cards: Sequence[RuleCard], findings: Sequence[Finding]) -> list[RuleCard]:
    found = {finding.rule for finding in findings}
    return sorted((card for card in cards if card.code not in found), key=lambda card: card.code)[:80]


def _rules(cards: Sequence[RuleCard], findings: Sequence[Finding]) -> tuple[RuleRow, ...]:
    found = {group.rule: len(group.findings) for group in by_rule(findings)}
    made = (
        RuleRow(
            card.code,
            clipped(card.name, 60),
            clipped(card.summary, 240),
            clipped(card.source, 160),
            card.confidence.name,
            _measured(card),
            found.get(card.code, 0),
        )
        for card in sorted(cards, key=lambda card: card.code)
    )
    return Budget(RULE_BYTES).fitting(made, lambda rule: (rule.name, rule.summary, rule.source), 150)


def _measured(card: RuleCard) -> str:
    now, first = (f"{right} of {judged}" if judged else "" for right, judged in (card.precision, card.first_sight))
    return f"{now or 'none now'}, {first} at first sight" if first else now


def _gaps(result: ScanResult) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    made = (
        (clipped(reason, 200), count, tuple(elided(name, 90) for name in names)) for reason, count, names in missing(result.not_analysed)
    )
    return Budget(REASON_BYTES).fitting(made, lambda gap: (gap[0], *gap[2]), 140)
