"""Tasks that are calls of decorated project functions (Prefect, ZenML, Flyte, KFP, Dagster's ops): one a function and calling module."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analyzer.link.domain import FunctionRef
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Task
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Name, Value

RUNNING = frozenset(
    {"submit", "map", "delay", "remote", "apply_async", "with_options", "options", "override", "expand", "partial", "s", "si"}
)
"""Methods of a task that start it or prepare its start."""


class CalledTasks:
    """`is_task` tells by the full name of a decorator whether it makes a function a task."""

    def __init__(self, mechanism: str, modules: Mapping[str, PipelineModule], is_task: Callable[[str], bool]) -> None:
        self.mechanism = mechanism
        self.modules = modules
        self.is_task = is_task
        self.found: dict[str, Task] = {}
        self.made: dict[tuple[str, int], list[str]] = {}
        self._decorated: dict[FunctionRef, tuple[str, Call | None] | None] = {}

    def collect(self) -> None:
        """Note every call of a task outside the bodies of tasks."""
        for module in self.modules.values():
            for index, call in enumerate(module.facts.calls):
                function = self.function(module, index, call)
                if function is not None and not self.is_inner(module, call):
                    self.add(module, index, self.named(module, function), function)

    def order(self) -> None:
        """Tasks whose results a call's arguments hold come before it."""
        if not self.made:
            return
        flow = Flow(next(iter(self.modules.values())).evaluator, self.made)
        for (path, index), ids in list(self.made.items()):
            self.before(flow.before_call(path, index), ids)

    def before(self, first: list[str], then: list[str]) -> None:
        for task in then:
            after = self.found[task].after
            after.extend(other for other in first if other != task and other not in after)

    def add(self, module: PipelineModule, index: int, name: str, function: FunctionRef | None) -> Task:
        call = module.facts.calls[index]
        task = Task(self.mechanism, module.path, name, call.line, call.end_line)
        task = self.found.setdefault(task.id, task)
        if function is not None and not any(path == function.path for path, _ in task.runs):
            task.runs.append((function.path, call.line))
        self.made.setdefault((module.path, index), []).append(task.id)
        return task

    # ---- what is a task --------------------------------------------------------------------------------------------

    def function(self, module: PipelineModule, index: int, call: Call) -> FunctionRef | None:
        """The decorated function that a call starts: `f(…)`, `f.submit(…)`, `f.with_options(…)(…)`; or that it hands on, `x.map(f)`."""
        direct = module.called_function(index)
        if direct is not None:
            return direct if self.decorator(module, direct) is not None else None
        value: Value = call.func
        if isinstance(value, Attr) and value.name not in RUNNING:
            return None
        for _ in range(6):
            if isinstance(value, Attr) and value.name in RUNNING:
                value = value.value
            elif isinstance(value, CallRef):
                value = module.facts.calls[value.index].func
            else:
                break
        candidates = [value] if isinstance(value, (Name, Attr)) and value is not call.func else []
        if isinstance(call.func, Attr) and call.func.name == "map" and call.args and isinstance(call.args[0], (Name, Attr)):
            candidates.append(call.args[0])
        for candidate in candidates:
            found = module.function(candidate, module.where(call))
            if found is not None and self.decorator(module, found) is not None:
                return found
        return None

    def decorator(self, module: PipelineModule, function: FunctionRef) -> tuple[str, Call | None] | None:
        """(full name, call) of the decorator that makes a function a task."""
        key = FunctionRef(function.path, function.scope)
        if key not in self._decorated:
            found = next(((name, call) for name, call in module.decorators(function) if self.is_task(name)), None)
            self._decorated[key] = found
        return self._decorated[key]

    def named(self, module: PipelineModule, function: FunctionRef) -> str:
        """The name that the decorator gives a task, else the function's."""
        found = self.decorator(module, function)
        call = found[1] if found is not None else None
        own = self.modules.get(function.path, module)
        for keyword in ("name", "task_id"):
            given = own.argument(call, keyword) if call is not None else None
            text = own.text(given[0], own.where(call)) if given is not None and call is not None else ""
            if text and "{" not in text:
                return text
        return module.scope_of(function).name

    def is_inner(self, module: PipelineModule, call: Call) -> bool:
        """A call inside the body of a task is a plain call."""
        scope = call.scope
        while scope > 0:
            if module.facts.scopes[scope].kind == "function" and self.decorator(module, FunctionRef(module.path, scope)) is not None:
                return True
            scope = module.facts.scopes[scope].parent
        return False
