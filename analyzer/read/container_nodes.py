"""What a container of a Kubernetes-like specification runs: `command`, `args`, `script`, `workingDir`, `env`.

Source: Kubernetes API reference, Container v1 core; Argo Workflows and Tekton use the same fields and add `source` and `script`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.exec_form import exec_commands
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command
from analyzer.read.yaml_nodes import command_text, entries, get, pairs, text_of

MAX_WORDS = 1_000
SHEBANG = re.compile(r"\s*#!\s*(\S+)(?:[ \t]+(?:-\S+[ \t]+)*(\S+))?")
SHELL = re.compile(r"(^|/)(ba|da|z|k|a)?sh$")
EXPANDED = re.compile(r"\$\(([A-Za-z_]\w*)\)")

Filled = Callable[[str], str]
"""The references of a system (`{{…}}`, `$(…)`) in a text, as holes."""


def container_commands(node: Node, lines: list[str], fill: Filled) -> tuple[Command, ...]:
    """The commands that a container runs, on their lines; a script in another language than the shell's is none."""
    environment = {name: fill(value) for name, value in environment_of(get(node, "env"))}
    script = get(node, "script") or get(node, "source")
    if isinstance(script, ScalarNode):
        return _script(script, node, lines, fill, environment)
    words = [*_words(get(node, "command"), lines, fill), *_words(get(node, "args"), lines, fill)]
    if not words:
        return ()

    def expanded(text: str) -> str:
        return EXPANDED.sub(lambda match: environment.get(match[1], match[0]), text)

    return exec_commands([expanded(text) for text, _ in words], words[0][1], environment, tuple(line for _, line in words))


def _script(script: ScalarNode, node: Node, lines: list[str], fill: Filled, environment: dict[str, str]) -> tuple[Command, ...]:
    text, line = command_text(script, lines)
    shebang = SHEBANG.match(text)
    named = (shebang[2] if shebang[2] and shebang[1].endswith("env") else shebang[1]) if shebang else ""
    interpreters = [text for text, _ in _words(get(node, "command"), lines, fill)] if not named else [named]
    is_shell = not interpreters or any(SHELL.search(word) for word in interpreters[:2])
    return shell_commands(fill(text), line, environment) if is_shell else ()


def _words(node: Node | None, lines: list[str], fill: Filled) -> list[tuple[str, int]]:
    scalars = entries(node)[:MAX_WORDS] if isinstance(node, SequenceNode) else [node] if isinstance(node, ScalarNode) else []
    found = [command_text(scalar, lines) for scalar in scalars if isinstance(scalar, ScalarNode)]
    if isinstance(node, ScalarNode):
        found = [(word, line) for text, line in found for word in text.split()]
    return [(fill(text), line) for text, line in found]


def environment_of(node: Node | None) -> Iterator[tuple[str, str]]:
    """(name, value) of a list of `{name, value}`, or of a mapping."""
    for entry in entries(node)[:500]:
        value = get(entry, "value")
        if text_of(get(entry, "name")) and isinstance(value, ScalarNode):
            yield text_of(get(entry, "name")), text_of(value)
    for name, _, value in pairs(node)[:500] if isinstance(node, MappingNode) else []:
        if isinstance(value, ScalarNode):
            yield name, text_of(value)
