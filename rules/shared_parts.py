"""Stretches that functions or scripts share which are otherwise unlike (GLU004)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.graph.clones import MIN_LINES, ClonePair, Member, SharedBlock, shared_block
from analyzer.read.clones import LAYERS
from rules.copied_functions import Exemptions, sets_values

MIN_RUN = 10
MIN_RUN_OF_SCRIPTS = 14
"""Lines in a row."""
MIN_WITH_GAPS = 12
MIN_DENSITY = 0.6
"""Of a stretch with other lines in between: the share of it that both have."""
MIN_TELLING = 10
MIN_CALLS = 4
MIN_LINES_OF_ENTRIES = 20
MIN_SHARE_OF_CALLS = 0.05
_OPTIONS = re.compile(r"add_argument\(|ArgumentParser\(|\.option\(|^(default|help|type|required|action|nargs|choices|dest|metavar)=|^'-")
"""Every script declares its own options; lists of them look alike without being copies."""

_ENTRIES = frozenset("main run cli process execute start setup parse_args get_args get_parser".split())


def shared_parts(pairs: Iterable[ClonePair], near: Iterable[ClonePair], exemptions: Exemptions) -> Iterator[SharedBlock]:
    """The stretches of eight lines and more of the pairs that are no copies as a whole; `near` are those that are told already."""
    told = {member.id for pair in near for member in (pair.a, pair.b)}
    for pair in pairs:
        a, b = pair.a, pair.b
        if {a.id, b.id} <= told or not _may_share(a, b) or exemptions.on_purpose(pair):
            continue
        block = shared_block(pair)
        if max((size for _, _, size in block.runs), default=0) >= MIN_LINES and not is_short_entry(block) and _is_telling(block):
            yield block


def telling(lines: Iterable[str]) -> list[str]:
    """Without the declarations of options."""
    return [line for line in lines if not _OPTIONS.search(line)]


def is_table(member: Member) -> bool:
    """Mostly the rows of one literal or of a few: they start on fewer lines, or call nothing."""
    lines = member.unit.lines
    return len(lines) >= MIN_LINES_OF_ENTRIES and MIN_SHARE_OF_CALLS * len(lines) > sum("(" in line for line in lines)


def is_short_entry(pair: ClonePair) -> bool:
    """Entry points have one form: options are read, and what the script does is called."""
    return {pair.a.name, pair.b.name} <= _ENTRIES and pair.common_lines < MIN_LINES_OF_ENTRIES


def _may_share(a: Member, b: Member) -> bool:
    if a.module.path == b.module.path:
        return False
    # A constructor is a unit only where most of it is glue: it does work, and is no list of layers.
    if any(member.name != "__init__" and (member.name in LAYERS or member.name.startswith("__")) for member in (a, b)):
        return False
    return not any(member.is_top and (sets_values(member.module) or is_table(member)) for member in (a, b))


def is_long(block: SharedBlock) -> bool:
    """Does it say something by itself?"""
    scripts = block.a.is_top or block.b.is_top
    if max(size for _, _, size in block.runs) >= (MIN_RUN_OF_SCRIPTS if scripts else MIN_RUN):
        return len(telling(block.common)) >= MIN_TELLING
    if block.common_lines < (MIN_RUN_OF_SCRIPTS if scripts else MIN_WITH_GAPS):
        return False
    first, last = block.runs[0], block.runs[-1]
    spans = (last[side] + last[2] - first[side] for side in (0, 1))
    return block.common_lines >= MIN_DENSITY * max(spans) and len(telling(block.common)) >= MIN_TELLING


def _is_telling(block: SharedBlock) -> bool:
    """It does something: lists of options, keys and settings are in every script."""
    lines = telling(block.common)
    return len(lines) >= MIN_LINES and sum("(" in line for line in lines) >= MIN_CALLS
