"""Taskfile.yml → a step per task. Source: https://taskfile.dev/reference/schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.facts import Unreadable
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import YamlError, command_text, compose, entries, get, last_line, line_of, pairs, text_of

MAX_ENTRIES = 1_000
TEMPLATE = re.compile(r"\{\{\s*\.?([\w.-]+)[^{}]*\}\}")


def read_taskfile(text: str) -> StepFacts | Unreadable:
    """The tasks of a Taskfile: `cmds` or `cmd`, `deps` before it, `sources` in, `generates` out, `dir` relative to the file."""
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    lines = text.split("\n")
    steps: list[Step] = []
    for document in documents[:1]:
        values = {name: text_of(value) for name, _, value in pairs(get(document, "vars"))[:MAX_ENTRIES] if isinstance(value, ScalarNode)}
        for name, key, task in pairs(get(document, "tasks"))[:MAX_ENTRIES]:
            steps.append(_task(name, line_of(key), task, lines, values))
    return StepFacts("task", text.count("\n") + 1, tuple(steps), (), (), suppressions(text, python=False))


def _task(name: str, line: int, task: Node, lines: list[str], values: dict[str, str]) -> Step:
    values = {
        **values,
        **{key: text_of(value) for key, _, value in pairs(get(task, "vars"))[:MAX_ENTRIES] if isinstance(value, ScalarNode)},
    }

    def filled(text: str) -> str:
        return TEMPLATE.sub(lambda match: values.get(match[1], "{" + match[1] + "}"), text) if "{{" in text else text

    listed = task if not isinstance(task, MappingNode) else get(task, "cmds") or get(task, "cmd")
    commands: list[Command] = []
    after = [text_of(entry) or text_of(get(entry, "task")) for entry in entries(get(task, "deps"))[:MAX_ENTRIES]]
    for entry in entries(listed)[:MAX_ENTRIES] or ([listed] if listed is not None else []):
        node = entry if isinstance(entry, ScalarNode) else get(entry, "cmd")
        if isinstance(node, ScalarNode):
            shell, first = command_text(node, lines)
            commands.extend(shell_commands(filled(shell), first))
    deps, outs = (tuple(_listed(get(task, key), filled)) for key in ("sources", "generates"))
    folder = filled(text_of(get(task, "dir")))
    names = tuple(name for name in after if name)
    return Step("task", name, line, last_line(task), deps, outs, tuple(commands), folder, names, name == "default")


def _listed(node: Node | None, filled: Callable[[str], str]) -> Iterator[Declared]:
    for entry in entries(node)[:MAX_ENTRIES]:
        if isinstance(entry, ScalarNode):
            yield Declared(filled(text_of(entry)), line_of(entry))
