"""How old dead lines are: `git blame`, asked for those findings that count and whose rule says that age strengthens them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from analyzer.graph.churn import day
from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import History
from analyzer.history.line_ages import LineAge, LineAges, line_ages
from analyzer.model import Evidence, Finding, Site

DEADLINE = 2.0
"""Seconds for all files together: a scan does not wait longer for what is only a piece of evidence."""
UNCOMMITTED = "0" * 40


def with_ages(root: Path, graph: SystemGraph, findings: Sequence[Finding], dated: Collection[str]) -> tuple[Finding, ...]:
    """The findings of the rules `dated` with a piece of evidence that tells when their lines were last changed, and what went on since.

    Tentative and suppressed ones are left as they are, and all without a whole history; so are cells of notebooks, whose lines in the file
    are others.
    """
    history = graph.history
    if history is None or history.gap or graph.history_gap:
        return tuple(findings)
    asked = {id(finding) for finding in findings if finding.rule in dated and not (finding.is_tentative or finding.is_suppressed)}
    wanted: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for finding in findings:
        if id(finding) in asked:
            for site in finding.locations:
                if site.cell is None:
                    wanted[site.path].add(_span(site))
    if not wanted:
        return tuple(findings)
    ages = line_ages(root, {path: tuple(sorted(spans)) for path, spans in wanted.items()}, DEADLINE)
    return tuple(_dated(finding, history, ages) if id(finding) in asked else finding for finding in findings)


def _span(site: Site) -> tuple[int, int]:
    return site.line, max(site.line, site.end_line)


def _dated(finding: Finding, history: History, known: LineAges) -> Finding:
    site = finding.locations[0]
    told = known.lines.get(site.path, {}) if site.cell is None else {}
    first, last = _span(site)
    lines = [told[line] for line in range(first, last + 1) if line in told]
    if len(lines) != last + 1 - first or any(age.sha.startswith(UNCOMMITTED) for age in lines):
        return finding
    piece = Evidence(_told(max(lines, key=lambda age: age.time), history, site.path), site)
    return replace(finding, evidence=(*finding.evidence[:1], piece, *finding.evidence[1:]))


def _told(youngest: LineAge, history: History, path: str) -> str:
    since = history.commits_since(path, youngest.time)
    went_on = f"{since} commit{'' if since == 1 else 's'} changed the file since" if since else "nothing changed the file since"
    by = _names(history, youngest.sha) if history.names else ""
    return f"these lines were last changed on {day(youngest.time)} (commit {youngest.sha[:10]}{f' by {by}' if by else ''}); {went_on}"


def _names(history: History, sha: str) -> str:
    return next((history.named(commit.people) for commit in history.commits if commit.sha == sha), "")
