"""Metaflow: the steps of a flow class and the files that it includes.

Source: https://docs.metaflow.org ("Creating flows": linear, branch, foreach, conditional transitions; `IncludeFile`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from analyzer.link.domain import ClassRef, FunctionRef, Result
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Data, Task
from analyzer.link.where import Where
from analyzer.read.values import Attr, Name, Value

IMPORTS = frozenset({"metaflow"})
_FLOW = re.compile(r"^metaflow\.(?:\w+\.)*FlowSpec$")
_STEP = re.compile(r"^metaflow\.(?:\w+\.)*step$")
_INCLUDE = re.compile(r"^metaflow\.(?:\w+\.)*IncludeFile$")


def tasks(modules: Mapping[str, PipelineModule]) -> list[Task]:
    found: list[Task] = []
    for module in modules.values():
        for number, scope in enumerate(module.facts.scopes):
            if scope.kind == "class" and any(_FLOW.match(name) for name in module.bases(ClassRef(module.path, number))):
                found.extend(_steps(module, number))
    return found


def _steps(module: PipelineModule, flow: int) -> list[Task]:
    """The steps of one flow class; `self.next(self.a, self.b)` puts them in order."""
    steps: dict[str, Task] = {}
    scopes: dict[int, str] = {}
    name = module.facts.scopes[flow].name
    for number, scope in enumerate(module.facts.scopes):
        is_method = scope.parent == flow and scope.kind == "function" and scope.decorators
        if is_method and any(_STEP.match(n) for n, _ in module.decorators(FunctionRef(module.path, number))):
            task = Task("metaflow", module.path, f"{name}.{scope.name}", scope.line, scope.end_line, runs=[(module.path, scope.line)])
            steps[scope.name] = task
            scopes[number] = scope.name
    for call in module.facts.calls:
        if call.scope in scopes and isinstance(call.func, Attr) and call.func.name == "next" and call.func.value == Name("self"):
            for value in call.args:
                for target in _targets(value):
                    if target in steps:
                        steps[target].after.append(steps[scopes[call.scope]].id)
    if "start" in steps:
        steps["start"].data.extend(_included(module, flow))
    return list(steps.values())


def _targets(value: Value) -> Iterator[str]:
    """`self.a`; of a mapping of cases to steps, the steps."""
    if isinstance(value, Attr) and value.value == Name("self"):
        yield value.name
    else:
        for inner in getattr(value, "values", ()):
            yield from _targets(inner)


def _included(module: PipelineModule, flow: int) -> Iterator[Data]:
    """`IncludeFile("name", default="data.csv")`: the file is read when the flow starts."""
    for name, assigns in module.evaluator.program.symbols(module.path).assigns.get(flow, {}).items():
        for assign in assigns[-1:]:
            where = Where(module.path, flow, assign.at, assign.block)
            for value in module.evaluator.value(assign.value, where):
                if isinstance(value, Result) and _INCLUDE.match(value.name) and name:
                    call = module.facts.calls[value.call]
                    given = module.argument(call, "default")
                    for pattern, line in module.texts(given[0], module.where(call), given[1]) if given is not None else ():
                        yield Data("read", "file", pattern, line)
