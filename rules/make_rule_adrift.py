"""JGL010: make rules that cannot run, and files whose rule has another name or none."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher

from analyzer.graph.system import Declaration, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.artifact_names import HOLE, is_placeholder
from rules.base import Rule
from rules.wording import ticked

MAX_PLACES = 40
MAX_SHOWN = 12
LEAST_FAMILY = 5
MOST_STRAYS = 0.4
"""A folder is made by rules when at least five of its files are, and at most two fifths are not."""
MAX_LACKING = 200
NEAR = 0.85
_WORDS = re.compile(r"[._-]+")


class MakeRuleAdrift(Rule):
    """A rule of a Makefile cannot make what it promises, or a file that looks made is made by no rule.

    The declared pipeline then is not the real one (Sculley et al. 2015, section 5.2): a recipe that make or the shell rejects has not been
    run since it was written, so its file came from somewhere else; a file whose rule was renamed or never written goes stale beside
    neighbours that are made anew.

    Told are: recipes indented with spaces, which make takes for something else; quotes and parentheses that a shell cannot pair; files
    under version control that one word tells from the target of a rule; inputs that no rule makes although one of nearly that name is made;
    files in a folder whose other files rules make. One finding stands for one cause in one Makefile or folder.

    Exempt: what here-documents, `case`, backquotes and `.ONESHELL` leave open; another `SHELL`; vendored and generated Makefiles; folders
    of which rules make less than three fifths.

    Known false positives: a file that is kept on purpose after its rule was removed.
    """

    code = "JGL010"
    name = "make-rule-adrift"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=10, per_item=5, friction=10)
    source = "GNU make manual, Rule Syntax; Sculley et al. 2015, section 5.2 (Pipeline Jungles)"
    remedy = "Mend the rule and run it once from a clean folder; give files whose rule is gone a rule again, or remove them."
    BAD = (
        {"Makefile": "data/rows.csv:\n    wget -qO- https://data.example.org/rows.csv > $@  # JGL010\n"},
        {"Makefile": "data/few.csv: data/rows.csv\n\tgrep 'a|b $< > $@  # JGL010\n"},
    )
    GOOD = (
        {"Makefile": "data/rows.csv:\n\twget -qO- https://data.example.org/rows.csv > $@\n"},
        {"Makefile": "data/few.csv: data/rows.csv\n\tgrep 'a|b' $< > $@\n"},
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        yield from self._flaws(graph)
        made = _Made(graph)
        yield from self._renamed(made)
        yield from self._lacking(made)
        yield from self._strays(made)

    def _flaws(self, graph: SystemGraph) -> Iterator[Finding]:
        for path, facts in sorted(graph.steps.items()):
            groups: dict[tuple[str, str], list[tuple[Site, str, str]]] = defaultdict(list)
            for flaw in facts.flaws:
                groups[flaw.kind, flaw.why].append((Site(path, flaw.line, flaw.end_line), flaw.target, flaw.why))
            for (kind, why), group in sorted(groups.items()):
                targets = [target for _, target, _ in group]
                what = (
                    f"make cannot run the recipe of {ticked(targets, 2)}: "
                    if kind == "spaces"
                    else f"the shell rejects the recipe of {ticked(targets, 2)}: "
                )
                yield self.found(
                    f"{path}: {what}{why}",
                    Subject("rule", f"{path} {why}"),
                    [site for site, _, _ in group][:MAX_PLACES],
                    [Evidence(f"recipe of `{target}`: {said}", site) for site, target, said in group[:MAX_SHOWN]],
                    items=len(group),
                    members=len(group),
                )

    def _renamed(self, made: _Made) -> Iterator[Finding]:
        for held, target in made.renamed():
            yield self.found(
                f"`{held}` is under version control and made by no rule; a rule makes `{target.artifact}`, which is not there",
                Subject("file", held),
                [target.site, Site(held, 1)],
                [Evidence(f"rule of `{target.artifact}`", target.site), Evidence(f"no rule or program makes `{held}`", Site(held, 1))],
                confidence=Confidence.C,
            )

    def _lacking(self, made: _Made) -> Iterator[Finding]:
        for need, near in made.lacking():
            yield self.found(
                f"`{need.artifact}` is needed by `{need.unit.rpartition('::')[2]}`, and no rule makes it; one makes `{near.artifact}`",
                Subject("file", f"{need.unit} {need.artifact}"),
                [need.site, near.site],
                [Evidence(f"needs `{need.artifact}`", need.site), Evidence(f"makes `{near.artifact}`", near.site)],
                confidence=Confidence.C,
            )

    def _strays(self, made: _Made) -> Iterator[Finding]:
        for folder, strays, ruled in made.strays():
            yield self.found(
                f"{len(strays)} files of {folder}/ have no rule that makes them ({ticked(strays, 2)}); rules make {ruled} others",
                Subject("folder", folder),
                [Site(path, 1) for path in strays[:MAX_PLACES]],
                [Evidence(f"no rule or program makes `{path}`", Site(path, 1)) for path in strays[:MAX_SHOWN]],
                severity=Severity.low,
                confidence=Confidence.C,
                items=len(strays),
                members=len(strays),
            )


class _Made:
    """What the Makefiles of a repository make and need, beside what git holds."""

    def __init__(self, graph: SystemGraph) -> None:
        declared = [entry for entry in graph.declarations if entry.mechanism == "make" and not HOLE.search(entry.artifact)]
        self.targets: dict[str, Declaration] = {}
        for entry in declared:
            if entry.op == "write":
                self.targets.setdefault(entry.artifact, entry)
        self.needs = [entry for entry in declared if entry.op == "read"]
        self.held = frozenset(path for path in graph.tracked_files if not is_placeholder(path)) if self.targets else frozenset()
        steps = {entry.unit for entry in declared}
        self.written = {access.artifact for access in graph.accesses if access.op == "write" and access.artifact is not None}
        by_rules = {access.artifact for access in graph.accesses if access.op == "write" and access.unit in steps and access.artifact}
        self.ruled = by_rules | set(self.targets)

    def renamed(self) -> Iterator[tuple[str, Declaration]]:
        """Files that git holds beside a target that is not there, of which one word tells them, a word that no target has."""
        folders: dict[str, dict[tuple[str, ...], Declaration]] = defaultdict(dict)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for name, entry in self.targets.items():
            words = tuple(_WORDS.split(posixpath.basename(name)))
            folders[posixpath.dirname(name)][words] = entry
            counts[posixpath.dirname(name)].update(set(words))
        needed = {entry.artifact for entry in self.needs}
        for path in sorted(self.held):
            folder = posixpath.dirname(path)
            if folder not in folders or path in self.ruled or path in needed or len(folders[folder]) < LEAST_FAMILY:
                continue
            words = tuple(_WORDS.split(posixpath.basename(path)))
            for other, entry in _one_word_apart(words, folders[folder]):
                odd, usual = next((a, b) for a, b in zip(words, other, strict=True) if a != b)
                if not counts[folder][odd] and counts[folder][usual] > 1 and entry.artifact not in self.held and (odd + usual).isalpha():
                    yield path, entry
                    break

    def lacking(self) -> Iterator[tuple[Declaration, Declaration]]:
        """Inputs that nothing makes or holds, with the target whose name is nearest."""
        folders: dict[str, list[Declaration]] = defaultdict(list)
        for name, entry in self.targets.items():
            folders[posixpath.dirname(name)].append(entry)
        missing = (e for e in self.needs if e.artifact not in self.ruled | self.written and e.artifact not in self.held)
        for need, _ in zip(missing, range(MAX_LACKING), strict=False):
            near = max(folders.get(posixpath.dirname(need.artifact), ()), key=lambda e: _likeness(need.artifact, e.artifact), default=None)
            if (
                near is not None
                and _likeness(need.artifact, near.artifact) >= NEAR
                and not any(p.startswith(need.artifact + "/") for p in self.held)
            ):
                yield need, near

    def strays(self) -> Iterator[tuple[str, list[str], int]]:
        """(folder, files without a rule, number of files with one) of one suffix, where rules make most of them."""
        families: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path in sorted(self.held):
            folder = posixpath.dirname(path)
            if folder:
                families[folder, posixpath.splitext(path)[1]].append(path)
        for (folder, _), paths in sorted(families.items()):
            strays = [path for path in paths if path not in self.ruled and path not in self.written]
            ruled = len(paths) - len(strays)
            if strays and ruled >= LEAST_FAMILY and len(strays) <= MOST_STRAYS * len(paths):
                yield folder, strays, ruled


def _one_word_apart(words: tuple[str, ...], others: dict[tuple[str, ...], Declaration]) -> Iterator[tuple[tuple[str, ...], Declaration]]:
    """Those that have the same first word, the same number of words, and one word that differs."""
    for other, entry in others.items():
        if len(other) == len(words) and other[0] == words[0] and sum(a != b for a, b in zip(words, other, strict=True)) == 1:
            yield other, entry


def _likeness(one: str, other: str) -> float:
    """How alike two names are; 0 when their numbers differ, which are versions, years and sizes."""
    first, second = posixpath.basename(one), posixpath.basename(other)
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return 0.0
    return SequenceMatcher(None, first, second).ratio()
