"""The library calls that give configuration, by name: which module of this package knows each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.configuration import hydra, ini, instantiation, loaders, made_in_code, omegaconf
from analyzer.link.domain import Alternatives
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
    if name in hydra.COMPOSERS:
        return hydra.composed_by_call(evaluator, call, where)
    if name in ini.PARSERS:
        return ini.read_by(evaluator, call, where)
    made = made_in_code.assigned_object(evaluator, name, call, where)
    if made is not None:
        return (made,)
    return omegaconf.call_of(evaluator, name, call, where)
