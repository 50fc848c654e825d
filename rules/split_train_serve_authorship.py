"""OWN001."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from analyzer.graph.sole_parts import spread
from analyzer.graph.system import Module, SystemGraph
from analyzer.history.authorship import History, Overlap
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site
from rules.base import Rule
from rules.train_serve_sides import Boundary, boundaries

_MAX_OVERLAP = 0.35
_MAX_JACCARD = 0.25
_HIGH_OVERLAP = 0.20
_HIGH_COCHANGE = 0.02
_HIGH_COMMITS = 20
_MIN_TOUCHES = 50
_MIN_CORE = 2
_MAX_IMPORTED = 0.6
_FEW_OVERLAP = 1 / 3
_FEW_COMMITS = 5
_FEW_WINDOWS = (730, None)
_FEW_TOUCHES = 20
_FEW_FILES = 3
_MIN_FILES_IMPORTED = 5  # "most files entered in one commit" says nothing about a side of a few files
_WINDOWS = (365, None)
_MAX_SHOWN = 5
_MAX_FILES = 10


class SplitTrainServeAuthorship(Rule):
    """
    The people who change the training code are not the people who change the serving code.

    "Glue code and pipeline jungles are symptomatic of integration issues that may have a root cause in overly separated 'research' and
    'engineering' roles" (Sculley et al. 2015, §4 and §8.4). Every change of the model then needs a meeting, and defects surface as skew,
    because the second author re-implements what the first only demonstrated.

    The two sides are the modules whose own code trains (or makes features for training) and those that serve or score; Dockerfiles,
    charts and CI files are on neither. Where a model or feature artifact links two components, each such pair is measured, else the
    repository. From the git history: O = Σ over authors of the smaller of their two shares, J = Jaccard index of the two cores (the
    fewest authors with 80 % of the touches), κ = commits that touch both sides / commits that touch either. It fires at O ≤ 0.35 and
    J ≤ 0.25, in the last 365 days where they say enough, else over all time; high at O ≤ 0.20, or κ ≤ 0.02 with 20 commits a side.

    Below 50 touches a side, or where one person makes 80 % of a side, it is less sure (class C): who moves on, or is one of a few, tells
    little of how a team works. There it fires at O ≤ 1/3 and J ≤ 0.25 from 5 commits a side on, in the last 24 months or over all time, and
    only where an artifact passes from the one side to the other, or each has 3 files and 20 touches.

    It measures, it does not rank: authors are numbered in the order in which they first appear (`--names` names them). It abstains, and
    says so, without a whole history, when more than 60 % of the code files entered in one commit, when most commits are squashed pull
    requests that credit one person each, and below 5 commits a side.

    Exempt: tutorials, and libraries, unless they stand beside an application. With a contract for every artifact and a test that imports
    both sides it is only information.

    Known false positives: a team that moves on from training to serving within the window; work that is committed by others than those
    who did it.
    """

    code = "OWN001"
    name = "split-train-serve-authorship"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=120, per_item=60, friction=30)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §4 and §8.4; Nahar et al., ICSE 2022"
    remedy = (
        "Put a reviewer of the other side on every change of the boundary files (CODEOWNERS names both teams), move the transformation "
        "into one package that both sides import, and add a contract test for each artifact that crosses."
    )
    # Only a git history can show the split, so there is no BAD example of files; the rule's own test tells histories.
    GOOD = (
        {
            "train.py": "from sklearn.svm import SVC\n\nSVC().fit([[0], [1]], [0, 1])\n",
            "app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef score():\n    return 1\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        pairs = boundaries(graph)
        history = graph.whole_history(self.code) if pairs else None
        if history is None:
            return
        measured = [self._judge(graph, history, boundary) for boundary in pairs]
        yield from (finding for finding in measured if finding is not None)

    def _judge(self, graph: SystemGraph, history: History, boundary: Boundary) -> Finding | None:
        train, serve = boundary.sides
        windows = [(days, history.overlap(train, serve, days)) for days in _WINDOWS]
        telling = [(days, overlap) for days, overlap in windows if not _too_little(overlap)]
        few = [] if telling else _few(history, boundary)
        reason = _why_not(history, train, serve) or ("" if telling or few else _too_little(windows[-1][1]))
        if reason:
            graph.abstain(self.code, f"{boundary.label}: {reason}")
            return None
        split = [window for window in telling[:1] or few if _is_split(window[1], surely=bool(telling))]
        if not split:
            return None
        days, overlap = split[0]
        return self._finding(graph, history, boundary, overlap, days)

    def _finding(self, graph: SystemGraph, history: History, boundary: Boundary, overlap: Overlap, days: int | None) -> Finding:
        return self.found(
            f"Different people change {boundary.label}: their shares of the work overlap by {overlap.o:.0%}, "
            f"and {overlap.both} of {_either(overlap)} commits touch both",
            boundary.subject,
            _places(history, boundary),
            _evidence(graph, history, boundary, overlap, days),
            severity=_severity(graph, boundary, overlap),
            confidence=Confidence.C if _too_little(overlap) else self.confidence,
            items=len(boundary.artifacts),
        )


# ---- may the history be believed -----------------------------------------------------------------------------------------------------


def _why_not(history: History, train: frozenset[str], serve: frozenset[str]) -> str:
    """Why the history says nothing about who knows this code, "" when it does."""
    groups: list[frozenset[str] | None] = [None, *(side for side in (train, serve) if len(side) >= _MIN_FILES_IMPORTED)]
    share = max(history.imported_share(group) for group in groups)
    if share > _MAX_IMPORTED:
        return f"{share:.0%} of the code files entered in one commit, so the history was imported"
    return history.distrust(train | serve)


def _too_little(overlap: Overlap) -> str:
    for side, touches, core in (("training", overlap.touches_a, overlap.core_a), ("serving", overlap.touches_b, overlap.core_b)):
        if sum(touches.values()) < _MIN_TOUCHES:
            return f"the {side} side has {sum(touches.values()):.0f} touches, fewer than {_MIN_TOUCHES}"
        if len(core) < _MIN_CORE:
            return f"one person makes 80 % of the {side} side: bus factor 1, which is not a split"
    return ""


def _is_split(overlap: Overlap, *, surely: bool) -> bool:
    return overlap.o <= (_MAX_OVERLAP if surely else _FEW_OVERLAP) and overlap.jaccard <= _MAX_JACCARD


def _few(history: History, boundary: Boundary) -> list[tuple[int | None, Overlap]]:
    """Windows in which both sides were changed at all; what is on both sides tells nothing of a split where so little is known.

    Where no artifact passes between them, one or two files with a role are a sample of a side, not the side.
    """
    train, serve = boundary.sides
    apart = train - serve, serve - train
    if not boundary.edges and min(map(len, apart)) < _FEW_FILES:
        return []
    sides = history.with_former(apart[0]), history.with_former(apart[1])
    measured = [(days, history.overlap(*sides, days)) for days in _FEW_WINDOWS]
    return [(days, overlap) for days, overlap in measured if _is_enough(overlap, linked=bool(boundary.edges))]


def _is_enough(overlap: Overlap, *, linked: bool) -> bool:
    touches = min(sum(overlap.touches_a.values()), sum(overlap.touches_b.values()))
    return min(overlap.commits_a, overlap.commits_b) >= _FEW_COMMITS and (linked or touches >= _FEW_TOUCHES)


def _severity(graph: SystemGraph, boundary: Boundary, overlap: Overlap) -> Severity:
    if _is_contracted(graph, boundary) and _is_tested(graph, boundary):
        return Severity.info
    apart = overlap.cochange <= _HIGH_COCHANGE and min(overlap.commits_a, overlap.commits_b) >= _HIGH_COMMITS
    apart = overlap.o <= _HIGH_OVERLAP or apart
    return Severity.high if apart and not _too_little(overlap) else Severity.medium


def _is_contracted(graph: SystemGraph, boundary: Boundary) -> bool:
    return bool(boundary.artifacts) and not _without_contract(graph, boundary)


def _without_contract(graph: SystemGraph, boundary: Boundary) -> list[str]:
    consumer = boundary.components[1] if boundary.components else ""
    promised = [pattern for pattern, _, consumers in graph.contracts if not consumer or consumer in consumers]
    return [artifact for artifact in boundary.artifacts if not any(fnmatchcase(artifact, pattern) for pattern in promised)]


def _is_tested(graph: SystemGraph, boundary: Boundary) -> bool:
    """Does one test import code of both sides?"""
    train, serve = boundary.sides
    imported: dict[str, set[str]] = {}
    for link in graph.imports:
        importer = graph.modules.get(link.importer)
        if importer is not None and importer.is_test and link.target:
            imported.setdefault(link.importer, set()).add(link.target)
    return any(targets & train and targets & serve for targets in imported.values())


# ---- what is shown -------------------------------------------------------------------------------------------------------------------


def _places(history: History, boundary: Boundary) -> list[Site]:
    """Where each side shows what it does, then the files that it is."""
    shown = [_first_site(history, boundary.train, "TRAIN", "FEATURE"), _first_site(history, boundary.serve, "SERVE", "SCORE")]
    files = [site for side in (boundary.train, boundary.serve) for site in spread(history, side, _MAX_FILES)]
    return list(dict.fromkeys([*shown, *files]))


def _first_site(history: History, modules: Iterable[Module], *roles: str) -> Site:
    """Where the most changed module of a side shows its role."""
    module = min(modules, key=lambda m: (-history.commits_touching([m.path], None), m.path))
    return next((module.roles[role].site for role in roles if role in module.roles and module.roles[role].site), None) or module.site(1)


def _evidence(graph: SystemGraph, history: History, boundary: Boundary, overlap: Overlap, days: int | None) -> Iterator[Evidence]:
    most = _FEW_OVERLAP if _too_little(overlap) else _MAX_OVERLAP
    window = f"in the {days} days before the newest commit" if days else "over the whole history"
    yield Evidence(
        f"{window}: overlap of author shares O = {overlap.o:.2f} (at most {most:.2g}), Jaccard index of the cores "
        f"J = {overlap.jaccard:.2f} (at most {_MAX_JACCARD}), co-change κ = {overlap.both}/{_either(overlap)} = {overlap.cochange:.3f}"
    )
    yield _bar(history, "training", boundary.train, overlap.touches_a, overlap.core_a, overlap.commits_a)
    yield _bar(history, "serving", boundary.serve, overlap.touches_b, overlap.core_b, overlap.commits_b)
    if days and not _too_little(overlap):
        ever = history.overlap(*boundary.sides)
        cochange = f"{ever.both}/{_either(ever)} = {ever.cochange:.3f}"
        yield Evidence(f"over the whole history: O = {ever.o:.2f}, J = {ever.jaccard:.2f}, κ = {cochange}")
    bare = set(_without_contract(graph, boundary))
    for artifact in boundary.artifacts[:_MAX_SHOWN]:
        edge = next(edge for edge in boundary.edges if edge.artifact == artifact)
        lacks = "no contract names it" if artifact in bare else "a contract names it"
        yield Evidence(f"`{artifact}` crosses from training to serving; {lacks}", edge.reader.site)
    if little := _too_little(overlap):
        yield Evidence(f"not sure: {little}")
    if not boundary.edges:
        yield Evidence("no artifact was seen to pass from a training to a serving module, so the whole repository was compared")
    if history.squash_share() > 0.5:
        share = f"{history.squash_share():.0%}"
        yield Evidence(f"{share} of the commits are squashed pull requests; their co-authors are known from trailers only")


def _bar(
    history: History, side: str, modules: tuple[Module, ...], touches: Mapping[str, float], core: frozenset[str], commits: int
) -> Evidence:
    total = sum(touches.values())
    # in the order in which people first appear, never by how much they did: this compares two sides, not persons
    known = [(who, count) for who, count in touches.items() if who in core]
    shares = ", ".join(f"{history.called(who)} {count / total:.0%} ({count:.0f})" for who, count in known[:_MAX_SHOWN])
    rest = len(touches) - min(len(known), _MAX_SHOWN)
    return Evidence(
        f"{side} side: {total:.0f} touches of {len(modules)} files in {commits} commits by {len(touches)} people, "
        f"{len(core)} of them make 80 %: {shares}{f' and {rest} more' if rest > 0 else ''}",
        modules[0].site(1),
    )


def _either(overlap: Overlap) -> int:
    return overlap.commits_a + overlap.commits_b - overlap.both
