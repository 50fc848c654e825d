"""Outputs of declared stages that a program reads which no stage runs: nothing runs it again when they change. JGL002."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict

from analyzer.graph.system import Declaration, SystemGraph
from analyzer.model import Access, Site, Unit
from rules.artifact_names import HOLE
from rules.consumers import Consumers
from rules.handoffs import TUTORIAL, Handoffs, deletes, is_prose

PIPELINES = frozenset({"dvc", "snakemake", "spacy", "kedro", "ploomber"})
"""Mechanisms whose files declare what every step reads and makes."""
_SHOWN = re.compile(r"(?:^|[/_.-])(?:examples?|demos?|tutorials?)(?=[/_.-]|$)", re.I)
_PAGES = frozenset({"streamlit", "gradio", "dash", "panel", "shiny", "voila", "nicegui", "chainlit"})
"""Packages of pages for people: such a program is a service."""


def outside_the_pipeline(graph: SystemGraph) -> dict[str, list[tuple[Access, Declaration]]]:
    """Program that no stage runs → what it reads of the outputs of a declared pipeline of its project, with the entry of each.

    Readers of another component are UDC001's; what is read only where it exists already nothing has to run again for.
    """
    handoffs = graph.once(Handoffs)
    outputs = _outputs(graph)
    consumers = graph.once(Consumers)
    told = {(h.consumer.path, h.artifact) for h in consumers.handoffs if outputs and consumers.is_undeclared(h)}
    found: dict[str, list[tuple[Access, Declaration]]] = defaultdict(list)
    for access in graph.accesses if outputs else ():
        name = access.artifact
        if access.op != "read" or not name or access.temporary or access.klass in ("LOG", "REPORT") or access.via == "declaration":
            continue
        if access.declared or access.guarded or (access.site.path, name) in told:
            continue
        entry = _covering(outputs, name)
        unit = graph.units.get(access.unit)
        if entry is not None and unit is not None and not deletes(access) and _is_outside(handoffs, unit, entry):
            found[unit.path].append((access, entry))
    return dict(sorted(found.items()))


def _outputs(graph: SystemGraph) -> dict[str, Declaration]:
    return {
        entry.artifact: entry
        for entry in graph.declarations
        if entry.op == "write"
        and entry.mechanism in PIPELINES
        and not entry.unit.endswith(".dvc")
        and entry.kind != "params"
        and not HOLE.search(entry.artifact)
    }


def _covering(outputs: dict[str, Declaration], name: str) -> Declaration | None:
    """The output that the artifact is, or lies in."""
    parts = name.split("/")
    folders = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((outputs[folder] for folder in folders if folder in outputs), None)


def _is_outside(handoffs: Handoffs, unit: Unit, entry: Declaration) -> bool:
    """A program of the pipeline's project that somebody starts: no step, no code of one, no notebook, no service."""
    module = handoffs.graph.modules.get(unit.path)
    maker = handoffs.graph.units.get(entry.unit)
    if module is None or module.is_excluded or module.is_notebook or "SERVE" in module.roles or maker is None:
        return False
    if unit.path in handoffs.graph.once(_serving):
        return False
    if module.is_experiment and unit.path not in handoffs.graph.invoked_by:
        return False
    return (
        maker.project == unit.project
        and not handoffs.in_pipeline(unit)
        and handoffs.runs_by_itself(unit.path)
        and not _SHOWN.search(unit.path)
        and not TUTORIAL.search(posixpath.dirname(unit.path))
    )


def _serving(graph: SystemGraph) -> frozenset[str]:
    """Programs that show pages, and those that only images and targets of a demonstration run."""
    pages = {use.path for use in graph.external_uses if use.qualified.partition(".")[0] in _PAGES}
    shown = {
        Site(path, command.line)
        for path, facts in graph.steps.items()
        for step in facts.steps
        if step.kind == "docker" or _SHOWN.search(step.name)
        for command in step.commands
    }
    ran = {path: [site for site in sites if not is_prose(site.path)] for path, sites in graph.invoked_by.items()}
    return frozenset(pages | {path for path, sites in ran.items() if sites and shown.issuperset(sites)})
