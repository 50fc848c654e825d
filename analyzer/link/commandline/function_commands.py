"""Functions and classes whose parameters or fields are the options of a command: click, typer, fire, tyro, plac, HfArgumentParser …

Sources: the documentation of each package. A value is asked of a parameter (`Sym`): what checked-in command lines give, else its default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.commandline.options import ANY, NONE, ONE, Option, OptionSet, value_of
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Known,
    Many,
    ModuleRef,
    Sym,
    Table,
    Unknown,
)
from analyzer.link.where import Where
from analyzer.link.wording import hint_of
from analyzer.read.facts import Call, Param, PythonFacts
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Seq, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_RUNNERS = {
    "fire.Fire": "both", "typer.run": "typer", "tyro.cli": "named", "tyro.extras.subcommand_cli_from_dict": "named", "plac.call": "both",
    "plac.Interpreter.call": "both", "defopt.run": "both", "jsonargparse.CLI": "both", "jsonargparse.auto_cli": "both",
    "jsonargparse.auto_parser": "both", "jsonargparse.capture_parser": "both", "clize.run": "both", "begin.start": "named",
    "simple_parsing.parse": "named", "pyrallis.parse": "named", "draccus.parse": "named", "chz.entrypoint": "named",
    "chz.nested_entrypoint": "named", "transformers.HfArgumentParser": "named", "trl.TrlParser": "named", "datargs.parse": "named",
    "argparse_dataclass.ArgumentParser": "named", "radicli.Radicli": "named", "cyclopts.run": "typer", "appeal.run": "both",
}  # fmt: skip
"""Callable → how words reach its parameters: `named` by option only, `both` also by position, `typer` by position without a default."""
_WRAPPERS = frozenset({"pyrallis.wrap", "draccus.wrap", "begin.start"})
_ADDERS = frozenset({"add_arguments", "add_class_arguments", "add_dataclass_arguments"})
"""Methods of simple-parsing's and jsonargparse's parsers that are given a class."""
TAP = frozenset({"tap.Tap", "tap.TypedArgs", "typed_argparse.TypedArgs"})
"""Base classes whose fields are options."""
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _RUNNERS)
_CLICK = frozenset({"option", "argument"})
_TYPER_COMMANDS = frozenset({"command", "callback", "default"})
MAX_REGISTERED = 2_000
Registered = dict[tuple[str, int], tuple[str, str]]
"""(path, scope) → (how words reach its parameters, module of the runner)."""


def parameter_value(evaluator: Asking, sym: Sym) -> Alternatives | None:
    """The value of a parameter or field that the command line sets; None when it is no command's."""
    program, module = _command(evaluator, sym.function)
    if program is None or sym.param not in program.by_dest:
        return None
    lines = evaluator.command_lines.of(module)
    found = value_of(evaluator, sym.param, program, lines)
    telling = tuple(value for value in found if not isinstance(value, Known) or value.value is not None)
    if telling:
        return telling
    return (Unknown(sym.param, "command-line argument"),) if program.by_dest[sym.param][0].default is None else None


def _command(evaluator: Asking, function: tuple[str, int]) -> tuple[OptionSet | None, str]:
    """The options of a function or class that is a command, and the module that runs it."""
    return evaluator.command_lines.remembered("command", function, lambda: _described(evaluator, function))


def _described(evaluator: Asking, function: tuple[str, int]) -> tuple[OptionSet | None, str]:
    path, scope = function
    facts = evaluator.program.facts[path]
    clicked = _decorated(path, facts, scope)
    if clicked:
        return OptionSet(clicked, _names_of(facts.scopes[scope].name)), path
    owner = facts.scopes[scope]
    is_method = owner.kind == "function" and owner.parent > 0 and facts.scopes[owner.parent].kind == "class"
    how, module = _registered(evaluator).get((path, owner.parent) if is_method else function, ("", ""))
    if not how and _is_typer_command(evaluator, path, scope):
        how, module = "typer", path
    if not how:
        return None, ""
    if owner.kind == "class":
        return OptionSet(_fields(evaluator, path, scope), _names_of(owner.name)), module
    options = [option for param in owner.params for option in _parameter(path, facts, scope, param, how)]
    return OptionSet(options, _names_of(owner.name)), module


def _names_of(function: str) -> tuple[str, ...]:
    """What a sub-command made of a function may be called."""
    return (function, function.replace("_", "-"), function.removesuffix("_command").replace("_", "-"))


# ---- click -----------------------------------------------------------------------------------------------------------


def _decorated(path: str, facts: PythonFacts, scope: int) -> list[Option]:
    """The options that click decorators give to a function, in the order of the code."""
    options = []
    for decorator in facts.scopes[scope].decorators:
        call = facts.calls[decorator.index] if isinstance(decorator, CallRef) else None
        if call is not None and _last(call.func) in _CLICK:
            option = click_option_of(path, call)
            if option is not None:
                options.append(option)
    return options


def click_option_of(path: str, call: Call) -> Option | None:
    """The option of a decorator `click.option(…)` or `click.argument(…)`; None when its name is not known."""
    strings = [a.value for a in call.args if isinstance(a, Const) and isinstance(a.value, str)]
    keywords = dict(call.keywords)
    dest = _click_dest(strings)
    if not dest:
        return None
    names = tuple(part for s in strings if s.startswith("-") for part in s.split("/") if part)
    is_flag = any("/" in s for s in strings if s.startswith("-")) or _is_true(keywords.get("is_flag"))
    nargs, many = keywords.get("nargs"), _is_true(keywords.get("multiple"))
    takes = ANY if isinstance(nargs, Const) and nargs.value == -1 else str(nargs.value) if isinstance(nargs, Const) else ONE
    environment = keywords.get("envvar")
    return Option(
        dest, names, _last(call.func) == "argument", NONE if is_flag else takes if not many else ONE, keywords.get("default"),
        Where(path, 0, 1 << 30, 0), True if is_flag and "default" not in keywords else None, "",
        environment.value if isinstance(environment, Const) and isinstance(environment.value, str) else "",
    )  # fmt: skip


def _click_dest(strings: list[str]) -> str:
    plain = [s for s in strings if not s.startswith("-")]
    if plain:
        return plain[-1].replace("-", "_").lower() if len(strings) == 1 else plain[-1].replace("-", "_")
    long = max(strings, key=lambda s: (s.startswith("--"), len(s)), default="")
    return long.lstrip("-").partition("/")[0].replace("-", "_").lower()


# ---- parameters and fields --------------------------------------------------------------------------------------------


def _parameter(path: str, facts: PythonFacts, scope: int, param: Param, how: str) -> list[Option]:
    owner = facts.scopes[scope]
    if param.name in ("self", "cls") or param.kind in ("args", "kwargs"):
        return []
    at = Where(path, max(owner.parent, 0), owner.at, facts.scopes[max(owner.parent, 0)].block)
    said = _typer_names(facts, param)
    names = said or (f"--{param.name}", f"--{param.name.replace('_', '-')}")
    is_flag = isinstance(param.default, Const) and isinstance(param.default.value, bool)
    positional = how == "both" or (how == "typer" and _is_argument(facts, param))
    takes = NONE if is_flag and how != "both" else ONE
    return [Option(param.name, names, positional and not is_flag, takes, param.default, at)]


def _typer_call(facts: PythonFacts, param: Param) -> Call | None:
    """`typer.Option(…)` or `typer.Argument(…)`, as the default or in `Annotated[…]`."""
    places: list[Value | None] = [param.default]
    if isinstance(param.annotation, Item) and isinstance(param.annotation.key, Seq):
        places.extend(param.annotation.key.items)
    for value in places:
        if isinstance(value, CallRef):
            call = facts.calls[value.index]
            if _last(call.func) in ("Option", "Argument", "Parameter", "arg"):
                return call
    return None


def _typer_names(facts: PythonFacts, param: Param) -> tuple[str, ...]:
    call = _typer_call(facts, param)
    if call is None:
        return ()
    strings = [a.value for a in call.args if isinstance(a, Const) and isinstance(a.value, str) and a.value.startswith("-")]
    return tuple(part for s in strings for part in s.split("/") if part)


def _is_argument(facts: PythonFacts, param: Param) -> bool:
    call = _typer_call(facts, param)
    return _last(call.func) == "Argument" if call is not None else param.default is None


def _fields(evaluator: Asking, path: str, scope: int) -> list[Option]:
    """The annotated fields of a class body."""
    facts = evaluator.program.facts[path]
    found = []
    for name, group in evaluator.program.symbols(path).assigns.get(scope, {}).items():
        assign = group[-1]
        if assign.kind not in ("ann", "declared") or name.startswith("_"):
            continue
        default = assign.value if assign.kind == "ann" else None
        is_flag = isinstance(default, Const) and isinstance(default.value, bool)
        at = Where(path, scope, assign.at, assign.block)
        found.append(Option(name, (f"--{name}", f"--{name.replace('_', '-')}"), False, NONE if is_flag else ONE, default, at))
    return found if facts.scopes[scope].kind == "class" else []


# ---- which functions and classes are commands ---------------------------------------------------------------------------


def _registered(evaluator: Asking) -> Registered:
    """Functions and classes given to a runner → (how words reach them, the module of the runner); found once for the whole program."""

    def make() -> Registered:
        found: Registered = {}
        for path, facts in evaluator.program.facts.items():
            for index, call in enumerate(facts.calls):
                if _last(call.func) in _LAST_NAMES and len(found) < MAX_REGISTERED:
                    _register(evaluator, path, index, call, found)
                elif _last(call.func) in _ADDERS and call.args:
                    for value in evaluator.value(call.args[0], Where(path, call.scope, call.at, call.block)):
                        found.update(dict.fromkeys(_commands_in(evaluator, value, 0), ("named", path)))
            _register_wrapped(evaluator, path, facts, found)
            _register_taps(evaluator, path, facts, found)
        return found

    return evaluator.command_lines.remembered("registered", "", make)


def _register(evaluator: Asking, path: str, index: int, call: Call, into: Registered) -> None:
    how = next((_RUNNERS[c.name] for c in evaluator.callee(path, index) if isinstance(c, External) and c.name in _RUNNERS), "")
    if not how:
        return
    where = Where(path, call.scope, call.at, call.block)
    given: list[Value] = [
        *call.args[:1],
        *(value for name, value in call.keywords if name in ("component", "dataclass_types", "f", "components")),
    ]
    for value in given:
        for found in evaluator.value(value, where):
            for key in _commands_in(evaluator, found, 0):
                into.setdefault(key, (how, path))
    if not given:  # fire.Fire(): everything in the module
        for key in _commands_in(evaluator, ModuleRef(path), 0):
            into.setdefault(key, (how, path))


def _register_wrapped(evaluator: Asking, path: str, facts: PythonFacts, into: Registered) -> None:
    """`@draccus.wrap()`: the class of the first parameter is filled from the command line."""
    for index, scope in enumerate(facts.scopes):
        for decorator in scope.decorators:
            call = facts.calls[decorator.index] if isinstance(decorator, CallRef) else None
            if call is None or _last(call.func) not in ("wrap", "start") or not scope.params:
                continue
            where = Where(path, max(scope.parent, 0), scope.at, 0)
            if any(isinstance(v, External) and v.name in _WRAPPERS for v in evaluator.value(call.func, where)):
                into.setdefault((path, index), ("named", path))
                for param in scope.params[:1]:
                    if param.annotation is not None:
                        into.update(
                            {
                                (v.path, v.scope): ("named", path)
                                for v in evaluator.value(param.annotation, where)
                                if isinstance(v, ClassRef)
                            }
                        )


def _register_taps(evaluator: Asking, path: str, facts: PythonFacts, into: Registered) -> None:
    for index, scope in enumerate(facts.scopes):
        if scope.kind == "class" and any(_last(base) in ("Tap", "TypedArgs") for base in scope.bases):
            where = Where(path, max(scope.parent, 0), scope.at, 0)
            if any(isinstance(v, External) and v.name in TAP for base in scope.bases for v in evaluator.value(base, where)):
                into.setdefault((path, index), ("named", path))


def _commands_in(evaluator: Asking, value: Abstract, depth: int) -> list[tuple[str, int]]:
    """The functions and classes behind what a runner was given: one, several, a table of them, an object, a module."""
    if isinstance(value, FunctionRef):
        return [(value.path, value.scope), *_annotated(evaluator, value)]
    if isinstance(value, ClassRef):
        return [(value.path, value.scope), *_initial(evaluator, value)]
    if isinstance(value, Instance):
        return [(value.cls.path, value.cls.scope)]
    if isinstance(value, ModuleRef) and value.path in evaluator.program.facts:
        scopes = evaluator.program.facts[value.path].scopes
        return [(value.path, i) for i, scope in enumerate(scopes) if i and scope.parent == 0 and scope.kind == "function"]
    if depth > 2:
        return []
    if isinstance(value, Many):
        return [key for item in value.items for key in _commands_in(evaluator, item, depth + 1)]
    if isinstance(value, Table):
        return [key for _, item in value.entries for key in _commands_in(evaluator, item, depth + 1)]
    return []


def _initial(evaluator: Asking, cls: ClassRef) -> list[tuple[str, int]]:
    index = evaluator.program.symbols(cls.path).children.get(cls.scope, {}).get("__init__")
    return [(cls.path, index)] if index is not None else []


def _annotated(evaluator: Asking, function: FunctionRef) -> list[tuple[str, int]]:
    """Classes of the program that parameters of a command are annotated with: their fields are options as well."""
    scope = evaluator.program.facts[function.path].scopes[function.scope]
    where = Where(function.path, max(scope.parent, 0), scope.at, 0)
    annotations = [param.annotation for param in scope.params if isinstance(param.annotation, (Name, Attr))]
    return [(v.path, v.scope) for a in annotations if a is not None for v in evaluator.value(a, where) if isinstance(v, ClassRef)]


def _is_typer_command(evaluator: Asking, path: str, scope: int) -> bool:
    """`@app.command()` of typer or cyclopts: click's own look the same, but name their options in decorators."""
    facts = evaluator.program.facts[path]
    owner = facts.scopes[scope]
    for decorator in owner.decorators:
        func = facts.calls[decorator.index].func if isinstance(decorator, CallRef) else decorator
        if isinstance(func, Attr) and func.name in _TYPER_COMMANDS:
            where = Where(path, max(owner.parent, 0), owner.at, 0)
            made = [getattr(value, "name", "") for value in evaluator.value(func.value, where)]
            return any(name.startswith(("typer", "cyclopts")) for name in made if isinstance(name, str))
    return False


def _last(func: Value) -> str:
    return hint_of(func).rpartition(".")[2]


def _is_true(value: Value | None) -> bool:
    return isinstance(value, Const) and value.value is True
