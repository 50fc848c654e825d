"""Kubeflow Pipelines: components made of functions and of files, container operations, their order.

Sources: https://www.kubeflow.org/docs/components/pipelines/ (v2: components, pipelines, importer) and the v1 SDK documentation
(`ContainerOp`, `func_to_container_op`, `create_component_from_func`, `load_component_from_file`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import basename, dirname

from analyzer.link.domain import Result
from analyzer.link.pipelines.call_sites import CallSites
from analyzer.link.pipelines.called import CalledTasks
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.rows import Row, RowSite
from analyzer.link.pipelines.task import Task
from analyzer.read.values import Attr

IMPORTS = frozenset({"kfp"})
_COMPONENT = re.compile(
    r"^kfp\.(?:\w+\.)*(?:component|container_component|python_component|func_to_container_op|create_component_from_func|lightweight_component)$"
)
_MAKER = re.compile(r"^kfp\.(?:\w+\.)*(?:func_to_container_op|create_component_from_func|func_to_component_text|component)$")
_LOADER = re.compile(r"^kfp\.(?:\w+\.)*(?:load_component_from_file|load_component_from_url|load_component)$|^\?\.load_component$")
_CONTAINER = re.compile(r"^kfp\.(?:\w+\.)*ContainerOp$")
_IMPORTER = re.compile(r"^kfp\.(?:\w+\.)*importer$")
_CONTAINER_ROW = Row(words=(("command", "arguments"),))
_IMPORTER_ROW = Row(reads=("object {artifact_uri}",))


class Kfp(CalledTasks):
    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        super().__init__("kfp", modules, lambda name: _COMPONENT.match(name) is not None)

    def tasks(self) -> list[Task]:
        if not self.modules:
            return []
        evaluator = next(iter(self.modules.values())).evaluator
        self.sites = CallSites(evaluator, self.modules)
        self.collect()
        for module in self.modules.values():
            self._made_components(module)
            self._containers(module)
        self.order()
        flow = Flow(evaluator, self.made)
        for module in self.modules.values():
            for call in module.facts.calls:
                if isinstance(call.func, Attr) and call.func.name == "after" and call.args:
                    where = module.where(call)
                    first = [task for value in call.args for task in flow.of(value, where)]
                    self.before(first, flow.of(call.func.value, where))
        return list(self.found.values())

    def _made_components(self, module: PipelineModule) -> None:
        """`op = func_to_container_op(f)` or `op = load_component_from_file("…")`, then `op(…)`."""
        for index in range(len(module.facts.calls)):
            for found in module.evaluator.callee(module.path, index):
                if not isinstance(found, Result):
                    continue
                owner = self.modules.get(found.path)
                if owner is None:
                    continue
                maker = owner.facts.calls[found.call]
                if _MAKER.match(found.name):
                    given = owner.argument(maker, "func", 0)
                    function = owner.function(given[0], owner.where(maker)) if given is not None else None
                    if function is not None:
                        self.add(module, index, module.scope_of(function).name, function)
                elif _LOADER.match(found.name):
                    given = owner.argument(maker, "filename", 0) or owner.argument(maker, "url") or owner.argument(maker, "name")
                    text = owner.text(given[0], owner.where(maker)) if given is not None else ""
                    if text:
                        self.add(module, index, _component_name(text), None)

    def _containers(self, module: PipelineModule) -> None:
        for index, _, name in list(module.calls(lambda name: bool(_CONTAINER.match(name) or _IMPORTER.match(name)))):
            row = _CONTAINER_ROW if _CONTAINER.match(name) else _IMPORTER_ROW
            for binding in self.sites.bindings(module.path, index):
                site = RowSite(module, self.sites, index, binding)
                task = self.add(module, index, site.text("name|0") or name.rpartition(".")[2], None)
                if binding.outer is not None:
                    self.made.setdefault(binding.outer, []).append(task.id)
                task.commands.extend(command for command in site.commands(row) if command not in task.commands)
                task.data.extend(data for data in site.data(row) if data not in task.data)


def _component_name(text: str) -> str:
    """`component.yaml` is called after its folder, anything else after itself."""
    name = basename(text).rpartition(".")[0] or basename(text)
    return basename(dirname(text)) or name if name == "component" else name


def tasks(modules: Mapping[str, PipelineModule]) -> list[Task]:
    return Kfp(modules).tasks()
