"""Is a name used anywhere? Asked for a few names, so the facts are searched as bytes instead of being walked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

from analyzer.graph.system import SystemGraph


def mentions(graph: SystemGraph, names: Iterable[str]) -> Counter[str]:
    """How often code, configuration or steps of the repository mention each name, definitions of functions and classes aside.

    A mention may mean something else of that name: what is 0 is certain, what is more is not.
    """
    wanted = {name: re.compile(rb"(?<!\w)" + re.escape(name.encode("utf-8", "surrogatepass")) + rb"(?!\w)") for name in sorted(set(names))}
    found: Counter[str] = Counter(dict.fromkeys(wanted, 0))
    if not wanted:
        return found
    for module in graph.modules.values():
        # A row of a function's text says again what calls and assignments say.
        facts = msgspec.structs.replace(module.facts, clones=())
        _count(found, wanted, msgspec.msgpack.encode(facts))
        for scope in module.facts.scopes:
            for name in {part for part in scope.qualname.split(".") if part in wanted}:
                found[name] -= scope.qualname.split(".").count(name)
    for configured in (graph.configs, graph.steps):
        for each in configured.values():
            _count(found, wanted, msgspec.msgpack.encode(each))
    return found


def _count(found: Counter[str], wanted: dict[str, re.Pattern[bytes]], data: bytes) -> None:
    for name, pattern in wanted.items():
        if name.encode("utf-8", "surrogatepass") in data:
            found[name] += len(pattern.findall(data))
