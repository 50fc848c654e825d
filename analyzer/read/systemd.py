"""systemd unit → what it starts. Source: systemd.service(5), systemd.exec(5)."""

from __future__ import annotations

import re

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_LINES = 10_000
SETTING = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*)")


def read_systemd(text: str) -> StepFacts:
    """What a unit starts: `ExecStartPre`, `ExecStart`, `ExecStartPost`, in `WorkingDirectory`."""
    commands: list[Command] = []
    folder, first = "", 1
    lines = text.split("\n")
    at = 0
    while at < min(len(lines), MAX_LINES):
        start, line = at, lines[at]
        while line.endswith("\\") and at + 1 < len(lines):
            at += 1
            line = line[:-1] + " " + lines[at].strip()
        at += 1
        match = SETTING.match(line)
        if match and match[1] == "WorkingDirectory":
            folder = match[2].strip().lstrip("-")
        elif match and match[1] in ("ExecStartPre", "ExecStart", "ExecStartPost"):
            first = start + 1 if not commands else first
            commands.extend(shell_commands(match[2].lstrip("-@+!: "), start + 1))
    steps = [Step("schedule", "", first, len(lines), commands=tuple(commands), cwd=folder, is_default=True)] if commands else []
    return StepFacts("schedule", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))
