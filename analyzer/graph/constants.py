"""Module constants: names bound once to a literal that nothing we can see binds again."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from analyzer.read.facts import LOCAL_KINDS, Assign, Call, Import, PythonFacts
from analyzer.read.values import Attr, Const, Name, Value

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_REBINDING = {"globals", "exec", "eval", "setattr", "vars", "locals"}
_SETTERS = {"setattr", "delattr", "object", "multiple"}

Key = tuple[str, str]
"""(last name of a module, name in it): what a use from outside is known by."""


def module_constant(graph: SystemGraph, module: Module, name: str) -> tuple[bool, object]:
    """(True, value) when `name` is a constant of `module`, else (False, None).

    A constant is assigned exactly once, at the top level, to a literal; it is not exported, and no function, other module or test
    that we see imports it, sets it or patches it by name. In a notebook nothing is a constant: its reader is asked to edit it.
    """
    assign = constant_assignment(graph, module, name)
    return (True, assign.value.value) if assign is not None and isinstance(assign.value, Const) else (False, None)


def constant_assignment(graph: SystemGraph, module: Module, name: str) -> Assign | None:
    """The assignment that makes `name` a constant of `module` (see `module_constant`), None when it is not one."""
    index = _index(graph)
    if module.path not in index.constants:
        index.constants[module.path] = _constants(module, index.touched)
    return index.constants[module.path].get(name)


def is_local(graph: SystemGraph, module: Module, scope: int, name: str) -> bool:
    """Whether `name`, used in `scope` of `module`, is bound by an enclosing function or class instead of by the module."""
    index = _index(graph)
    if module.path not in index.locals:
        index.locals[module.path] = _locals(module.facts)
    bound = index.locals[module.path]
    while scope > 0:
        if (scope, name) in bound:
            return True
        scope = module.facts.scopes[scope].parent
    return False


class ConstantIndex:
    """What has been worked out about one graph: uses from outside at once, the modules one by one as they are asked for."""

    def __init__(self, graph: SystemGraph) -> None:
        self.touched: set[Key] = set()
        self.constants: dict[str, dict[str, Assign]] = {}
        self.locals: dict[str, set[tuple[int, str]]] = {}
        for module in graph.modules.values():
            _note_touched(module, self.touched)


def _index(graph: SystemGraph) -> ConstantIndex:
    return graph.once(ConstantIndex)


# ---- one module ----------------------------------------------------------------------------------------------------


def _constants(module: Module, touched: set[Key]) -> dict[str, Assign]:
    facts, home = module.facts, _home(module)
    if module.is_notebook or _REBINDING.intersection(facts.dynamic) or (home, "*") in touched:
        return {}
    last_star = max((link.line for link in facts.imports if link.name == "*"), default=0)
    times = _bindings(facts)
    exported = set(facts.exports or ())
    return {
        a.target: a
        for a in facts.assigns
        if a.scope == 0 and a.block == 0 and a.kind in ("=", "ann") and isinstance(a.value, Const)
        and times[a.target] == 1 and a.line > last_star and a.target not in exported and (home, a.target) not in touched
    }  # fmt: skip


def _bindings(facts: PythonFacts) -> Counter[str]:
    """How often each name is bound in the module's own scope, `global` in a function counted as a binding."""
    times = Counter(a.target for a in facts.assigns if (a.scope == 0 and a.kind not in ("declared", *LOCAL_KINDS)) or a.kind == "global")
    times.update(_bound(link) for link in facts.imports if link.scope == 0)
    times.update(scope.qualname for scope in facts.scopes[1:] if scope.parent == 0)
    return times


def _locals(facts: PythonFacts) -> set[tuple[int, str]]:
    bound = {(a.scope, a.target) for a in facts.assigns if a.scope and a.kind not in ("global", *LOCAL_KINDS)}
    bound.update((link.scope, _bound(link)) for link in facts.imports if link.scope)
    bound.update((number, param.name) for number, scope in enumerate(facts.scopes) for param in scope.params)
    bound.update((scope.parent, scope.name) for scope in facts.scopes[1:] if scope.parent)
    return bound


# ---- uses from outside ---------------------------------------------------------------------------------------------


def _note_touched(module: Module, keys: set[Key]) -> None:
    """Add the names that `module` imports from, reads from, sets on or patches in another module."""
    facts = module.facts
    homes: dict[str, str] = {}
    for link in facts.imports:
        source = link.module.rpartition(".")[2] or _package(module, link.level)
        if link.name is not None:
            keys.add((source, link.name))
        homes[_bound(link)] = link.name or (source if link.bound else _bound(link))
    for dotted, _line in facts.attributes:
        keys.add(_attribute_key(dotted, homes))
    for assign in facts.assigns:
        if "." in assign.target and "[" not in assign.target and assign.target.partition(".")[0] in homes:
            keys.add(_attribute_key(assign.target, homes))
    for word in facts.words:
        owner, dot, name = word.replace(":", ".").rpartition(".")
        if dot and name.isidentifier():
            keys.add((owner.rpartition(".")[2], name))
    for call in facts.calls:
        if call.args and _last(call.func) in _SETTERS:
            keys.update(_set_by_call(call, homes))


def _set_by_call(call: Call, homes: dict[str, str]) -> set[Key]:
    """`setattr(mod, "NAME", …)`, `monkeypatch.setattr(mod, "NAME", …)`, `patch.object(mod, "NAME")`, `patch.multiple(mod, NAME=…)`."""
    owner = _last(call.args[0])
    owner = homes.get(owner, owner)
    if _last(call.func) == "multiple":
        return {(owner, keyword) for keyword, _value in call.keywords}
    name = call.args[1] if len(call.args) > 1 else None
    return {(owner, name.value)} if isinstance(name, Const) and isinstance(name.value, str) else set()


def _attribute_key(dotted: str, homes: dict[str, str]) -> Key:
    parts = dotted.split(".")
    parts[0] = homes.get(parts[0], parts[0])
    return (parts[-2], parts[-1])


def _last(value: Value) -> str:
    if isinstance(value, Attr):
        return value.name
    if isinstance(value, Name):
        return value.id
    return str(value.value).rpartition(".")[2] if isinstance(value, Const) else ""


def _bound(link: Import) -> str:
    return link.bound or link.name or link.module.partition(".")[0]


def _home(module: Module) -> str:
    path = PurePosixPath(module.path)
    return path.parent.name if path.stem == "__init__" else path.stem


def _package(module: Module, level: int) -> str:
    """Name of the package that `from .`, `from ..` … of `module` means."""
    parents = PurePosixPath(module.path).parents
    return parents[min(level, len(parents)) - 1].name if level else ""
