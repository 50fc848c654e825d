"""The two sides of a model: the modules that train it (or make its features) and those that serve or score with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.system import DataEdge, Module, SystemGraph
from analyzer.model import Subject

EXEMPT = frozenset({"library", "tutorial"})
_SCORING = re.compile(r"(^|[/_-])(infer|inference|predict|predictor|predictions?|score|scoring|serve|serving)([_./-]|$)")
PASSED = frozenset({"MODEL", "INTERMEDIATE"})


@dataclass(frozen=True, slots=True)
class Boundary:
    """A training side, a serving side, and the artifacts that cross from the one to the other."""

    train: tuple[Module, ...]
    serve: tuple[Module, ...]
    edges: tuple[DataEdge, ...] = ()
    components: tuple[str, str] | None = None
    """None: the whole repository."""

    @property
    def sides(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(m.path for m in self.train), frozenset(m.path for m in self.serve)

    @property
    def label(self) -> str:
        if self.components is None:
            return "training and serving code"
        return f"{self.components[0]} (training) and {self.components[1]} (serving)"

    @property
    def subject(self) -> Subject:
        if self.components is None:
            return Subject("repository", "training -> serving")
        return Subject("components", " -> ".join(self.components))

    @property
    def artifacts(self) -> tuple[str, ...]:
        return tuple(sorted({edge.artifact for edge in self.edges}))


def boundaries(graph: SystemGraph) -> list[Boundary]:
    """Each pair of components that an artifact links, else the whole repository; none where nobody trains or nobody serves."""
    both = whole(graph)
    if not both.train or not both.serve:
        return []
    return list(linked(graph, both)) or [both]


def whole(graph: SystemGraph) -> Boundary:
    """Both sides of the whole repository, tutorials left out, and libraries, unless they stand beside an application that they are for."""
    exempt = EXEMPT - {"library"} if any(p.archetype == "application" for p in graph.projects.values()) else EXEMPT
    train: list[Module] = []
    serve: list[Module] = []
    for module in graph.living():
        project = graph.projects.get(module.project)
        if project is not None and project.archetype in exempt:
            continue
        # scoring by hand, for an evaluation or in a notebook, is research: it serves where a live root reaches it, or where it is for that
        serves = "SERVE" in module.roles or ("SCORE" in module.roles and (bool(module.production) or _is_for_scoring(module)))
        if "TRAIN" in module.roles or ("FEATURE" in module.roles and not serves):
            train.append(module)
        if serves:
            serve.append(module)
    return Boundary(tuple(train), tuple(serve))


def _is_for_scoring(module: Module) -> bool:
    """Is it named after scoring, and does nothing but that?"""
    apart = not module.is_notebook and not module.is_experiment and module.roles.keys().isdisjoint({"TRAIN", "EVAL"})
    return apart and _SCORING.search(module.path) is not None


def linked(graph: SystemGraph, both: Boundary) -> Iterator[Boundary]:
    """Pairs of components between which a model or a feature artifact passes from a training to a serving module."""
    train, serve = both.sides
    between: dict[tuple[str, str], list[DataEdge]] = {}
    for edge in graph.data_edges:
        writer, reader = edge.writer.site.path, edge.reader.site.path
        crosses = writer in train and reader in serve and writer != reader
        if crosses and edge.level >= 2 and {edge.writer.klass, edge.reader.klass} & PASSED:
            between.setdefault((graph.modules[writer].component, graph.modules[reader].component), []).append(edge)
    for (trainer, server), edges in sorted(between.items()):
        yield Boundary(
            tuple(module for module in both.train if module.component == trainer),
            tuple(module for module in both.serve if module.component == server),
            tuple(edges),
            (trainer, server),
        )
