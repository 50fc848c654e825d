"""Copies that say little by themselves, and where they count: beside others of the same files, or in many files (GLU004)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from analyzer.graph.clones import MIN_LINES, ClonePair, SharedBlock, families
from rules.copied_functions import shares_names
from rules.shared_parts import MIN_LINES_OF_ENTRIES, is_short_entry

MIN_FILES_OF_SHORT = 4
MIN_LINES_OF_SHORT = 5
"""Of a function that so many files have."""
MIN_FILES_OF_ENTRIES = 3
MIN_LINES_OF_TALL = 6
"""Of a function that stands on eight lines of the source or more, and is the same in both files."""


def weak_copies(strong: Iterable[ClonePair], weak: Sequence[ClonePair]) -> list[ClonePair]:
    """Those of `weak` (short functions, entry points, short stretches) that count, `strong` being the copies that do by themselves."""
    lines: Counter[tuple[str, str]] = Counter()
    for pair in (*strong, *weak):
        lines[_files(pair)] += pair.common_lines
    many = {name for names in _in_many_files(weak) for name in names}
    return [pair for pair in weak if is_tall(pair) or lines[_files(pair)] >= _least(pair) or {pair.a.id, pair.b.id} <= many]


def is_tall(pair: ClonePair) -> bool:
    """Is it one function that is the same, short only because its statements are long?"""
    lines = pair.a.unit.source_lines
    if pair.similarity < 1 or pair.a.is_top or len(lines) < MIN_LINES_OF_TALL or pair.a.name != pair.b.name or is_short_entry(pair):
        return False
    ends = pair.a.module.facts.scopes[pair.a.unit.scope].end_line
    return ends - lines[0] + 1 >= MIN_LINES and shares_names(pair, pair.common)


def _least(pair: ClonePair) -> int:
    """How many lines the two files have to share in all."""
    return MIN_LINES_OF_ENTRIES if isinstance(pair, SharedBlock) or is_short_entry(pair) else MIN_LINES


def _in_many_files(weak: Sequence[ClonePair]) -> Iterator[set[str]]:
    for chosen, least in ((_entries(weak), MIN_FILES_OF_ENTRIES), (_short(weak), MIN_FILES_OF_SHORT)):
        for names in families((pair.a.id, pair.b.id) for pair in chosen):
            if len({name.partition("::")[0] for name in names}) >= least:
                yield set(names)


def _entries(weak: Sequence[ClonePair]) -> list[ClonePair]:
    return [pair for pair in weak if is_short_entry(pair)]


def _short(weak: Sequence[ClonePair]) -> list[ClonePair]:
    return [
        pair
        for pair in weak
        if not (isinstance(pair, SharedBlock) or is_short_entry(pair) or pair.a.is_top) and pair.common_lines >= MIN_LINES_OF_SHORT
    ]


def _files(pair: ClonePair) -> tuple[str, str]:
    return pair.a.module.path, pair.b.module.path
