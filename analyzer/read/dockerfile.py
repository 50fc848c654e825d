"""Dockerfile → steps: what the build runs, and what the container starts.

Source: https://docs.docker.com/reference/dockerfile/. A path in the container is turned back into the path of
the build context it was copied from, as far as COPY and ADD say; the context is taken to be the folder that paths are relative to.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from analyzer.read.exec_form import exec_commands
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_INSTRUCTIONS = 5_000
MAX_COPIES = 200
INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?\Z", re.DOTALL)
ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)")
FLAG = re.compile(r"--[\w-]+(?:=(?:\"[^\"]*\"|\S*))?(?:\s|\Z)")
BETWEEN = re.compile(r"\A(?:[ \t]|\\\n)+")
STAGE = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)
HERE_DOCUMENT = re.compile(r"<<-?\s*[\"']?([A-Za-z_]\w*)[\"']?")
NEW_USER = frozenset({"useradd", "adduser"})
USER_NAME = re.compile(r"[a-z_][a-z0-9_-]{0,63}\$?", re.IGNORECASE)
VALUED_OPTIONS = (
    "-u --uid -g --gid --group -G --groups -d --home --home-dir -s --shell -c --comment --gecos -h -k --skel -b --base-dir -e -f -p"
    " --password -K --ingroup"
)
MAX_VARIABLES = 200
VALUED = frozenset(VALUED_OPTIONS.split())


@dataclass(slots=True)
class _Stage:
    """One `FROM` and what follows it."""

    name: str
    line: int
    end_line: int
    folder: str = "/"
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    copies: list[tuple[str, str]] = field(default_factory=list)
    """(destination in the container, source in the context)"""
    sources: list[Declared] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    entrypoint: tuple[Command, ...] = ()
    started: tuple[Command, ...] = ()
    start_line: int = 0


def read_dockerfile(text: str) -> StepFacts:
    """A step per build stage with its RUN commands (name `build` or `build:<stage>`), and a default step `start` for ENTRYPOINT and CMD.

    `copies` and `folder` are those of the last stage. Never raises.
    """
    stages = _stages(text)
    steps = [step for stage in stages for step in _steps(stage, stage is stages[-1])]
    last = stages[-1]
    environment = tuple(list(last.environment.items())[:MAX_VARIABLES])
    copies, found = tuple(last.copies[:MAX_COPIES]), suppressions(text, python=False)
    return StepFacts("docker", text.count("\n") + 1, tuple(steps), (), (), found, copies, last.folder if copies else "", environment)


def docker_users(text: str) -> frozenset[str]:
    """Names of the users that a Dockerfile makes or switches to; root and numbers are left out."""
    found: set[str] = set()
    for keyword, value, line in _instructions(text):
        if keyword == "USER":
            found.add(value.strip().partition(":")[0])
        elif keyword == "RUN":
            for command in shell_commands(_without_flags(value), line):
                found.update(_added_user(list(command.words)))
    return frozenset(name for name in found if USER_NAME.fullmatch(name) and name != "root")


def _added_user(words: list[str]) -> Iterator[str]:
    words = words[1:] if words[:1] == ["sudo"] else words
    if not words or posixpath.basename(words[0]) not in NEW_USER:
        return
    skip = False
    for word in words[1:]:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in VALUED
        else:
            yield word
            return


def _instructions(text: str) -> Iterator[tuple[str, str, int]]:
    """(keyword, rest with its line ends, line) of every instruction; comments inside a continued one become empty lines."""
    lines = text.split("\n")
    directive = ESCAPE.match(lines[0]) if lines else None
    escape = directive[1] if directive and directive[1] in "\\`" else "\\"
    at = 0
    for _ in range(MAX_INSTRUCTIONS):
        while at < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
            at += 1
        if at >= len(lines):
            return
        start, gathered = at, [lines[at]]
        while gathered[-1].rstrip().endswith(escape) and at + 1 < len(lines):
            at += 1
            while at + 1 < len(lines) and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
                gathered.append(escape)
                at += 1
            gathered.append(lines[at])
        at += 1
        at = _with_document(lines, at, gathered)
        match = INSTRUCTION.match("\n".join(line.rstrip()[:-1] + "\\" if line.rstrip().endswith(escape) else line for line in gathered))
        if match:
            yield match[1].upper(), match[2] or "", start + 1


def _with_document(lines: list[str], at: int, gathered: list[str]) -> int:
    """Append the here-document that a RUN or COPY begins; where the next instruction may begin."""
    mark = HERE_DOCUMENT.search(gathered[-1]) if gathered[0].lstrip()[:4].upper().strip() in ("RUN", "COPY", "ADD") else None
    if mark is None:
        return at
    end = next((index for index in range(at, min(len(lines), at + 2_000)) if lines[index].strip() == mark[1]), None)
    if end is None:
        return at
    gathered.extend(lines[at : end + 1])
    return end + 1


def _stages(text: str) -> list[_Stage]:
    outside = _Stage("", 1, 1)
    stages: list[_Stage] = []
    for keyword, value, line in _instructions(text):
        if keyword == "FROM":
            match = STAGE.match(value.strip())
            name = (match[2] or "") if match else ""
            stages.append(_begun(name, line, next((s for s in stages if match and s.name and s.name == match[1]), None), outside))
        else:
            _take(stages[-1] if stages else outside, keyword, value, line)
    return stages or [outside]


def _begun(name: str, line: int, base: _Stage | None, outside: _Stage) -> _Stage:
    """A stage with what it has from the earlier stage that it is based on.

    What stands before the first FROM belongs to no stage; its ARGs are known in every one.
    """
    if base is None:
        return _Stage(name, line, line, variables=dict(outside.variables))
    return _Stage(
        name, line, line, base.folder, dict(base.variables), dict(base.environment), list(base.copies),
        entrypoint=base.entrypoint, started=base.started, start_line=base.start_line,
    )  # fmt: skip


def _take(stage: _Stage, keyword: str, value: str, line: int) -> None:
    stage.end_line = line + value.count("\n")
    if keyword in ("ENV", "ARG"):
        _assign(stage, value, keyword)
    elif keyword == "WORKDIR":
        stage.folder = posixpath.normpath(posixpath.join(stage.folder, _plain(value, stage)))
    elif keyword in ("COPY", "ADD"):
        _copy(stage, value, line)
    elif keyword == "RUN":
        stage.commands.extend(_located(stage, command) for command in _run(value, line, stage))
    elif keyword in ("CMD", "ENTRYPOINT"):
        stage.start_line = stage.start_line or line
        if keyword == "CMD":
            stage.started = _run(value, line, stage)
        else:
            stage.entrypoint = _run(value, line, stage)


def _assign(stage: _Stage, value: str, keyword: str) -> None:
    text = value.replace("\\\n", " ").strip()
    head, blank, rest = text.partition(" ")
    if blank and "=" not in head:
        stage.variables[head] = rest.strip()
        if keyword == "ENV":
            stage.environment[head] = rest.strip()
        return
    for name, content in re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", text)[:200]:
        stage.variables[name] = _plain(content.strip("\"'"), stage)
        if keyword == "ENV":
            stage.environment[name] = stage.variables[name]


def _plain(text: str, stage: _Stage) -> str:
    """Variables of the Dockerfile filled in; unknown ones are holes."""

    def fill(match: re.Match[str]) -> str:
        name, default = match[1] or match[2], match[3]
        return stage.variables.get(name) or default or "{" + name + "}"

    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?[^}]*\})", fill, text.strip().strip("\"'"))[:4000]


def _without_flags(value: str) -> str:
    value = value.lstrip()
    while match := FLAG.match(value):
        value = BETWEEN.sub("", value[match.end() :], count=1)
    return value


def _copy(stage: _Stage, value: str, line: int) -> None:
    if re.match(r"\s*(--\S+\s+)*--from=", value) or "<<" in value:
        return
    text = _without_flags(value)
    words = _exec_form(text) or text.replace("\\\n", " ").split()
    if len(words) < 2:
        return
    target = posixpath.normpath(posixpath.join(stage.folder, _plain(words[-1], stage)))
    for word in words[:-1][:200]:
        source = _plain(word, stage)
        if "://" in source:
            continue
        source = posixpath.normpath(source.lstrip("/") or ".")
        stage.sources.append(Declared(source, line, "file"))
        is_into = words[-1].endswith("/") or len(words) > 2 or words[-1] in (".", "./")
        is_file = "." in posixpath.basename(source) and source not in (".", "..")
        stage.copies.append((posixpath.join(target, posixpath.basename(source)) if is_file and is_into else target, source))


def _exec_form(text: str) -> list[str] | None:
    """The words of `["program", "argument"]`, None when it is no such list."""
    if not text.lstrip().startswith("["):
        return None
    try:
        words = json.loads(re.sub(r"\\\n", "\n", text))
    except (ValueError, RecursionError):
        return None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def _run(value: str, line: int, stage: _Stage) -> tuple[Command, ...]:
    text = _without_flags(value)
    line += value[: len(value) - len(text)].count("\n")
    words = _exec_form(text)
    if words is not None:
        return exec_commands([_plain(word, stage) for word in words], line, stage.variables)
    document = HERE_DOCUMENT.match(text)
    if document:
        body = text.split("\n")[1:-1]
        return shell_commands("\n".join(body), line + 1, stage.variables)
    return shell_commands(text, line, stage.variables)


def _located(stage: _Stage, command: Command) -> Command:
    """The command with its folder, and the words that name copied files, as paths of the context."""
    folder = posixpath.normpath(posixpath.join(stage.folder, command.cwd)) if not command.cwd.startswith(("~", "{")) else command.cwd
    words = tuple(_in_context(stage, word) if word.startswith("/") else word for word in command.words)
    return msgspec.structs.replace(command, words=words, cwd=_in_context(stage, folder))


def _in_context(stage: _Stage, path: str) -> str:
    for target, source in reversed(stage.copies[-100:]):
        if path == target:
            return "" if source == "." else source
        if path.startswith(target.rstrip("/") + "/"):
            return posixpath.normpath(posixpath.join(source, path[len(target.rstrip("/")) + 1 :]))
    return "" if path == "/" else path


def _steps(stage: _Stage, is_last: bool) -> Iterator[Step]:
    name = f"build:{stage.name}" if stage.name else "build"
    if stage.commands or stage.sources:
        yield Step("docker", name, stage.line, stage.end_line, tuple(stage.sources), (), tuple(stage.commands))
    if not is_last or not (stage.entrypoint or stage.started):
        return
    program = list(stage.entrypoint[:-1])
    if stage.entrypoint and stage.started:
        last, arguments = stage.entrypoint[-1], stage.started[0]
        program.append(msgspec.structs.replace(last, words=last.words + arguments.words, text=f"{last.text} {arguments.text}"))
    else:
        program.extend(stage.entrypoint[-1:] or stage.started)
    located = tuple(_located(stage, command) for command in program)
    yield Step("docker", "start", stage.start_line, stage.end_line, (), (), located, after=(name,), is_default=True)
