"""Values of parameter files filled into the stages of dvc.yaml: `${key}`, and `foreach: ${key}` spelled out.

Source: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files, "Templating": values come from params.yaml beside the file, unless
`vars` names others.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

import msgspec

from analyzer.link.step_parameters import Values
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.step_filling import filled_step

MAX_REPEATED = 64
DEFAULT = "params.yaml"


def with_dvc_parameters(files: Mapping[str, StepFacts], configs: Mapping[str, ConfigFacts]) -> dict[str, StepFacts]:
    """The same files; what dvc.yaml takes from parameter files is filled in."""
    found = dict(files)
    for path, facts in files.items():
        if facts.kind != "dvc":
            continue
        folder = posixpath.dirname(path)
        named = [posixpath.normpath(posixpath.join(folder, name)) for name in (DEFAULT, *facts.includes)]
        values: Values = {}
        for name in named:
            for key, value, _ in configs[name].leaves if name in configs else ():
                if value is not None and not isinstance(value, bool):
                    values[key] = str(value)
        if values:
            steps = [filled_step(one, values) for step in facts.steps for one in _repeated(step, values)]
            found[path] = msgspec.structs.replace(facts, steps=tuple(steps))
    return found


def _repeated(step: Step, values: Values) -> Iterator[Step]:
    """One step for each entry that `foreach` names; the step itself when it names none that is known."""
    prefix = f"{step.each}."
    below = {key[len(prefix) :]: value for key, value in values.items() if key.startswith(prefix)} if step.each else {}
    labels = list(dict.fromkeys(key.partition(".")[0] for key in below))
    if not labels or len(labels) > MAX_REPEATED:
        yield step
        return
    is_list = all(label.isdigit() for label in labels)
    for label in labels:
        own = {f"item{key[len(label) :]}": value for key, value in below.items() if key == label or key.startswith(f"{label}.")}
        name = own.get("item", label) if is_list else label
        made = filled_step(step, own if is_list else {"key": label, **own})
        yield msgspec.structs.replace(made, name=f"{step.name}@{name}", each="")
