"""Holes of a step filled in wherever it names paths and words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

import msgspec

from analyzer.read.step_facts import Command, Declared, Step

MAX_TEXT = 4_000
MAX_VARIANTS = 12
HOLE = re.compile(r"\{([\w.-]+)\}")


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with the holes that `values` knows filled in."""
    if "{" not in text:
        return text
    return HOLE.sub(lambda match: values.get(match[1], match[0]), text)[:MAX_TEXT]


def filled_step(step: Step, values: Mapping[str, str]) -> Step:
    """The step with the holes that `values` knows filled in wherever it names paths and words."""

    def declared(entry: Declared) -> Declared:
        return Declared(filled(entry.path, values), entry.line, entry.kind)

    return msgspec.structs.replace(
        step,
        deps=tuple(declared(entry) for entry in step.deps),
        outs=tuple(declared(entry) for entry in step.outs),
        commands=tuple(filled_command(command, values) for command in step.commands),
        cwd=filled(step.cwd, values),
        image=filled(step.image, values),
        bindings=tuple((name, filled(text, values)) for name, text in step.bindings),
    )


def filled_command(command: Command, values: Mapping[str, str]) -> Command:
    return msgspec.structs.replace(
        command,
        words=tuple(filled(word, values) for word in command.words),
        stdin=filled(command.stdin, values),
        stdout=filled(command.stdout, values),
        cwd=filled(command.cwd, values),
    )


def variants(step: Step, choices: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """The step once for every combination of the values that its holes can have (at most twelve), each different one once."""
    used = [name for name, values in choices.items() if values and "{" + name + "}" in repr(step)]
    seen: set[Step] = set()
    for chosen in islice(product(*(choices[name] for name in used)), MAX_VARIANTS):
        made = filled_step(step, dict(zip(used, chosen, strict=True)))
        if made not in seen:
            seen.add(made)
            yield made
