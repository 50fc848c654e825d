"""OWN005."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.parts import entry_sites
from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import DAY, History, core
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.train_serve_sides import Boundary, boundaries

_GONE_DAYS = 180
_SERVE_COMMITS = 5
_TRAIN_TOUCHES = 20
_MAX_PLACES = 10


class OrphanedTrainer(Rule):
    """
    The model is served and changed around, and everybody who wrote its training code has left.

    Nobody who is still here has ever changed the training in earnest, so the next model begins with finding out how the last one was made:
    "the result may appear like black boxes to the teams that employ them in practice" (Sculley et al. 2015, §4). Where a model or feature
    artifact links two components each such pair is looked at, else the repository. Found from the git history: those who hold 80 % of the
    touches of the training (and feature) modules have no commit anywhere in the last 180 days, while people changed the serving side in
    5 commits or more. Days count back from the newest commit, not from today.

    It gives figures and names nobody (`--names` does). It abstains, and says so, without a whole history, on imported history, and where
    most commits are squashed pull requests that credit one person each.

    Exempt: libraries and tutorials; repositories in which the serving side rests as well; training code that CODEOWNERS gives to a team;
    training sides of fewer than 20 touches.

    Known false positives: people who go on under another name or address that nothing ties to the first.
    """

    code = "OWN005"
    name = "orphaned-trainer"
    severity = Severity.medium
    confidence = Confidence.B
    cost = Cost(base=240, per_item=0, friction=30)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §4; Avelino et al., ICPC 2016"
    remedy = (
        "Give the training code an owner (a team in CODEOWNERS), and let that owner retrain the model once from a clean checkout and write "
        "down what was missing, before it has to be done in a hurry."
    )
    on_by_default = False
    # Only a git history can show who left, so there is no BAD example of files; the rule's own test tells histories.
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
        for boundary in pairs:
            finding = self._judge(graph, history, boundary)
            if finding is not None:
                yield finding

    def _judge(self, graph: SystemGraph, history: History, boundary: Boundary) -> Finding | None:
        # what does both trains with what it serves: whoever changes the one changes the other
        train = frozenset(m.path for m in boundary.train) - frozenset(m.path for m in boundary.serve)
        touches = history.touches(train)
        total, knowing = sum(touches.values()), core(touches)
        since = history.newest - _GONE_DAYS * DAY
        serving = history.commits_touching((m.path for m in boundary.serve), _GONE_DAYS)
        if total < _TRAIN_TOUCHES or serving < _SERVE_COMMITS or any(history.last_work[who] >= since for who in knowing):
            return None
        if all(any("/" in owner for owner in graph.owners.get(path, ())) for path in train):
            return None
        reason = history.distrust(train)
        if reason:
            graph.abstain(self.code, f"{boundary.label}: {reason}")
            return None
        left = min((history.newest - history.last_work[who]) // DAY for who in knowing)
        here = sum(count for who, count in touches.items() if history.last_work[who] >= since) / total
        share = sum(touches[who] for who in knowing) / total
        modules = sorted((m for m in boundary.train if m.path in train), key=lambda m: (-history.commits_touching([m.path], None), m.path))
        people = "the one person who" if len(knowing) == 1 else f"all {len(knowing)} people who"
        return self.found(
            f"{people} made {share:.0%} of the training code left at least {left} days ago, while the serving code was changed "
            f"in {serving} commits of the last {_GONE_DAYS} days",
            Subject("training code", boundary.subject.id),
            entry_sites(graph, tuple(modules[:_MAX_PLACES])),
            [*_evidence(boundary, total, len(train), len(touches), here), *_people(history, knowing)],
            severity=Severity.high if here == 0 else Severity.medium,
            confidence=Confidence.B if boundary.components else Confidence.C,
            members=len(modules),
        )


def _people(history: History, knowing: frozenset[str]) -> Iterator[Evidence]:
    """Whom to ask, where names were asked for."""
    if names := history.named(knowing):
        yield Evidence(f"they are {names}")


def _evidence(boundary: Boundary, total: float, files: int, people: int, here: float) -> Iterator[Evidence]:
    yield Evidence(f"{total:.0f} touches of {files} training files by {people} people; those who are still here made {here:.0%} of them")
    yield Evidence(f"a person counts as left without a commit on any file in the {_GONE_DAYS} days before the newest commit")
    for edge in boundary.edges[:3]:
        yield Evidence(f"`{edge.artifact}` passes from the training to the serving side", edge.reader.site)
    if not boundary.edges:
        yield Evidence("no artifact was seen to pass from a training to a serving module, so the whole repository was compared")
    for modules, role in ((boundary.train, ("TRAIN", "FEATURE")), (boundary.serve, ("SERVE", "SCORE"))):
        yield next(module.roles[name] for module in modules for name in role if name in module.roles)
