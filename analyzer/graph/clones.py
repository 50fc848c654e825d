"""The clone engine (RULES.md E5): pairs of functions, scripts and notebooks that look like copies of one another.

Candidates share a name or three winnowed 3-line shingles (Schleimer, Wilkerson, Aiken, "Winnowing", SIGMOD 2003); only candidates are
compared, by the longest common subsequence of their lines (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004). What occurs in
more than 20 places links each place to the next only, so no bucket grows quadratically and a large family still hangs together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations, pairwise
from zlib import crc32

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import CloneUnit

MIN_LINES = 8
MIN_SIMILARITY = 0.6
MIN_SIMILARITY_OF_SHORT = 0.75
SHINGLE = 3
WINDOW = 3
UNWINNOWED = 24
"""Of short functions every run is kept: winnowed they would share too few."""
SHARED_SHINGLES = 3
MAX_BUCKET = 20
MAX_ALIGNED = 300
MIN_RUN = 2
MAX_GAP = 4
"""Lines that may stand between two runs of a part that two functions share."""
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
        """ "" for the code outside of functions."""
        return self.module.facts.scopes[self.unit.scope].name

    @property
    def is_top(self) -> bool:
        return self.unit.scope == 0

    @property
    def site(self) -> Site:
        """The whole function; of code outside of functions the first line."""
        if self.is_top:
            return self.module.site(self.unit.source_lines[0])
        scope = self.module.facts.scopes[self.unit.scope]
        return self.module.site(scope.line, scope.end_line)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two copies part: a token of each ("" when the other has the whole line alone), and the lines they stand on."""

    left: str
    right: str
    left_line: int
    right_line: int
    left_text: str = ""
    right_text: str = ""


@dataclass(frozen=True)
class ClonePair:
    a: Member
    b: Member
    similarity: float
    """Twice the longest common subsequence of lines over all lines, 0.6 … 1."""

    @property
    def common_lines(self) -> int:
        return round(self.similarity * (len(self.a.unit.lines) + len(self.b.unit.lines)) / 2)

    @cached_property
    def _opcodes(self) -> Sequence[tuple[str, int, int, int, int]]:
        # Tables repeat their rows: aligned row by row, a few thousand of them would take minutes.
        long = max(len(self.a.unit.lines), len(self.b.unit.lines)) > MAX_ALIGNED
        return SequenceMatcher(None, self.a.unit.lines, self.b.unit.lines, autojunk=long).get_opcodes()

    @cached_property
    def common(self) -> tuple[str, ...]:
        """Normalised lines that both have."""
        return tuple(self.a.unit.lines[i] for i in self.common_left)

    @cached_property
    def common_left(self) -> tuple[int, ...]:
        """Indices of the lines of `a` that `b` has as well."""
        if self.similarity == 1:
            return tuple(range(len(self.a.unit.lines)))
        return tuple(i for tag, i1, i2, _, _ in self._opcodes if tag == "equal" for i in range(i1, i2))

    @cached_property
    def common_right(self) -> tuple[int, ...]:
        if self.similarity == 1:
            return tuple(range(len(self.b.unit.lines)))
        return tuple(j for tag, _, _, j1, j2 in self._opcodes if tag == "equal" for j in range(j1, j2))

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """Differences in literals, operators, API and column names; layout, comments and local names do not count."""
        if self.similarity == 1:
            return ()
        return tuple(
            difference
            for tag, i1, i2, j1, j2 in self._opcodes
            if tag != "equal"
            for difference in _differences(self.a.unit, self.b.unit, (i1, i2), (j1, j2))
        )


@dataclass(frozen=True)
class SharedBlock(ClonePair):
    """Runs of lines, one close after the other, that two functions or scripts share which are otherwise unlike."""

    runs: tuple[tuple[int, int, int], ...]
    """Where each begins in the one and in the other, and how many lines it has."""

    @property
    def common_lines(self) -> int:
        return sum(size for _, _, size in self.runs)

    @property
    def common_left(self) -> tuple[int, ...]:
        return tuple(i for start, _, size in self.runs for i in range(start, start + size))

    @property
    def common_right(self) -> tuple[int, ...]:
        return tuple(j for _, start, size in self.runs for j in range(start, start + size))

    @property
    def common(self) -> tuple[str, ...]:
        return tuple(self.a.unit.lines[i] for i in self.common_left)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """None: what stands around it is other code."""
        return ()


def shared_block(pair: ClonePair) -> SharedBlock:
    """The stretch that both have most lines of: runs of two lines or more, a few other lines between them at most."""
    one, other = pair.a.unit.lines, pair.b.unit.lines
    matched = SequenceMatcher(None, one, other, autojunk=max(len(one), len(other)) > MAX_ALIGNED).get_matching_blocks()
    best: list[tuple[int, int, int]] = []
    chain: list[tuple[int, int, int]] = []
    for run in ((block.a, block.b, block.size) for block in matched if block.size >= MIN_RUN):
        near = chain and max(run[0] - chain[-1][0], run[1] - chain[-1][1]) <= chain[-1][2] + MAX_GAP
        chain = [*chain, run] if near else [run]
        if _size(chain) > _size(best):
            best = chain
    return SharedBlock(pair.a, pair.b, 2 * _size(best) / (len(one) + len(other)), tuple(best))


def _size(runs: Sequence[tuple[int, int, int]]) -> int:
    return sum(size for _, _, size in runs)


def clone_pairs(graph: SystemGraph) -> list[ClonePair]:
    """The pairs of functions, and of files' own code, of eight lines or more that are copies by 60 % at least, in order of the modules."""
    return graph.once(_compared)[0]


def unlike_pairs(graph: SystemGraph) -> list[ClonePair]:
    """The pairs that have some runs of lines in common and are no copies as a whole."""
    return graph.once(_compared)[1]


def _compared(graph: SystemGraph) -> tuple[list[ClonePair], list[ClonePair]]:
    members = [Member(module, unit) for module, unit in graph.clone_units() if len(unit.lines) >= MIN_LINES]
    unlike: list[tuple[int, int]] = []
    pairs = list(similar_pairs(members, unlike))
    return pairs, [ClonePair(members[left], members[right], 0.0) for left, right in unlike]


def short_clone_pairs(graph: SystemGraph) -> list[ClonePair]:
    """The pairs of functions of one name that are too short to be compared with all others, and are the same but for a line or so."""
    return graph.once(_short_pairs)


def _short_pairs(graph: SystemGraph) -> list[ClonePair]:
    """At least one of the two is short."""
    longest = round(MIN_LINES * (2 - MIN_SIMILARITY_OF_SHORT) / MIN_SIMILARITY_OF_SHORT)
    named: dict[str, list[Member]] = defaultdict(list)
    for module, unit in graph.clone_units():
        if len(unit.lines) < longest and unit.scope:
            name = module.facts.scopes[unit.scope].name
            if not name.startswith("__"):
                named[name].append(Member(module, unit))
    members = [member for bucket in named.values() if len(bucket) > 1 for member in bucket]
    return list(_of_one_name(members, MIN_SIMILARITY_OF_SHORT))


def _of_one_name(members: Sequence[Member], least: float) -> Iterator[ClonePair]:
    named: dict[str, list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        named[member.name].append(index)
    counted: dict[int, Counter[str]] = {}
    for left, right in sorted(set(_pairs(named.values()))):
        one, other = members[left].unit.lines, members[right].unit.lines
        if min(len(one), len(other)) >= MIN_LINES:
            continue
        similarity = similar(one, other, left, right, counted, least)
        if similarity >= least:
            yield ClonePair(members[left], members[right], similarity)


def similar_pairs(members: Sequence[Member], unlike: list[tuple[int, int]] | None = None) -> Iterator[ClonePair]:
    named: dict[Hashable, list[int]] = defaultdict(list)
    for index, member in enumerate(members):
        if member.name:
            named[member.name].append(index)
    lines = [member.unit.lines for member in members]
    for left, right, similarity in alike(lines, [*named.values()], unlike=unlike):
        yield ClonePair(members[left], members[right], similarity)


def alike(
    texts: Sequence[Sequence[str]],
    also: Iterable[Sequence[int]] = (),
    least: float = MIN_SIMILARITY,
    unlike: list[tuple[int, int]] | None = None,
) -> Iterator[tuple[int, int, float]]:
    """
    Pairs of texts (lists of lines) that share `least` of their lines, each with its share.

    `also` are buckets of further candidates; `unlike` is given those that share runs of lines but too few in all.
    """
    holding: dict[int, list[int]] = defaultdict(list)
    for index, lines in enumerate(texts):
        for shingle in shingles(lines):
            holding[shingle].append(index)
    shared: Counter[tuple[int, int]] = Counter(_pairs(holding.values()))
    candidates = {pair for pair, count in shared.items() if count >= SHARED_SHINGLES} | set(_pairs(also))
    counted: dict[int, Counter[str]] = {}
    for left, right in sorted(candidates):
        similarity = similar(texts[left], texts[right], left, right, counted, least)
        if similarity >= least:
            yield left, right, similarity
        elif unlike is not None and shared.get((left, right), 0) >= SHARED_SHINGLES:
            unlike.append((left, right))


def similar(
    one: Sequence[str], other: Sequence[str], left: int, right: int, counted: dict[int, Counter[str]], least: float = MIN_SIMILARITY
) -> float:
    """The share of common lines, 0 when it is certainly less than `least`; the cheap bounds come first."""
    total = len(one) + len(other)
    if 2 * min(len(one), len(other)) < least * total:
        return 0.0
    if one == other:
        return 1.0
    for index, lines in ((left, one), (right, other)):
        if index not in counted:
            counted[index] = Counter(lines)
    if 2 * sum((counted[left] & counted[right]).values()) < least * total:
        return 0.0
    return 2 * common_length(one, other) / total


def common_length(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """The length of the longest common subsequence, all positions of `one` at once as the bits of one number."""
    places: dict[Hashable, int] = defaultdict(int)
    for index, item in enumerate(one):
        places[item] |= 1 << index
    full = (1 << len(one)) - 1
    row = full
    for item in other:
        met = row & places.get(item, 0)
        row = ((row + met) | (row - met)) & full
    return len(one) - row.bit_count()


def shingles(lines: Sequence[str]) -> frozenset[int]:
    """The winnowed hashes of all runs of three lines; the same in every process."""
    if len(lines) < SHINGLE:
        return frozenset()
    each = [crc32(line.encode("utf-8", "surrogatepass")) for line in lines]
    hashes = [_mixed(*each[i : i + SHINGLE]) for i in range(len(each) - SHINGLE + 1)]
    if len(hashes) <= UNWINNOWED:
        return frozenset(hashes)
    return frozenset(min(hashes[i : i + WINDOW]) for i in range(len(hashes) - WINDOW + 1))


def _mixed(one: int, two: int, three: int) -> int:
    return (one * 0x9E3779B1 ^ two * 0x85EBCA6B ^ three * 0xC2B2AE35) & 0xFFFFFFFFFFFF


def _pairs(buckets: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for bucket in buckets:
        if len(bucket) > MAX_BUCKET:
            yield from pairwise(bucket)
        elif len(bucket) > 1:
            yield from combinations(bucket, 2)


def families(links: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The connected components of likeness, each sorted, in the order of their first members."""
    group: dict[str, str] = {}

    def root(name: str) -> str:
        while group.setdefault(name, name) != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    for one, other in links:
        first, second = sorted((root(one), root(other)))
        group[second] = first
    joined: dict[str, list[str]] = defaultdict(list)
    for name in sorted(group):
        joined[root(name)].append(name)
    return sorted(tuple(names) for names in joined.values())


def closest_links(pairs: Iterable[ClonePair]) -> Iterator[ClonePair]:
    """As few pairs as hold the families together, the closest ones first (a maximum spanning forest): the others say nothing new."""
    joined: dict[str, set[str]] = {}
    for pair in sorted(pairs, key=lambda p: (-p.similarity, p.a.id, p.b.id)):
        one, other = joined.setdefault(pair.a.id, {pair.a.id}), joined.setdefault(pair.b.id, {pair.b.id})
        if one is not other:
            both = one | other
            joined.update(dict.fromkeys(both, both))
            yield pair


# ---- where copies part ---------------------------------------------------------------------------------------------------------------


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
