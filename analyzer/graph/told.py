"""Names that files other than Python mention: configuration, commands, packaging, documentation that shows code, unread files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from analyzer.model import Site
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.mentions import words_in
from analyzer.read.step_facts import StepFacts

_PART = re.compile(r"[A-Za-z_]\w*")
_FENCE = re.compile(r"^\s*(?:```|~~~|\.\. code(?:-block)?::|>>> )")
_IMPORT = re.compile(r"^\s*(?:>>> |\$ )?(?:from\s+[\w.]+\s+import\b|import\s+\w)")
_CALLED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(|\b((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)\b")
_ENTRY = re.compile(r"[\w.]+:\w+")
_NAMED = re.compile(r"`([A-Za-z]\w*_\w+|[A-Z]+[a-z0-9]+[A-Z]\w*)(?:\(\))?`")
_PAST = re.compile(r"(^|/)(CHANGELOG|CHANGES|HISTORY|NEWS|RELEASE\w*)[^/]*$", re.IGNORECASE)
"""What was once there is no use."""
MAX_LINES = 20_000


def told(
    configs: Mapping[str, ConfigFacts],
    steps: Mapping[str, StepFacts],
    prose: Mapping[str, str],
    packaging: Mapping[str, str],
    unread: Mapping[str, str],
) -> dict[str, Site]:
    """Every such name with the first place that mentions it.

    Prose counts where it shows code (a fenced block that imports) or writes a call, a dotted name or a name set as code: a list of files
    or of past changes is no use.
    """
    found: dict[str, Site] = {}
    for path, config in sorted(configs.items()):
        for key, value, line in config.leaves:
            for name in (*_PART.findall(key), *(words_in(value) if isinstance(value, str) else ())):
                found.setdefault(name, Site(path, line))
    for path, facts in sorted(steps.items()):
        for number, word in _words(facts):
            for name in _PART.findall(word):
                found.setdefault(name, Site(path, number))
    for path, text in sorted(packaging.items()):
        for entry in [text] if path.endswith(".py") else _ENTRY.findall(text):
            for name in _PART.findall(entry):
                found.setdefault(name, Site(path))
    for path, text in sorted(prose.items()):
        for number, name in _shown(text) if not _PAST.search(path) else ():
            found.setdefault(name, Site(path, number))
    for path, text in sorted(unread.items()):
        for number, row in enumerate(text.split("\n")[:MAX_LINES], 1):
            for name in _PART.findall(row):
                found.setdefault(name, Site(path, number))
    return found


def _words(facts: StepFacts) -> Iterator[tuple[int, str]]:
    for step in facts.steps:
        for command in step.commands:
            for word in (*command.words, command.fed):
                yield command.line, word
        for _name, text in (*step.parameters, *step.bindings):
            yield step.line, text
    for _name, text in (*facts.environment, *facts.variables):
        yield 1, text


def _shown(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")[:MAX_LINES]
    for first, last in _blocks(lines):
        if any(_IMPORT.match(line) for line in lines[first:last]):
            for number in range(first, last):
                for name in _PART.findall(lines[number].partition("#")[0]):
                    yield number + 1, name
    for number, line in enumerate(lines, 1):
        if _IMPORT.match(line):
            for name in _PART.findall(line):
                yield number, name
        for name in _NAMED.findall(line):
            yield number, name
        for called, dotted in _CALLED.findall(line):
            for name in (called or dotted).split("."):
                yield number, name


def _blocks(lines: list[str]) -> Iterable[tuple[int, int]]:
    """(first, last) line of each fenced or indented block of code."""
    start = -1
    for number, line in enumerate(lines):
        if not _FENCE.match(line):
            continue
        if line.lstrip().startswith(".."):
            last = next((n for n in range(number + 1, len(lines)) if lines[n].strip() and not lines[n].startswith((" ", "\t"))), len(lines))
            yield number + 1, last
        elif start < 0:
            start = number + 1
        else:
            yield start, number
            start = -1
