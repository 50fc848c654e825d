"""Names that files other than Python mention: configuration, commands, packaging, documentation that shows code, unread files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzer.model import Site
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.mentions import words_in
from analyzer.read.names import NAME
from analyzer.read.prose import MAX_LINES, ProseFacts
from analyzer.read.step_facts import StepFacts

_ENTRY = re.compile(r"[\w.]+:\w+")


def told(
    configs: Mapping[str, ConfigFacts],
    steps: Mapping[str, StepFacts],
    prose: Mapping[str, ProseFacts],
    packaging: Mapping[str, str],
    unread: Mapping[str, str],
) -> dict[str, Site]:
    """Every such name with the first place that mentions it."""
    found: dict[str, Site] = {}
    for path, config in sorted(configs.items()):
        for key, value, line in config.leaves:
            for name in (*NAME.findall(key), *(words_in(value) if isinstance(value, str) else ())):
                found.setdefault(name, Site(path, line))
    for path, facts in sorted(steps.items()):
        for name, number in facts.names:
            found.setdefault(name, Site(path, number))
        for number, word in _words(facts):
            for name in NAME.findall(word):
                found.setdefault(name, Site(path, number))
    for path, text in sorted(packaging.items()):
        for entry in [text] if path.endswith(".py") else _ENTRY.findall(text):
            for name in NAME.findall(entry):
                found.setdefault(name, Site(path))
    for path, said in sorted(prose.items()):
        for name, number in said.shown:
            found.setdefault(name, Site(path, number))
    for path, text in sorted(unread.items()):
        for number, row in enumerate(text.split("\n")[:MAX_LINES], 1):
            for name in NAME.findall(row):
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
