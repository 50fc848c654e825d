"""Findings as the HTML page shows them: everything in words, clipped to what a page can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzer.model import Evidence, Finding, RuleCard, Site
from reports.budget import Budget
from reports.cost import friction, interest, minutes, payback, principal, schedule
from reports.ranking import by_cause, first_site
from reports.remedies import remedy_parts
from reports.wording import CONFIDENCE_MEANING, amount, clipped, elided, hours, number, plural, years

MOST_FINDINGS = 500
MOST_EVIDENCE = 12
MOST_LINES = 14
MOST_EXPLAINED = 8
DETAIL_BYTES = 180_000
ROW_BYTES = 80_000
MOST_REMEDY = 60
_DETAIL_MARKUP, _ROW_MARKUP = 2200, 900


@dataclass(frozen=True, slots=True)
class CodeLine:
    number: int
    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the evidence chain."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    """One finding of the page."""

    anchor: str
    fingerprint: str
    code: str
    name: str
    family: str
    severity: str
    confidence: str
    confidence_word: str
    confidence_text: str
    message: str
    place: str
    full_place: str
    subject: str
    code_lines: tuple[CodeLine, ...]
    evidence: tuple[Link, ...]
    more_evidence: int
    remedy: tuple[tuple[str, bool], ...]
    """A sentence or a block of lines, and whether it is such a block, which can be pasted."""
    hours: str
    low: float
    high: float
    schedule: str
    payback: str
    touches: str
    formulas: tuple[str, ...]
    owners: tuple[str, ...]
    members: int
    is_new: bool
    explained: tuple[tuple[str, str, str], ...]
    """(rule, message, place) of the first that are folded under it."""
    explained_count: int
    under: str
    """Fingerprint of the finding on the page that it is folded under, "" for none."""
    is_tentative: bool
    """Listed, never counted: it is not sure enough to plan by."""
    suppression: str
    is_brief: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    rows: tuple[Row, ...]
    brief: int
    """How many rows came without code and most of their evidence."""
    cut: int
    """How many findings are not on the page at all."""


def rows(findings: Iterable[Finding], cards: Sequence[RuleCard], *, detail_bytes: int = DETAIL_BYTES, row_bytes: int = ROW_BYTES) -> Rows:
    """Findings by rank: the first in full up to `detail_bytes`, then brief ones up to `row_bytes`, and the rest counted.

    What another finding explains comes right after it.
    """
    card = {entry.code: entry for entry in cards}
    own, below = by_cause(findings)
    waiting = [each for finding in own for each in (finding, *below.get(finding.fingerprint, ()))]
    detail, short = Budget(detail_bytes), Budget(row_bytes)
    shown: list[Row] = []
    anchors: dict[str, int] = {}
    is_full = True
    for finding in waiting[:MOST_FINDINGS]:
        row = _row(finding, card.get(finding.rule), anchors, below, brief=False)
        is_full = is_full and detail.spend(_texts(row), _DETAIL_MARKUP + 60 * len(row.code_lines))
        if not is_full:
            row = _row(finding, card.get(finding.rule), anchors, below, brief=True)
            if not short.spend(_texts(row), _ROW_MARKUP):
                break
        shown.append(row)
        anchors[finding.fingerprint] = anchors.get(finding.fingerprint, 0) + 1
    return Rows(tuple(shown), sum(row.is_brief for row in shown), len(waiting) - len(shown))


def _texts(row: Row) -> tuple[str, ...]:
    evidence = (text for link in row.evidence for text in (link.text, link.place))
    lines = (line.text for line in row.code_lines)
    remedy = (part for part, _ in row.remedy)
    explained = (text for part in row.explained for text in part)
    return (row.message, row.place, row.full_place, row.subject, *evidence, *lines, *remedy, *row.formulas, *row.owners, *explained)


def _row(finding: Finding, card: RuleCard | None, anchors: dict[str, int], below: Mapping[str, Sequence[Finding]], *, brief: bool) -> Row:
    site = first_site(finding)
    again = anchors.get(finding.fingerprint, 0)
    word, meaning = CONFIDENCE_MEANING[finding.confidence]
    cost = principal(finding)
    most = 1 if brief else MOST_EVIDENCE
    explained = below.get(finding.fingerprint, ()) if not again else ()
    return Row(
        anchor=f"F-{finding.fingerprint}" + (f"-{again + 1}" if again else ""),
        fingerprint=finding.fingerprint,
        code=finding.rule,
        name=finding.name,
        family=finding.family,
        severity=finding.severity.name,
        confidence=finding.confidence.name,
        confidence_word=word,
        confidence_text="" if brief else meaning + _precision(card),
        message=clipped(finding.message, 160 if brief else 600),
        place=elided(str(site), 36),
        full_place="" if brief else elided(str(site), 300),
        subject="" if brief else elided(f"{finding.subject.kind} {finding.subject.id}", 200),
        code_lines=() if brief else _code(finding, site),
        evidence=tuple(_link(link, 160 if brief else 500) for link in finding.evidence[:most]),
        more_evidence=max(len(finding.evidence) - most, 0),
        remedy=remedy_parts(finding.remedy, 160 if brief else 600, 1 if brief else MOST_REMEDY),
        hours=hours(cost) if cost.high else "–",
        low=0 if finding.folded_under else cost.low,
        high=0 if finding.folded_under else cost.high,
        schedule=schedule(finding),
        payback=years(payback(finding)),
        touches="unknown" if finding.touches is None else number(finding.touches),
        formulas=() if brief else tuple(_formulas(finding)),
        owners=tuple(clipped(owner, 80) for owner in finding.owners[: 1 if brief else 8]),
        members=finding.members,
        explained=tuple(
            (each.rule, clipped(each.message, 160), elided(str(first_site(each)), 90))
            for each in explained[: 0 if brief else MOST_EXPLAINED]
        ),
        explained_count=len(explained),
        under=finding.folded_under if finding.folded_under in anchors else "",
        is_new=finding.is_new,
        is_tentative=finding.is_tentative,
        suppression=clipped(finding.suppressed, 200),
        is_brief=brief,
    )


def _precision(card: RuleCard | None) -> str:
    if card is None or not card.precision[1]:
        return ""
    right, judged = card.precision
    first, read = card.first_sight
    before = f"; at first sight, before mending, in {first} of {read}" if read else ""
    return f" Measured: right in {right} of {plural(judged, 'finding')} read on real repositories{before}."


def _link(link: Evidence, longest: int) -> Link:
    return Link(clipped(link.text, longest), elided(str(link.site), longest // 2) if link.site else "")


def _code(finding: Finding, site: Site) -> tuple[CodeLine, ...]:
    """The snippet's lines around the place; the place itself marked."""
    last = max(site.end_line, site.line)
    first_hit = max(site.line - finding.snippet_line, 0)
    start = max(0, first_hit - 4) if len(finding.snippet) > MOST_LINES else 0
    kept = finding.snippet[start : start + MOST_LINES]
    numbered = ((finding.snippet_line + start + index, text) for index, text in enumerate(kept))
    return tuple(CodeLine(at, clipped(text.rstrip("\r\n").expandtabs(4), 180), site.line <= at <= last) for at, text in numbered)


def _formulas(finding: Finding) -> Iterable[str]:
    """Each number with the formula it came from, its values put in."""
    cost, yearly, pays = principal(finding), interest(finding), payback(finding)
    yield f"principal = {amount(minutes(finding))} min ÷ 60 × [0.5, 2] = {hours(cost)}"
    if yearly is None or pays is None:
        yield "interest = unknown: there is no history of its files"
        return
    touches = plural(finding.touches or 0, "commit")
    yield f"interest = {touches} in 365 days × {amount(friction(finding))} min ÷ 60 = {amount(yearly)} h a year"
    if yearly:
        yield f"payback = {amount(cost.high)} h ÷ {amount(yearly)} h a year = {years(pays)}, so: {schedule(finding)}"
    else:
        yield "payback = never, so: dormant"
