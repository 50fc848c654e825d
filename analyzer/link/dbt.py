"""What the models, seeds, snapshots and exposures of dbt projects read and write: declared by `ref` and `source`.

Sources: docs.getdbt.com, "ref", "source", "Python models", "Snapshots", "Exposures". A singular test and an analysis write no table.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.link.dbt_project import DbtProject, Entry, project_at, projects_of
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import PythonFacts
from analyzer.read.sql_facts import ModelUse, SqlFacts
from analyzer.read.step_facts import Declared
from analyzer.read.values import Attr, Const, Name

_DEPENDS = re.compile(r"(ref|source)\(\s*['\"]([^'\"]+)['\"]\s*(?:,\s*['\"]([^'\"]+)['\"])?")
_RUN = ("models", "snapshots", "analyses", "tests")


@dataclass(slots=True)
class DbtNode:
    """A unit of a dbt project, with the tables it declares to read and write."""

    unit: str
    path: str
    kind: str
    """`model`, `snapshot`, `seed`, `exposure`, `analysis` or `test`."""
    line: int
    end_line: int
    reads: list[Declared] = field(default_factory=list)
    writes: list[Declared] = field(default_factory=list)
    runs: tuple[str, ...] = ()
    """Files of the repository that it is about."""


@dataclass(slots=True)
class _Made:
    """What a name in `ref` means in a project."""

    table: str
    path: str


class Dbt:
    """All dbt projects of a repository; `files` are its paths."""

    def __init__(
        self, configs: Mapping[str, ConfigFacts], sql: Mapping[str, SqlFacts], python: Mapping[str, PythonFacts], files: frozenset[str]
    ) -> None:
        self.projects = projects_of(configs)
        self._sql = sql
        self._python = python
        self._files = files
        self._made: dict[str, dict[str, _Made]] = {}
        for project in self.projects:
            self._made[project.path] = dict(self._named(project))

    def __bool__(self) -> bool:
        return bool(self.projects)

    def project_of(self, path: str) -> tuple[DbtProject, str] | None:
        """The project and the kind of folder in it that a file belongs to."""
        project = project_at(self.projects, path) if self.projects else None
        kind = project.holds(path) if project is not None else ""
        return (project, kind) if project is not None and kind else None

    def nodes(self) -> Iterator[DbtNode]:
        """The units of all projects, seeds of a project as one."""
        for path, facts in sorted(self._sql.items()):
            place = self.project_of(path)
            if place is not None and place[1] in _RUN:
                yield self._of_sql(path, facts, *place)
        for path, module in sorted(self._python.items()) if self.projects else ():
            place = self.project_of(path)
            if place is not None and place[1] == "models" and _is_model(module):
                yield self._of_python(path, module, place[0])
        for project in self.projects:
            yield from self._seeds(project)
            yield from self._exposures(project)

    # ---- names -----------------------------------------------------------------------------------------------------

    def _named(self, project: DbtProject) -> Iterator[tuple[str, _Made]]:
        for path, facts in sorted(self._sql.items()):
            if project_at(self.projects, path) is not project:
                continue
            kind = project.holds(path)
            if kind == "models":
                name = _stem(path)
                yield name, _Made(project.table(kind, name, path, dict(facts.settings)), path)
            elif kind == "snapshots":
                for tag, name, _ in facts.blocks:
                    if tag == "snapshot":
                        yield name, _Made(project.table(kind, name, path, dict(facts.settings)), path)
        for path, module in sorted(self._python.items()):
            if project_at(self.projects, path) is project and project.holds(path) == "models" and _is_model(module):
                yield _stem(path), _Made(project.table("models", _stem(path), path, {}), path)
        for path in self._seed_files(project):
            yield _stem(path), _Made(project.table("seeds", _stem(path), path, {}), path)

    def _seed_files(self, project: DbtProject) -> list[str]:
        held = (p for p in self._files if p.endswith((".csv", ".tsv")) and project.holds(p) == "seeds")
        return sorted(p for p in held if project_at(self.projects, p) is project)

    def table(self, project: DbtProject, use: ModelUse) -> str:
        """The identity of what `ref` or `source` names."""
        if use.kind == "source":
            return project.source(use.names[0], use.names[-1])
        name = use.names[-1]
        made = self._made[project.path].get(name)
        if made is None or len(use.names) == 2:
            others = (self._made[p.path].get(name) for p in self.projects if len(use.names) == 1 or p.name == use.names[0])
            made = next((other for other in others if other is not None), None)
        return made.table if made is not None else name

    # ---- units -----------------------------------------------------------------------------------------------------

    def _of_sql(self, path: str, facts: SqlFacts, project: DbtProject, kind: str) -> DbtNode:
        shown = {"models": "model", "snapshots": "snapshot", "analyses": "analysis", "tests": "test"}[kind]
        node = DbtNode(path, path, shown, 1, facts.lines, runs=(path,))
        node.reads = [Declared(self.table(project, use), use.line, "table") for use in facts.models]
        if kind == "models":
            node.writes = [Declared(self._made[project.path][_stem(path)].table, 1, "table")]
        elif kind == "snapshots":
            made = self._made[project.path]
            taken = ((name, line) for tag, name, line in facts.blocks if tag == "snapshot" and name in made)
            node.writes = [Declared(made[name].table, line, "table") for name, line in taken]
        return node

    def _of_python(self, path: str, module: PythonFacts, project: DbtProject) -> DbtNode:
        scope = next(s for s in module.scopes if s.qualname == "model")
        node = DbtNode(path, path, "model", scope.line, scope.end_line, runs=(path,))
        handle = scope.params[0].name
        for call in module.calls:
            func = call.func
            if isinstance(func, Attr) and func.name in ("ref", "source") and func.value == Name(handle):
                names = tuple(str(a.value) for a in call.args if isinstance(a, Const) and isinstance(a.value, str))
                if names and len(names) == len(call.args):
                    node.reads.append(Declared(self.table(project, ModelUse(func.name, names[:2], call.line)), call.line, "table"))
        node.writes = [Declared(self._made[project.path][_stem(path)].table, scope.line, "table")]
        return node

    def _seeds(self, project: DbtProject) -> Iterator[DbtNode]:
        paths = self._seed_files(project)
        if paths:
            node = DbtNode(f"{project.path}::seed", project.path, "seed", 1, 1)
            node.reads = [Declared(path, 1, "file") for path in paths]
            node.writes = [Declared(self._made[project.path][_stem(path)].table, 1, "table") for path in paths]
            yield node

    def _exposures(self, project: DbtProject) -> Iterator[DbtNode]:
        for entry in project.exposures:
            name = entry.text("name")
            node = DbtNode(f"{entry.path}::{name}", entry.path, "exposure", entry.line, entry.line, runs=self._about(name, entry))
            for key, value, line in entry.leaves:
                match = _DEPENDS.match(str(value)) if key.startswith("depends_on.") else None
                if match is not None:
                    use = ModelUse(match[1], tuple(part for part in match.groups()[1:] if part), line)
                    node.reads.append(Declared(self.table(project, use), line, "table"))
            yield node

    def _about(self, name: str, entry: Entry) -> tuple[str, ...]:
        """Files that an exposure is about: those its address or description names, else those with its name."""
        said = " ".join(str(value) for key, value, _ in entry.leaves if not key.startswith("depends_on"))
        code = [path for path in (*self._python, *self._sql) if path in said]
        return tuple(code[:20] or [path for path in self._python if _stem(path) == name][:20])


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _is_model(module: PythonFacts) -> bool:
    """`def model(dbt, session)`."""
    return any(s.kind == "function" and s.qualname == "model" and len(s.params) == 2 for s in module.scopes)
