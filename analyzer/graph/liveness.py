"""Which functions, classes, methods and collections anything uses: reachability by mention, in passes over different roots.

A definition lives when a living scope mentions it; nothing lives because it mentions itself, or because two dead things mention one
another. The passes: production (live roots), everybody (also notebooks, scripts, documentation, configuration), and tests on top. What
only tests reach is not used; what only notebooks reach is a notebook-only consumer's, and alive.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from analyzer.graph.discovered import Discovery
from analyzer.graph.liveness_walk import PLAIN, Walk
from analyzer.graph.manifest import is_anybodys
from analyzer.graph.namespaces import Namespaces, Node, all_nodes
from analyzer.graph.plugins import plugins
from analyzer.graph.reach import NOT_OURS
from analyzer.graph.references import DOTTED
from analyzer.graph.system import Module, SystemGraph
from analyzer.graph.uses import Outgoing, outgoing

_RUN_SHARE = 0.6
_LEAST_ROOTS = 5
"""A published package is somebody's own application when so much of its public API runs in production here, from so many live roots."""
_MANY_NAMES = 100
_FEW_FILES = 3
_LOOKING = frozenset(
    {"COPY", "ADD", "black", "ruff", "flake8", "pylint", "mypy", "isort", "autopep8", "git", "rm", "mv", "cp", "pytest", "coverage"}
)


class Liveness:
    """What is reached from where; asked through `liveness(graph)`, which works it out once."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.names = Namespaces(graph)
        self.discovery = Discovery(self.names)
        self.plugins = plugins(graph)
        self.scripts = frozenset(
            path for path, module in graph.modules.items()
            if is_program(module) or Discovery.is_found(module) or self.discovery.has_found_class(path)
        )  # fmt: skip
        strong = {root.path for root in graph.roots if not root.weak}
        own = [path for path, module in graph.modules.items() if not module.is_test]
        self.selectable = frozenset(self._selectable())
        """Classes that stand beside one that a configuration file names by its dotted path: another configuration may name them."""
        self.offered: frozenset[Node] = frozenset()
        self._outgoing: dict[Node, Outgoing] = {}
        self._matching: dict[str, tuple[str, ...]] = {}
        walk = Walk(self)  # one for all passes: each reaches what the one before reached, and more
        self.production = walk.run([path for path in own if path in strong])
        """What live roots reach."""
        self.public = self._public_projects()
        """Projects whose packages are offered to others: nobody here can say what of them is used."""
        self.offered = frozenset(self._offered())
        starts = [path for path in own if self._starts(path)]
        programs = walk.run_without_notebooks([path for path in starts if not graph.modules[path].is_notebook])
        self.notebook_only = walk.run(starts) - programs
        """What no program reaches, but a notebook does: whoever changes it has to run these notebooks."""
        self._take_told(walk)
        self.used = walk.run(())
        """What anybody reaches, tests aside."""
        self.tested = walk.run([path for path, module in graph.modules.items() if module.is_test])
        """The same with the tests."""

    def outgoing(self, node: Node) -> Outgoing:
        """What a scope's own code leads to; worked out once for all passes."""
        found = self._outgoing.get(node)
        if found is None:
            found = self._outgoing[node] = outgoing(self, node)
        return found

    def matching(self, pattern: str) -> tuple[str, ...]:
        """The names that begin or end as `load_*` or `*_loader` says; worked out once for all passes."""
        found = self._matching.get(pattern)
        if found is None:
            part = pattern.strip("*")
            names = (*self.names.by_name, *self.names.methods) if part.isidentifier() else ()
            fits = str.startswith if pattern.endswith("*") else str.endswith
            found = self._matching[pattern] = tuple([name for name in names if fits(name, part) and len(name) > len(part)])
        return found

    def _take_told(self, walk: Walk) -> None:
        for name in self.graph.told:
            walk.word(name, True)
        for node in (*self.offered, *self.selectable):
            walk.push(node)

    def _starts(self, path: str) -> bool:
        """Whether the module is run, read or found by somebody: by a person, a scheduler, a framework, or as told in prose."""
        module = self.graph.modules[path]
        if module.is_test:
            return False
        if module.is_docs or module.is_vendored or module.is_generated or path in self.scripts or path in self.plugins:
            return True
        return (
            path in self._rooted
            or bool(module.production)
            or path in self._named_by_commands
            or path in self.handed_over
            or self.is_told(path)
        )

    def files_named(self, name: str, by: str) -> tuple[str, ...]:
        """The modules that a string `name.py` of the module `by` means: the nearest beside or below it, else any few of the repository."""
        paths = [path for path in self._by_file_name.get(name, ()) if path != by]
        below = [path for path in paths if path.startswith(posixpath.dirname(by) + "/") or "/" not in by]
        nearest = min((path.count("/") for path in below), default=0)
        return tuple([path for path in below if path.count("/") == nearest] or (paths if len(paths) <= _FEW_FILES else ()))

    def stem_in(self, name: str) -> str:
        """The module that a name which nothing defines ends with, as in `make_dataset_imdb`; "" when there is none."""
        tails = (name[at + 1 :] for at, letter in enumerate(name) if letter == "_")
        return next((tail for tail in tails if not PLAIN.match(tail) and f"{tail}.py" in self._by_file_name), "")

    @cached_property
    def _by_file_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.graph.modules:
            found.setdefault(posixpath.basename(path), []).append(path)
        found.pop("__init__.py", None)
        return found

    @cached_property
    def handed_over(self) -> frozenset[str]:
        """Modules whose every name is somebody else's to ask for: no program itself and given to one by a command
        (`--network nets/lstm.py`), or shown whole by a document."""
        given = {path for path in self._named_by_commands if path not in self.scripts}
        shown = self.graph.included_in_prose
        paths = (path for name in shown for path in self._by_file_name.get(posixpath.basename(name), ()))
        return frozenset({*given, *(path for path in paths if any(f"/{path}".endswith(f"/{name}") for name in shown))})

    @cached_property
    def _named_by_commands(self) -> frozenset[str]:
        """Modules whose files commands name as arguments (`spacy train … --code functions.py`); tools that only look at code aside."""
        lines = [line.words for told in self.graph.command_lines.values() for line in told]
        lines += [command.words for facts in self.graph.steps.values() for step in facts.steps for command in step.commands]
        words: set[str] = set()
        for line in lines:
            if any(word.endswith(".py") for word in line) and not _LOOKING.intersection(line[:3]):
                words.update(part for word in line for part in word.replace("=", ",").split(",") if part.endswith(".py"))
        names = {word.rpartition("/")[2] for word in words}
        return frozenset(
            path for path in self.graph.modules
            if posixpath.basename(path) in names and any(f"/{path}".endswith("/" + word.removeprefix("./")) for word in words)
        )  # fmt: skip

    @cached_property
    def _rooted(self) -> frozenset[str]:
        return frozenset({root.path for root in self.graph.roots} | set(self.graph.invoked_by))

    def is_told(self, path: str) -> bool:
        """Whether prose names the module: its file or its dotted name."""
        told, module = self.graph.named_in_prose, self.graph.modules[path]
        name = posixpath.basename(path)
        return (
            (name != "__init__.py" and name in told) or path in told or (bool(module.name) and "." in module.name and module.name in told)
        )

    def _selectable(self) -> Iterator[Node]:
        chosen: set[str] = set()
        for config in self.graph.configs.values():
            for _key, value, _line in config.leaves:
                if isinstance(value, str) and len(value) < 200 and DOTTED.match(value):
                    *before, name = value.replace(":", ".").split(".")
                    chosen.update(node[0] for node in self.names.by_name.get(name, ()) if self._is_class(node) and _ends(node[0], before))
        for path in sorted(chosen):
            for node in all_nodes(self.names, path):
                if self._is_class(node):
                    yield node

    def _is_class(self, node: Node) -> bool:
        scope = self.names.scope_of(node)
        return scope is not None and scope.kind == "class"

    # ---- published packages ----------------------------------------------------------------------------------------

    def _public_projects(self) -> frozenset[str]:
        found = set()
        manifest = self.graph.manifest
        installed, pinned = manifest.told_to_install(self.graph.projects), manifest.pinned(self.graph.projects)
        for root, project in self.graph.projects.items():
            modules = [(path, module) for path, module in self.graph.modules.items() if module.project == root]
            public = [node for path, module in modules for node in self._public(path, module)]
            if (
                root not in installed
                and project.archetype != "library"
                and (project.archetype != "application" or len(public) < _MANY_NAMES)
            ):
                continue
            if root not in installed and (root in pinned or not any(module.is_packaged for _path, module in modules)):
                continue
            names = {name for name, path, _line in self.graph.manifest.distributions if posixpath.dirname(path) == root}
            if (not names and root in self.graph.manifest.no_setups) or (names and all(is_anybodys(name) for name in names)):
                continue
            run = sum(node in self.production for node in public) / len(public) if public else 0.0
            mine = {path for path, _module in modules}
            roots = {r.site for r in self.graph.roots if not r.weak and r.path in mine and not r.reason.startswith(NOT_OURS)}
            consumers = {link.importer for link in self.graph.imports if link.target in mine and link.importer not in mine}
            if root in installed:
                if run < _RUN_SHARE or len(roots) < _LEAST_ROOTS:
                    found.add(root)
            elif project.archetype == "application":
                if not roots and not consumers:  # a library with a tool that exports or serves
                    found.add(root)
            elif run < _RUN_SHARE or (len(roots) < _LEAST_ROOTS and not self._are_production(consumers)):
                found.add(root)
        return frozenset({*found, *self._packages_below(found & installed)})

    def _packages_below(self, roots: Iterable[str]) -> Iterator[str]:
        """Projects inside of those whose folder is a package of theirs: packaged once more for an image, yet installed with them."""
        for root in roots:
            for inner in self.graph.projects:
                between = inner.removeprefix(root).strip("/") if inner != root and f"{inner}/".startswith(f"{root}/".lstrip("/")) else ""
                if between and posixpath.join(root, between.partition("/")[0], "__init__.py") in self.graph.modules:
                    yield inner

    def _are_production(self, paths: Iterable[str]) -> bool:
        """Whether another project of the repository runs the package."""
        return any((path, 0) in self.production and not self.graph.modules[path].is_excluded for path in paths)

    def _public(self, path: str, module: Module) -> Iterator[Node]:
        if module.is_packaged and not module.is_excluded:
            for node in all_nodes(self.names, path):
                scope = self.names.scope_of(node)
                if scope is not None and not scope.name.startswith("_"):
                    yield node

    def _offered(self) -> Iterator[Node]:
        built = {posixpath.dirname(path) for _name, path, _line in self.graph.manifest.distributions}
        for path, module in self.graph.modules.items():
            if (
                module.project in built
                and path.endswith("__init__.py")
                and not module.is_excluded
                and not any(self.names.packages_of(path))
            ):
                for node in all_nodes(self.names, path):  # what `import package` gives
                    yield node
                    if module.project not in self._run_here:
                        yield from self._public_methods(node)
            if module.project in built and path.endswith("__init__.py") and not module.is_excluded:
                yield from self._handed_on(path, module)
            if module.project not in self.public or module.is_excluded or not (module.is_packaged or module.name):
                continue
            if self.is_beside_the_package(module):
                continue
            yield path, 0
            for node in all_nodes(self.names, path):
                name = node[1] if isinstance(node[1], str) else module.facts.scopes[node[1]].name
                if name.startswith("_") or self._is_empty(node):
                    continue
                yield node
                yield from self._public_methods(node)

    def is_beside_the_package(self, module: Module) -> bool:
        """Whether the project builds a package of the distribution's own name, and the module stands in a package of another: benchmarks,
        what makes the data."""
        named = self._named_packages.get(module.project)
        top = _plain(module.name.partition(".")[0])
        return bool(named) and "." in module.name and not any(top.startswith(name) or name.startswith(top) for name in named or ())

    @cached_property
    def _named_packages(self) -> dict[str, set[str]]:
        """Project → names of its distributions that top packages of it bear."""
        tops = {(module.project, _plain(module.name.partition(".")[0])) for module in self.graph.modules.values() if "." in module.name}
        found: dict[str, set[str]] = {}
        for name, path, _line in self.graph.manifest.distributions:
            project = posixpath.dirname(path)
            if (project, _plain(name)) in tops:
                found.setdefault(project, set()).add(_plain(name))
        return found

    def _public_methods(self, node: Node) -> Iterator[Node]:
        """Those of the class and of its base classes here, which may be hidden themselves."""
        for path, number in (node, *self.discovery.ancestors(node)):
            scopes = self.graph.modules[path].facts.scopes
            for child in self.names.children.get((path, number), ()):
                if not scopes[child].name.startswith("_") and not self._is_empty((path, child)):
                    yield path, child

    def _is_empty(self, node: Node) -> bool:
        """Whether a function or method does nothing at all, and no protocol could ask for one of its name: nobody is offered that."""
        scope = self.names.scope_of(node)
        if scope is None or scope.kind != "function" or not scope.is_stub or scope.returns or scope.yields or PLAIN.match(scope.name):
            return False
        scopes = self.graph.modules[node[0]].facts.scopes
        if scope.parent and all(scopes[child].is_stub for child in self.names.children.get((node[0], scope.parent), ())):
            return False  # an interface
        said = {name for mention in self.names.mentions.get(node, ()) for name in mention.names}
        return not any(name in ("abstractmethod", "overload") or name.endswith(("Error", "Exception")) for name in said)

    @cached_property
    def _run_here(self) -> frozenset[str]:
        """Projects of which commands of this repository reach a module; that a package has an app for its users is no such command."""
        found = (m for m in self.graph.modules.values() if runs_here(m) and not m.production[0].text.startswith("serves requests"))
        return frozenset(module.project for module in found)

    def _handed_on(self, path: str, module: Module) -> Iterator[Node]:
        """What a package of a distribution of which nothing runs here hands on by `from .module import *`."""
        if module.project in self._run_here:
            return
        for link in self.names.links.get(path, ()):
            if link.fact.name == "*" and link.target in self.graph.modules:
                yield link.target, 0
                for node in all_nodes(self.names, link.target):
                    scope = self.names.scope_of(node)
                    if not (scope.name if scope is not None else str(node[1])).startswith("_"):
                        yield node
                        yield from self._public_methods(node)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()


def _ends(path: str, dotted: list[str]) -> bool:
    """Whether the module, or its package, is the one that a dotted name ends with."""
    parts = path.removesuffix("/__init__.py").removesuffix(".py").split("/")
    return bool(dotted) and dotted[-1] in parts[-2:]


def runs_here(module: Module) -> bool:
    """Whether the repository itself runs the module in production; a command for its users and a job in CI are no such run."""
    return bool(module.production) and not module.production[0].text.startswith(NOT_OURS)


def is_program(module: Module) -> bool:
    """Whether somebody runs the file by itself: a notebook, a main block, or work outside any definition."""
    return module.is_notebook or bool(module.facts.main_line) or bool(module.facts.acts_at)


def liveness(graph: SystemGraph) -> Liveness:
    """The answer for the whole graph, worked out once."""
    return graph.once(Liveness)
