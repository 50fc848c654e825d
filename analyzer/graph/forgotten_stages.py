"""What is left of DVC stages that are gone: their entries in dvc.lock, and parameters that no stage and no code asks for.

Source: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files ("Stage entries", "Parameters") and internal-files (dvc.lock).
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from analyzer.model import Site
from analyzer.read.names import NAME

if TYPE_CHECKING:
    from analyzer.graph.system import SystemGraph

PARAMETERS = "params.yaml"
MIN_ASKED = 2
"""A parameter file is known to be read key by key when stages ask for as many of its keys."""

MOST_UNREAD = 4
"""Of which more than every fourth key is unread was written by a program, or is read in a way that is not seen."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Entries of one file that belonged to stages which are gone."""

    path: str
    names: tuple[str, ...]
    sites: tuple[Site, ...]
    stages: str
    """The dvc.yaml that does not name them."""
    is_lock: bool


def forgotten_entries(graph: SystemGraph) -> Iterator[Forgotten]:
    """Of each dvc.lock and params.yaml beside a dvc.yaml, in the order of their paths."""
    for path, facts in sorted(graph.steps.items()):
        folder = posixpath.dirname(path)
        stages = graph.steps.get(posixpath.join(folder, "dvc.yaml"))
        if facts.kind == "dvc-lock" and stages is not None and stages.steps:
            today = {step.name.partition("@")[0] for step in stages.steps}
            gone = [(name, line) for name, line in facts.locked if name.partition("@")[0] not in today]
            if gone and len(gone) < len(facts.locked):
                sites = tuple(Site(path, line) for _, line in gone)
                yield Forgotten(path, tuple(name for name, _ in gone), sites, posixpath.join(folder, "dvc.yaml"), True)
        elif facts.kind == "dvc" and facts.asked:
            yield from _parameters(graph, folder, facts.asked)


def _parameters(graph: SystemGraph, folder: str, asked: Collection[str]) -> Iterator[Forgotten]:
    path = posixpath.join(folder, PARAMETERS)
    config = graph.configs.get(path)
    if config is None or "*" in asked or config.is_generated or _is_written(graph, path):
        return
    spoken = _spoken(graph, folder)
    leaves = [(key, line) for key, _, line in config.leaves]
    read = {key for key, _ in leaves if _is_asked(key, asked) or spoken.issuperset(part for part in key.split(".") if not part.isdigit())}
    if sum(_is_asked(key, asked) for key, _ in leaves) < MIN_ASKED:
        return
    blocks: dict[str, int] = {}
    for key, line in leaves:
        if key not in read and not any(part.startswith(("_", "<<")) for part in key.split(".")):
            blocks.setdefault(_widest(key, read), line)
    if blocks and MOST_UNREAD * len(blocks) <= len(leaves):
        sites = tuple(Site(path, line) for line in blocks.values())
        yield Forgotten(path, tuple(blocks), sites, posixpath.join(folder, "dvc.yaml"), False)


def _is_written(graph: SystemGraph, path: str) -> bool:
    """Whether a program of the repository writes the file: deleting an entry would not last."""
    return any(a.op == "write" and a.artifact is not None and a.artifact.rpartition("file:")[2] == path for a in graph.accesses)


def _is_asked(key: str, asked: Collection[str]) -> bool:
    """Whether a key, something around it or something in it is asked for."""
    return any(key == name or key.startswith(f"{name}.") or name.startswith(f"{key}.") or _matches(key, name) for name in asked)


def _matches(key: str, name: str) -> bool:
    return "*" in name and (fnmatchcase(key, name) or fnmatchcase(key, f"{name}.*"))


def _widest(key: str, read: Collection[str]) -> str:
    """The largest block around the key of which nothing is read."""
    parts = key.split(".")
    for size in range(1, len(parts)):
        block = ".".join(parts[:size])
        if not any(other == block or other.startswith(f"{block}.") for other in read):
            return block
    return key


def _spoken(graph: SystemGraph, folder: str) -> frozenset[str]:
    """Names that the code of the folder spells or takes as an attribute, a parameter or a field, and that its stages' commands name."""
    found: set[str] = set()
    prefix = f"{folder}/" if folder else ""
    for module in graph.modules.values():
        if not module.path.startswith(prefix):
            continue
        facts = module.facts
        found.update(facts.read_attributes, *(mention.words for mention in facts.mentions))
        found.update(name for word in facts.words for name in NAME.findall(word))
        found.update(param.name for scope in facts.scopes for param in scope.params)
        found.update(assign.target for assign in facts.assigns if facts.scopes[assign.scope].kind == "class")
    return frozenset(found)
