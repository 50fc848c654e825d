"""What the kinds of step files mean: what their steps are called, where these start, and whether they declare data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepKind:
    """A kind of `StepFacts`."""

    noun: str
    """A step, in words for the user."""
    is_live: bool = True
    """Runs in production or CI by itself (RULES.md §0.3)."""
    starts_in_own_folder: bool = True
    """Relative paths start at the file's folder, else at the repository root."""
    declares: str = ""
    """Mechanism under which its deps and outs are declared edges (RULES.md A6), "" when they are none."""
    in_container: bool = False
    """Absolute paths are those of a container."""


KINDS = {
    "dvc": StepKind("stage", declares="dvc"),
    "dvc-file": StepKind("data file", is_live=False, declares="dvc"),
    "make": StepKind("target", declares="make"),
    "ci": StepKind("CI job", starts_in_own_folder=False, in_container=True),
    "workflow": StepKind("CI job", starts_in_own_folder=False, in_container=True),
    "docker": StepKind("container command", in_container=True),
    "shell": StepKind("shell script", is_live=False, starts_in_own_folder=False),
    "notebook": StepKind("notebook shell line", is_live=False),
    "snakemake": StepKind("rule", declares="snakemake"),
    "mlproject": StepKind("entry point", declares="mlproject"),
    "spacy": StepKind("project command", declares="spacy"),
    "argo": StepKind("workflow template", starts_in_own_folder=False, declares="argo", in_container=True),
    "tekton": StepKind("task", starts_in_own_folder=False, declares="tekton", in_container=True),
    "taskcluster": StepKind("task", starts_in_own_folder=False, declares="taskcluster", in_container=True),
    "kubernetes": StepKind("container of a cluster", starts_in_own_folder=False, in_container=True),
    "azureml": StepKind("job", declares="azureml"),
    "kfp": StepKind("component", declares="kfp"),
    "checks": StepKind("check of data", is_live=False, declares="checks"),
    "wandb-sweep": StepKind("sweep", is_live=False),
    "ploomber": StepKind("task", declares="ploomber"),
    "task": StepKind("task"),
    "schedule": StepKind("scheduled command", starts_in_own_folder=False),
}


def kind_named(name: str) -> StepKind:
    """The kind, or one that promises nothing."""
    return KINDS.get(name) or StepKind(name, is_live=False)
