"""Commands of shell scripts, recipes, stages and CI jobs: which file of the repository they run."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from analyzer.link.command_words import unwrapped
from analyzer.link.program import Program
from analyzer.read.step_facts import Command

_RUNNERS = frozenset(
    """
    python python2 python3 ipython pypy pypy3 pythonw torchrun accelerate deepspeed streamlit papermill jupyter spark-submit coverage
    bash sh zsh ksh dash source . kernprof fastapi uvicorn gunicorn flask chainlit modal ray %run gcloud pytest dagster prefect
    functions-framework nbconvert hypercorn composer colossalai fabric lightning runpy panel voila marimo solara gradio databricks
    """.split()
)
_SHELLS = frozenset("bash sh zsh ksh dash source .".split())
_SERVERS = {"uvicorn", "gunicorn", "hypercorn", "fastapi", "flask", "functions-framework", "streamlit", "chainlit"}
_MODULE_LAST = re.compile(r"-[bBdEiIOqsSuvx]+m$")
"""`-um` is `-u -m`."""
_APPLICATION = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):\w+(?:\(\))?$")
_ROOTS = re.compile(
    r"^\{(?:ROOT|PWD|pwd|DIR|REPO_ROOT|PROJECT_ROOT|SCRIPT_DIR|BASE_DIR|GITHUB_WORKSPACE|PROJECT_DIR|CURDIR|CI_PROJECT_DIR)\}/"
)
_PYTHONS = ("{PYTHON}", "{python}", "{PYTHON_INTERPRETER}", "{sys.executable}", "{executable}", "{PY}", "{PYTHON3}")


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that runs a file of the repository."""

    path: str
    arguments: tuple[str, ...]
    line: int
    runner: str
    serves: bool = False
    folder: str | None = None
    """Where it must run for the command to find the file; None when any folder does (modules, installed commands)."""

    def runs_in(self, current: str) -> str:
        """The folder that relative words start from, for a command that seems to run in `current`."""
        return current if self.folder is None else self.folder


def invocation(program: Program, command: Command, folder: str) -> Invocation | None:
    """The file of the repository that a command runs from working directory `folder`, None when it runs none."""
    words = unwrapped(command.words)
    if not words:
        return None
    runner = posixpath.basename(words[0])
    if not (runner in _RUNNERS or runner.startswith("python") or words[0] in _PYTHONS):
        place = _file(program, words[0], folder)
        if place is not None:
            return Invocation(place[0], words[1:], command.line, runner, folder=place[1])
        installed = program.console_scripts.get(words[0]) if "/" not in words[0] else None
        return Invocation(installed, words[1:], command.line, runner) if installed else None
    return _launched(program, words, command.line, folder, runner)


def _launched(program: Program, words: tuple[str, ...], line: int, folder: str, runner: str) -> Invocation | None:
    serves = any(posixpath.basename(w) in _SERVERS for w in words[:4])
    for position, word in enumerate(words[1:], 1):
        if word == "-c" and not serves:
            return None
        if (word in ("-m", "--module") or (runner.startswith("python") and _MODULE_LAST.match(word))) and position + 1 < len(words):
            path = _module(program, words[position + 1], folder)
            if path:
                return Invocation(path, _rest(words, position + 2), line, runner, serves)
            continue
        if word.endswith((".py", ".ipynb", ".sh")) or (runner in _SHELLS and position == 1):
            place = _file(program, word, folder)
            if place is not None:
                return Invocation(place[0], _rest(words, position + 1), line, runner, serves, place[1])
        elif position == 1 and runner.startswith("python") and not word.startswith("-"):
            place = _folder_main(program, word, folder)
            if place is not None:
                return Invocation(place[0], _rest(words, position + 1), line, runner, serves, place[1])
        application = _APPLICATION.match(word) if serves or runner.startswith("python") else None
        if application:
            path = _module(program, application.group(1), folder)
            if path:
                return Invocation(path, (), line, runner, True)
    return None


def _rest(words: tuple[str, ...], position: int) -> tuple[str, ...]:
    rest = words[position:]
    return rest[1:] if rest[:1] == ("--",) else rest


def _file(program: Program, word: str, folder: str) -> tuple[str, str] | None:
    """The file that a word names, and the folder from which it does."""
    if "{" in word or not word:
        word = _ROOTS.sub("", word)
        if "{" in word:
            return None
    for base in dict.fromkeys((folder, "")):
        path = posixpath.normpath(posixpath.join(base, word))
        if (path in program.files and path.endswith((".py", ".ipynb", ".sh", ".bash"))) or path in program.facts:
            return path, base
    return None


def _folder_main(program: Program, word: str, folder: str) -> tuple[str, str] | None:
    """`python folder` runs `folder/__main__.py`; `python script` a script without a suffix."""
    return _file(program, word, folder) or _file(program, posixpath.join(word, "__main__.py"), folder)


def _module(program: Program, dotted: str, folder: str) -> str | None:
    importer = posixpath.join(folder, "x.py") if folder else "x.py"
    for name in (f"{dotted}.__main__", dotted):
        for root in dict.fromkeys((folder, *program.roots_for(importer))):
            path = program.locate(root, name)
            if path is not None and not path.endswith("/"):
                return path
    return None
