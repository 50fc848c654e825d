"""spaCy / Weasel `project.yml` → a step per command and per asset.

Source: https://spacy.io/usage/projects#project-yml (`vars`, `env`, `assets`, `workflows`, `commands` with `deps`, `outputs`,
`outputs_no_cache`, `script`). Workflows say which command runs after which.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode, SequenceNode

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step
from analyzer.read.yaml_nodes import command_text, entries, get, last_line, line_of, pairs, scalars, text_of

MAX_ENTRIES = 1_000
REFERENCE = re.compile(r"\$\{(vars|env)\.([\w.-]+)\}")


def is_project(document: Node, name: str) -> bool:
    """Whether a file of this name holds a project: `project.yml` with a list of named commands."""
    if name not in ("project.yml", "project.yaml"):
        return False
    commands = entries(get(document, "commands"))
    named = bool(commands) and all(text_of(get(command, "name")) for command in commands[:3])
    return named or get(document, "assets") is not None


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The assets, then the commands."""
    values = {".".join(path): str(scalar.value) for path, scalar in _variables(document)}
    after = _order(get(document, "workflows"))
    for asset in entries(get(document, "assets"))[:MAX_ENTRIES]:
        dest = get(asset, "dest")
        if isinstance(dest, ScalarNode):
            source = tuple(_source(asset, values))
            place = Declared(_filled(text_of(dest), values), line_of(dest))
            yield Step("spacy", f"asset {place.path}", line_of(asset), last_line(asset), source, (place,))
    for command in entries(get(document, "commands"))[:MAX_ENTRIES]:
        name = text_of(get(command, "name"))
        outs = [*_paths(get(command, "outputs"), values), *_paths(get(command, "outputs_no_cache"), values)]
        yield Step(
            "spacy", name, line_of(command), last_line(command), tuple(_paths(get(command, "deps"), values)), tuple(outs),
            tuple(_script(get(command, "script"), lines, values)), after=after.get(name, ()), is_default=True,
        )  # fmt: skip


def _variables(document: Node) -> Iterator[tuple[tuple[str, ...], ScalarNode]]:
    for name in ("vars", "env"):
        node = get(document, name)
        if node is not None:
            yield from (((name, *path), scalar) for path, scalar in scalars(node, MAX_ENTRIES))


def _source(asset: Node, values: dict[str, str]) -> Iterator[Declared]:
    url, repository = get(asset, "url"), get(get(asset, "git"), "repo")
    if isinstance(url, ScalarNode) and text_of(url):
        yield Declared(_filled(text_of(url), values), line_of(url), "dataset")
    elif isinstance(repository, ScalarNode):
        address = _filled(text_of(repository), values).rstrip("/").removesuffix(".git")
        yield Declared(f"{address}/{_filled(text_of(get(get(asset, 'git'), 'path')), values)}", line_of(repository), "dataset")


def _paths(node: Node | None, values: dict[str, str]) -> Iterator[Declared]:
    for entry in entries(node)[:MAX_ENTRIES]:
        if isinstance(entry, ScalarNode) and text_of(entry):
            yield Declared(_filled(text_of(entry), values), line_of(entry))


def _script(node: Node | None, lines: list[str], values: dict[str, str]) -> Iterator[Command]:
    for entry in entries(node)[:MAX_ENTRIES] if isinstance(node, SequenceNode) else []:
        if isinstance(entry, ScalarNode):
            text, line = command_text(entry, lines)
            yield from shell_commands(_filled(text, values), line)


def _order(workflows: Node | None) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for _, _, workflow in pairs(workflows)[:MAX_ENTRIES]:
        names = [text_of(entry) for entry in entries(workflow)[:MAX_ENTRIES]]
        for earlier, later in itertools.pairwise(names):
            found.setdefault(later, {})[earlier] = None
    return {name: tuple(before) for name, before in found.items()}


def _filled(text: str, values: dict[str, str]) -> str:
    """`${vars.x}` filled in; what is not known is the hole `{x}`."""

    def fill(match: re.Match[str]) -> str:
        return values.get(f"{match[1]}.{match[2]}", "{" + match[2] + "}")

    for _ in range(3):
        if "${" not in text or len(text) > 4_000:
            break
        text = REFERENCE.sub(fill, text)
    return text
