"""M-BUS: how many people must leave before nobody knows most of a part, for each component and each model. Figures only, no names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from analyzer.graph.system import SystemGraph, project_imports
from analyzer.history.authorship import DAY, History
from analyzer.model import Site
from analyzer.result import Metric, MetricRow

_YEAR = 365
_MIN_COMMITS = 5
_MAX_ROWS = 40
_SUMMARY = (
    "How many people must leave before more than half of the files have nobody left who made a quarter of their commits "
    "(after the truck factor of Avelino et al., ICPC 2016: 65 % of 133 popular systems have 1 or 2). Merges, robots and mass changes are "
    "not counted, co-authors are. It says who has changed the files, not who understands them; it ranks nobody."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each component with code that trains, serves or runs in production, and for each model that a module makes."""
    history = graph.history
    if history is None:
        return None
    parts = [*_components(graph), *_models(graph)]
    note = graph.history_gap or history.gap or history.distrust(path for _, paths, _ in parts for path in paths)
    if not parts:
        return None
    rows = [] if note else [row for subject, paths, site in parts if (row := _row(history, subject, paths, site)) is not None]
    rows.sort(key=lambda row: (row.value, row.subject))
    if not rows and not note:
        return None
    return Metric("M-BUS", "bus factor", _SUMMARY, "people", tuple(rows[:_MAX_ROWS]), note)


def _components(graph: SystemGraph) -> Iterator[tuple[str, frozenset[str], Site]]:
    found: dict[str, set[str]] = defaultdict(set)
    for module in graph.living():
        if module.production or {"TRAIN", "SERVE", "SCORE"} & module.roles.keys():
            found[module.component].add(module.path)
    for component in sorted(found):
        yield f"component {component or '.'}", frozenset(found[component]), Site(min(found[component]))


def _models(graph: SystemGraph) -> Iterator[tuple[str, frozenset[str], Site]]:
    """Each model with the modules that write it and the project code that these import."""
    imported = graph.once(project_imports)
    for artifact in graph.artifacts.values():
        if artifact.klass != "MODEL" or not artifact.readers:
            continue
        makers = {write.site.path for write in artifact.writers if not write.temporary}
        modules = [graph.modules[path] for path in sorted(makers) if path in graph.modules]
        if any("TRAIN" in module.roles for module in modules):
            code = _closure(imported, (module.path for module in modules))
            yield f"model {artifact.id}", frozenset(path for path in code if path in graph.modules), artifact.writers[0].site


def _closure(imported: Mapping[str, Mapping[str, None]], starts: Iterable[str]) -> set[str]:
    seen = set(starts)
    stack = list(seen)
    while stack:
        fresh = imported.get(stack.pop(), {}).keys() - seen
        seen |= fresh
        stack.extend(fresh)
    return seen


def _row(history: History, subject: str, paths: frozenset[str], site: Site) -> MetricRow | None:
    hands = history.hands(paths)
    if hands.commits < _MIN_COMMITS:
        return None
    since = history.newest - _YEAR * DAY
    here = sum(history.last_work[who] >= since for who in history.touches(paths))
    value = history.truck_factor(paths)
    text = f"{value} of {hands.people} people, over {hands.commits} commits on {len(paths)} files; {here} of them active in the last year"
    return MetricRow(subject, float(value), text, site)
