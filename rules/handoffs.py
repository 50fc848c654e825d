"""Hand-offs: an artifact that one step writes and another reads. What the data rules share: who drives whom, what is declared.

A step here is a runnable file (script, notebook, shell script) or a step of a declaration file. An access in a library module belongs to
every step that reaches the module through imports or runs it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from analyzer.graph.dataflow import DEFINITIONS
from analyzer.graph.system import DataEdge, Declaration, Module, SystemGraph
from analyzer.model import Access, Unit
from analyzer.read.values import Const
from rules.artifact_names import IdentitySet, canonical, is_data, is_distinctive, is_placeholder, is_registered, is_source

PIPELINE_KINDS = frozenset({"make", "dvc", "dvc-file", "ci"})
SHARED_KINDS = frozenset({"file", "table", "object", "model", "dataset"})
"""Kinds that two steps can share behind everybody's back; a topic is an interface of its own, and so is a registry or hub."""
STEP_FILE = re.compile(r"[\w.-]+\.(?:py|ipynb|sh)\b")
STARTERS = frozenset({"subprocess", "os"})
STARTS = re.compile(r"(?:python[\d.]*|bash|sh|uv run|poetry run)\s+\S*?[\w.-]+\.(?:py|sh)\b")
TUTORIAL = re.compile(
    r"(^|[/_-])(tutorials?|courses?|lessons?|homeworks?|chapters?|workshops?|exercises?|labs?|examples?|docs?)([/_-]|$)", re.I
)
SHOWS = re.compile(r"(?:^|[/+_-])(?:examples|samples|tutorials|demos|cookbook)$", re.I)
"""A repository that only shows how things are done."""
HELP = frozenset({"--help", "-h"})
DOWNLOADS = re.compile(r"(^|[._])(wget|curl|gdown|aria2c|urlretrieve|download\w*|snapshot_download|hf_hub_download)$", re.I)
_DELETES = re.compile(r"(?:^|\.)(?:rm|remove|unlink|rmtree|SQL (?:DROP|DELETE|TRUNCATE)|(?:delete|drop)(?:_\w+)?)$")
MAX_DRIVERS = 2_000


@dataclass(frozen=True, slots=True)
class Handoff:
    edge: DataEdge
    producer: Unit
    consumer: Unit

    @property
    def artifact(self) -> str:
        return self.edge.artifact

    @property
    def klass(self) -> str:
        """RULES.md §0.1 class; what neither call nor name tells is an intermediate, being written here and read there."""
        known = self.edge.writer.klass or self.edge.reader.klass
        return known or ("RAW" if DOWNLOADS.search(self.edge.writer.call) else "INTERMEDIATE")

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.producer.path, self.artifact, self.consumer.path)


class Handoffs:
    """The hand-offs of a graph that no checked-in program already puts in order, and the indexes to judge them. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.declarations = data_declarations(graph)
        self._above = _drivers_above(graph)
        self._later: dict[str, set[str]] = defaultdict(set)
        for before, after in graph.orders:
            self._later[before].add(after)
        self._told_later: dict[str, set[str]] = defaultdict(set)
        for before, after in graph.told_orders:
            self._told_later[before].add(after)
        self._step_names = _step_names(graph)
        lines = [line for known in graph.command_lines.values() for line in known]
        self.asks_for_help = {(line.path, line.line) for line in lines if not HELP.isdisjoint(line.words)}
        """Places that only show how a program is used: nothing is run there."""
        self._shows = SHOWS.search(graph.name) is not None
        self._drivers: dict[str, frozenset[str]] = {}
        self._written_in: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        self.written_by: dict[str, set[str]] = defaultdict(set)
        for access in graph.accesses:
            if not access.borrowed and access.op == "write" and access.artifact is not None and not deletes(access):
                self.written_by[access.site.path].add(access.artifact)
        """Path → artifacts that it writes."""
        self.reading = {access.site.path for access in graph.accesses if access.op == "read"}
        tracked = (item.path for step in graph.steps.values() for item in step.tracked)
        self.produced = IdentitySet(chain((d.artifact for d in self.declarations if d.op == "write"), tracked))
        """What a declared step makes, or a data version control file holds: a checked-in file says where it comes from."""
        held = [path for path in sorted(graph.tracked_files) if not is_placeholder(path)]
        self.committed = IdentitySet([*held, *(path.removesuffix(".index") for path in held if path.endswith(".index"))])
        """Without `.index`: the name by which TensorFlow asks for a checkpoint."""
        self.pipeline = frozenset(path for d in self.declarations for path in (d.unit, *d.runs))

    def __iter__(self) -> Iterator[Handoff]:
        """Hand-offs between different files that are real and that no program orders; each (producer, artifact, consumer) once."""
        return iter(self._real)

    @cached_property
    def _real(self) -> tuple[Handoff, ...]:
        return tuple(handoff for handoff in self.run_by_people if not self.is_ordered(handoff))

    @cached_property
    def run_by_people(self) -> tuple[Handoff, ...]:
        """As the hand-offs of `__iter__`, those included that a document orders."""
        return tuple(self.unordered(self.graph.data_edges, self.is_real, prose=False))

    def unordered(
        self, edges: Iterable[DataEdge], counts: Callable[[DataEdge, Unit, Unit], bool], *, prose: bool = True
    ) -> Iterator[Handoff]:
        """The hand-offs of the edges that count (edge, producer, consumer) and that no program orders; each once.

        Without `prose` the commands of a document order nothing.
        """
        seen: set[tuple[str, str, str]] = set()
        for edge in edges:
            producer, consumer = self.graph.units.get(edge.writer.unit), self.graph.units.get(edge.reader.unit)
            if producer is None or consumer is None or not counts(edge, producer, consumer):
                continue
            handoff = Handoff(edge, producer, consumer)
            if handoff.key not in seen and not self.is_ordered(handoff, prose=prose):
                seen.add(handoff.key)
                yield handoff

    # ---- is it a hand-off at all ------------------------------------------------------------------------------------

    def is_real(self, edge: DataEdge, producer: Unit, consumer: Unit) -> bool:
        return (
            self.meet(edge, producer, consumer)
            and edge.reader.via != "env"  # whoever starts the reader names the path, so nothing is agreed by hand
            and not self.committed.covers(edge.artifact)
            and self.is_step(producer)
            and self.is_step(consumer)
        )

    def meet(self, edge: DataEdge, producer: Unit, consumer: Unit) -> bool:
        """Do two files share what one of them writes and the other one reads, and only reads, as far as the names tell?"""
        writer, reader = edge.writer, edge.reader
        return (
            edge.level >= 2
            and writer.site.path != reader.site.path
            and all(_is_shared(access) for access in (writer, reader))
            and (edge.level == 3 or producer.project == consumer.project)
            and edge.artifact not in self.written_by[reader.site.path]
            and not is_source(edge.artifact)
            and (producer.path in self.graph.modules or consumer.path in self.graph.modules)  # else it builds software
        )

    def is_by_hand(self, unit: Unit, *, prose: bool = True) -> bool:
        """Is the unit itself a notebook, script or shell script of no lesson, that nothing checked in runs?

        Notebooks alone make no lesson where the project declares its data. Without `prose` the commands of a document run nothing.
        """
        if self._shows or TUTORIAL.search(unit.path.rpartition("/")[0]) or self._is_run(unit.path, prose=prose):
            return False
        module = self.graph.modules.get(unit.path)
        if module is None:
            return unit.kind == "shell"
        is_lesson = self.archetype(unit.path) == "tutorial" and not self.declarations
        return not module.is_excluded and not is_lesson and self.runs_by_itself(unit.path)

    def _is_run(self, path: str, *, prose: bool) -> bool:
        return any(prose or not is_prose(site.path) for site in self.graph.invoked_by.get(path, ()))

    def is_step(self, unit: Unit) -> bool:
        if self._shows or unit.kind == "docker" or TUTORIAL.search(unit.path.rpartition("/")[0]):
            return False
        module = self.graph.modules.get(unit.path)
        if module is None:
            return True
        if module.is_excluded or self.archetype(unit.path) == "tutorial":
            return False
        return any(self.runs_by_itself(path) for path in self.drivers(unit))

    def runs_by_itself(self, path: str) -> bool:
        module = self.graph.modules.get(path)
        if module is None or module.is_notebook or module.facts.main_line or path in self.graph.invoked_by:
            return True
        return not self._above.get(path) and not module.is_packaged and self.archetype(path) != "library"

    def archetype(self, path: str) -> str:
        if path not in self.graph.modules:
            return ""
        project = self.graph.projects.get(self.graph.modules[path].project)
        return project.archetype if project else ""

    def written_in(self, path: str) -> set[tuple[str, ...]]:
        """What the file writes by any call, of project functions too, without an unknown folder at the top."""
        if not self._written_in:
            for access in self.graph.accesses:
                if access.op == "write" and access.artifact is not None:
                    parts = canonical(access.artifact)
                    self._written_in[access.site.path].add(parts[1:] if parts[:1] == ("*",) else parts)
        return self._written_in.get(path, set())

    # ---- who runs whom ----------------------------------------------------------------------------------------------

    def drivers(self, unit: Unit) -> frozenset[str]:
        """Paths and step ids that reach this unit by importing or running it, itself included. Tests and docs do not drive."""
        start = unit.path if unit.path in self.graph.modules else unit.id
        if start not in self._drivers:
            seen, stack = {start}, [start]
            while stack and len(seen) < MAX_DRIVERS:
                fresh = self._above.get(stack.pop(), set()) - seen
                seen |= fresh
                stack.extend(fresh)
            self._drivers[start] = frozenset(seen)
        return self._drivers[start]

    def is_ordered(self, handoff: Handoff, *, prose: bool = True) -> bool:
        """Does a checked-in file run both: one driver of the two, a declared order, or one file that starts the one, then the other?

        Without `prose` only a program does, not the commands of a document.
        """
        first, then = self.drivers(handoff.producer), self.drivers(handoff.consumer)
        if first & then:
            return True
        first_named, then_named = _basenames(first), _basenames(then)
        told = {} if prose else self._told_later
        if any(not (self._later[driver] - told.get(driver, set())).isdisjoint(then) for driver in first if driver in self._later):
            return True
        if any(not first_named.isdisjoint(names) and not then_named.isdisjoint(names) for names in self._step_names):
            return True
        starts, follows = self._lines_that_start(first, handoff.edge.writer), self._lines_that_start(then, handoff.edge.reader)
        both = (path for path in starts.keys() & follows.keys() if prose or not is_prose(path))
        return any(min(starts[path]) <= max(follows[path]) for path in both)

    def _lines_that_start(self, drivers: frozenset[str], access: Access) -> dict[str, list[int]]:
        """File → lines that start one of the drivers; a file of steps (workflow, Makefile, script) starts what stands in it."""
        lines: dict[str, list[int]] = defaultdict(list)
        if access.site.path not in self.graph.modules:
            lines[access.site.path].append(access.site.line)
        for driver in drivers:
            for site in self.graph.invoked_by.get(driver, ()):
                if (site.path, site.line) not in self.asks_for_help:
                    lines[site.path].append(site.line)
        return lines

    def orchestrator(self, unit: Unit) -> Module | None:
        """A module that defines a DAG or flow and reaches the unit: its task order is a declaration, readable or not."""
        reached = (self.graph.modules[path] for path in sorted(self.drivers(unit)) if path in self.graph.modules)
        return next((module for module in reached if "ORCH" in module.roles), None)

    # ---- what is declared -------------------------------------------------------------------------------------------

    def in_pipeline(self, unit: Unit) -> bool:
        """Is the unit a declared step, or run by one?"""
        return unit.kind in PIPELINE_KINDS or not self.pipeline.isdisjoint(self.drivers(unit)) or self.orchestrator(unit) is not None

    def declaration_of(self, unit: Unit) -> Declaration | None:
        """A declaration of the step that is, or runs, the unit."""
        drivers = self.drivers(unit)
        return next((d for d in self.declarations if d.unit in drivers or not drivers.isdisjoint(d.runs)), None)

    def favours_make(self, near: Iterable[Handoff]) -> bool:
        """Is make, not dvc, what the repository (first of all the pipeline that these hand-offs touch) declares its data flow with?"""
        touched = (self.declaration_of(unit) for handoff in near for unit in (handoff.producer, handoff.consumer))
        used = [declaration.mechanism for declaration in chain(touched, self.declarations) if declaration is not None]
        return bool(used) and used[0] == "make"

    def is_produced(self, handoff: Handoff) -> bool:
        """A checked-in file says which step makes the artifact, or holds it under version control."""
        return (
            handoff.edge.writer.declared
            or handoff.producer.kind in PIPELINE_KINDS
            or handoff.edge.writer.via == "declaration"
            or self.produced.covers(handoff.artifact)
            or self.orchestrator(handoff.producer) is not None
        )


def _step_names(graph: SystemGraph) -> tuple[frozenset[str], ...]:
    """For each configuration file the scripts it names: a workflow of an orchestrator that is not read orders what it runs.

    So does a program that hands whole command lines to a function of its own (`run("python prepare.py", "Phase 1")`).
    """
    found = []
    for path, config in sorted(graph.configs.items()):
        if path.endswith((".yaml", ".yml", ".json")) and "pre-commit" not in path:
            texts = (
                value for _, value, _ in config.leaves if isinstance(value, str) and (".py" in value or ".sh" in value or ".ipynb" in value)
            )
            found.append(frozenset(name for text in texts for name in STEP_FILE.findall(text)))
    for module in graph.modules.values():
        if any(fact.module.partition(".")[0] in STARTERS for fact in module.facts.imports):
            texts = (
                value.value
                for call in module.facts.calls
                for value in (*call.args, *(v for _, v in call.keywords))
                if isinstance(value, Const) and isinstance(value.value, str) and STARTS.match(value.value)
            )
            found.append(frozenset(name for text in texts for name in STEP_FILE.findall(text)))
    return tuple(names for names in dict.fromkeys(found) if len(names) > 1)


def _basenames(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(path.rpartition("/")[2] for path in paths)


def is_prose(path: str) -> bool:
    """Is the file one for people to read?"""
    return path.lower().endswith((".md", ".rst", ".txt"))


def deletes(access: Access) -> bool:
    return _DELETES.search(access.call) is not None


def is_cached(graph: SystemGraph, read: Access) -> bool:
    """Is it read only if it is there, and made by the same file else? A service that starts without its model reads no cache."""
    return read.guarded and read.artifact in graph.once(Handoffs).written_by[read.site.path]


def makes_no_rows(access: Access) -> bool:
    """Does it make a table, or change what columns it has, and put nothing into it?"""
    return access.call in DEFINITIONS


def _is_shared(access: Access) -> bool:
    named = access.artifact is not None and is_distinctive(access.artifact) and not is_registered(access.artifact)
    return named and access.kind in SHARED_KINDS and not access.temporary and not access.guarded


def data_declarations(graph: SystemGraph) -> tuple[Declaration, ...]:
    """Declarations that name data; a make target that depends on `setup.py` or is phony declares no data flow."""
    known = {canonical(access.artifact) for access in graph.accesses if access.artifact is not None and access.via != "declaration"}

    def names_data(declaration: Declaration) -> bool:
        if declaration.mechanism != "make":
            return True
        return is_data(declaration.artifact) or canonical(declaration.artifact) in known

    return tuple(declaration for declaration in graph.declarations if names_data(declaration))


def _drivers_above(graph: SystemGraph) -> dict[str, set[str]]:
    above: dict[str, set[str]] = defaultdict(set)

    def drives(driver: str, driven: str) -> None:
        module = graph.modules.get(driver)
        if driver != driven and driven and not (module is not None and module.is_excluded):
            above[driven].add(driver)

    for link in graph.imports:
        if link.status in ("module", "name"):
            drives(link.importer, link.target)
    for edge in graph.edges:
        if edge.kind == "invokes":
            drives(edge.source, edge.target)
    for declaration in graph.declarations:
        for path in declaration.runs:
            drives(declaration.unit, path)
    for access, script in statements_run(graph):
        drives(access.unit, script)
    return dict(above)


def statements_run(graph: SystemGraph) -> Iterator[tuple[Access, str]]:
    """Reads of a file of SQL by a program, which runs it, each with the id of the file's unit."""
    scripts = {canonical(unit.path)[-2:]: unit.id for unit in graph.units.values() if unit.kind == "sql"}
    for access in graph.accesses if scripts else ():
        if access.op == "read" and access.artifact is not None and access.artifact.endswith((".sql", ".hql")):
            script = scripts.get(canonical(access.artifact)[-2:])
            if script is not None:
                yield access, script


def unit_paths(handoffs: Iterable[Handoff]) -> tuple[str, ...]:
    return tuple(sorted({path for handoff in handoffs for path in (handoff.producer.path, handoff.consumer.path)}))


def said(access: Access) -> str:
    """How an access is told in an evidence chain."""
    through = f" with {access.call}" if access.call else ""
    return f"{'writes' if access.op == 'write' else 'reads'} `{access.artifact}`{through}"
