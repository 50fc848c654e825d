"""crontab → a step per job. Source: crontab(5)."""

from __future__ import annotations

import re

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_LINES = 10_000
MAX_ENTRIES = 1_000
FIELD = r"(?:[\d*/,\-]+|[A-Za-z]{3}(?:-[A-Za-z]{3})?)"
CRON = re.compile(rf"\s*(?:@\w+|{FIELD}(?:[ \t]+{FIELD}){{4}})[ \t]+(\S.*)")
SETTING = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*)")
USERS = frozenset({"root", "www-data", "ubuntu", "app", "nobody"})


def read_crontab(text: str) -> StepFacts:
    """The jobs of a crontab, with the variables set above them; a user's name before the command (as in /etc/cron.d) is passed over."""
    steps: list[Step] = []
    values: dict[str, str] = {}
    for number, line in enumerate(text.split("\n")[:MAX_LINES], 1):
        setting, job = SETTING.match(line), CRON.match(line)
        if line.lstrip().startswith("#"):
            continue
        if job and len(steps) < MAX_ENTRIES:
            command = job[1].replace("\\%", "%")
            first, _, rest = command.partition(" ")
            command = rest.strip() if rest.strip() and first in USERS else command
            steps.append(
                Step("schedule", f"line {number}", number, number, commands=shell_commands(command, number, values), is_default=True)
            )
        elif setting:
            values[setting[1]] = setting[2].strip().strip("\"'")
    return StepFacts("schedule", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))
