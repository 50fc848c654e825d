"""How much of the declared data flow would have been found without the declarations: the analysis measures its own blindness.

Every edge (step → artifact) that a dvc stage, a make target or another declaration names is hidden in turn, and looked for in what the
step runs: the accesses of its scripts and of what they import or run within the repository, and what its commands do to files. What counts
as looking at the code, and what does not:

- A command line binds the options and arguments of the script that it runs (`train.py --out models`): that is reading code and command
  together. A make recipe says `$@` and `$<` where it means a path: it is read as make would run it.
- The lists of the declaration are not used. An argument of a tool that nothing else knows to be data is then no access.
- Excluded, because no reading of code could find them: dependencies on code, parameter files, edges of steps that run nothing, and data
  that an orchestrator written in Python moves itself (a catalog's datasets, what a transfer operator copies); what dbt's templates
  say, where the declaration is the code.

An edge is recovered when an observed access of the same direction names the artifact exactly, by its tail (level 2), or lies in the folder
that is declared, or is a pattern with at least two known segments that the artifact matches. What the step runs is taken by file: a module
that is imported counts whole.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from analyzer.graph.dataflow import level, shape, unify
from analyzer.graph.invocations import Invocations, StepRun
from analyzer.graph.system import Declaration, SystemGraph
from analyzer.link.paths import normal
from analyzer.result import DeclaredEdges, MissedEdge

MAX_MISSED = 50
MAX_REACHED = 3_000
MAX_PATTERNS = 400
TASKS_DO_THEIR_OWN_IO = frozenset({"luigi"})
"""Orchestrators whose declared outputs the code of the tasks writes and reads itself."""
_OWN_NAME = re.compile(r"azureml:(?!//)")
"""Data that only the orchestrator knows where to keep."""
CODE = tuple(".py .ipynb .sh .bash .r .jl .scala .java .js .ts .go .rs .c .cc .cpp .h .cu .sql".split())


class _Named:
    """The identities that one unit's accesses of one direction name, indexed by how a declared path may meet them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.whole: set[str] = set()
        """Exact names, and every folder above them."""
        self.by_base: dict[str, set[str]] = {}
        self.patterns: set[str] = set()
        for name in names:
            self._add(shape(name).rstrip("/"))

    def _add(self, name: str) -> None:
        self.by_base.setdefault(posixpath.basename(name), set()).add(name)
        if "*" in name and len(self.patterns) < MAX_PATTERNS:
            self.patterns.add(name)
        above = name
        while above and above not in self.whole:  # what is in it has its folders in it
            self.whole.add(above)
            above = posixpath.dirname(above)

    def has(self, artifact: str) -> bool:
        name = shape(artifact).rstrip("/")
        if name in self.whole:
            return True
        if any(level(name, other) >= 2 for other in self.by_base.get(posixpath.basename(name), ())):
            return True
        return any(_matches(pattern, name) for pattern in self.patterns)


def _matches(pattern: str, name: str) -> bool:
    """Segment by segment, what the pattern names lies at or inside `name`, and at least two of the segments are known: `data/raw/*`."""
    wanted = name.split("/")
    segments = pattern.split("/")[: len(wanted)]
    known = sum("*" not in segment for segment in segments)
    return len(segments) == len(wanted) and known >= 2 and unify(segments, wanted)


def masked_edges(graph: SystemGraph, invocations: Invocations) -> DeclaredEdges:
    """The declared edges of a graph and how many of them it finds by itself. Needs accesses, imports and declarations of the graph."""
    return _Masking(graph, invocations).result()


class _Masking:
    def __init__(self, graph: SystemGraph, invocations: Invocations) -> None:
        self.graph = graph
        self.steps: dict[str, list[StepRun]] = {}
        for run in invocations.runs:
            self.steps.setdefault(run.unit, []).append(run)
        self.observed = self._observed()
        self.next = self._next(invocations)
        self._reached: dict[tuple[str, ...], list[str]] = {}

    def _observed(self) -> Mapping[tuple[str, str], _Named]:
        """(unit, direction) → what its code or script names; steps of declarations are asked through their own commands."""
        names: dict[tuple[str, str], set[str]] = {}
        for access in self.graph.accesses:
            if access.artifact is not None and access.via != "declaration" and not access.temporary:
                names.setdefault((access.unit, access.op), set()).add(access.artifact)
        return {key: _Named(sorted(found)) for key, found in names.items()}

    def _next(self, invocations: Invocations) -> dict[str, set[str]]:
        """path → what it imports and runs within the repository."""
        found: dict[str, set[str]] = {}
        for link in self.graph.imports:
            if link.status in ("module", "name") and link.target:
                found.setdefault(link.importer, set()).add(link.target)
        for path, sites in invocations.invoked_by.items():
            for site in sites:
                facts = self.graph.steps.get(site.path)
                if site.path in self.graph.modules or (facts is not None and facts.kind == "shell"):
                    found.setdefault(site.path, set()).add(path)
        return found

    def reached(self, entries: tuple[str, ...]) -> list[str]:
        """The files that run when `entries` do."""
        done = self._reached.get(entries)
        if done is None:
            seen, stack = dict.fromkeys(entries), list(entries)
            while stack and len(seen) < MAX_REACHED:
                for path in sorted(self.next.get(stack.pop(), ())):
                    if path not in seen:
                        seen[path] = None
                        stack.append(path)
            done = self._reached[entries] = list(seen)
        return done

    def result(self) -> DeclaredEdges:
        total: Counter[str] = Counter()
        recovered: Counter[str] = Counter()
        missed: list[MissedEdge] = []
        for entry in self._edges():
            total[entry.mechanism] += 1
            if self._is_found(entry):
                recovered[entry.mechanism] += 1
            elif len(missed) < MAX_MISSED:
                missed.append(MissedEdge(entry.unit, entry.op, entry.artifact, entry.site, entry.mechanism))
        by_mechanism = tuple((name, count, recovered[name]) for name, count in sorted(total.items()))
        return DeclaredEdges(total.total(), recovered.total(), by_mechanism, tuple(missed))

    def _edges(self) -> Iterator[Declaration]:
        """The declared edges that code could show, each once."""
        seen: set[tuple[str, str, str]] = set()
        for entry in sorted(self.graph.declarations, key=lambda d: (d.site, d.unit, d.op, d.artifact)):
            key = (entry.unit, entry.op, entry.artifact)
            if key not in seen and self._is_observable(entry):
                seen.add(key)
                yield entry

    def _is_observable(self, entry: Declaration) -> bool:
        does_work = bool(self._entries(entry)) or self._runs_commands(entry)
        if entry.kind == "params" or not entry.artifact or not does_work or self._is_handed_over(entry):
            return False
        name = entry.artifact.rstrip("/")
        if entry.op == "write":
            return True
        is_code = name in self.graph.modules or name in self.graph.steps or name.lower().endswith(CODE)
        return not is_code and not any(path == name or path.startswith(name + "/") for path in self.reached(self._entries(entry)))

    def _entries(self, entry: Declaration) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*entry.runs, *(ran.path for run in self.steps.get(entry.unit, ()) for ran in run.runs)]))

    def _is_handed_over(self, entry: Declaration) -> bool:
        """Does the orchestrator itself read and write, and the task's code get and give values only? A dbt model is its own declaration."""
        if (entry.mechanism == "dbt" and entry.unit in entry.runs) or _OWN_NAME.match(entry.artifact):
            return True
        return any(run.mechanism and run.mechanism not in TASKS_DO_THEIR_OWN_IO for run in self.steps.get(entry.unit, ()))

    def _runs_commands(self, entry: Declaration) -> bool:
        return any(run.step.commands for run in self.steps.get(entry.unit, ()))

    def _is_found(self, entry: Declaration) -> bool:
        own = [data.artifact for run in self.steps.get(entry.unit, ()) for data in run.undeclared if data.op == entry.op]
        if own and _Named(map(normal, own)).has(entry.artifact):
            return True
        units = ((path, entry.op) for path in self.reached(self._entries(entry)))
        return any(key in self.observed and self.observed[key].has(entry.artifact) for key in units)
