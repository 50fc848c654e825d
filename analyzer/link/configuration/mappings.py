"""`**mapping` in calls and dictionaries, and the constructors that make mappings of keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.configuration import key_paths
from analyzer.link.configuration.omegaconf import merged_values
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Instance, Sym, Table, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def spread(evaluator: Asking, call: Call, where: Where, name: str) -> tuple[Alternatives, bool]:
    """What the `**mapping`s of a call pass under a name, and whether all that they hold is known."""
    found: list[Abstract] = []
    is_known = True
    for keyword, value in call.keywords:
        for mapping in evaluator.value(value, where) if keyword == "**" else ():
            if isinstance(mapping, ConfigNode):
                found.extend(key_paths.value_at(evaluator, mapping, name))
            elif isinstance(mapping, Table):
                found.extend(item for key, item in mapping.entries if key == name)
                is_known = is_known and not mapping.rest
            elif isinstance(mapping, Sym) and len(mapping.ops) <= 6:
                found.append(mapping.then("item", name))
            else:
                is_known = False
    return capped(found), is_known


def entries(evaluator: Asking, values: Alternatives) -> list[tuple[str, Abstract]]:
    """The entries of mappings that are spread into a dictionary; [] when they are not known."""
    found: list[tuple[str, Abstract]] = []
    for mapping in values:
        if isinstance(mapping, Table):
            found.extend(mapping.entries)
        elif isinstance(mapping, ConfigNode):
            found.extend((key, value) for key, inner in key_paths.children(evaluator, mapping) for value in inner)
    return found


def of_keywords(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`dict(a=1, **other)`, `SimpleNamespace(**cfg)`: the keywords as a mapping; the configuration itself when it is all there is."""
    own = Table(tuple((name, item) for name, value in call.keywords if name != "**" for item in evaluator.value(value, where)[:2]))
    groups: list[Alternatives] = []
    for name, value in call.keywords:
        if name == "**":
            groups.append(tuple(item for item in evaluator.value(value, where) if isinstance(item, (Table, ConfigNode, Instance, Sym))))
    if not groups or not all(groups):
        return (own,)
    if len(groups) == 1 and not own.entries:
        return groups[0]
    return merged_values(evaluator, [*groups, (own,)], call, where)
