"""Kubernetes manifests → a step per container, and the models that serving resources name.

Source: Kubernetes API reference (workloads), KServe `InferenceService` (`storageUri`), Seldon (`modelUri`), Spark operator
(`mainApplicationFile`, `arguments`), Ray (`entrypoint`). Any resource that holds containers counts, also custom ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.container_nodes import container_commands
from analyzer.read.exec_form import exec_commands
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Declared, Step
from analyzer.read.yaml_nodes import entries, get, last_line, line_of, pairs, text_of

MAX_STEPS = 1_000
MAX_NODES = 20_000
MAX_DEPTH = 30
CONTAINERS = ("initContainers", "containers")
STORED = frozenset({"storageUri", "storage_uri", "modelUri"})


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The steps of one resource; what it is (`kind`) does not matter."""
    name = resource_name(document)
    init: tuple[str, ...] = ()
    for count, (key, node) in enumerate(_found(document)):
        if count >= MAX_STEPS:
            return
        if key in CONTAINERS:
            own = text_of(get(node, "name"))
            step_name = f"{name}/{own}" if own and own != name else name
            commands = container_commands(node, lines, str)
            if commands:
                folder, image = text_of(get(node, "workingDir")), text_of(get(node, "image"))
                line = line_of(node)
                yield Step("kubernetes", step_name, line, last_line(node), (), (), commands, folder, init, True, image=image)
                init = (*init, step_name) if key == "initContainers" else init
        else:
            yield from _special(key, node, name)


def _special(key: str, node: Node, name: str) -> Iterator[Step]:
    line, end = line_of(node), last_line(node)
    if key in STORED:
        yield Step("kubernetes", name, line, end, (Declared(text_of(node), line, "model"),))
    elif key == "entrypoint":
        yield Step("kubernetes", name, line, end, (), (), shell_commands(text_of(node), line), is_default=True)
    else:
        words = ["spark-submit", text_of(get(node, key)).removeprefix("local://"), *(text_of(a) for a in entries(get(node, "arguments")))]
        yield Step("kubernetes", name, line, end, (), (), exec_commands(words, line_of(get(node, key) or node)), is_default=True)


def _found(document: Node) -> Iterator[tuple[str, Node]]:
    """(key, node) of every container and of what else says what a resource runs or serves."""
    stack: list[tuple[Node, int]] = [(document, 0)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        node, depth = stack.pop()
        children: list[Node] = []
        if isinstance(node, MappingNode):
            for key, _, value in pairs(node):
                if key in CONTAINERS and isinstance(value, SequenceNode):
                    yield from ((key, entry) for entry in entries(value))
                elif isinstance(value, ScalarNode) and text_of(value) and (key in STORED or (key == "entrypoint" and depth == 1)):
                    yield key, value
                elif key == "mainApplicationFile" and isinstance(value, ScalarNode):
                    yield key, node
                children.append(value)
        elif isinstance(node, SequenceNode):
            children = entries(node)
        if depth < MAX_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(children) if not isinstance(child, ScalarNode))


def resource_name(document: Node) -> str:
    """`metadata.name`, or the prefix of a generated one."""
    metadata = get(document, "metadata")
    return text_of(get(metadata, "name")) or text_of(get(metadata, "generateName")).rstrip("-")
