"""Hydra applications: the composed configuration that `@hydra.main` hands to a function, and what `hydra.compose` returns.

Source: hydra.cc ("Basic tutorials", "Compose API", "Instantiating objects with Hydra"). The folder is relative to the file of the decorated
function; a value that a checked-in command line overrides is the one that counts.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.link.configuration.hydra_defaults import compose, file_of
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, External, FunctionRef, Many, Pattern, Unknown
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import CallRef, Const, Value, last_name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_MAINS = frozenset({"hydra.main", "hydra.main.main", "nemo.core.config.hydra_runner"})
_PARAMETERS = frozenset({"config_path", "config_name"})
_INITIALISERS = frozenset(
    {"hydra.initialize", "hydra.initialize_config_dir", "hydra.experimental.initialize", "hydra.initialize_config_module"}
)
COMPOSERS = frozenset({"hydra.compose", "hydra.experimental.compose"})
_TEMPLATES = (".example", ".template", ".sample", ".dist", "_example", "-example", "_template", "_sample")
"""How people name the checked-in stand-in for a folder that everybody copies and fills."""
MAX_COMMANDS = 4


def parameter(evaluator: Asking, path: str, scope: int, name: str) -> Alternatives | None:
    """The composed configuration when `name` is the parameter of a function that `@hydra.main` decorates; else None."""
    owner = evaluator.program.facts[path].scopes[scope]
    positional = [param.name for param in owner.params if param.kind == "positional"]
    if not owner.decorators or positional[:1] != [name]:
        return None
    for decorator in owner.decorators:
        call = decorated_call(evaluator, path, decorator)
        if call is not None:
            return _composed(evaluator, path, call)
    return None


def decorated_call(evaluator: Asking, path: str, decorator: Value) -> Call | None:
    """The call of `hydra.main`, or of the project's own decorator around it, that a decorator is; None for others."""
    if not isinstance(decorator, CallRef):
        return None
    call = evaluator.program.facts[path].calls[decorator.index]
    last = last_name(call.func)
    if last != "main" and not any(name in _PARAMETERS for name, _ in call.keywords):
        return None
    where = Where(path, call.scope, call.at, call.block)
    return call if any(_is_main(evaluator, callee) for callee in evaluator.value(call.func, where)) else None


def _is_main(evaluator: Asking, callee: Abstract) -> bool:
    if isinstance(callee, External):
        return callee.name in _MAINS
    if not isinstance(callee, FunctionRef):
        return False
    facts = evaluator.program.facts[callee.path]
    taken = {param.name for param in facts.scopes[callee.scope].params}
    return taken >= _PARAMETERS and any(entry.module.partition(".")[0] == "hydra" for entry in facts.imports)


def primary_file(evaluator: Asking, path: str, call: Call) -> tuple[str, str]:
    """(folder, name) of the configuration that a `hydra.main` call names, as the code says it; name "" when it is not literal."""
    where = Where(path, call.scope, call.at, call.block)
    keywords = dict(call.keywords)
    folder = _text(evaluator, keywords.get("config_path", call.args[0] if call.args else None), where)
    name = _text(evaluator, keywords.get("config_name", call.args[1] if len(call.args) > 1 else None), where)
    anchored, text = folder
    base = "" if anchored or text.startswith("/") else posixpath.dirname(path)
    place = posixpath.normpath(posixpath.join(base, text)) if text else base
    return "" if place == "." else place, name[1]


def _text(evaluator: Asking, value: Value | None, where: Where) -> tuple[bool, str]:
    if value is None or (isinstance(value, Const) and value.value is None):
        return False, ""
    for found in evaluator.value(value, where):
        if isinstance(found, Pattern) and found.text is not None:
            return found.anchored, found.text
    return False, ""


def checked_in(evaluator: Asking, folder: str, name: str) -> str:
    """The folder that holds the primary file: the one the code names, or the only template beside it of which people make their own."""
    facts = evaluator.configurations.facts
    if file_of(facts, folder, name):
        return folder
    templates = [folder + suffix for suffix in _TEMPLATES if folder and file_of(facts, folder + suffix, name)]
    return templates[0] if len(templates) == 1 else ""


def _composed(evaluator: Asking, path: str, call: Call) -> Alternatives:
    folder, name = primary_file(evaluator, path, call)
    hole: Alternatives = (Unknown("config", "configuration not read"),)
    if not name:
        return hole
    place = checked_in(evaluator, folder, name)
    if not file_of(evaluator.configurations.facts, place, name):
        return hole
    self_first = is_self_first(call)
    commands = dict.fromkeys(line.words for line in evaluator.command_lines.of(path))
    return tuple(node_of(evaluator, place, name, words, self_first) for words in list(commands)[:MAX_COMMANDS] or [()])


def is_self_first(call: Call) -> bool:
    """Does the primary file come before its defaults where it has no `_self_`, as up to Hydra 1.1?"""
    version = dict(call.keywords).get("version_base")
    return version is None or (isinstance(version, Const) and version.value in ("1.0", "1.1"))


def node_of(evaluator: Asking, folder: str, name: str, words: tuple[str, ...], self_first: bool = False) -> ConfigNode:
    """The configuration composed of a folder's files with overrides, put together once."""
    for index, word in enumerate(words):
        other = words[index + 1] if word in ("--config-name", "-cn") and index + 1 < len(words) else word.partition("=")[2]
        if word.startswith(("--config-name", "-cn")) and file_of(evaluator.configurations.facts, folder, other):
            name = other
    key = f"hydra:{folder}/{name} {'_self_ ' if self_first else ''}{' '.join(words)}"
    if key not in evaluator.configurations:
        tree, _files = compose(evaluator.configurations.facts, folder, name, words, self_first)
        evaluator.configurations.add_composed(key, tree)
    return ConfigNode(key)


def composed_by_call(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`hydra.compose(config_name=…, overrides=[…])` after `hydra.initialize(config_path=…)` in the same file."""
    name = composed_name(evaluator, call, where)
    given = dict(call.keywords).get("overrides", call.args[1] if len(call.args) > 1 else None)
    words: tuple[str, ...] = ()
    for value in evaluator.value(given, where) if given is not None else ():
        if isinstance(value, Many):
            words = tuple(item.text for item in value.items if isinstance(item, Pattern) and item.text is not None)
    folder = initialised_folder(evaluator, where)
    if folder is None or not file_of(evaluator.configurations.facts, folder, name):
        return None
    return (node_of(evaluator, folder, name, words),)


def composed_name(evaluator: Asking, call: Call, where: Where) -> str:
    return _text(evaluator, dict(call.keywords).get("config_name", call.args[0] if call.args else None), where)[1]


def initialised_folder(evaluator: Asking, where: Where) -> str | None:
    """The folder that the last `hydra.initialize…` call before a point of the file names."""
    found = None
    for other in evaluator.program.facts[where.path].calls:
        if other.at > where.at and found is not None:
            break
        last = last_name(other.func)
        if not last.startswith("initialize"):
            continue
        at = Where(where.path, other.scope, other.at, other.block)
        if any(isinstance(callee, External) and callee.name in _INITIALISERS for callee in evaluator.value(other.func, at)):
            anchored, text = _text(
                evaluator,
                other.args[0] if other.args else dict(other.keywords).get("config_path", dict(other.keywords).get("config_dir")),
                at,
            )
            base = "" if anchored else posixpath.dirname(where.path)
            place = posixpath.normpath(posixpath.join(base, text))
            found = "" if place == "." else place
    return found
