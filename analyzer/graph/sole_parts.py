"""Parts that production or the training needs and that one person alone has worked on: folders and single files, from the history."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
_LATE_SHARE = 0.5
_EVALUATION = re.compile(r"(?:^|/)(?:evaluations?|evals?|evaluate|benchmarks?|benchmarking)/", re.IGNORECASE)
_README = re.compile(r"(?:^|/)readme(?:\.\w+)?$", re.IGNORECASE)


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
    imports = graph.once(project_imports)
    aside = _aside(graph, code, imports)
    found = {path: (module, module.production[0]) for path, module in code.items() if module.production and path not in aside}
    real = [(path, module) for path, module in code.items() if graph.archetype_of(path) != "tutorial"]
    todo = [(path, module.roles[role]) for path, module in real for role in _WORKS if role in module.roles]
    if not any(module.production for module in code.values()):
        real = [(path, module) for path, module in real if path not in aside]
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


def _aside(graph: SystemGraph, code: Mapping[str, Module], imports: Mapping[str, Mapping[str, None]]) -> frozenset[str]:
    """Evaluations, and folders with a README of their own that only their own shell scripts or people run and nobody else imports."""
    told = {path.rpartition("/")[0] for path in graph.tracked_files if _README.search(path)} - {""}
    held = Counter(folder for path in code for folder in _above(path))
    told = {folder for folder in told if 2 * held[folder] <= len(code)}  # one that holds most of the code is the project
    folders: dict[str, str] = {}
    for path, module in code.items():
        home = next((folder for folder in _above(path) if folder in told or _EVALUATION.search(f"{folder}/")), "")
        if home and module.roles.keys().isdisjoint(_WORKS) and _is_by_hand(module, home):
            folders[path] = home
    runs = (path for path in imports if path in code and path not in folders and not code[path].is_test)
    wanted = {target for importer in runs for target in imports[importer] if target in folders and not _holds(folders[target], importer)}
    return frozenset(folders.keys() - wanted)


def _is_by_hand(module: Module, home: str) -> bool:
    """Does nothing start it but people, and the shell scripts of its own folder?"""
    root = next(iter(module.production), None)
    return root is None or ("shell script" in root.text and root.site is not None and _holds(home, root.site.path))


def _above(path: str) -> list[str]:
    """The folders that hold it, the outermost first."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


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
        same = len({hands.busiest for hands in late}) == 1  # data that others keep up has later last months
        if same and late[0].commits >= _LATE_COMMITS and min(hands.share for hands in late) >= SHARE:
            return SolePart(place, modules, late[0], is_late=True) if _has_taken_over(history, groups, late[0].busiest) else None
    return None


def _has_taken_over(history: History, groups: Sequence[Collection[str]], who: str) -> bool:
    """Did that person make half of all the work there ever was, with nobody left who knew it before?"""
    every = [history.hands(group) for group in groups]
    half = all(hands.busiest == who and hands.share >= _LATE_SHARE for hands in every)
    return half and not history.others_here(groups[0], who)
