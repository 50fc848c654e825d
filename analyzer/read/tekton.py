"""Tekton resources → steps: tasks with what their steps run, pipelines and runs with the tasks they refer to.

Source: https://tekton.dev/docs/pipelines/ (v1, v1beta1; v1alpha1 for `spec.inputs.params`). `$(params.x)` and `$(inputs.params.x)` are the
hole `{params.x}`, which pipelines and runs fill in wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node

from analyzer.read.container_nodes import container_commands
from analyzer.read.kubernetes import resource_name
from analyzer.read.step_facts import Command, Step, Use
from analyzer.read.yaml_nodes import entries, get, last_line, line_of, text_of

MAX_ENTRIES = 500
REFERENCE = re.compile(r"\$\(([\w.\[\]\"'*-]+)\)")
TASKS = frozenset({"Task", "ClusterTask"})


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The steps of one resource of the group tekton.dev."""
    kind, name, spec = text_of(get(document, "kind")), resource_name(document), get(document, "spec")
    if spec is None:
        return
    if kind in TASKS:
        yield _task(spec, name, line_of(document), lines)
    elif kind == "TaskRun":
        yield from _referring(spec, name, "task", line_of(document), lines)
    elif kind == "Pipeline":
        yield from _pipeline(spec, name, line_of(document), lines)
    elif kind == "PipelineRun":
        yield from _referring(spec, name, "pipeline", line_of(document), lines)
    elif kind == "TriggerTemplate":
        for resource in entries(get(spec, "resourcetemplates"))[:MAX_ENTRIES]:
            yield from steps(resource, lines) if text_of(get(resource, "kind")) != "TriggerTemplate" else ()


def _task(spec: Node, name: str, line: int, lines: list[str], template: str | None = None) -> Step:
    commands: list[Command] = []
    folder = text_of(get(get(spec, "stepTemplate"), "workingDir"))
    image = ""
    for step in entries(get(spec, "steps"))[:MAX_ENTRIES]:
        commands.extend(container_commands(step, lines, holes))
        folder = folder or text_of(get(step, "workingDir"))
        image = image or text_of(get(step, "image"))
    return Step(
        "tekton", name, line, last_line(spec), (), (), tuple(commands), holes(folder), parameters=_parameters(spec),
        template=f"tekton/task/{name}" if template is None else template, image=holes(image),
    )  # fmt: skip


def _pipeline(spec: Node, name: str, line: int, lines: list[str]) -> Iterator[Step]:
    uses: list[Use] = []
    for task in [*entries(get(spec, "tasks")), *entries(get(spec, "finally"))][:MAX_ENTRIES]:
        own, embedded = text_of(get(task, "name")), get(task, "taskSpec")
        target = f"tekton/task/{text_of(get(get(task, 'taskRef'), 'name'))}"
        if isinstance(embedded, MappingNode):
            target = f"tekton/embedded/{name}/{own}"
            after = tuple(f"{name}/{text_of(earlier)}" for earlier in entries(get(task, "runAfter")))
            step = _task(embedded, f"{name}/{own}", line_of(task), lines, target)
            yield Step(
                step.kind, step.name, step.line, step.end_line, (), (), step.commands, step.cwd, after, parameters=step.parameters,
                template=target, image=step.image,
            )  # fmt: skip
        uses.append(Use(target, line_of(task), _arguments(task)))
    parameters = _parameters(spec)
    yield Step("tekton", name, line, last_line(spec), parameters=parameters, uses=tuple(uses), template=f"tekton/pipeline/{name}")


def _referring(spec: Node, name: str, what: str, line: int, lines: list[str]) -> Iterator[Step]:
    """A run: of a task or pipeline that it refers to, or of one that it holds."""
    embedded = get(spec, f"{what}Spec")
    target = f"tekton/{what}/{text_of(get(get(spec, f'{what}Ref'), 'name'))}"
    if isinstance(embedded, MappingNode):
        target = f"tekton/{what}/{name}/embedded"
        if what == "task":
            yield _task(embedded, f"{name}/embedded", line_of(embedded), lines, target)
        else:
            yield from _pipeline(embedded, f"{name}/embedded", line_of(embedded), lines)
    yield Step("tekton", name, line, last_line(spec), uses=(Use(target, line, _arguments(spec)),), is_default=True)


def _parameters(spec: Node) -> tuple[tuple[str, str], ...]:
    declared = [*entries(get(spec, "params")), *entries(get(get(spec, "inputs"), "params"))][:MAX_ENTRIES]
    named = ((f"params.{text_of(get(entry, 'name'))}", holes(text_of(get(entry, "default")))) for entry in declared)
    has_default = {f"params.{text_of(get(entry, 'name'))}" for entry in declared if get(entry, "default") is not None}
    return tuple((name, default if name in has_default else "{" + name + "}") for name, default in named)


def _arguments(node: Node) -> tuple[tuple[str, str], ...]:
    given = entries(get(node, "params"))[:MAX_ENTRIES]
    return tuple((f"params.{text_of(get(entry, 'name'))}", holes(text_of(get(entry, "value")))) for entry in given)


def holes(text: str) -> str:
    """`$(params.x)` and its older form become `{params.x}`, other references holes of their own name."""
    if "$(" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        name = re.sub(r"\[[\"']?([\w.-]+)[\"']?\]", r".\1", match[1]).removeprefix("inputs.").removeprefix("tt.")
        return "{" + name + "}" if "." in name else match[0]

    return REFERENCE.sub(fill, text)
