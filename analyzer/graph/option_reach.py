"""Where the parsed options of a program go: the modules that can read them, so that a namesake elsewhere is no use of an option."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from analyzer.graph.project_calls import ProjectCalls
from analyzer.graph.system import project_imports
from analyzer.link.commandline.argparse_options import ARGUMENT_NAMES, PARSING
from analyzer.read.values import Attr, CallRef, Item, Map, Name, Seq, Star, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_SHOWS = frozenset("print pprint debug info warning log isinstance str repr vars len parse_args parse_known_args".split())
"""Calls that take the options as a whole and hand them to nobody."""
_INERT = (Attr, Item)
"""Of these a part is taken, not the whole."""
_COPIES = frozenset("items keys values copy pop update to_dict _get_kwargs _get_args".split())
_WAYS_OUT = frozenset({"globals", "locals", "exec", "eval", "getattr", "setattr", "import_module", "__dict__"})


class Reach:
    """Which modules see what a module parses; ask `graph.once(Reach)`."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        self.imports = graph.once(project_imports)
        self.importers: dict[str, list[str]] = defaultdict(list)
        for importer, targets in self.imports.items():
            for target in targets:
                self.importers[target].append(importer)

    def read_by(self, calls: ProjectCalls, module: Module, parsed: Callable[[ProjectCalls, Module], set[str]]) -> frozenset[str] | None:
        """Attributes and texts of the modules that can see the options parsed in `module`, and parameters where these are handed on; None
        when they may go anywhere. `parsed` gives the names that a module has for them.
        """
        users = self._closure(module.path, self.importers)
        hands_on = False
        for path in users:
            user = self.graph.modules[path]
            names = parsed(calls, user)
            if not _WAYS_OUT.isdisjoint(user.facts.dynamic) or (names and _escapes(calls, user, names)):
                return None
            hands_on = hands_on or (bool(names) and _hands_on(user, names))
        seen = [self.graph.modules[p].facts for p in ({q for u in users for q in self._closure(u, self.imports)} if hands_on else users)]
        given = {param.name for facts in seen for scope in facts.scopes for param in scope.params} if hands_on else set()
        return self.graph.once(_handed_in).union(given, *(facts.read_attributes for facts in seen), *(facts.words for facts in seen))

    def _closure(self, start: str, links: dict[str, list[str]] | dict[str, dict[str, None]]) -> set[str]:
        found, waiting = {start}, [start]
        while waiting:
            for path in links.get(waiting.pop(), ()):
                if path not in found and path in self.graph.modules:
                    found.add(path)
                    waiting.append(path)
        return found


def _handed_in(graph: SystemGraph) -> frozenset[str]:
    """What modules that parse nothing take of something named like parsed options: `args.warmup` of a parameter."""
    return frozenset(
        after
        for module in graph.modules.values()
        if not any(isinstance(call.func, Attr) and call.func.name in PARSING for call in module.facts.calls)
        for mention in module.facts.mentions
        for chain in mention.chains
        for holder, after in pairwise(chain.split("."))
        if holder in ARGUMENT_NAMES
    )


def _escapes(calls: ProjectCalls, module: Module, names: Collection[str]) -> bool:
    """Whether the options as a whole are kept, saved or handed to code that is not the repository's."""
    facts = module.facts
    for assign in facts.assigns:
        kept = assign.target.rpartition(".")[0] not in ("", "self") or assign.target.endswith("[]") or assign.kind == "update"
        if kept and _is_whole(facts.calls, assign.value, names):
            return True
        if isinstance(assign.value, (Map, Seq)) and any(_is_whole(facts.calls, part, names) for part in _parts(assign.value)):
            return True
    for call in facts.calls:
        func = call.func
        if isinstance(func, Attr) and func.name in _COPIES and last_name(func.value) in names:
            return True
        name = last_name(func)
        given = [*call.args, *(value for _, value in call.keywords)]
        direct = any(_is_whole(facts.calls, value, names) for value in given)
        if name in ("parse_args", "parse_known_args") and any(key == "namespace" for key, _ in call.keywords):
            return True
        if direct and name not in _SHOWS and not any(True for _ in calls.meant(module.path, call)):
            return True
        if any(_is_whole(facts.calls, part, names) for value in given for part in _parts(value)):
            return True
    return False


def _hands_on(module: Module, names: Collection[str]) -> bool:
    """Whether a call is given the options as a whole, or an object keeps them."""
    facts = module.facts
    if any(assign.target.startswith("self.") and _is_whole(facts.calls, assign.value, names) for assign in facts.assigns):
        return True
    return any(
        _is_whole(facts.calls, value, names)
        for call in facts.calls
        if last_name(call.func) not in _SHOWS
        for value in (*call.args, *(value for _, value in call.keywords))
    )


def _is_whole(made: tuple[object, ...], value: Value, names: Collection[str]) -> bool:
    """Whether a value is the options themselves, or `vars` of them."""
    if isinstance(value, Star):
        value = value.value
    if isinstance(value, Attr) and value.name == "__dict__":
        value = value.value
    if isinstance(value, CallRef):
        call = made[value.index]
        name = last_name(call.func)  # type: ignore[attr-defined]
        args: tuple[Value, ...] = call.args  # type: ignore[attr-defined]
        if name in ("parse_args", "parse_known_args"):
            return True
        return name in ("vars", "dict", "Namespace", "copy", "deepcopy") and any(_is_whole(made, arg, names) for arg in args)
    return isinstance(value, Name) and value.id in names


def _parts(value: Value) -> Iterator[Value]:
    """What a display holds, at any depth; not what only a part of is taken."""
    inner: Iterable[object] = ()
    if isinstance(value, (Map, Seq)):
        inner = (*value.keys, *value.values) if isinstance(value, Map) else value.items
    elif isinstance(value, msgspec.Struct) and not isinstance(value, (*_INERT, Name, CallRef, Star)):
        inner = (getattr(value, field) for field in value.__struct_fields__)
        inner = [part for each in inner for part in (each if isinstance(each, tuple) else (each,))]
    for part in inner:
        if isinstance(part, msgspec.Struct):
            yield part  # type: ignore[misc]
            yield from _parts(part)  # type: ignore[arg-type]
