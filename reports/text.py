"""The terminal report: what to fix first, each finding in a line that grep and editors understand, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from analyzer.model import Finding, Severity
from analyzer.result import ScanResult
from reports.base import Format
from reports.cost import Hours, payback, principal, schedule, total_principal
from reports.ranking import Group, by_cause, by_rule, fair_share, first_site
from reports.remedies import pasted
from reports.terminal import Screen, line
from reports.wording import (
    Listing,
    clipped,
    helpful,
    hours,
    listing,
    looked_at,
    merged,
    missing,
    number,
    plural,
    recovered,
    verdict,
    visible,
    worth_knowing,
    years,
)

SHOWN = 20
REMEDY_SHOWN = 16
EVIDENCE_SHOWN = 4
LINKS_SHOWN = 20
FOLDED_SHOWN = 6
_STYLE = {
    Severity.critical: "bold red",
    Severity.high: "red",
    Severity.medium: "yellow",
    Severity.low: "blue",
    Severity.info: "dim",
}


class Text(Format):
    """Plain text for a terminal or a log; ANSI styles only when asked for."""

    name: ClassVar[str] = "text"

    def render(self, result: ScanResult, *, show_all: bool = False, color: bool = False, width: int | None = None) -> str:
        """At most 20 findings unless `show_all`; prose is wrapped at `width`, finding lines never are."""
        screen = Screen(color=color, width=width)
        shown = listing(result)
        _print_findings(screen, shown, show_all)
        _print_links(screen, result)
        _print_coverage(screen, result)
        screen.print(verdict(shown), "bold")
        return screen.text()


def _print_findings(screen: Screen, shown: Listing, show_all: bool) -> None:
    findings, below = by_cause(shown.new + (shown.known + shown.tentative if show_all else ()))
    groups = by_rule(findings)
    share = fair_share(groups, len(findings) if show_all else SHOWN)
    for group in groups:
        if share.get(group.rule):
            _print_group(screen, group, share[group.rule], below)
    hidden = len(findings) - sum(share.values())
    if hidden:
        screen.print(f"… {number(hidden)} more: --all", "dim")
    if shown.tentative and not show_all:
        screen.print(f"… {plural(len(shown.tentative), 'tentative finding')}, not counted: --all, or the JSON and HTML reports", "dim")
    if hidden or (shown.tentative and not show_all):
        screen.print()


def _print_group(screen: Screen, group: Group, shown: int, below: Mapping[str, Sequence[Finding]]) -> None:
    count = plural(len(group.findings), "finding")
    more = f", {number(shown)} shown" if shown < len(group.findings) else ""
    cost = total_principal(group.findings)
    title = line(f"{group.family} · {group.rule} {visible(group.name)}", "bold")
    screen.print(title.append(f" · {count}{more}{_to_fix(cost)}", style="dim"))
    for finding in group.findings[:shown]:
        _print_finding(screen, finding, below.get(finding.fingerprint, ()))
    screen.print()


def _to_fix(cost: Hours) -> str:
    return f" · {hours(cost)} to fix" if cost.high else ""


def _print_finding(screen: Screen, finding: Finding, explained: Sequence[Finding]) -> None:
    head = line(visible(str(first_site(finding))), "bold").append(": ", style="not bold")
    head.append(finding.rule, style=_STYLE[finding.severity]).append(f" {visible(finding.message)}", style="not bold")
    screen.print(head)
    for text in _details(finding):
        screen.indented(text)
    if explained:
        places = [f"{each.rule} {visible(str(first_site(each)))}" for each in explained[:FOLDED_SHOWN]]
        more = f" and {number(len(explained) - FOLDED_SHOWN)} more" if len(explained) > FOLDED_SHOWN else ""
        screen.indented(f"explains {plural(len(explained), 'other finding')}: {', '.join(places)}{more}")
    for text in _pasted(finding.remedy):
        screen.verbatim(text)


def _details(finding: Finding) -> Iterator[str]:
    label = f"{finding.severity.name}, confidence {finding.confidence.name}{_to_fix(principal(finding))}"
    if schedule(finding) in {"pay now", "watch"}:
        label += f" · pays back in {years(payback(finding))}"
    label += f" · stands for {number(finding.members)} places" if finding.members > 1 else ""
    yield label if finding.is_new else f"{label} · known in the baseline"
    for evidence in finding.evidence[:EVIDENCE_SHOWN]:
        place = f"{visible(str(evidence.site))}: " if evidence.site else ""
        yield f"- {place}{clipped(evidence.text, 400)}"
    if len(finding.evidence) > EVIDENCE_SHOWN:
        yield f"- … {plural(len(finding.evidence) - EVIDENCE_SHOWN, 'more piece')} of evidence"
    if remedy := finding.remedy.strip().splitlines():
        yield f"→ {visible(remedy[0].strip())}"


def _pasted(remedy: str) -> Iterator[str]:
    """The lines of a remedy after its first: what can be pasted, with its own indentation."""
    rest = [line for line in remedy.strip().splitlines()[1:] if line.strip() and not line.startswith("```")]
    yield from (f"        {pasted(line, 400)}" for line in rest[:REMEDY_SHOWN])
    if len(rest) > REMEDY_SHOWN:
        yield f"        … {plural(len(rest) - REMEDY_SHOWN, 'more line')}: see the JSON or HTML report"


def _print_links(screen: Screen, result: ScanResult) -> None:
    """What the repositories of a workspace use of each other; nothing for a single one."""
    if len(result.repositories) < 2:
        return
    title = line("Between repositories", "bold")
    screen.print(title.append(f" · {plural(len(result.links), 'link') if result.links else 'no link seen'}", style="dim"))
    for link in sorted(result.links, key=lambda link: (link.declared, link.producer, link.consumer))[:LINKS_SHOWN]:
        state = "declared" if link.declared else "undeclared"
        arrow = "–" if link.kind == "shares" else "→"
        screen.print(f"{visible(str(link.site))}: {visible(link.producer)} {arrow} {visible(link.consumer)}", "bold")
        count = f", {plural(link.places, 'place')}" if link.places > 1 else ""
        screen.indented(f"{visible(link.kind)} {clipped(link.what, 160)} · {clipped(link.via, 160)}{count} · M{link.level}, {state}")
        if link.missing:
            screen.indented(f"- not there (any more): {clipped(', '.join(link.missing), 400)}")
    if len(result.links) > LINKS_SHOWN:
        screen.print(f"… {number(len(result.links) - LINKS_SHOWN)} more links: see the JSON or HTML report", "dim")
    screen.print()


def _print_coverage(screen: Screen, result: ScanResult) -> None:
    screen.print("What was looked at", "bold")
    screen.indented(looked_at(result.coverage))
    if told := recovered(result.coverage.declared_edges):
        screen.indented(told)
    if gaps := list(_gaps(result)):
        screen.print("What could not be seen", "bold")
        for gap in gaps:
            screen.indented(f"- {gap}")
    if helping := worth_knowing(result.coverage):
        screen.print("What would help most to know", "bold")
        for blocker in helping:
            screen.indented(f"- {helpful(blocker)}")
    if result.notes:
        screen.print("Notes", "bold")
        for note in result.notes:
            screen.indented(f"- {clipped(note, 500)}")
    screen.print()


def _gaps(result: ScanResult) -> Iterator[str]:
    for reason, count, names in missing(result.not_analysed):
        dots = ", …" if count > len(names) else ""
        yield f"{plural(count, 'file')} not analysed, {reason}: {', '.join(names)}{dots}"
    unresolved = result.coverage.accesses - result.coverage.resolved
    if unresolved > 0:
        causes = ", ".join(f"{number(count)} {cause}" for cause, count in merged(result.coverage.unresolved_by_cause))
        yield f"{plural(unresolved, 'file access', 'file accesses')} not resolved{': ' + causes if causes else ''}"
    if result.coverage.history:
        yield f"history: {visible(result.coverage.history)}"
    if left_out := merged(result.skipped):
        yield "left out: " + ", ".join(f"{number(count)} {reason}" for reason, count in left_out)
