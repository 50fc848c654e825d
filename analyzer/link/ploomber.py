"""Which tasks of a Ploomber pipeline come first, where their sources say it: `upstream = ["load"]`, `upstream["load"]`.

Source: https://docs.ploomber.io, "Spec API" (`extract_upstream`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

import msgspec

from analyzer.read.facts import PythonFacts
from analyzer.read.step_facts import Declared, Step, StepFacts
from analyzer.read.values import Attr, Const, Item, Map, Name, Seq, Value

KIND = "ploomber"


def with_upstream(files: Mapping[str, StepFacts], modules: Mapping[str, PythonFacts]) -> dict[str, StepFacts]:
    """The same files; tasks read the products of the tasks that their source names."""
    found = dict(files)
    for path, facts in files.items():
        if facts.kind == KIND:
            made = {step.name: step for step in facts.steps}
            found[path] = msgspec.structs.replace(
                facts, steps=tuple(_with(step, made, posixpath.dirname(path), modules) for step in facts.steps)
            )
    return found


def _with(step: Step, made: Mapping[str, Step], folder: str, modules: Mapping[str, PythonFacts]) -> Step:
    words = step.commands[0].words if step.commands else ("",)
    is_function = words[1:2] == ("-m",)
    source = posixpath.normpath(posixpath.join(folder, words[-1].replace(".", "/") + ".py" if is_function else words[-1]))
    module = modules.get(source)
    if step.after or module is None:
        return step
    named = _asked(module, step.commands[0].text.rpartition(".")[2]) if is_function else _said(module)
    before = tuple(dict.fromkeys(name for name in named if name in made and name != step.name))
    deps = tuple(Declared(out.path, step.line) for name in before for out in made[name].outs)
    return msgspec.structs.replace(step, after=before, deps=deps)


def _said(module: PythonFacts) -> Iterator[str]:
    for assign in module.assigns:
        if assign.scope == 0 and assign.target == "upstream":
            yield from _names(assign.value)


def _asked(module: PythonFacts, function: str) -> Iterator[str]:
    """Tasks whose products a function asks for: `upstream["load"]`."""
    inside = {index for index, scope in enumerate(module.scopes) if scope.name == function}
    values = [assign.value for assign in module.assigns if assign.scope in inside]
    values += [value for call in module.calls if call.scope in inside for value in (call.func, *call.args, *(v for _, v in call.keywords))]
    for start in values:
        value = start
        for _ in range(8):
            if (
                isinstance(value, Item)
                and value.value == Name("upstream")
                and isinstance(value.key, Const)
                and isinstance(value.key.value, str)
            ):
                yield value.key.value
            if not isinstance(value, (Item, Attr)):
                break
            value = value.value


def _names(value: Value) -> Iterator[str]:
    for entry in value.items if isinstance(value, Seq) else value.keys if isinstance(value, Map) else ():
        if isinstance(entry, Const) and isinstance(entry.value, str):
            yield entry.value
