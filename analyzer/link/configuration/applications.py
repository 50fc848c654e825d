"""Libraries that find the configuration of an application by themselves, by where its files stand.

Source: confuse.readthedocs.io ("Search paths": `config_default.yaml` beside the package's modules).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.link.domain import Alternatives, ClassRef, ConfigNode, External
from analyzer.link.where import Where

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

CONFUSE = frozenset({"confuse.Configuration", "confuse.LazyConfig"})
_BASES = CONFUSE | {
    "yacs.config.CfgNode", "fvcore.common.config.CfgNode", "ml_collections.ConfigDict", "ml_collections.config_dict.ConfigDict",
    "configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser", "easydict.EasyDict", "box.Box",
    "munch.Munch", "addict.Dict",
}  # fmt: skip
"""Classes for configuration that projects derive their own from."""
MAX_BASES = 6


def packaged_defaults(evaluator: Asking, path: str) -> str:
    """The defaults that confuse finds beside the module that makes the configuration, "" when there are none."""
    found = posixpath.join(posixpath.dirname(path), "config_default.yaml")
    return found if found in evaluator.configurations else ""


def confuse(evaluator: Asking, where: Where) -> Alternatives | None:
    path = packaged_defaults(evaluator, where.path)
    return (ConfigNode(path),) if path else None


def library_base(evaluator: Asking, cls: ClassRef) -> str:
    """The library's class for configuration that a class of the project derives from, "" for other classes."""
    current: ClassRef | None = cls
    for _ in range(MAX_BASES):
        if current is None:
            break
        scope = evaluator.program.facts[current.path].scopes[current.scope]
        at = Where(current.path, max(scope.parent, 0), scope.line, 0)
        bases = [base for given in scope.bases for base in evaluator.value(given, at)]
        found = next((base.name for base in bases if isinstance(base, External) and base.name in _BASES), "")
        if found:
            return found
        current = next((base for base in bases if isinstance(base, ClassRef) and base != current), None)
    return ""
