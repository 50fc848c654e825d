"""What a YAML file declares besides being configuration: told by its documented markers, for its name says nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node

from analyzer.read import (
    argo,
    azure_pipelines,
    azureml,
    data_checks,
    data_contract,
    kedro,
    kubeflow,
    kubernetes,
    ploomber,
    spacy_project,
    taskcluster,
    tekton,
    wandb_sweep,
    workflow,
)
from analyzer.read.configuration_facts import CatalogFacts, ContractFacts
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import get, text_of

MAX_STEPS = 5_000


def declared(documents: list[Node], path: str, text: str) -> StepFacts | CatalogFacts | ContractFacts | None:
    """The catalog, the contract or the steps that the documents hold, None for plain configuration."""
    if kedro.is_catalog(path):
        return kedro.catalog(documents, text.count("\n") + 1)
    lines = text.split("\n")
    promised = data_contract.contract(documents[0], len(lines)) if documents else None
    if promised is not None:
        return promised
    found: list[Step] = []
    kind = ""
    for document in documents:
        if isinstance(document, MappingNode):
            for step in _steps(document, lines, path):
                if len(found) < MAX_STEPS:
                    found.append(step)
                    kind = kind or step.kind
    return StepFacts(kind, len(lines), tuple(found), (), (), suppressions(text, python=False)) if found else None


def _steps(document: MappingNode, lines: list[str], path: str) -> Iterator[Step]:
    name = posixpath.basename(path)
    group = text_of(get(document, "apiVersion")).partition("/")[0]
    if get(document, "kind") is not None and group:
        if group == "tekton.dev" or group.endswith(".tekton.dev"):
            yield from tekton.steps(document, lines)
        elif group == "argoproj.io":
            yield from argo.steps(document, lines)
        else:
            yield from kubernetes.steps(document, lines)
    elif azureml.schema_of(document):
        yield from azureml.steps(document, lines, path)
    elif kubeflow.is_component(document):
        yield from kubeflow.steps(document, lines)
    elif taskcluster.is_tasks(document):
        yield from taskcluster.steps(document, lines)
    elif azure_pipelines.is_pipeline(document):
        yield from workflow.jobs(document, lines, path)
    elif spacy_project.is_project(document, name):
        yield from spacy_project.steps(document, lines)
    elif ploomber.is_pipeline(document):
        yield from ploomber.steps(document)
    elif wandb_sweep.is_sweep(document):
        yield from wandb_sweep.steps(document)
    else:
        yield from data_checks.steps(document, name)
