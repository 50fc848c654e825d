"""Where a module stands in its project: how it is imported, whether it is installed, whether it is an experiment."""

from __future__ import annotations

import posixpath
import re

from analyzer.link.program import Program
from analyzer.link.projects import ProjectLayout

EXPERIMENT_FOLDERS = frozenset(
    """
    experiment experiments exp research sandbox scratch playground prototype prototypes poc notebook notebooks nb archive attic old legacy
    deprecated wip draft drafts ablation ablations trial trials kaggle demo demos example examples
    """.split()
)
_PUT_ASIDE = re.compile(
    r"(^|/)([^/]*[ _(-])?(archived?|attic|old|legacy|deprecated|unused|backups?)([ _)-][^/]*)?/|(^|/)(scripts?|notebooks?)/arch/",
    re.IGNORECASE,
)
"""`arch/` stands for an architecture as well, except among scripts."""


def is_put_aside(path: str) -> bool:
    """Does the file stand in a folder of code that is kept but, by its name, not meant to be run any more?"""
    return _PUT_ASIDE.search(path) is not None


def import_name(path: str, project: ProjectLayout) -> str:
    if not path.endswith(".py"):
        return ""
    roots = [r for r in project.source_roots if not r or path.startswith(r + "/")]
    root = max(roots, key=len, default="")
    parts = path[len(root) + 1 if root else 0 : -3].split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def is_packaged(path: str, program: Program, project: ProjectLayout) -> bool:
    """Part of an importable package that the project's metadata would install."""
    if not path.endswith(".py") or not project.packaged:
        return False
    roots = [r for r in project.source_roots if not r or path.startswith(r + "/")]
    root = max(roots, key=len, default="")
    top = path[len(root) + 1 if root else 0 :].split("/")
    if len(top) < 2:
        return False
    return posixpath.join(root, top[0], "__init__.py") in program.facts and top[0] not in EXPERIMENT_FOLDERS | {"tests", "test", "docs"}


def is_experiment(path: str, project: ProjectLayout) -> bool:
    inside = path[len(project.root) + 1 if project.root else 0 :]
    folders = [*project.root.split("/"), *inside.split("/")[:-1]] if project.root else inside.split("/")[:-1]
    return any(folder.lower() in EXPERIMENT_FOLDERS for folder in folders[:2])
