"""Argo workflows → a step per template, with what it runs, its artifacts, and the templates that it calls.

Source: https://argo-workflows.readthedocs.io/en/latest/fields/ (Workflow, CronWorkflow, WorkflowTemplate, ClusterWorkflowTemplate). A
`{{inputs.parameters.x}}` is the hole `{inputs.parameters.x}`, and `{{workflow.parameters.x}}` likewise: callers fill them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode, SequenceNode

from analyzer.read.container_nodes import container_commands
from analyzer.read.kubernetes import resource_name
from analyzer.read.step_facts import Command, Declared, Step, Use
from analyzer.read.yaml_nodes import entries, get, last_line, line_of, text_of

MAX_TEMPLATES = 1_000
MAX_ENTRIES = 500
REFERENCE = re.compile(r"\{\{=?\s*([^{}]{1,200}?)\s*\}\}")
TASK = re.compile(r"[A-Za-z0-9_-]+")
STORES = {"s3": "s3", "gcs": "gs", "oss": "oss", "hdfs": "hdfs"}
WORKS = ("container", "script")


def steps(document: Node, lines: list[str]) -> Iterator[Step]:
    """The steps of one resource of the group argoproj.io that holds a workflow."""
    spec = get(get(document, "spec"), "workflowSpec") or get(document, "spec")
    templates = entries(get(spec, "templates"))[:MAX_TEMPLATES]
    if not templates:
        return
    reader = _Templates(resource_name(document), lines, spec, templates)
    for template in templates:
        yield reader.read(template)
    yield from reader.run(document)


class _Templates:
    def __init__(self, workflow: str, lines: list[str], spec: Node | None, templates: list[Node]) -> None:
        self.workflow = workflow
        self.lines = lines
        self.spec = spec
        given = entries(get(get(spec, "arguments"), "parameters"))[:MAX_ENTRIES]
        names = {f"workflow.parameters.{text_of(get(entry, 'name'))}": get(entry, "value") for entry in given}
        self.defaults = tuple((name, holes(text_of(value)) if value is not None else "{" + name + "}") for name, value in names.items())
        self.after: dict[str, list[str]] = {}
        for template in templates:
            self._order(template)

    def read(self, template: Node) -> Step:
        name = text_of(get(template, "name"))
        inputs, outputs = get(template, "inputs"), get(template, "outputs")
        commands, folder, image = self._work(template)
        return Step(
            "argo", name, line_of(template), last_line(template), tuple(_artifacts(inputs)), tuple(_artifacts(outputs)),
            commands, folder, tuple(dict.fromkeys(self.after.get(name, ()))), parameters=(*self.defaults, *_parameters(inputs)),
            uses=tuple(self._uses(template)), template=f"argo/{self.workflow}/{name}", image=image,
        )  # fmt: skip

    def run(self, document: Node) -> Iterator[Step]:
        """The workflow itself, when it takes another one's templates."""
        referred = get(self.spec, "workflowTemplateRef")
        target, entry = text_of(get(referred, "name")), text_of(get(self.spec, "entrypoint"))
        if target:
            given = tuple(_arguments(self.spec))
            arguments = (*given, *((name.replace("inputs.", "workflow.", 1), value) for name, value in given))
            yield Step("argo", self.workflow, line_of(document), uses=(Use(f"argo/{target}/{entry}", line_of(document), arguments),))

    def _work(self, template: Node) -> tuple[tuple[Command, ...], str, str]:
        nodes = [node for key in WORKS if (node := get(template, key)) is not None]
        nodes += [*entries(get(template, "initContainers")), *entries(get(get(template, "containerSet"), "containers"))][:MAX_ENTRIES]
        commands = [command for node in nodes for command in container_commands(node, self.lines, holes)]
        folder = next((text for node in nodes if (text := text_of(get(node, "workingDir")))), "")
        image = next((text for node in nodes if (text := text_of(get(node, "image")))), "")
        return tuple(commands), holes(folder), holes(image)

    def _uses(self, template: Node) -> Iterator[Use]:
        for task in _calls(template):
            name, referred = text_of(get(task, "template")), get(task, "templateRef")
            if referred is not None:
                yield Use(
                    f"argo/{text_of(get(referred, 'name'))}/{text_of(get(referred, 'template'))}", line_of(task), tuple(_arguments(task))
                )
            elif name:
                yield Use(f"argo/{self.workflow}/{name}", line_of(task), tuple(_arguments(task)))

    def _order(self, template: Node) -> None:
        """Which templates run before which: `dependencies` and `depends` of a DAG, groups of steps one after the other."""
        tasks = {text_of(get(task, "name")): text_of(get(task, "template")) for task in _calls(template)}
        for task in entries(get(get(template, "dag"), "tasks"))[:MAX_ENTRIES]:
            named = [text_of(entry) for entry in entries(get(task, "dependencies"))] + TASK.findall(text_of(get(task, "depends")))
            earlier = [tasks[name] for name in named if tasks.get(name)]
            self.after.setdefault(text_of(get(task, "template")), []).extend(earlier)
        before: list[str] = []
        for group in entries(get(template, "steps"))[:MAX_ENTRIES]:
            together = [text_of(get(step, "template")) for step in (entries(group) if isinstance(group, SequenceNode) else [group])]
            for name in together:
                self.after.setdefault(name, []).extend(before[-MAX_ENTRIES:])
            before.extend(name for name in together if name)


def _calls(template: Node) -> list[Node]:
    groups = entries(get(template, "steps"))[:MAX_ENTRIES]
    called = [step for group in groups for step in (entries(group) if isinstance(group, SequenceNode) else [group])]
    return [*entries(get(get(template, "dag"), "tasks")), *called][:MAX_ENTRIES]


def _artifacts(node: Node | None) -> Iterator[Declared]:
    for artifact in entries(get(node, "artifacts"))[:MAX_ENTRIES]:
        for store, scheme in STORES.items():
            key = get(get(artifact, store), "key")
            if isinstance(key, ScalarNode) and text_of(key):
                bucket = holes(text_of(get(get(artifact, store), "bucket"))) or "{bucket}"
                yield Declared(f"{scheme}://{bucket}/{holes(text_of(key)).lstrip('/')}", line_of(key), "object")
        url = get(get(artifact, "http"), "url")
        if isinstance(url, ScalarNode):
            yield Declared(holes(text_of(url)), line_of(url), "other")


def _parameters(inputs: Node | None) -> Iterator[tuple[str, str]]:
    for entry in entries(get(inputs, "parameters"))[:MAX_ENTRIES]:
        name = f"inputs.parameters.{text_of(get(entry, 'name'))}"
        default = get(entry, "value") or get(entry, "default")
        yield name, holes(text_of(default)) if default is not None else "{" + name + "}"


def _arguments(node: Node | None) -> Iterator[tuple[str, str]]:
    for entry in entries(get(get(node, "arguments"), "parameters"))[:MAX_ENTRIES]:
        value = get(entry, "value")
        if isinstance(value, ScalarNode):
            yield f"inputs.parameters.{text_of(get(entry, 'name'))}", holes(text_of(value))


def holes(text: str) -> str:
    """`{{inputs.parameters.x}}` becomes `{inputs.parameters.x}`."""
    return REFERENCE.sub(lambda match: "{" + re.sub(r"[^\w.-]", "", match[1]) + "}", text) if "{{" in text else text
