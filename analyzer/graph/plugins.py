"""Modules that code loads by a name it makes up: plug-in folders, directory scans, `import_module(f"pkg.{name}")`."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from analyzer.graph.system import Module, SystemGraph
from analyzer.read.values import last_name

_PART = re.compile(r"\w+")
_LOADING = frozenset({"import_module", "__import__", "walk_packages", "iter_modules", "entry_points", "iter_entry_points"})
_SCANNING = frozenset({"walk_packages", "iter_modules"})
_LOADERS = frozenset({"exec_module", "spec_from_file_location", "load_source", "SourceFileLoader", "run_path", "load_module"})


def plugins(graph: SystemGraph) -> frozenset[str]:
    """Those modules: below the package that the loader is, scans or names (`"pkg.losses." + name`), and those of a file name it has."""
    folders: dict[str, list[str]] = defaultdict(list)
    stems: dict[str, list[str]] = defaultdict(list)
    for path in graph.modules:
        stems[posixpath.basename(path).removesuffix(".py")].append(path)
        folder = posixpath.dirname(path)
        while folder:
            folders[folder].append(path)
            folder = posixpath.dirname(folder)
    by_name: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        by_name[posixpath.basename(folder)].append(folder)
    found: set[str] = {path for folder in _applied(graph) for path in (folders[folder] if folder else graph.modules)}
    for path, module in graph.modules.items():
        if module.is_test or not loads(module):
            continue
        own = posixpath.dirname(path)
        if own and (path.endswith("__init__.py") or _SCANNING.intersection(module.facts.dynamic)):
            found.update(folders[own])
        for word in _words(module):
            if word.endswith((".*", "/*")):
                found.update(_below(word, by_name, folders))
            elif word.endswith(".py"):
                found.update(stems.get(word.lstrip("*/").removesuffix(".py"), ()))
            else:
                found.update(p for folder in by_name.get(word, ()) if not _is_top_package(folder, graph) for p in folders[folder])
    return frozenset(found)


def _applied(graph: SystemGraph) -> Iterator[str]:
    """Folders of which a tool loads every module: a feature repository (`feast apply`), the benchmarks of asv."""
    for path in graph.manifest.files:
        folder, _, name = path.rpartition("/")
        if name in ("feature_store.yaml", "feature_store.yml"):
            yield folder
        elif name == "asv.conf.json":
            yield posixpath.join(folder, "benchmarks") if folder.rpartition("/")[2] != "benchmarks" else folder


def loads(module: Module) -> bool:
    """Whether the module loads others by a name that is no literal."""
    if _LOADING.intersection(module.facts.dynamic):
        return True
    return any(chain.rpartition(".")[2] in _LOADERS for mention in module.facts.mentions for chain in mention.chains)


def _words(module: Module) -> set[str]:
    """Words of the scopes that load, and of what the module's own code hands to them; all of the module's constants may be meant.

    The parts of a name that begins outside (`torchvision.models.*` names no folder `models` of ours) mean nothing by themselves.
    """
    facts = module.facts
    scopes = facts.scopes
    loading = {call.scope for call in facts.calls if last_name(call.func) in _LOADING or last_name(call.func) in _LOADERS}
    classes = {scopes[scope].parent for scope in loading} - {0}
    names = {scopes[scope].name for scope in loading if scope}
    found: set[str] = set()
    for mention in facts.mentions:
        if loading and mention.scope and mention.scope not in loading and scopes[mention.scope].parent not in classes:
            called = {*mention.names, *(chain.rpartition(".")[2] for chain in mention.chains)}
            if mention.scope not in classes and not called & names:
                continue
        composed = {part for word in mention.words if word.endswith((".*", "/*")) for part in _PART.findall(word)}
        found.update(word for word in mention.words if word not in composed)
    return found


def _below(word: str, by_name: dict[str, list[str]], folders: dict[str, list[str]]) -> list[str]:
    """The modules below the folders that end as the literal part of a composed name does."""
    tail = word[:-2].replace(".", "/").strip("/")
    last = tail.rpartition("/")[2]
    return [path for folder in by_name.get(last, ()) if f"/{folder}".endswith(f"/{tail}") for path in folders[folder]]


def _is_top_package(folder: str, graph: SystemGraph) -> bool:
    inside = posixpath.join(folder, "__init__.py") in graph.modules
    return inside and posixpath.join(posixpath.dirname(folder), "__init__.py") not in graph.modules
