"""Files of one component whose authors have agreed on what they touch of each other."""

from __future__ import annotations

from collections import defaultdict

from analyzer.graph.system import ImportLink, Module, SystemGraph
from analyzer.read.values import Name, last_name


def is_agreed(graph: SystemGraph, owner: str, user: str) -> bool:
    """Does the owner know that the user touches its objects?

    It does when it makes objects of the user's classes and hands `self` to them, or a comment of it names a method of such a class.
    """
    classes = {scope.name for scope in graph.modules[user].facts.scopes if scope.kind == "class"}
    return not classes.isdisjoint(graph.modules[owner].facts.pointed_to) or user in graph.once(_Parts).of(graph.modules[owner])


class _Parts:
    """Files whose classes a file makes its parts of."""

    def __init__(self, graph: SystemGraph) -> None:
        self._links: dict[str, list[ImportLink]] = defaultdict(list)
        for link in graph.imports:
            self._links[link.importer].append(link)

    def of(self, owner: Module) -> set[str]:
        made = {last_name(call.func) for call in owner.facts.calls if any(_is_self(value) for value in call.args)}
        made |= {last_name(call.func) for call in owner.facts.calls if any(_is_self(value) for _, value in call.keywords)}
        return {link.target for link in self._links[owner.path] if link.target and (link.fact.bound or link.fact.name) in made}


def _is_self(value: object) -> bool:
    return isinstance(value, Name) and value.id == "self"
