"""Python variables in the shell lines of notebooks: `!gsutil cp {model_path} $BUCKET/models`.

Source: IPython's `var_expand`: `$name` and `{expression}` are taken from the notebook's own names before the shell sees the line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from analyzer.link.domain import Pattern, as_pattern, generalised
from analyzer.link.where import Where
from analyzer.read.step_filling import HOLE, filled_command
from analyzer.read.values import Attr, Name, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking
    from analyzer.read.facts import Command, PythonFacts, Step

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def with_values(evaluator: Asking) -> dict[str, tuple[Step, ...]]:
    """Notebook → its shell steps, with the holes that its own code fills filled in."""
    return {
        path: tuple(_filled(evaluator, path, facts, step) for step in facts.steps)
        for path, facts in evaluator.program.facts.items()
        if facts.steps
    }


def _filled(evaluator: Asking, path: str, facts: PythonFacts, step: Step) -> Step:
    moments = sorted([*((a.line, a.at) for a in facts.assigns), *((c.line, c.at) for c in facts.calls)])
    commands = tuple(filled_command(command, _values(evaluator, path, facts, command, moments)) for command in step.commands)
    return msgspec.structs.replace(step, commands=commands)


def _values(evaluator: Asking, path: str, facts: PythonFacts, command: Command, moments: list[tuple[int, int]]) -> dict[str, str]:
    """hole → its text, for the holes of a command that name something of which the beginning is known."""
    texts = (*command.words, command.stdin, command.stdout, command.cwd)
    names = dict.fromkeys(name for text in texts if "{" in text for name in HOLE.findall(text) if _NAME.fullmatch(name))
    if not names:
        return {}
    before = bisect_left(moments, (command.line, -1))
    where = _where(path, facts, command.line, moments[before - 1][1] + 1 if before else 0)
    found = {name: _text(evaluator, name, where) for name in names}
    return {name: text for name, text in found.items() if text}


def _where(path: str, facts: PythonFacts, line: int, at: int) -> Where:
    """The innermost scope around a line, at its first block: shell lines leave no statement of their own."""
    scope = max((i for i, s in enumerate(facts.scopes) if i and s.kind == "function" and s.line < line <= s.end_line), default=0)
    at = next((assign.at for assign in facts.assigns if assign.scope == scope and assign.line > line), 1 << 30)
    return Where(path, scope, at, facts.scopes[scope].block)


def _text(evaluator: Asking, name: str, where: Where) -> str:
    first, *rest = name.split(".")
    value: Value = Name(first)
    for attribute in rest:
        value = Attr(value, attribute)
    found = evaluator.value(value, where)
    if len(found) == 1:
        pattern = as_pattern(found[0])
        return pattern.shown if pattern.has_text and not pattern.temporary else ""
    patterns = [v for v in found if isinstance(v, Pattern)]
    general = generalised(patterns) if len(patterns) == len(found) else None
    return general.shown if general is not None else ""
