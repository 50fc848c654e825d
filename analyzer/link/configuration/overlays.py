"""Files that code merges into a configuration object: `cfg.merge_from_file(path)`.

Source: github.com/rbgirshick/yacs; `_BASE_` names the file that a file starts from (fvcore, detectron2).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from analyzer.link.configuration.trees import Tree, child, merged
from analyzer.link.domain import ConfigNode
from analyzer.link.where import Where
from analyzer.read.values import Attr

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_BASES = 8


def merged_into(evaluator: Asking, name: str) -> list[ConfigNode]:
    """The configurations that some call of the program merges into the object `name`."""
    if evaluator.overlays is None:
        evaluator.overlays = {}
        found = _all(evaluator)
        evaluator.overlays = found
    return evaluator.overlays.get(name, [])


def _all(evaluator: Asking) -> dict[str, list[ConfigNode]]:
    from analyzer.link.configuration import loaders

    found: dict[str, list[ConfigNode]] = {}
    for path, facts in evaluator.program.facts.items():
        for call in facts.calls:
            if not (isinstance(call.func, Attr) and call.func.name in ("merge_from_file", "merge_from_other_cfg") and call.args):
                continue
            where = Where(path, call.scope, call.at, call.block)
            files = [node for value in evaluator.value(call.args[0], where) for node in loaders.config_nodes(evaluator, value, path)]
            for receiver in evaluator.value(call.func.value, where) if files else ():
                if isinstance(receiver, ConfigNode):
                    found.setdefault(receiver.path, []).extend(
                        _with_base(evaluator, file) for file in files if isinstance(file, ConfigNode)
                    )
    return found


def _with_base(evaluator: Asking, node: ConfigNode) -> ConfigNode:
    """A file laid upon the files that it names as its base."""
    chain: list[Tree] = []
    path = node.path
    for _ in range(MAX_BASES):
        tree = evaluator.configurations.at(path, "")
        if not isinstance(tree, dict):
            break
        chain.append(tree)
        base = child(tree, "_BASE_")
        text = base[0].value if isinstance(base, tuple) else None
        if not isinstance(text, str):
            break
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
    if len(chain) < 2:
        return node
    whole: Tree = {}
    for tree in reversed(chain):
        whole = merged(whole, tree)
    return ConfigNode(evaluator.configurations.add(f"{node.path} on its base", whole))
