"""Commands that run, apply or install a file which a commit removed: what ends in them has not been run since."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

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
    there = frozenset(path.rpartition("/")[2] for path in graph.manifest.files)
    gone = frozenset(path for path in history.deleted if path.rpartition("/")[2] not in there and not _UNTRACKED.search(path))
    names = frozenset(path.rpartition("/")[2] for path in gone)
    found: dict[str, list[GoneRun]] = defaultdict(list)
    for path, facts in sorted(graph.steps.items()):
        if facts.kind != "docker" and not _OTHERS.search(f"/{path}"):
            for run in _in_file(path, facts, gone, names):
                found[path].append(run)
    return dict(found)


def _in_file(path: str, facts: StepFacts, gone: frozenset[str], names: frozenset[str]) -> Iterator[GoneRun]:
    asked: list[tuple[tuple[str, ...], str, Command]] = []
    made: set[str] = set()
    for step in facts.steps:
        folder = step_folder(path, facts, step)
        made.update(posixpath.basename(entry.path) for entry in step.outs)
        for command in step.commands[:_MAX_COMMANDS]:
            word = _asked_for(command)
            if posixpath.basename(word) in names:
                here = working_folder(folder, command.cwd, path)
                asked.append(((here,) if command.cwd else (here, posixpath.dirname(path), ""), word, command))
            made.update(posixpath.basename(each) for each in _put_there(command, word))
    for folders, word, command in asked:
        if posixpath.basename(word) not in made and (was := _removed(path, folders, word, gone)):
            yield GoneRun(Site(path, command.line), was, " ".join(command.words)[:120])


def _asked_for(command: Command) -> str:
    """The file that the command runs, applies or installs from; "" for none."""
    words = command.words
    if not words or posixpath.basename(words[0]) in _SPEAKERS - _TAKERS:
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


def _removed(path: str, folders: tuple[str, ...], word: str, gone: frozenset[str]) -> str:
    """The removed file that the word means; "" for none."""
    if not (_PROGRAM.match(word) or _LIST.match(word)) or word.startswith(("/", "~")):
        return ""
    tail = _HOLE.sub("", word)
    if "{" in tail:
        return ""
    for base in dict.fromkeys((posixpath.dirname(path),) if tail != word else folders):
        meant = posixpath.normpath(posixpath.join(base, tail))
        if meant in gone:
            return meant
    return tail if tail != word and posixpath.normpath(tail) in gone else ""
