"""Apache Airflow: operators and sensors, TaskFlow functions, datasets and assets, the order of tasks.

Sources: https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/ (operators, taskflow, datasets, assets), the providers'
operator references, and the 1.10 documentation for older names. What an operator touches is data: `airflow.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from analyzer.link.domain import FunctionRef, Pattern, Result
from analyzer.link.pipelines.call_sites import Binding, CallSites
from analyzer.link.pipelines.flow import Flow, inside
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.rows import RowSite, rows
from analyzer.link.pipelines.task import Data, Task, own_name
from analyzer.link.where import Where
from analyzer.read.facts import Call, Context
from analyzer.read.values import Attr, CallRef, Name, Value, last_name

IMPORTS = frozenset({"airflow"})
_OPERATOR = re.compile(r"(?:Operator|Sensor|OperatorAsync|SensorAsync)$")
_TASK = re.compile(r"^airflow\.(?:decorators|sdk)(?:\.\w+)*\.?task(?:\.(?P<kind>\w+))?$|^airflow\.decorators\.(?:python\.)?task\b")
_TASK_GROUP = re.compile(r"^airflow\..*\btask_group$")
_DAG = re.compile(r"^airflow\.(?:.*\.)?DAG$")
_DAG_DECORATOR = re.compile(r"^airflow\.(?:.*\.)?dag$")
_GROUP_CLASS = re.compile(r"^airflow\..*\bTaskGroup$")
_DATASET = re.compile(r"^airflow\.(?:.*\.)?(?:Dataset|Asset)$")
_SHIFTING = {"set_upstream": "<<", "set_downstream": ">>"}
_CHAINS = re.compile(r"^airflow\..*\.(?P<how>chain|chain_linear|cross_downstream)$")


class Airflow:
    """All DAG modules together; `tasks` gives their tasks."""

    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        self.modules = modules
        self.found: dict[str, Task] = {}
        self.made: dict[tuple[str, int], list[str]] = {}
        """(path, call index) → ids of the tasks that the call makes."""
        self.dags: dict[str, list[str]] = {}
        """DAG id → ids of its tasks."""
        self.waits: list[tuple[str, str, str, bool]] = []
        """(task, DAG id, task name or "", does the task wait for the DAG): order across DAGs."""

    def tasks(self) -> list[Task]:
        if not self.modules:
            return []
        evaluator = next(iter(self.modules.values())).evaluator
        self.sites = CallSites(evaluator, self.modules)
        for module in self.modules.values():
            self._operators(module)
            self._taskflow(module)
            self._scheduled(module)
        self.flow = Flow(evaluator, self.made)
        for module in self.modules.values():
            self._groups(module)
        for module in self.modules.values():
            self._order(module)
        self._across_dags()
        return list(self.found.values())

    # ---- operators -------------------------------------------------------------------------------------------------

    def _operators(self, module: PipelineModule) -> None:
        table = rows("airflow")
        for index, call in enumerate(module.facts.calls):
            is_named = any(name == "task_id" for name, _ in call.keywords)
            if not is_named and not module.is_class(index):
                continue
            names = [n.rpartition(".")[2] for n in module.names(index)]
            operator = next((n for n in names if _OPERATOR.search(n)), "")
            if not operator and not names and _OPERATOR.search(last_name(call.func)) and not module.is_defined(index):
                operator = last_name(call.func)  # of a plug-in that is not in the repository
            if not operator:
                continue
            row = next((table[n] for n in (operator, operator.removesuffix("Async")) if n in table), None)
            for binding in self.sites.bindings(module.path, index):
                site = RowSite(module, self.sites, index, binding)
                task = self._new(module, index, call, site.text("task_id") or operator, binding)
                if row is not None:
                    task.data.extend(site.data(row))
                    task.commands.extend(site.commands(row))
                    for keyword in row.functions:
                        self._runs(module, task, call, keyword)
                self._lets(module, task, call)
                self._waits(site, task, operator)

    def _new(self, module: PipelineModule, index: int, call: Call, name: str, binding: Binding) -> Task:
        outer = binding.outer
        path, line, end_line = module.path, call.line, call.end_line
        if outer is not None:
            caller = self.sites.evaluator.program.facts[outer[0]].calls[outer[1]]
            path, line, end_line = outer[0], caller.line, caller.end_line
        task = Task("airflow", path, name, line, end_line)
        dag = self._dag_of(module, call) if outer is None else self._dag_of(self.modules[outer[0]], caller)
        known = self.found.get(task.id)
        if known is not None and dag and known.id not in self.dags.get(dag, ()):
            task.name = f"{dag}.{name}"
        task = self.found.setdefault(task.id, task)
        if dag:
            self.dags.setdefault(dag, []).append(task.id)
        for key in {(module.path, index), outer or (module.path, index)}:
            ids = self.made.setdefault(key, [])
            if task.id not in ids:
                ids.append(task.id)
        return task

    def _dag_of(self, module: PipelineModule, call: Call) -> str:
        """The id of the DAG that a task belongs to, as far as it stands around the task."""
        given = module.argument(call, "dag")
        if given is not None:
            for value in module.evaluator.value(given[0], module.where(call)):
                if isinstance(value, Result) and _DAG.match(value.name):
                    return self._dag_id(module, value.path, value.call)
        for context in module.facts.contexts:
            if inside(context, call.scope, call.line):
                found = self._dag_named(module, context)
                if found:
                    return found
        scope = call.scope
        while scope > 0:
            for name, decorator in module.decorators(FunctionRef(module.path, scope)):
                if _DAG_DECORATOR.match(name):
                    given = module.argument(decorator, "dag_id", 0) if decorator is not None else None
                    text = module.text(given[0], Where(module.path, 0, 1 << 30, 0)) if given else ""
                    return text or module.facts.scopes[scope].name
            scope = module.facts.scopes[scope].parent
        return ""

    def _dag_named(self, module: PipelineModule, context: Context) -> str:
        where = Where(module.path, context.scope, context.at, module.facts.scopes[context.scope].block)
        for value in module.evaluator.value(context.value, where):
            if isinstance(value, Result) and _DAG.match(value.name):
                return self._dag_id(module, value.path, value.call)
        return ""

    def _dag_id(self, module: PipelineModule, path: str, index: int) -> str:
        call = module.evaluator.program.facts[path].calls[index]
        given = module.argument(call, "dag_id", 0)
        return module.text(given[0], Where(path, call.scope, call.at, call.block)) if given else ""

    def _runs(self, module: PipelineModule, task: Task, call: Call, keyword: str) -> None:
        given = module.argument(call, keyword)
        function = module.function(given[0], module.where(call)) if given else None
        if function is not None and given is not None:
            task.runs.append((function.path, given[1] if task.path == module.path else task.line))

    def _lets(self, module: PipelineModule, task: Task, call: Call) -> None:
        """`inlets` and `outlets`: datasets (2.4 to 2.x) and assets (3.x)."""
        for keyword, op in (("inlets", "read"), ("outlets", "write")):
            given = module.argument(call, keyword)
            if given is not None:
                task.data.extend(self._datasets(module, given[0], module.where(call), given[1], op))

    def _datasets(self, module: PipelineModule, value: Value, where: Where, line: int, op: str) -> Iterator[Data]:
        for item, at in module.items(value, where, line):
            for found in module.evaluator.value(item, where):
                if isinstance(found, Result) and _DATASET.match(found.name):
                    call = module.evaluator.program.facts[found.path].calls[found.call]
                    uri = module.argument(call, "uri", 0) or module.argument(call, "name", 0)
                    if uri is None:
                        continue
                    for pattern in module.patterns(uri[0], Where(found.path, call.scope, call.at, call.block)):
                        yield Data(op, "dataset", _dataset_name(pattern), at)

    def _waits(self, site: RowSite, task: Task, operator: str) -> None:
        if operator.startswith("ExternalTaskSensor"):
            names = [p.shown for p, _ in (*site.patterns("external_task_id"), *site.patterns("external_task_ids"))] or [""]
            self.waits.extend((task.id, site.text("external_dag_id"), name, True) for name in names)
        elif operator == "TriggerDagRunOperator":
            self.waits.append((task.id, site.text("trigger_dag_id"), "", False))

    # ---- TaskFlow --------------------------------------------------------------------------------------------------

    def _taskflow(self, module: PipelineModule) -> None:
        for index, call in enumerate(module.facts.calls):
            function = module.called_function(index) or _chained_function(module, call)
            if function is None:
                continue
            found = next(((n, d) for n, d in module.decorators(function) if _TASK.match(n)), None)
            if found is None or self._is_inner(module, call):
                continue
            name, decorator = found
            named = _override(module, call) or decorator
            given = module.argument(named, "task_id") if named is not None else None
            where = module.where(call) if named is not decorator else Where(function.path, 0, 1 << 30, 0)
            task = self._new(
                module, index, call, (module.text(given[0], where) if given else "") or module.scope_of(function).name, Binding()
            )
            task.runs.append((function.path, call.line))
            if decorator is not None:
                self._lets(self.modules.get(function.path, module), task, decorator)
            if name.endswith(".bash"):
                self._returned_command(module, task, function, call)

    def _is_inner(self, module: PipelineModule, call: Call) -> bool:
        """A call inside the body of a task is a plain call."""
        scope = call.scope
        while scope > 0:
            if module.facts.scopes[scope].kind == "function" and any(
                _TASK.match(n) for n, _ in module.decorators(FunctionRef(module.path, scope))
            ):
                return True
            scope = module.facts.scopes[scope].parent
        return False

    @staticmethod
    def _returned_command(module: PipelineModule, task: Task, function: FunctionRef, call: Call) -> None:
        from analyzer.read.shell import shell_commands

        for value in module.evaluator.returned(function):
            if isinstance(value, Pattern):
                task.commands.extend(shell_commands(value.shown, call.line))

    def _scheduled(self, module: PipelineModule) -> None:
        """A DAG that datasets start reads them: a task of the DAG's own name."""
        for index, call in enumerate(module.facts.calls):
            names = module.names(index)
            if not any(_DAG.match(n) or _DAG_DECORATOR.match(n) for n in names):
                continue
            given = module.argument(call, "schedule") or module.argument(call, "schedule_interval")
            if given is None:
                continue
            data = list(self._datasets(module, given[0], module.where(call), given[1], "read"))
            name = module.argument(call, "dag_id", 0)
            text = module.text(name[0], module.where(call)) if name else ""
            if data:
                task = Task("airflow", module.path, text or "dag", call.line, call.end_line, data)
                self.found.setdefault(task.id, task).absorb(task)

    # ---- order -----------------------------------------------------------------------------------------------------

    def _groups(self, module: PipelineModule) -> None:
        """A task group stands for the tasks inside it."""
        for context in module.facts.contexts:
            if isinstance(context.value, CallRef) and any(_GROUP_CLASS.match(n) for n in module.names(context.value.index)):
                ids = [
                    task
                    for (path, index), tasks in self.made.items()
                    if path == module.path and inside(context, module.facts.calls[index].scope, module.facts.calls[index].line)
                    for task in tasks
                ]
                self.made[module.path, context.value.index] = list(dict.fromkeys(ids))
        for index in range(len(module.facts.calls)):
            function = module.called_function(index)
            if function is not None and any(_TASK_GROUP.match(n) for n, _ in module.decorators(function)):
                ids = [
                    task
                    for (path, inner), tasks in self.made.items()
                    if path == function.path and module.evaluator.program.facts[path].calls[inner].scope == function.scope
                    for task in tasks
                ]
                self.made.setdefault((module.path, index), list(dict.fromkeys(ids)))

    def _shifts(self, module: PipelineModule) -> None:
        labels: dict[Value, list[str]] = {}
        for shift in module.facts.shifts:
            where = Where(module.path, shift.scope, shift.at, shift.block)
            left = labels.get(shift.left) or self.flow.of(shift.left, where)
            right = self.flow.of(shift.right, where)
            if left and not right and isinstance(shift.right, CallRef):
                labels[shift.right] = left  # a `Label` between two tasks
            self._before(left, right) if shift.op == ">>" else self._before(right, left)

    def _order(self, module: PipelineModule) -> None:
        self._shifts(module)
        for index, call in enumerate(module.facts.calls):
            where = module.where(call)
            how = _SHIFTING.get(call.func.name) if isinstance(call.func, Attr) else None
            if how and isinstance(call.func, Attr) and call.args:
                mine, others = self.flow.of(call.func.value, where), self.flow.of(call.args[0], where)
                self._before(mine, others) if how == ">>" else self._before(others, mine)
                continue
            chained = next((m for n in module.names(index) if (m := _CHAINS.match(n))), None)
            if chained is not None:
                groups = [self.flow.of(value, where) for value in call.args]
                for left, right in pairwise(groups):
                    self._before(left, right)
            if (module.path, index) in self.made:
                self._before(self.flow.before_call(module.path, index), self.made[module.path, index])

    def _before(self, first: list[str], then: list[str]) -> None:
        for task in then:
            after = self.found[task].after
            after.extend(other for other in first if other != task and other not in after)

    def _across_dags(self) -> None:
        for task, dag, name, waits in self.waits:
            others = [t for t in self.dags.get(dag, ()) if t != task and (not name or self.found[t].name in (name, f"{dag}.{name}"))]
            for other in others[:100]:
                self._before([other], [task]) if waits else self._before([task], [other])


def tasks(modules: Mapping[str, PipelineModule]) -> list[Task]:
    """The tasks of all DAG modules."""
    return Airflow(modules).tasks()


def _chained_function(module: PipelineModule, call: Call) -> FunctionRef | None:
    """The function of `f.override(…)()`, `f.expand(…)` and `f.partial(…).expand(…)`."""
    value: Value = call.func
    if isinstance(value, Attr) and value.name not in ("expand", "expand_kwargs"):
        return None
    if isinstance(value, CallRef):
        inner = module.facts.calls[value.index].func
        if not (isinstance(inner, Attr) and inner.name in ("override", "partial")):
            return None
    for _ in range(6):
        if isinstance(value, Attr):
            value = value.value
        elif isinstance(value, CallRef):
            value = module.facts.calls[value.index].func
        else:
            break
    return module.function(value, module.where(call)) if isinstance(value, Name) else None


def _override(module: PipelineModule, call: Call) -> Call | None:
    """The `.override(…)` call in front of a TaskFlow call."""
    value: Value = call.func
    for _ in range(6):
        if isinstance(value, CallRef):
            inner = module.facts.calls[value.index]
            if isinstance(inner.func, Attr) and inner.func.name == "override":
                return inner
            value = inner.func
        elif isinstance(value, Attr):
            value = value.value
        else:
            break
    return None


def _dataset_name(pattern: Pattern) -> Pattern:
    """A dataset is named by its URI; a bare name is a name of Airflow's own."""
    first = pattern.parts[0] if pattern.parts else ""
    if isinstance(first, str) and ("://" in first or first.startswith("/")):
        return pattern
    return own_name("airflow", pattern)
