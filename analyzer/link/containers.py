"""Paths in a container → paths of the repository, by what is mounted and by what its Dockerfile copies.

Source: Dockerfile reference (COPY, ADD, WORKDIR) and the Compose specification (`build`, `volumes`, `working_dir`). The build context of a
Dockerfile is what a compose file says; else the folder, from its own up to the root, under which most of what it copies is there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from analyzer.read.relative_paths import relative
from analyzer.read.step_facts import Command, Declared, Step, StepFacts

MAX_IMAGES = 40
MAX_ARGUMENTS = 200
CONTAINED = frozenset({"docker", "kubernetes", "argo", "tekton", "ci", "azureml", "taskcluster"})
OWN_FOLDER = frozenset({"docker", "azureml"})
SHELLS = frozenset({"sh", "bash", "dash"})
OPTION = re.compile(r"(--?[\w.-]+=|[A-Za-z_]\w*=)(/.*)", re.DOTALL)
OUTPUT = re.compile(r"out|save|dest|write|log|export|report|result", re.IGNORECASE)
DATA_FILE = re.compile(r"[^/{}]+\.(?!py$|sh$|ipynb$|so$|conf$|sock$|pid$)[A-Za-z]\w{0,11}")

Pairs = tuple[tuple[str, str], ...]
"""(path in the container, path in the repository), best first."""


@dataclass(frozen=True, slots=True)
class _Image:
    """What a Dockerfile puts where, and its working directory."""

    copies: Pairs
    folder: str


def in_repository(files: Mapping[str, StepFacts], places: Container[str]) -> dict[str, StepFacts]:
    """The same files, with the paths of steps that run in containers turned into paths of the repository as far as that is known.

    `places` are the files and folders of the repository.
    """
    contexts = _contexts(files, places)
    images = {path: _image(facts, contexts.get(path, "")) for path, facts in files.items() if facts.kind == "docker" and facts.copies}
    found: dict[str, StepFacts] = {}
    for path, facts in files.items():
        if path in contexts:
            facts = _moved(path, facts, contexts[path])
        elif facts.kind in CONTAINED and any(step.mounts or step.image for step in facts.steps):
            base = posixpath.dirname(path) if facts.kind in OWN_FOLDER else ""
            steps = tuple(_step(step, base, images, places) if step.mounts or step.image else step for step in facts.steps)
            facts = msgspec.structs.replace(facts, steps=steps)
        found[path] = _with_handed_on(path, facts, files) if facts.kind in CONTAINED else facts
    return found


def _contexts(files: Mapping[str, StepFacts], places: Container[str]) -> dict[str, str]:
    """Dockerfile → its build context."""
    found: dict[str, str] = {}
    for path, facts in files.items():
        if facts.kind == "docker" and not path.endswith((".yml", ".yaml")):
            sources = [dep.path for step in facts.steps for dep in step.deps if dep.path not in (".", "..") and "*" not in dep.path]
            own = posixpath.dirname(path)
            candidates = [own]
            while candidates[-1]:
                candidates.append(posixpath.dirname(candidates[-1]))
            found[path] = max(candidates, key=lambda base: sum(posixpath.normpath(posixpath.join(base, s)) in places for s in sources[:50]))
    for facts in files.values():
        for step in facts.steps:
            dockerfile, _, context = step.image.partition("@")
            if context and dockerfile in found:
                found[dockerfile] = "" if context == "." else context
    return found


def _image(facts: StepFacts, context: str) -> _Image:
    copied = [(target, _below(context, source)) for target, source in reversed(facts.copies)]
    return _Image(_deepest_first(copied), facts.folder)


def _deepest_first(pairs: Iterable[tuple[str, str]]) -> Pairs:
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _below(base: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(base, path))
    return "" if joined == "." else joined


def _moved(path: str, facts: StepFacts, context: str) -> StepFacts:
    """The steps of a Dockerfile start at its build context."""
    own = posixpath.dirname(path)
    if own == context:
        return facts
    up = relative(context, own)
    steps = (msgspec.structs.replace(step, cwd=step.cwd if step.cwd.startswith("/") else _below(up, step.cwd)) for step in facts.steps)
    return msgspec.structs.replace(facts, steps=tuple(steps))


class _Paths:
    """Where a path of one container leads."""

    def __init__(self, step: Step, images: Mapping[str, _Image], places: Container[str]) -> None:
        named = images.get(step.image.partition("@")[0])
        self.mounts = _deepest_first(step.mounts)
        self.images = [named] if named is not None else list(images.values())[:MAX_IMAGES]
        self.is_certain = named is not None
        self.places = places

    def repository(self, path: str) -> str | None:
        """The path in the repository, "" for its root; None when it cannot be told."""
        mounted = _translated(path, self.mounts)
        if mounted is not None:
            return mounted
        found = {target for image in self.images if (target := _translated(path, image.copies)) is not None}
        if not self.is_certain:
            found = {target for target in found if target in self.places}
        return found.pop() if len(found) == 1 else None


def _translated(path: str, pairs: Pairs) -> str | None:
    for inside, outside in pairs:
        folder = inside.rstrip("/")
        if path.rstrip("/") == folder:
            return outside
        if path.startswith(folder + "/"):
            return _below(outside, path[len(folder) + 1 :])
    return None


def _step(step: Step, base: str, images: Mapping[str, _Image], places: Container[str]) -> Step:
    paths = _Paths(step, images, places)
    inside = step.cwd
    if not inside and paths.is_certain:
        inside = paths.images[0].folder
    start = paths.repository(inside) if inside.startswith("/") else _below(base, inside)
    start = base if start is None else start
    commands = tuple(_command(command, start, paths) for command in step.commands)
    extra = tuple(_data(step, paths))
    cwd = relative(start, base)
    deps = (*step.deps, *(Declared(relative(path, start), line) for path, line in extra))
    return msgspec.structs.replace(step, cwd="" if cwd == "." else cwd, commands=commands, deps=deps)


def _command(command: Command, start: str, paths: _Paths) -> Command:
    folder, cwd = start, command.cwd
    if cwd.startswith("/"):
        target = paths.repository(cwd)
        folder, cwd = (start, cwd) if target is None else (target, relative(target, start))
    elif cwd and not cwd.startswith(("~", "{")):
        folder = _below(start, cwd)

    def located(word: str) -> str:
        option = OPTION.fullmatch(word)
        head, path = (option[1], option[2]) if option else ("", word)
        target = paths.repository(path) if path.startswith("/") else None
        return word if target is None else head + relative(target, folder)

    return msgspec.structs.replace(
        command,
        words=tuple(located(word) for word in command.words),
        stdin=located(command.stdin),
        stdout=located(command.stdout),
        cwd=cwd,
    )


def _with_handed_on(path: str, facts: StepFacts, files: Mapping[str, StepFacts]) -> StepFacts:
    """The steps, with what an entry script runs when it ends in `exec "$@"`: its arguments are a command too."""
    base = posixpath.dirname(path) if facts.kind in OWN_FOLDER else ""
    steps: list[Step] = []
    for step in facts.steps:
        start = _below(base, step.cwd) if not step.cwd.startswith("/") else base
        commands = [handed for command in step.commands for handed in (command, *_handed_on(command, start, files))]
        steps.append(msgspec.structs.replace(step, commands=tuple(commands)) if len(commands) > len(step.commands) else step)
    return msgspec.structs.replace(facts, steps=tuple(steps))


def _handed_on(command: Command, folder: str, files: Mapping[str, StepFacts]) -> Iterator[Command]:
    words = command.words[1:] if command.words[:1] and posixpath.basename(command.words[0]) in SHELLS else command.words
    script = files.get(_below(folder, words[0])) or files.get(_below("", words[0])) if len(words) > 1 else None
    if script is not None and script.kind == "shell":
        arguments = [c.words for step in script.steps for c in step.commands]
        if any(w[:1] in (("{@}",), ("{*}",)) or w[:2] in (("exec", "{@}"), ("exec", "{*}")) for w in arguments):
            yield msgspec.structs.replace(command, words=words[1:], word_lines=command.word_lines[-len(words[1:]) :], stdin="", stdout="")


def _data(step: Step, paths: _Paths) -> Iterator[tuple[str, int]]:
    """(path, line) of files in mounted folders that are given to the container's program as arguments."""
    for command in step.commands[:MAX_ARGUMENTS] if step.mounts else ():
        lines = dict(zip(command.words, command.word_lines, strict=False))
        for word in command.words[1:MAX_ARGUMENTS]:
            option = OPTION.fullmatch(word)
            path = option[2] if option else word
            mounted = _translated(path, paths.mounts) if path.startswith("/") else None
            if mounted and DATA_FILE.fullmatch(posixpath.basename(path)) and not (option and OUTPUT.search(option[1])):
                yield mounted, lines.get(word, command.line)
