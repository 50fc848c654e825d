"""OWN007."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.churn import day
from analyzer.graph.parts import Part, entry_sites, production_parts
from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import Hands, History
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule

_SHARE = 0.9
_COMMITS = 20
_GONE_DAYS = 180
_MAX_CHAIN = 3
_MAX_PLACES = 20


class SingleAuthorPart(Rule):
    """
    One person made nearly all changes of a part that production depends on, in a repository that has others.

    Avelino et al. (ICPC 2016) found that 65 % of 133 popular systems stop when two people leave; Bird et al. (FSE 2011) that ownership
    measures go with failures. In ML systems the part is typically the model's own code: "when ML packages are developed in an ivory-tower
    setting, the result may appear like black boxes to the teams that employ them in practice" (Sculley et al. 2015, §4). Found are
    folders of modules that a live root reaches, with 20 commits or more of which one person made 90 %, from the git history: `.mailmap`,
    `Co-authored-by` and `.git-blame-ignore-revs` are honoured, merges, robots and mass changes are not counted, all files of the folder
    are, data and those that are gone as well. Of nested folders the outermost is told.

    The finding gives figures and names nobody (`--names` does). It abstains, and says so, without a whole history, on imported history,
    and where most commits are squashed pull requests that credit one person each.

    Exempt: a repository, or a project of a collection, that is one person's altogether (the metric M-BUS tells that); tests,
    notebooks, experiments, vendored and generated files; a part that CODEOWNERS gives to a team or to two owners.

    Known false positives: a part whose files were moved and renamed at once: what others did before belongs to their old names.
    """

    code = "OWN007"
    name = "single-author-part"
    severity = Severity.low
    confidence = Confidence.B
    cost = Cost(base=240, per_item=0, friction=5)
    source = "Avelino et al., ICPC 2016; Bird et al., FSE 2011; Sculley et al. 2015, §4 (split research and engineering)"
    remedy = (
        "Let somebody else make the next change of this part, reviewed by the person who knows it; write down how the model is trained, "
        "evaluated and replaced; and name a second owner in CODEOWNERS."
    )
    on_by_default = False
    # Only a git history can show who wrote what, so there is no BAD example of files; the rule's own test tells histories.
    GOOD = ({"ranker/__init__.py": "", "ranker/model.py": "class Ranker:\n    pass\n"},)

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        parts = production_parts(graph)
        if not parts:
            return
        history = graph.whole_history(self.code)
        if history is None:
            return
        whole = history.hands()
        if whole.share >= _SHARE:
            return
        told = ""
        for part in parts:  # a folder stands before what lies in it
            if told and part.folder.startswith(told + "/"):
                continue
            code = history.hands(history.with_former(part.paths))
            if code.commits < _COMMITS or code.share < _SHARE:
                continue
            hands = history.hands(history.below(part.folder))
            if hands.share < _SHARE:  # what is data, or is gone, was somebody's work as well
                continue
            told = part.folder
            if _has_owners(graph, part) or _is_one_persons_project(graph, history, part):
                continue
            reason = history.distrust(part.paths)
            if reason:
                graph.abstain(self.code, f"`{part.folder}`: {reason}")
                continue
            yield self._finding(graph, history, part, hands, whole)

    def _finding(self, graph: SystemGraph, history: History, part: Part, hands: Hands, whole: Hands) -> Finding:
        has_left = hands.left_days >= _GONE_DAYS
        places = entry_sites(graph, part.modules)
        order = sorted(range(len(places)), key=lambda n: (-history.commits_touching([part.modules[n].path], None), places[n]))
        return self.found(
            f"One person made {hands.alone} of the {hands.commits} commits ({hands.share:.0%}) on `{part.folder}`, "
            "which production depends on",
            Subject("folder", part.folder),
            [places[n] for n in order[:_MAX_PLACES]],
            _evidence(history, part, hands, whole),
            severity=Severity.medium if has_left else Severity.low,
            members=len(part.modules),
        )


def _has_owners(graph: SystemGraph, part: Part) -> bool:
    """Does CODEOWNERS name a team or two owners for each of its files?"""
    owners = [graph.owners.get(path, ()) for path in part.paths]
    return all(len(named) > 1 or any("/" in owner for owner in named) for named in owners)


def _is_one_persons_project(graph: SystemGraph, history: History, part: Part) -> bool:
    """Does it belong to a project of its own in a collection, which is one person's altogether?"""
    project = part.modules[0].project
    return bool(project) and history.hands(m.path for m in graph.living() if m.project == project).share >= _SHARE


def _evidence(history: History, part: Part, hands: Hands, whole: Hands) -> Iterator[Evidence]:
    others = {1: "nobody else changed it", 2: "one other person made the rest"}.get(
        hands.people, f"{hands.people - 1} others made the rest"
    )
    since = day(hands.since)
    yield Evidence(
        f"since {since} {hands.alone} of {hands.commits} commits on all that the folder held are one person's alone; {others} "
        f"(in the whole repository the busiest of {whole.people} people made {whole.share:.0%} of {whole.commits})"
    )
    if name := history.named([hands.busiest]):
        yield Evidence(f"that person is {name}")
    if hands.left_days >= _GONE_DAYS:
        yield Evidence(f"that person's last commit is {hands.left_days} days older than the newest commit of the repository")
    yield from min((module.production for module in part.modules), key=len)[:_MAX_CHAIN]
