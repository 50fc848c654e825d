"""The clone engine: pairs of glue-heavy functions that look like copies of one another (RULES.md GLU004).

Candidates share a name or three winnowed 3-line shingles (Schleimer, Wilkerson, Aiken, "Winnowing", SIGMOD 2003); only candidates are
compared line by line. What occurs in more than 20 functions is an idiom, not a copy, so no bucket grows quadratically.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from zlib import crc32

from analyzer.graph.system import Module, SystemGraph
from analyzer.read.facts import CloneUnit

MIN_SIMILARITY = 0.6
SHINGLE = 3
WINDOW = 3
UNWINNOWED = 24
"""Of short functions every run is kept: winnowed they would share too few."""
SHARED_SHINGLES = 3
MAX_BUCKET = 20
ALIKE = 0.5
"""Two lines are versions of one another when they share half of their tokens."""
TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\$\d+|[^\W\d]\w*|\d[\w.]*|\*\*|//|[<>=!]=|[^\s\w]""")
PLACEHOLDER = re.compile(r"\$\d+|[\s()\[\]{},:.]")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the copies."""

    module: Module
    unit: CloneUnit

    @property
    def id(self) -> str:
        return self.module.qualname(self.unit.scope)

    @property
    def name(self) -> str:
        return self.module.facts.scopes[self.unit.scope].name


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two copies part: a token of each ("" when the other has the whole line alone), and the lines they stand on."""

    left: str
    right: str
    left_line: int
    right_line: int
    left_text: str = ""
    right_text: str = ""


@dataclass(frozen=True, slots=True)
class ClonePair:
    a: Member
    b: Member
    similarity: float
    """Twice the common lines over all lines, 0.6 … 1."""
    common: tuple[str, ...]
    """Normalised lines that both have."""
    differences: tuple[Difference, ...]
    """Differences in literals, operators, API and column names; layout, comments and local names do not count."""


def clone_pairs(graph: SystemGraph) -> list[ClonePair]:
    """The pairs of functions that are copies by at least 60 %, in the order of the modules."""
    members = [Member(module, unit) for module, unit in graph.clone_units()]
    return list(similar_pairs(members))


def similar_pairs(members: Sequence[Member]) -> Iterator[ClonePair]:
    for left, right in sorted(_candidates(members)):
        pair = _compare(members[left], members[right])
        if pair is not None:
            yield pair


def shingles(lines: Sequence[str]) -> frozenset[int]:
    """The winnowed hashes of all runs of three lines; the same in every process."""
    if len(lines) < SHINGLE:
        return frozenset()
    hashes = [crc32("\n".join(lines[i : i + SHINGLE]).encode("utf-8", "surrogatepass")) for i in range(len(lines) - SHINGLE + 1)]
    if len(hashes) <= UNWINNOWED:
        return frozenset(hashes)
    return frozenset(min(hashes[i : i + WINDOW]) for i in range(len(hashes) - WINDOW + 1))


def _candidates(members: Sequence[Member]) -> set[tuple[int, int]]:
    named: dict[str, list[int]] = defaultdict(list)
    holding: dict[int, list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        named[member.name].append(index)
        for shingle in shingles(member.unit.lines):
            holding[shingle].append(index)
    shared: Counter[tuple[int, int]] = Counter(_pairs(holding.values()))
    return {pair for pair, count in shared.items() if count >= SHARED_SHINGLES} | set(_pairs(named.values()))


def _pairs(buckets: Iterable[list[int]]) -> Iterator[tuple[int, int]]:
    for bucket in buckets:
        if 1 < len(bucket) <= MAX_BUCKET:
            yield from combinations(bucket, 2)


def _compare(a: Member, b: Member) -> ClonePair | None:
    matcher = SequenceMatcher(None, a.unit.lines, b.unit.lines, autojunk=False)
    if matcher.real_quick_ratio() < MIN_SIMILARITY or matcher.quick_ratio() < MIN_SIMILARITY:
        return None
    similarity = matcher.ratio()
    if similarity < MIN_SIMILARITY:
        return None
    common: list[str] = []
    differences: list[Difference] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            common.extend(a.unit.lines[i1:i2])
        else:
            differences.extend(_differences(a.unit, b.unit, (i1, i2), (j1, j2)))
    return ClonePair(a, b, similarity, tuple(common), tuple(differences))


def _differences(a: CloneUnit, b: CloneUnit, left: tuple[int, int], right: tuple[int, int]) -> Iterator[Difference]:
    """Lines of a changed stretch are compared in order; those that are not alike, and what one side has more, stand alone."""
    alone_left, alone_right = list(range(*left)), list(range(*right))
    for i, j in zip(range(*left), range(*right), strict=False):
        one, other = semantic_tokens(a.lines[i]), semantic_tokens(b.lines[j])
        if SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE:
            alone_left.remove(i)
            alone_right.remove(j)
            for old, new in _changed(one, other):
                yield Difference(old, new, a.source_lines[i], b.source_lines[j], a.lines[i], b.lines[j])
    # What stands alone is shown beside the place where it would stand in the other copy.
    beside_left, beside_right = a.source_lines[min(left[0], len(a.lines) - 1)], b.source_lines[min(right[0], len(b.lines) - 1)]
    for i in alone_left:
        if semantic_tokens(a.lines[i]):
            yield Difference(a.lines[i], "", a.source_lines[i], beside_right, a.lines[i], "")
    for j in alone_right:
        if semantic_tokens(b.lines[j]):
            yield Difference("", b.lines[j], beside_left, b.source_lines[j], "", b.lines[j])


def _changed(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield " ".join(one[i1:i2]), " ".join(other[j1:j2])


def semantic_tokens(line: str) -> list[str]:
    """Literals, operators, names of APIs, attributes and columns of a normalised line; no locals, no punctuation."""
    return [token for token in TOKEN.findall(line) if not PLACEHOLDER.fullmatch(token)]
