"""docopt: options with their defaults, and positional arguments, out of a usage text.

Source: http://docopt.org (the usage and option description formats). Only what tells values is read: names, whether an option takes an
argument, defaults, the order of positional arguments and commands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.link.commandline.options import ANY, NONE, NOWHERE, ONE, Option, OptionSet, value_of
from analyzer.link.domain import Alternatives, Known, Pattern, Result, Unknown
from analyzer.link.where import Where
from analyzer.read.values import Const, Name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_TEXT = 20_000
_USAGE = re.compile(r"^[ \t:]*usage:(.*?)(?:\n[ \t]*\n|\Z)", re.IGNORECASE | re.DOTALL | re.MULTILINE)
_DESCRIBED = re.compile(r"^[ \t]*(-{1,2}[^\s].*?)(?:[ \t]{2,}|$)", re.MULTILINE)
_NAME = re.compile(r"(-{1,2}[\w-]+)(?:[= ](<[^>]+>|[A-Z][A-Z0-9_-]*))?")
_DEFAULT = re.compile(r"\[default:\s*(.*?)\]", re.IGNORECASE | re.DOTALL)
_ARGUMENT = re.compile(r"(--?[\w-]+(?:[= ]?<[^>]+>|=[A-Z][\w-]*)?)|(<[^>]+>)(\.\.\.)?|\b([A-Z][A-Z0-9_]{2,})\b(\.\.\.)?")


def usage_options(text: str) -> OptionSet:
    """The options and arguments of a usage text; destinations are the keys of the dictionary that docopt gives (`--out`, `<file>`)."""
    text = text[:MAX_TEXT]
    found: dict[str, Option] = {}
    described = list(_DESCRIBED.finditer(text))
    for number, match in enumerate(described):
        end = described[number + 1].start() if number + 1 < len(described) else len(text)
        option = _described(match[1], text[match.end() : end])
        if option is not None:
            found.setdefault(option.dest, option)
    usage = _USAGE.search(text)
    if usage is not None:
        _used(usage[1], found)
    return OptionSet(found.values())


def _described(head: str, rest: str) -> Option | None:
    names = _NAME.findall(head.replace(", ", " ").replace("|", " "))
    if not names:
        return None
    dashed = [name for name, _ in names]
    takes = any(argument for _, argument in names)
    default = _DEFAULT.search(rest)
    value = Const(" ".join(default[1].split())) if default else None
    dest = max(dashed, key=lambda name: (name.startswith("--"), len(name)))
    return Option(dest, tuple(dashed), False, ONE if takes else NONE, value, NOWHERE, None if takes else True)


def _used(usage: str, found: dict[str, Option]) -> None:
    """Arguments in the order in which the usage patterns name them, and options that only these name."""
    for match in _ARGUMENT.finditer(usage):
        option, angular, many, upper, many_upper = match.groups()
        if option:
            name, argument = re.match(r"(--?[\w-]+)(.*)", option, re.DOTALL).groups()  # type: ignore[union-attr]
            known = found.get(name)
            if known is None and not any(name in other.names for other in found.values()):
                found[name] = Option(name, (name,), False, ONE if argument else NONE, flag=None if argument else True)
        else:
            dest = angular or upper
            found.setdefault(dest, Option(dest, (), True, ANY if many or many_upper else ONE))


def docopt_value(evaluator: Asking, base: Result, key: str) -> Alternatives:
    """`docopt(__doc__)[key]`: what command lines give, else the default that the usage text says."""
    hole = (Unknown(key.strip("-<>") or "argument", "command-line argument"),)
    program = _program(evaluator, base)
    if program is None:
        return hole
    found = value_of(evaluator, key, program, evaluator.command_lines.of(base.path))
    return tuple(v for v in found if not isinstance(v, Known) or v.value is not None) or hole


def _program(evaluator: Asking, base: Result) -> OptionSet | None:
    def make() -> OptionSet | None:
        text = _usage_text(evaluator, base)
        return usage_options(text) if text else None

    return evaluator.command_lines.remembered("docopt", (base.path, base.call), make)


def _usage_text(evaluator: Asking, base: Result) -> str:
    facts = evaluator.program.facts[base.path]
    if base.call < 0:
        return facts.usage
    call = facts.calls[base.call]
    value = call.args[0] if call.args else dict(call.keywords).get("doc", Name("__doc__"))
    if isinstance(value, Name) and value.id == "__doc__":
        return facts.usage
    for found in evaluator.value(value, Where(base.path, call.scope, call.at, call.block)):
        if isinstance(found, Pattern) and found.text:
            return found.text
    return facts.usage
