"""Taskcluster tasks → a step per task: its command, what it depends on, and the files it leaves as artifacts.

Source: https://docs.taskcluster.net (.taskcluster.yml, task definition, docker-worker and generic-worker payloads), JSON-e operators.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.container_nodes import environment_of
from analyzer.read.exec_form import exec_commands
from analyzer.read.step_facts import Command, Declared, Step
from analyzer.read.yaml_nodes import command_text, entries, get, last_line, line_of, pairs, text_of

MAX_TASKS = 2_000
MAX_NODES = 100_000
MAX_DEPTH = 60
MAX_ENTRIES = 500
REFERENCE = re.compile(r"\$\{([^{}]{1,200})\}")
SLUG = re.compile(r"as_slugid\(\s*[\"']([^\"']+)[\"']\s*\)")
NAMES = ("ID", "taskId", "label")


def is_tasks(document: Node) -> bool:
    """Whether the document describes tasks: `tasks`, or one task with its payload and worker."""
    return _is_task(document) or (get(document, "tasks") is not None and get(document, "version") is not None)


def _is_task(node: Node) -> bool:
    return isinstance(get(node, "payload"), MappingNode) and get(get(node, "payload"), "command") is not None


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The tasks anywhere in the document, whatever operators stand around them."""
    stack: list[tuple[Node, int]] = [(document, 0)]
    count = 0
    for _ in range(MAX_NODES):
        if not stack or count >= MAX_TASKS:
            return
        node, depth = stack.pop()
        if _is_task(node):
            count += 1
            yield _task(node, lines)
            continue
        children = [value for _, _, value in pairs(node)] if isinstance(node, MappingNode) else entries(node)
        if depth < MAX_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(children) if not isinstance(child, ScalarNode))


def _task(node: Node, lines: list[str]) -> Step:
    payload = get(node, "payload")
    environment = {name: holes(value) for name, value in environment_of(get(payload, "env"))}
    commands = tuple(_commands(get(payload, "command"), lines, environment))
    after = tuple(name for entry in entries(get(node, "dependencies"))[:MAX_ENTRIES] if (name := _reference(entry)))
    is_plain = all(command.words[:1] != ("cd",) for command in commands)
    outs = tuple(_artifacts(get(payload, "artifacts"), is_plain))
    return Step("taskcluster", _name(node), line_of(node), last_line(node), (), outs, commands, "", after)


def _name(node: Node) -> str:
    named = next((name for key in NAMES if (name := _reference(get(node, key)))), "")
    return named or text_of(get(get(node, "metadata"), "name"))


def _reference(node: Node | None) -> str:
    """A task's name: written out, or made by `{$eval: as_slugid("name")}`."""
    text = text_of(node) or text_of(get(node, "$eval"))
    match = SLUG.search(text)
    return match[1] if match else holes(text)


def _commands(node: Node | None, lines: list[str], environment: dict[str, str]) -> Iterator[Command]:
    """docker-worker has one list of words, generic-worker a list of lists or of texts."""
    inner = [entry for entry in entries(node) if isinstance(entry, SequenceNode)]
    for words in inner or ([node] if isinstance(node, SequenceNode) else []):
        texts = [command_text(entry, lines) for entry in entries(words)[:MAX_ENTRIES] if isinstance(entry, ScalarNode)]
        if texts:
            yield from exec_commands([holes(text) for text, _ in texts], texts[0][1], environment, tuple(line for _, line in texts))


def _artifacts(node: Node | None, is_plain: bool) -> Iterator[Declared]:
    """Files that a task leaves. A container starts in `/`, so for a command that changes no folder `/data/x` is `data/x`."""
    named = [value for _, _, value in pairs(node)] if isinstance(node, MappingNode) else entries(node)
    for artifact in named[:MAX_ENTRIES]:
        place = get(artifact, "path")
        if isinstance(place, ScalarNode) and text_of(place):
            path = posixpath.normpath(holes(text_of(place)))
            if not path.startswith("/") or is_plain:
                yield Declared(path.lstrip("/") or ".", line_of(place))


def holes(text: str) -> str:
    """`${expression}` becomes the hole `{expression}`."""
    return REFERENCE.sub(lambda match: "{" + re.sub(r"[^\w.-]", "", match[1]) + "}", text) if "${" in text else text
