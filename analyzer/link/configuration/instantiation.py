"""Objects that a configuration describes: `_target_` names what is made or called, the keys beside it are its arguments.

Source: hydra.cc, "Instantiating objects with Hydra"; detectron2's LazyConfig works the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.link.configuration import hydra, key_paths
from analyzer.link.configuration.hydra_defaults import file_of, option_files
from analyzer.link.configuration.trees import leaves_below
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    ConfigNode,
    External,
    FunctionRef,
    Instance,
    ModuleRef,
    Pattern,
    Sym,
    Table,
    Unknown,
    capped,
)
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

INSTANTIATORS = frozenset({"hydra.utils.instantiate", "hydra.utils.call", "hydra.instantiate", "detectron2.config.instantiate"})
GETTERS = frozenset({"hydra.utils.get_class", "hydra.utils.get_method", "hydra.utils.get_object"})
TARGET = "_target_"
MAX_OPTIONS = 300
MAX_GIVEN = 4
"""More different values than this are no answer."""

Key = tuple[str, int]


def instantiated(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """What `hydra.utils.instantiate(cfg.x)` gives: an instance of the class that `cfg.x._target_` names, with `cfg.x` for its arguments."""
    if not call.args:
        return None
    found: list[Abstract] = []
    for value in evaluator.value(call.args[0], where):
        if name in GETTERS:
            text = value.text if isinstance(value, Pattern) else None
            found.extend(named_object(evaluator, text, where.path) if text else ())
        elif isinstance(value, ConfigNode):
            found.extend(object_of(evaluator, value, where.path))
        elif isinstance(value, Table):
            found.extend(_of_table(evaluator, value, where.path))
    return capped(found) if found else None


def object_of(evaluator: Asking, node: ConfigNode, importer: str) -> Alternatives:
    """The instance that a node describes; () when it has no target in the repository."""
    found: list[Abstract] = []
    for target in key_paths.member(evaluator, node, TARGET):
        text = target.text if isinstance(target, Pattern) else None
        for value in named_object(evaluator, text, importer) if text else ():
            if isinstance(value, ClassRef):
                found.append(Instance(value, ("", -1), node))
            elif isinstance(value, FunctionRef):
                found.extend(evaluator.called_with(value, node))
    return tuple(found)


def _of_table(evaluator: Asking, table: Table, importer: str) -> Alternatives:
    text = next((value.text for key, value in table.entries if key == TARGET and isinstance(value, Pattern)), None)
    return tuple(Instance(value) for value in (named_object(evaluator, text, importer) if text else ()) if isinstance(value, ClassRef))


def named_object(evaluator: Asking, dotted: str, importer: str) -> Alternatives:
    """What a dotted name means as seen from a file: a class or function of the repository, else something external."""
    parts = dotted.strip().split(".")
    if not 1 < len(parts) <= 12 or not all(part.isidentifier() for part in parts):
        return ()
    for length in range(len(parts) - 1, 0, -1):
        target = evaluator.program.target(importer, ".".join(parts[:length]))
        if target.status == "module":
            found: Alternatives = (ModuleRef(target.path),)
            for name in parts[length:]:
                found = capped([value for base in found for value in evaluator.attribute(base, name, Where(importer, 0, 1 << 30, 0))])
            return found
    return (External(dotted),)


# ---- who is made by which node ------------------------------------------------------------------------------------------------


Application = tuple[str, str, str, bool]
"""File, configuration folder, primary name, and whether the primary file comes before its defaults."""
Words = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Composed:
    """What one application composes under the words of its command lines."""

    words: Words
    chosen: dict[Key, list[ConfigNode]] = field(default_factory=dict)
    """Function → nodes that call it, by what the application composes as it is."""
    offered: dict[Key, list[ConfigNode]] = field(default_factory=dict)
    """By options of its groups that somebody may choose."""


class Targets:
    """Functions and constructors of the repository, and the nodes of composed configurations that call them.

    `known`: the same under other command lines; only the applications whose own command lines differ are looked at again.
    """

    def __init__(self, evaluator: Asking, known: Targets | None = None) -> None:
        self.evaluator = evaluator
        self.by_application: dict[Application, Composed] = {}
        for application in known.by_application if known is not None else applications(evaluator):
            lines = evaluator.command_lines.of(application[0])
            words = tuple(dict.fromkeys(line.words for line in lines))[: hydra.MAX_COMMANDS] or ((),)
            done = known.by_application[application] if known is not None else None
            self.by_application[application] = done if done is not None and done.words == words else self._composed(application, words)
        self.chosen = _together(composed.chosen for composed in self.by_application.values())
        self.offered = _together(composed.offered for composed in self.by_application.values())

    def _composed(self, application: Application, words: Words) -> Composed:
        path, folder, name, self_first = application
        facts = self.evaluator.configurations.facts
        made = Composed(words)
        used: set[str] = set()
        for given in words:
            self._note(path, hydra.node_of(self.evaluator, folder, name, given, self_first), made.chosen, used)
        for group, option, file in option_files(facts, folder)[:MAX_OPTIONS]:
            if file not in used and any(key.rpartition(".")[2] == TARGET for key, _, _ in facts[file].leaves):
                node = hydra.node_of(self.evaluator, folder, name, (f"+{group}={option}",), self_first)
                self._note(path, node, made.offered, set(), only=file)
        return made

    def _note(self, path: str, node: ConfigNode, into: dict[Key, list[ConfigNode]], used: set[str], only: str = "") -> None:
        tree = self.evaluator.configurations.at(node.path, "")
        for key, leaf in leaves_below(tree) if isinstance(tree, dict) else ():
            used.add(leaf.path)
            if key.rpartition(".")[2] != TARGET or not isinstance(leaf.value, str) or (only and leaf.path != only):
                continue
            inner = ConfigNode(node.path, key.rpartition(".")[0])
            for value in named_object(self.evaluator, leaf.value, path):
                function = constructor(self.evaluator, value)
                if function is not None:
                    nodes = into.setdefault((function.path, function.scope), [])
                    if inner not in nodes:
                        nodes.append(inner)

    def passed(self, function: Key, param: str) -> Alternatives:
        """What the nodes that call a function pass for a parameter; () when none does."""
        found: list[Abstract] = []
        for node in self.chosen.get(function) or self.offered.get(function) or ():
            values = key_paths.value_at(self.evaluator, node, param)
            for value in values:
                made = object_of(self.evaluator, value, function[0]) if isinstance(value, ConfigNode) else ()
                found.extend(made or (value,))
        return capped(found)


def _together(parts: Iterable[Mapping[Key, list[ConfigNode]]]) -> dict[Key, list[ConfigNode]]:
    found: dict[Key, dict[ConfigNode, None]] = {}
    for part in parts:
        for function, nodes in part.items():
            found.setdefault(function, {}).update(dict.fromkeys(nodes))
    return {function: list(nodes) for function, nodes in found.items()}


def constructor(evaluator: Asking, value: Abstract) -> FunctionRef | None:
    """The function that runs when `value` is called: itself, or the `__init__` of a class or of the nearest base that has one."""
    if isinstance(value, FunctionRef):
        return value
    for _ in range(6):
        if not isinstance(value, ClassRef):
            return None
        symbols = evaluator.program.symbols(value.path)
        initial = symbols.children.get(value.scope, {}).get("__init__")
        if initial is not None:
            return FunctionRef(value.path, initial, Instance(value))
        scope = symbols.facts.scopes[value.scope]
        at = Where(value.path, max(scope.parent, 0), scope.at, 0)
        value = next((base for given in scope.bases for base in evaluator.value(given, at) if isinstance(base, ClassRef)), External(""))
    return None


def applications(evaluator: Asking) -> list[Application]:
    """Every Hydra application whose primary file is checked in."""
    found = []
    for path, facts in sorted(evaluator.program.facts.items()):
        for scope in facts.scopes:
            if scope.kind == "function" and scope.decorators:
                for decorator in scope.decorators:
                    call = hydra.decorated_call(evaluator, path, decorator)
                    if call is None:
                        continue
                    folder, name = hydra.primary_file(evaluator, path, call)
                    place = hydra.checked_in(evaluator, folder, name) if name else ""
                    if name and file_of(evaluator.configurations.facts, place, name):
                        found.append((path, place, name, hydra.is_self_first(call)))
    return found


def made_of(evaluator: Asking, value: Abstract, importer: str) -> Alternatives:
    """An argument that describes an object itself is that object; other values stay."""
    if isinstance(value, ConfigNode):
        return object_of(evaluator, value, importer) or (value,)
    return (value,)


def passed(evaluator: Asking, sym: Sym) -> Alternatives:
    """What the configurations that the repository's applications compose pass for a parameter; () when they make nothing of it."""
    if evaluator.targets is None:
        evaluator.targets = Targets(evaluator)
    found = evaluator.targets.passed(sym.function, sym.param)
    distinct = [value for value in found if not isinstance(value, Unknown)]
    return found if len(distinct) <= MAX_GIVEN else ()
