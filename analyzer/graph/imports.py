"""Every import of the repository and what became of it; every third-party call by its full name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from analyzer.graph.system import ExternalUse, ImportLink, Module, SystemGraph
from analyzer.link.program import Program, Target
from analyzer.model import Site
from analyzer.read.facts import Import
from analyzer.read.values import Attr, CallRef, Name, Value

_PROVIDERS = (".pyx", ".so", ".pyd", ".pyi", ".c", ".cpp")


class Imports:
    def __init__(self, program: Program, modules: dict[str, Module]) -> None:
        self.program = program
        self.modules = modules
        self.set_outside = {a.target.rpartition(".")[2] for facts in program.facts.values() for a in facts.assigns if "." in a.target}
        self._homes: dict[str, list[str]] | None = None

    def links(self) -> Iterator[ImportLink]:
        for path, module in self.modules.items():
            for entry in module.facts.imports:
                yield self._link(module, path, entry)

    def _link(self, module: Module, path: str, entry: Import) -> ImportLink:
        target = self.program.import_target(path, entry)
        site = module.site(entry.line)
        asked = "." * entry.level + entry.module
        name = entry.name or ""
        if target.status != "module":
            status = {"gone": "gone-module", "external": "external", "open": "open"}[target.status]
            return ImportLink(path, entry, site, status, target.path, asked, name, target.reason)
        if entry.name is None:
            return ImportLink(path, entry, site, "module", target.path, asked, "", target.reason)
        if entry.name == "*":
            return ImportLink(path, entry, site, "module", target.path, asked, "", target.reason)
        return self._member(path, entry, site, target, asked)

    def _member(self, path: str, entry: Import, site: Site, target: Target, asked: str) -> ImportLink:
        name = entry.name or ""

        def make(status: str, where: str, reason: str = "", homes: tuple[str, ...] = ()) -> ImportLink:
            return ImportLink(path, entry, site, status, where, asked, name, reason, homes)

        submodule = self.program.submodule(target.path, name)
        if target.path.endswith("/"):
            return make("module", submodule) if submodule else make("open", target.path, "namespace package")
        exports = self.program.exports(target.path)
        if exports is None:
            return make("module", submodule) if submodule else make("open", target.path, "its names are made at run time")
        if name in exports:
            return make("name", submodule or target.path)
        if submodule:
            return make("module", submodule)
        reason = self._why_open(name, target)
        if reason:
            return make("open", target.path, reason)
        return make("gone-name", target.path, "", tuple(self.homes(name)[:4]))

    def _why_open(self, name: str, target: Target) -> str:
        """Why a name that the module does not define may be there all the same."""
        if target.reason:
            return target.reason
        if name in self.set_outside:
            return "set on a module from elsewhere"
        if name.startswith("__"):
            return "module attribute that Python provides"
        folder = posixpath.dirname(target.path)
        inside = posixpath.join(folder, name)
        if target.path.endswith("__init__.py") and (
            inside in self.program.built
            or name in self.program.wrapped
            or any(inside + suffix in self.program.files for suffix in _PROVIDERS)
        ):
            return "compiled or generated"
        if target.path.endswith("__init__.py") and (name.endswith(("_pb2", "_pb2_grpc")) or name in ("_version", "version", "_C")):
            return "generated at build time"
        if posixpath.join(folder, name) + ".py" in self.program.files and target.path.endswith("__init__.py"):
            return "its file could not be read"
        if "__all__" in self.program.facts[target.path].dynamic:
            return "its names are made at run time"
        return ""

    def homes(self, name: str) -> list[str]:
        """Modules of the repository that define a function, class or constant of this name."""
        if self._homes is None:
            self._homes = {}
            for path, facts in self.program.facts.items():
                if path.endswith(".py"):
                    names = {s.name for s in facts.scopes[1:] if s.parent == 0}
                    names |= {a.target for a in facts.assigns if a.scope == 0 and "." not in a.target}
                    for each in names:
                        self._homes.setdefault(each, []).append(path)
        return self._homes.get(name, [])


class Qualified:
    """Full dotted names of what a module calls, by its imports alone; cheap, and enough for roles and vendor counts."""

    def __init__(self, program: Program, path: str) -> None:
        self.program = program
        self.path = path
        self.facts = program.facts[path]
        self.bound: dict[str, str] = {}
        self._made: dict[str, str] = {}
        for entry in self.facts.imports:
            if entry.level or entry.name == "*":
                continue
            if program.import_target(path, entry).status != "external":
                continue
            if entry.name is None:
                name = entry.bound or entry.module.partition(".")[0]
                self.bound[name] = entry.module if entry.bound else name
            else:
                self.bound[entry.bound] = f"{entry.module}.{entry.name}"
        for assign in self.facts.assigns:
            if isinstance(assign.value, CallRef) and "[" not in assign.target:
                called = self.name(self.facts.calls[assign.value.index].func)
                if called:
                    self._made[assign.target] = called

    def name(self, value: Value, depth: int = 0) -> str:
        """The full name of `value`, "" when it is not external: `pandas.read_csv`.

        A method of what a call made stands after that call's name: `boto3.client.upload_file`.
        """
        if isinstance(value, Name):
            return self.bound.get(value.id) or self._made.get(value.id, "")
        if isinstance(value, Attr) and depth < 8:
            if isinstance(value.value, Name) and value.value.id == "self":
                return self._made.get(f"self.{value.name}", "")
            base = self.name(value.value, depth + 1)
            return f"{base}.{value.name}" if base else ""
        if isinstance(value, CallRef) and depth < 8:
            return self.name(self.facts.calls[value.index].func, depth + 1)
        return ""

    def uses(self) -> Iterator[ExternalUse]:
        for call in self.facts.calls:
            name = self.name(call.func)
            if name:
                yield ExternalUse(self.path, call.scope, call.line, name)


def imported_files(graph: SystemGraph) -> frozenset[str]:
    """Paths of the files that anything in the repository imports; ask `graph.once` for it."""
    return frozenset(link.target for link in graph.imports)
