"""GLU004."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.graph.churn import day, last_change
from analyzer.graph.clones import (
    MAX_ALIGNED,
    ClonePair,
    Difference,
    Member,
    SharedBlock,
    clone_pairs,
    families,
    short_clone_pairs,
    unlike_pairs,
)
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.copied_functions import Exemptions, has_substance, telling_differences
from rules.copied_steps import CopiedSteps, copied_steps
from rules.near_copies import CopiedCode, copied_code, places, renamed_copies
from rules.nested_copies import outermost
from rules.severity import in_context
from rules.side_by_side import MAX_TEXT, shown, side_by_side
from rules.wording import ticked

MIN_GLUE = 0.5
_MAX_DIFFERENCES = 6
_MAX_COPIES = 12
_MAX_NAMES = 4
_SURE_SIMILARITY = 0.7


@dataclass(frozen=True, slots=True)
class _Copies:
    """A family: functions that are linked by likeness, and the pairs that link them, the closest first."""

    members: tuple[Member, ...]
    pairs: tuple[ClonePair, ...]


class DivergedAdapterClone(Rule):
    """
    Copies of one adapter that have drifted apart.

    Code that only moves data between packages is written once and then copied to the next component. Each copy is then repaired on its
    own: a column, an encoding, a default or a channel order differs, and nobody can say which is meant. Tang et al. (ICSE 2021: 26
    projects, 327 patches) find that duplication in ML projects sits in configuration and model code.

    Compared are functions of 8 lines or more that mostly read, write, convert or build paths, in different components; docstrings,
    comments, annotations, logging and local names do not count. A family is reported when its members share 60 % of their lines or more
    and differ in a literal, an operator, an API or a column name.

    Every other code that two files or more have in common is reported as well, but only as tentative: functions of any kind, the own
    code of scripts and notebooks, the commands of jobs, recipes and shell scripts, identical or nearly so. They have not drifted yet, or
    nobody can say whether their difference is meant; each change still has to be made in all of them. Files that share several functions
    are one finding, and so are folders that share several files, and files that are the same but for what they import. The
    less alike they are, the more they have to share (8 lines, 10, 14; 20 of an entry point such as `main`), and less when many files
    have them: 8 lines of three files, whose literals may differ, 5 of a function that four files have. Of code that is otherwise unlike,
    ten lines in a row that do something are told, 12 with a few other lines between them, and 14 of scripts.

    Exempt: functions of which more differs than is shared, constants that one copy made a parameter with that default, configuration as
    code, implementations of one interface and modules of one interface that do not do the same, twins for two back ends or providers,
    generated, vendored, teaching and frozen code (migrations, templates, versions side by side unless their handlers are the same),
    models of a collection that are each complete by themselves, entries of a registry, deprecated names, notebooks that clone the
    repository they stand in, tables that are not the same, short functions that differ in a literal only, training and serving pairs
    (SKW001), whole cloned stages (JGL006), and differences that follow from where a copy stands.

    Known false positives: functions of one idiom that do different jobs; copies that are frozen on purpose (the code of a paper);
    differences that follow from what each copy is for.
    """

    code = "GLU004"
    name = "diverged-adapter-clone"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=30, per_item=10, friction=10)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §5.1; Tang et al., ICSE 2021"
    remedy = (
        "Decide which behaviour is meant, keep one function with that behaviour (and a parameter where the difference is wanted) in a "
        "module that all of them may import, and delete the copies."
    )
    BAD = (
        {
            "reports/pyproject.toml": "[project]\nname = 'reports'\n",
            "reports/export.py": """\
import csv
import json

def read_scores(path):
    rows = []
    with open(path, encoding="utf-8") as stream:
        for record in csv.DictReader(stream, delimiter=";"):
            score = float(record["score"])
            customer = record["customer_id"].strip()
            segment = json.loads(record["segment"])
            rows.append({"customer": customer, "score": score, "segment": segment})
    return rows
""",
            "billing/pyproject.toml": "[project]\nname = 'billing'\n",
            "billing/invoice.py": """\
import csv
import json

def read_scores(source):  # GLU004
    result = []
    with open(source, encoding="latin-1") as handle:
        for row in csv.DictReader(handle, delimiter=","):
            score = float(row["score"])
            customer = row["customer_id"].strip()
            segment = json.loads(row["segment"])
            result.append({"customer": customer, "score": score, "segment": segment})
    return result
""",
        },
    )
    GOOD = (
        {
            "reports/pyproject.toml": "[project]\nname = 'reports'\n",
            "reports/export.py": """\
import csv
import json

def read_scores(path):
    rows = []
    with open(path, encoding="utf-8") as stream:
        for record in csv.DictReader(stream, delimiter=";"):
            score = float(record["score"])
            customer = record["customer_id"].strip()
            segment = json.loads(record["segment"])
            rows.append({"customer": customer, "score": score, "segment": segment})
    return rows
""",
            "billing/pyproject.toml": "[project]\nname = 'billing'\n",
            "billing/invoice.py": """\
from reports.export import read_scores

def total(path):
    return sum(row["score"] for row in read_scores(path))
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        every = clone_pairs(graph)
        pairs = [pair for pair in every if _is_adapter(pair.a) and _is_adapter(pair.b)]
        exemptions = Exemptions(graph, pairs)
        diverged = [pair for pair in pairs if _is_diverged(pair) and not exemptions.reason(pair)]
        told: set[str] = set()
        for copies in _families(outermost(diverged)):
            told.update(member.id for member in copies.members)
            yield self._finding(graph, copies)
        others = [pair for pair in every if not {pair.a.id, pair.b.id} <= told]
        for copied in copied_code(others, short_clone_pairs(graph), unlike_pairs(graph), exemptions):
            yield self._copied(copied)
        for copied in renamed_copies(graph, exemptions):
            yield self._copied(copied)
        for steps in copied_steps(graph, exemptions):
            yield self._copied_steps(steps)

    def _copied_steps(self, copied: CopiedSteps) -> Finding:
        first = copied.steps[0]
        others = ticked([step.id for step in copied.families[0][1:]], 2)
        alike = "the same" if copied.similarity == 1 else f"alike by {copied.similarity:.0%} or more"
        count = len(copied.families) - 1
        more = f"; so {'does' if count == 1 else 'do'} {count} more group{'' if count == 1 else 's'} of steps" if count else ""
        return self.found(
            f"`{first.id}` runs the {copied.commands} commands of {others} again, {alike}{more}",
            Subject("copied steps", " + ".join(step.id for step in copied.steps)),
            [step.site for step in copied.steps],
            [
                Evidence(f"{a.id} and {b.id}: {share:.0%} of the telling commands are the same", b.site)
                for a, b, share in copied.links[:_MAX_COPIES]
            ],
            severity=Severity.info if copied.similarity == 1 else Severity.low,
            confidence=Confidence.C,
            remedy="Keep the commands in one script of the repository that all of these call.",
            items=len(copied.steps) - len(copied.families),
            members=len(copied.steps),
        )

    def _copied(self, copied: CopiedCode) -> Finding:
        paths = copied.paths
        names = [family[0].name for family in copied.families if not family[0].is_top]
        what = ticked(names, _MAX_NAMES)
        if len(names) < len(copied.families):
            what = f"{what} and their own code" if what else "their code"
        if copied.is_part:
            what = f"a part of {what}"
        others = ticked(paths[1:], 2)
        return self.found(
            f"`{paths[0]}` shares {copied.lines} lines with {others}: {what}, {copied.alike}",
            Subject("copied code", " + ".join(paths)),
            places(copied),
            _copied_evidence(copied),
            severity=Severity.info if copied.is_exact else Severity.low,
            confidence=Confidence.C,
            remedy="Keep one of them in a module that all of these files may import, with a parameter for what has to differ.",
            items=len(paths) - 1,
            members=sum(map(len, copied.families)),
        )

    def _finding(self, graph: SystemGraph, copies: _Copies) -> Finding:
        closest = copies.pairs[0]
        differences = telling_differences(closest)
        others = ticked([member.id for member in copies.members[1:]])
        return self.found(
            f"`{copies.members[0].name}` has {len(copies.members) - 1} diverged {'copy' if len(copies.members) == 2 else 'copies'}: "
            f"{others}; {_told(copies, _headline(differences))}",
            Subject("functions", " + ".join(sorted(member.id for member in copies.members))),
            [member.site for member in copies.members],
            _evidence(graph, copies, differences),
            severity=in_context(graph, self.severity, (member.module.path for member in copies.members)),
            confidence=self.confidence if _is_sure(closest) else Confidence.C,
            items=len(copies.members) - 1,
            members=len(copies.members),
        )


def _is_adapter(member: Member) -> bool:
    return member.unit.glue >= MIN_GLUE and not member.is_top


def _is_diverged(pair: ClonePair) -> bool:
    return (
        pair.a.module.component != pair.b.module.component
        and pair.similarity < 1
        and has_substance(pair)
        and bool(telling_differences(pair))
    )


def _is_sure(pair: ClonePair) -> bool:
    return pair.a.name == pair.b.name or pair.similarity >= _SURE_SIMILARITY


def _families(pairs: Iterator[ClonePair]) -> list[_Copies]:
    """The connected components of likeness, in the order of their first members."""
    kept = list(pairs)
    members = {member.id: member for pair in kept for member in (pair.a, pair.b)}
    return [
        _Copies(
            tuple(members[i] for i in ids),
            tuple(sorted((p for p in kept if p.a.id in ids), key=lambda p: (-p.similarity, p.a.id, p.b.id))),
        )
        for ids in families((pair.a.id, pair.b.id) for pair in kept)
    ]


def _copied_evidence(copied: CopiedCode) -> Iterator[Evidence]:
    for pair in copied.pairs[:_MAX_COPIES]:
        what = f"`{pair.a.id}` and `{pair.b.id}`"
        if copied.renamed:
            yield Evidence(f"{what}: the same {len(pair.common)} lines with another import in place of the names", pair.b.site)
        elif isinstance(pair, SharedBlock):
            told = "in a row" if len(pair.runs) == 1 else "with a few others between them"
            yield Evidence(
                f"{what}: the same {pair.common_lines} lines {told}", pair.a.module.site(pair.a.unit.source_lines[pair.runs[0][0]])
            )
        elif pair.similarity == 1:
            yield Evidence(f"{what}: the same {len(pair.common)} lines (comments, layout and local names aside)", pair.a.site)
        else:
            yield Evidence(f"{what}: {len(pair.common)} common lines, {pair.similarity:.0%}", pair.a.site)
    changed = next(
        (pair for pair in copied.pairs if pair.similarity < 1 and len(pair.a.unit.lines) <= MAX_ALIGNED and pair.differences), None
    )
    if changed is not None:
        yield from (side_by_side(changed, difference) for difference in _by_line(changed.differences)[:_MAX_DIFFERENCES])


def _evidence(graph: SystemGraph, copies: _Copies, differences: Sequence[Difference]) -> Iterator[Evidence]:
    closest = copies.pairs[0]
    yield Evidence(
        f"{closest.similarity:.0%} of the lines are the same ({len(closest.common)} lines; comments, layout and local names aside), "
        f"{len(differences)} {'difference' if len(differences) == 1 else 'differences'} in meaning"
    )
    yield from (side_by_side(closest, difference) for difference in _by_line(differences)[:_MAX_DIFFERENCES])
    for member in copies.members[:_MAX_COPIES]:
        yield Evidence(f"copy `{member.id}`{_life(graph, member.module.path)}", member.site)


def _life(graph: SystemGraph, path: str) -> str:
    """Since when the file is there and how often it was changed: the later copy's first day is when they parted."""
    changed, born = last_change(graph, path), graph.history.first_change(path) if graph.history is not None else None
    if not changed or born is None or graph.history is None:
        return ""
    commits = graph.history.commits_since(path, born)
    return f": its file is there since {day(born)}, changed in {commits} commit{'' if commits == 1 else 's'} since, last on {changed}"


def _by_line(differences: Sequence[Difference]) -> list[Difference]:
    """One for each pair of lines, changed lines before those that one copy has alone."""
    seen = {(d.left_text, d.right_text, d.left_line, d.right_line): d for d in reversed(differences)}
    in_order = list(seen.values())[::-1]
    return sorted(in_order, key=lambda d: not (d.left_text and d.right_text))


def _headline(differences: Sequence[Difference]) -> Difference:
    """The difference that says most in one line: one word for another, else the longest line that one copy has alone."""

    def rank(difference: Difference) -> tuple[int, int]:
        if difference.left and difference.right:
            return (0 if " " not in difference.left + difference.right else 2), len(difference.left + difference.right)
        return 1, -min(len(difference.left + difference.right), MAX_TEXT)

    return min(differences, key=rank)


def _told(copies: _Copies, difference: Difference) -> str:
    """The difference in words; of more than two copies it is said which two it is between, for the others may be like either."""
    one, other = "one", "the other"
    if len(copies.members) > 2:
        one, other = f"`{copies.pairs[0].a.id}`", f"`{copies.pairs[0].b.id}`"
        if not difference.left:
            one, other = other, one
        if not (difference.left and difference.right):
            return f"{one} has `{shown(difference.left or difference.right)}`, {other} has not"
    if not difference.right or not difference.left:
        return f"only one has `{shown(difference.left or difference.right)}`"
    return f"{one} has `{shown(difference.left)}` where {other} has `{shown(difference.right)}`"
