"""Gin: parameters of configurables that bindings in `.gin` files give.

Source: github.com/google/gin-config, docs/index.md. Bindings count when the code parses their file, a checked-in command line names it,
or every gin file of the repository says the same.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer.link.configuration.loaders import file_at
from analyzer.link.domain import Abstract, Alternatives, External, FunctionRef, Known, Many, Pattern, Unknown, capped, literal
from analyzer.link.where import Where
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import Call
from analyzer.read.values import CallRef, Const, Value, last_name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

PARSERS = frozenset({"gin.parse_config_file", "gin.parse_config_files_and_bindings", "gin.parse_config", "gin.parse_config_files"})
MAX_FILES = 200
MAX_GIVEN = 3
_MARKS = ("configurable", "register")

Binding = tuple[str, str | int | float | bool | None]
"""(file, value)"""


class Bindings:
    """The bindings of a repository: configurable → parameter → values; of the loaded files first, else of all."""

    def __init__(self, evaluator: Asking) -> None:
        self.evaluator = evaluator
        self.loaded: dict[str, dict[str, list[Binding]]] = {}
        self.all: dict[str, dict[str, list[Binding]]] = {}
        facts = evaluator.configurations.facts
        files = [path for path, read in sorted(facts.items()) if read.kind == "gin"][:MAX_FILES]
        known = _with_includes(_loaded_files(evaluator, files), files, facts) if files else set()
        for path in files:
            for key, value, _ in facts[path].leaves:
                configurable, parameter = _split(key)
                _put(self.all, configurable, parameter, (path, value))
                if path in known:
                    _put(self.loaded, configurable, parameter, (path, value))

    def of(self, configurable: str, parameter: str) -> Alternatives:
        """What bindings give for a parameter (macros: configurable ""); () when none does, or files that may not be loaded differ."""
        name = configurable.rpartition(".")[2]
        bound = self.loaded.get(name, {}).get(parameter)
        others = self.all.get(name, {}).get(parameter, [])
        if bound is None and len({value for _, value in others}) == 1:
            bound = others
        values = [value for _, value in bound or ()]
        found = [made for value in dict.fromkeys(values) for made in self._value(value, 0)]
        return capped(found) if len(found) <= MAX_GIVEN else ()

    def _value(self, value: str | int | float | bool | None, depth: int) -> Alternatives:
        if not isinstance(value, str):
            return (Known(value),)
        if value.startswith("%") and depth < 4:
            for name in (value[1:], value[1:].rpartition("/")[2]):
                group = self.loaded.get("", {}).get(name) or self.all.get("", {}).get(name, [])
                if group:
                    return capped([made for _, inner in group for made in self._value(inner, depth + 1)])
            return (Pattern(()),) if depth else (Unknown(value[1:], "configuration key"),)
        if value.startswith("@"):
            return (Unknown(value.strip("@()"), "configuration key"),)
        return (literal(value, "config"),)


def _split(key: str) -> tuple[str, str]:
    """(configurable, parameter) of a binding, scope and module taken off; ("", name) of a macro."""
    plain = key.rpartition("/")[2]
    head, dot, parameter = plain.rpartition(".")
    return (head.rpartition(".")[2], parameter) if dot else ("", key)


def _put(into: dict[str, dict[str, list[Binding]]], configurable: str, parameter: str, binding: Binding) -> None:
    into.setdefault(configurable, {}).setdefault(parameter, []).append(binding)


def _loaded_files(evaluator: Asking, files: list[str]) -> set[str]:
    found: set[str] = set()
    for path, facts in evaluator.program.facts.items():
        if not any(entry.module.partition(".")[0] == "gin" for entry in facts.imports):
            continue
        for call in facts.calls:
            last = last_name(call.func)
            if last.startswith("parse_config") and call.args:
                found.update(_named(evaluator, path, call, files))
    for lines in evaluator.command_lines.argv.values():
        for line in lines:
            for word in line.words:
                name = word.partition("=")[2] or word
                if name.endswith(".gin"):
                    found.update(_ending(name, files))
    return found


def _named(evaluator: Asking, path: str, call: Call, files: list[str]) -> set[str]:
    where = Where(path, call.scope, call.at, call.block)
    found: set[str] = set()
    for value in evaluator.value(call.args[0], where):
        for item in value.items if isinstance(value, Many) else (value,):
            text = item.text if isinstance(item, Pattern) else None
            if text is None or not text.endswith(".gin"):
                continue
            direct = file_at(evaluator, posixpath.normpath(text), path, isinstance(item, Pattern) and item.anchored)
            found.update({direct} if direct else _ending(text, files))
    return found


def _ending(name: str, files: list[str]) -> set[str]:
    """Gin looks for files below its search paths: the one file that ends with the name."""
    fits = [path for path in files if path == name or path.endswith("/" + name.lstrip("./"))]
    return set(fits) if len(fits) == 1 else set()


def _with_includes(found: set[str], files: list[str], facts: Mapping[str, ConfigFacts]) -> set[str]:
    pending = list(found)
    while pending:
        path = pending.pop()
        for key, value, _ in facts[path].leaves:
            if key == "include" and isinstance(value, str):
                beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), value))
                new = ({beside} if beside in files else _ending(value, files)) - found
                found |= new
                pending.extend(new)
    return found


def bound(evaluator: Asking, function: FunctionRef, parameter: str) -> Alternatives:
    """What gin gives for a parameter that a call leaves open; () for functions that are no configurables."""
    names = configurable_names(evaluator, function.path, function.scope)
    if not names:
        return ()
    if evaluator.bindings is None:
        evaluator.bindings = Bindings(evaluator)
    return next((found for name in names if (found := evaluator.bindings.of(name, parameter))), ())


def configurable_names(evaluator: Asking, path: str, scope: int) -> list[str]:
    """The names under which gin knows a function, or the class whose constructor it is."""
    facts = evaluator.program.facts[path]
    owner = facts.scopes[scope]
    if owner.name == "__init__" and facts.scopes[owner.parent].kind == "class":
        owner = facts.scopes[owner.parent]
    for decorator in owner.decorators:
        name = _decorated(evaluator, path, decorator, owner.name)
        if name:
            return [name]
    return []


def _decorated(evaluator: Asking, path: str, decorator: Value, own: str) -> str:
    call = facts_call(evaluator, path, decorator)
    func = call.func if call is not None else decorator
    last = last_name(func)
    if last not in _MARKS:
        return ""
    at = Where(path, 0, 1 << 30, 0)
    if not any(isinstance(value, External) and value.name.startswith("gin.") for value in evaluator.value(func, at)):
        return ""
    given = call.args[0] if call is not None and call.args else None
    return given.value if isinstance(given, Const) and isinstance(given.value, str) else own


def facts_call(evaluator: Asking, path: str, value: Value) -> Call | None:
    return evaluator.program.facts[path].calls[value.index] if isinstance(value, CallRef) else None


def macro(evaluator: Asking, values: Alternatives) -> Alternatives:
    """`gin.query_parameter("fn.param")` and `gin.query_parameter("%macro")`."""
    found: list[Abstract] = []
    if evaluator.bindings is None:
        evaluator.bindings = Bindings(evaluator)
    for value in values:
        text = value.text if isinstance(value, Pattern) else None
        if text is not None:
            configurable, parameter = _split(text.lstrip("%").removesuffix(".value").removesuffix("/macro"))
            found.extend(evaluator.bindings.of(configurable, parameter))
    return capped(found)


def placed(evaluator: Asking, value: Abstract) -> Abstract:
    """A gin file that is found below a search path, anchored; other values stay."""
    text = value.text if isinstance(value, Pattern) else None
    if text is None or not text.endswith(".gin"):
        return value
    files = [path for path, read in evaluator.configurations.facts.items() if read.kind == "gin"]
    found = _ending(posixpath.normpath(text), files)
    return Pattern((found.pop(),), value.via if isinstance(value, Pattern) else "literal", anchored=True) if found else value
