"""Components (RULES.md §0.2): the parts of a repository between which an artifact needs a declared consumer."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import cache

from analyzer.link.projects import Layout
from analyzer.model import Component


@cache
def glob_pattern(glob: str) -> re.Pattern[str]:
    """A glob of the configuration or of CODEOWNERS as a regular expression; `**` crosses folders, a folder covers what is below it."""
    text = glob.strip("/")
    out = ""
    position = 0
    while position < len(text):
        if text.startswith("**/", position):
            out += "(?:.*/)?"
            position += 3
        elif text.startswith("**", position):
            out += ".*"
            position += 2
        elif text[position] == "*":
            out += "[^/]*"
            position += 1
        elif text[position] == "?":
            out += "[^/]"
            position += 1
        else:
            out += re.escape(text[position])
            position += 1
    return re.compile(out + r"(?:/.*)?\Z")


def matches(path: str, globs: Iterable[str]) -> bool:
    return any(glob_pattern(glob).match(path) for glob in globs)


class Components:
    def __init__(self, layout: Layout, configured: Mapping[str, Iterable[str]], codeowners: str, files: frozenset[str]) -> None:
        self.layout = layout
        self.configured = {name: tuple(globs) for name, globs in configured.items()}
        self.rules = _codeowners(codeowners)
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
        for glob in reversed(self.rules):
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


def _codeowners(text: str) -> list[str]:
    """The patterns of a CODEOWNERS file that name an owner, in order."""
    rules = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if len(words) > 1 and not words[0].startswith(("!", "[", "^")):
            rules.append(words[0])
    return rules
