"""Functions and scripts that stand in several files, alike to the letter or nearly so, gathered by the files that share them (GLU004)."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.graph.cloned_files import renamed_files
from analyzer.graph.clones import (
    MIN_LINES,
    ClonePair,
    Difference,
    Member,
    SharedBlock,
    closest_links,
    families,
    semantic_tokens,
)
from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.clones import LAYERS
from rules.copied_functions import Exemptions, sets_values, shares_names
from rules.nested_copies import outermost
from rules.shared_parts import MIN_LINES_OF_ENTRIES, is_long, is_short_entry, is_table, shared_parts, telling
from rules.weak_copies import MIN_FILES_OF_ENTRIES, MIN_FILES_OF_SHORT, MIN_LINES_OF_SHORT, MIN_LINES_OF_TALL, is_tall, weak_copies

MIN_SIMILARITY_OF_STRANGERS = 0.8
MIN_SIMILARITY_OF_LOOSE = 0.7
MIN_LINES_OF_NEAR = 10
MIN_LINES_OF_LOOSE = 14
MIN_LINES_IN_PACKAGE = 12
"""The less alike, and the more ordinary the name, the more has to be the same."""
MIN_SHARE_OF_LINES = 0.7
"""A function of eight lines may have lost two of them to a copy that still does the same."""
MIN_SIMILARITY_OF_TABLES = 0.95
MIN_BLOCK = 3
"""Fewer common lines in a row are no place of their own in a script or notebook."""
MAX_APART = 30
"""Lines of the source between two of a script's own: functions stand there."""
_LITERAL = re.compile(r"""^[rbfu]*['"]|^[-+]?\.?\d|^(?:True|False|None)$""")


@dataclass(frozen=True, slots=True)
class CopiedCode:
    """What a group of files has in common."""

    families: tuple[tuple[Member, ...], ...]
    """One for each copied function, and for the files' own code; each in the order of the files."""
    pairs: tuple[ClonePair, ...]
    """What links them, the closest first."""
    renamed: bool = False
    """Are they the same only when what they import has one name?"""

    @property
    def alike(self) -> str:
        if self.renamed:
            return "the same but for what they import"
        return "the same" if self.is_exact else f"alike by {self.similarity:.0%} or more"

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted({member.module.path for family in self.families for member in family}))

    @property
    def is_exact(self) -> bool:
        return all(pair.similarity == 1 or isinstance(pair, SharedBlock) for pair in self.pairs)

    @property
    def is_part(self) -> bool:
        """Is it only runs of lines of otherwise different code?"""
        return all(isinstance(pair, SharedBlock) for pair in self.pairs)

    @property
    def similarity(self) -> float:
        return min((pair.similarity for pair in self.pairs if not isinstance(pair, SharedBlock)), default=1.0)

    @property
    def lines(self) -> int:
        """Common lines, counted once for each family."""
        most: dict[str, int] = {}
        for pair in self.pairs:
            most[pair.a.id] = max(most.get(pair.a.id, 0), pair.common_lines)
        firsts = {next((m.id for m in family if m.id in most), "") for family in self.families}
        return sum(most.get(name, 0) for name in firsts)


def copied_code(
    pairs: Sequence[ClonePair], short: Iterable[ClonePair], unlike: Sequence[ClonePair], exemptions: Exemptions
) -> list[CopiedCode]:
    """
    The groups of files that share code, in the order of their first files.

    `short` are the pairs of short functions of one name, `unlike` those that are no copies as a whole but may share a part.
    """
    alike = [pair for pair in pairs if _may_be_near(pair) and not exemptions.on_purpose(pair) and _is_near(pair)]
    near = [pair for pair in alike if not is_short_entry(pair)]
    weak = [pair for pair in alike if is_short_entry(pair) and len(telling(pair.common)) >= MIN_LINES]
    weak += [pair for pair in short if _may_be_near(pair) and not exemptions.on_purpose(pair)]
    for part in shared_parts([*outermost(pairs), *outermost(unlike)], [*near, *weak], exemptions):
        (near if is_long(part) else weak).append(part)
    near = list(outermost([*near, *weak_copies(near, weak)]))
    members = {member.id: member for pair in near for member in (pair.a, pair.b)}
    shared: dict[tuple[str, ...], list[tuple[Member, ...]]] = defaultdict(list)
    group_of: dict[str, tuple[str, ...]] = {}
    for names in families((pair.a.id, pair.b.id) for pair in near):
        family = tuple(members[name] for name in names)
        paths = tuple(sorted({member.module.path for member in family}))
        shared[paths].append(family)
        group_of.update(dict.fromkeys(names, paths))
    linked: dict[tuple[str, ...], list[ClonePair]] = defaultdict(list)
    for pair in closest_links(near):
        linked[group_of[pair.a.id]].append(pair)
    found = (CopiedCode(tuple(shared[paths]), tuple(linked[paths])) for paths in sorted(shared))
    return sorted(_by_folders(filter(_is_enough, _with_parts(found))), key=lambda copied: copied.paths)


def _is_enough(copied: CopiedCode) -> bool:
    """Is what they share too much to be an accident, or the form that everybody gives such a function?"""
    return copied.lines >= _least(copied) and not _is_parametrised(copied)


def _least(copied: CopiedCode) -> int:
    """How many lines they have to share: fewer when many files have them, more when they are less alike."""
    firsts = [family[0] for family in copied.families]
    scripts, files = any(member.is_top for member in firsts), len(copied.paths)
    alike = copied.is_exact or copied.similarity >= MIN_SIMILARITY_OF_STRANGERS
    if files >= MIN_FILES_OF_SHORT and alike and not scripts:
        return MIN_LINES_OF_SHORT
    if files >= MIN_FILES_OF_ENTRIES and (alike or _differs_in_literals(copied) or (files >= MIN_FILES_OF_SHORT and not scripts)):
        return MIN_LINES
    if files >= MIN_FILES_OF_ENTRIES and not scripts:
        return MIN_LINES_OF_NEAR
    if copied.is_exact:
        least = MIN_LINES_IN_PACKAGE if all(member.is_top for member in firsts) else MIN_LINES
    elif alike:
        least = MIN_LINES_OF_NEAR
    else:
        least = MIN_LINES_OF_ENTRIES if scripts else MIN_LINES_OF_LOOSE
    modules = [member.module for family in copied.families for member in family]
    if copied.is_exact and all(map(is_tall, copied.pairs)):
        least = MIN_LINES_OF_TALL
    if all(module.is_packaged for module in modules) and len({module.project for module in modules}) == 1:
        least = max(MIN_LINES_IN_PACKAGE, least)
    return least


def _is_parametrised(copied: CopiedCode) -> bool:
    """A short function of which the copies have nothing but another literal: it is what they are there for, like the file they load."""
    if copied.is_exact or len(copied.families) > 1 or copied.families[0][0].is_top or copied.lines >= MIN_LINES_OF_LOOSE:
        return False
    return len(copied.paths) < MIN_FILES_OF_SHORT and _differs_in_literals(copied)


def _differs_in_literals(copied: CopiedCode) -> bool:
    return all(_is_parameter(difference) for pair in copied.pairs for difference in pair.differences)


def _is_parameter(difference: Difference) -> bool:
    return all(len(tokens := semantic_tokens(text)) == 1 and _LITERAL.match(tokens[0]) for text in (difference.left, difference.right))


def _with_parts(found: Iterable[CopiedCode]) -> Iterator[CopiedCode]:
    """With what a group of files shares, what only some of them share beyond it."""
    groups: list[list[CopiedCode]] = []
    for copied in sorted(found, key=lambda copied: (-len(copied.paths), copied.paths)):
        around = next((group for group in groups if set(copied.paths) <= set(group[0].paths)), None)
        if around is None:
            groups.append([copied])
        else:
            around.append(copied)
    return map(_joined, groups)


def _by_folders(found: Iterable[CopiedCode]) -> Iterator[CopiedCode]:
    """Of folders that share several groups of files, one."""
    groups: dict[object, list[CopiedCode]] = defaultdict(list)
    for copied in found:
        folders = frozenset(posixpath.dirname(path) for path in copied.paths)
        groups[folders if len(folders) > 1 else copied.paths].append(copied)
    return map(_joined, groups.values())


def _joined(group: Sequence[CopiedCode]) -> CopiedCode:
    pairs = sorted((pair for copied in group for pair in copied.pairs), key=lambda p: (-p.similarity, p.a.id, p.b.id))
    return CopiedCode(tuple(family for copied in group for family in copied.families), tuple(pairs))


def renamed_copies(graph: SystemGraph, exemptions: Exemptions) -> Iterator[CopiedCode]:
    """Files that are the same but for what they import: one helper that is given it would do."""
    folders: dict[str, list[tuple[Member, ...]]] = defaultdict(list)
    for members in renamed_files(graph):
        if not (sets_values(members[0].module) or exemptions.on_purpose(ClonePair(members[0], members[1], 1.0))):
            folders[posixpath.dirname(members[0].module.path)].append(members)
    for families_of in folders.values():
        pairs = tuple(ClonePair(first, other, 1.0) for first, *others in families_of for other in others)
        yield CopiedCode(tuple(families_of), pairs, renamed=True)


def places(copied: CopiedCode) -> Iterator[Site]:
    """Every place that makes it up: whole functions, and of scripts and notebooks the stretches that others have as well."""
    common: dict[str, set[int]] = defaultdict(set)
    whole: set[str] = set()
    for pair in copied.pairs:
        common[pair.a.id].update(pair.common_left)
        common[pair.b.id].update(pair.common_right)
        if not (pair.a.is_top or isinstance(pair, SharedBlock)):
            whole |= {pair.a.id, pair.b.id}
    for family in copied.families:
        for member in family:
            if member.id not in whole:
                yield from _stretches(member, sorted(common[member.id]))
            else:
                yield member.site


def _stretches(member: Member, common: Sequence[int]) -> Iterator[Site]:
    """The runs of common lines; a notebook's never cross a cell."""
    runs: list[list[Site]] = []
    before = -2
    for index in common:
        site = member.module.site(member.unit.source_lines[index])
        if runs and index == before + 1 and runs[-1][-1].cell == site.cell and site.line <= runs[-1][-1].line + MAX_APART:
            runs[-1].append(site)
        else:
            runs.append([site])
        before = index
    long = [run for run in runs if len(run) >= MIN_BLOCK] or runs[:1]
    for run in long:
        yield Site(run[0].path, run[0].line, max(site.line for site in run), run[0].cell)


def _may_be_near(pair: ClonePair) -> bool:
    a, b = pair.a, pair.b
    if a.module.path == b.module.path or a.is_top != b.is_top or a.name in LAYERS or b.name in LAYERS or a.name.startswith("__"):
        return False
    if a.is_top and (sets_values(a.module) or sets_values(b.module)):
        return False
    if a.is_top:
        if is_table(a):
            return pair.similarity >= MIN_SIMILARITY_OF_TABLES
        return pair.similarity >= MIN_SIMILARITY_OF_LOOSE or pair.common_lines >= MIN_LINES_OF_ENTRIES
    if a.name != b.name:
        return pair.similarity >= MIN_SIMILARITY_OF_STRANGERS
    return pair.similarity >= MIN_SIMILARITY_OF_LOOSE or pair.common_lines >= MIN_LINES_OF_LOOSE


def _is_near(pair: ClonePair) -> bool:
    common = list((Counter(pair.a.unit.lines) & Counter(pair.b.unit.lines)).elements())
    return len(telling(common)) >= MIN_SHARE_OF_LINES * MIN_LINES and shares_names(pair, common)
