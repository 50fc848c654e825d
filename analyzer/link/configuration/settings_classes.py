"""Classes whose fields are environment variables: pydantic's BaseSettings.

Source: docs.pydantic.dev, "Settings management": the variable is `env_prefix` and the field's name, in any case, or the name that
`Field(env=…)`, `alias` or `validation_alias` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.configuration.applications import derives_from
from analyzer.link.domain import Abstract, Alternatives, ClassRef, Hole, Instance, Pattern, Unknown, capped
from analyzer.link.where import Where
from analyzer.read.facts import Assign
from analyzer.read.values import CallRef, Const, Map, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_BASES = frozenset(
    {"pydantic.BaseSettings", "pydantic_settings.BaseSettings", "pydantic.env_settings.BaseSettings", "pydantic.v1.BaseSettings"}
)
_ALIASES = ("env", "validation_alias", "alias")


def with_environment(evaluator: Asking, base: Instance, name: str, values: Alternatives) -> Alternatives:
    """The values of a field of settings: what checked-in files set its variable to, then `values`; else a hole of its name."""
    if not is_settings(evaluator, base.cls):
        return values
    field = evaluator.program.symbols(base.cls.path).assigns.get(base.cls.scope, {}).get(name)
    if not field:
        return values
    names = _variables(evaluator, base.cls, name, field[-1])
    found: list[Abstract] = [value for variable in names for value in evaluator.environment.get(variable, ())]
    known = [value for value in values if not isinstance(value, Unknown)]
    if found or known:
        return capped([*found, *known])
    return (Pattern((Hole(names[0]),), "env"),)


def is_settings(evaluator: Asking, cls: ClassRef) -> bool:
    done = evaluator.settings_classes.get(cls)
    if done is None:
        evaluator.settings_classes[cls] = False  # a class may be asked about while its bases are looked at
        done = evaluator.settings_classes[cls] = bool(derives_from(evaluator, cls, _BASES))
    return done


def _variables(evaluator: Asking, cls: ClassRef, name: str, field: Assign) -> list[str]:
    facts = evaluator.program.facts[cls.path]
    if isinstance(field.value, CallRef):
        keywords = dict(facts.calls[field.value.index].keywords)
        for alias in _ALIASES:
            given = keywords.get(alias)
            if isinstance(given, Const) and isinstance(given.value, str):
                return [given.value, given.value.upper()]
    plain = _prefix(evaluator, cls) + name
    return [plain.upper(), plain, plain.lower()]


def _prefix(evaluator: Asking, cls: ClassRef) -> str:
    symbols = evaluator.program.symbols(cls.path)
    inner = symbols.children.get(cls.scope, {}).get("Config", -1)
    given: Value | None = None
    for assign in symbols.assigns.get(inner, {}).get("env_prefix", ()):
        given = assign.value
    for assign in symbols.assigns.get(cls.scope, {}).get("model_config", ()):
        if isinstance(assign.value, CallRef):
            given = dict(symbols.facts.calls[assign.value.index].keywords).get("env_prefix", given)
        elif isinstance(assign.value, Map):
            pairs = zip(assign.value.keys, assign.value.values, strict=True)
            given = next((value for key, value in pairs if isinstance(key, Const) and key.value == "env_prefix"), given)
    values = evaluator.value(given, Where(cls.path, 0, 1 << 30, 0)) if given is not None else ()
    return next((value.text for value in values if isinstance(value, Pattern) and value.text is not None), "")
