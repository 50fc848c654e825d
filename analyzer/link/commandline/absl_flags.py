"""absl, gflags and tf.app flags: `FLAGS.name` anywhere in the program, `NAME = flags.DEFINE_string(…)` and `NAME.value`.

Source: https://abseil.io/docs/python/guides/flags. Flags are global: a module uses what another one defines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.commandline.options import NONE, ONE, Option, OptionSet, value_of
from analyzer.link.domain import Alternatives, External, Known, Result, Unknown
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Const, last_name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_ATTRIBUTES = frozenset("flag_values_dict mark_as_parsed set_default is_parsed append_flag_values unparse_flags".split())


def flag_value(evaluator: Asking, base: External, name: str, where: Where) -> Alternatives | None:
    """`FLAGS.name`: what command lines give, else the default of its definition; None when `base` is not the flags object."""
    if not base.name.endswith(("flags.FLAGS", "flags.FLAGS.value")) or name in _ATTRIBUTES or name.startswith("_"):
        return None
    places = _defining(evaluator, name, where.path)
    if len(places) == 1:
        lines = evaluator.command_lines.of(where.path, *places)
        found = value_of(evaluator, name, _all_flags(evaluator), lines, _module_flags(evaluator, places[0]).by_dest[name])
    else:
        found = _of_each(evaluator, name, places)
    return _telling(found, name)


def defined_value(evaluator: Asking, base: Result) -> Alternatives | None:
    """`NAME.value` of `NAME = flags.DEFINE_string("name", default, help)`; None for other results."""
    if ".DEFINE_" not in base.name or base.call < 0:
        return None
    option = _option(base.path, evaluator.program.facts[base.path].calls[base.call])
    if option is None:
        return None
    found = value_of(evaluator, option.dest, _module_flags(evaluator, base.path), evaluator.command_lines.of(base.path))
    return _telling(found, option.dest)


def _telling(found: Alternatives, name: str) -> Alternatives:
    known = tuple(value for value in found if not isinstance(value, Known) or value.value is not None)
    return known or (Unknown(f"FLAGS.{name}", "command-line argument"),)


def _of_each(evaluator: Asking, name: str, places: list[str]) -> Alternatives:
    """Several modules define the flag, each for a program of its own."""
    found = [
        v for place in places[:3] for v in value_of(evaluator, name, _module_flags(evaluator, place), evaluator.command_lines.of(place))
    ]
    return tuple(dict.fromkeys(found))


def _defining(evaluator: Asking, name: str, path: str) -> list[str]:
    """The modules whose definition of the flag is meant in `path`: itself, what it imports, what imports it, else the only one there is."""
    modules = _index(evaluator).get(name, [])
    if path in modules:
        return [path]
    near = set(evaluator.command_lines.near(path, 3))
    imported = [place for place in modules if place in near]
    if imported:
        return imported
    importing = [place for place in modules if path in evaluator.command_lines.near(place, 3)]
    return importing or (modules if len(modules) == 1 else [])


def _index(evaluator: Asking) -> dict[str, list[str]]:
    """Flag → the modules that define it."""

    def make() -> dict[str, list[str]]:
        found: dict[str, dict[str, None]] = {}
        for path in evaluator.program.facts:
            for option in _module_flags(evaluator, path).options:
                found.setdefault(option.dest, {})[path] = None
        return {flag: list(places) for flag, places in found.items()}

    return evaluator.command_lines.remembered("flags index", "", make)


def _all_flags(evaluator: Asking) -> OptionSet:
    def make() -> OptionSet:
        return OptionSet(option for path in evaluator.program.facts for option in _module_flags(evaluator, path).options)

    return evaluator.command_lines.remembered("all flags", "", make)


def _module_flags(evaluator: Asking, path: str) -> OptionSet:
    calls = evaluator.program.facts[path].calls

    def make() -> OptionSet:
        return OptionSet(option for call in calls if (option := _option(path, call)) is not None)

    return evaluator.command_lines.remembered("flags", path, make)


def _option(path: str, call: Call) -> Option | None:
    name = last_name(call.func)
    if not name.startswith("DEFINE_"):
        return None
    keywords = dict(call.keywords)
    first = call.args[0] if call.args else keywords.get("name") or keywords.get("flag_name")
    if not (isinstance(first, Const) and isinstance(first.value, str)):
        return None
    default = call.args[1] if len(call.args) > 1 else keywords.get("default") or keywords.get("default_value")
    kind = name[len("DEFINE_") :]
    short = keywords.get("short_name")
    names = (f"--{first.value}", f"-{first.value}", *((f"-{short.value}",) if isinstance(short, Const) else ()))
    takes = NONE if kind in ("bool", "boolean") else ONE
    at = Where(path, call.scope, call.at, call.block)
    return Option(first.value, names, False, takes, default, at, True if takes == NONE and default is None else None)
