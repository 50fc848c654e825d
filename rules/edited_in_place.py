"""Data that a data version control file holds and that several undeclared scripts read and write again: JGL005's second case."""

from __future__ import annotations

from collections import defaultdict

from analyzer.graph.system import SystemGraph
from analyzer.model import Access
from rules.artifact_names import canonical, segment_matches
from rules.handoffs import TUTORIAL, Handoffs, deletes

MIN_EDITORS = 2
Parts = tuple[str, ...]


def edited_in_place(graph: SystemGraph) -> dict[str, dict[str, list[Access]]]:
    """Held path → file → its writes of what it reads there too; only where several files do so.

    What one script writes and dvc then holds is how data gets there; what several change afterwards has no step that makes it.
    """
    held = {canonical(item.path): item.path for facts in graph.steps.values() if facts.kind == "dvc-file" for item in facts.tracked}
    if not held:
        return {}
    read: set[tuple[str, str]] = set()
    writes: list[tuple[str, Access]] = []
    for access in graph.accesses:
        name = access.artifact or ""
        root = None if access.temporary or access.via == "declaration" or "://" in name else _held_above(canonical(name), held)
        if root is None:
            continue
        if access.op == "read":
            read.add((access.site.path, name))
        elif access.call != "dvc" and not (access.append or deletes(access)):  # which brings and holds it, whatever wrote it
            writes.append((held[root], access))
    found: dict[str, dict[str, list[Access]]] = defaultdict(lambda: defaultdict(list))
    for item, access in writes:
        if (access.site.path, access.artifact or "") in read and _is_free(graph, access.site.path):
            found[item][access.site.path].append(access)
    return {item: dict(sorted(by_file.items())) for item, by_file in sorted(found.items()) if _share_one(by_file)}


def _share_one(by_file: dict[str, list[Access]]) -> bool:
    """Do several of the files edit one and the same artifact, known whole?"""
    editors: dict[str, set[str]] = defaultdict(set)
    for path, writes in by_file.items():
        for write in writes:
            if write.is_exact:
                editors[write.artifact or ""].add(path)
    return any(len(paths) >= MIN_EDITORS for paths in editors.values())


def _held_above(parts: Parts, held: dict[Parts, str]) -> Parts | None:
    """The first held path that is the artifact's own or lies above it; an unknown folder may be any."""
    fitting = (root for root in held if len(root) <= len(parts) and all(map(segment_matches, root, parts)))
    return min(fitting, default=None)


def _is_free(graph: SystemGraph, path: str) -> bool:
    """A script or notebook of the project itself that no stage runs."""
    module, unit = graph.modules.get(path), graph.units.get(path)
    if module is None or unit is None or module.is_excluded or TUTORIAL.search(path.rpartition("/")[0]):
        return False
    runs = module.is_notebook or bool(module.facts.main_line) or not module.is_packaged
    return runs and not graph.once(Handoffs).in_pipeline(unit)
