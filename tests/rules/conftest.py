"""What the tests of single rules share: a system graph made by hand from a few texts, without discovery and linking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from analyzer.graph.system import DataEdge, Declaration, ImportLink, Module, Project, SystemGraph
from analyzer.model import Access, Artifact, Component, Confidence, Evidence, Finding, Severity, Site, Subject, Unit
from analyzer.read.facts import Cell, Import, PythonFacts
from analyzer.read.python import read_python
from analyzer.read.step_facts import StepFacts
from analyzer.read.suppression import Suppression

MakeGraph = Callable[..., SystemGraph]


@pytest.fixture
def graph_by_hand() -> MakeGraph:
    """graph_by_hand({"a/b.py": "…"}, archetype="application") → modules with facts; a name ending in `.ipynb` is one code cell."""

    def make(texts: Mapping[str, str], archetype: str = "application") -> SystemGraph:
        graph = SystemGraph("hand", projects={"": Project("", archetype)})
        for path, text in texts.items():
            is_notebook = path.endswith(".ipynb")
            cells = (Cell(3, 1, text.count("\n") + 1),) if is_notebook else ()
            facts = read_python(text, "notebook" if is_notebook else "python", cells)
            assert isinstance(facts, PythonFacts), facts
            pure = PurePosixPath(path)
            name = "" if is_notebook else ".".join(pure.with_suffix("").parts).removesuffix(".__init__")
            graph.modules[path] = Module(
                path, name, facts, "", pure.parts[0] if len(pure.parts) > 1 else "", is_test=path.startswith("tests/")
            )
        return graph

    return make


class System:
    """Builds a SystemGraph in words: files, hand-offs, imports, orders, declarations."""

    def __init__(self) -> None:
        self._graph = SystemGraph(projects={"": Project("", "application")})

    @property
    def graph(self) -> SystemGraph:
        """The graph so far. Tests go on building after a question, so nothing that a question kept may stay."""
        self._graph.memo.clear()
        return self._graph

    def module(
        self,
        path: str,
        component: str = "",
        *,
        roles: Iterable[str] = (),
        runs: bool = True,
        production: str = "",
        project: str = "",
        is_test: bool = False,
        is_experiment: bool = False,
        suppressions: Iterable[Suppression] = (),
        imports: Iterable[str] = (),
    ) -> System:
        """`runs`: the file has a `__main__` part; otherwise it is part of a package."""
        facts = PythonFacts(
            kind="notebook" if path.endswith(".ipynb") else "python",
            lines=100,
            main_line=90 if runs else 0,
            suppressions=tuple(suppressions),
            imports=tuple(Import(name, None, name, 0, 1, 0) for name in imports),
        )
        module = Module(path, path.removesuffix(".py").replace("/", "."), facts, project, component)
        module.roles = {role: Evidence(f"has the role {role}", Site(path, 1)) for role in roles}
        module.is_test, module.is_experiment, module.is_packaged = is_test, is_experiment, not runs
        module.production = (Evidence(production),) if production else ()
        self.graph.modules[path] = module
        self.graph.units[path] = Unit(path, path, "module", component, project, tuple(roles), production=production)
        self.graph.components.setdefault(component, Component(component, project, "folder"))
        self.graph.projects.setdefault(project, Project(project, "application"))
        return self

    def step(self, name: str, kind: str = "dvc", component: str = "") -> System:
        self.graph.units[name] = Unit(name, name.partition("::")[0], kind, component, "")
        return self

    def access(self, path: str, op: str, artifact: str, line: int = 0, **fields: object) -> Access:
        access = Access(Site(path, line or (10 if op == "write" else 3)), op, "file", artifact, "literal", path, "call", "INTERMEDIATE")
        access = replace(access, **fields)  # type: ignore[arg-type]
        self.graph.accesses.append(access)
        return access

    def handoff(self, writer: str, artifact: str, reader: str, level: int = 3, **fields: object) -> System:
        """`writer` writes the artifact and `reader` reads it; `fields` are those of both accesses."""
        write = self.access(writer, "write", artifact, **fields)  # type: ignore[arg-type]
        read = self.access(reader, "read", artifact, **fields)  # type: ignore[arg-type]
        self.graph.data_edges.append(DataEdge(write, read, artifact, level))
        self.graph.artifacts[artifact] = Artifact(artifact, write.kind, write.klass, (write,), (read,))
        return self

    def imports(self, importer: str, target: str) -> System:
        fact = Import(target.removesuffix(".py").replace("/", "."), None, "x", 0, 1, 0)
        self.graph.imports.append(ImportLink(importer, fact, Site(importer, 1), "module", target))
        return self

    def declares(self, unit: str, op: str, artifact: str, runs: Iterable[str] = (), mechanism: str = "dvc") -> System:
        self.graph.declarations.append(Declaration(unit, op, artifact, Site(unit.partition("::")[0], 4), mechanism, tuple(runs)))
        return self

    def file(self, path: str, facts: StepFacts) -> System:
        self.graph.steps[path] = facts
        return self


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def finding() -> Callable[..., Finding]:
    """finding("JGL001", "a.py", line=3, …) → a finding with these fields."""

    def make(rule: str, *paths: str, line: int = 1, cell: int | None = None, **fields: object) -> Finding:
        sites, subject = tuple(Site(path, line, 0, cell) for path in paths), Subject("file", " ".join(paths))
        plain = Finding(rule, rule.lower(), Severity.medium, Confidence.B, "message", subject, sites, (), "remedy", 60.0, 10.0)
        return replace(plain, **fields)  # type: ignore[arg-type]

    return make
