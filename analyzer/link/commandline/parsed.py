"""What the evaluator asks about parsers and parsed options: their calls, methods, attributes and items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.commandline import argv
from analyzer.link.commandline.absl_flags import defined_value, flag_value
from analyzer.link.commandline.argparse_options import GROUPING, PARSED, PARSING, added_dataclass, module_options, option_value
from analyzer.link.commandline.docopt_usage import docopt_value
from analyzer.link.commandline.function_commands import TAP
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    FunctionRef,
    Instance,
    Known,
    Many,
    Pattern,
    Result,
    Unknown,
)
from analyzer.link.where import Where
from analyzer.link.wording import with_via
from analyzer.read.facts import Call
from analyzer.read.values import Opaque, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_PARSERS = frozenset(
    """
    argparse.ArgumentParser configargparse.ArgParser configargparse.ArgumentParser configargparse.get_argument_parser
    jsonargparse.ArgumentParser simple_parsing.ArgumentParser
    """.split()
)
_FILLERS = frozenset(
    """
    tyro.cli simple_parsing.parse pyrallis.parse draccus.parse chz.entrypoint datargs.parse
    """.split()
)
"""Functions that make an object of the class they are given from the command line."""
_DATACLASS_PARSERS = frozenset(
    "transformers.HfArgumentParser trl.TrlParser trl.ModelConfigParser argparse_dataclass.ArgumentParser".split()
)
_DATACLASS_RESULTS = frozenset(
    "parse_args_into_dataclasses parse_json_file parse_yaml_file parse_dict parse_args_and_config parse_args parse".split()
)
_DEFAULT_HOLDERS = {
    "typer.Option": 0, "typer.Argument": 0, "pydantic.Field": 0, "dataclasses.field": -1, "attr.ib": 0, "attrs.field": -1,
    "fastapi.Query": 0, "luigi.Parameter": 0, "luigi.DateParameter": 0, "pydantic.fields.Field": 0, "simple_parsing.field": 0,
    "simple_parsing.helpers.field": 0, "datargs.arg": -1,
}  # fmt: skip
_READS = frozenset({"get", "pop"})


def call_of(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """The result of an external function that concerns command lines; None for the others."""
    if name in _DEFAULT_HOLDERS:
        return _held_default(evaluator, name, call, where)
    if name in _FILLERS and call.args:
        return _filled(evaluator, evaluator.value(call.args[0], where)) or None
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
    via = "cli-default" if name.startswith(("typer", "fastapi", "simple_parsing", "datargs")) else "config"
    return tuple(with_via(v, via) for v in evaluator.value(value, where))


def _filled(evaluator: Asking, values: Alternatives) -> Alternatives:
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, ClassRef):
            found.append(Instance(value))
        elif isinstance(value, Many):
            found.append(Many(tuple(Instance(item) for item in value.items if isinstance(item, ClassRef)), value.ordered))
        elif isinstance(value, FunctionRef):
            found.extend(evaluator.returned(value))
    return tuple(found)


def method_of(evaluator: Asking, receiver: Abstract, name: str, call: Call, where: Where) -> Alternatives | None:
    """What methods of parsers, parsed options and classes with a parser give; None for other receivers."""
    if isinstance(receiver, Instance) and name in PARSING:
        return _own_parser(evaluator, receiver, name)
    if not isinstance(receiver, Result):
        return None
    if receiver.name in _DATACLASS_PARSERS and name in _DATACLASS_RESULTS:
        return _dataclasses(evaluator, receiver)
    if receiver.name in _PARSERS or (receiver.name.endswith(("ArgumentParser", "ArgParser")) and name in PARSING | GROUPING):
        return _of_parser(receiver, name)
    if name in _READS and call.args and (receiver.name in (PARSED, "builtins.vars") or receiver.name.startswith("docopt")):
        keys = evaluator.value(call.args[0], where)
        return item_of(evaluator, receiver, keys[0], where) if keys else None
    return None


def _of_parser(receiver: Result, name: str) -> Alternatives | None:
    if name in PARSING:
        parsed = Result(PARSED, receiver.path, receiver.call)
        return (Many((parsed, Unknown("rest"))),) if "known" in name else (parsed,)
    return (receiver,) if name in GROUPING else None


def _own_parser(evaluator: Asking, receiver: Instance, name: str) -> Alternatives | None:
    """`parse_args` of a project class: a subclass of ArgumentParser, or a Tap whose fields are the options."""
    if evaluator.program.symbols(receiver.cls.path).children.get(receiver.cls.scope, {}).get(name) is not None:
        return None
    scope = evaluator.program.facts[receiver.cls.path].scopes[receiver.cls.scope]
    where = Where(receiver.cls.path, max(scope.parent, 0), scope.at, 0)
    bases = [base for value in scope.bases for base in evaluator.value(value, where)]
    names = [base.name for base in bases if isinstance(base, External)]
    if TAP.intersection(names):
        return (Instance(receiver.cls),)
    if any(base in _PARSERS or base.endswith("ArgumentParser") for base in names):
        path = receiver.call[0] or receiver.cls.path
        path = path if module_options(evaluator, path).options else receiver.cls.path
        return _of_parser(Result("argparse.ArgumentParser", path, -1), name)
    return None


def _dataclasses(evaluator: Asking, parser: Result) -> Alternatives | None:
    """The objects that an HfArgumentParser makes, in the order of its classes; the words it did not know come last."""
    call = evaluator.program.facts[parser.path].calls[parser.call]
    value = call.args[0] if call.args else dict(call.keywords).get("dataclass_types") or dict(call.keywords).get("options_class")
    if value is None:
        return None
    found: list[Abstract] = []
    for given in evaluator.value(value, Where(parser.path, call.scope, call.at, call.block)):
        items = given.items if isinstance(given, Many) else (given,)
        found.append(Many(tuple(Instance(item) if isinstance(item, ClassRef) else Unknown("arguments") for item in items)))
    return tuple(found)


# ---- attributes, items, elements -------------------------------------------------------------------------------------


def attribute_of(evaluator: Asking, base: Result | External, name: str, where: Where) -> Alternatives | None:
    """`args.name`, `FLAGS.name`, `FLAG.value`; None when `base` holds no options."""
    if isinstance(base, External):
        return flag_value(evaluator, base, name, where)
    if name == "value" and (defined := defined_value(evaluator, base)) is not None:
        return defined
    if base.name.rpartition(".")[2] not in PARSING and base.name not in ("builtins.vars",):
        return None
    if name == "__dict__":
        return (base,)
    known = option_value(evaluator, base.path, name, where)
    if all(isinstance(value, Unknown) for value in known):
        return added_dataclass(evaluator, base.path, name) or known
    return known


def item_of(evaluator: Asking, base: Result | External, key: Abstract, where: Where) -> Alternatives | None:
    """`vars(args)["name"]`, `docopt(…)["--name"]`, `sys.argv[1]`, `sys.argv[1:]`; None when `base` holds nothing of a command line."""
    first = argv.first_of(base.name)
    if first is not None:
        return _word(evaluator, base, first, key, where)
    text = key.text if isinstance(key, Pattern) else None
    if isinstance(base, Result) and base.name.startswith("docopt"):
        return docopt_value(evaluator, base, text) if text is not None else (Unknown("argument", "command-line argument"),)
    return attribute_of(evaluator, base, text, where) if text is not None and isinstance(base, Result) else None


def _word(evaluator: Asking, base: Result | External, first: int, key: Abstract, where: Where) -> Alternatives | None:
    path = base.path if isinstance(base, Result) else where.path
    if isinstance(key, Known) and isinstance(key.value, int) and not isinstance(key.value, bool):
        return argv.argument(evaluator, path, first + key.value if key.value >= 0 else key.value)
    if isinstance(key, Unknown) and ":" in key.hint:
        return argv.sliced(base.name, key.hint, path)
    return None


def elements_of(evaluator: Asking, base: Result) -> Alternatives | None:
    """What a loop over `sys.argv[1:]` yields; None for other results."""
    first = argv.first_of(base.name)
    return None if first is None else argv.arguments(evaluator, base.path, first)
