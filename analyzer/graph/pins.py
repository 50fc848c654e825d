"""Libraries of which a program is installed with one exact version: none of their releases changes it."""

from __future__ import annotations

import re
from collections import defaultdict
from posixpath import basename, dirname

from analyzer.graph.foreign_code import is_locked
from analyzer.graph.system import SystemGraph
from analyzer.link.projects import import_name_of
from analyzer.read.requirements import normalised

_EXACT = re.compile(r"\s*={2,3}\s*[\w.+!-]+\s*(;|$)")
_DISTRIBUTES = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})


def is_pinned(graph: SystemGraph, path: str, package: str) -> bool:
    """Is the library of that import name pinned for the file, by `==` in packaging at or above it, or by a lock file?

    Of a library of ours only the packaging counts that its users install it by: locks hold for its developers.
    """
    is_ours_offered = graph.archetype_of(path) == "library"
    if not is_ours_offered and is_locked(graph, path):
        return True
    return any(
        (not folder or path.startswith(f"{folder}/")) and (name in _DISTRIBUTES or not is_ours_offered)
        for folder, name in graph.once(_exact)[normalised(package)]
    )


def _exact(graph: SystemGraph) -> dict[str, list[tuple[str, str]]]:
    """Import name → (folder, name) of the packaging files that ask for one version."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, requirement in graph.manifest.requirements:
        if _EXACT.match(requirement.version):
            found[normalised(import_name_of(requirement.name))].append((dirname(path), basename(path)))
    return found
