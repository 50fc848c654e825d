"""OmegaConf: configurations created, merged and converted in code. Source: omegaconf.readthedocs.io ("Usage", "Structured config")."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, product
from typing import TYPE_CHECKING

from analyzer.link.configuration import key_paths
from analyzer.link.configuration.made_in_code import from_words, tree_of
from analyzer.link.configuration.trees import Tree, merged
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Many, Pattern, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

PREFIX = "omegaconf.OmegaConf."
_SAME = frozenset("to_container to_object masked_copy structured resolve create to_yaml".split())


def call_of(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """What `OmegaConf.name(…)` gives; None when it is not modelled or nothing is known of its arguments."""
    if not name.startswith(PREFIX):
        return None
    last = name[len(PREFIX) :]
    if last in _SAME:
        # a structured configuration is its class: the fields have their defaults
        return (evaluator.value(call.args[0], where) if call.args else ()) or None
    modelled = _MODELLED.get(last)
    return modelled(evaluator, call, where) if modelled is not None else None


def _merge(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    groups = [evaluator.value(argument, where)[:3] for argument in call.args[:8]]
    return merged_values(evaluator, groups, call, where)


def merged_values(evaluator: Asking, groups: list[Alternatives], call: Call, where: Where) -> Alternatives | None:
    """Several configurations laid upon each other, the last on top; those of which nothing is known leave no trace."""
    found: list[Abstract] = []
    for number, combination in enumerate(islice(product(*groups), 4)):
        tree: Tree = {}
        known = False
        for value in combination:
            given = tree_of(evaluator, value, where)
            if given is not None:
                tree, known = merged(tree, given), True
        if known:
            found.append(ConfigNode(evaluator.configurations.add(f"{where.path}:{call.line}:{id(call)}:{number}", tree)))
    return capped(found) if found else None


def _dotlist(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    words: list[str] = []
    for value in evaluator.value(call.args[0], where) if call.args else ():
        for item in value.items if isinstance(value, Many) else ():
            if isinstance(item, Pattern) and item.text is not None:
                words.append(item.text)
    return _of_words(evaluator, words, call, where) if words else None


def _command_line(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if call.args:
        return _dotlist(evaluator, call, where)
    lines = list(dict.fromkeys(line.words for line in evaluator.command_lines.of(where.path)))[:4]
    return capped([node for words in lines for node in _of_words(evaluator, list(words), call, where)]) if lines else None


def _of_words(evaluator: Asking, words: list[str], call: Call, where: Where) -> Alternatives:
    name = f"{where.path}:{call.line}:{id(call)}:{' '.join(words)}"
    return (ConfigNode(evaluator.configurations.add(name, from_words([word.lstrip("-") for word in words]))),)


def _select(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if len(call.args) < 2:
        return None
    default = dict(call.keywords).get("default")
    found: list[Abstract] = []
    for node in evaluator.value(call.args[0], where):
        for key in evaluator.value(call.args[1], where):
            if isinstance(node, ConfigNode) and isinstance(key, Pattern) and key.text is not None:
                found.extend(key_paths.value_at(evaluator, node, key.text))
    return capped(found) if found else evaluator.value(default, where) if default is not None else None


_MODELLED: dict[str, Callable[[Asking, Call, Where], Alternatives | None]] = {
    "merge": _merge,
    "unsafe_merge": _merge,
    "from_dotlist": _dotlist,
    "from_cli": _command_line,
    "select": _select,
}
