"""Console scripts of packaging files that name a module or function which is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from analyzer.graph.attributes import names_defined
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site

_SECTIONS = ("project.scripts.", "project.gui-scripts.", "tool.poetry.scripts.")


@dataclass(frozen=True, slots=True)
class GoneEntryPoint:
    """A declared command that cannot start."""

    command: str
    site: Site
    module: str
    name: str
    """The function asked for; "" when the module itself is gone."""


def gone_entry_points(graph: SystemGraph) -> Iterator[GoneEntryPoint]:
    """Commands of each pyproject.toml, setup.cfg and setup.py whose target lies in a package of ours and is gone.

    Silent when that cannot be known.
    """
    named = {module.name: module for module in graph.modules.values() if module.name}
    unread = {note.path for note in graph.not_analysed}
    for command, site, dotted, function in (*_in_pyproject(graph), *_in_setup(graph)):
        missing = _missing(named, unread, dotted, function)
        if missing is not None:
            yield GoneEntryPoint(command, site, dotted, missing)


def _in_pyproject(graph: SystemGraph) -> Iterator[tuple[str, Site, str, str]]:
    """(command, where it is declared, module, function)."""
    for path, config in sorted(graph.configs.items()):
        for key, value, line in config.leaves if PurePosixPath(path).name == "pyproject.toml" else ():
            section = next((section for section in _SECTIONS if key.startswith(section)), "")
            if section and isinstance(value, str):
                dotted, _, function = value.partition("[")[0].strip().partition(":")
                yield key.removeprefix(section), Site(path, line), dotted.strip(), function.strip()


def _in_setup(graph: SystemGraph) -> Iterator[tuple[str, Site, str, str]]:
    """The same of setup.py and setup.cfg."""
    for path, command in graph.manifest.commands:
        if command.function and command.module:
            yield command.name, Site(path, command.line), command.module, command.function


def _missing(named: dict[str, Module], unread: set[str], dotted: str, function: str) -> str | None:
    """ "" when the module is gone, the function's name when that is, None when both are there or it cannot be known."""
    module = named.get(dotted)
    if module is None:
        parent = named.get(dotted.rpartition(".")[0])
        if parent is None or not parent.path.endswith("__init__.py") or not parent.is_packaged:
            return None
        beside = parent.path.removesuffix("__init__.py") + dotted.rpartition(".")[2]
        return None if any(path.startswith(beside) for path in unread) else ""
    first = function.partition(".")[0]
    names = names_defined(module.facts) if first else None
    return None if names is None or first in names else first
