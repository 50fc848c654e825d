"""The modules that a repository publishes, by the name under which others import them.

A distribution's packages stand below its packaging file, in one of the source roots; a Dockerfile or a requirements file further down
starts no distribution of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import basename, dirname, join

from analyzer.graph.placement import EXPERIMENT_FOLDERS
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.requirements import normalised

_NOT_PUBLISHED = EXPERIMENT_FOLDERS | frozenset({"tests", "test", "docs", "doc", "scripts", "tools", "ci", "build"})
_SOURCES = ("src", "lib", "python", "py")


def published_modules(modules: Iterable[Module], graph: SystemGraph) -> dict[str, Module]:
    """Dotted import name → module, of every package and module that a packaging file's distribution would install."""
    names = _roots(graph)
    found: dict[str, Module] = {}
    files = graph.manifest.files
    for module in modules:
        if not module.path.endswith(".py"):
            continue
        root = _root_of(module.path, names)
        if root is None:
            continue
        for source in _sources(root, graph):
            name = _name(module.path, source, files, names[root])
            if name:
                found.setdefault(name, module)
                break
    return found


def _roots(graph: SystemGraph) -> dict[str, set[str]]:
    """Folder of each distribution's packaging file → the names of its distributions."""
    roots: dict[str, set[str]] = {}
    for name, path, _ in graph.manifest.distributions:
        roots.setdefault(dirname(path), set()).add(normalised(name).replace("-", "_"))
    for path in graph.manifest.files:
        if basename(path) == "setup.py":
            roots.setdefault(dirname(path), set())
    return roots


def _root_of(path: str, roots: dict[str, set[str]]) -> str | None:
    folder = dirname(path)
    while folder and folder not in roots:
        folder = dirname(folder)
    return folder if folder in roots else None


def _sources(root: str, graph: SystemGraph) -> list[str]:
    project = graph.projects.get(root)
    known = list(project.source_roots) if project is not None else []
    return sorted({*known, root, *(join(root, each) for each in _SOURCES)}, key=len, reverse=True)


def _name(path: str, source: str, files: frozenset[str], distributions: set[str]) -> str:
    """The dotted name below a source root; "" when no distribution would install it from there."""
    if source and not path.startswith(source + "/"):
        return ""
    parts = path[len(source) + 1 if source else 0 : -3].split("/")
    if not all(part.isidentifier() for part in parts):
        return ""
    top = parts[0]
    if len(parts) == 1:
        return top if top.lower() in distributions else ""
    is_package = join(source, top, "__init__.py") in files or top.lower() in distributions
    if not is_package or top.lower() in _NOT_PUBLISHED or join(source, "__init__.py") in files:
        return ""
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)
