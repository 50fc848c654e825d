"""Commands that are written twice: jobs of CI systems, recipes and shell scripts of several files that run the same (RULES.md E5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyzer.graph.clones import alike
from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.step_facts import Command

MIN_COMMANDS = 8
KINDS = frozenset({"ci", "shell", "make"})
_HOLE = re.compile(r"\{[^{}]*\}")
_SET_UP = frozenset(
    "cd echo printf export set unset source . [ [[ test exit return true false mkdir rm cp mv ls pwd cat touch chmod sleep local shift "
    "pip pip3 conda mamba poetry uv apt apt-get sudo brew npm yarn git curl wget unzip tar".split()
)
"""First words of commands that every script has."""


@dataclass(frozen=True, slots=True)
class StepText:
    """The telling commands of one step."""

    path: str
    name: str
    lines: tuple[str, ...]
    source_lines: tuple[int, ...]

    @property
    def id(self) -> str:
        return f"{self.path}::{self.name}" if self.name else self.path

    @property
    def site(self) -> Site:
        return Site(self.path, min(self.source_lines), max(self.source_lines))


def cloned_steps(graph: SystemGraph) -> list[tuple[StepText, StepText, float]]:
    """Pairs of steps of two files that share 60 % of their telling commands or more, each with its share."""
    steps = [step for step in _steps(graph) if len(step.lines) >= MIN_COMMANDS]
    return [
        (steps[left], steps[right], share)
        for left, right, share in alike([step.lines for step in steps])
        if steps[left].path != steps[right].path and share * (len(steps[left].lines) + len(steps[right].lines)) >= 2 * MIN_COMMANDS
    ]


def _steps(graph: SystemGraph) -> list[StepText]:
    found = []
    for path in sorted(graph.steps):
        if path in graph.modules:
            continue
        for step in graph.steps[path].steps:
            if step.kind in KINDS:
                telling = [command for command in step.commands if command.words and command.words[0] not in _SET_UP]
                found.append(StepText(path, step.name, tuple(map(_text, telling)), tuple(command.line for command in telling)))
    return found


def _text(command: Command) -> str:
    """The command with its holes unnamed: each CI system calls its variables differently."""
    words = [_HOLE.sub("{}", word) for word in command.words]
    return " ".join([*words, *(("<", command.stdin) if command.stdin else ()), *((">", command.stdout) if command.stdout else ())])
