"""Options of docopt, absl, typer and fire that nothing reads: they are declared by a text, a global or a parameter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.link.commandline.docopt_usage import usage_options
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Seq, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_HELPFUL = frozenset("help version".split())
_COMMANDS = frozenset({"command", "callback"})
_TYPED = ("typer", "cyclopts")
_TAKES_ALL = frozenset("items keys values copy pop update".split())
Declared = tuple[str, int, int]
"""(name as people give it, its line, the scope of the function whose parameter it is)"""


def unread_flags(graph: SystemGraph) -> Iterator[tuple[Module, list[Declared]]]:
    """(module, options of such kinds that nothing reads), in the order of the modules."""
    attributes: set[str] | None = None
    for module in graph.living():
        found = [*_of_usage(module), *_of_functions(module)]
        flags = [*_absl(module)]
        if flags:
            if attributes is None:
                attributes = {name for each in graph.modules.values() for name in each.facts.read_attributes}
            found += [flag for flag, holder in flags if flag[0] not in attributes and not _is_held(graph, module, flag[0], holder)]
        if found:
            yield module, [(f"--{name.lstrip('-')}", line, scope) for name, line, scope in found]


def _of_usage(module: Module) -> Iterator[Declared]:
    """Options of a docopt usage text whose key nothing in the module spells; nothing when the parsed ones go on as a whole."""
    facts = module.facts
    if not facts.usage:
        return
    parsing = [call for call in facts.calls if last_name(call.func) == "docopt"]
    if len(parsing) != 1 or "docopt" not in facts.usage.lower() + " ".join(i.module for i in facts.imports):
        return
    first = parsing[0].args[0] if parsing[0].args else dict(parsing[0].keywords).get("doc", Name("__doc__"))
    if not (isinstance(first, Name) and first.id == "__doc__"):
        return
    numbers = {n for n, call in enumerate(facts.calls) if call is parsing[0]}
    names = {a.target for a in facts.assigns if isinstance(a.value, CallRef) and a.value.index in numbers}
    for call in facts.calls:
        whole = (*call.args, *(value for _, value in call.keywords))
        if any((isinstance(v, Name) and v.id in names) or (isinstance(v, CallRef) and v.index in numbers) for v in whole):
            return
        if isinstance(call.func, Attr) and call.func.name in _TAKES_ALL and last_name(call.func.value) in names:
            return
    if not names or any(isinstance(a.value, Name) and a.value.id in names for a in facts.assigns):
        return
    for option in usage_options(facts.usage).options:
        spelled = {option.dest, *option.names}
        if option.dest.startswith("--") and spelled.isdisjoint(facts.words) and option.dest.lstrip("-") not in _HELPFUL:
            before = facts.usage.partition(option.dest)[0].count("\n")
            yield option.dest, facts.usage_line + before, 0


def _absl(module: Module) -> Iterator[tuple[Declared, str]]:
    """(flag, the variable that holds it) of `flags.DEFINE_string("name", …)`."""
    facts = module.facts
    if not any("flags" in (link.bound, link.name) or link.module.startswith(("absl", "tensorflow", "gflags")) for link in facts.imports):
        return
    holders = {a.value.index: a.target for a in facts.assigns if isinstance(a.value, CallRef)}
    for number, call in enumerate(facts.calls):
        if isinstance(call.func, Attr) and call.func.name.startswith("DEFINE_") and call.args:
            name = call.args[0]
            if isinstance(name, Const) and isinstance(name.value, str):
                yield (name.value, call.line, 0), holders.get(number, "")


def _is_held(graph: SystemGraph, module: Module, flag: str, holder: str) -> bool:
    """Whether the flag is kept in a variable, spelled elsewhere, or may be read as one of all flags."""
    if holder:
        return True
    for each in graph.modules.values():
        if each.path != module.path and flag in each.facts.words:
            return True
        for value in (a.value for a in each.facts.assigns):
            if isinstance(value, Item) and last_name(value.value) == "FLAGS":
                return True
        if {"flag_values_dict", "flags_into_string", "__flags"} & {last_name(c.func) for c in each.facts.calls}:
            return True
    return False


def _of_functions(module: Module) -> Iterator[Declared]:
    """Parameters of typer's commands and of functions that fire runs, which the function does not read."""
    facts = module.facts
    imported = {link.module.partition(".")[0] for link in facts.imports}
    if imported.isdisjoint(("fire", *_TYPED)):
        return
    run = {
        last_name(arg)
        for call in facts.calls
        if (last_name(call.func) == "Fire" and "fire" in imported) or (last_name(call.func) == "run" and "typer" in imported)
        for arg in call.args[:1]
    }
    typed = not imported.isdisjoint(_TYPED)
    if not run and not typed:
        return
    for number, scope in enumerate(facts.scopes):
        if scope.kind != "function" or scope.is_stub or not scope.unread:
            continue
        made = (facts.calls[d.index].func if isinstance(d, CallRef) else d for d in scope.decorators)
        if not (scope.parent == 0 and scope.name in run) and not (typed and any(last_name(func) in _COMMANDS for func in made)):
            continue
        if any(last_name(param.annotation) == "Context" for param in scope.params if param.annotation is not None):
            continue  # it holds all of them
        for param in scope.params:
            if param.name in scope.unread and param.kind in ("positional", "keyword") and not param.name.startswith("_"):
                declared = [v for v in (param.default, *_inside(param.annotation)) if isinstance(v, CallRef)]
                if not any("callback" in dict(facts.calls[made.index].keywords) for made in declared):
                    yield param.name.replace("_", "-"), scope.line, number


def _inside(annotation: Value | None) -> tuple[Value, ...]:
    """What `Annotated[type, …]` says of a parameter."""
    if isinstance(annotation, Item):
        return annotation.key.items if isinstance(annotation.key, Seq) else (annotation.key,)
    return ()
