"""Configuration that code puts together: dictionaries, classes with defaults, and objects that attributes are set on one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.configuration.interpolation import is_interpolated
from analyzer.link.configuration.trees import Leaf, Pending, Tree, put
from analyzer.link.domain import Abstract, ClassRef, ConfigNode, Instance, Known, Pattern, Sym, Table
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import CallRef, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_EMPTY_OBJECTS = frozenset(
    {"ConfigDict", "CfgNode", "CN", "EasyDict", "edict", "SimpleNamespace", "Namespace", "Munch", "AttrDict", "Box", "DictConfig"}
)
MAX_KEYS = 400
OBJECT = "object"
"""Kind of a tree that code sets key by key; files may be merged into it."""


def as_node(evaluator: Asking, value: Abstract, where: Where, call: Call) -> Abstract | None:
    """A mapping as a configuration: itself when nothing in it refers to other keys, else a tree in which `${…}` has a meaning."""
    if isinstance(value, ConfigNode):
        return value
    if isinstance(value, Table):
        return as_tree_node(evaluator, value, where, call) if _refers(value) else value
    if isinstance(value, (Instance, Sym)):
        return value
    return None


def as_tree_node(evaluator: Asking, value: Abstract, where: Where, call: Call) -> ConfigNode | None:
    tree = tree_of(evaluator, value, where)
    if tree is None:
        return None
    return ConfigNode(evaluator.configurations.add(f"{where.path}:{call.line}:{id(call)}", tree))


def _refers(table: Table, depth: int = 0) -> bool:
    if depth > 12:
        return False
    return any(
        (isinstance(value, Pattern) and value.text is not None and is_interpolated(value.text, ""))
        or (isinstance(value, Table) and _refers(value, depth + 1))
        for _, value in table.entries
    )


def tree_of(evaluator: Asking, value: Abstract, where: Where, depth: int = 0) -> Tree | None:
    """A value as a tree: dictionaries, nodes of other trees, instances of classes whose fields have defaults; None for others."""
    if depth > 12:
        return None
    if isinstance(value, ConfigNode):
        there = evaluator.configurations.at(value.path, value.key)
        return there if isinstance(there, dict) else None
    if isinstance(value, Table):
        tree: Tree = {}
        for key, item in value.entries[:MAX_KEYS]:
            below = tree_of(evaluator, item, where, depth + 1)
            if below is not None:
                tree[key] = below
            else:
                put(tree, [key], (_leaf(item),), keep=True)
        return tree
    if isinstance(value, (Instance, ClassRef)):
        return _of_class(evaluator, value, where, depth)
    return None


def _leaf(value: Abstract) -> Leaf:
    if isinstance(value, Pattern) and value.text is not None and is_interpolated(value.text, ""):
        return Leaf(value.text)
    return Leaf(value.value if isinstance(value, Known) else (value,))


def _of_class(evaluator: Asking, value: Instance | ClassRef, where: Where, depth: int) -> Tree:
    cls = value.cls if isinstance(value, Instance) else value
    base = value if isinstance(value, Instance) else Instance(value)
    tree: Tree = {}
    for assign in evaluator.program.facts[cls.path].assigns:
        if assign.scope == cls.scope and "." not in assign.target and assign.kind in ("=", "ann", "declared"):
            values = evaluator.attribute(base, assign.target, where)
            inner = tree_of(evaluator, values[0], where, depth + 1) if len(values) == 1 else None
            tree[assign.target] = inner if inner is not None else (Leaf(values),)
    return tree


def from_words(words: tuple[str, ...] | list[str]) -> Tree:
    """`a.b=c` words as a tree (`OmegaConf.from_dotlist`, what a command line overrides)."""
    tree: Tree = {}
    for word in words[:MAX_KEYS]:
        key, equals, text = word.partition("=")
        if equals and key.lstrip("+~-"):
            put(tree, key.lstrip("+-").split("."), (Leaf(scalar(text)),))
    return tree


def scalar(text: str) -> str | int | float | bool | None:
    """A value of an override: quotes off, null and numbers as such."""
    plain = text.strip()
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"":
        return plain[1:-1]
    if plain in ("null", "None", ""):
        return None if plain else ""
    if plain in ("true", "True", "false", "False"):
        return plain in ("true", "True")
    return int(plain) if plain.lstrip("-").isdigit() and len(plain) < 18 else plain


# ---- objects whose attributes are set one by one ----------------------------------------------------------------------------


def assigned_object(evaluator: Asking, name: str, call: Call, where: Where) -> ConfigNode | None:
    """`config = ConfigDict()` and the `config.a.b = …` that follow it in the same scope: a tree of what was set.

    Sources: ml_collections' and yacs' manuals. None when the call is no such constructor, or nothing is set on what it makes.
    """
    if name.rpartition(".")[2] not in _EMPTY_OBJECTS or (call.args and isinstance(call.args[0], CallRef)):
        return None
    key = f"{where.path}:{call.line}:{id(call)}"
    if key in evaluator.configurations:
        return ConfigNode(key)
    target = target_of(evaluator, where.path, call)
    if not target or "." in target:
        return None
    tree: Tree = {}
    for given in call.args[:1]:
        for value in evaluator.value(given, where):
            tree = tree_of(evaluator, value, where) or tree
    count = 0
    for assign in evaluator.program.facts[where.path].assigns:
        if assign.scope == call.scope and assign.target.startswith(f"{target}.") and assign.kind in ("=", "ann"):
            at = Where(where.path, assign.scope, assign.at, assign.block)
            _set(evaluator, tree, assign.target[len(target) + 1 :].split("."), assign.value, at)
            count += 1
    return ConfigNode(evaluator.configurations.add(key, tree, OBJECT)) if count or tree else None


def _set(evaluator: Asking, tree: Tree, keys: list[str], value: Value, where: Where) -> None:
    if isinstance(value, CallRef):
        call = evaluator.program.facts[where.path].calls[value.index]
        if (_last(call) in _EMPTY_OBJECTS or _last(call) == "dict") and not call.args:
            inner: Tree = {name: (Leaf(Pending(given, where)),) for name, given in call.keywords if name != "**"}
            _graft(tree, keys, inner)
            return
    put(tree, keys, (Leaf(Pending(value, where)),))


def _graft(tree: Tree, keys: list[str], inner: Tree) -> None:
    for key in keys:
        below = tree.get(key)
        if not isinstance(below, dict):
            below = tree[key] = {}
        tree = below
    tree.update(inner)


def _last(call: Call) -> str:
    return getattr(call.func, "name", "") or getattr(call.func, "id", "")


def target_of(evaluator: Asking, path: str, call: Call) -> str:
    """The name that the result of a call is given."""
    facts = evaluator.program.facts[path]
    for name, group in evaluator.program.symbols(path).assigns.get(call.scope, {}).items():
        if any(isinstance(assign.value, CallRef) and facts.calls[assign.value.index] is call for assign in group):
            return name
    return ""
