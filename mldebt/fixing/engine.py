"""Fixes planned, made and proved: what a second scan does not confirm is taken back."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from mldebt.fixing.fixers import EXPOSED_BY_DELETING, fixer_of
from mldebt.fixing.model import Fix, NotFixableError, Refusal, Target, in_order
from mldebt.fixing.notebook_text import changed_notebook
from mldebt.fixing.rescan import Scanner
from mldebt.fixing.source_text import source_text
from rules.suppressions import Suppressions

MAX_PASSES = 5
MAX_ROUNDS = 12
MAX_ALONE = 8
"""So many fixes are tried one by one when one of them brings a new finding; each costs a scan."""
_BRINGS = "it would bring a new finding"

Wanted = Callable[[Finding], bool]


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    before: dict[str, bytes | None] = field(default_factory=dict)
    """Path → the bytes of each changed file as they are, None when it is new."""
    after: dict[str, bytes] = field(default_factory=dict)
    fixed: list[Fix] = field(default_factory=list)
    unsafe: list[Fix] = field(default_factory=list)
    """Not made, because they were not asked for."""
    refused: list[Refusal] = field(default_factory=list)
    exposed: list[Finding] = field(default_factory=list)
    """Dead code that the fixes bring to light."""


def fix(scanner: Scanner, wanted: Wanted, *, unsafe: bool) -> Outcome:
    """Fix the findings that are `wanted` and fixable, again until nothing more comes to light. Writes nothing."""
    outcome = Outcome()
    graph, findings = scanner.scan({})
    first = {finding.fingerprint for finding in findings}
    doubtful: dict[str, None] = {}
    for _pass in range(MAX_PASSES + MAX_ALONE):
        suppressions = Suppressions(graph, date.today())
        chosen = (finding for finding in findings if not finding.is_suppressed and wanted(finding))
        plan = [each for finding in chosen for each in _planned(graph, suppressions, finding)]
        outcome.unsafe = [each for each in plan if isinstance(each, Fix) and not each.is_safe and not unsafe]
        known = {refusal.finding.fingerprint for refusal in outcome.refused}
        outcome.refused += [each for each in plan if isinstance(each, Refusal) and each.finding.fingerprint not in known]
        fixes = [each for each in plan if isinstance(each, Fix) and (each.is_safe or unsafe) and each.finding.fingerprint not in known]
        sure = [each for each in fixes if each.finding.fingerprint not in doubtful]
        fixes = sure if sure and _pass < MAX_PASSES else fixes[:1]  # of several that could have brought a new finding each is tried alone
        if not fixes:
            break
        proved, suspects, graph, findings = _proved(scanner, outcome, fixes, findings)
        doubtful.update(dict.fromkeys(suspects))
        if not proved and not doubtful:
            break
        outcome.fixed += proved
    made = {each.finding.fingerprint for each in outcome.fixed}
    outcome.exposed = [finding for finding in findings if finding.fingerprint not in first | made and not finding.is_suppressed]
    outcome.after = {path: data for path, data in outcome.after.items() if data != outcome.before[path]}
    return outcome


def _planned(graph: SystemGraph, suppressions: Suppressions, finding: Finding) -> Iterator[Fix | Refusal]:
    fixer = fixer_of(finding.rule)
    if fixer is None:
        return
    try:
        _refuse_suppressed(suppressions, finding)
        yield fixer(graph, finding)
    except NotFixableError as error:
        yield Refusal(finding, str(error))


def _refuse_suppressed(suppressions: Suppressions, finding: Finding) -> None:
    """Raise NotFixableError when a suppression stands at any place that the finding is made of or proved by."""
    sites = (*finding.locations, *(piece.site for piece in finding.evidence if piece.site is not None))
    for site in dict.fromkeys(sites):
        if suppressions.apply(replace(finding, locations=(site,))).is_suppressed:
            raise NotFixableError(f"a part of it is suppressed ({site})")


def _proved(
    scanner: Scanner, outcome: Outcome, fixes: list[Fix], findings: Iterable[Finding]
) -> tuple[list[Fix], list[str], SystemGraph, tuple[Finding, ...]]:
    """The fixes that hold, made in `outcome.after`, the fingerprints of those of which one does not, and the scan that shows it."""
    old = {finding.fingerprint for finding in findings}
    suspects: list[str] = []
    for _round in range(MAX_ROUNDS):
        changed = _made(scanner, outcome, fixes)
        try:
            graph, after = scanner.scan({**outcome.after, **changed})
        except NotFixableError as error:
            outcome.refused += [Refusal(each.finding, str(error)) for each in fixes]
            fixes = []
            continue
        bad = dict(_disproved(fixes, old, after, changed))
        if not bad:
            outcome.after.update(changed)
            return fixes, suspects, graph, after
        suspected = [each for number, each in enumerate(fixes) if bad.get(number, "").startswith(_BRINGS)]
        if 1 < len(suspected) <= MAX_ALONE and not suspects:
            suspects = [each.finding.fingerprint for each in suspected]
        else:
            suspected = []
        outcome.refused += [
            Refusal(each.finding, bad[number]) for number, each in enumerate(fixes) if number in bad and each not in suspected
        ]
        fixes = [each for number, each in enumerate(fixes) if number not in bad]
    outcome.refused += [Refusal(each.finding, "it could not be proved in time") for each in fixes]
    graph, after = scanner.scan(outcome.after)
    return [], suspects, graph, after


def _disproved(fixes: list[Fix], old: set[str], after: tuple[Finding, ...], changed: Mapping[str, bytes]) -> Iterator[tuple[int, str]]:
    """(number of a fix, why it does not hold)."""
    there = {finding.fingerprint for finding in after if not finding.is_suppressed}
    new = [finding for finding in after if finding.fingerprint not in old and not finding.is_suppressed]
    wrong = [finding for finding in new if finding.rule not in EXPOSED_BY_DELETING]
    for number, each in enumerate(fixes):
        paths = {target.path for target in each.targets}
        if each.finding.fingerprint in there:
            yield number, "the finding is still there after the edit"
        else:
            for finding in wrong:
                touched = {site.path for site in finding.locations}
                if paths & touched or not touched & changed.keys():
                    yield number, f"{_BRINGS}: {finding.rule} {finding.message}"
                    break


def _made(scanner: Scanner, outcome: Outcome, fixes: list[Fix]) -> dict[str, bytes]:
    """The bytes of the changed files. Fixes that cannot be made are taken out of `fixes` and noted as refused."""
    while True:
        by_path: dict[str, list[Target]] = defaultdict(list)
        owner = {id(target): each for each in fixes for target in each.targets}
        for each in fixes:
            for target in each.targets:
                by_path[target.path].append(target)
        changed: dict[str, bytes] = {}
        failed: tuple[Fix, str] | None = None
        for path, targets in by_path.items():
            try:
                changed[path] = _edited(scanner, outcome, path, targets)
            except _TargetError as error:
                failed = (owner[id(error.target)], str(error))
                break
        if failed is None:
            return changed
        fixes.remove(failed[0])
        outcome.refused.append(Refusal(failed[0].finding, failed[1]))


class _TargetError(Exception):
    def __init__(self, target: Target, reason: str) -> None:
        super().__init__(reason)
        self.target = target


def _edited(scanner: Scanner, outcome: Outcome, path: str, targets: list[Target]) -> bytes:
    ordered = in_order(targets)
    try:
        if path not in outcome.before:
            outcome.before[path] = scanner.bytes_of(path)
        data = start = outcome.after.get(path, outcome.before[path] or b"")
        begun = source_text(start).text if path.endswith(".py") else ""
    except NotFixableError as error:
        raise _TargetError(ordered[0], str(error)) from None
    for target in ordered:
        try:
            if hasattr(target.change, "before"):
                target.change.before = begun
            if target.cell is not None:
                data = changed_notebook(data, target.cell, target.change)
            else:
                data = source_text(data, python=path.endswith(".py")).changed(target.change).encoded()
            _parsed(path, data)
        except (NotFixableError, SyntaxError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, NotFixableError) else f"the result would not parse ({error})"
            raise _TargetError(target, reason) from None
    return data


def _parsed(path: str, data: bytes) -> None:
    """Raises SyntaxError or ValueError for what is no Python, no JSON."""
    if path.endswith(".py"):
        ast.parse(data)
    elif path.endswith(".ipynb"):
        json.loads(data)
