"""Which rules there are: every rule class in the files beside this one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path
from typing import TypeGuard

from rules.base import Rule


@cache
def all_rules() -> tuple[type[Rule], ...]:
    """Every rule, sorted by code.

    Only the files of our own folder are walked, never the import path. A file that cannot be imported is an error, not a rule less:
    its exception is passed on. Raises ValueError when two rules share a code or a name.
    """
    found: dict[str, type[Rule]] = {}
    for entry in pkgutil.iter_modules([str(Path(__file__).parent)]):
        module = importlib.import_module(f"{__package__}.{entry.name}")
        for rule in vars(module).values():
            if not _is_rule_of(rule, module.__name__):
                continue
            twin = next((other for other in found.values() if rule.code == other.code or rule.name == other.name), None)
            if twin is not None:
                raise ValueError(f"{rule.__module__} and {twin.__module__} share the code {rule.code} or the name {rule.name}")
            found[rule.code] = rule
    return tuple(found[code] for code in sorted(found))


def _is_rule_of(thing: object, module: str) -> TypeGuard[type[Rule]]:
    return inspect.isclass(thing) and issubclass(thing, Rule) and thing.__module__ == module and not inspect.isabstract(thing)
