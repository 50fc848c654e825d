"""CI configuration → one step per job: which system's file it is, and what its jobs do (`analyzer.read.ci_jobs`)."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import Node

from analyzer.read import azure_pipelines, circleci, taskcluster
from analyzer.read.ci_jobs import MAX_PATHS, CiJobs, Place, without_expressions
from analyzer.read.facts import Unreadable
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import YamlError, compose, entries, get, pairs, text_of


def read_workflow(text: str, path: str = "") -> StepFacts | Unreadable:
    """The jobs of a CI configuration, each with its commands on their true lines; Unreadable when it is no YAML."""
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    lines = text.split("\n")
    tasks = [step for document in documents if taskcluster.is_tasks(document) for step in taskcluster.steps(document, lines)]
    if tasks:
        return StepFacts("taskcluster", len(lines), tuple(tasks), (), (), suppressions(text, python=False))
    steps = tuple(step for document in documents for step in jobs(document, lines, path))
    return StepFacts("ci", len(lines), steps, (), tuple(_includes(documents)), suppressions(text, python=False))


def jobs(document: Node, lines: list[str], path: str) -> Iterator[Step]:
    """The jobs of one document, read as the files of the system that it is written for."""
    if circleci.is_configuration(document):
        reader: CiJobs = circleci.CircleJobs(lines, document)
    elif azure_pipelines.is_pipeline(document):
        reader = azure_pipelines.AzureJobs(lines, path, document)
        reader.parameters.update(azure_pipelines.parameters(document))
    else:
        reader = CiJobs(lines)
        reader.parameters.update(_parameters(document))
    reader.walk(document, Place(None, "", {}, ""))
    yield from reader.steps()


def _includes(documents: list[Node]) -> Iterator[str]:
    for document in documents:
        included = get(document, "include")
        for entry in [included, *entries(included)] if included is not None else []:
            name = text_of(entry) or text_of(get(entry, "local"))
            if name:
                yield name.lstrip("/")


def _parameters(document: Node) -> Iterator[tuple[str, str]]:
    """(hole, default) of the inputs of a reusable workflow, a workflow started by hand, or an action."""
    triggers = get(document, "on")
    for source in (
        get(document, "inputs"),
        get(get(triggers, "workflow_dispatch"), "inputs"),
        get(get(triggers, "workflow_call"), "inputs"),
    ):
        for name, _, options in pairs(source)[:MAX_PATHS]:
            default = without_expressions(text_of(get(options, "default")))
            yield f"inputs.{name}", default or "{inputs." + name + "}"
