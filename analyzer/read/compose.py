"""Compose file → a step per service: what it starts, what it mounts, what it is built from.

Source: the Compose specification (https://github.com/compose-spec/compose-spec/blob/main/spec.md): `services`, `build`, `volumes` in the
short and the long form, `entrypoint`, `command`, `working_dir`, `environment`, `depends_on`, interpolation.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.exec_form import exec_commands
from analyzer.read.facts import Unreadable
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import YamlError, command_text, compose, entries, get, last_line, line_of, pairs, text_of

MAX_SERVICES = 500
MAX_MOUNTS = 200
MAX_VARIABLES = 1_000
IS_FILE = re.compile(r"[^/.]\.\w+$")
"""A mounted folder can be read and written; a single file is there to be read."""
VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?::?[-](?P<default>[^{}]*)|[^{}]*)?\})")


def read_compose(text: str, path: str) -> StepFacts | Unreadable:
    """A default step per service that has a command, an image of its own or mounts; `path` is where the file stands.

    `Step.mounts` and `Step.image` are paths of the repository; an image that is built here is `<Dockerfile>@<build context>`.
    """
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    reader = _Services(text.split("\n"), posixpath.dirname(path))
    for document in documents:
        services = get(document, "services") or (document if get(document, "version") is None else None)
        for name, key, service in pairs(services)[:MAX_SERVICES]:
            if isinstance(service, MappingNode):
                reader.read(name, line_of(key), service)
    return StepFacts(
        "docker", len(reader.lines), tuple(reader.steps), (), (), suppressions(text, python=False),
        environment=tuple(reader.environment.items()),
    )  # fmt: skip


class _Services:
    def __init__(self, lines: list[str], folder: str) -> None:
        self.lines = lines
        self.folder = folder
        self.steps: list[Step] = []
        self.environment: dict[str, str] = {}

    def read(self, name: str, line: int, service: Node) -> None:
        volumes = list(self._volumes(get(service, "volumes")))
        mounts = tuple((target, self._repository(source)) for source, target, _ in volumes if target.startswith("/"))
        deps = tuple(Declared(posixpath.normpath(source), place, "mount") for source, _, place in volumes if IS_FILE.search(source))
        environment = dict(_environment(get(service, "environment")))
        if len(self.environment) < MAX_VARIABLES:
            self.environment.update(environment)
        commands = self._commands(service, environment)
        image = self._image(get(service, "build"))
        if commands or mounts or image:
            after = tuple(_depends(get(service, "depends_on")))
            folder = _interpolated(text_of(get(service, "working_dir")))
            end = last_line(service)
            step = Step("docker", name, line, end, deps, (), commands, folder, after, True, mounts=mounts, image=image)
            self.steps.append(step)
        health = self._health(get(get(service, "healthcheck"), "test"), environment)
        if health:
            first = health[0].line
            self.steps.append(Step("docker", f"{name}:healthcheck", first, first, commands=health, mounts=mounts, image=image))

    def _health(self, test: Node | None, environment: dict[str, str]) -> tuple[Command, ...]:
        """The commands that tell whether the service is well: `["CMD-SHELL", "…"]`, `["CMD", …]` or a text."""
        words = [command_text(entry, self.lines) for entry in entries(test) if isinstance(entry, ScalarNode)]
        if isinstance(test, ScalarNode) and text_of(test):
            words = [("CMD-SHELL", line_of(test)), command_text(test, self.lines)]
        texts = [_interpolated(text) for text, _ in words]
        if texts[:1] == ["CMD-SHELL"] and len(texts) > 1:
            return shell_commands(texts[1], words[1][1], environment)
        return exec_commands(texts[1:], words[1][1], environment) if texts[:1] == ["CMD"] and len(texts) > 1 else ()

    def _volumes(self, node: Node | None) -> Iterator[tuple[str, str, int]]:
        """(source, target, line) of what is mounted from the repository."""
        for entry in entries(node)[:MAX_MOUNTS]:
            source, target = _interpolated(text_of(get(entry, "source"))), _interpolated(text_of(get(entry, "target")))
            if isinstance(entry, ScalarNode):
                source, _, rest = _interpolated(text_of(entry)).partition(":")
                target = rest.partition(":")[0]
            if source == "." or source.startswith(("./", "../")):
                yield source, target, line_of(entry)

    def _repository(self, source: str) -> str:
        path = posixpath.normpath(posixpath.join(self.folder, source))
        return "" if path == "." else path

    def _image(self, build: Node | None) -> str:
        context = _interpolated(text_of(build) or text_of(get(build, "context"))) or ("." if build is not None else "")
        if not context or "://" in context or context.startswith(("/", "git@", "{")):
            return ""
        root = self._repository(context)
        dockerfile = _interpolated(text_of(get(build, "dockerfile"))) or "Dockerfile"
        return f"{posixpath.normpath(posixpath.join(root, dockerfile))}@{root or '.'}"

    def _commands(self, service: Node, environment: dict[str, str]) -> tuple[Command, ...]:
        words: list[tuple[str, int]] = []
        for key in ("entrypoint", "command"):
            node = get(service, key)
            if isinstance(node, SequenceNode):
                words += [command_text(entry, self.lines) for entry in entries(node) if isinstance(entry, ScalarNode)]
            elif isinstance(node, ScalarNode) and text_of(node):
                text, line = command_text(node, self.lines)
                if not words:
                    following = get(service, "command") if key == "entrypoint" else None
                    if not text_of(following) and not entries(following):
                        return _from_text(_interpolated(text), line, environment)
                words += [(word, line) for word in text.split()]
        texts = [_interpolated(text) for text, _ in words]
        return exec_commands(texts, words[0][1], environment, tuple(line for _, line in words)) if words else ()


def _from_text(text: str, line: int, environment: dict[str, str]) -> tuple[Command, ...]:
    """The commands of a command line that is no list; no shell runs it, unless it says so itself."""
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if words and posixpath.basename(words[0]) in ("sh", "bash"):
        return exec_commands(words, line, environment)
    return shell_commands(text, line, environment)


def _interpolated(text: str) -> str:
    """`${NAME:-default}` becomes the default, other variables holes; `$$` is for the shell in the container."""
    if "$" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        return match["default"] if match["default"] is not None else "{" + (match["plain"] or match["name"]) + "}"

    return "$".join(VARIABLE.sub(fill, part) for part in text.split("$$"))


def _environment(node: Node | None) -> Iterator[tuple[str, str]]:
    for name, _, value in pairs(node)[:500]:
        yield name, _interpolated(text_of(value))
    for entry in entries(node)[:500]:
        name, sign, text = text_of(entry).partition("=")
        if sign:
            yield name, _interpolated(text)


def _depends(node: Node | None) -> Iterator[str]:
    yield from (name for name, _, _ in pairs(node))
    yield from (text_of(entry) for entry in entries(node) if text_of(entry))
