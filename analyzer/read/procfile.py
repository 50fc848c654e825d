"""Procfile → a step per process. Source: https://devcenter.heroku.com/articles/procfile."""

from __future__ import annotations

import re

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_LINES = 10_000
MAX_ENTRIES = 1_000
PROCESS = re.compile(r"([A-Za-z0-9_-]+)[ \t]*:[ \t]*(\S.*)")


def read_procfile(text: str) -> StepFacts:
    """The processes of a Procfile."""
    steps: list[Step] = []
    for number, line in enumerate(text.split("\n")[:MAX_LINES], 1):
        match = PROCESS.match(line)
        if match and len(steps) < MAX_ENTRIES:
            steps.append(Step("schedule", match[1], number, number, commands=shell_commands(match[2], number), is_default=True))
    return StepFacts("schedule", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))
