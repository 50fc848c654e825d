"""Binary or dated data under version control that code reads and of which nothing tells how it was made: JGL009's case for what is held."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Site
from analyzer.read.values import Const, last_name
from rules.artifact_names import is_data
from rules.loose_ends import LooseEnds, base_name

_BINARY = re.compile(
    r"\.(nc|np[yz]|pkl|pickle|dill|h5|hdf5?|parquet|pq|feather|arrow|zarr|mat|bin|scorer|joblib|sav|model|onnx|pt|pth|cbm|bst|tflite)(\.(gz|bz2|xz))?$",
    re.I,
)
_MODEL = re.compile(
    r"\.(joblib|sav|model|onnx|pt|pth|cbm|bst|tflite|h5|hdf5?)$|(^|[_-])(model|estimator|classifier|weights|train|test|val)", re.I
)
_DATED = re.compile(r"(?<!\d)20[012]\d[-_]?[01]\d([-_]?[0-3]\d)?(?!\d)")
_MADE_UP = re.compile(r"synthetic|mock|dummy|fake|example|sample|demo|default|fixture|toy", re.I)
MIN_STEM = 6
_TAKES = ("read_", "load_")
_RAW = re.compile(r"(^|/)(raw|raw[_-]data|external|tests?|test[_-]?data|testdata|fixtures?|third[_-]party|vendor)(/|$)", re.I)


def held_without_recipe(graph: SystemGraph) -> dict[str, list[Access]]:
    """Folder → reads of data that git holds there and that no code writes, no command makes and no text explains.

    Left out are models of repositories that train any, what is raw by its folder, what is made up for a test or a demonstration, what a
    library ships with its code, and what lies beside a text that tells the source of the data.
    """
    ends = graph.once(LooseEnds)
    found: dict[str, list[Access]] = defaultdict(list)
    for access in graph.accesses:
        name = access.artifact or ""
        if access.op != "read" or access.kind not in ("file", "model") or name not in graph.tracked_files or not access.is_exact:
            continue
        base = base_name(name)
        if not (_BINARY.search(base) or (is_data(base) and _DATED.search(base))) or _MADE_UP.search(name) or _RAW.search(name):
            continue
        if not ends.is_spelled(access, in_libraries=True) or ends.is_made_or_told(name) or (_MODEL.search(base) and graph.once(_trains)):
            continue
        if _is_packaged(graph, access) or _makes_it_otherwise(graph, access) or graph.once(_Origins).tells(access):
            continue
        found[posixpath.dirname(name)].append(access)
    return dict(sorted(found.items()))


def named_in_commands(graph: SystemGraph, names: Collection[str]) -> list[Site]:
    """Where steps name one of the files by its base name."""
    bases = {base_name(name) for name in names}
    return [
        Site(path, line)
        for path, facts in sorted(graph.steps.items())
        for step in facts.steps
        for command in step.commands
        for line, word in zip(command.word_lines or (command.line,) * len(command.words), command.words, strict=False)
        if word.rpartition("/")[2] in bases
    ]


def _is_packaged(graph: SystemGraph, access: Access) -> bool:
    """Does a library read what it ships inside of its own package?"""
    module = graph.modules.get(access.site.path)
    if module is None or not module.is_packaged or graph.archetype_of(module.path) != "library":
        return False
    parts, package = module.path.split("/"), module.name.partition(".")[0]
    root = "/".join(parts[: parts.index(package) + 1]) if package in parts else posixpath.dirname(module.path)
    return (access.artifact or "").startswith(root + "/")


def _makes_it_otherwise(graph: SystemGraph, access: Access) -> bool:
    """Is the file handed to a function as `read_…` that has a parameter `write_…` beside it, by which it makes such a file?"""
    module, names = graph.modules.get(access.site.path), graph.once(_two_way)
    calls = module.facts.calls if module is not None and names else ()
    base = posixpath.basename(access.artifact or "")
    return any(
        last_name(call.func) in names and isinstance(value, Const) and isinstance(value.value, str) and value.value.endswith(base)
        for call in calls
        for word, value in call.keywords
        if word.startswith(_TAKES)
    )


def _two_way(graph: SystemGraph) -> frozenset[str]:
    """Functions that read what a parameter names, and write the same if another one names it."""
    return frozenset(
        scope.qualname.rpartition(".")[2]
        for module in graph.living()
        for scope in module.facts.scopes
        if scope.kind == "function" and _is_two_way({param.name for param in scope.params})
    )


def _is_two_way(names: Collection[str]) -> bool:
    takes = {name.partition("_")[2] for name in names if name.startswith(_TAKES)}
    return not takes.isdisjoint(name.partition("_")[2] for name in names if name.startswith(("write_", "save_", "dump_")))


class _Origins:
    """What READMEs tell of where data come from. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self._folders = {posixpath.dirname(path) for path in graph.sourced}
        self._told = {name.lower() for name, site in graph.told.items() if site.path in graph.told_by}

    def tells(self, access: Access) -> bool:
        """Does a text beside the data or its reader tell the source of the data, or a document name the file without its suffix?"""
        name = access.artifact or ""
        beside = {posixpath.dirname(name), posixpath.dirname(access.site.path)} - {""}
        stem = posixpath.basename(name).partition(".")[0].lower()
        return not beside.isdisjoint(self._folders) or (len(stem) >= MIN_STEM and stem in self._told)


def _trains(graph: SystemGraph) -> bool:
    return any("TRAIN" in module.roles for module in graph.modules.values())
