"""The terminal report: what to fix first, each finding in a line that grep and editors understand, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING, ClassVar

from analyzer.model import Finding, ScanResult, Severity
from reports.base import Format
from reports.cost import Hours, payback, principal, schedule, total_principal
from reports.ranking import Group, by_rule, fair_share, first_site
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

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text as Line

SHOWN = 20
REMEDY_SHOWN = 16
EVIDENCE_SHOWN = 4
_UNLIMITED = 1_000_000
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
        from rich.console import Console

        stream = StringIO()
        console = Console(
            file=stream,
            width=max(width or _UNLIMITED, 20),
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            soft_wrap=True,
        )
        shown = listing(result)
        _print_findings(console, shown, show_all)
        _print_coverage(console, result)
        console.print(_line(verdict(shown), "bold"))
        return stream.getvalue()


def _line(text: str, style: str = "") -> Line:
    from rich.text import Text as Line

    return Line(text, style=style)


def _print_findings(console: Console, shown: Listing, show_all: bool) -> None:
    findings = shown.new + (shown.known if show_all else ())
    groups = by_rule(findings)
    share = fair_share(groups, len(findings) if show_all else SHOWN)
    for group in groups:
        if share.get(group.rule):
            _print_group(console, group, share[group.rule])
    hidden = len(findings) - sum(share.values())
    if hidden:
        console.print(_line(f"… {number(hidden)} more: --all", "dim"))
        console.print()


def _print_group(console: Console, group: Group, shown: int) -> None:
    count = plural(len(group.findings), "finding")
    more = f", {number(shown)} shown" if shown < len(group.findings) else ""
    cost = total_principal(group.findings)
    title = _line(f"{group.family} · {group.rule} {visible(group.name)}", "bold")
    console.print(title.append(f" · {count}{more}{_to_fix(cost)}", style="dim"))
    for finding in group.findings[:shown]:
        _print_finding(console, finding)
    console.print()


def _to_fix(cost: Hours) -> str:
    return f" · {hours(cost)} to fix" if cost.high else ""


def _print_finding(console: Console, finding: Finding) -> None:
    head = _line(visible(str(first_site(finding))), "bold").append(": ", style="not bold")
    head.append(finding.rule, style=_STYLE[finding.severity]).append(f" {visible(finding.message)}", style="not bold")
    console.print(head)
    for text in _details(finding):
        _print_indented(console, text)
    for text in _pasted(finding.remedy):
        console.print(_line(text))


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
    yield from (f"        {visible(line.rstrip())}" for line in rest[:REMEDY_SHOWN])
    if len(rest) > REMEDY_SHOWN:
        yield f"        … {plural(len(rest) - REMEDY_SHOWN, 'more line')}: see the JSON or HTML report"


def _print_indented(console: Console, text: str) -> None:
    from textwrap import wrap

    hang = " " * (6 if text[:2] in {"- ", "→ "} else 4)
    lines = wrap(text, console.width, initial_indent="    ", subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
    for line in lines:
        console.print(_line(line))


def _print_coverage(console: Console, result: ScanResult) -> None:
    console.print(_line("What was looked at", "bold"))
    _print_indented(console, looked_at(result.coverage))
    if told := recovered(result.coverage.declared_edges):
        _print_indented(console, told)
    if gaps := list(_gaps(result)):
        console.print(_line("What could not be seen", "bold"))
        for gap in gaps:
            _print_indented(console, f"- {gap}")
    if helping := worth_knowing(result.coverage):
        console.print(_line("What would help most to know", "bold"))
        for blocker in helping:
            _print_indented(console, f"- {helpful(blocker)}")
    if result.notes:
        console.print(_line("Notes", "bold"))
        for note in result.notes:
            _print_indented(console, f"- {clipped(note, 500)}")
    console.print()


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
