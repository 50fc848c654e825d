"""Libraries that find the configuration of an application by themselves, by where its files stand.

Sources: confuse.readthedocs.io ("Search paths": `config_default.yaml` beside the package's modules); dynaconf.com ("Configuring Dynaconf",
"Settings files", "Layered environments": `default`, then `development`).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.link.configuration.trees import CASELESS, Tree, merged
from analyzer.link.domain import Alternatives, ClassRef, ConfigNode, External, Many, Pattern
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

CONFUSE = frozenset({"confuse.Configuration", "confuse.LazyConfig"})
_BASES = CONFUSE | {
    "yacs.config.CfgNode", "fvcore.common.config.CfgNode", "ml_collections.ConfigDict", "ml_collections.config_dict.ConfigDict",
    "configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser", "easydict.EasyDict", "box.Box",
    "munch.Munch", "addict.Dict",
}  # fmt: skip
"""Classes for configuration that projects derive their own from."""
DYNACONF = frozenset({"dynaconf.Dynaconf", "dynaconf.LazySettings"})
_DYNACONF_FILES = ("settings.toml", "settings.yaml", "settings.yml", "settings.json", "settings.ini")
MAX_BASES = 6


def packaged_defaults(evaluator: Asking, path: str) -> str:
    """The defaults that confuse finds beside the module that makes the configuration, "" when there are none."""
    found = posixpath.join(posixpath.dirname(path), "config_default.yaml")
    return found if found in evaluator.configurations else ""


def confuse(evaluator: Asking, where: Where) -> Alternatives | None:
    path = packaged_defaults(evaluator, where.path)
    return (ConfigNode(path),) if path else None


def dynaconf(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """What `Dynaconf(settings_files=[…])` loads, later files over earlier ones, the names of settings without case."""
    keywords = dict(call.keywords)
    given = keywords.get("settings_files", keywords.get("settings_file"))
    names: list[str] = []
    for value in evaluator.value(given, where) if given is not None else ():
        for item in value.items if isinstance(value, Many) else (value,):
            names.extend(item.text.split(",") if isinstance(item, Pattern) and item.text is not None else ())
    folder = posixpath.dirname(where.path)
    tree: Tree = {}
    for name in names or _DYNACONF_FILES:
        for base in dict.fromkeys((folder, "")):
            there = evaluator.configurations.at(posixpath.normpath(posixpath.join(base, name.strip())), "")
            if isinstance(there, dict):
                tree = merged(tree, _layers(there))
                break
    if not tree:
        return None
    return (ConfigNode(evaluator.configurations.add(f"{where.path}:{call.line}:{id(call)}", tree, CASELESS)),)


def _layers(tree: Tree) -> Tree:
    """A file's settings: of its environments `default` and `development` when it has them."""
    result: Tree = {}
    layers = [tree[name] for name in ("default", "development") if isinstance(tree.get(name), dict)]
    for layer in layers or [tree]:
        if isinstance(layer, dict):
            result = merged(result, {key.lower(): value for key, value in layer.items()})
    return result


def library_base(evaluator: Asking, cls: ClassRef) -> str:
    """The library's class for configuration that a class of the project derives from, "" for other classes."""
    return derives_from(evaluator, cls, _BASES)


def derives_from(evaluator: Asking, cls: ClassRef, names: frozenset[str]) -> str:
    """Which of the library classes `names` a class of the project derives from, "" for none."""
    current: ClassRef | None = cls
    for _ in range(MAX_BASES):
        if current is None:
            break
        scope = evaluator.program.facts[current.path].scopes[current.scope]
        at = Where(current.path, max(scope.parent, 0), scope.at, 0)
        bases = [base for given in scope.bases for base in evaluator.value(given, at)]
        found = next((base.name for base in bases if isinstance(base, External) and base.name in names), "")
        if found:
            return found
        current = next((base for base in bases if isinstance(base, ClassRef) and base != current), None)
    return ""
