"""Configuration of a workflow filled into its steps: Snakemake's `configfile:`, whose values rules use as `config["key"]`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.step_filling import filled_step

MAX_SETTINGS = 300


def with_configuration(files: Mapping[str, StepFacts], configs: Mapping[str, ConfigFacts]) -> dict[str, StepFacts]:
    """The same files; `{config.key}` is filled in from the configuration files that the workflow names, the first one that has the key.

    A configuration file that one file of a workflow names holds for all that it includes, and so for the others of its kind.
    """
    found = dict(files)
    for kind in {facts.kind for facts in files.values() if facts.configured}:
        own = {path: facts for path, facts in files.items() if facts.kind == kind}
        named = dict.fromkeys(path for facts in own.values() for path in facts.configured if path in configs)
        values: dict[str, str] = {}
        for path in named:
            for key, value, _ in configs[path].leaves:
                if value is not None and not isinstance(value, bool):
                    values.setdefault(f"config.{key}", str(value))
        for path, facts in own.items():
            steps = tuple(_with_settings(filled_step(step, values), values) for step in facts.steps)
            found[path] = msgspec.structs.replace(facts, steps=steps)
    return found


def _with_settings(step: Step, values: Mapping[str, str]) -> Step:
    """What a script finds as `snakemake.config`."""
    if not step.bindings:
        return step
    settings = tuple((f"snakemake.{key}", value) for key, value in list(values.items())[:MAX_SETTINGS])
    return msgspec.structs.replace(step, bindings=(*step.bindings, *settings))
