"""Parts of the code that production runs: folders of modules that a live root reaches, and where the rest of the code enters them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site


@dataclass(frozen=True, slots=True)
class Part:
    folder: str
    modules: tuple[Module, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(module.path for module in self.modules)


def production_parts(graph: SystemGraph) -> tuple[Part, ...]:
    """Every folder that holds, at any depth, modules that a live root reaches; notebooks and experiments are not production."""
    found: dict[str, list[Module]] = defaultdict(list)
    for module in graph.living():
        if module.production and not module.is_notebook and not module.is_experiment:
            above = module.path.split("/")[:-1]
            for depth in range(len(above)):
                found["/".join(above[: depth + 1])].append(module)
    return tuple(Part(folder, tuple(found[folder])) for folder in sorted(found))


def entry_sites(graph: SystemGraph, modules: tuple[Module, ...]) -> tuple[Site, ...]:
    """For each module the definition that most other modules import, else its first line."""
    wanted = {module.path: module for module in modules}
    asked: Mapping[str, Counter[str]] = defaultdict(Counter)
    for link in graph.imports:
        if link.target in wanted and link.importer != link.target and link.name:
            asked[link.target][link.name] += 1
    return tuple(_entry(module, asked[module.path]) for module in modules)


def _entry(module: Module, asked: Counter[str]) -> Site:
    defined = [scope for scope in module.facts.scopes[1:] if scope.parent == 0 and scope.name in asked]
    best = min(defined, key=lambda scope: (-asked[scope.name], scope.line), default=None)
    return module.site(best.line if best is not None else 1)
