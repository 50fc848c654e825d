"""Code of another repository of the same organisation that is installed or cloned from a branch: it changes without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname

from analyzer.graph.own_names import Own, is_teaching, own_names
from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.step_facts import Command, Step

_ADDRESS = re.compile(r"(?:https?://|ssh://|git://|git@)(?:[^@/\s]*@)?([\w.-]+)[:/]+([\w./-]+?)(?:\.git)?/?(?:@([\w./-]+))?(?:#.*)?$")
_PINNED = re.compile(r"v?\d+(\.\w+)+|[0-9a-f]{7,40}|.*\d+\.\d+.*")
"""A release or a commit."""
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "conda-lock.yml")
_FOR_DEVELOPERS = re.compile(r"(^|[/_.-])(dev|develop|development|tests?|testing|docs?|lint|ci)([/_.-]|$)", re.IGNORECASE)
_PAGES = frozenset({"gh-pages", "pages", "docs"})
_VARIABLE = re.compile(r"\$[{(]?([A-Za-z]\w*)")
_CHECKS_OUT = frozenset({"checkout", "reset", "switch", "apply"})


def code_of_branches(graph: SystemGraph) -> Iterator[tuple[Site, str, str]]:
    """(place, address, `owner/name`) of every such use in packaging files and commands, in a deterministic order.

    Left out: the repository itself; releases and commits; what only developers and CI install; packaging files with a lock file
    beside them or above; a clone after which the same step checks something out; an address out of a variable that prose tells people to
    set; tutorials, and notebooks, which people run by hand.
    """
    own = graph.once(own_names)
    if not own.owners:
        return
    for path, requirement in graph.manifest.requirements:
        if requirement.url and not (_FOR_DEVELOPERS.search(path) or is_locked(graph, path) or is_teaching(graph, path)):
            found = _moving(own, requirement.url, requirement.ref)
            if found:
                yield Site(path, requirement.line), requirement.url, found
    for path in sorted(graph.steps):
        if not is_teaching(graph, path):
            for step in graph.steps[path].steps:
                if step.kind != "ci":
                    yield from _of_step(own, path, step, graph.manifest.settable)


def _of_step(own: Own, path: str, step: Step, settable: frozenset[str]) -> Iterator[tuple[Site, str, str]]:
    for number, command in enumerate(step.commands):
        if not settable.isdisjoint(_VARIABLE.findall(command.text)):
            continue
        if command.words[:2] == ("git", "clone"):
            address = next((word for word in command.words[2:] if _ADDRESS.match(word)), "")
            later = step.commands[number + 1 :]
            if address and not any(_CHECKS_OUT.intersection(other.words[1:4]) for other in later if other.words[:1] == ("git",)):
                found = _moving(own, address, _branch(command))
                if found:
                    yield Site(path, command.line), address, found
        elif "install" in command.words[:4] or "add" in command.words[:3]:
            for at, word in enumerate(command.words):
                _, git, address = word.rpartition("git+")
                found = _moving(own, address, "") if git else ""
                if found:
                    yield Site(path, command.word_lines[at] if command.word_lines else command.line), address, found


def _branch(command: Command) -> str:
    for option, value in zip(command.words, command.words[1:], strict=False):
        if option in ("-b", "--branch"):
            return value
    return next((word.partition("=")[2] for word in command.words if word.startswith("--branch=")), "")


def _moving(own: Own, address: str, ref: str) -> str:
    """`owner/name` of the repository when it is of the same organisation, another one than this, and `ref` (or none) moves; else ""."""
    found = _ADDRESS.search(address.strip("\"'"))
    if found is None:
        return ""
    host, path, said = found[1].lower(), found[2].lower(), ref or found[3] or ""
    owner, _, name = path.rpartition("/")
    if not owner or (host == "github.com" and "/" in owner) or "{" in said or "$" in said or _PINNED.fullmatch(said) or said in _PAGES:
        return ""
    same = own.is_of_organisation(owner.partition("/")[0]) or any(own.is_of_organisation(part) for part in host.split(".")[:-1])
    return f"{owner}/{name}" if same and not own.is_itself(owner, name) else ""


def is_locked(graph: SystemGraph, path: str) -> bool:
    """Does a lock file lie beside the file or above it?"""
    folder = dirname(path)
    while True:
        if any((f"{folder}/{lock}" if folder else lock) in graph.manifest.files for lock in _LOCKS):
            return True
        if not folder:
            return False
        folder = dirname(folder)
