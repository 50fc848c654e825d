"""The options that programs of the repository offer (argparse and its kin, click, typer), and which of them nothing reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer.graph.option_reach import Reach
from analyzer.graph.project_calls import Function, Passing, ProjectCalls, project_calls
from analyzer.graph.unread_settings import SAYS, read_anywhere
from analyzer.link.commandline.argparse_options import PARSING, option_of
from analyzer.link.commandline.function_commands import click_option_of
from analyzer.link.commandline.options import Option
from analyzer.read.facts import Call, PythonFacts
from analyzer.read.values import Attr, CallRef, Const, Either, Item, Name, Value, last_name

if TYPE_CHECKING:
    from analyzer.graph.system import Module, SystemGraph

_LAUNCHERS = frozenset("local_rank job_dir job_name model_dir deepspeed f node_rank deepscale world_size".split())
"""Options that a launcher passes whether they are wanted or not (torch.distributed, AI Platform, Jupyter)."""
_TALK = frozenset(
    """
    print pprint pformat debug info warning log vars str repr format isinstance len sorted dump dumps safe_dump log_params log_hyperparams
    add_hparams
    """.split()
)
"""What shows or keeps the options: a value that is read back has its name in the code that does so."""
_WHOLE = ("__dict__", "_get_kwargs")
MAX_HOPS = 3
_MADE_ASIDE = ("ArgumentParser", "ArgParser", "add_argument_group", "add_mutually_exclusive_group", "add_parser")
_KEPT_FOR_OTHERS = ("deprecat", "ignored", "unused", "no effect", "no longer", "compat", "not used", "not implemented", "placeholder")
_ACTIONS = frozenset("store store_true store_false store_const append count extend append_const".split())


_FEW_STATEMENTS = 4


@dataclass(frozen=True, slots=True)
class Offered:
    """An option where it is added to a parser or a command."""

    option: Option
    line: int
    help: str
    scope: int
    """The scope of the function whose command it belongs to, 0 for a parser's."""
    shared: bool = False
    """Code that does not see what the program parses has something of the same name."""

    @property
    def shown(self) -> str:
        return self.option.names[-1] if self.option.names else self.option.dest


def offered_options(module: Module) -> list[Offered]:
    """The options that the code of a module adds to parsers and commands, in the order of the code.

    Those with a life of their own (an action of the project's, `--help`, a callback) are left out.
    """
    facts = module.facts
    found: list[Offered] = []
    for call in facts.calls:
        if isinstance(call.func, Attr) and call.func.name == "add_argument" and _is_parser(facts, call):
            option = option_of(module.path, call, "")
            if option is not None and _is_plain(call):
                found.append(Offered(option, call.line, _help(call), 0))
    for number, scope in enumerate(facts.scopes):
        for decorator in scope.decorators:
            made = facts.calls[decorator.index] if isinstance(decorator, CallRef) else None
            if made is not None and last_name(made.func) in ("option", "argument") and _is_plain(made):
                clicked = click_option_of(module.path, made)
                if clicked is not None:
                    found.append(Offered(clicked, made.line, _help(made), number))
    return found


def unread_options(graph: SystemGraph) -> Iterator[tuple[Module, list[Offered]]]:
    """(module, options that are parsed and never read), for the programs whose parsed options do not go where we cannot follow.

    An option of argparse is read when any file of the repository reads an attribute of its name or spells it; where it is known which
    files see what the program parses, another file's is a namesake (`Offered.shared`).
    """
    read = read_anywhere(graph)
    calls = project_calls(graph)
    importers: dict[str, set[str]] = {}
    for link in graph.imports:
        if link.status in ("module", "name"):
            importers.setdefault(link.target, set()).add(link.importer)
    parameters: frozenset[str] | None = None
    reach = graph.once(Reach)
    for module in graph.living():
        offered = [o for o in offered_options(module) if o.option.dest not in _LAUNCHERS and not _is_kept_for_others(o)]
        unread = [
            o for o in offered if o.scope and o.option.dest in module.facts.scopes[o.scope].unread and not _is_stub(module.facts, o.scope)
        ]
        spelled = {*module.facts.read_attributes, *module.facts.words}
        parsers = [o for o in offered if not o.scope and spelled.isdisjoint(_spellings(o.option.dest))]
        if parsers:  # as a rule a program reads its options itself
            users = [graph.modules[path] for path in sorted({module.path, *importers.get(module.path, ())})]
            if fate := _fate(calls, users):
                if fate == "spread" and parameters is None:
                    parameters = _all_parameters(graph)
                given = parameters if fate == "spread" and parameters is not None else frozenset()
                parsed = [o for o in parsers if o.option.dest not in given and read.isdisjoint(_spellings(o.option.dest))]
                unread += [*parsed, *_namesakes(reach, calls, module, [o for o in parsers if o not in parsed])]
        if unread:
            yield module, sorted(unread, key=lambda o: o.line)


def _namesakes(reach: Reach, calls: ProjectCalls, module: Module, rest: list[Offered]) -> Iterator[Offered]:
    """Those of `rest` whose name nothing has that can see the parsed options. Texts of one letter are not kept."""
    rest = [o for o in rest if len(o.option.dest) > 1]
    seen = reach.read_by(calls, module, _parsed_names) if rest else None
    if seen is not None:
        yield from (replace(o, shared=True) for o in rest if seen.isdisjoint(_spellings(o.option.dest)))


def _is_stub(facts: PythonFacts, number: int) -> bool:
    """Does the command do nothing yet, or only say what it will do?"""
    scope = facts.scopes[number]
    said = (last_name(call.func) in SAYS for call in facts.calls if call.scope == number)
    return scope.is_stub or (scope.statements <= _FEW_STATEMENTS and all(said))


def _spellings(dest: str) -> tuple[str, str]:
    """A positional argument keeps its dashes: `getattr(args, "cache-root")`."""
    return dest, dest.replace("_", "-")


def _fate(calls: ProjectCalls, users: list[Module]) -> str:
    """`read` by attribute only, `spread` over the parameters of the project's functions; "" when they go where nobody sees, or nowhere."""
    fate, parses = "read", False
    for module in users:
        facts = module.facts
        names = _parsed_names(calls, module)
        parses = parses or bool(names)
        if "getattr" in facts.dynamic or "setattr" in facts.dynamic:
            return ""
        if "__dict__" in facts.read_attributes or any(isinstance(c.func, Name) and c.func.id == "vars" for c in facts.calls):
            fate = "spread"
        for call in facts.calls if names else ():
            if _leaves(calls, module, call, names, MAX_HOPS):
                return ""
    return fate if parses else ""


def _leaves(calls: ProjectCalls, module: Module, call: Call, names: set[str], hops: int) -> bool:
    """Whether a call gives the parsed options as a whole to code that is not the repository's, or that hands them on to such code."""
    if last_name(call.func) in _TALK:
        return False
    given = [*call.args, *(value for _, value in call.keywords)]
    if not any(_is_of(module.facts, value, names) for value in given):
        return False
    meant = [(function, Passing(module.path, call, implicit)) for function, implicit in calls.meant(module.path, call)]
    return not meant or (hops > 0 and any(_lets_go(calls, module, function, passing, names, hops - 1) for function, passing in meant))


def _lets_go(calls: ProjectCalls, module: Module, function: Function, passing: Passing, names: set[str], hops: int) -> bool:
    """Whether a function of the repository hands on what a call gives it of the parsed options."""
    scope, inside = calls.scope(function), calls.modules[function[0]]
    taken = {name for name, value in calls.given(function, passing).values.items() if _is_of(module.facts, value, names)}
    if any(name == "**" and _is_of(module.facts, value, names) for name, value in passing.call.keywords):
        taken.update(param.name for param in scope.params if param.kind == "kwargs")
    if not taken:
        return False
    if _opens(inside.facts, function[1], taken):
        return True
    return any(_leaves(calls, inside, call, taken, hops) for call in inside.facts.calls if call.scope == function[1])


def _opens(facts: PythonFacts, number: int, taken: set[str]) -> bool:
    """Whether a function takes the options apart by no name and gives the parts on: back, or as the keywords of a call."""
    inside = [call for call in facts.calls if call.scope == number]
    if not facts.scopes[number].returns and not any(name == "**" for call in inside for name, _ in call.keywords):
        return False
    chains = {chain for mention in facts.mentions if mention.scope == number for chain in mention.chains}
    return any(f"{name}.{whole}" in chain for chain in chains for name in taken for whole in _WHOLE) or any(
        last_name(call.func) in ("vars", "asdict") and call.args and _is_of(facts, call.args[0], taken) for call in inside
    )


def _parsed_names(calls: ProjectCalls, module: Module) -> set[str]:
    """What a module calls the object that holds its parsed options."""
    found = {assign.target for assign in module.facts.assigns if _parses(calls, module.path, assign.value)}
    return found | ({"args", "opt", "opts"} if found else set())


def _parses(calls: ProjectCalls, path: str, value: Value, hops: int = 2) -> bool:
    """Whether a value is what a parser gave: at once, or through a function of the repository that returns it."""
    facts = calls.modules[path].facts
    if isinstance(value, (Item, Attr)):
        return (isinstance(value, Item) or value.name == "__dict__") and _parses(calls, path, value.value, hops)
    if isinstance(value, Either):
        return any(_parses(calls, path, option, hops) for option in value.options)
    if not isinstance(value, CallRef):
        return False
    call = facts.calls[value.index]
    if last_name(call.func) == "vars" and call.args:
        return _parses(calls, path, call.args[0], hops)
    if last_name(call.func) in PARSING:
        return True
    return hops > 0 and any(_returns_parsed(calls, function, hops - 1) for function, _ in calls.meant(path, call))


def _returns_parsed(calls: ProjectCalls, function: Function, hops: int) -> bool:
    path, number = function
    facts = calls.modules[path].facts
    made = {a.target for a in facts.assigns if a.scope == number and _parses(calls, path, a.value, hops)}
    return any((isinstance(back, Name) and back.id in made) or _parses(calls, path, back, hops) for back in calls.scope(function).returns)


def _is_of(facts: PythonFacts, value: Value, names: set[str]) -> bool:
    if isinstance(value, CallRef):
        call = facts.calls[value.index]
        return last_name(call.func) in ("vars", *PARSING) and (not call.args or _is_of(facts, call.args[0], names))
    if isinstance(value, Attr):
        return value.name == "__dict__" and _is_of(facts, value.value, names)
    return isinstance(value, Name) and value.id in names


def _all_parameters(graph: SystemGraph) -> frozenset[str]:
    return frozenset(p.name for module in graph.modules.values() for scope in module.facts.scopes for p in scope.params)


# ---- one option ---------------------------------------------------------------------------------------------------------


def _is_parser(facts: PythonFacts, call: Call) -> bool:
    """Whether `x.add_argument(…)` speaks to a parser: browsers have options with such a method as well."""
    receiver = call.func.value if isinstance(call.func, Attr) else call.func
    if isinstance(receiver, CallRef):
        return last_name(facts.calls[receiver.index].func).endswith(_MADE_ASIDE)
    name = last_name(receiver)
    if "pars" in name.lower() or "group" in name.lower():
        return True
    return any(
        assign.target == name
        and isinstance(assign.value, CallRef)
        and last_name(facts.calls[assign.value.index].func).endswith(_MADE_ASIDE)
        for assign in facts.assigns
    )


def _is_plain(call: Call) -> bool:
    keywords = dict(call.keywords)
    action = keywords.get("action")
    if action is not None and not (isinstance(action, Const) and action.value in _ACTIONS):
        return isinstance(action, Attr) and action.name == "BooleanOptionalAction"
    return not {"callback", "expose_value", "is_config_file", "**"}.intersection(keywords)


def _help(call: Call) -> str:
    value = dict(call.keywords).get("help")
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


def _is_kept_for_others(offered: Offered) -> bool:
    text = offered.help.lower()
    return any(word in text for word in _KEPT_FOR_OTHERS) or "SUPPRESS" in offered.help
