"""OWN006."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.graph.clones import ClonePair, Member, clone_pairs, semantic_tokens
from analyzer.graph.placement import EXPERIMENT_FOLDERS, is_put_aside
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.copied_functions import Exemptions, has_substance
from rules.wording import ticked

MIN_SIMILARITY_OF_STRANGERS = 0.75
MIN_COMMON_NAMES = 5
MIN_SHARE_OF_NAMES = 0.4
_EVERYWHERE = frozenset(
    "main run setup get load save test forward fit transform predict call plot show init build read write parse".split()
)
MIN_SHARE_OF_STRANGERS = 0.75
"""Of functions that are called alike and have no parameter in common."""
_OTHER_JOB = re.compile(
    r"_*(?:plot|draw|paint|visuali[sz]e|print|show|display)(?:_|[A-Z]|$)|_*(?:parse|get|add|make|build|create|setup)_*(?:cli_|cmd_)?"
    r"(?:args?|arguments?|opts|(?:arg(?:ument)?_?)?parser)$"
)
"""Names of functions that draw, print or take a command line apart: no transformation of data."""
MIN_OPTIONS = 3
_OPTION = re.compile(r"\.add_(?:argument|option)\(")
_VERSIONED = re.compile(r"[-_ ]?v?\d+$", re.IGNORECASE)
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_TELLING = re.compile(r"[^\W\d]\w{3,}|['\"].{3,}")
_LOCAL = re.compile(r"\$\d+")
_MAX_SHOWN = 6
_MAX_NAMES = 4


@dataclass(frozen=True, slots=True)
class _Twin:
    research: Member
    engineering: Member
    similarity: float
    pair: ClonePair | None


class ReimplementedTransform(Rule):
    """
    A transformation that research code and production code each define for themselves.

    A notebook or experiment defines a function again that the package or the serving code has as well, and the two have drifted. What was
    measured in research is then not what runs in production, and a repair of one never reaches the other. Sculley et al. see the root in
    separated research and engineering roles; the train/serve skew that follows is found by SKW001 where both sides are alive.

    Found are functions and methods of 8 lines or more, alike by 60 % or more under one name, by 75 % under two, or of one telling name
    and mostly the same calls, where the research file does not import the other. A script that trains and one that serves or scores are
    compared likewise, and what is the same in both counts as well: a repair still has to be made in both.

    Exempt: identical copies (GLU004; a character and its escape are the same), functions whose name the research file imports, names that
    every script has (`main`, `run`, `load`), functions that draw, print or parse a command line, functions of two names where the other
    file has the same name as well, later experiments (`experiments_v2/`), tests, teaching code, frozen code.

    Known false positives: two functions of one job in folders of which neither is in use; copies that a course keeps on purpose.
    """

    code = "OWN006"
    name = "reimplemented-transform"
    severity = Severity.medium
    confidence = Confidence.B
    cost = Cost(base=30, per_item=15, friction=10)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §5.1 and §8.4"
    on_by_default = False
    remedy = (
        "Import the function of the package in the research code, with a parameter for what it has to do differently, and delete the "
        "second one."
    )
    BAD = (
        {
            "shop/__init__.py": "",
            "shop/scores.py": (
                "from sklearn.metrics import f1_score, precision_score, recall_score\n\n\ndef evaluate_scores(labels, scores, cut):\n"
                "    chosen = scores >= cut\n    found = {}\n    found['precision'] = precision_score(labels, chosen)\n"
                "    found['recall'] = recall_score(labels, chosen)\n    found['f1'] = f1_score(labels, chosen)\n"
                "    found['share'] = chosen.mean()\n    found['positives'] = labels.sum()\n    return found\n"
            ),
            "pyproject.toml": "[project]\nname = 'shop'\n",
            "notebooks/train.py": (
                "from sklearn.metrics import f1_score, precision_score, recall_score\n\n\n"
                "def evaluate_scores(labels, scores, cut):  # OWN006\n"
                "    chosen = scores > cut\n    found = {}\n    found['precision'] = precision_score(labels, chosen, zero_division=0)\n"
                "    found['recall'] = recall_score(labels, chosen)\n    found['f1'] = f1_score(labels, chosen)\n"
                "    found['share'] = chosen.mean()\n    found['positives'] = labels.sum()\n    return found\n"
            ),
        },
    )
    GOOD = (
        {
            "shop/__init__.py": "",
            "shop/scores.py": "def evaluate_scores(labels, scores, cut):\n    return (labels == (scores >= cut)).mean()\n",
            "pyproject.toml": "[project]\nname = 'shop'\n",
            "notebooks/train.py": "from shop.scores import evaluate_scores\n\nprint(evaluate_scores([], [], 1))\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        exemptions = graph.once(Exemptions)
        imported = {(link.importer, link.name) for link in graph.imports if link.target}  # a package hands the name on
        grouped: dict[str, list[_Twin]] = defaultdict(list)
        for twin in _twins(graph, exemptions):
            research, engineering = twin.research.module.path, twin.engineering.module.path
            if (research, twin.engineering.name) not in imported:
                grouped[engineering].append(twin)
        for engineering in sorted(grouped):
            yield self._finding(engineering, sorted(grouped[engineering], key=lambda t: (t.research.id, t.engineering.id)))

    def _finding(self, engineering: str, twins: Sequence[_Twin]) -> Finding:
        files = list(dict.fromkeys(twin.research.module.path for twin in twins))
        names = ticked(list(dict.fromkeys(twin.research.name for twin in twins)), _MAX_NAMES)
        where = ticked(files, _MAX_NAMES)
        differ = ", and they differ" if any(twin.similarity < 1 for twin in twins) else ""
        places = [site for twin in twins for site in (twin.research.site, twin.engineering.site)]
        return self.found(
            f"{where} {'has its' if len(files) == 1 else 'have their'} own {names} beside that of `{engineering}`{differ}",
            Subject("files", " + ".join([engineering, *files])),
            dict.fromkeys(places),
            _evidence(twins),
            confidence=self.confidence if all(twin.pair is not None for twin in twins) else Confidence.C,
            items=len(twins),
            members=len(set(places)),
        )


def _evidence(twins: Sequence[_Twin]) -> Iterator[Evidence]:
    for twin in twins[:_MAX_SHOWN]:
        told = f"{twin.similarity:.0%} of the lines are the same" if twin.pair else f"{twin.similarity:.0%} of what they call is the same"
        why = _why_engineering(twin.engineering.module)
        research = _why_research(twin.research.module)
        side = f"research: {research}" if research else f"training: {twin.research.module.roles['TRAIN'].text}"
        yield Evidence(f"`{twin.research.id}`, {side}", twin.research.site)
        yield Evidence(f"`{twin.engineering.id}`, engineering: {why}; {told}", twin.engineering.site)
        if twin.pair is not None:
            for difference in twin.pair.differences[:2]:
                left, right = (_LOCAL.sub("_", text) or "nothing" for text in (difference.left_text, difference.right_text))
                yield Evidence(f"`{left}` ↔ `{right}`", twin.pair.a.module.site(difference.left_line))


def _twins(graph: SystemGraph, exemptions: Exemptions) -> Iterator[_Twin]:
    """By lines first; functions of one telling name that lines do not show are compared by what they call."""
    seen: set[frozenset[str]] = set()
    sided = [(pair, sides) for pair in clone_pairs(graph) if (sides := _sides(pair.a, pair.b)) is not None]
    strangers = Counter((research.id, other.module.path) for _, (research, other) in sided if research.name != other.name)
    for pair, sides in sided:
        if pair.a.is_top or not all(map(_is_transformation, (pair.a, pair.b))) or exemptions.on_purpose(pair):
            continue
        if pair.a.name != pair.b.name and (_defines(pair.a.module, pair.b.name) or _defines(pair.b.module, pair.a.name)):
            continue  # Each has its namesake in the other file.
        seen.add(frozenset({pair.a.id, pair.b.id}))
        # What is like several functions of a file is one more of their kind, not a second version of one of them.
        of_kind = strangers[sides[0].id, sides[1].module.path] > 1
        alike = pair.a.name == pair.b.name or (pair.similarity >= MIN_SIMILARITY_OF_STRANGERS and not of_kind)
        differs = pair.similarity < 1 and _differ(pair)
        counts = not _is_nested(pair) if _is_handed_over(*sides) else differs
        if alike and counts and has_substance(pair):
            yield _Twin(*sides, pair.similarity, pair)
    yield from _of_one_name(graph, exemptions, seen)


def _of_one_name(graph: SystemGraph, exemptions: Exemptions, seen: set[frozenset[str]]) -> Iterator[_Twin]:
    named: dict[str, tuple[list[Member], list[Member]]] = defaultdict(lambda: ([], []))
    for module, unit in graph.clone_units():
        scope = module.facts.scopes[unit.scope]
        # A method's name says what its class is for; only functions at the top of a file can be taken for one another by name.
        if (
            unit.scope == 0
            or scope.parent != 0
            or scope.name in _EVERYWHERE
            or scope.name.startswith("_")
            or exemptions.is_set_apart(module)
        ):
            continue
        side = 0 if _why_research(module) else 1 if _why_engineering(module) else None
        if side is not None:
            named[scope.name][side].append(Member(module, unit))
    for name in sorted(named):
        researches, engineerings = named[name]
        if len(engineerings) != 1 or not researches or not _is_transformation(engineerings[0]):
            continue
        for research in researches:
            if frozenset({research.id, engineerings[0].id}) in seen or not _is_transformation(research):
                continue
            share = _shared_names(research, engineerings[0])
            if share < MIN_SHARE_OF_STRANGERS and _parameters(research).isdisjoint(_parameters(engineerings[0])):
                continue
            if share and research.unit.lines != engineerings[0].unit.lines:
                yield _Twin(research, engineerings[0], share, None)


def _is_transformation(member: Member) -> bool:
    """Does it work on data, as far as its name and its calls tell?"""
    if member.name in _EVERYWHERE or _OTHER_JOB.match(member.name):
        return False
    return sum(".add_" in line and _OPTION.search(line) is not None for line in member.unit.lines) < MIN_OPTIONS


def _defines(module: Module, name: str) -> bool:
    return any(scope.name == name and scope.kind == "function" for scope in module.facts.scopes)


def _differ(pair: ClonePair) -> bool:
    """Is there a difference in what the lines mean? `•` and `\\u2022` are one character."""
    return any(_decoded(each.left_text) != _decoded(each.right_text) for each in pair.differences)


def _decoded(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)


def _parameters(member: Member) -> frozenset[str]:
    return frozenset(param.name for param in member.module.facts.scopes[member.unit.scope].params)


def _shared_names(one: Member, other: Member) -> float:
    """The share of API names, columns and literals of the smaller function that the other has as well, 0 when that is too few."""
    left, right = (
        {token for line in member.unit.lines for token in semantic_tokens(line) if _TELLING.match(token)} for member in (one, other)
    )
    common = len(left & right)
    share = common / min(len(left), len(right)) if left and right else 0.0
    return share if common >= MIN_COMMON_NAMES and share >= MIN_SHARE_OF_NAMES else 0.0


def _is_nested(pair: ClonePair) -> bool:
    return any("." in member.module.facts.scopes[member.unit.scope].qualname for member in (pair.a, pair.b))


def _sides(a: Member, b: Member) -> tuple[Member, Member] | None:
    if _why_research(a.module) and _why_engineering(b.module):
        return a, b
    if _why_research(b.module) and _why_engineering(a.module):
        return b, a
    if _trains(a) and _scores(b):
        return a, b
    return (b, a) if _trains(b) and _scores(a) else None


def _trains(member: Member) -> bool:
    roles = member.module.roles
    return "TRAIN" in roles and "SERVE" not in roles and "SCORE" not in roles and not member.module.is_notebook


def _scores(member: Member) -> bool:
    """A trainer may score to see how far it is; what does nothing but score, or serves, is the other side."""
    module = member.module
    apart = "TRAIN" not in module.roles and not module.is_notebook and "train" not in module.path.rpartition("/")[2].lower()
    return apart and ("SERVE" in module.roles or "SCORE" in module.roles)


def _is_handed_over(research: Member, engineering: Member) -> bool:
    """Is it a training file and a scoring file? Of these, what is the same is written twice as well."""
    return _trains(research) and _scores(engineering) and not _why_research(research.module)


def _why_research(module: Module) -> str:
    if module.is_notebook:
        return "a notebook"
    return "it stands in an experiment folder" if module.is_experiment else ""


def _is_later_experiment(path: str) -> bool:
    """`experiments_v2/` and `trial3/` hold experiments too."""
    return any(_VERSIONED.sub("", folder).lower() in EXPERIMENT_FOLDERS for folder in path.split("/")[:-1][:2])


def _why_engineering(module: Module) -> str:
    if module.is_notebook or module.is_experiment or is_put_aside(module.path) or _is_later_experiment(module.path):
        return ""
    for role in ("SERVE", "SCORE"):
        if role in module.roles:
            return module.roles[role].text
    if module.production:
        return module.production[-1].text
    return "part of an installable package" if module.is_packaged else ""
