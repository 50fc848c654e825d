"""Python variables in the shell lines of notebooks: `!gsutil cp {model_path} $BUCKET/models`.

Source: IPython's `var_expand`: `$name` and `{expression}` are taken from the notebook's own names before the shell sees the line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from analyzer.link.domain import Pattern, as_pattern, generalised
from analyzer.link.where import Where
from analyzer.read.step_filling import HOLE, filled_command
from analyzer.read.values import Attr, Name, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking
    from analyzer.read.step_facts import Command, Step

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def with_values(evaluator: Asking) -> dict[str, tuple[Step, ...]]:
    """Notebook → its shell steps, with the holes that its own code fills filled in."""
    return {
        path: tuple(_filled(evaluator, path, step) for step in facts.steps)
        for path, facts in evaluator.program.facts.items()
        if facts.steps
    }


def _filled(evaluator: Asking, path: str, step: Step) -> Step:
    commands = tuple(filled_command(command, _values(evaluator, path, command)) for command in step.commands)
    return msgspec.structs.replace(step, commands=commands)


def _values(evaluator: Asking, path: str, command: Command) -> dict[str, str]:
    """hole → its text, for the holes of a command that name something of which the beginning is known."""
    texts = (*command.words, command.stdin, command.stdout, command.cwd)
    names = dict.fromkeys(name for text in texts if "{" in text for name in HOLE.findall(text) if _NAME.fullmatch(name))
    if not names:
        return {}
    where = _where(evaluator, path, command.line)
    found = {name: _text(evaluator, name, where) for name in names}
    return {name: text for name, text in found.items() if text}


def _where(evaluator: Asking, path: str, line: int) -> Where:
    """The innermost scope around a line, at its first block: shell lines leave no statement of their own."""
    symbols = evaluator.program.symbols(path)
    scope = symbols.scope_at(line)
    return Where(path, scope, symbols.moment(line), symbols.facts.scopes[scope].block)


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
