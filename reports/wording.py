"""Numbers, names and coverage put into words, the same in every format. Text of the scanned repository is made inert here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from analyzer.model import Confidence, Finding
from analyzer.result import Blocker, Coverage, DeclaredEdges, NotAnalysed, ScanResult
from reports.cost import Hours, total_principal
from reports.ranking import severity_counts

# Control characters, line separators, direction overrides (CVE-2021-42574), lone surrogates: they steer terminals, reorder or break text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]")

FAMILY_MEANING = {
    "glue-code": "Code that only carries data in and out of a general-purpose package.",
    "pipeline-jungle": "Data preparation that grew into a tangle of steps and intermediate files.",
    "dead-experiment": "Experimental paths that nothing selects any more and everyone still reads.",
    "undeclared-consumer": "Readers of an artifact that its producer does not know about.",
    "split-ownership": "Research and engineering change the same model in different places.",
    "entanglement": "Parts that cannot change alone: changing anything changes everything.",
    "data-dependency-debt": "Inputs that are unstable, unversioned or no longer needed.",
    "feedback-loop": "A model's output that finds its way back into its training data.",
    "configuration-debt": "Settings that are duplicated, unused or out of reach of review.",
    "training-serving-skew": "Training and serving that compute the same thing differently.",
    "reproducibility-debt": "Results that cannot be made again from what is checked in.",
    "monitoring-debt": "Production behaviour that nobody would see change.",
    "data-testing-debt": "Data that is used without being checked.",
    "smell": "Habits that make all of the above more likely.",
}

CONFIDENCE_MEANING = {
    Confidence.A: ("certain", "Expected to be right at least 9 times in 10; part of the totals."),
    Confidence.B: ("firm", "Expected to be right 3 times in 4 or better; part of the totals."),
    Confidence.C: ("tentative", "Expected to be right 1 to 3 times in 4; listed, but not part of the totals."),
    Confidence.below: ("unsure", "Below the level that rules may show."),
}

VIA_MEANING = {
    "literal": "named literally",
    "constant": "from a constant",
    "concat": "put together from parts",
    "fstring": "put together in a format string",
    "pathlib": "put together from path segments",
    "cli-default": "the default of a command-line option",
    "config": "from a configuration or a checked-in command line",
    "env": "the default of an environment variable",
    "wrapper": "passed to a function that accesses it",
    "self-attr": "from an attribute of the object",
    "parameter": "a parameter's value, from its callers or its default",
    "declaration": "as declared",
}
"""How an identity is known (`Access.via`), in words."""


def known_by(via: str) -> str:
    return VIA_MEANING.get(via, visible(via))


def visible(text: str) -> str:
    """One line of printable text: whatever could steer a terminal or break a line is shown as its escape."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    known = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    number = ord(match[0])
    return known.get(match[0]) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")


def clipped(text: str, length: int) -> str:
    """`visible(text)`, cut to `length` characters with an ellipsis."""
    return visible(text if len(text) <= length else text[: length - 1] + "…")


def elided(text: str, length: int) -> str:
    """`visible(text)` with its middle left out when longer than `length`: of a path, start and file name tell most."""
    text = visible(text[:4096])
    if len(text) <= length:
        return text
    head = (length - 1) // 3
    return f"{text[:head]}…{text[len(text) - (length - 1 - head) :]}"


def number(value: int) -> str:
    return f"{value:,}"


def plural(value: int, singular: str, several: str | None = None) -> str:
    return f"{number(value)} {singular if value == 1 else several or singular + 's'}"


def percent(share: float) -> str:
    """Whole percent; never 100 % of something incomplete and never 0 % of something that is there."""
    value = round(share * 100)
    if value == 100 and share < 1:
        value = 99
    return f"{1 if value == 0 and share > 0 else value} %"


def amount(value: float) -> str:
    return number(round(value)) if value >= 10 else f"{value:.1f}".removesuffix(".0")


def hours(value: Hours) -> str:
    """A range such as `14–55 h`; in minutes up to one hour."""
    if value.high <= 1:
        low, high = round(value.low * 60), round(value.high * 60)
        return f"{low}–{high} min"
    return f"{amount(value.low)}–{amount(value.high)} h"


def years(value: float | None) -> str:
    if value is None:
        return "unknown (no history)"
    if value == inf:
        return "never (no commit in a year)"
    return f"{amount(value * 12)} months" if value < 1 else f"{amount(value)} years"


def severities(findings: Iterable[Finding]) -> str:
    """`3 high, 6 medium, 3 low`."""
    return ", ".join(f"{number(count)} {word}" for word, count in severity_counts(findings).items() if count)


@dataclass(frozen=True, slots=True)
class Listing:
    """Findings of a result by what happens to them: `new` are shown, `known` are in the baseline, `suppressed` carry a reason, and
    `tentative` ones stand in the reports only."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    tentative: tuple[Finding, ...] = ()


def listing(result: ScanResult) -> Listing:
    live = [finding for finding in result.findings if not finding.is_suppressed]
    return Listing(
        tuple(finding for finding in live if finding.is_new and not finding.report_only),
        tuple(finding for finding in live if not finding.is_new),
        tuple(finding for finding in result.findings if finding.is_suppressed),
        tuple(finding for finding in live if finding.is_new and finding.report_only),
    )


def verdict(shown: Listing) -> str:
    """The one-line summary: `12 findings: 3 high, 6 medium, 3 low · 14–55 h to fix`."""
    kind = "new finding" if shown.known else "finding"
    if shown.new:
        parts = [f"{plural(len(shown.new), kind)}: {severities(shown.new)}"]
        if (cost := total_principal(shown.new)).high:
            parts.append(f"{hours(cost)} to fix")
    else:
        parts = [f"No {kind}s"]
    folded = sum(bool(finding.folded_under) for finding in shown.new)
    parts += [f"{number(folded)} folded under others"] if folded else []
    tentative = sum(finding.is_tentative for finding in shown.new)
    parts += [f"{tentative} tentative, not in the hours"] if tentative else []
    parts += [f"{number(len(shown.tentative))} tentative besides"] if shown.tentative else []
    parts += [f"{number(len(shown.known))} known in the baseline"] if shown.known else []
    parts += [f"{number(len(shown.suppressed))} suppressed"] if shown.suppressed else []
    return " · ".join(parts)


def looked_at(coverage: Coverage) -> str:
    """`214 files, 38,112 lines · 61 of 80 file accesses resolved (76 %), 7 of them partly · 3 dynamic look-ups`."""
    parts = [f"{plural(coverage.files, 'file')}, {plural(coverage.lines, 'line')} read"]
    if coverage.accesses:
        partly = f", {number(coverage.partly)} of them partly" if coverage.partly else ""
        resolved = f"{number(coverage.resolved)} of {plural(coverage.accesses, 'file access', 'file accesses')} resolved"
        parts.append(f"{resolved} ({percent(coverage.share)}){partly}")
    else:
        parts.append("no file access seen")
    if coverage.dynamic:
        parts.append(f"{plural(coverage.dynamic, 'dynamic look-up')} could hide a use")
    return " · ".join(parts)


def recovered(edges: DeclaredEdges) -> str:
    """`recovers 83 % of your declared edges by itself (40 of 48): dvc 30 of 36, make 10 of 12`; "" when nothing is declared."""
    if not edges.declared:
        return ""
    counted = f"{number(edges.recovered)} of {number(edges.declared)}"
    if edges.declared < 5:
        return f"recovers {counted} declared edge{'s' if edges.declared > 1 else ''} by itself"
    said = f"recovers {percent(edges.share)} of your declared edges by itself ({counted})"
    several = edges.by_mechanism if len(edges.by_mechanism) > 1 else ()
    parts = ", ".join(f"{visible(name)} {number(found)} of {number(declared)}" for name, declared, found in several)
    return f"{said}: {parts}" if parts else said


def worth_knowing(coverage: Coverage) -> tuple[Blocker, ...]:
    """What several accesses wait for; when each waits for something else, the first three."""
    several = tuple(blocker for blocker in coverage.most_helpful if blocker.accesses > 1)
    return several[:5] or coverage.most_helpful[:3]


def helpful(blocker: Blocker, length: int = 200) -> str:
    """`parameter `path` of load_table (io.py:12): 14 accesses – pass it in a checked-in command`."""
    head = f"{clipped(blocker.what, length)} ({elided(str(blocker.site), 90)})"
    return f"{head}: {plural(blocker.accesses, 'access', 'accesses')} – {clipped(blocker.advice, length)}"


def missing(not_analysed: Iterable[NotAnalysed], names: int = 5) -> list[tuple[str, int, tuple[str, ...]]]:
    """(reason, how many files, the first `names` of them), most frequent reason first."""
    paths: dict[str, list[str]] = {}
    for entry in sorted(not_analysed, key=lambda entry: (entry.reason, entry.path)):
        paths.setdefault(visible(entry.reason), []).append(visible(entry.path))
    ordered = sorted(paths.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(reason, len(found), tuple(found[:names])) for reason, found in ordered]


def merged(pairs: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """(word, count) pairs with equal words added up, most frequent first."""
    total: Counter[str] = Counter()
    for word, count in pairs:
        total[visible(word)] += count
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))
