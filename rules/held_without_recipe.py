"""Binary or dated data under version control that code reads and of which nothing tells how it was made: JGL009's case for what is held."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Site
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
_RAW = re.compile(r"(^|/)(raw|raw[_-]data|external|tests?|test[_-]?data|testdata|fixtures?|third[_-]party|vendor)(/|$)", re.I)


def held_without_recipe(graph: SystemGraph) -> dict[str, list[Access]]:
    """Folder → reads of data that git holds there and that no code writes, no command makes and no text explains.

    Left out are models of repositories that train any, what is raw by its folder, and what is made up for a test or a demonstration.
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


def _trains(graph: SystemGraph) -> bool:
    return any("TRAIN" in module.roles for module in graph.modules.values())
