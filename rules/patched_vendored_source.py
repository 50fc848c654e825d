"""GLU007."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.provenance_facts import Origin
from rules.base import Rule
from rules.copied_functions import Exemptions
from rules.copied_parts import Changed, copied_parts, edited_vendored, replaced_at_run_time
from rules.severity import in_context

MIN_CHANGES = 2
"""Commits, the one that brought the file in included."""
MIN_STATEMENTS = 5
_SHOWN = 20
_MAX_LOCATIONS = 50
_DIRECTLY = 3
"""Lines between a remark and what it is about."""
_PAGES = re.compile(r"gist\.github|\.(?:md|rst|ipynb|json|csv|txt)(?:[#?]|$)|/(?:examples?|tutorials?|docs?)/", re.IGNORECASE)
"""What such an address shows is there to be adapted."""


class PatchedVendoredSource(Rule):
    """
    Source of another project, copied into the own package and changed there.

    Such a file gets neither the repairs of the project it came from nor the attention that own code gets: nobody dares to touch it, and
    with every change in place the way back to the original grows longer. Sculley et al. call code that freezes a system to the
    peculiarities of a package glue code.

    Found by what the head of a file says (copied, adapted, modified, taken from), with an address that leads to a file of another
    repository, or to a repository of the file's own name. It counts as changed when its head says so, or when the history shows changes
    after the file came in. What comes from one project is one finding.

    Found as well: functions, classes and files that say they were copied out of a package and changed, where the project has that package;
    vendored folders of which the history shows that single files were edited after they came in; functions and classes of a package that
    code replaces by its own when it runs.

    Exempt: files in vendor folders that nobody edited, copies that say they are unchanged, addresses of projects that only gave an idea,
    of examples, pages and gists, remarks over a part of the file ("some of", "inspired by"), lists of sources, the project itself,
    teaching code.

    Known false positives: a remark that names where an idea comes from, not the file; a file that went through a third repository.
    """

    code = "GLU007"
    name = "patched-vendored-source"
    severity = Severity.low
    confidence = Confidence.B
    cost = Cost(base=60, per_item=30, friction=5)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §5.1"
    on_by_default = False
    remedy = (
        "Depend on the package and put what differs into a subclass or a wrapper of your own; where that cannot be done, move the copy "
        "unchanged into a vendor folder with its version, and keep the changes as patches beside it."
    )
    BAD = (
        {
            "shop/__init__.py": "",
            "shop/keywords.py": (
                '"""Copied and adapted from https://github.com/acme/keywords (MIT).  # GLU007\n\nSome bugs had to be fixed."""\n\n'
                "import re\n\n\ndef split(text):\n    words = re.split(r'\\W+', text)\n    words = [word for word in words if word]\n"
                "    words.sort()\n    return words\n"
            ),
        },
    )
    GOOD = (
        {
            "shop/__init__.py": "",
            "shop/keywords.py": (
                '"""The idea is taken from https://github.com/acme/search."""\n\nfrom keywords import split\n\n\ndef shown(text):\n'
                "    words = split(text)\n    words = words[:10]\n    first = words[0]\n    rest = words[1:]\n    return first, rest\n"
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        exemptions = graph.once(Exemptions)
        changes = _changes(graph)
        grouped: dict[str, list[Module]] = defaultdict(list)
        for module in graph.living():
            origin = module.facts.origin
            if origin is None or exemptions.is_set_apart(module) or module.facts.scopes[0].statements < MIN_STATEMENTS:
                continue
            if _is_idea(graph, module, origin):
                continue
            if origin.changed or changes.get(module.path, 0) >= MIN_CHANGES:
                grouped[origin.upstream].append(module)
        for upstream in sorted(grouped):
            yield self._finding(upstream, grouped[upstream], changes)
        modules = [module for module in graph.living() if not exemptions.is_set_apart(module)]
        for changed in (*copied_parts(graph, modules), *edited_vendored(graph), *replaced_at_run_time(graph, modules)):
            yield self._changed(graph, changed)

    def _changed(self, graph: SystemGraph, changed: Changed) -> Finding:
        return self.found(
            changed.message,
            Subject("copied source", changed.subject),
            list(changed.sites)[:_MAX_LOCATIONS],
            list(changed.evidence)[:_SHOWN],
            confidence=Confidence.C,
            severity=in_context(graph, self.severity, changed.paths),
            items=len(changed.paths),
            members=len(changed.evidence),
        )

    def _finding(self, upstream: str, modules: Sequence[Module], changes: dict[str, int]) -> Finding:
        first = modules[0]
        what = f"`{first.path}`" if len(modules) == 1 else f"{len(modules)} files, such as `{first.path}`,"
        said = any(module.facts.origin is not None and module.facts.origin.changed for module in modules)
        return self.found(
            f"{what} {'was' if len(modules) == 1 else 'were'} copied from {upstream} and changed here",
            Subject("copied source", f"{upstream} in {' + '.join(module.path for module in modules)}"),
            [module.site(module.facts.origin.line) for module in modules if module.facts.origin is not None],
            _evidence(modules, changes),
            confidence=self.confidence if said else Confidence.C,
            items=len(modules),
            members=len(modules),
        )


def _is_idea(graph: SystemGraph, module: Module, origin: Origin) -> bool:
    """Is only a part taken, or is the address that of an example, a page, a gist, or of the repository itself?"""
    if _PAGES.search(origin.address) or origin.upstream.lower() in _own(graph):
        return True
    facts = module.facts
    first = min((scope.line for scope in facts.scopes[1:] if scope.kind in ("function", "class")), default=facts.lines)
    begun = [assign.line for assign in facts.assigns if assign.scope == 0 and not assign.target.startswith("__")]
    imports = [fact.line for fact in facts.imports if fact.scope == 0]
    return origin.line > min([first, *begun, *imports]) and not _is_over_most(module, origin)


def _is_over_most(module: Module, origin: Origin) -> bool:
    """Does the remark stand directly over a function or class that is most of the file?"""
    facts = module.facts
    below = (scope for scope in facts.scopes[1:] if scope.parent == 0 and 0 < scope.line - origin.line <= _DIRECTLY)
    return any(2 * scope.statements >= facts.scopes[0].statements for scope in below)


def _own(graph: SystemGraph) -> frozenset[str]:
    """`owner/name` of the repository, as its addresses and its folder say."""
    urls = (*graph.manifest.remotes, *graph.manifest.own_urls, graph.name.replace("+", "/"))
    return frozenset("/".join(re.split(r"[/:+]", url.rstrip("/").removesuffix(".git"))[-2:]).lower() for url in urls)


def _evidence(modules: Sequence[Module], changes: dict[str, int]) -> Iterator[Evidence]:
    for module in modules:
        origin = module.facts.origin
        if origin is None:
            continue
        told = "its head says that it was changed" if origin.changed else "its head does not say that it was changed"
        count = changes.get(module.path, 0)
        since = f"; {count} commits touch it" if count >= MIN_CHANGES else ""
        yield Evidence(f"comes from {origin.address}: {told}{since}", module.site(origin.line))


def _changes(graph: SystemGraph) -> dict[str, int]:
    """How many commits touch each file that names an origin."""
    if graph.history is None:
        return {}
    counts = {module.path: 0 for module in graph.living() if module.facts.origin is not None}
    for commit in graph.history.commits if counts else ():
        for path in commit.files:
            if path in counts:
                counts[path] += 1
    return counts
