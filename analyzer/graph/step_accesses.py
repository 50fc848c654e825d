"""What each step makes a program read and write, when several steps run it with different words.

The program's own lines list the alternatives together; here each command line is taken alone, and what it accesses is the step's, at the
line of its command. What every command line accesses is left with the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from analyzer.graph.access_sites import AccessSites
from analyzer.graph.system import Module
from analyzer.link.commandline import CommandLine
from analyzer.link.effects import Effects
from analyzer.link.program_effects import ProgramEffects
from analyzer.model import Access, Site

MAX_LINES = 400
"""Command lines of all programs together that are looked at alone."""
MAX_ACCESSES = 24

Key = tuple[str, str]


def step_accesses(effects: Effects, modules: Mapping[str, Module], site: Callable[[str, int], Site]) -> Iterator[Access]:
    """The accesses of steps through the programs that they run; `effects.collect()` must have run."""
    left = MAX_LINES
    known = effects.evaluator.command_lines
    for path, lines in sorted(known.argv.items()):
        if path not in known.asked and not path.endswith(".ipynb"):
            continue  # nothing that it accesses hangs on its words
        distinct = list({(line.folder, line.words): line for line in lines}.values())
        if path not in modules or modules[path].is_test or not 1 < len(distinct) <= left:
            continue
        left -= len(distinct)
        by_words = {(line.folder, line.words): _of_line(effects, modules, path, line) for line in distinct}
        common = set.intersection(*(set(found) for found in by_words.values()))
        for line in lines:
            found = by_words[(line.folder, line.words)]
            told = [access for key, access in found.items() if key not in common]
            for access in told[:MAX_ACCESSES] if line.unit and line.unit != path else ():
                yield replace(access, site=site(line.path, line.line), unit=line.unit, call=path, borrowed=True, guarded=False)


def _of_line(effects: Effects, modules: Mapping[str, Module], path: str, line: CommandLine) -> dict[Key, Access]:
    """(op, identity) → access of the program's own lines, when nothing but this command line runs it."""
    alone = ProgramEffects(effects, path, line)
    alone.collect()
    sites = AccessSites(effects.program, modules, alone.evaluator, alone)
    found: dict[Key, Access] = {}
    for access in sites.of_python():
        if access.artifact is not None and access.site.path == path:
            found.setdefault((access.op, access.artifact), access)
    return found
