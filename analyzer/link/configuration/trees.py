"""Configuration as trees of keys: of a file, of several files merged, or of what code puts together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Union

from analyzer.link.domain import Alternatives
from analyzer.link.where import Where
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.values import Value

Scalar = Union[str, int, float, bool, None]
CASELESS = "caseless"
"""Kind of a tree whose first keys are written in lower case and asked for in any (dynaconf)."""
MAX_DEPTH = 40
MAX_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Pending:
    """An expression of the code, to be evaluated when its key is asked for: it may refer to the tree that it is part of."""

    value: Value
    where: Where


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value of a configuration: as a file has it, or as code makes it (alternatives); `path` and `line` tell where."""

    value: Scalar | Alternatives | Pending
    path: str = ""
    line: int = 0


Tree = dict[str, Union["Tree", tuple[Leaf, ...]]]
"""Keys in order; a list has its positions for keys. Several leaves under one key are alternatives (documents of one YAML file)."""


@dataclass(slots=True)
class Configuration:
    """One tree under the name that a `ConfigNode` gives for it."""

    name: str
    kind: str
    """How it is written (`yaml`, `ini`, …), which says what interpolation means."""
    root: Tree = field(default_factory=dict)


class Configurations:
    """The configuration files of a repository, each made a tree when it is first asked for, and the trees that are made of them."""

    def __init__(self, facts: Mapping[str, ConfigFacts], files: dict[str, Configuration] | None = None) -> None:
        self.facts = facts
        self._files = files if files is not None else {}
        """What files alone decide."""
        self._made: dict[str, Configuration] = {}

    def of_files(self) -> Configurations:
        """The same files without the trees that code makes, for a look at the code under other command lines."""
        return Configurations(self.facts, self._files)

    def __contains__(self, name: str) -> bool:
        return name in self._made or name in self._files or name in self.facts

    def get(self, name: str) -> Configuration | None:
        found = self._made.get(name) or self._files.get(name)
        if found is None and (facts := self.facts.get(name)) is not None:
            found = self._files[name] = Configuration(name, facts.kind, tree_of(facts, name))
        return found

    def add(self, name: str, root: Tree, kind: str = "yaml") -> str:
        """Keep a tree that code puts together; the same name means the same tree."""
        self._made[name] = Configuration(name, kind, root)
        return name

    def add_composed(self, name: str, root: Tree) -> str:
        """Keep a tree that is put together of files and of words that its name says."""
        self._files[name] = Configuration(name, "yaml", root)
        return name

    def at(self, name: str, key: str) -> Tree | tuple[Leaf, ...] | None:
        """What stands at a dotted key; the whole tree at ""."""
        found = self.get(name)
        return None if found is None else child(found.root, key)


def tree_of(facts: ConfigFacts, path: str) -> Tree:
    root: Tree = {}
    for key, value, line in facts.leaves:
        put(root, key.split("."), (Leaf(value, path, line),), keep=True)
    return root


def put(root: Tree, keys: list[str], leaves: tuple[Leaf, ...], keep: bool = False) -> None:
    """Set a key; `keep` adds to the alternatives that are there instead of replacing them."""
    current = root
    for key in keys[:-1][:MAX_DEPTH]:
        below = current.get(key)
        if not isinstance(below, dict):
            below = current[key] = {}
        current = below
    last = keys[-1]
    there = current.get(last)
    if keep and isinstance(there, tuple):
        leaves = (*there, *leaves)[:6]
    if not (keep and isinstance(there, dict)):
        current[last] = leaves


def child(tree: Tree, key: str) -> Tree | tuple[Leaf, ...] | None:
    """What a dotted key leads to; None when nothing does."""
    current: Tree | tuple[Leaf, ...] | None = tree
    for part in key.split(".") if key else ():
        if not isinstance(current, dict):
            return None
        current = current.get(part)
    return current


def merged(base: Tree, over: Tree) -> Tree:
    """`over` laid upon `base`, mappings together and lists replaced, as OmegaConf and dictionaries of settings do; neither is changed."""
    result: Tree = dict(base)
    for key, value in over.items():
        there = result.get(key)
        both = isinstance(there, dict) and isinstance(value, dict) and not is_list(there) and not is_list(value)
        result[key] = merged(there, value) if both and isinstance(there, dict) and isinstance(value, dict) else value
    return result


def below(prefix: str, tree: Tree) -> Tree:
    """A tree put under a dotted package; itself for ""."""
    for part in reversed(prefix.split(".") if prefix else []):
        tree = {part: tree}
    return tree


def is_list(tree: Tree) -> bool:
    """Positions for keys: what was a list."""
    return bool(tree) and all(key.isdigit() for key in tree) and "0" in tree


def leaves_below(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Leaf]]:
    """Every leaf with its dotted key, in order, at most MAX_NODES."""
    stack: list[tuple[str, Tree | tuple[Leaf, ...]]] = [(prefix, tree)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        key, current = stack.pop()
        if isinstance(current, dict):
            stack.extend((f"{key}.{name}" if key else name, value) for name, value in reversed(current.items()))
        else:
            for leaf in current:
                yield key, leaf
