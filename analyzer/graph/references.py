"""Strings that name a module, class or function of the repository: registries filled by importlib, Hydra `_target_`, plug-in lists.

No import statement shows that such a module is used; without these edges everything behind a registry would look dead.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from analyzer.graph.system import Module
from analyzer.link.program import Program
from analyzer.model import Edge, Site
from analyzer.read.configuration_facts import ConfigFacts

DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?\Z")
"""`pkg.mod`, `pkg.mod.Class` or `pkg.mod:function`."""


def references(program: Program, modules: Mapping[str, Module], configs: Mapping[str, ConfigFacts]) -> list[Edge]:
    """Edges of kind `names` from a module or configuration file to the module that one of its strings names; each pair once."""
    found: dict[tuple[str, str], Edge] = {}
    for path, module in modules.items():
        for text in module.facts.texts:
            if text.role == "name":
                for target in _targets(program, path, text.value):
                    if target != path:
                        found.setdefault((path, target), Edge(path, target, "names", module.site(text.line), True))
    for path, config in configs.items():
        for _key, value, line in config.leaves:
            if isinstance(value, str) and len(value) <= 200 and DOTTED.match(value):
                for target in _targets(program, posixpath.join(posixpath.dirname(path), "x.py"), value):
                    found.setdefault((path, target), Edge(path, target, "names", Site(path, line), True))
    return [found[key] for key in sorted(found)]


def _targets(program: Program, importer: str, text: str) -> Iterator[str]:
    """The module that `pkg.mod`, `pkg.mod.Class` or `pkg.mod:function` names, when it is one of the repository and defines the rest."""
    parts = text.replace(":", ".").split(".")
    if parts[0] not in program.top_names:
        return
    for length in range(len(parts), 0, -1):
        target = program.target(importer, ".".join(parts[:length]))
        if target.status != "module" or target.path.endswith("/") or target.path not in program.facts:
            continue
        rest = parts[length:]
        if not rest or rest[0] in (program.exports(target.path) or ()):
            yield target.path
        return
