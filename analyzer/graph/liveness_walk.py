"""How life spreads over the definitions of a repository: from what runs to everything that it leads to."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyzer.graph.namespaces import Node

if TYPE_CHECKING:
    from analyzer.graph.liveness import Liveness

PLAIN = re.compile(r"[a-z]+\Z")
"""A word that may mean anything: only who looks names up at run time names a definition by it."""


class Walk:
    """One spread of life over the definitions."""

    def __init__(self, liveness: Liveness) -> None:
        self._life = liveness
        self._names = liveness.names
        self._modules = liveness.graph.modules
        self._live: set[Node] = set()
        self._attributes: set[str] = set()
        self._words: set[str] = set()
        self._queue: deque[Node] = deque()
        self._held: list[Node] | None = None
        """What notebooks define, while they are left out."""

    def run(self, paths: Iterable[str]) -> frozenset[Node]:
        """What is reached when the modules at `paths` run as well."""
        for path in paths:
            self.enter(path)
        while self._queue:
            node = self._queue.popleft()
            if isinstance(node[1], int):
                self._visit(node)
        return frozenset(self._live)

    def run_without_notebooks(self, paths: Iterable[str]) -> frozenset[Node]:
        """What is reached when the modules at `paths` run as well, though no notebook by a name that it shares with something else."""
        self._held = []
        reached = self.run(paths)
        held, self._held = self._held, None
        for path, what in held:
            if what == 0:
                self.enter(path)
            else:
                self.push((path, what))
        return reached

    def push(self, node: Node) -> None:
        if self._held is not None and self._modules[node[0]].is_notebook:
            self._held.append(node)
            return
        if node not in self._live:
            self._live.add(node)
            self._queue.append(node)
            if node[1] != 0:
                self.enter(node[0])

    def enter(self, path: str) -> None:
        """The module's body runs, and those of the packages around it."""
        if self._held is not None and path in self._modules and self._modules[path].is_notebook:
            self._held.append((path, 0))
            return
        if (path, 0) not in self._live and path in self._modules:
            self._live.add((path, 0))
            self._queue.append((path, 0))
            for package in self._names.packages_of(path):
                self.enter(package)

    def _visit(self, node: Node) -> None:
        out = self._life.outgoing(node)
        for path in out.modules:
            self.enter(path)
        for target in out.nodes:
            self.push(target)
        for name, child in out.methods:
            if name in self._attributes:
                self.push(child)
        for name in out.attributes:
            self.attribute(name)
        for name in out.anywhere:
            self.by_name(name)
        for word in out.words:
            self.word(word, out.loads)

    def word(self, word: str, may_load: bool) -> None:
        """A string that names something: a registry's key, a dotted name, an argument of `getattr`."""
        if word in self._words:
            return
        if word.startswith("*") or word.endswith("*"):
            self._words.add(word)
            for name in self._life.matching(word):
                self.attribute(name)
                self.by_name(name)
            return
        self.attribute(word)
        if may_load or not PLAIN.match(word):
            self._words.add(word)
            self.by_name(word)

    def by_name(self, name: str) -> None:
        for node in self._names.by_name.get(name, ()):
            self.push(node)

    def attribute(self, name: str) -> None:
        """`.name` of something unknown: every method of that name in a living class."""
        if name in self._attributes:
            return
        self._attributes.add(name)
        for path, number in self._names.methods.get(name, ()):
            if isinstance(number, int) and (path, self._modules[path].facts.scopes[number].parent) in self._live:
                self.push((path, number))
