"""What `cfg[key]`, `cfg.key`, `cfg.get(key, default)` and loops over a configuration give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.link.configuration import environment, overlays
from analyzer.link.configuration.interpolation import interpolated, is_interpolated
from analyzer.link.configuration.made_in_code import OBJECT
from analyzer.link.configuration.trees import CASELESS, Configuration, Leaf, Pending, Tree, child, is_list
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ConfigNode,
    External,
    Hole,
    Known,
    Many,
    Pattern,
    Unknown,
    capped,
    literal,
)
from analyzer.link.where import Where
from analyzer.link.wording import with_via
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_METHODS = frozenset(
    "get items keys values pop update copy setdefault to_dict merge_from_file merge_from_list freeze defrost clone".split()
)
MAX_CHILDREN = 24
_SAME = frozenset("copy to_dict as_dict dict model_dump clone get_dict to_container asdict flatten".split())
_PLACEHOLDER = re.compile(
    r"^/?(?:[\w.-]+/)*?(?:path/to(?:/your|/the)?|your[_-][\w-]+)(?=/|$)|\b(?:PLACEHOLDER|CHANGE_?ME|YOUR_[A-Z_]+|FIXME)\b"
    r"|<[A-Za-z][\w /-]{2,40}>",
    re.IGNORECASE,
)
"""Text that people are asked to replace: it names nothing."""
_STANDS_IN = "placeholder of this key"
_MISSING = "???"
"""How OmegaConf marks a value that must be given."""


def member(evaluator: Asking, node: ConfigNode, key: str) -> Alternatives:
    """The value at `node.key`, the node itself when more stands below it, else a hole named after the key."""
    if key in _METHODS:
        return (Unknown(key, "attribute"),)
    found = value_at(evaluator, node, key)
    return found or (Unknown(f"{node.key}.{key}" if node.key else key, "configuration key"),)


def item(evaluator: Asking, node: ConfigNode, key: Abstract) -> Alternatives:
    """`node[key]`; a key that is not known may be any of the few that are there."""
    if isinstance(key, Pattern) and key.text is not None:
        return (
            member(evaluator, node, key.text) if key.text not in _METHODS else value_at(evaluator, node, key.text) or (Unknown(key.text),)
        )
    if isinstance(key, External):
        return (node,)  # confuse: `view.get(dict)` names a type
    if isinstance(key, Known) and isinstance(key.value, int) and not isinstance(key.value, bool):
        return member(evaluator, node, str(key.value)) if key.value >= 0 else _from_the_end(evaluator, node, key.value)
    found = [value for _, values in children(evaluator, node) for value in values]
    shown = f"{node.key}[{key.shown}]" if isinstance(key, Pattern) else node.key
    return tuple(found) if 0 < len(found) <= 4 else (Unknown(shown, "configuration key"),)


def elements(evaluator: Asking, node: ConfigNode, hint: str) -> Alternatives:
    """What a loop over the node yields: the items of a list, the keys of a mapping."""
    tree = evaluator.configurations.at(node.path, node.key)
    if not isinstance(tree, dict) or not tree:
        return (Unknown(hint and f"{hint}[…]", "loop variable"),)
    if is_list(tree):
        return capped([value for _, values in children(evaluator, node) for value in values])
    return capped([literal(key, "config") for key in list(tree)[:MAX_CHILDREN]])


def children(evaluator: Asking, node: ConfigNode) -> list[tuple[str, Alternatives]]:
    tree = evaluator.configurations.at(node.path, node.key)
    keys = list(tree)[:MAX_CHILDREN] if isinstance(tree, dict) else []
    return [(key, value_at(evaluator, node, key)) for key in keys]


def method(evaluator: Asking, node: ConfigNode, name: str, call: Call, where: Where) -> Alternatives | None:
    """The mapping's methods, and those by which configuration objects give themselves; None when not modelled."""
    if name in ("get", "pop", "setdefault", "get_value", "getstr", "getpath") and call.args:
        return _got(evaluator, node, call, where)
    if name == "items":
        pairs = tuple(Many((literal(key, "config"), value)) for key, values in children(evaluator, node) for value in values[:2])
        return (Many(pairs, ordered=False),)
    if name == "values":
        return (Many(tuple(value for _, values in children(evaluator, node) for value in values[:2]), ordered=False),)
    if name in ("sections", "options"):
        inner = evaluator.value(call.args[0], where) if call.args else ()
        return capped([found for key in inner for found in item(evaluator, node, key)]) if inner else (node,)
    return (node,) if name in _SAME or name == "keys" else None


def _got(evaluator: Asking, node: ConfigNode, call: Call, where: Where) -> Alternatives:
    keywords = dict(call.keywords)
    configuration = evaluator.configurations.get(node.path)
    is_option = configuration is not None and configuration.kind == "ini" and not node.key and len(call.args) > 1  # get(section, option)
    keys = call.args[: 2 if is_option else 1]
    default = call.args[len(keys)] if len(call.args) > len(keys) else keywords.get("default", keywords.get("fallback"))
    found: list[Abstract] = [node]
    for given in keys:
        found = [value for base in found for key in evaluator.value(given, where) for value in _item_of(evaluator, base, key)]
    if default is not None and all(isinstance(value, Unknown) or (isinstance(value, Known) and value.value is None) for value in found):
        return evaluator.value(default, where)
    return capped(found)


def _item_of(evaluator: Asking, base: Abstract, key: Abstract) -> Alternatives:
    return item(evaluator, base, key) if isinstance(base, ConfigNode) else (base,)


def _from_the_end(evaluator: Asking, node: ConfigNode, position: int) -> Alternatives:
    tree = evaluator.configurations.at(node.path, node.key)
    keys = list(tree) if isinstance(tree, dict) else []
    return member(evaluator, node, keys[position]) if -len(keys) <= position else (Unknown(node.key, "configuration key"),)


def value_at(evaluator: Asking, node: ConfigNode, key: str) -> Alternatives:
    """The values at `node.key`; () when nothing is there."""
    configuration = evaluator.configurations.get(node.path)
    if configuration is None:
        return ()
    full = f"{node.key}.{key}" if node.key else key
    if configuration.kind == CASELESS:
        first, dot, rest = full.partition(".")
        full = first.lower() + dot + rest
    if configuration.kind == OBJECT:
        given = [value for over in overlays.merged_into(evaluator, node.path) for value in value_at(evaluator, over, full)]
        telling: list[Abstract] = [value for value in given if not isinstance(value, ConfigNode)]
        if telling:
            return capped(telling)
    return _at(evaluator, configuration, full, 0)


def _at(evaluator: Asking, configuration: Configuration, key: str, depth: int) -> Alternatives:
    there = child(configuration.root, key)
    if there is None and configuration.kind == "ini":
        there = _ini_child(configuration.root, key)
    if there is None:
        return _through_reference(evaluator, configuration, key, depth)
    if isinstance(there, dict):
        return (ConfigNode(configuration.name, key),)
    return capped([value for leaf in there for value in _of_leaf(evaluator, configuration, key, leaf, depth)])


def _ini_child(root: Tree, key: str) -> tuple[Leaf, ...] | Tree | None:
    """configparser: option names have no case, and [DEFAULT] stands in for what a section lacks."""
    section, dot, option = key.partition(".")
    for name in (section, "DEFAULT") if dot else ():
        options = root.get(name)
        if isinstance(options, dict):
            found = next((value for other, value in options.items() if other.lower() == option.lower()), None)
            if found is not None:
                return found
    return None


def _through_reference(evaluator: Asking, configuration: Configuration, key: str, depth: int) -> Alternatives:
    """A key below one that is itself `${other}`."""
    head, dot, last = key.rpartition(".")
    if not dot or depth > 8:
        return ()
    if not isinstance(child(configuration.root, head), tuple):
        return ()
    found: list[Abstract] = []
    for value in _at(evaluator, configuration, head, depth + 1):
        if isinstance(value, ConfigNode):
            found.extend(value_at(evaluator, value, last))
    return capped(found)


def _of_leaf(evaluator: Asking, configuration: Configuration, key: str, leaf: Leaf, depth: int) -> Alternatives:
    value = leaf.value
    if isinstance(value, Pending):
        return tuple(with_via(found, "config") for found in evaluator.value(value.value, value.where))
    if isinstance(value, tuple):
        return value
    if not isinstance(value, str):
        return (Known(value),)
    if value == _MISSING:
        return ()
    value = _PLACEHOLDER.sub(f"${{{_STANDS_IN}}}", value) if _PLACEHOLDER.search(value) else value
    if not is_interpolated(value, configuration.kind):
        return (literal(value, "config"),)
    if depth > 8:
        return (Unknown(key, "recursive definition"),)
    return interpolated(
        value,
        configuration.kind,
        lambda name: _referred(evaluator, configuration, key, name, depth + 1),
        lambda name, default: environment.variable(evaluator, name, default),
    )


def _referred(evaluator: Asking, configuration: Configuration, key: str, name: str, depth: int) -> Alternatives:
    """What `${name}` in the value at `key` refers to: from the root, or with dots in front from the place of the value itself."""
    if name == _STANDS_IN:
        return (Pattern((Hole(key.rpartition(".")[2]),), "config"),)
    if name.startswith("."):
        dots = len(name) - len(name.lstrip("."))
        place = key.split(".")[:-dots] if dots else []
        full = ".".join([*place, name.lstrip(".")])
    elif configuration.kind == "ini" and "." not in name:
        full = f"{key.partition('.')[0]}.{name}"
    else:
        full = name.replace("[", ".").replace("]", "")
    return _at(evaluator, configuration, full, depth) if full.strip(".") else ()
