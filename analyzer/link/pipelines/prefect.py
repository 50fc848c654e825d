"""Prefect: task functions (1, 2 and 3), task classes of Prefect 1, shell tasks, and the order of both.

Sources: https://docs.prefect.io (3.x, 2.x: tasks, flows, task runners), https://docs-v1.prefect.io (Task, Flow, mapping, task library).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analyzer.link.domain import Instance, Result
from analyzer.link.pipelines.call_sites import Binding, CallSites
from analyzer.link.pipelines.called import CalledTasks
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.rows import Row, RowSite
from analyzer.link.pipelines.task import Task
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef

IMPORTS = frozenset({"prefect", "prefect_shell", "prefect_dask", "prefect_ray"})
_TASK = re.compile(r"^prefect\.(?:tasks\.|utilities\.tasks\.)?task$")
_CLASS = re.compile(r"^prefect\.(?:core\.(?:task\.)?)?Task$")
_SHELL = re.compile(r"^prefect(?:\.tasks)?[._]shell(?:\.\w+)*\.(?:ShellTask|ShellOperation|shell_run_command)(?:\.run)?$")
_SHELL_ROW = Row(shell=("command|commands|0",))
_PREPARING = {"bind", "map", "copy"}


class Prefect(CalledTasks):
    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        super().__init__("prefect", modules, lambda name: _TASK.match(name) is not None)

    def tasks(self) -> list[Task]:
        self.collect()
        for module in self.modules.values():
            self._instances(module)
            self._shell(module)
        self.order()
        self._set_order()
        return list(self.found.values())

    def _instances(self, module: PipelineModule) -> None:
        """`T(…)(x)`, `t(x)`, `t.map(x)` of classes that extend Prefect 1's `Task`."""
        for index, call in enumerate(module.facts.calls):
            receivers = module.evaluator.callee(module.path, index)
            if isinstance(call.func, Attr) and call.func.name in _PREPARING:
                receivers = module.evaluator.value(call.func.value, module.where(call))
            for found in receivers:
                if isinstance(found, Instance) and any(_CLASS.match(name) for name in module.bases(found.cls)):
                    task = self.add(module, index, self._instance_name(module, found), None)
                    if not any(path == found.cls.path for path, _ in task.runs):
                        task.runs.append((found.cls.path, call.line))
                    break

    def _instance_name(self, module: PipelineModule, found: Instance) -> str:
        path, index = found.call
        owner = self.modules.get(path)
        if owner is not None and index >= 0:
            call = owner.facts.calls[index]
            given = owner.argument(call, "name")
            text = owner.text(given[0], owner.where(call)) if given is not None else ""
            if text and "{" not in text:
                return text
        return module.evaluator.program.facts[found.cls.path].scopes[found.cls.scope].name

    def _shell(self, module: PipelineModule) -> None:
        sites = CallSites(module.evaluator, ())
        for index, call, name in list(module.calls(lambda name: _SHELL.match(name) is not None)):
            maker = index
            if name.endswith(".run") and isinstance(call.func, Attr) and isinstance(call.func.value, CallRef):
                continue
            site = RowSite(module, sites, maker, Binding())
            task = self.add(module, index, site.text("name") or name.rpartition(".")[2], None)
            task.commands.extend(site.commands(_SHELL_ROW))
        for index, call in enumerate(module.facts.calls):
            # `shell = ShellTask(…)`, then `shell(command="…")`
            for found in module.evaluator.callee(module.path, index) if not isinstance(call.func, Attr) else ():
                if isinstance(found, Result) and _SHELL.match(found.name):
                    task = self.add(module, index, found.name.rpartition(".")[2], None)
                    task.commands.extend(RowSite(module, sites, index, Binding()).commands(_SHELL_ROW))

    # ---- order -----------------------------------------------------------------------------------------------------

    def _set_order(self) -> None:
        """`flow.set_dependencies`, `flow.add_edge`, `task.set_upstream`, `task.set_downstream`."""
        if not self.made:
            return
        flow = Flow(next(iter(self.modules.values())).evaluator, self.made)
        for module in self.modules.values():
            for call in module.facts.calls:
                if isinstance(call.func, Attr):
                    self._ordered(module, call, call.func, flow)

    def _ordered(self, module: PipelineModule, call: Call, func: Attr, flow: Flow) -> None:
        where = module.where(call)

        def tasks_of(keyword: str, position: int = -1) -> list[str]:
            given = module.argument(call, keyword, position)
            return flow.of(given[0], where) if given is not None else []

        if func.name in ("set_upstream", "set_downstream") and call.args:
            mine, others = flow.of(func.value, where), flow.of(call.args[0], where)
            self.before(others, mine) if func.name == "set_upstream" else self.before(mine, others)
        elif func.name == "set_dependencies":
            mine = tasks_of("task", 0)
            self.before([*tasks_of("upstream_tasks", 1), *tasks_of("keyword_tasks", 3)], mine)
            self.before(mine, tasks_of("downstream_tasks", 2))
        elif func.name == "add_edge":
            self.before(tasks_of("upstream_task", 0), tasks_of("downstream_task", 1))


def tasks(modules: Mapping[str, PipelineModule]) -> list[Task]:
    return Prefect(modules).tasks()
