"""Every module of the repository, and what an import in one of them means."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from analyzer.link.projects import Layout
from analyzer.link.symbols import Symbols
from analyzer.read.facts import Assign, Import, PythonFacts
from analyzer.read.requirements import normalised

STDLIB = frozenset(sys.stdlib_module_names)
_BUILT_SUFFIXES = (".pyx", ".pxd", ".so", ".pyd", ".pyi", ".c", ".cpp", ".proto", ".pyc")
_BUILT_NAMES = ("_version", "version", "_C", "__version__", "_ext", "_cext")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a dotted name leads. `path` is a module, `…/` a namespace package, "" when it lies outside the repository."""

    status: str
    """`module`, `external`, `gone` (the parent package exists, the module does not), `open`."""
    path: str = ""
    reason: str = ""


class Program:
    def __init__(self, modules: Mapping[str, PythonFacts], layout: Layout, all_files: Iterable[str]) -> None:
        self.facts = dict(modules)
        self.layout = layout
        self.files = frozenset(all_files)
        self.python_folders: set[str] = set()
        for path in modules:
            folder = posixpath.dirname(path)
            while folder and folder not in self.python_folders:
                self.python_folders.add(folder)
                folder = posixpath.dirname(folder)
        self.run_from: dict[str, set[str]] = {}
        """path of a module → folders in which checked-in commands run it; filled when the commands are read."""
        self.declared_data: set[str] = set()
        """Paths that the steps of declaration files name as data; filled when the steps are read."""
        self.search_paths: dict[str, tuple[str, ...]] = {}
        """path of a module → folders that it adds to where imports are searched."""
        self.common_paths: tuple[str, ...] = ()
        """Folders that settings add for the whole repository."""
        self.set_attributes: dict[str, list[tuple[str, Assign]]] | None = None
        """Attribute → the assignments that set it from outside (`analyzer.link.set_elsewhere`); None until asked for."""
        self._symbols: dict[str, Symbols] = {}
        self._targets: dict[tuple[str, str], Target] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        self._exports: dict[str, frozenset[str] | None] = {}
        self._tops = self._top_level_folders()

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a listed file, at any depth."""
        found: set[str] = set()
        for file in self.files:
            folder = posixpath.dirname(file)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    @cached_property
    def top_names(self) -> frozenset[str]:
        """First segments of the dotted names that modules of the repository can have."""
        return frozenset(self._tops) | {posixpath.basename(folder) for folder in self.python_folders}

    @cached_property
    def places(self) -> frozenset[str]:
        """Every listed file and folder."""
        return self.files | self.folders

    @cached_property
    def console_scripts(self) -> dict[str, str]:
        """Command → the module of the repository that packaging files say it starts."""
        found: dict[str, str] = {}
        for root, project in self.layout.projects.items():
            for command, module in project.commands:
                target = self.target(f"{root}/x.py" if root else "x.py", module)
                if target.status == "module" and not target.path.endswith("/"):
                    found.setdefault(command, target.path)
        return found

    @cached_property
    def built(self) -> frozenset[str]:
        """Paths, without suffix, of the modules that a build compiles, and of the packages that hold them."""
        return frozenset(
            posixpath.join(root, *parts[:end])
            for project in self.layout.projects.values()
            for parts in (name.split(".") for name in project.extensions)
            for end in range(1, len(parts) + 1)
            for root in project.source_roots
        )

    @cached_property
    def wrapped(self) -> frozenset[str]:
        """Modules that SWIG makes of its interface files, wherever the build puts them."""
        return frozenset(posixpath.basename(path)[:-2] for path in self.files if path.endswith(".i"))

    def search(self, of_modules: Mapping[str, tuple[str, ...]], everywhere: tuple[str, ...]) -> None:
        """Import from these folders as well; what was found before is asked anew."""
        self.search_paths, self.common_paths = dict(of_modules), everywhere
        self._roots.clear()
        self._targets.clear()
        self._exports.clear()

    @cached_property
    def taken_over(self) -> dict[str, tuple[str, ...]]:
        """Notebook → the files that it runs in its own namespace (`%run other.ipynb`)."""
        found: dict[str, tuple[str, ...]] = {}
        for path, facts in self.facts.items():
            named = [c.words[-1] for step in facts.steps for c in step.commands if c.words[:1] == ("%run",) and len(c.words) > 1]
            places = [posixpath.normpath(posixpath.join(posixpath.dirname(path), word)) for word in named]
            known = [file for place in places for file in (place, place + ".ipynb", place + ".py") if file in self.facts and file != path]
            if known:
                found[path] = tuple(dict.fromkeys(known))
        return found

    @cached_property
    def _script_folders(self) -> frozenset[str]:
        """Folders that hold a file which is run by itself: the interpreter searches them first, before the standard library."""
        return frozenset(posixpath.dirname(path) for path, facts in self.facts.items() if facts.main_line or facts.acts_at)

    def symbols(self, path: str) -> Symbols:
        found = self._symbols.get(path)
        if found is None:
            found = self._symbols[path] = Symbols(path, self.facts[path])
        return found

    def _top_level_folders(self) -> dict[str, list[str]]:
        """import name → folders that hold it (as module or package) and are no package themselves."""
        tops: dict[str, list[str]] = {}
        for path in self.facts:
            if not path.endswith(".py"):
                continue
            folder, file = posixpath.split(path)
            if file == "__init__.py":
                name, holder = posixpath.basename(folder), posixpath.dirname(folder)
            else:
                name, holder = file[:-3], folder
            if name and posixpath.join(holder, "__init__.py") not in self.facts:
                tops.setdefault(name, []).append(holder)
        return tops

    # ---- where an import leads -------------------------------------------------------------------------------------

    def roots_for(self, path: str) -> tuple[str, ...]:
        """Folders that `import` searches from this file, best first: project source roots, own folder, ancestors, repository root."""
        folder = posixpath.dirname(path)
        added = self.search_paths.get(path, ())
        found = self._roots.get(path if added else folder)
        if found is None:
            packaged = posixpath.join(folder, "__init__.py") in self.facts
            own = [] if packaged else [folder]
            project = self.layout.project_of(path)
            roots = [*own, *added, *project.source_roots, *self._sources_of(project.local)]
            current = folder
            while current:
                current = posixpath.dirname(current)
                if posixpath.join(current, "__init__.py") not in self.facts:
                    roots.append(current)
            if packaged:
                roots.append(folder)
            found = self._roots[path if added else folder] = tuple(dict.fromkeys([*roots, *self.common_paths, ""]))
        return found

    def _sources_of(self, projects: Iterable[str]) -> list[str]:
        return [root for project in projects if project in self.layout.projects for root in self.layout.projects[project].source_roots]

    def imports_neighbours(self, path: str) -> bool:
        """Does a module outside any package import files that stand beside it by their bare names?"""
        own = posixpath.dirname(path)
        if not own or path not in self.facts or posixpath.join(own, "__init__.py") in self.facts:
            return False
        return any(
            not entry.level and entry.module and posixpath.join(own, entry.module.partition(".")[0] + ".py") in self.facts
            for entry in self.facts[path].imports
        )

    def locate(self, root: str, dotted: str) -> str | None:
        """Path of module `dotted` below `root`: a file, a package's __init__, or `folder/` for a namespace package."""
        below = dotted.replace(".", "/")
        is_plain = bool(below) and "//" not in below and below[0] != "/" and root[-1:] != "/"  # what `join` would only put a slash into
        base = (f"{root}/{below}" if root else below) if is_plain else posixpath.join(root, *dotted.split("."))
        package = f"{base}/__init__.py" if is_plain and below[-1] != "/" else posixpath.join(base, "__init__.py")
        if package in self.facts:
            return package
        if base + ".py" in self.facts:
            return base + ".py"
        return base + "/" if base in self.python_folders else None

    def target(self, importer: str, dotted: str) -> Target:
        """What `import dotted` in `importer` leads to."""
        is_own = importer in self.search_paths or posixpath.basename(importer) == f"{dotted.partition('.')[0]}.py"
        key = (importer if is_own else posixpath.dirname(importer), dotted)
        found = self._targets.get(key)
        if found is None:
            found = self._targets[key] = self._find(importer, dotted)
        return found

    def _find(self, importer: str, dotted: str) -> Target:
        top = dotted.partition(".")[0]
        roots = self.roots_for(importer)
        outside = top in STDLIB or self.layout.project_of(importer).depends_on(top)
        partial: tuple[str, str] | None = None
        own = posixpath.dirname(importer)
        is_packaged = posixpath.join(own, "__init__.py") in self.facts
        for root in roots:
            if outside and root == own and (is_packaged or (top in STDLIB and own not in self._script_folders)):
                continue  # inside a package an absolute import never means the neighbour (`import logging` beside logging.py)
            path = self.locate(root, dotted)
            if path is not None and not (outside and (path.endswith("/") or not self._is_searched(importer, root))):
                if path == importer:
                    continue  # `import wandb` in a file of that name asks for the library
                return Target("module", path)
            if partial is None and (top_path := self.locate(root, top)) not in (None, importer):
                partial = (root, top_path)
        if partial is None and top not in STDLIB and (sibling := self._of_sibling(importer, dotted, outside)) is not None:
            return sibling
        if outside:
            return Target("external")
        holders = [
            h
            for h in self._tops.get(top, ())
            if self.layout.project_of(posixpath.join(h, "x")).root == self.layout.project_of(importer).root
        ]
        if partial is None and len(holders) == 1:
            path = self.locate(holders[0], dotted)
            if path is not None and path != importer:
                return Target("module", path, "found by its name below no source root")
            return Target("open", "", "its top package lies below no source root")
        if partial is None:
            return Target("external")
        return self._gone(partial[0], dotted)

    def _is_searched(self, importer: str, root: str) -> bool:
        """Is `root` surely searched, so that what lies there hides a library of that name? Of folders above, source roots are."""
        if posixpath.join(root, "__init__.py") in self.facts:
            return False
        if root == posixpath.dirname(importer) or root in self.search_paths.get(importer, ()):
            return True
        holder = self.layout.project_of(posixpath.join(root, "x"))
        return root in holder.source_roots and holder.packaged

    def _of_sibling(self, importer: str, dotted: str, by_name: bool) -> Target | None:
        """A module of another project of the repository that builds a distribution, of the one of that name for a dependency."""
        own = self.layout.project_of(importer).root
        top = dotted.partition(".")[0]
        found = {
            path
            for root, project in self.layout.projects.items()
            if root != own and project.packaged and (not by_name or normalised(project.name) == normalised(top))
            for source in project.source_roots
            if (path := self.locate(source, dotted)) is not None and not path.endswith("/")
        }
        return Target("module", found.pop(), "of another project of the repository") if len(found) == 1 else None

    def _gone(self, root: str, dotted: str) -> Target:
        """The deepest existing parent of `dotted`, unless something that is not read could provide the module."""
        parts = dotted.split(".")
        while len(parts) > 1:
            missing = posixpath.join(root, *parts)
            if (
                missing in self.built
                or any(missing + suffix in self.files for suffix in _BUILT_SUFFIXES)
                or parts[-1] in _BUILT_NAMES
                or parts[-1].endswith(("_pb2", "_pb2_grpc"))
                or parts[-1] in self.wrapped
            ):
                return Target("open", "", "compiled or generated")
            if missing + ".py" in self.files or any(missing == s or missing.startswith(s + "/") for s in self.layout.submodules):
                return Target("open", "", "file not read, or in a git submodule")
            parts.pop()
            parent = self.locate(root, ".".join(parts))
            if parent is not None:
                if parent.endswith("/"):
                    return Target("open", "", "namespace package: other distributions may add to it")
                return Target("gone", parent)
        return Target("external")

    @staticmethod
    def _relative_base(importer: str, entry: Import) -> str | None:
        """The folder that a relative import starts from; None when it climbs out of the repository."""
        folder = posixpath.dirname(importer)
        for _ in range(entry.level - 1):
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        return folder

    def import_target(self, importer: str, entry: Import) -> Target:
        """The module that an import statement names (for `from m import n`: m)."""
        if entry.level == 0:
            return self.target(importer, entry.module)
        folder = self._relative_base(importer, entry)
        if folder is None:
            return Target("open", "", "relative import beyond the repository")
        if not entry.module:
            package = posixpath.join(folder, "__init__.py")
            return Target("module", package if package in self.facts else folder + "/")
        path = self.locate(folder, entry.module)
        if path is not None:
            return Target("module", path)
        base = posixpath.join(folder, "__init__.py")
        if base not in self.facts:
            return Target("open", "", "relative import outside a package")
        parent, _, name = folder.rpartition("/")
        return self._gone(parent, f"{name}.{entry.module}")

    def submodule(self, package: str, name: str) -> str | None:
        """Path of `name` below a package given by its __init__ path or `folder/`."""
        if not package.endswith(("/", "__init__.py")):
            return None
        return self.locate(posixpath.dirname(package), name)

    # ---- what a module provides ------------------------------------------------------------------------------------

    def exports(self, path: str, _busy: frozenset[str] = frozenset()) -> frozenset[str] | None:
        """Names a module provides, star imports followed; None when that cannot be known (star of something unseen, `__getattr__`, …)."""
        if path in self._exports:
            return self._exports[path]
        if path.endswith("/") or path in _busy:
            return frozenset()
        facts = self.facts[path]
        if {"__getattr__", "globals", "exec"} & set(facts.dynamic) or "setattr" in facts.dynamic:
            self._exports[path] = None
            return None
        symbols = self.symbols(path)
        names = symbols.defined()
        for star in symbols.stars:
            target = self.import_target(path, star)
            inner = self.exports(target.path, _busy | {path}) if target.status == "module" else None
            if inner is None:
                self._exports[path] = None
                return None
            names |= inner
        result = frozenset(names)
        if not _busy:
            self._exports[path] = result
        return result
