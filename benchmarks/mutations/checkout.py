"""A copy of a repository that debts are put into, and what an injector may ask about it."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import mldebt  # noqa: F401  (puts the folders on the path)
from analyzer.discover.walk import walk
from analyzer.graph.liveness import liveness
from analyzer.graph.system import SystemGraph
from analyzer.scan import scan_graph
from analyzer.settings import Settings

SKIPPED = re.compile(r"(^|/)(tests?|docs?|examples?|third_party|vendor(ed)?|\.git|build)/|(^|/)(test_[^/]*|conftest|setup)\.py$")
LESSON = re.compile(r"(^|/)(tutorials?|courses?|lessons?|workshops?|labs?|exercises?|examples?|samples?|demos?)(/|$)", re.IGNORECASE)
MAX_FILES = 100_000
Function = ast.FunctionDef | ast.AsyncFunctionDef


class NoPlaceError(Exception):
    """The copy does not take the file: its `.gitignore` says so, and nobody would see what stands in it."""


@dataclass(frozen=True, slots=True)
class Injected:
    """One debt that was put in: a finding of `rule` is expected that has a location in one of `paths`."""

    rule: str
    paths: tuple[str, ...]
    what: str
    also: tuple[str, ...] = ()
    """Rules that may tell of it as well."""


@dataclass(slots=True)
class Source:
    """A Python file that parses, its lines with their ends."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines(keepends=True)

    def functions(self) -> Iterator[Function]:
        """Plain functions and methods without decorators, outer ones first."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list:
                yield node


@dataclass
class Checkout:
    """The copy at `root`. `report` is mldebt's JSON report of it as it was; `chance` decides where a debt goes."""

    root: Path
    report: dict[str, Any]
    chance: random.Random
    origin: Path | None = None
    """The checkout that was copied, with its version control."""
    taken: set[str] = field(default_factory=set)
    """Files that hold a debt already: each gets at most one."""

    def sources(self, *roles: str) -> list[Source]:
        """Free Python files in a random order, only those with one of `roles` when any are given; tests and the like left out."""
        wanted = [u for u in self.report["units"] if u["kind"] in ("module", "script") and not SKIPPED.search(u["path"])]
        paths = sorted({u["path"] for u in wanted if not roles or set(roles) & set(u.get("roles", [u["role"]]))} - self.taken)
        self.chance.shuffle(paths)
        return [source for path in paths if (source := self.source(path)) is not None]

    def is_offered(self, path: str) -> bool:
        """Whether nobody here can say who uses the file: part of a published package, of a copy with its own licence, or of a lesson."""
        left_out = [
            note[8:].partition(" is left out")[0] for note in self.report["notes"] if note.startswith("DXP011:") and " is left out" in note
        ]
        if any(root == "the project" or path.startswith(root + "/") for root in left_out):
            return True
        folders = [parent for parent in Path(path).parents if str(parent) != "."]
        return bool(LESSON.search(path)) or any(held.is_file() for folder in folders for held in (self.root / folder).glob("LICEN[CS]E*"))

    def is_taken_whole(self, path: str) -> bool:
        """Whether a framework, a loader or a command may ask for any name of the file, as mldebt sees it in the checkout."""
        graph = _graph_of(self.origin or self.root)
        life, module = liveness(graph), graph.modules.get(path)
        return module is not None and (life.discovery.is_open(module) or path in life.plugins or path in life.handed_over)

    def is_of_package(self, path: str) -> bool:
        """Whether the file is part of what a package offers, without being run in production here, as mldebt sees it in the checkout."""
        module = _graph_of(self.origin or self.root).modules.get(path)
        return module is not None and module.is_packaged and not module.production

    def archetype_of(self, path: str) -> str:
        """What kind of project the file belongs to, as mldebt sees it in the checkout: `application`, `library`, `tutorial` …"""
        return _graph_of(self.origin or self.root).archetype_of(path)

    def by_hand(self) -> list[Source]:
        """Free scripts that nothing imports or runs, and that are no tasks of an orchestrator."""
        taken = {edge["to"] for edge in self.report["edges"] if edge["kind"] in ("imports", "invokes")}
        taken |= {unit["path"] for unit in self.report["units"] if "ORCH" in unit.get("roles", ()) or "/dags/" in f"/{unit['path']}"}
        return [s for s in self.sources() if "__main__" in s.text and not s.path.endswith("__init__.py") and s.path not in taken]

    def are_told_together(self, *sources: Source) -> bool:
        """Does one text (prose, workflow, recipe, settings) name two of the files? Then it may tell their order."""
        names = {Path(source.path).name for source in sources}
        return len(names) < len(sources) or any(sum(name in text for name in names) > 1 for text in self.told)

    @cached_property
    def told(self) -> list[str]:
        suffixes = (".md", ".rst", ".sh", ".yml", ".yaml", ".toml", ".cfg", ".json")
        paths = [p for p in self.root.rglob("*") if p.suffix in suffixes or p.name in ("Makefile", "Dockerfile")]
        return [p.read_text(encoding="utf-8", errors="replace") for p in paths if p.is_file() and p.stat().st_size < 2_000_000]

    def callers_of(self, name: str) -> list[Source]:
        """The Python files of the copy, tests too, that say a word."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        paths = sorted({unit["path"] for unit in self.report["units"] if unit["path"].endswith(".py")})
        return [source for path in paths if (source := self.source(path)) is not None and word.search(source.text)]

    def source(self, path: str) -> Source | None:
        """The file at `path`, None unless it is Python that this interpreter parses."""
        try:
            text = (self.root / path).read_text(encoding="utf-8")
            return Source(path, text, ast.parse(text)) if path.endswith(".py") and "\r" not in text and "\f" not in text else None
        except (OSError, ValueError, SyntaxError, RecursionError):
            return None

    def write(self, path: str, text: str) -> None:
        """The file at `path` with the new text. Raises SyntaxError for Python that does not parse, NoPlaceError for an ignored file."""
        if path.endswith(".py"):
            ast.parse(text)
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if path not in walk(self.root, MAX_FILES).files:
            raise NoPlaceError(path)
        self.taken.add(path)

    def find_text(self, pattern: str) -> bool:
        """Does any text file of the copy say `pattern`?"""
        return any(re.search(pattern, text) for text in self._texts())

    def _texts(self) -> Iterator[str]:
        for path in self.root.rglob("*"):
            if path.is_file() and ".git/" not in f"{path}" and path.stat().st_size < 2_000_000:
                try:
                    yield path.read_text(encoding="utf-8")
                except (OSError, ValueError):
                    continue


@lru_cache(maxsize=1)
def _graph_of(root: Path) -> SystemGraph:
    return scan_graph(root, Settings(history=False))


Injector = Callable[[Checkout], Injected | None]
"""Puts one debt in and says where; None when the copy offers no place for it."""


def anchored(path: str, target: str) -> str:
    """An expression that names `target`, seen from the repository's root, in the file at `path`, wherever that is run from."""
    return f'Path(__file__).resolve().parents[{path.count("/")}] / "{target}"'


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def spliced(source: Source, line: int, added: str, *, replaced: int = 0) -> str:
    """The text with `added` before 1-based `line`, `replaced` lines from there on left out."""
    lines = source.lines
    return "".join([*lines[: line - 1], added, *lines[line - 1 + replaced :]])


def after_imports(source: Source) -> int:
    """The 1-based line after the last import at the top of the module."""
    last = 0
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            last = node.end_lineno or last
        else:
            break
    return last + 1
