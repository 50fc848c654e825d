"""Values that come from the command line: argparse, click, typer, absl flags and `sys.argv`, with defaults and checked-in command lines."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from analyzer.link.domain import (
    Abstract,
    Alternatives,
    External,
    Hole,
    Known,
    Many,
    Pattern,
    Result,
    Sym,
    Unknown,
    capped,
    literal,
)
from analyzer.link.where import Where
from analyzer.link.wording import with_via
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Name, Opaque, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_PARSERS = {"argparse.ArgumentParser", "configargparse.ArgParser", "configargparse.ArgumentParser", "transformers.HfArgumentParser"}
_DEFAULT_HOLDERS = {
    "typer.Option": 0, "typer.Argument": 0, "pydantic.Field": 0, "dataclasses.field": -1, "attr.ib": 0, "attrs.field": -1,
    "fastapi.Query": 0, "luigi.Parameter": 0, "luigi.DateParameter": 0, "pydantic.fields.Field": 0,
}  # fmt: skip
ARGUMENT_NAMES = frozenset("args arg opt opts options flags FLAGS hparams parsed_args cli_args config cfg params".split())
"""What programs call the object that holds their parsed options."""


def external_call(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    if name in _DEFAULT_HOLDERS:
        return _held_default(evaluator, name, call, where)
    return None


def _held_default(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    keywords = dict(call.keywords)
    position = _DEFAULT_HOLDERS[name]
    if "default" in keywords:
        value: Value | None = keywords["default"]
    elif 0 <= position < len(call.args):
        value = call.args[position]
    else:
        value = None
    if value is None or isinstance(value, Opaque):
        return (Unknown("", "command-line argument"),)
    via = "cli-default" if name.startswith(("typer", "fastapi")) else "config"
    return tuple(with_via(v, via) for v in evaluator.value(value, where))


def method(receiver: Abstract, name: str) -> Alternatives | None:
    """What the methods of an argument parser give; None for other receivers."""
    if isinstance(receiver, Result) and receiver.name in _PARSERS:
        if name == "parse_args":
            return (Result("argparse.parse_args", receiver.path, receiver.call),)
        if name == "parse_known_args":
            return (Many((Result("argparse.parse_args", receiver.path, receiver.call), Unknown("rest"))),)
        if name in ("add_argument_group", "add_mutually_exclusive_group", "add_parser", "add_subparsers"):
            return (receiver,)
    return None


# ---- argparse --------------------------------------------------------------------------------------------------------


def options_of(evaluator: Asking, path: str) -> dict[str, list[Call]]:
    """dest → the add_argument calls of a module."""
    found: dict[str, list[Call]] = {}
    for call in evaluator.program.facts[path].calls:
        if isinstance(call.func, Attr) and call.func.name == "add_argument" and call.args:
            dest = _dest(call)
            if dest:
                found.setdefault(dest, []).append(call)
    return found


def _strings(call: Call) -> list[str]:
    return [a.value for a in call.args if isinstance(a, Const) and isinstance(a.value, str)]


def _dest(call: Call) -> str:
    for name, value in call.keywords:
        if name == "dest" and isinstance(value, Const) and isinstance(value.value, str):
            return value.value
    strings = _strings(call)
    long = next((s for s in strings if s.startswith("--")), strings[0] if strings else "")
    return long.lstrip("-").replace("-", "_")


def result_attribute(evaluator: Asking, base: Result, name: str, where: Where) -> Alternatives:
    if base.name == "argparse.parse_args":
        return option_value(evaluator, base.path, name, where)
    return (Unknown(name, "attribute"),)


def option_value(evaluator: Asking, path: str, dest: str, where: Where) -> Alternatives:
    """The value of a parsed option: what checked-in command lines pass, else its default."""
    calls = _options(evaluator, path).get(dest)
    hole = Unknown(f"args.{dest}", "command-line argument")
    if not calls:
        return (hole,)
    passed = _passed(evaluator, path, calls[0]) or (_passed(evaluator, where.path, calls[0]) if where.path != path else ())
    if passed:
        return passed
    found: list[Abstract] = []
    for call in calls[:3]:
        keywords = dict(call.keywords)
        default = keywords.get("default")
        if default is not None:
            at = Where(path, call.scope, call.line, call.block)
            found.extend(with_via(v, "cli-default") for v in evaluator.value(default, at))
        elif isinstance(keywords.get("action"), Const):
            found.append(Known(False))
    telling = [v for v in found if not isinstance(v, Known) or v.value is not None]
    return capped(telling) if telling else (hole,)


def _options(evaluator: Asking, path: str) -> dict[str, list[Call]]:
    if path not in evaluator.options:
        evaluator.options[path] = options_of(evaluator, path)
    return evaluator.options[path]


def _passed(evaluator: Asking, path: str, option: Call) -> Alternatives:
    """What the checked-in command lines of a script pass for an option; nothing when none does."""
    strings = _strings(option)
    found: list[Abstract] = []
    for folder, words in evaluator.argv.get(path, ())[:6]:
        value = _from_words(evaluator, path, words, strings)
        if value is not None:
            found.append(_given(value, folder))
    return capped(found)


def _given(word: str, folder: str) -> Pattern:
    """A word of a command line as a value: a relative path starts from the command's working directory."""
    if "{" in word:
        parts = tuple(Hole(piece[1:-1]) if piece.startswith("{") else piece for piece in re.split(r"(\{[^{}]*\})", word) if piece)
        return Pattern(parts, "config")
    is_path = "/" in word or "." in word
    if word.startswith(("/", "~")) or "://" in word or not is_path:
        return literal(word, "config")
    return Pattern((posixpath.normpath(posixpath.join(folder, word)),), "config", anchored=True)


def _from_words(evaluator: Asking, path: str, words: tuple[str, ...], strings: list[str]) -> str | None:
    if strings and not strings[0].startswith("-"):
        positionals = [
            s for calls in _options(evaluator, path).values() for s in [_strings(calls[0])[:1]] if s and not s[0].startswith("-")
        ]
        index = next((i for i, s in enumerate(positionals) if s[0] == strings[0]), -1)
        given = _positional_words(words)
        return given[index] if 0 <= index < len(given) else None
    for position, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in strings:
            if equals:
                return value
            if position + 1 < len(words) and not words[position + 1].startswith("--"):
                return words[position + 1]
    return None


def _positional_words(words: tuple[str, ...]) -> list[str]:
    """Words before the first option: after it, values of options and positionals cannot be told apart."""
    given = []
    for word in words:
        if word.startswith("-"):
            break
        given.append(word)
    return given


# ---- sys.argv --------------------------------------------------------------------------------------------------------


def argument(evaluator: Asking, path: str, position: int) -> Alternatives:
    """`sys.argv[position]` as the checked-in command lines of the script give it."""
    if position == 0:
        return (Pattern((path,), "constant", anchored=True),)
    found: list[Abstract] = [
        _given(words[position - 1], folder) for folder, words in evaluator.argv.get(path, ()) if 0 < position <= len(words)
    ]
    return capped(found) if found else (Unknown(f"argv[{position}]", "command-line argument"),)


def result_item(evaluator: Asking, base: Result, text: str | None, where: Where) -> Alternatives:
    if base.name.startswith("docopt"):
        return (Unknown((text or "argument").strip("-<>"), "command-line argument"),)
    if text is not None and base.name in ("builtins.vars", "argparse.parse_args"):
        return result_attribute(evaluator, base, text, where)
    return (Unknown(text or base.name.rpartition(".")[2], "call result"),)


# ---- click and typer -------------------------------------------------------------------------------------------------


def decorated_default(evaluator: Asking, sym: Sym) -> Alternatives | None:
    """The default that a click decorator gives to a parameter; None when the function is no click command or has no such option."""
    path, scope = sym.function
    facts = evaluator.program.facts[path]
    for decorator in facts.scopes[scope].decorators:
        if not isinstance(decorator, CallRef):
            continue
        call = facts.calls[decorator.index]
        last = call.func.name if isinstance(call.func, Attr) else call.func.id if isinstance(call.func, Name) else ""
        if last not in ("option", "argument") or _option_param(call) != sym.param:
            continue
        passed = _passed(evaluator, path, call)
        if passed:
            return passed
        default = dict(call.keywords).get("default")
        if default is None:
            return (Unknown(sym.param, "command-line argument"),)

        values = evaluator.value(default, Where(path, 0, 1 << 30, 0))
        return tuple(with_via(v, "cli-default") for v in values)
    return None


def _option_param(call: Call) -> str:
    strings = _strings(call)
    plain = [s for s in strings if not s.startswith("-")]
    if plain and len(strings) > 1:
        return plain[-1].replace("-", "_")
    long = max((s for s in strings), key=len, default="")
    return long.lstrip("-").partition("/")[0].replace("-", "_").lower()


# ---- absl flags ------------------------------------------------------------------------------------------------------


def flag_value(evaluator: Asking, base: External, name: str, where: Where) -> Alternatives | None:
    """`FLAGS.name` of absl: the default of its DEFINE call in the same module."""
    if not base.name.endswith("flags.FLAGS"):
        return None
    for call in evaluator.program.facts[where.path].calls:
        if isinstance(call.func, Attr) and call.func.name.startswith("DEFINE_") and len(call.args) > 1:
            first = call.args[0]
            if isinstance(first, Const) and first.value == name:
                return tuple(
                    with_via(v, "cli-default") for v in evaluator.value(call.args[1], Where(where.path, call.scope, call.line, call.block))
                )
    return (Unknown(f"FLAGS.{name}", "command-line argument"),)
