"""Orders that a checked-in text tells people: a README that names both steps, or a step and what it makes; a file that names the other."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from pathlib import PurePosixPath

from analyzer.graph.system import SystemGraph
from rules.artifact_names import GENERIC, canonical
from rules.handed_on import COMMON
from rules.handoffs import Handoff

_DOCS = re.compile(r"(^|/)(docs?|documentation|wiki)/", re.I)
_DAGS = re.compile(r"(^|/)dags/")
_ASIDE = re.compile(r"(^|/)(CHANGELOG|CHANGES|HISTORY|NEWS|RELEASE\w*|TODOS?|DEBTS?|ISSUES|BACKLOG|LICENSE)[^/]*$", re.I)
"""What once was, what is to be done, what is wrong: nobody runs a pipeline by it."""


class ToldOrders:
    """Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph
        self._documents: dict[str, list[str]] = defaultdict(list)
        for document, names in graph.told_by.items():
            for name in names if _ASIDE.search(document) is None else ():
                self._documents[name].append(document)
        self._same_name: dict[str, list[str]] = defaultdict(list)
        for path in dict.fromkeys(unit.path for unit in graph.units.values()):
            self._same_name[_base(path)].append(path)

    def is_told(self, handoff: Handoff) -> bool:
        """Does a text say that the producer comes before: a document, a notebook's prose, a docstring, or a message of one of the two?"""
        return self.is_scheduled(handoff) or self.is_remarked(handoff) or bool(self.documents(handoff))

    def documents(self, handoff: Handoff) -> tuple[str, ...]:
        """Documents that name the producer, and the consumer or what passes between the two."""
        wanted = {_base(handoff.consumer.path), *_forms(handoff.artifact)}
        naming = sorted(self._naming(handoff.producer.path))
        return tuple(document for document in naming if not wanted.isdisjoint(self._graph.told_by[document]))

    def is_remarked(self, handoff: Handoff) -> bool:
        """Does one of the two name the other, in a comment, a docstring or a message?"""
        producer, consumer = handoff.producer.path, handoff.consumer.path
        return _base(producer) in self._names_said(consumer) or _base(consumer) in self._names_said(producer)

    def is_scheduled(self, handoff: Handoff) -> bool:
        """Does a DAG or flow hand the producer to its orchestrator as a text?"""
        return _base(handoff.producer.path) in self._scheduled

    @cached_property
    def _scheduled(self) -> frozenset[str]:
        """Names of files that a DAG or flow hands to its orchestrator as a text: their order stands there, readable or not."""
        modules = (module for module in self._graph.living() if "ORCH" in module.roles or _DAGS.search(module.path))
        return frozenset(name for module in modules for name in module.facts.told)

    def _naming(self, path: str) -> set[str]:
        """Documents that name the file: by its path or its module, or by its name where no other file bears it."""
        pure = PurePosixPath(path)
        longer = ["/".join(pure.parts[-2:])] if len(pure.parts) > 1 else []
        module = ".".join(pure.with_suffix("").parts[-2:])
        dotted = [module, self._graph.modules[path].name] if path in self._graph.modules and "." in module else []
        found = {document for name in (*longer, *dotted) for document in self._documents.get(name, ())}
        for document in self._documents.get(pure.name, ()):
            folder = "" if _DOCS.search(document) else document.rpartition("/")[0]
            namesakes = [other for other in self._same_name[pure.name] if not folder or other.startswith(folder + "/")]
            if namesakes == [path]:
                found.add(document)
        return found

    def _names_said(self, path: str) -> tuple[str, ...]:
        """Names of code files that a module's comments, texts and prose give."""
        module = self._graph.modules.get(path)
        return module.facts.told if module is not None else ()


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _forms(artifact: str) -> set[str]:
    """How a text may name an artifact: its file name, its name and folder, the folders above when the last says something."""
    parts = [part for part in canonical(artifact.partition("://")[2] or artifact) if part not in ("", "..", "~")]
    known = parts[: next((index for index, part in enumerate(parts) if "*" in part), len(parts))]
    found = {"/".join(known[-2:])} if len(known) > 1 and known == parts else set()
    if known and known == parts and "." in known[-1] and known[-1].partition(".")[0].lower() not in GENERIC:
        found.add(known[-1])
    if len(parts) == 1 and "." in artifact:  # a table
        names = artifact.split(".")
        found |= {artifact, ".".join(names[-2:]), *([".".join(names[:-1])] if len(names) > 2 else [])}
    folder = known[:-1] if known == parts else known
    if len(folder) > 1 and folder[-1].lower() not in COMMON:
        found.add("/".join(folder[-2:]))
    return found
