"""Modules of the repository that are imported under two names, because the search for imports starts in two folders (GLU006)."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, field

from analyzer.graph.placement import is_put_aside
from analyzer.graph.system import ImportLink, SystemGraph
from analyzer.model import Site


@dataclass(slots=True)
class DoublyNamed:
    """A module and the names that imports ask for it by."""

    path: str
    names: dict[str, list[Site]] = field(default_factory=dict)
    is_told: bool = False
    """Does one of the imports need a search that the importing file's own folder does not give?"""


def doubly_named(graph: SystemGraph) -> dict[str, list[DoublyNamed]]:
    """Project → its modules that absolute imports name in two ways, by path. What lies beside the importing file is asked for by its bare
    name, in whatever way the file is started, and a name that a package from elsewhere has too says nothing.
    What was put aside (`old/`, `archive/`) nobody runs."""
    asked: dict[str, DoublyNamed] = {}
    for link in graph.imports:
        user = graph.modules.get(link.importer)
        target = graph.modules.get(link.target)
        if user is None or target is None or user.is_excluded or target.is_excluded or user.project != target.project:
            continue
        if is_put_aside(link.importer) or is_put_aside(link.target):
            continue
        name = _asked_name(link)
        if name and not _is_beside(link, name) and name.partition(".")[0].lower() not in graph.once(_from_elsewhere):
            module = asked.setdefault(link.target, DoublyNamed(link.target))
            module.names.setdefault(name, []).append(link.site)
            module.is_told |= posixpath.dirname(link.importer) != _root(link.target, name)
    found: dict[str, list[DoublyNamed]] = defaultdict(list)
    for path, module in sorted(asked.items()):
        if len(module.names) > 1 and module.is_told:
            found[graph.modules[path].project].append(module)
    return found


def _root(target: str, name: str) -> str:
    """The folder in which the search starts that finds a file by this name."""
    parts = target.removesuffix(".py").removesuffix("/__init__").split("/")
    return "/".join(parts[: len(parts) - name.count(".") - 1])


def _asked_name(link: ImportLink) -> str:
    """The name by which the target's own file is asked for, "" for a relative import and for a target that the name does not end in."""
    if link.fact.level or link.status not in ("module", "name"):
        return ""
    dotted = link.target.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    name = link.target_module or link.fact.module
    inner = f"{name}.{link.fact.name}"
    if link.fact.name and (dotted == inner or dotted.endswith("." + inner)):  # `from utils import words` of a module `words`
        return inner
    return name if dotted == name or dotted.endswith("." + name) else ""


def _is_beside(link: ImportLink, name: str) -> bool:
    return "." not in name and posixpath.dirname(link.target.removesuffix("/__init__.py")) == posixpath.dirname(link.importer)


def _from_elsewhere(graph: SystemGraph) -> frozenset[str]:
    """First names of packages that a project declares or that some import finds only elsewhere."""
    declared = {name.replace("-", "_") for project in graph.projects.values() for name in project.dependencies}
    return frozenset(declared | {link.fact.module.partition(".")[0].lower() for link in graph.imports if link.status == "external"})
