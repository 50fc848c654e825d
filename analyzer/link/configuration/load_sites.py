"""Calls that load configuration files without any `open`: which files they name (the I/O table's `argument = "config"`)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from analyzer.link.call_arguments import first_argument
from analyzer.link.configuration import applications, gin_bindings, hydra
from analyzer.link.domain import Alternatives, Pattern, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def files(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives:
    """The paths of what a call named `name` loads, as the code says them; () when it says none."""
    found = _LOADS.get(name)
    return found(evaluator, call, where) if found is not None else ()


def _of_hydra_main(evaluator: Asking, call: Call, where: Where) -> Alternatives:
    folder, name = hydra.primary_file(evaluator, where.path, call)
    return _primary(folder, name)


def _of_hydra_compose(evaluator: Asking, call: Call, where: Where) -> Alternatives:
    folder = hydra.initialised_folder(evaluator, where)
    return _primary(folder, hydra.composed_name(evaluator, call, where)) if folder is not None else ()


def _of_gin(evaluator: Asking, call: Call, where: Where) -> Alternatives:
    """What the code names, found where gin looks for it: at the one place in the repository that ends so."""
    return capped(
        [gin_bindings.placed(evaluator, value) for value in first_argument(evaluator, call, where, "config_file", "config_files") or ()]
    )


def _of_confuse(evaluator: Asking, _call: Call, where: Where) -> Alternatives:
    path = applications.packaged_defaults(evaluator, where.path)
    return (Pattern((path,), "literal", anchored=True),) if path else ()


def _primary(folder: str, name: str) -> Alternatives:
    if not name or folder.startswith(".."):
        return ()
    path = posixpath.join(folder, name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    return (Pattern((path,), "literal", anchored=True),)


_LOADS: dict[str, Callable[[Asking, Call, Where], Alternatives]] = {
    "hydra.main": _of_hydra_main,
    "nemo.core.config.hydra_runner": _of_hydra_main,
    "hydra.compose": _of_hydra_compose,
    "hydra.experimental.compose": _of_hydra_compose,
    "gin.parse_config_file": _of_gin,
    "gin.config.parse_config_file": _of_gin,
    "gin.parse_config_files_and_bindings": _of_gin,
    "confuse.Configuration": _of_confuse,
    "confuse.LazyConfig": _of_confuse,
}
