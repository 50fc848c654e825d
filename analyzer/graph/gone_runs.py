"""Commands that run, apply or install a file which a commit removed: what ends in them has not been run since."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.graph.invocations import step_folder, working_folder
from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.step_facts import Command, StepFacts

_RUNNERS = re.compile(
    r"(python[\d.]*|bash|sh|zsh|source|\.|Rscript|papermill|torchrun|streamlit|ipython|coverage|spark-submit|deepspeed|pytest|\{PYTHON\w*\})$"
)
_TAKERS = frozenset({"kubectl", "oc", "docker-compose", "docker", "conda", "mamba", "pip", "pip3", "uv", "ansible-playbook", "skaffold"})
_TAKING = frozenset({"-f", "--file", "--filename", "-r", "--requirement"})
_SPEAKERS = frozenset(
    {"echo", "printf", "cat", "rm", "git", "mv", "cp", "touch", "chmod", "ls", "find", "grep", "docker", "kubectl", "ssh"}
)
_PROGRAM = re.compile(r"[\w./{}-]*\w\.(py|sh|bash|R|r|ipynb)$")
_LIST = re.compile(r"[\w./{}-]*\w\.(ya?ml|txt)$")
_ENDINGS = (".py", ".sh", ".bash", ".R", ".r", ".ipynb", ".yaml", ".yml", ".txt")
_HOLE = re.compile(r"^(\{[^{}]*\}/)+")
_OTHERS = re.compile(
    r"(^|/)(tests?|testing|examples?|tutorials?|docs?|third_?party|vendor(ed)?|external|node_modules|templates?)/", re.IGNORECASE
)
_UNTRACKED = re.compile(r"secret|credential|\.local\.|(^|[-_.])env([-_.]|$)|token|passw", re.IGNORECASE)
_MAX_COMMANDS = 3000


@dataclass(frozen=True, slots=True)
class GoneRun:
    """A command that asks for a file which was removed."""

    site: Site
    path: str
    """Of the file that was there, from the root of the repository."""
    command: str


def gone_runs(graph: SystemGraph) -> dict[str, list[GoneRun]]:
    """Path of a script, Makefile or workflow → its commands that cannot run; nothing where history does not tell what was removed."""
    history = graph.history
    if history is None or not history.deleted:
        return {}
    asked = {
        path: commands
        for path, facts in sorted(graph.steps.items())
        if facts.kind != "docker" and not _OTHERS.search(f"/{path}") and (commands := list(_in_file(path, facts)))
    }
    names = {posixpath.basename(ask.word) for asks in asked.values() for ask in asks}
    gone = {path for path in history.deleted if path.rpartition("/")[2] in names and not _UNTRACKED.search(path)}
    there = {name for path in graph.manifest.files if (name := path.rpartition("/")[2]) in names} if gone else set()
    found: dict[str, list[GoneRun]] = defaultdict(list)
    for path, asks in asked.items() if gone else ():
        for ask in asks:
            if posixpath.basename(ask.word) not in there and (was := _removed(path, ask, gone)) and not _is_made(graph, was):
                found[path].append(GoneRun(Site(path, ask.command.line), was, " ".join(ask.command.words)[:120]))
    return dict(found)


def _is_made(graph: SystemGraph, path: str) -> bool:
    """Whether what stands there is made anew in each checkout: version control ignores it, or Go's tools fill the folder."""
    before, _, _below = f"/{path}".rpartition("/vendor/")
    return graph.manifest.ignores(path) or ("/vendor/" in f"/{path}" and f"{before}/go.mod".lstrip("/") in graph.manifest.files)


class _Ask(NamedTuple):
    """What a command asks for, and the folders it may mean it from."""

    word: str
    folders: tuple[str, ...]
    command: Command


def _in_file(path: str, facts: StepFacts) -> Iterator[_Ask]:
    """The files that the commands of one file ask for and that none of them makes."""
    asked: list[_Ask] = []
    for step in facts.steps:
        folder = step_folder(path, facts, step)
        for command in step.commands[:_MAX_COMMANDS]:
            word = _asked_for(command)
            if word and (_PROGRAM.match(word) or _LIST.match(word)):
                here = working_folder(folder, command.cwd, path)
                asked.append(_Ask(word, (here,) if command.cwd else (here, posixpath.dirname(path), ""), command))
    if not asked:
        return
    made: set[str] = set()
    for step in facts.steps:
        made.update(posixpath.basename(entry.path) for entry in step.outs)
        for command in step.commands[:_MAX_COMMANDS]:
            made.update(posixpath.basename(each) for each in _put_there(command, _asked_for(command)))
    yield from (ask for ask in asked if posixpath.basename(ask.word) not in made)


def _asked_for(command: Command) -> str:
    """The file that the command runs, applies or installs from; "" for none."""
    words = command.words
    if not any(word.endswith(_ENDINGS) for word in words) or posixpath.basename(words[0]) in _SPEAKERS - _TAKERS:
        return ""
    if "/" in words[0] and _PROGRAM.match(words[0]):
        return words[0]
    program = posixpath.basename(words[0])
    if program in _TAKERS:
        return next((value for flag, value in itertools.pairwise(words) if flag in _TAKING and _LIST.match(value)), "")
    at = next((at for at, word in enumerate(words) if _RUNNERS.match(word if word == "." else posixpath.basename(word))), len(words))
    after = words[at + 1 :]
    if "-m" in after or "-c" in after:
        return ""
    return next((each for each in after if not each.startswith("-") and each != "run" and "=" not in each), "")


def _put_there(command: Command, word: str) -> Iterator[str]:
    """Files that the command makes, brings or looks for: nobody needs them in the repository."""
    if command.stdout:
        yield command.stdout
    if command.words and not word:
        yield from (each for each in command.words[1:] if "." in each)


def _removed(path: str, ask: _Ask, gone: Set[str]) -> str:
    """The removed file that the word means; "" for none."""
    if ask.word.startswith(("/", "~")):
        return ""
    tail = _HOLE.sub("", ask.word)
    if "{" in tail:
        return ""
    for base in dict.fromkeys((posixpath.dirname(path),) if tail != ask.word else ask.folders):
        meant = posixpath.normpath(posixpath.join(base, tail))
        if meant in gone:
            return meant
    return tail if tail != ask.word and posixpath.normpath(tail) in gone else ""
