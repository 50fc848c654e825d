"""argparse and parsers with its interface (configargparse, jsonargparse, simple-parsing, Tap): what `args.name` holds.

Source: https://docs.python.org/3/library/argparse.html. Options are found by their destination in the module that makes the parser, the
module that uses the result, and the modules that these import: a parser is often filled by helper functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.commandline.options import ANY, MAYBE, NONE, ONE, Option, OptionSet, value_of
from analyzer.link.domain import Alternatives, ClassRef, FunctionRef, Instance, Known, Result, Sym, Unknown
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Name, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

PARSED = "argparse.parse_args"
"""Name of the `Result` that holds parsed options; its path is the module that makes the parser."""
PARSING = frozenset("parse_args parse_known_args parse_intermixed_args parse_known_intermixed_args".split())
GROUPING = frozenset("add_argument_group add_mutually_exclusive_group add_parser add_subparsers add_group".split())
ARGUMENT_NAMES = frozenset(
    "args arg opt opts options flags FLAGS hparams parsed_args cli_args config cfg params namespace ns a argv".split()
)
"""What programs call the object that holds their parsed options."""
_FLAGS = {"store_true": True, "store_false": False}


def option_value(evaluator: Asking, path: str, dest: str, where: Where) -> Alternatives:
    """The value of a parsed option: what checked-in command lines pass, else its default."""
    hole = (Unknown(f"args.{dest}", "command-line argument"),)
    program = options_for(evaluator, path, where.path, dest)
    if program is None:
        return hole
    found = value_of(evaluator, dest, program, evaluator.command_lines.of(where.path, path))
    return tuple(v for v in found if not isinstance(v, Known) or v.value is not None) or hole


def options_for(evaluator: Asking, path: str, used_in: str, dest: str) -> OptionSet | None:
    """The options of the parser made in module `path`, if one of them is called `dest`: those of the nearest modules that define it."""
    for start in dict.fromkeys((path, used_in)):
        own = module_options(evaluator, start)
        if dest in own.by_dest:
            return own
    for start in dict.fromkeys((path, used_in)):
        for near in evaluator.command_lines.near(start)[1:]:
            other = module_options(evaluator, near)
            if dest in other.by_dest:
                return _joined(evaluator, path, near)
    return None


def _joined(evaluator: Asking, path: str, near: str) -> OptionSet:
    """The options of two modules together: the words of a command line are told apart by all of them."""
    first, second = module_options(evaluator, path), module_options(evaluator, near)

    def make() -> OptionSet:
        return OptionSet((*second.options, *first.options), first.commands | second.commands)

    return evaluator.command_lines.remembered("argparse joined", (path, near), make)


def module_options(evaluator: Asking, path: str) -> OptionSet:
    """The options that the code of one module adds to parsers."""
    return evaluator.command_lines.remembered("argparse", path, lambda: _read(evaluator, path))


def _read(evaluator: Asking, path: str) -> OptionSet:
    facts = evaluator.program.facts[path]
    commands = _sub_commands(evaluator, path)
    options: list[Option] = []
    defaults: dict[str, tuple[Value, Where]] = {}
    for call in facts.calls:
        if not isinstance(call.func, Attr):
            continue
        if call.func.name in ("add_argument", "add_arg") or (call.func.name == "add" and _is_dashed(call)):
            parser = call.func.value.id if isinstance(call.func.value, Name) else ""
            option = option_of(path, call, commands.get((call.scope, parser), ""))
            if option is not None:
                options.append(option)
        elif call.func.name == "set_defaults":
            defaults.update({name: (value, Where(path, call.scope, call.at, call.block)) for name, value in call.keywords if name != "**"})
    known = {option.dest for option in options}
    options = [_redefined(option, defaults) for option in options]
    options.extend(Option(name, default=value, at=at) for name, (value, at) in defaults.items() if name not in known)
    return OptionSet(options, commands.values())


def _redefined(option: Option, defaults: dict[str, tuple[Value, Where]]) -> Option:
    found = defaults.get(option.dest)
    if found is None:
        return option
    return Option(option.dest, option.names, option.positional, option.takes, *found, option.flag, option.command)


def _sub_commands(evaluator: Asking, path: str) -> dict[tuple[int, str], str]:
    """(scope, variable) → the sub-command whose parser it holds."""
    facts = evaluator.program.facts[path]
    found: dict[tuple[int, str], str] = {}
    for assign in facts.assigns:
        if isinstance(assign.value, CallRef):
            call = facts.calls[assign.value.index]
            if isinstance(call.func, Attr) and call.func.name == "add_parser" and call.args and isinstance(call.args[0], Const):
                found[(assign.scope, assign.target)] = str(call.args[0].value)
    return found


def _is_dashed(call: Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], Const) and str(call.args[0].value).startswith("-")


def option_of(path: str, call: Call, command: str) -> Option | None:
    """The option that a call of `add_argument` adds; None when its name is not known."""
    strings = tuple(a.value for a in call.args if isinstance(a, Const) and isinstance(a.value, str))
    keywords = dict(call.keywords)
    dest = _text(keywords.get("dest")) or _dest(strings)
    if not dest:
        return None
    names = tuple(s for s in strings if s.startswith("-"))
    takes, flag = _takes(keywords)
    return Option(
        dest, names, not names, takes, keywords.get("default"), Where(path, call.scope, call.at, call.block), flag, command,
        _text(keywords.get("env_var")),
    )  # fmt: skip


def _dest(strings: tuple[str, ...]) -> str:
    long = next((s for s in strings if s.startswith("--")), strings[0] if strings else "")
    return long.lstrip("-").replace("-", "_")


def _text(value: Value | None) -> str:
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


def _takes(keywords: dict[str, Value]) -> tuple[str, bool | None]:
    """How many words, and what the bare flag gives."""
    action = keywords.get("action")
    if isinstance(action, Const) and action.value in _FLAGS:
        return NONE, _FLAGS[str(action.value)]
    if isinstance(action, Const) and action.value in ("count", "store_const", "append_const", "help", "version"):
        return NONE, None
    if isinstance(action, Attr) and action.name == "BooleanOptionalAction":
        return NONE, True if "default" not in keywords else None
    nargs = keywords.get("nargs")
    if isinstance(nargs, Const):
        if nargs.value in ("*", "+") or isinstance(nargs.value, int):
            return (ANY if isinstance(nargs.value, str) else str(nargs.value) if nargs.value else NONE), None
        if nargs.value == "?":
            return MAYBE, None
    if isinstance(nargs, Attr) and nargs.name == "REMAINDER":
        return ANY, None
    return ONE, None


# ---- objects that hold parsed options --------------------------------------------------------------------------------


def added_dataclass(evaluator: Asking, path: str, dest: str) -> Alternatives:
    """`parser.add_arguments(Settings, dest="settings")` of simple-parsing, `add_class_arguments` of jsonargparse: an object."""
    for near in evaluator.command_lines.near(path, 1):
        for call in evaluator.program.facts[near].calls:
            if not (isinstance(call.func, Attr) and call.func.name in ("add_arguments", "add_class_arguments", "add_dataclass_arguments")):
                continue
            keywords = dict(call.keywords)
            name = keywords.get("dest") or keywords.get("nested_key") or (call.args[1] if len(call.args) > 1 else None)
            if call.args and _text(name) == dest:
                at = Where(near, call.scope, call.at, call.block)
                return tuple(Instance(v) for v in evaluator.value(call.args[0], at) if isinstance(v, ClassRef))
    return ()


def namespace(evaluator: Asking, sym: Sym) -> Alternatives:
    """The parsed options that a function without known callers gets as a parameter called `args` or the like; () when unknown.

    `set_defaults(func=train)` and tables of commands hide the call; the parser then stands in the function's module, or in the one module
    with a parser that imports it.
    """
    path = sym.function[0]
    dispatched = _dispatched(evaluator).get(sym.function)
    if dispatched is not None:
        return (Result(PARSED, dispatched, -1),)
    if sym.param not in ARGUMENT_NAMES:
        return ()
    if module_options(evaluator, path).options:
        return (Result(PARSED, path, -1),)
    importers = [p for p in _with_parsers(evaluator) if path in evaluator.command_lines.imported(p)]
    return (Result(PARSED, importers[0], -1),) if len(importers) == 1 else ()


def _with_parsers(evaluator: Asking) -> tuple[str, ...]:
    """Modules that parse a command line."""

    def make() -> tuple[str, ...]:
        return tuple(
            path
            for path, facts in evaluator.program.facts.items()
            if any(isinstance(call.func, Attr) and call.func.name in PARSING for call in facts.calls)
        )

    return evaluator.command_lines.remembered("parsers", "", make)


def _dispatched(evaluator: Asking) -> dict[tuple[str, int], str]:
    """Functions that `set_defaults(func=…)` registers → the module that does so."""

    def make() -> dict[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for path, facts in evaluator.program.facts.items():
            for call in facts.calls:
                if isinstance(call.func, Attr) and call.func.name == "set_defaults":
                    at = Where(path, call.scope, call.at, call.block)
                    values = [v for _, value in call.keywords if isinstance(value, (Name, Attr)) for v in evaluator.value(value, at)]
                    found.update({(v.path, v.scope): path for v in values if isinstance(v, FunctionRef)})
        return found

    return evaluator.command_lines.remembered("dispatched", "", make)
