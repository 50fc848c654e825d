"""package.json → a step per script. Source: https://docs.npmjs.com/cli/using-npm/scripts."""

from __future__ import annotations

import json
import re

from analyzer.read.facts import Unreadable
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_ENTRIES = 1_000
OURS = re.compile(r"\b(?:python[\d.]*|uv|poetry|papermill|make|dvc|\S+\.py|\S+\.sh)\b")


def read_package_json(text: str) -> StepFacts | Unreadable:
    """The `scripts` that run Python or shell scripts; what they do with JavaScript is no concern here."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"is no valid JSON ({str(error)[:100]})")
    scripts = value.get("scripts") if isinstance(value, dict) else None
    lines = text.split("\n")
    steps: list[Step] = []
    for name, command in list(scripts.items())[:MAX_ENTRIES] if isinstance(scripts, dict) else []:
        if isinstance(command, str) and OURS.search(command):
            line = next((number for number, content in enumerate(lines, 1) if content.lstrip().startswith(f'"{name}"')), 1)
            steps.append(Step("task", name, line, line, commands=shell_commands(command.replace("\n", " "), line)))
    return StepFacts("task", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))
