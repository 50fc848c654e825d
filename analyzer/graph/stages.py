"""Declared stages beside what they run: what a stage, target or rule says of its data, and what its commands and scripts read and write.

Only what certainly runs counts as done: an access below an `if`, in a function that the script never calls, or one that another command
line of the same script makes, is left out. RULES.md §1.6, JGL002.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.system import Declaration, Module, SystemGraph
from analyzer.model import Access, Site
from analyzer.read.values import Name, last_name

_MAYBE = frozenset({"if", "else", "case", "except"})


@dataclass(frozen=True, slots=True)
class Stage:
    unit: str
    """Id of the unit that declares it."""
    path: str
    mechanism: str
    reads: tuple[Declaration, ...]
    writes: tuple[Declaration, ...]
    runs: tuple[str, ...]
    """Files of the repository that its commands run."""

    @property
    def name(self) -> str:
        return self.unit.partition("::")[2] or posixpath.basename(self.path)

    @property
    def site(self) -> Site:
        return min(entry.site for entry in (*self.reads, *self.writes))


def stages(graph: SystemGraph) -> tuple[Stage, ...]:
    """Every step that declares data, in the order of its id. Worked out once per graph."""
    return graph.once(_all_stages)


def _all_stages(graph: SystemGraph) -> tuple[Stage, ...]:
    return tuple(_stages(graph))


def _stages(graph: SystemGraph) -> Iterator[Stage]:
    groups: dict[str, list[Declaration]] = defaultdict(list)
    for declaration in graph.declarations:
        if declaration.unit in graph.units and not declaration.unit.endswith(".dvc"):
            groups[declaration.unit].append(declaration)
    for unit, group in sorted(groups.items()):
        reads = tuple(entry for entry in group if entry.op == "read")
        writes = tuple(entry for entry in group if entry.op == "write")
        runs = tuple(dict.fromkeys(path for entry in group for path in entry.runs))
        yield Stage(unit, graph.units[unit].path, group[0].mechanism, reads, writes, runs)


class StageAccesses:
    """What stages do, as far as it is certain; one index for all of them."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self._by_unit: dict[str, list[Access]] = defaultdict(list)
        self._by_path: dict[str, list[Access]] = defaultdict(list)
        self._all_at: dict[str, list[Access]] = defaultdict(list)
        self._told: dict[str, set[tuple[str, str]]] = defaultdict(set)
        """Script → (op, identity) of what only some of its command lines access."""
        self._certain: dict[str, _Certain] = {}
        for access in graph.accesses:
            if access.via == "declaration":
                continue
            self._all_at[access.site.path].append(access)
            if access.artifact is None:
                continue
            self._by_unit[access.unit].append(access)
            self._by_path[access.site.path].append(access)
            if access.borrowed and access.call in graph.modules and access.unit != access.call:
                self._told[access.call].add((access.op, access.artifact))

    def certain(self, stage: Stage) -> Iterator[Access]:
        """What the stage's commands and scripts read and write each time it runs."""
        for access in self._by_unit[stage.unit]:
            if access.call not in self.graph.modules or self._stands_certainly(access.call, access):
                yield access
        for path in stage.runs:
            told = self._told[path]
            for access in self._by_path[path] if path in self.graph.modules else ():
                if access.unit == path and (access.op, access.artifact) not in told and self._module(path).runs(access.site):
                    yield access

    def at(self, path: str) -> list[Access]:
        """The accesses of one file, those that could not be resolved included."""
        return self._all_at[path]

    def possible(self, stage: Stage) -> Iterator[Access]:
        """All that it could touch: also what stands under conditions, and in the modules that its scripts import."""
        yield from self._by_unit[stage.unit]
        for path in stage.runs:
            yield from self._by_path[path]

    def _stands_certainly(self, script: str, access: Access) -> bool:
        same = [a for a in self._by_path[script] if a.op == access.op and a.artifact == access.artifact]
        return any(self._module(script).runs(a.site) for a in same)

    def _module(self, path: str) -> _Certain:
        if path not in self._certain:
            self._certain[path] = _Certain(self.graph.modules[path])
        return self._certain[path]


class _Certain:
    """Which places of a script run whenever the script does."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._facts = module.facts
        self._by_site: dict[tuple[int | None, int], list[int]] = defaultdict(list)
        called: set[str] = set()
        for index, call in enumerate(self._facts.calls):
            site = module.site(call.line)
            self._by_site[site.cell, site.line].append(index)
            if not self._is_plain(call.block, call.scope, call.line):
                continue
            func = call.func
            called.add(last_name(func))
            called.update(arg.id for arg in call.args if isinstance(arg, Name))
        self._called = called
        decorated = [number for number, scope in enumerate(self._facts.scopes) if scope.kind == "function" and scope.decorators]
        self._commands = frozenset(decorated if len(decorated) == 1 else ())

    def runs(self, site: Site) -> bool:
        calls = [self._facts.calls[index] for index in self._by_site.get((site.cell, site.line), ())]
        return bool(calls) and all(self._is_plain(call.block, call.scope, call.line) and self._is_called(call.scope) for call in calls)

    def _is_plain(self, block: int, scope: int, line: int) -> bool:
        conditions = 0
        while block > 0:
            conditions += self._facts.blocks[block].kind in _MAYBE
            block = self._facts.blocks[block].parent
        in_main = scope == 0 and 0 < self._facts.main_line <= line
        return conditions <= int(in_main)

    def _is_called(self, scope: int) -> bool:
        while scope > 0:
            found = self._facts.scopes[scope]
            if found.kind == "function" and found.name not in self._called and found.name != "__init__" and scope not in self._commands:
                return False
            scope = found.parent
        return True
