"""JGL011: commands that run a program, or install from a list, that the repository does not hold."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.step_facts import Command, Step
from rules.base import Rule
from rules.loose_ends import LooseEnds
from rules.severity import in_context
from rules.wording import ticked

MAX_SHOWN = 12
MAX_LINES = 40
_KINDS = frozenset({"shell", "make", "ci", "dvc", "schedule", "snakemake"})
"""Kinds of steps that run in a checkout of the repository; images and clusters have files of their own."""
_ASIDE = re.compile(
    r"(^|/)(tests?|testing|docs?|vendor(ed)?|third[_-]?party|node_modules|templates?|upstream|[A-Za-z][\w-]*-\d+(\.\d+)+)/|"
    r"\.(planned|example|sample)$",
    re.I,
)
_PROGRAM = re.compile(r"[\w./+-]*[\w+-]\.(py|sh|bash|R|ipynb|jl|pl)$")
_LIST = re.compile(r"[\w./-]*\w\.(txt|ya?ml)$|([\w.-]+/)*Dockerfile[\w.-]*$")
_RUNS = re.compile(r"(python[\d.]*|bash|sh|zsh|Rscript|papermill|ipython|streamlit|torchrun|julia|perl|spark-submit)$")
_BEFORE = frozenset("time nohup sudo srun exec poetry uv pipenv run dvc conda env nice @ -".split())
"""Words in front of the command that is run."""
_SOURCES = (".ipynb", ".sql", ".sh", ".R", ".py", ".j2", ".jinja", ".jinja2")
_SPELLED = frozenset({"literal", "constant", "concat", "fstring", "pathlib"})
_FETCHES = re.compile(r"(^|/)(git|wget|curl|gdown|unzip|tar|gsutil|aws|az|scp|rsync|svn|hg|7z|repo|dvc|gh|cookiecutter|kaggle\w*)$")
_GETS = frozenset("clone submodule checkout cp sync pull fetch mv get".split())


@dataclass(frozen=True, slots=True)
class _Call:
    site: Site
    name: str
    runs: bool
    """A program; False for what is installed or built from."""
    today: tuple[str, ...]
    """Files of that name elsewhere in the repository."""


class MissingProgram(Rule):
    """A command of a checked-in script, Makefile, stage or workflow runs a file that the repository does not hold.

    The step fails at its first line for everybody, its author included since the file was moved or forgotten: whatever it made was made in
    another way, and what it stands for is not tried any more. The pipeline on paper is not the one that runs (Sculley et al. 2015,
    section 5.2).

    Found are programs (`python features/build.py`, `./run.sh`, `Rscript fit.R`) and the lists that `pip install -r`, `conda env create -f`,
    `docker build -f` and `docker compose -f` name; notebooks, queries and scripts that code reads or copies. One finding stands for the
    scripts of one folder.

    Exempt: paths that the text leaves open or that are absolute; what any code or command writes; files whose script clones, downloads or
    unpacks something, unless the folder is the repository's own; what runs elsewhere (after `cd` to a folder that is not here), unless a
    file of that name lies here; what the script asks for first (`test -f`, `which`); what a function reads that nobody calls; images and
    clusters; modules (`python -m`); what is sourced; names without a folder that a shell would look for among its programs; tests,
    documentation, templates, vendored code (`name-1.2.3/` too).

    Known false positives: files that a private repository puts beside this one.
    """

    code = "JGL011"
    name = "missing-program"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=15, per_item=5, friction=10)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 5.2 (Pipeline Jungles)"
    remedy = "Name the file where it stands today, check it in, or remove the command."
    BAD = (
        {
            "Makefile": "data:\n\tpython src/data/make_dataset.py data/raw data/processed  # JGL011\n",
            "src/shop/data/make_dataset.py": "print('made')\n",
        },
    )
    GOOD = (
        {
            "Makefile": "data:\n\tpython src/data/make_dataset.py data/raw data/processed\n",
            "src/data/make_dataset.py": "print('made')\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        files = graph.tracked_files | graph.manifest.files | graph.modules.keys() | graph.steps.keys()
        here = _Here(graph, files)
        groups: dict[str, list[_Call]] = defaultdict(list)
        for path, facts in sorted(graph.steps.items()):
            if _ASIDE.search(path):
                continue
            steps = [step for step in facts.steps if step.kind in _KINDS]
            commands = [command for step in steps for command in step.commands]
            calls = (call for step in steps for command in step.commands for call in here.missing(path, step, command, commands))
            groups[posixpath.dirname(path)].extend(calls)
        for call in here.read():
            groups[posixpath.dirname(call.site.path)].append(call)
        for folder, found in sorted(groups.items()):
            if found:
                yield self._finding(graph, folder, found)

    def _finding(self, graph: SystemGraph, folder: str, calls: Sequence[_Call]) -> Finding:
        names = list(dict.fromkeys(call.name for call in calls))
        paths = list(dict.fromkeys(call.site.path for call in calls))
        today = list(dict.fromkeys(place for call in calls for place in call.today))
        who = paths[0] if len(paths) == 1 else f"{len(paths)} files in `{folder or '.'}`"
        verb = ("run" if all(call.runs for call in calls) else "need") + ("s" if len(paths) == 1 else "")
        return self.found(
            f"{who} {verb} {ticked(names, 2)}, which the repository does not hold",
            Subject("program", f"{paths[0]} {names[0]}"),
            [*dict.fromkeys(call.site for call in calls), *(Site(place) for place in today[:MAX_SHOWN])][:MAX_LINES],
            [
                *(Evidence(f"names `{call.name}`", call.site) for call in calls[:MAX_SHOWN]),
                Evidence(f"a file of that name stands at {ticked(today)}" if today else "no file of that name stands anywhere here"),
            ],
            severity=in_context(graph, self.severity, paths),
            items=len(names),
            members=len(names),
        )


class _Here:
    def __init__(self, graph: SystemGraph, files: frozenset[str]) -> None:
        self._graph = graph
        self._by_base: dict[str, list[str]] = defaultdict(list)
        self._folders: set[str] = set()
        for path in files:
            folder, _, base = path.rpartition("/")
            self._by_base[base].append(path)
            self._folders.add(folder)
        self._named = frozenset(graph.name.rpartition("+")[2].lower().replace("-", "_").split("/"))

    def read(self) -> Iterator[_Call]:
        """Notebooks, queries and scripts that code reads or copies, such as the template of a report."""
        named = [access for access in self._graph.accesses if (access.artifact or "").endswith(_SOURCES) and access.is_exact]
        written = {access.artifact for access in named if access.op == "write"}
        for access in named:
            name, module = access.artifact or "", self._graph.modules.get(access.site.path)
            if access.op != "read" or access.via not in _SPELLED or access.kind != "file" or module is None or module.is_notebook:
                continue
            if name.startswith(("/", "~", "data/")) or "://" in name or name in written or self._is_here(name):
                continue
            if (
                not self._graph.once(LooseEnds).is_spelled(access)
                or _ASIDE.search(access.site.path)
                or self._is_idle(module, access.site.line)
            ):
                continue
            if name not in self._graph.named_in_prose and posixpath.basename(name) not in self._graph.named_in_prose:
                yield _Call(access.site, name, False, tuple(sorted(self._by_base.get(posixpath.basename(name), ()))))

    def _is_idle(self, module: Module, line: int) -> bool:
        """Does the place stand in a function that neither its own file nor one that imports the file names?"""
        scopes = module.facts.scopes
        around = next(
            (each for each in scopes if each.kind == "function" and each.parent == 0 and each.line <= line <= each.end_line), None
        )
        name = around.qualname if around is not None and not around.decorators else ""
        if not name or name in self._graph.told:
            return False
        importers = {link.importer for link in self._graph.imports if link.target == module.path}
        files = [module, *(self._graph.modules[path] for path in sorted(importers) if path in self._graph.modules)]
        return not any(name in _named(each) for each in files)

    def missing(self, path: str, step: Step, command: Command, beside: Sequence[Command]) -> Iterator[_Call]:
        program = _program(command.words)
        listed = "" if program else _listed(command.words)
        name = posixpath.normpath(program or listed) if program or listed else ""
        if not name or self._is_here(name) or self._is_made(name, beside):
            return
        today = tuple(sorted(other for other in self._by_base.get(posixpath.basename(name), ()) if other != path))
        if listed and "/" not in name and today:
            return  # run from the folder that holds it, as far as anybody can tell
        where = posixpath.join(step.cwd, command.cwd)
        if not today and (not self._is_own(where) or (_fetches(step.commands) and not self._is_folder(posixpath.dirname(name)))):
            return
        line = command.word_lines[0] if command.word_lines else command.line
        yield _Call(Site(path, line), name, bool(program), today if program else ())

    def _is_here(self, name: str) -> bool:
        tail = re.sub(r"^(\.\./)+", "", name)
        return any(path == tail or path.endswith("/" + tail) for path in self._by_base.get(posixpath.basename(name), ()))

    def _is_made(self, name: str, beside: Sequence[Command]) -> bool:
        base = posixpath.basename(name)
        ends = self._graph.once(LooseEnds)
        if ends.makes(base) or base in self._graph.downloads:
            return True
        return any(_makes(command, base) or _asks(command, base) for command in beside)

    def _is_own(self, where: str) -> bool:
        """Is the working directory the repository's, or one that bears its name?"""
        if not where.startswith(("/", "~", "{", "$")):
            return True
        return not self._named.isdisjoint(part.lower().replace("-", "_") for part in where.split("/"))

    def _is_folder(self, folder: str) -> bool:
        return bool(folder) and any(known == folder or known.endswith("/" + folder) for known in self._folders)


def _program(words: Sequence[str]) -> str:
    """The file that a command runs: its first word, or an interpreter's."""
    rest = list(words)
    if rest[:2] == ["jupyter", "nbconvert"]:
        return next((word for word in rest if _PROGRAM.match(word) and not word.startswith("/")), "")
    while rest and (rest[0] in _BEFORE or ("=" in rest[0] and "/" not in rest[0].partition("=")[0])):
        rest.pop(0)
    if not rest:
        return ""
    if _RUNS.match(posixpath.basename(rest[0])):
        rest = rest[1:]
        while rest and rest[0] in ("run", "-u", "-e", "-x", "-l", "-B"):
            rest.pop(0)
    elif "/" not in rest[0]:
        return ""
    word = rest[0] if rest else ""
    return word if _PROGRAM.match(word) and not word.startswith("/") else ""


def _listed(words: Sequence[str]) -> str:
    """The list of packages or the description of an image or service that a command installs or builds from."""
    first = posixpath.basename(words[0]) if words else ""
    options = {"pip": ("-r", "--requirement"), "pip3": ("-r", "--requirement")}.get(first)
    if first.startswith("python") and list(words[1:4]) == ["-m", "pip", "install"]:
        options = ("-r", "--requirement")
    if first in ("conda", "mamba", "micromamba") and "env" in words[:3]:
        options = ("-f", "--file")
    if first in ("docker-compose", "docker") and ("build" in words[:3] or "compose" in words[:2] or first == "docker-compose"):
        options = ("-f", "--file")
    for before, word in pairwise(words):
        if options is not None and before in options:
            return word if _LIST.match(word) and not word.startswith("/") else ""
    return ""


def _makes(command: Command, base: str) -> bool:
    """Does the command put a file of that name there: copy, download, unpack or write it?"""
    if command.stdout.rpartition("/")[2] == base:
        return True
    first = posixpath.basename(command.words[0]) if command.words else ""
    gets = _FETCHES.search(first) is not None or first in ("cp", "mv", "ln", "install", "tee", "cat", "sed", "touch", "envsubst")
    return gets and any(word.rpartition("/")[2] == base for word in command.words[1:])


def _asks(command: Command, base: str) -> bool:
    """Does the command ask whether there is a file or program of that name?"""
    words = command.words
    if words[:1] in (("test",), ("[",), ("[[",)):
        asks = any(option in ("-f", "-e", "-x", "-r", "-s") for option in words)
    else:
        asks = words[:1] in (("which",), ("type",), ("hash",)) or words[:2] == ("command", "-v")
    return asks and any(word.rpartition("/")[2] == base for word in words[1:])


def _named(module: Module) -> set[str]:
    """Names that a file uses."""
    mentions = module.facts.mentions
    return {part for each in mentions for chain in (*each.names, *each.words, *each.chains) for part in chain.split(".")}


def _fetches(commands: Sequence[Command]) -> bool:
    return any(
        _FETCHES.search(command.words[0]) is not None and (command.words[0] != "git" or not _GETS.isdisjoint(command.words[1:3]))
        for command in commands
        if command.words
    )
