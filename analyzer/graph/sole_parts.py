"""Parts that production or the training needs and that one person alone has worked on: folders and single files, from the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzer.graph.system import Module, SystemGraph, project_imports
from analyzer.history.authorship import Hands, History
from analyzer.model import Evidence, Site

SHARE = 0.9
_FOLDER_COMMITS = 5
_FILE_COMMITS = 10
_LATELY = 730
_LATE_COMMITS = 10
_CODE_LINES = 40
_WORKS = ("SERVE", "TRAIN")


@dataclass(frozen=True, slots=True)
class SolePart:
    place: str
    """A folder, or a file."""
    modules: tuple[Module, ...]
    hands: Hands
    is_late: bool = False
    """Others worked on it once; in the last 24 months of the work on it nobody else did, and who knew it has gone."""


def needed_modules(graph: SystemGraph) -> dict[str, tuple[Module, Evidence]]:
    """Path → module and reason, of what production runs, what serves or trains, and what these import.

    Where nothing is seen to run in production, what is started by hand takes its place. Notebooks and experiments are none of it, nor is
    what a tutorial trains.
    """
    code = {m.path: m for m in graph.living() if not m.is_notebook and not m.is_experiment}
    found = {path: (module, module.production[0]) for path, module in code.items() if module.production}
    imports = graph.once(project_imports)
    real = [(path, module) for path, module in code.items() if graph.archetype_of(path) != "tutorial"]
    todo = [(path, module.roles[role]) for path, module in real for role in _WORKS if role in module.roles]
    if not found:
        programs = ((path, module) for path, module in real if graph.archetype_of(path) != "library" and _is_program(module, imports))
        by_hand = [(path, Evidence("is a program", Site(path, module.facts.main_line or 1))) for path, module in programs]
        todo = [*by_hand, *todo]  # the last goes first
    seen = set()
    while todo:
        path, reason = todo.pop()
        if path in seen or path not in code:
            continue
        seen.add(path)
        found.setdefault(path, (code[path], reason))
        todo.extend((target, reason) for target in imports.get(path, ()))
    return {path: found[path] for path in sorted(found)}


def _is_program(module: Module, imports: Mapping[str, Mapping[str, None]]) -> bool:
    """Is it started by itself: by its main block, or as a script in no package that nobody imports?"""
    if module.facts.main_line or module.is_packaged:
        return bool(module.facts.main_line)
    name = module.path.rpartition("/")[2]
    return name not in ("__init__.py", "setup.py", "conftest.py") and not any(module.path in targets for targets in imports.values())


def sole_parts(history: History, needed: Iterable[Module], told: Collection[str]) -> Iterator[SolePart]:
    """The outermost folders, then the files outside of them; nothing that lies in, or around, the folders that are `told` already."""
    modules = tuple(needed)
    passed = list(told)
    for folder, inside in _folders(modules):
        if any(_holds(other, folder) or _holds(folder, other) for other in passed):
            continue
        part = _judged(history, folder, inside)
        if part is not None:
            passed.append(folder)
            yield part
    for module in modules:
        if not any(_holds(folder, module.path) for folder in passed):
            part = _judged(history, module.path, (module,))
            if part is not None:
                yield part


def spread(history: History, modules: Iterable[Module], most: int) -> list[Site]:
    """First lines of the modules: of every folder the most changed one, then the second of each."""
    ranked: dict[str, list[Module]] = defaultdict(list)
    for module in sorted(modules, key=lambda m: (-history.commits_touching([m.path], None), m.path)):
        ranked[module.path.rpartition("/")[0]].append(module)
    rounds = sorted((place, folder, module.path) for folder, held in ranked.items() for place, module in enumerate(held))
    return [Site(path, 1) for _, _, path in rounds[:most]]


def _folders(modules: Iterable[Module]) -> list[tuple[str, tuple[Module, ...]]]:
    """Folders that hold two of the modules or more at any depth; an outer one stands before what lies in it."""
    found: dict[str, list[Module]] = defaultdict(list)
    for module in modules:
        above = module.path.split("/")[:-1]
        for depth in range(len(above)):
            found["/".join(above[: depth + 1])].append(module)
    return [(folder, tuple(found[folder])) for folder in sorted(found) if len(found[folder]) > 1]


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _judged(history: History, place: str, modules: tuple[Module, ...]) -> SolePart | None:
    """Of a folder everything that it ever held must be that person's, not only the code of today."""
    if sum(module.facts.code_lines for module in modules) < _CODE_LINES:
        return None
    is_folder = place != modules[0].path
    paths = history.with_former(module.path for module in modules)
    if not history.is_sole(paths, SHARE, 1 if is_folder else _FILE_COMMITS, _LATELY):
        return None
    groups = [paths, history.below(place)] if is_folder else [paths]
    every = [history.hands(group) for group in groups]
    if max(hands.commits for hands in every) >= (_FOLDER_COMMITS if is_folder else _FILE_COMMITS):
        if min(hands.share for hands in every) >= SHARE:
            return SolePart(place, modules, max(every, key=lambda hands: hands.commits))
        late = [history.hands(group, _LATELY) for group in groups]
        if late[0].commits >= _LATE_COMMITS and min(hands.share for hands in late) >= SHARE:
            return None if history.others_here(paths, late[0].busiest) else SolePart(place, modules, late[0], is_late=True)
    return None
