"""Whole files that are copies of one another: scripts and notebooks, each compared as one list of lines (RULES.md E5, JGL006)."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict

from analyzer.graph.clones import ClonePair, Member, alike, similar
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.facts import CloneUnit

MIN_SIMILARITY = 0.7
MIN_CODE_LINES = 40
MIN_RENAMED = 3
MIN_RENAMED_LINES = 12
_NAME = re.compile(r"""(?<![.\w'"])[^\W\d]\w*""")


def whole(module: Module) -> Member:
    """The file as one unit: its own code and its functions in the order of the source; functions inside of others count once."""
    scopes = module.facts.scopes
    taken = {unit.scope for unit in module.facts.clones}
    rows: list[tuple[int, str]] = []
    for unit in module.facts.clones:
        around = scopes[unit.scope].parent if unit.scope else -1
        while around > 0 and around not in taken:
            around = scopes[around].parent
        if around <= 0:
            rows.extend(zip(unit.source_lines, unit.lines, strict=True))
    rows.sort(key=lambda row: row[0])
    return Member(module, CloneUnit(0, tuple(text for _, text in rows), tuple(line for line, _ in rows), 0.0))


def file_similarity(one: Module, other: Module) -> float:
    """The share of common lines of two files, 0 … 1."""
    left, right = whole(one).unit.lines, whole(other).unit.lines
    return similar(left, right, 0, 1, {}, 0.0) if left and right else 0.0


def is_stage(module: Module) -> bool:
    """Does the file do work of its own when it is run: a script or a notebook of some size?"""
    return module.facts.code_lines >= MIN_CODE_LINES and (module.is_notebook or module.facts.main_line > 0 or _own_lines(module) >= 8)


def cloned_stages(graph: SystemGraph) -> list[ClonePair]:
    """The pairs of scripts and notebooks that are copies by 70 % at least."""
    return graph.once(_cloned_stages)


def _cloned_stages(graph: SystemGraph) -> list[ClonePair]:
    members = [whole(module) for module in graph.living() if is_stage(module)]
    found = alike([member.unit.lines for member in members], (), MIN_SIMILARITY)
    return [ClonePair(members[left], members[right], share) for left, right, share in found]


def renamed_files(graph: SystemGraph) -> list[tuple[Member, ...]]:
    """Three files or more of one folder, without functions, that do the same to what they import and import different things."""
    sized: dict[tuple[str, int], list[Member]] = defaultdict(list)
    for module, unit in graph.clone_units():
        if unit.scope == 0 and len(unit.lines) >= MIN_RENAMED_LINES and len(module.facts.scopes) == 1:
            sized[posixpath.dirname(module.path), len(unit.lines)].append(Member(module, unit))
    alike: dict[tuple[str, ...], list[Member]] = defaultdict(list)
    for (folder, _), members in sized.items():
        if len(members) >= MIN_RENAMED:
            for member in members:
                unit = member.unit
                shape = tuple(_without_imports(member.module, unit.lines))
                alike[folder, *shape].append(Member(member.module, CloneUnit(0, shape, unit.source_lines, unit.glue)))
    found = [tuple(sorted(members, key=lambda m: m.module.path)) for members in alike.values() if len(members) >= MIN_RENAMED]
    return sorted(found, key=lambda members: members[0].module.path)


def _without_imports(module: Module, lines: tuple[str, ...]) -> list[str]:
    imported = {fact.bound or fact.module.partition(".")[0] for fact in module.facts.imports}
    return [_NAME.sub(lambda name: "@" if name.group() in imported else name.group(), line) for line in lines]


def _own_lines(module: Module) -> int:
    return sum(len(unit.lines) for unit in module.facts.clones if unit.scope == 0)
