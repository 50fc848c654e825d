"""The library calls that give configuration, by name: which module of this package knows each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.configuration import applications, gin_bindings, hydra, ini, instantiation, loaders, made_in_code, omegaconf
from analyzer.link.domain import Alternatives, ClassRef
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def external_call(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """What a library call that loads, makes or changes configuration gives; None when it is no such call."""
    if name in loaders.LOADERS or name in loaders.WRAPPERS or name in loaders.OTHERS:
        found = loaders.loaded(evaluator, name, call, where)
        if found is not None:
            return found
    if name in instantiation.INSTANTIATORS or name in instantiation.GETTERS:
        return instantiation.instantiated(evaluator, name, call, where)
    if name == "gin.query_parameter":
        return gin_bindings.macro(evaluator, evaluator.value(call.args[0], where)) if call.args else None
    if name in hydra.COMPOSERS:
        return hydra.composed_by_call(evaluator, call, where)
    if name in applications.CONFUSE:
        return applications.confuse(evaluator, where)
    if name in applications.DYNACONF:
        return applications.dynaconf(evaluator, call, where)
    if name in ini.PARSERS:
        return ini.read_by(evaluator, call, where)
    made = made_in_code.assigned_object(evaluator, name, call, where)
    if made is not None:
        return (made,)
    return omegaconf.call_of(evaluator, name, call, where)


def constructed(evaluator: Asking, cls: ClassRef, call: Call, where: Where) -> Alternatives | None:
    """As `external_call`, for a class of the project that derives from a library's class for configuration."""
    base = applications.library_base(evaluator, cls)
    return external_call(evaluator, base, call, where) if base else None
