"""CircleCI configuration: reusable commands in the jobs that call them, parameters, and the order and arguments that workflows give.

Source: https://circleci.com/docs/reference/configuration-reference (2.1: `commands`, `parameters`, `workflows`, `matrix`, `requires`). Orbs
are other repositories' code and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read import ci_matrix
from analyzer.read.ci_jobs import CiJobs, Place, deeper
from analyzer.read.step_facts import Step
from analyzer.read.step_filling import filled_step, variants
from analyzer.read.yaml_nodes import entries, get, pairs, text_of

MAX_ENTRIES = 500
MAX_NESTING = 5
REFERENCE = re.compile(r"<<\s*([\w.-]{1,120})\s*>>")
APART = frozenset({"commands", "executors", "orbs", "parameters", "workflows"})
"""Top-level keys that hold no jobs."""
OF_WORKFLOWS = frozenset({"requires", "name", "context", "filters", "type", "matrix", "when", "pre-steps", "post-steps"})


def is_configuration(document: Node) -> bool:
    return get(document, "version") is not None and (get(document, "workflows") is not None or get(document, "orbs") is not None)


class CircleJobs(CiJobs):
    def __init__(self, lines: list[str], document: Node) -> None:
        super().__init__(lines)
        self.fill = self._filled
        self.reusable = {name: node for name, _, node in pairs(get(document, "commands"))[:MAX_ENTRIES]}
        self.definitions = {name: node for name, _, node in pairs(get(document, "jobs"))[:MAX_ENTRIES]}
        self.workflows = get(document, "workflows")
        self.frames: list[Mapping[str, str]] = []
        self.pipeline = {f"pipeline.{name}": value for name, value in _defaults(document)}

    def special(self, name: str, node: MappingNode, value: Node, place: Place) -> bool:  # noqa: ARG002 - as every system's reader
        if place.depth == 0 and place.job is None and name in APART:
            return True
        if name == "steps" and isinstance(value, SequenceNode):
            for entry in entries(value)[:MAX_ENTRIES]:
                self._step(entry, deeper(place))
            return True
        return False

    def _step(self, entry: Node, place: Place) -> None:
        given = pairs(entry)
        name = text_of(entry) or (given[0][0] if len(given) == 1 else "")
        body = self.reusable.get(name)
        if body is None:
            self.walk(entry, place)
        elif len(self.frames) < MAX_NESTING:
            arguments = {f"parameters.{key}": self.fill(text_of(value)) for key, _, value in pairs(given[0][2])} if given else {}
            self.frames.append({**dict(_defaults(body)), **arguments})
            for inner in entries(get(body, "steps"))[:MAX_ENTRIES]:
                self._step(inner, place)
            self.frames.pop()

    def _filled(self, text: str) -> str:
        if "<<" not in text:
            return text
        values = self.frames[-1] if self.frames else {}
        return REFERENCE.sub(lambda match: values.get(match[1], self.pipeline.get(match[1], "{" + match[1] + "}")), text)

    def steps(self) -> Iterator[Step]:
        """Each job once for every different way in which workflows use it."""
        used: dict[str, list[tuple[Mapping[str, str], Mapping[str, list[str]], tuple[str, ...]]]] = {}
        for _, _, workflow in pairs(self.workflows)[:MAX_ENTRIES]:
            for job, arguments, choices, after in _uses(workflow):
                used.setdefault(job, []).append((arguments, choices, after))
        for step in super().steps():
            defaults = dict(_defaults(self.definitions.get(step.name)))
            for arguments, choices, after in used.get(step.name, [({}, {}, ())])[:MAX_ENTRIES]:
                ordered = msgspec.structs.replace(step, after=tuple(dict.fromkeys((*step.after, *after))))
                for variant in variants(ordered, choices):
                    yield filled_step(variant, {**defaults, **arguments})


def _defaults(node: Node | None) -> Iterator[tuple[str, str]]:
    for name, _, options in pairs(get(node, "parameters"))[:MAX_ENTRIES]:
        default = get(options, "default")
        if isinstance(default, ScalarNode):
            yield f"parameters.{name}", text_of(default)


def _uses(workflow: Node) -> Iterator[tuple[str, Mapping[str, str], Mapping[str, list[str]], tuple[str, ...]]]:
    """(job, its arguments, its matrix, jobs that come first) for every entry of a workflow."""
    listed = [
        (text_of(entry), entry) if isinstance(entry, ScalarNode) else (pairs(entry)[0][0], pairs(entry)[0][2]) for entry in _jobs(workflow)
    ]
    aliases = {text_of(get(options, "name")): job for job, options in listed if get(options, "name") is not None}
    for job, options in listed:
        needed = [text_of(entry) for entry in entries(get(options, "requires"))[:MAX_ENTRIES]]
        arguments = {f"parameters.{key}": text_of(value) for key, _, value in pairs(options) if key not in OF_WORKFLOWS and text_of(value)}
        yield job, arguments, ci_matrix.choices(options), tuple(aliases.get(name, name) for name in needed if name)


def _jobs(workflow: Node) -> list[Node]:
    return [entry for entry in entries(get(workflow, "jobs"))[:MAX_ENTRIES] if isinstance(entry, ScalarNode) or pairs(entry)]
