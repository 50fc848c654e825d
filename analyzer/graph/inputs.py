"""What discovering and reading one repository gave, and the graph is built from."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.read.configuration_facts import CatalogFacts, ConfigFacts, ContractFacts
from analyzer.read.facts import PythonFacts
from analyzer.read.images import Image
from analyzer.read.prose import ProseFacts
from analyzer.read.sql_facts import SqlFacts
from analyzer.read.step_facts import StepFacts
from analyzer.result import NotAnalysed


@dataclass(slots=True)
class Inputs:
    name: str
    python: dict[str, PythonFacts] = field(default_factory=dict)
    steps: dict[str, StepFacts] = field(default_factory=dict)
    configs: dict[str, ConfigFacts] = field(default_factory=dict)
    catalogs: dict[str, CatalogFacts] = field(default_factory=dict)
    contracts: dict[str, ContractFacts] = field(default_factory=dict)
    sql: dict[str, SqlFacts] = field(default_factory=dict)
    surroundings: dict[str, str] = field(default_factory=dict)
    """path → `test`, `docs`, `vendored`, `generated`, or `cells` for a script that is written as a notebook's cells."""
    packaging: dict[str, str] = field(default_factory=dict)
    prose: dict[str, str] = field(default_factory=dict)
    said: dict[str, ProseFacts] = field(default_factory=dict)
    """What was read from prose, by path."""
    terraform: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Path of a script of R or Julia → the files that it names; nothing else of it is read."""
    codeowners: str = ""
    files: frozenset[str] = frozenset()
    tracked: frozenset[str] = frozenset()
    submodules: tuple[str, ...] = ()
    images: dict[str, tuple[Image, ...]] = field(default_factory=dict)
    remotes: tuple[str, ...] = ()
    brought_in: tuple[str, ...] = ()
    """Folders with a project of their own that one commit brought in."""
    docker_users: frozenset[str] = frozenset()
    not_analysed: list[NotAnalysed] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    """path → text of Python and configuration files that gave no facts."""
    ignored: dict[str, str] = field(default_factory=dict)
    """path → text of the .gitignore files."""
    lines: int = 0
