"""The judging run: choose the rules, run them, apply in-line suppressions and settings, put root causes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Finding, Severity
from rules.base import Rule
from rules.root_causes import folded, root_causes_first
from rules.suppressions import SUPPRESSION_CARDS, Suppressions

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from analyzer.settings import Settings


def check(graph: SystemGraph, rules: Sequence[type[Rule]], settings: Settings, *, today: date | None = None) -> tuple[Finding, ...]:
    """Every finding of the chosen rules that `settings` let through, worst first, each before what it explains.

    `rules` are all rules there are; `chosen` picks those that run. Suppressed findings stay, marked as such. `today` decides which
    suppressions have expired (default: the current day).
    """
    running = chosen(rules, settings)
    suppressions = Suppressions(graph, today or date.today())
    found = [
        suppressions.apply(_placed(rule, _owned(graph, finding), settings, graph)) for rule in running for finding in rule().check(graph)
    ]
    known = [rule.code for rule in rules] + [card.code for card in SUPPRESSION_CARDS]
    ran = {rule.code for rule in running} | {card.code for card in SUPPRESSION_CARDS if is_chosen(card.code, settings, by_default=True)}
    own = suppressions.judge(ran, known, require_reasons=settings.require_reasons)
    found += [suppressions.apply(finding) for finding in own if finding.rule in ran]
    return root_causes_first(folded(sorted(_kept(_merged(found), settings), key=_order)))


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """What one rule says of one subject with one certainty as one finding: its first message, all places and all evidence."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.rule, finding.subject, finding.confidence, finding.report_only, finding.is_suppressed)
        groups.setdefault(key, []).append(finding)
    return [group[0] if len(group) == 1 else _united(group) for group in groups.values()]


def _united(group: Sequence[Finding]) -> Finding:
    return replace(
        group[0],
        severity=max(finding.severity for finding in group),
        locations=tuple(dict.fromkeys(site for finding in group for site in finding.locations)),
        evidence=tuple(dict.fromkeys(piece for finding in group for piece in finding.evidence)),
        owners=tuple(dict.fromkeys(owner for finding in group for owner in finding.owners)),
        minutes=max(finding.minutes for finding in group),
        members=sum(finding.members for finding in group),
    )


def _owned(graph: SystemGraph, finding: Finding) -> Finding:
    """The finding with the owners of its places, when CODEOWNERS names any and the rule named none."""
    if finding.owners or not graph.owners:
        return finding
    return replace(finding, owners=tuple(dict.fromkeys(owner for site in finding.locations for owner in graph.owners.get(site.path, ()))))


def _placed(rule: type[Rule], finding: Finding, settings: Settings, graph: SystemGraph) -> Finding:
    """The finding as it stands: of class C when its rule is not on by default (or not in such a project), and report-only when of class C.

    A rule that was asked for by its whole code is taken at its word.
    """
    if rule.code in settings.select:
        return finding
    is_sure = rule.on_by_default and not _is_quiet(rule, finding, graph)
    confidence = finding.confidence if is_sure else min(finding.confidence, Confidence.C)
    return replace(finding, confidence=confidence, report_only=confidence < Confidence.B)


def _is_quiet(rule: type[Rule], finding: Finding, graph: SystemGraph) -> bool:
    return bool(rule.tentative_in and finding.locations) and graph.archetype_of(finding.locations[0].path) in rule.tentative_in


def chosen(rules: Iterable[type[Rule]], settings: Settings) -> tuple[type[Rule], ...]:
    """The rules that run under `settings`, by code."""
    running = (rule for rule in rules if is_chosen(rule.code, settings, by_default=not rule.opt_in))
    return tuple(sorted(running, key=lambda rule: rule.code))


def is_chosen(code: str, settings: Settings, *, by_default: bool) -> bool:
    """`select` or `ignore`: the longer start of the code wins. An opt-in rule runs only if its whole code is selected."""
    selected = _longest(code, settings.select)
    ignored = _longest(code, settings.ignore)
    if selected < 0:
        return by_default and not settings.select and ignored < 0
    return selected > ignored and (by_default or selected == len(code))


def _longest(code: str, prefixes: Iterable[str]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=-1)


def _kept(findings: Iterable[Finding], settings: Settings) -> Iterator[Finding]:
    ignores = [(_spec(glob), prefixes) for glob, prefixes in settings.per_path_ignores.items()]
    for finding in findings:
        judged = _with_severity(finding, settings.severity)
        if judged.confidence < max(Confidence.C, settings.min_confidence) or judged.severity < settings.min_severity:
            continue
        if not any(_longest(finding.rule, prefixes) >= 0 and _lies_in(finding, spec) for spec, prefixes in ignores):
            yield judged


def _with_severity(finding: Finding, overrides: Mapping[str, Severity]) -> Finding:
    prefix = max((prefix for prefix in overrides if finding.rule.startswith(prefix)), key=len, default=None)
    return finding if prefix is None else replace(finding, severity=overrides[prefix])


def _spec(glob: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([glob])


def _lies_in(finding: Finding, spec: GitIgnoreSpec) -> bool:
    return bool(finding.locations) and spec.match_file(finding.locations[0].path)


def _order(finding: Finding) -> tuple[bool, int, int, str, int, int, str, str]:
    first = finding.locations[0] if finding.locations else None
    path, cell, line = (first.path, -1 if first.cell is None else first.cell, first.line) if first else ("", -1, 0)
    return (finding.is_suppressed, -finding.severity, -finding.confidence, path, cell, line, finding.rule, finding.subject.id)
