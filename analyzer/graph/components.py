"""Components (RULES.md §0.2): the parts of a repository between which an artifact needs a declared consumer."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from analyzer.graph.codeowners import CodeOwners
from analyzer.graph.globs import matches
from analyzer.link.projects import Layout
from analyzer.model import Component


class Components:
    def __init__(self, layout: Layout, configured: Mapping[str, Iterable[str]], codeowners: CodeOwners, files: frozenset[str]) -> None:
        self.layout = layout
        self.configured = {name: tuple(globs) for name, globs in configured.items()}
        self.codeowners = codeowners
        self.files = files
        self.found: dict[str, Component] = {}

    def of(self, path: str) -> str:
        """The component of a file; made on first sight."""
        project = self.layout.project_of(path).root
        name, source = self._name(path, project)
        if name not in self.found:
            self.found[name] = Component(name, project, source)
        return name

    def _name(self, path: str, project: str) -> tuple[str, str]:
        for name, globs in self.configured.items():
            if matches(path, globs):
                return name, "configuration"
        for glob, _owners in reversed(self.codeowners.rules):
            folder = glob.strip("/")
            if folder and "*" not in folder and "." not in posixpath.basename(folder) and path.startswith(folder + "/"):
                return folder, "CODEOWNERS"
        if project:
            return project, "project"
        return self._segment(path), "folder"

    def _segment(self, path: str) -> str:
        """First folder below the source root; inside the one importable package, its sub-package."""
        roots = [r for r in self.layout.project_of(path).source_roots if r and path.startswith(r + "/")]
        root = max(roots, key=len, default="")
        parts = path[len(root) + 1 if root else 0 :].split("/")
        if len(parts) == 1:
            return root or "(root)"
        package = posixpath.join(root, parts[0])
        if len(parts) > 2 and posixpath.join(package, "__init__.py") in self.files:
            return posixpath.join(package, parts[1])
        return package
