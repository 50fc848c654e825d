"""One scan from a path to a ScanResult: settings → graph → rules → weights. Prints nothing; the commands do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebt import __version__

if TYPE_CHECKING:
    from analyzer.graph.system import SystemGraph
    from analyzer.model import Finding, RuleCard
    from analyzer.result import ProjectKind, ScanResult
    from analyzer.settings import Settings

Progress = Callable[[str, int, int], None]


def settings_for(root: Path, config: Path | None, overrides: dict[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """The repository's settings with the command line's on top, and notes about them.

    `overrides` holds only what was said on the command line; a list there replaces the list of the file.
    Raises SettingsError for a bad file, a bad value, or a code that no rule has.
    """
    from analyzer.settings import read_settings, settings_of

    loaded = read_settings(root, config)
    settings = loaded.settings
    if overrides:
        asked = settings_of(overrides, "command line")
        settings = settings.model_copy(update={key: getattr(asked, key) for key in overrides})
    refuse_unknown_codes(settings)
    return settings, loaded.notes


def refuse_unknown_codes(settings: Settings) -> None:
    """Raise SettingsError when a code in the settings is no rule's: a typing error must not switch a rule off in silence."""
    from analyzer.settings import SettingsError, nearest

    known = [card.code for card in all_cards()]
    by_path = [code for codes in settings.per_path_ignores.values() for code in codes]
    named = [*settings.select, *settings.ignore, *settings.severity, *by_path]
    for name in named:
        if len(name) > 3 and not any(code.startswith(name) for code in known):
            raise SettingsError(f'no rule has the code "{name}"{nearest(name, known)} (mldebt rules lists them)')


def all_cards() -> tuple[RuleCard, ...]:
    """The card of every rule, and of the checks that the judging run makes of suppressions; by code."""
    from rules.registry import all_rules
    from rules.suppressions import SUPPRESSION_CARDS

    return tuple(sorted([*(rule.card() for rule in all_rules()), *SUPPRESSION_CARDS], key=lambda card: card.code))


def run(
    root: Path, settings: Settings, notes: tuple[str, ...] = (), progress: Progress | None = None, jobs: int = 0, *, names: bool = False
) -> ScanResult:
    """`run_with_graph` without the graph."""
    return run_with_graph(root, settings, notes, progress, jobs, names=names)[0]


def run_with_graph(
    root: Path, settings: Settings, notes: tuple[str, ...] = (), progress: Progress | None = None, jobs: int = 0, *, names: bool = False
) -> tuple[ScanResult, SystemGraph]:
    """Scan the repository at `root`. `jobs` is the number of reading processes, 0 means as many as pay; `names` lets evidence name people.

    Raises DiscoverError when the folder cannot be listed.
    """
    from analyzer.scan import scan_graph
    from mldebt.dating import with_ages
    from mldebt.reading import read_in_processes
    from mldebt.snippets import with_snippets
    from rules.checking import check, chosen, is_chosen
    from rules.metrics.registry import measure_all
    from rules.registry import all_rules
    from rules.suppressions import SUPPRESSION_CARDS
    from rules.weighing import weigh

    started = time.monotonic()
    graph = scan_graph(root, settings, progress, jobs, read_in_processes, names=names)
    rules = all_rules()
    findings = weigh(check(graph, rules, settings), graph)
    findings = with_ages(root, graph, findings, {rule.code for rule in rules if rule.dated})
    findings = with_snippets(root, findings, settings.limits.max_notebook_bytes)
    ran = [rule.card() for rule in chosen(rules, settings)]
    ran += [card for card in SUPPRESSION_CARDS if is_chosen(card.code, settings, by_default=True)]
    cards = tuple(sorted(ran, key=lambda card: card.code))
    result = result_of(graph, findings, cards, notes, time.monotonic() - started)
    return replace(result, metrics=measure_all(graph)), graph


def is_failure(result: ScanResult, settings: Settings) -> bool:
    """Is a finding that is neither suppressed, known nor report-only at or over `fail_on`?"""
    limit = settings.fails_at
    return limit is not None and any(f.severity >= limit and f.is_new and not (f.is_suppressed or f.report_only) for f in result.findings)


def result_of(
    graph: SystemGraph, findings: tuple[Finding, ...], ran: tuple[RuleCard, ...], notes: tuple[str, ...], seconds: float
) -> ScanResult:
    """What the reports may show of one scan; `ran` are the cards of the rules that ran, `notes` come before the graph's own."""
    from analyzer.result import Repository, ScanResult

    lines, files = graph.coverage.lines, graph.coverage.files
    return ScanResult(
        repositories=(Repository(path=".", name=graph.name, commit=graph.commit, files=files, lines=lines),),
        findings=findings,
        accesses=tuple(graph.accesses),
        artifacts=tuple(graph.artifacts.values()),
        units=tuple(graph.units.values()),
        components=tuple(graph.components.values()),
        edges=tuple(graph.edges),
        coverage=graph.coverage,
        not_analysed=tuple(graph.not_analysed),
        cards=ran,
        notes=(*notes, *graph.notes),
        version=__version__,
        seconds=seconds,
        skipped=graph.skipped,
        projects=_projects(graph),
    )


def _projects(graph: SystemGraph) -> tuple[ProjectKind, ...]:
    """The projects that hold Python, with what each was taken for."""
    from analyzer.result import ProjectKind

    lines: dict[str, int] = {}
    for module in graph.modules.values():
        lines[module.project] = lines.get(module.project, 0) + module.facts.lines
    return tuple(
        ProjectKind(root, project.name, project.archetype, "; ".join(each.text for each in project.archetype_evidence), lines[root])
        for root, project in graph.projects.items()
        if root in lines
    )
