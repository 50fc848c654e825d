"""Imports of what the repository no longer has, as far as that is certain: what DXP007 tells, and what makes a program that is run fail."""

from __future__ import annotations

from analyzer.graph.attributes import is_beside
from analyzer.graph.system import ImportLink, SystemGraph

_GONE = ("gone-module", "gone-name")


def gone_imports(graph: SystemGraph) -> dict[str, list[ImportLink]]:
    """Module → what it surely asks for in vain. Ask `graph.once` for it."""
    gone: dict[str, list[ImportLink]] = {}
    tails: frozenset[str] | None = None
    for link in graph.imports:
        if link.status not in _GONE or link.fact.guard or is_beside(graph, link) or _finds_modules_itself(graph, link):
            continue
        tails = tails or _path_tails(graph)
        if not _is_elsewhere(link, tails):
            gone.setdefault(link.importer, []).append(link)
    return gone


def asked(link: ImportLink) -> str:
    """The module that is asked for, as far as it is known."""
    return link.target_module or link.fact.module or link.target


def _finds_modules_itself(graph: SystemGraph, link: ImportLink) -> bool:
    """Whether the nearest package that exists tells Python where its submodules are (`sys.meta_path`, `__path__`)."""
    module = graph.modules.get(link.target)
    if link.status != "gone-module" or module is None:
        return False
    facts = module.facts
    return any(dotted == "sys.meta_path" for dotted, _line in facts.attributes) or any(a.target == "__path__" for a in facts.assigns)


def _path_tails(graph: SystemGraph) -> frozenset[str]:
    """Every end of a module's path, without suffix: what some working directory or import path would let Python find."""
    tails: set[str] = set()
    for path in graph.modules:
        parts = path.removesuffix("/__init__.py").removesuffix(".py").split("/")
        tails.update("/".join(parts[start:]) for start in range(len(parts)))
    return frozenset(tails)


def _is_elsewhere(link: ImportLink, tails: frozenset[str]) -> bool:
    """Whether the thing exists under the very path that is asked for, below another folder: then it hangs on where one starts."""
    wanted = asked(link).replace(".", "/")
    if link.fact.level or link.status == "gone-module":
        return not link.fact.level and wanted in tails
    return any(f"/{home.removesuffix('/__init__.py').removesuffix('.py')}".endswith(f"/{wanted}") for home in link.homes)
