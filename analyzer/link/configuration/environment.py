"""Environment variables: what checked-in files set, and what the code takes when nothing does.

Set by `.env` files that something loads, by `ENV` of Dockerfiles and by `environment` of Compose files. A value that the repository itself
passes is an alternative to the default in the code. What CI sets is for its tests and does not count.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, Hole, Known, Pattern, as_pattern, capped, literal
from analyzer.link.program import Program
from analyzer.link.where import Where
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.facts import Call
from analyzer.read.step_facts import StepFacts

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_VALUES = 3
"""A variable that is set to more different values than this is set by whoever runs the program."""
_FILE = re.compile(r"(?:^|/)(?:\.env|\.env\.(?:local|dev|development|prod|production|docker|shared|base)|[\w-]+\.env)$")
_LOADERS = frozenset({"dotenv", "decouple", "environs", "environ", "pydantic_settings", "pydantic", "dynaconf", "starlette"})
_MACHINE = frozenset("PATH HOME USER LANG LC_ALL PWD SHELL TERM TMPDIR PYTHONPATH LD_LIBRARY_PATH HOSTNAME TZ".split())
_OPEN = re.compile(r"[${}`]|\b(?:CHANGE_?ME|PLACEHOLDER)\b|path/to", re.IGNORECASE)
READERS = frozenset({"environs.Env", "environ.Env", "decouple.Config", "decouple.AutoConfig", "starlette.config.Config"})
"""Objects that are asked for variables: `env("X", default)`, `env.str("X", default)`."""
_ASKED = frozenset("str path url list json int bool get get_value __call__".split())


def of_files(program: Program, configs: Mapping[str, ConfigFacts], steps: Mapping[str, StepFacts]) -> dict[str, Alternatives]:
    """The variables that the repository's own files set, with their few values."""
    found: dict[str, dict[str, None]] = {}
    for name, value in _settings(program, configs, steps):
        if name not in _MACHINE and value and len(value) <= 300 and not _OPEN.search(value) and not value.startswith(("/", "~")):
            found.setdefault(name, {})[value] = None
    return {name: tuple(literal(value, "env") for value in values) for name, values in found.items() if len(values) <= MAX_VALUES}


def _settings(program: Program, configs: Mapping[str, ConfigFacts], steps: Mapping[str, StepFacts]) -> Iterator[tuple[str, str]]:
    for facts in steps.values():
        yield from facts.environment
    files = [path for path, facts in configs.items() if facts.kind == "env" and _FILE.search(path)]
    is_composed = any(posixpath.basename(path).lower().startswith(("docker-compose", "compose")) for path in steps)
    if files and (is_composed or _loads_files(program)):
        for path in files:
            yield from ((key, str(value)) for key, value, _ in configs[path].leaves if value is not None)


def _loads_files(program: Program) -> bool:
    return any(entry.module.partition(".")[0] in _LOADERS for facts in program.facts.values() for entry in facts.imports)


def variable(evaluator: Asking, name: str, default: Iterable[Abstract]) -> Alternatives:
    """The values of a variable: those that the repository's own files set, then `default`; a hole of its name when there are none."""
    found: list[Abstract] = list(evaluator.environment.get(name, ()))
    for value in default:
        if isinstance(value, Pattern):
            if value.parts:
                found.append(Pattern(value.parts, "env", value.anchored, value.temporary))
        elif not (isinstance(value, Known) and value.value is None):
            found.append(value)
    return capped(found) if found else (Pattern((Hole(name),), "env"),)


def asked(evaluator: Asking, call: Call, where: Where) -> Alternatives:
    """`os.getenv(name, default)`, `decouple.config(name, default=…)`, `env.str(name, default)`."""
    keywords = dict(call.keywords)
    given = call.args[0] if call.args else keywords.get("key", keywords.get("name"))
    default = call.args[1] if len(call.args) > 1 else keywords.get("default")
    values = evaluator.value(default, where) if default is not None else ()
    found: list[Abstract] = []
    for name in evaluator.value(given, where)[:3] if given is not None else (Pattern((Hole("environment"),)),):
        found.extend(variable(evaluator, as_pattern(name).shown.strip("{}"), values))
    return capped(found)


def is_reading(name: str) -> bool:
    """Is `name` a method by which READERS are asked for a variable?"""
    return name in _ASKED
