"""Programs of an interpreter that stand as a text in shell scripts, recipes and CI jobs (GLU005)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.step_facts import Command

MIN_LINES = 20
"""Of code: below, a script of its own costs more than it gives."""
_INTERPRETER = re.compile(r"(?:python|Rscript|perl|ruby|node)[\d.]*\Z")
_FIRST = 6
"""Words among which the interpreter stands: `sudo -E uv run python -`."""
_ASIDE = re.compile(r"(?:^|/)(?:tests?|docs?|examples?|third_?party|vendor|external|node_modules)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InlineProgram:
    site: Site
    interpreter: str
    lines: int


def inline_programs(graph: SystemGraph) -> Iterator[tuple[str, list[InlineProgram]]]:
    """(path, its long inline programs) for each file that has any, by path."""
    for path, facts in sorted(graph.steps.items()):
        if facts.kind in ("docker", "notebook") or _ASIDE.search(path) or path in graph.modules:
            continue
        if posixpath.basename(path) in graph.once(_tested):
            continue
        found = [program for step in facts.steps for command in step.commands if (program := _program(path, command)) is not None]
        if found:
            yield path, list({program.site: program for program in found}.values())


def _tested(graph: SystemGraph) -> frozenset[str]:
    """Base names of the scripts that a test names: it runs them as a whole, the programs in them too."""
    return frozenset(name for module in graph.modules.values() if module.is_test for name in module.facts.told)


def _program(path: str, command: Command) -> InlineProgram | None:
    words = [posixpath.basename(word) for word in command.words[:_FIRST]]
    at = next((n for n, word in enumerate(words) if _INTERPRETER.match(word)), -1)
    if at < 0:
        return None
    behind = command.words[at + 1 :]
    text = next((behind[n + 1] for n, word in enumerate(behind[:-1]) if word in ("-c", "-e")), "")
    if not text and (not behind or behind[0].startswith("-")):  # `python -` and `python` alone read what they are fed with
        text = command.fed
    lines = sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in text.split("\n"))
    return InlineProgram(Site(path, command.line), words[at], lines) if lines >= MIN_LINES else None
