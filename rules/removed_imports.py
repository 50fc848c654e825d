"""Imports of modules that a commit removed with the package around them, or that stood beside the scripts that ask for them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from analyzer.graph.system import ImportLink, SystemGraph
from analyzer.history.authorship import History
from analyzer.link.program import STDLIB
from analyzer.read.requirements import normalised

_UNRESOLVED = ("external", "open")
_REPOSITORY = re.compile(r"(\.git)?(@[^/]*)?/?$")
"""What follows the name of a repository in its address."""
_OWN_NAME = re.compile(r"[a-z]+[_\d]\w*|[A-Z]\w*[a-z][A-Z]\w*|[a-z]+[A-Z]\w*")
"""A module's name by itself that no library is likely to bear: several words, or a number."""


def removed_imports(graph: SystemGraph) -> dict[str, list[tuple[ImportLink, str]]]:
    """Module → (what it asks for, the removed file that it means); nothing where history does not tell. Ask `graph.once` for it."""
    history = graph.history
    if history is None or not history.deleted:
        return {}
    known, brought = STDLIB | _declared(graph), _brought(graph)
    links = [
        link for link in graph.imports
        if link.status in _UNRESOLVED and not link.fact.level and not link.fact.guard and _first(link) not in known
        and not graph.modules[link.importer].is_excluded and f"-{normalised(_first(link))}-" not in brought
    ]  # fmt: skip
    last_names = {link.fact.module.rpartition(".")[2] for link in links}
    removed = _ends(history.deleted, last_names)
    there = _ends(graph.manifest.files, last_names) if removed else {}
    packages = {path.rpartition("/")[0].rpartition("/")[2] for path in graph.manifest.files if path.endswith(".py")}
    found: dict[str, list[tuple[ImportLink, str]]] = defaultdict(list)
    for link in links:
        wanted = link.fact.module.replace(".", "/")
        if wanted not in removed or wanted in there:
            continue
        if "/" not in wanted and not (_OWN_NAME.fullmatch(wanted) and _stands_alone(history.deleted, removed[wanted])):
            continue
        was = removed[wanted][-1]
        if _first(link) in packages or not _is_newer(history, link.importer, was):
            found[link.importer].append((link, was))
    return dict(found)


def _is_newer(history: History, importer: str, removed: str) -> bool:
    """Whether the file was worked on after the other was removed: then it may well run with what another project installs."""
    last, gone = history.last_change(importer), history.last_change(removed)
    return last is None or gone is None or last > gone


def _first(link: ImportLink) -> str:
    return link.fact.module.partition(".")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _declared(graph: SystemGraph) -> set[str]:
    """Names that a requirement may install."""
    asked = {requirement.name for _path, requirement in graph.manifest.requirements}
    names = {name for project in graph.projects.values() for name in project.dependencies}
    return {name.replace("-", "_") for name in (*asked, *names)} | names


def _brought(graph: SystemGraph) -> str:
    """Names of the distributions and repositories that are installed from an address, each between hyphens: one is seldom its module's
    name alone (`lab-tools @ git+https://host/lab/tools.git`)."""
    asked = [(each.name, each.url) for _path, each in graph.manifest.requirements if each.url]
    named = (part for name, url in asked for part in (name, _REPOSITORY.sub("", url.partition("#")[0]).rstrip("/").rpartition("/")[2]))
    return " ".join(f"-{normalised(part)}-" for part in named if part)


def _ends(paths: Iterable[str], names: set[str]) -> dict[str, list[str]]:
    """Every end, without suffix, of the paths of Python files and packages that bear one of the names → the files."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if path.endswith(".py") and path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2] in names:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            for start in range(max(0, len(parts) - 6), len(parts)):
                found["/".join(parts[start:])].append(path)
    return {end: sorted(files) for end, files in found.items()}


def _stands_alone(deleted: frozenset[str], paths: list[str]) -> bool:
    """Whether one of the files stood in no package: then its bare name could be imported."""
    return any(f"{_folder(path.removesuffix('/__init__.py'))}/__init__.py".lstrip("/") not in deleted for path in paths)
