"""Kubeflow Pipelines `component.yaml` → a step with the container's command.

Source: https://www.kubeflow.org/docs/components/pipelines/ (component specification, v1: `implementation.container`). `{inputValue: X}`,
`{inputPath: X}` and `{outputPath: X}` are the hole `{X}`; `if` and `concat` are flattened.
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.exec_form import exec_commands
from analyzer.read.step_facts import Step
from analyzer.read.yaml_nodes import command_text, entries, get, last_line, line_of, pairs, text_of

MAX_WORDS = 1_000
PLACEHOLDERS = frozenset({"inputValue", "inputPath", "inputUri", "outputPath", "outputUri"})


def is_component(document: Node) -> bool:
    """Whether the document is a component that a container implements."""
    return isinstance(get(get(document, "implementation"), "container"), MappingNode)


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The one step of a component; nothing when the container has no command."""
    container = get(get(document, "implementation"), "container")
    words = [*_words(get(container, "command"), lines), *_words(get(container, "args"), lines)][:MAX_WORDS]
    commands = exec_commands([word for word, _ in words], words[0][1], None, tuple(line for _, line in words)) if words else ()
    if commands:
        name, image = text_of(get(document, "name")), text_of(get(container, "image"))
        yield Step("kfp", name, line_of(document), last_line(document), (), (), commands, is_default=True, image=image)


def _words(node: Node | None, lines: list[str]) -> Iterator[tuple[str, int]]:
    for entry in entries(node)[:MAX_WORDS]:
        if isinstance(entry, ScalarNode):
            yield command_text(entry, lines)
        for key, place, value in pairs(entry):
            if key in PLACEHOLDERS:
                yield "{" + text_of(value).replace(" ", "_") + "}", line_of(place)
            elif key == "concat":
                yield "".join(word for word, _ in _words(value, lines)), line_of(place)
            elif key == "if":
                yield from _words(get(value, "then"), lines)
