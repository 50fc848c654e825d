"""Steps that others use with arguments: each way to call one becomes a step of its own, with the values filled in.

A reusable workflow or composite action (`uses: ./…`), a task that a pipeline and its runs refer to by name, a template of a workflow.
Without a caller the defaults count. What nobody says stays the hole it is.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

import msgspec

from analyzer.read.step_facts import Step, StepFacts, Use
from analyzer.read.step_filling import filled, filled_step

MAX_DEPTH = 5
MAX_VARIANTS = 12
MAX_CALLERS = 200
EVERYWHERE = "workflow."
"""Holes of a workflow as a whole, which hold in all that it calls."""

Values = dict[str, str]
Place = tuple[str, int]
"""(path, position in the file's steps)"""


def with_arguments(files: Mapping[str, StepFacts]) -> dict[str, StepFacts]:
    """The same files; a step with parameters stands there once for each way in which it is called (at most twelve), under one name."""
    if not any(step.parameters for facts in files.values() for step in facts.steps):
        return dict(files)
    callers = _Callers(files)
    found: dict[str, StepFacts] = {}
    for path, facts in files.items():
        if any(step.parameters for step in facts.steps):
            steps = [variant for index, step in enumerate(facts.steps) for variant in _variants(step, callers.values_of((path, index)))]
            facts = msgspec.structs.replace(facts, steps=tuple(steps))
        found[path] = facts
    return found


class _Callers:
    def __init__(self, files: Mapping[str, StepFacts]) -> None:
        self.files = files
        self.named: dict[str, list[Place]] = {}
        for path, facts in files.items():
            for index, step in enumerate(facts.steps):
                if step.template:
                    self.named.setdefault(step.template, []).append((path, index))
        self.by_callee: dict[Place, list[tuple[Place, Use]]] = {}
        for path, facts in files.items():
            for index, step in enumerate(facts.steps):
                for use in (*step.uses, *_projects_run(step, path)):
                    for callee in self.targets(use, path):
                        self.by_callee.setdefault(callee, []).append(((path, index), use))
        self.known: dict[Place, list[Values]] = {}

    def targets(self, use: Use, path: str) -> list[Place]:
        """The steps that a use means: of a file, or those with the template's name; the nearest folder's when several files have it."""
        if use.target.startswith("./"):
            target = posixpath.normpath(use.target)
            paths = (target, f"{target}/action.yml", f"{target}/action.yaml")
            found = next((candidate for candidate in paths if candidate in self.files), "")
            return [(found, index) for index in range(len(self.files[found].steps))] if found else []
        named = self.named.get(use.target, [])
        own = [place for place in named if place[0] == path]
        return own or named[:MAX_VARIANTS]

    def values_of(self, place: Place, depth: int = 0) -> list[Values]:
        """What the step's parameters are, one entry a way of calling it."""
        found = self.known.get(place)
        if found is not None:
            return found
        step = self.files[place[0]].steps[place[1]]
        defaults = {name: value for name, value in step.parameters if value != "{" + name + "}"}
        found = []
        for caller, use in self.by_callee.get(place, ())[:MAX_CALLERS] if depth < MAX_DEPTH else ():
            for outer in self.values_of(caller, depth + 1) if caller != place else ():
                given = {name: filled(value, outer) for name, value in use.arguments}
                inherited = {name: value for name, value in outer.items() if name.startswith(EVERYWHERE)}
                values = {**defaults, **inherited, **{name: value for name, value in given.items() if value != "{" + name + "}"}}
                if values not in found and len(found) < MAX_VARIANTS:
                    found.append(values)
        found = found or [defaults]
        if depth == 0:
            self.known[place] = found
        return found


def _projects_run(step: Step, path: str) -> Iterator[Use]:
    """`mlflow run FOLDER -e ENTRY -P name=value` among the commands of a step."""
    for command in step.commands:
        if command.words[:2] != ("mlflow", "run"):
            continue
        entry, folder, arguments = "main", "", []
        words = iter(command.words[2:])
        for word in words:
            if word in ("-e", "--entry-point"):
                entry = next(words, entry)
            elif word in ("-P", "--param-list"):
                name, _, value = next(words, "").partition("=")
                arguments.append((name, value))
            elif not word.startswith("-") and not folder:
                folder = word
        if folder and "://" not in folder:
            for base in ("", posixpath.dirname(path)):
                place = posixpath.normpath(posixpath.join(base, command.cwd, folder))
                yield Use(f"mlproject/{place}/{entry}", command.line, tuple(arguments))


def _variants(step: Step, values: list[Values]) -> Iterator[Step]:
    for chosen in values:
        yield filled_step(step, chosen) if chosen else step
