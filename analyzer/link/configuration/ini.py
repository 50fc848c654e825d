"""configparser: the files that a parser has read. Source: docs.python.org, "configparser"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.link.configuration import loaders
from analyzer.link.configuration.made_in_code import target_of
from analyzer.link.configuration.trees import Tree, merged
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Many, Sym, capped
from analyzer.link.where import Where
from analyzer.link.wording import hint_of
from analyzer.read.facts import Call
from analyzer.read.values import Attr

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

PARSERS = frozenset(
    "configparser.ConfigParser configparser.RawConfigParser configparser.SafeConfigParser ConfigParser.ConfigParser "
    "ConfigParser.SafeConfigParser six.moves.configparser.ConfigParser backports.configparser.ConfigParser".split()
)
_READERS = frozenset({"read", "read_file", "readfp"})


def read_by(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """What the parser that a call makes has read, by the `.read(…)` calls on its name in the same file; None when that is not known."""
    target = target_of(evaluator, where.path, call)
    if not target:
        return None
    files: list[Alternatives] = []
    for reading in _readings(evaluator, where.path, target, call):
        at = Where(where.path, reading.scope, reading.at, reading.block)
        files.extend(_files(evaluator, evaluator.value(reading.args[0], at), where.path))
    found = [group for group in files if group]
    if not found:
        return None
    return found[0] if len(found) == 1 else _together(evaluator, found, call, where)


def _readings(evaluator: Asking, path: str, target: str, call: Call) -> Iterator[Call]:
    for other in evaluator.program.facts[path].calls:
        is_near = "." in target or other.scope == call.scope or call.scope == 0
        if is_near and isinstance(other.func, Attr) and other.func.name in _READERS and other.args and hint_of(other.func.value) == target:
            yield other


def _files(evaluator: Asking, values: Alternatives, path: str) -> Iterator[Alternatives]:
    for value in values:
        for item in value.items if isinstance(value, Many) else (value,):
            for source in loaders.opened_path(evaluator, item):
                yield (source.then("loaded", ""),) if isinstance(source, Sym) else loaders.config_nodes(evaluator, source, path)


def _together(evaluator: Asking, files: list[Alternatives], call: Call, where: Where) -> Alternatives:
    """Files read one after another into one parser: the later ones win."""
    tree: Tree = {}
    others: list[Abstract] = []
    for group in files:
        for value in group[:1]:
            there = evaluator.configurations.at(value.path, value.key) if isinstance(value, ConfigNode) else None
            if isinstance(there, dict):
                tree = merged(tree, there)
            else:
                others.append(value)
    if not tree:
        return capped(others)
    return (ConfigNode(evaluator.configurations.add(f"{where.path}:{call.line}:{id(call)}", tree, "ini")),)
