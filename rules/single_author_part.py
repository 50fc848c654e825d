"""OWN007."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from analyzer.graph.churn import day
from analyzer.graph.parts import Part, entry_sites, production_parts
from analyzer.graph.sole_parts import SHARE, SolePart, needed_modules, sole_parts, spread
from analyzer.graph.system import Module, SystemGraph
from analyzer.history.authorship import Hands, History
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule

_COMMITS = 20
_GONE_DAYS = 180
_MAX_CHAIN = 3
_MAX_PLACES = 20
_PEOPLE = 3
"""Of two people each has parts of their own: that is how they share the work."""
_WHOLE_COMMITS = 50
_PLACES_EACH = 4
_PLACES_ALL = 40
_MAX_TOLD = 15


class SingleAuthorPart(Rule):
    """
    One person made nearly all changes of a part that production depends on, in a repository that has others.

    Avelino et al. (ICPC 2016) found that 65 % of 133 popular systems stop when two people leave; Bird et al. (FSE 2011) that ownership
    measures go with failures. In ML systems the part is typically the model's own code: "when ML packages are developed in an ivory-tower
    setting, the result may appear like black boxes to the teams that employ them in practice" (Sculley et al. 2015, §4). Found are
    folders of modules that a live root reaches, with 20 commits or more of which one person made 90 %, from the git history: `.mailmap`,
    `Co-authored-by` and `.git-blame-ignore-revs` are honoured, merges, robots and mass changes are not counted, all files of the folder
    are, data and those that are gone as well. Of nested folders the outermost is told.

    Less sure, and one finding of class C for all of them: smaller folders (from 5 commits on) and single files (from 10) which production
    runs, or which what trains or serves imports (or any program, where nothing is seen to run in production); also those of which one
    person made half, and alone worked on in the last 24 months of the work on them, when whoever knew them before has gone. Where one
    person made 90 % of all there is and production runs it, that alone is told.

    The finding gives figures and names nobody (`--names` does). It abstains, and says so, without a whole history, on imported history,
    and where most commits are squashed pull requests that credit one person each.

    Exempt: a repository, or a project of a collection, that is one person's altogether and that nobody else ever worked on (the metric
    M-BUS tells that; a login that a machine came with is nobody else); evaluations, and folders with a README of their own, that only
    people or their own shell scripts start and nobody else imports; small parts in a repository of two people; tests, notebooks,
    experiments, vendored and generated files; a part that CODEOWNERS gives to a team or to two owners.

    Known false positives: a part whose files were moved and renamed at once: what others did before belongs to their old names (a file
    renamed where it stands is followed when one commit renames no other of its kind there).
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
        needed = needed_modules(graph)
        history = graph.whole_history(self.code) if needed else None
        if history is None:
            return
        whole = history.hands()
        if whole.share >= SHARE:
            yield from self._of_the_repository(graph, history, whole)
            return
        parts = list(self._large_parts(graph, history))
        for part, hands in parts:
            yield self._finding(graph, history, part, hands, whole)
        if whole.people >= _PEOPLE:
            yield from self._small_parts(graph, history, needed, [part.folder for part, _ in parts])

    def _large_parts(self, graph: SystemGraph, history: History) -> Iterator[tuple[Part, Hands]]:
        told = ""
        for part in production_parts(graph):  # a folder stands before what lies in it
            if told and part.folder.startswith(told + "/"):
                continue
            code = history.hands(history.with_former(part.paths))
            if code.commits < _COMMITS or code.share < SHARE:
                continue
            hands = history.hands(history.below(part.folder))
            if hands.share < SHARE:  # what is data, or is gone, was somebody's work as well
                continue
            told = part.folder
            if _has_owners(graph, part.paths) or _is_one_persons_project(graph, history, part.modules[0]):
                continue
            reason = history.distrust(part.paths)
            if reason:
                graph.abstain(self.code, f"`{part.folder}`: {reason}")
                continue
            yield part, hands

    def _finding(self, graph: SystemGraph, history: History, part: Part, hands: Hands, whole: Hands) -> Finding:
        has_left = hands.left_days >= _GONE_DAYS
        places = entry_sites(graph, part.modules)
        order = sorted(range(len(places)), key=lambda n: (-history.commits_touching([part.modules[n].path], None), places[n]))
        entries = [places[n] for n in order[:_MAX_PLACES]]
        return self.found(
            f"One person made {hands.alone} of the {hands.commits} commits ({hands.share:.0%}) on `{part.folder}`, "
            "which production depends on",
            Subject("folder", part.folder),
            dict.fromkeys([*entries, *(Site(site.path, 1) for site in entries)]),
            _evidence(history, part, hands, whole),
            severity=Severity.medium if has_left else Severity.low,
            members=len(part.modules),
        )

    def _small_parts(
        self, graph: SystemGraph, history: History, needed: dict[str, tuple[Module, Evidence]], told: list[str]
    ) -> Iterator[Finding]:
        """One finding for all folders and files that are too small for one of their own."""
        parts: list[SolePart] = []
        for part in sole_parts(history, [module for module, _ in needed.values()], told):
            paths = [module.path for module in part.modules]
            if not (_has_owners(graph, paths) or _is_anothers_example(graph, history, part.modules[0]) or history.distrust(paths)):
                parts.append(part)
        if not parts:
            return
        parts.sort(key=lambda part: (-part.hands.commits, part.place))
        first = ", ".join(f"`{part.place}`" for part in parts[:3])
        more = f" and {len(parts) - 3} more" if parts[3:] else ""
        need = "that production, the training or the programs need"
        subject = f"{len(parts)} parts {need} were each" if parts[1:] else f"A part {need} was"
        places = [site for part in parts for site in spread(history, part.modules, _PLACES_EACH)]
        yield self.found(
            f"{subject} changed by one person, hardly by anybody else: {first}{more}",
            Subject("folders", "small parts of one person"),
            places[:_PLACES_ALL],
            _told(history, parts, needed),
            confidence=Confidence.C,
            items=len(parts),
            members=len(parts),
        )

    def _of_the_repository(self, graph: SystemGraph, history: History, whole: Hands) -> Iterator[Finding]:
        """Nearly all is one person's, production runs it, and there are others who could know it."""
        modules = [module for part in production_parts(graph) for module in part.modules if "/" not in part.folder]
        modules = [module for module in modules if graph.archetype_of(module.path) != "tutorial"]
        if not modules or whole.people < 2 or whole.commits < _WHOLE_COMMITS or _has_owners(graph, [m.path for m in modules]):
            return
        reason = history.distrust(module.path for module in modules)
        if reason:
            graph.abstain(self.code, reason)
            return
        rest = "one other person" if whole.people == 2 else f"{whole.people - 1} others"
        shortest = min((module.production for module in modules), key=len)
        yield self.found(
            f"One person made {whole.alone} of the {whole.commits} commits ({whole.share:.0%}) of the repository, and production runs "
            f"{len(modules)} of its modules",
            Subject("repository", "one person"),
            spread(history, [module for module, _ in needed_modules(graph).values()], _PLACES_ALL),
            [
                Evidence(f"since {day(whole.since)} {rest} made {whole.commits - whole.alone} of {whole.commits} commits"),
                *_called(history, whole),
                *shortest[:_MAX_CHAIN],
            ],
            confidence=Confidence.C,
            severity=Severity.medium if whole.left_days >= _GONE_DAYS else Severity.low,
            members=len(modules),
        )


def _told(history: History, parts: list[SolePart], needed: dict[str, tuple[Module, Evidence]]) -> Iterator[Evidence]:
    people = len({part.hands.busiest for part in parts})
    if parts[1:]:
        yield Evidence(f"they are the parts of {people} people" if people > 1 else "they are all the parts of one and the same person")
    for part in parts[:_MAX_TOLD]:
        hands = part.hands
        when = f"in the last 24 months of the work on it, since {day(hands.since)}," if part.is_late else f"since {day(hands.since)}"
        left = f"; that person's last commit is {hands.left_days} days older than the newest" if hands.left_days >= _GONE_DAYS else ""
        why = needed[part.modules[0].path][1].text
        name = history.named([hands.busiest])
        who = f" ({name})" if name else ""
        yield Evidence(
            f"`{part.place}`: {when} one person{who} made {hands.alone} of {hands.commits} commits{left}; {why}",
            Site(part.modules[0].path, 1),
        )


def _called(history: History, hands: Hands) -> Iterator[Evidence]:
    if name := history.named([hands.busiest]):
        yield Evidence(f"that person is {name}")


def _has_owners(graph: SystemGraph, paths: Collection[str]) -> bool:
    """Does CODEOWNERS name a team or two owners for each of its files?"""
    owners = [graph.owners.get(path, ()) for path in paths]
    return all(len(named) > 1 or any("/" in owner for owner in named) for named in owners)


def _is_one_persons_project(graph: SystemGraph, history: History, module: Module) -> bool:
    """Does it belong to a project of its own in a collection, which is one person's altogether?"""
    project = module.project
    return bool(project) and history.hands(m.path for m in graph.living() if m.project == project).share >= SHARE


def _is_anothers_example(graph: SystemGraph, history: History, module: Module) -> bool:
    """The same, of a project that is no application of its own."""
    return graph.archetype_of(module.path) != "application" and _is_one_persons_project(graph, history, module)


def _evidence(history: History, part: Part, hands: Hands, whole: Hands) -> Iterator[Evidence]:
    others = {1: "nobody else changed it", 2: "one other person made the rest"}.get(
        hands.people, f"{hands.people - 1} others made the rest"
    )
    since = day(hands.since)
    yield Evidence(
        f"since {since} {hands.alone} of {hands.commits} commits on all that the folder held are one person's alone; {others} "
        f"(in the whole repository the busiest of {whole.people} people made {whole.share:.0%} of {whole.commits})"
    )
    yield from _called(history, hands)
    if hands.left_days >= _GONE_DAYS:
        yield Evidence(f"that person's last commit is {hands.left_days} days older than the newest commit of the repository")
    yield from min((module.production for module in part.modules), key=len)[:_MAX_CHAIN]
