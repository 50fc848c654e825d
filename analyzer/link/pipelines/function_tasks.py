"""Orchestrators whose tasks are nothing but calls of decorated functions: ZenML and Flyte.

Sources: https://docs.zenml.io ("Steps & pipelines"), https://docs.flyte.org ("Tasks", "Workflows", "Chain Flyte entities", "Shell tasks").
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.link.pipelines.called import CalledTasks
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Task
from analyzer.link.where import Where

ZENML = frozenset({"zenml"})
FLYTE = frozenset({"flytekit"})
_ZENML_STEP = re.compile(r"^zenml\.(?:steps?\.)*(?:\w+\.)*step$")
_FLYTE_TASK = re.compile(r"^flytekit\.(?:\w+\.)*(?:task|dynamic|eager)$")


def zenml(modules: Mapping[str, PipelineModule]) -> list[Task]:
    """Calls of `@step` functions, in the order that data and `after=["name"]` give them."""
    called = _called("zenml", modules, _ZENML_STEP)
    for (path, index), ids in called.made.items():
        module = modules[path]
        call = module.facts.calls[index]
        given = module.argument(call, "after")
        names = module.texts(given[0], module.where(call), given[1]) if given is not None else ()
        called.before([task for name, _ in names if (task := f"{path}::{name.shown}") in called.found], ids)
    return list(called.found.values())


def flyte(modules: Mapping[str, PipelineModule]) -> list[Task]:
    """Calls of `@task` functions, in the order that data and `>>` give them."""
    called = _called("flyte", modules, _FLYTE_TASK)
    if called.made:
        flow = Flow(next(iter(modules.values())).evaluator, called.made)
        for module in modules.values():
            for shift in module.facts.shifts:
                where = Where(module.path, shift.scope, shift.at, shift.block)
                left, right = flow.of(shift.left, where), flow.of(shift.right, where)
                called.before(left, right) if shift.op == ">>" else called.before(right, left)
    return list(called.found.values())


def _called(mechanism: str, modules: Mapping[str, PipelineModule], wanted: re.Pattern[str]) -> CalledTasks:
    called = CalledTasks(mechanism, modules, lambda name: wanted.match(name) is not None)
    called.collect()
    called.order()
    return called
