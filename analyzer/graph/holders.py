"""Files whose head names another holder of the copyright than most of the project: copied from somebody else's."""

from __future__ import annotations

from collections import Counter

from analyzer.graph.system import Module, SystemGraph

_HEAD_LINES = 25
_MOST = 0.25
"""A holder of more of a project's modules than this is one of its own."""


def files_of_others(graph: SystemGraph) -> frozenset[str]:
    """Their paths; ask `graph.once` for it."""
    modules = [module for module in graph.living() if not module.is_notebook]
    sizes = Counter(module.project for module in modules)
    held = Counter((module.project, module.facts.holder) for module in modules)
    return frozenset(
        module.path for module in modules
        if module.facts.holder and held[module.project, module.facts.holder] <= _MOST * sizes[module.project]
    )  # fmt: skip


def says_taken(module: Module) -> bool:
    """Whether a remark at the head of the file, before its first function or class, says that it was taken from elsewhere."""
    lines = [line for kind, line in module.facts.remarks if kind == "taken"]
    scopes = module.facts.scopes[1:]
    return bool(lines) and lines[0] < min(_HEAD_LINES, *(scope.line - len(scope.decorators) for scope in scopes), _HEAD_LINES)


def guest_folders(graph: SystemGraph) -> tuple[str, ...]:
    """Folders inside a project that is no package, with a version of their own: a distribution was copied there. Ask `graph.once`."""
    found: list[str] = []
    for path in graph.modules:
        folder, _, name = path.rpartition("/")
        if name == "__version__.py" and folder and not graph.modules[path].is_packaged:
            inside = sum(other.startswith(f"{folder}/") for other in graph.modules)
            is_deep = "/" in folder and folder.partition("/")[0] not in ("src", "lib", "python")
            if is_deep or inside * 2 < len(graph.modules):
                found.append(f"{folder}/")
    return tuple(sorted(found))
