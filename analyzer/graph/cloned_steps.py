"""Commands that are written twice: jobs of CI systems, recipes and shell scripts of several files that run the same (RULES.md E5)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from analyzer.graph.clones import MIN_SIMILARITY, alike
from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.step_facts import Command

MIN_COMMANDS = 8
MIN_SHARE_OF_SIBLINGS = 0.8
SHELL = (".sh", ".bash", ".zsh", ".ksh")
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
    """Pairs of steps of two files that share 60 % of their telling commands or more, each with its share.

    Scripts of one folder are compared by all of their commands as well: 80 % have to be the same.
    """
    telling = list(_steps(graph, _is_telling))
    found = {(one.id, other.id): (one, other, share) for one, other, share in _alike(telling, MIN_SIMILARITY)}
    whole = [step for step in _steps(graph, lambda _: True) if not step.name and step.path.endswith(SHELL)]
    for one, other, share in _alike(whole, MIN_SHARE_OF_SIBLINGS):
        if posixpath.dirname(one.path) == posixpath.dirname(other.path):
            found.setdefault((one.id, other.id), (one, other, share))
    return [found[names] for names in sorted(found)]


def _alike(steps: Sequence[StepText], least: float) -> Iterator[tuple[StepText, StepText, float]]:
    steps = [step for step in steps if len(step.lines) >= MIN_COMMANDS]
    for left, right, share in alike([step.lines for step in steps], (), least):
        if steps[left].path != steps[right].path and share * (len(steps[left].lines) + len(steps[right].lines)) >= 2 * MIN_COMMANDS:
            yield steps[left], steps[right], share


def _steps(graph: SystemGraph, counts: Callable[[Command], bool]) -> Iterator[StepText]:
    for path in sorted(graph.steps):
        if path in graph.modules:
            continue
        for step in graph.steps[path].steps:
            if step.kind in KINDS:
                commands = [command for command in step.commands if command.words and counts(command)]
                yield StepText(path, step.name, tuple(map(_text, commands)), tuple(command.line for command in commands))


def _is_telling(command: Command) -> bool:
    return command.words[0] not in _SET_UP


def _text(command: Command) -> str:
    """The command with its holes unnamed: each CI system calls its variables differently."""
    words = [_HOLE.sub("{}", word) for word in command.words]
    return " ".join([*words, *(("<", command.stdin) if command.stdin else ()), *((">", command.stdout) if command.stdout else ())])
