"""Which metrics there are: every `measure` in the files beside this one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from analyzer.graph.system import SystemGraph
from analyzer.result import Metric

Measure = Callable[[SystemGraph], Metric | None]


@cache
def all_measures() -> tuple[Measure, ...]:
    """The `measure` of every file of this folder that has one, by file name. What the import of one raises is passed on."""
    names = sorted(entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = (importlib.import_module(f"{__package__}.{name}") for name in names)
    return tuple(module.measure for module in modules if hasattr(module, "measure"))


def measure_all(graph: SystemGraph) -> tuple[Metric, ...]:
    """Every metric that has something to say of `graph`, by code. `measure` gives None where there is nothing to measure."""
    found = (measure(graph) for measure in all_measures())
    return tuple(sorted((metric for metric in found if metric is not None), key=lambda metric: metric.code))
