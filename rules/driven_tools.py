"""Programs from elsewhere that code drives by lists of words: which of them are more than one place's business (GLU005)."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.graph.system import Module, ProgramRun
from analyzer.model import Site
from analyzer.read.values import last_name

MIN_PLACES = 3
_MIN_FILES = 2
_COPIES = {
    "aws": frozenset({("s3", "cp"), ("s3", "sync"), ("s3", "mv"), ("s3api", "get-object"), ("s3api", "put-object")}),
    "gcloud": frozenset({("storage", "cp"), ("storage", "rsync"), ("storage", "mv")}),
    "az": frozenset({("storage", "blob"), ("storage", "copy")}),
}
"""Commands of programs that administer which move data all the same: libraries of the same vendors do it."""
_ON_THE_MACHINE = frozenset(
    """
    ping crontab systemctl service df du free lsof ps top ifconfig ip iptables scp nmap adb osascript say locale ldconfig lspci modprobe
    mount umount xcode-select env bash sh zsh cmd sudo python node npm npx yarn curl wget find grep diff head tail less vi vim nano code
    """.split()
)
"""What asks or changes the machine, and what only a person would run."""
_TASK_RUNNERS = frozenset({"invoke", "fabric", "nox", "doit", "fabric2"})
"""Their `run` stops at a failure; what they are given is a recipe."""
_WAITED = frozenset({"communicate", "wait"})
_INTERPRETER = re.compile(r"(?:python|perl|ruby|node)[\d.]*\Z")
_NAMES_A_TOOL = re.compile(r"\{(?!\w*(?:python|script|interpreter|shell))[\w.]*(?:path|bin|exe|binary|tool)\}\Z", re.IGNORECASE)
"""A variable that says where a program lies: `{gnina_path}`."""
_NAMED = re.compile(r"[A-Za-z0-9]{3}")
_HOLES = re.compile(r"\{[^{}]*\}")
_DATA = re.compile(r"\{|[\w}]\.\w|/")


@dataclass(frozen=True, slots=True)
class Driven:
    """A place that drives a program from elsewhere."""

    site: Site
    run: ProgramRun
    is_checked: bool
    scope: int = 0

    @property
    def program(self) -> str:
        return program_of(self.run)


def program_of(run: ProgramRun) -> str:
    return posixpath.basename(run.words[0]) if run.words else ""


def is_known(name: str) -> bool:
    """Is it known which program it is, at least by the name of the variable that leads to it?"""
    return bool(name) and ("{" not in name or _NAMES_A_TOOL.match(name) is not None)


def copies_data(run: ProgramRun) -> bool:
    """Is it the command line of a cloud that moves data, where the same vendor's library would?"""
    return run.words[1:3] in _COPIES.get(program_of(run), ())


def is_tool(module: Module, run: ProgramRun, administers: frozenset[str]) -> bool:
    """Does the call hand data to a program from elsewhere that works on it, and wait for it?"""
    name = program_of(run)
    if (
        run.target
        or not is_known(name)
        or name in _ON_THE_MACHINE
        or _INTERPRETER.match(name)
        or not any("{" in word for word in run.words[1:])
    ):
        return False
    if name in administers and not copies_data(run):
        return False
    if any(fact.module.partition(".")[0] in _TASK_RUNNERS for fact in module.facts.imports):
        return False
    return last_name(module.facts.calls[run.call].func) != "Popen" or any(last_name(call.func) in _WAITED for call in module.facts.calls)


def widely_driven(tools: Iterable[Driven]) -> dict[str, list[Driven]]:
    """Programs that several files run, three places or more in all: no one place knows their options and what they answer."""
    by_program: dict[str, list[Driven]] = defaultdict(list)
    for tool in tools:
        by_program[tool.program].append(tool)
    return {
        name: places
        for name, places in sorted(by_program.items())
        if len({each.site.path for each in places}) >= _MIN_FILES and len({each.site for each in places}) >= MIN_PLACES
    }


def unlooked(tools: Iterable[Driven]) -> Iterator[Driven]:
    """Places whose exit status nobody looks at, and those that hand a file to another program of the same file of code."""
    by_path: dict[str, list[Driven]] = defaultdict(list)
    for tool in tools:
        by_path[tool.site.path].append(tool)
    for places in by_path.values():
        users: dict[tuple[int, str], set[str]] = defaultdict(set)
        for each in places:
            for word in _files(each):
                users[word].add(each.program)
        handed = {word for word, programs in users.items() if len(programs) > 1}
        for each in places:
            if not each.is_checked or not handed.isdisjoint(_files(each)):
                yield each


def _files(tool: Driven) -> set[tuple[int, str]]:
    """The files that a command names; one that only a variable names is the same in its own function only."""
    words = {word.rpartition(":")[2] for word in tool.run.words[1:] if _DATA.search(word)}
    return {(0 if _NAMED.search(_HOLES.sub("", word)) else tool.scope, word) for word in words}
