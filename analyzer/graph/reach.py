"""Live roots and what they reach (RULES.md §0.3): production from live roots, research from notebooks and experiment folders."""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from analyzer.graph.globs import matches
from analyzer.graph.invocations import Invocations
from analyzer.graph.roles import KEDRO_PIPELINE
from analyzer.graph.step_kinds import kind_named
from analyzer.graph.system import ImportLink, Module, Root
from analyzer.link.program import Program
from analyzer.model import Edge, Evidence, Site
from analyzer.read.step_facts import StepFacts

NOT_OURS = ("console script", "CI ")
"""Roots that every library has: a command for its users, and tests in CI."""


def live_roots(
    program: Program, modules: Mapping[str, Module], invocations: Invocations, steps: Mapping[str, StepFacts], configured: Iterable[str]
) -> list[Root]:
    """Every live root with what makes it one; weak ones (shell scripts nobody runs, README) are told apart."""
    found: list[Root] = []
    live_shell = {run.path for run in invocations.runs if run.path in invocations.invoked_by}
    for run in invocations.runs:
        facts = steps.get(run.path)
        kind = run.mechanism or (facts.kind if facts else "notebook")
        is_production = (not run.mechanism and kind_named(kind).is_live) or (bool(run.mechanism) and _is_production(modules.get(run.path)))
        for ran in run.runs:
            if ran.path in modules:
                strong = is_production or run.path in live_shell
                name = f" {run.step.name}" if run.step.name else ""
                what = f"{run.mechanism} task" if run.mechanism else kind_named(kind).noun
                found.append(Root(ran.path, f"{what}{name} runs it", Site(run.path, ran.line), not strong))
    for layout in program.layout.projects.values():
        for script in layout.scripts:
            target = program.target(f"{layout.root}/x.py" if layout.root else "x.py", script)
            if target.status == "module" and target.path in modules:
                found.append(Root(target.path, "console script or entry point", Site(target.path, 1)))
    registries = [path for path, module in modules.items() if _registers_pipelines(path, module)]
    found += [Root(path, "registers the project's Kedro pipelines", Site(path, 1)) for path in registries]
    for path, module in modules.items():
        for role, what in (("SERVE", "serves requests"), ("ORCH", "is orchestrated work")):
            if role in module.roles and not module.is_excluded:
                if module.roles[role].text == KEDRO_PIPELINE and any(_stands_beside(path, registry) for registry in registries):
                    continue  # it runs when the registry imports it
                evidence = module.roles[role]
                found.append(Root(path, f"{what}: {evidence.text}", evidence.site or Site(path), module.is_notebook))
        if configured and matches(path, configured):
            found.append(Root(path, "named in the configuration (roots)", Site(path, 1)))
    for path, sites in invocations.prose.items():
        if path in modules:
            found.append(Root(path, "named in the documentation", sites[0], weak=True))
    return found


def _registers_pipelines(path: str, module: Module) -> bool:
    """Whether the module is a Kedro project's registry that names its pipelines one by one, not whatever `find_pipelines()` finds."""
    if posixpath.basename(path) != "pipeline_registry.py" or module.is_excluded or "import_module" in module.facts.dynamic:
        return False
    return not any("find_pipelines" in mention.names for mention in module.facts.mentions)


def _stands_beside(path: str, registry: str) -> bool:
    return path.startswith(posixpath.dirname(registry) + "/")


def _is_production(module: Module | None) -> bool:
    return module is not None and not (module.is_notebook or module.is_experiment)


def named_roots(modules: Mapping[str, Module], named: Iterable[Edge]) -> Iterator[Root]:
    """Modules that a configuration file names: somebody's choice, but nobody here says who reads that configuration."""
    for edge in named:
        if edge.source not in modules and edge.target in modules:
            yield Root(edge.target, "named in a configuration file", edge.site, weak=True)


def spread(modules: Mapping[str, Module], links: Iterable[ImportLink], named: Iterable[Edge], roots: Iterable[Root]) -> None:
    """Set `production` and `research` of every module: the chain of evidence from the root that reaches it first.

    Reached is what is imported, and what a string names (`analyzer.graph.references`).
    """
    forward: dict[str, list[tuple[str, Evidence]]] = {}
    for link in links:
        if link.status in ("module", "name") and link.target in modules and link.fact.guard != "typing":
            step = Evidence(f"{link.importer} imports {link.target_module or link.target}", link.site)
            forward.setdefault(link.importer, []).append((link.target, step))
    for edge in named:
        if edge.source in modules and edge.target in modules:
            forward.setdefault(edge.source, []).append((edge.target, Evidence(f"{edge.source} names {edge.target} in a string", edge.site)))
    strong = [r for r in roots if not r.weak and not modules[r.path].is_excluded]
    strong.sort(key=lambda root: not root.reason.startswith(NOT_OURS))  # of several roots of a module the last one is told
    starts = {r.path: Evidence(r.reason, r.site) for r in strong}
    ours = {path: evidence for path, evidence in starts.items() if not evidence.text.startswith(NOT_OURS)}
    for path, chain in _reach(forward, {**ours, **starts}).items():
        modules[path].production = chain
    research = {
        path: Evidence(module.roles["EXPERIMENT"].text, Site(path, 1))
        for path, module in modules.items()
        if "EXPERIMENT" in module.roles and not module.is_excluded
    }
    for path, chain in _reach(forward, research).items():
        modules[path].research = chain


def _reach(forward: Mapping[str, list[tuple[str, Evidence]]], starts: Mapping[str, Evidence]) -> dict[str, tuple[Evidence, ...]]:
    chains: dict[str, tuple[Evidence, ...]] = {path: (evidence,) for path, evidence in starts.items()}
    queue = deque(chains)
    while queue:
        path = queue.popleft()
        for target, step in forward.get(path, ()):
            if target not in chains:
                chains[target] = (*chains[path], step) if len(chains[path]) < 12 else chains[path]
                queue.append(target)
    return chains
