"""Steps that are objects of a vendor's SDK: TFX components, Azure ML, SageMaker and Vertex AI jobs. What a class touches is a table's row.

Sources: https://www.tensorflow.org/tfx/api_docs (components), https://learn.microsoft.com/python/api (azureml-pipeline-steps, azureml-core,
azure-ai-ml), https://sagemaker.readthedocs.io (processing, estimators, workflow), https://cloud.google.com/python/docs/reference/aiplatform.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.link.pipelines.call_sites import CallSites
from analyzer.link.pipelines.flow import Flow
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.rows import RowSite, rows
from analyzer.link.pipelines.task import Task

_NAMES = "name|step_name|display_name|job_name|base_job_name|experiment_name|component_name"


@dataclass(frozen=True, slots=True)
class Sdk:
    """A vendor's SDK: its mechanism (and table), the modules that import it, and the full names that its classes have."""

    mechanism: str
    imports: frozenset[str]
    names: re.Pattern[str]


SDKS = (
    Sdk("tfx", frozenset({"tfx"}), re.compile(r"^tfx\.")),
    Sdk("azureml", frozenset({"azureml", "azure"}), re.compile(r"^(?:azureml|azure\.ai\.ml)\.")),
    Sdk("sagemaker", frozenset({"sagemaker"}), re.compile(r"^sagemaker\.")),
    Sdk(
        "vertex",
        frozenset({"google", "vertexai"}),
        re.compile(r"^(?:google\.cloud\.aiplatform|vertexai)\.|^google\.cloud\.aiplatform_v1\."),
    ),
)


def tasks(sdk: Sdk, modules: Mapping[str, PipelineModule]) -> list[Task]:
    """One task a constructor or job call that the SDK's table knows."""
    if not modules:
        return []
    table = rows(sdk.mechanism)
    evaluator = next(iter(modules.values())).evaluator
    sites = CallSites(evaluator, modules)
    found: dict[str, Task] = {}
    made: dict[tuple[str, int], list[str]] = {}
    for module in modules.values():
        for index, call, full in list(module.calls(lambda name: bool(sdk.names.match(name)) and _short(name) in table)):
            row = table[_short(full)]
            for binding in sites.bindings(module.path, index):
                site = RowSite(module, sites, index, binding)
                path, line, end_line = module.path, call.line, call.end_line
                if binding.outer is not None:
                    caller = evaluator.program.facts[binding.outer[0]].calls[binding.outer[1]]
                    path, line, end_line = binding.outer[0], caller.line, caller.end_line
                task = Task(sdk.mechanism, path, site.text(_NAMES) or _short(full), line, end_line)
                name, number = task.name, 1
                while task.id in found and found[task.id].line != line:
                    number += 1
                    task.name = f"{name} {number}"
                task.data.extend(site.data(row))
                task.commands.extend(site.commands(row))
                known = found.setdefault(task.id, task)
                if known is not task:
                    known.absorb(task)
                for key in {(module.path, index), binding.outer or (module.path, index)}:
                    made.setdefault(key, []).append(known.id)
    flow = Flow(evaluator, made)
    for (path, index), ids in made.items():
        first = flow.before_call(path, index)
        for task_id in ids:
            found[task_id].after.extend(other for other in first if other != task_id and other not in found[task_id].after)
    return list(found.values())


def _short(name: str) -> str:
    """The class's name; of a method of its objects the class's and the method's (`Processor.run`)."""
    parts = name.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-1][:1].islower() and parts[-2][:1].isupper() else parts[-1]
