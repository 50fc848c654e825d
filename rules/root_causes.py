"""Root causes: what goes away when another finding is repaired is folded under it.

Deleting a dead island, or a copy that was replaced, deletes all debts in its files; one parametrised step in place of a family of copies
ends the shared code of these files; a declared pipeline ends the order in file names of its steps; a command whose file a commit removed is
a command whose file is not there. That a file is part of a larger cluster
explains nothing else: a personal path in a step stays there when the pipeline is declared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analyzer.model import Finding

_COPIES = frozenset({"GLU004", "OWN006"})
_ORDERS = frozenset({"JGL001", "JGL003"})
_EXPLAINED: Mapping[tuple[str, str], tuple[int, frozenset[str]]] = {
    ("DXP004", "island"): (0, frozenset()),
    ("DXP005", "copies"): (1, frozenset()),
    ("JGL006", "steps"): (2, _COPIES),
    ("OWN006", "files"): (3, frozenset({"GLU004"})),
    ("JGL001", "pipeline"): (4, _ORDERS),
    ("JGL003", "series"): (4, _ORDERS),
    ("DXP007", "script"): (5, frozenset({"JGL011"})),
}
"""(rule, kind of its subject) → its order among the causes, and the rules whose findings inside its files it explains; none named: all."""
_NO_CAUSE = (9, frozenset[str]())


@dataclass(frozen=True, slots=True)
class _Root:
    index: int
    finding: Finding
    files: frozenset[str]
    rank: tuple[int, int, int]
    """Less is stronger."""

    def explains(self, finding: Finding, files: frozenset[str]) -> bool:
        _, rules = _EXPLAINED[_kind(self.finding)]
        hidden = self.finding.is_tentative and not finding.is_tentative  # what is listed must not go below what is not
        return (not rules or finding.rule in rules) and files <= self.files and not hidden


def folded(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in the same order, each with the fingerprint of the one that explains it (`folded_under`), if any does.

    Nothing is folded under what is itself folded or suppressed, nothing that is suppressed is folded, and nothing that counts under what
    is tentative.
    """
    files = [frozenset(site.path for site in finding.locations) for finding in findings]
    by_path: dict[str, list[_Root]] = defaultdict(list)
    for cause in _roots(findings, files):
        for path in cause.files:
            by_path[path].append(cause)
    above: dict[int, int] = {}
    for index, finding in enumerate(findings):
        root = None if finding.is_suppressed or not files[index] else _root_of(index, finding, files[index], by_path)
        if root is not None:
            above[index] = root.index
    return tuple(
        replace(finding, folded_under=findings[_top(index, above)].fingerprint) if index in above else finding
        for index, finding in enumerate(findings)
    )


def _kind(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.subject.kind


def _top(index: int, above: Mapping[int, int]) -> int:
    while index in above:  # a cause is stronger than what it explains, so this ends
        index = above[index]
    return index


def root_causes_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings in the same order, except that one that is folded comes right after the one that explains it."""
    below: dict[str, list[Finding]] = defaultdict(list)
    there = {finding.fingerprint for finding in findings}
    for finding in findings:
        if finding.folded_under in there:
            below[finding.folded_under].append(finding)
    return tuple(each for finding in findings if finding.folded_under not in there for each in (finding, *_taken(below, finding)))


def _taken(below: dict[str, list[Finding]], finding: Finding) -> list[Finding]:
    return below.pop(finding.fingerprint, [])  # once, should two findings have one fingerprint


def _roots(findings: Sequence[Finding], files: Sequence[frozenset[str]]) -> Iterator[_Root]:
    for index, finding in enumerate(findings):
        if _kind(finding) in _EXPLAINED and not finding.is_suppressed and files[index]:
            # of a copy and its original the first place is the one that nothing uses
            mine = frozenset({finding.locations[0].path}) if finding.rule == "DXP005" else files[index]
            yield _Root(index, finding, mine, (_EXPLAINED[_kind(finding)][0], -len(mine), index))


def _root_of(index: int, finding: Finding, files: frozenset[str], by_path: Mapping[str, Sequence[_Root]]) -> _Root | None:
    """The strongest cause that explains the finding and is stronger than the finding itself, were it a cause."""
    own = (_EXPLAINED.get(_kind(finding), _NO_CAUSE)[0], -len(files), index)
    around = [root for root in by_path.get(min(files), ()) if root.index != index and root.rank < own and root.explains(finding, files)]
    return min(around, key=lambda root: root.rank, default=None)
