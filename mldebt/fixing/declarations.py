"""JGL001, JGL002, UDC001: the declaration that the finding's remedy gives, put into the file that declares such things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from analyzer.settings import OWN_FILE
from mldebt.fixing.model import Fix, NotFixableError, Target

_STUB = re.compile(r"Add to (?:the )?([^\n]+?):\n\n(.*?)(?=\n\nDeclare in |\Z)", re.DOTALL)
_CONTRACT = re.compile(r"^\[\[contract\]\]\n(?:[a-z]+ = [^\n]*(?:\n|\Z))+", re.MULTILINE)
_CAUTION = "a person has to check the declaration and say why"


def declare(graph: SystemGraph, finding: Finding) -> Fix:
    """Never safe: a declaration states what its author means. Raises NotFixableError."""
    targets = [*_stage_targets(graph, finding.remedy), *_contract_targets(finding.remedy)]
    if not targets:
        raise NotFixableError("its remedy is no declaration that could be added")
    return Fix(finding, tuple(targets), False, _CAUTION, "declare what the code does")


def _stage_targets(graph: SystemGraph, remedy: str) -> Iterator[Target]:
    for match in _STUB.finditer(remedy):
        path, stub = match[1], match[2].rstrip("\n")
        if path not in graph.steps:
            raise NotFixableError(f"there is no {path} to add to")
        if stub.startswith("stages:"):
            yield Target(path, 0, AddStages(stub))
        elif graph.steps[path].kind == "make" and not stub.startswith("#"):
            yield Target(path, 0, Append(stub))
        else:
            raise NotFixableError(f"a declaration in {path} has to be written by hand")


def _contract_targets(remedy: str) -> Iterator[Target]:
    tables = [match[0].rstrip("\n") for match in _CONTRACT.finditer(remedy)]
    if tables:
        yield Target(OWN_FILE, 0, Append("\n\n".join(tables)))


class Append:
    """The change that adds a paragraph at the end, unless it stands there."""

    def __init__(self, paragraph: str) -> None:
        self.paragraph = paragraph

    def __call__(self, text: str) -> str:
        if self.paragraph in text:
            return text
        before = text.rstrip("\n")
        return (f"{before}\n\n" if before else "") + self.paragraph + "\n"


class AddStages:
    """The change of a dvc.yaml: entries that a stage lacks, stages that are not there."""

    def __init__(self, stub: str) -> None:
        self.stages: dict[str, dict[str, Any]] = yaml.safe_load(stub)["stages"]

    def __call__(self, text: str) -> str:
        for name, body in self.stages.items():
            stages = _mapping(text, "stages")
            stage = _value(stages, name)
            if stage is None:
                text = _with_stage(text, stages, name, body)
                continue
            if not isinstance(stage, yaml.MappingNode) or stage.flow_style:
                raise NotFixableError(f"stage {name} of dvc.yaml is not written as a block")
            for key in ("deps", "outs"):
                for entry in body.get(key, ()):
                    text = _with_entry(text, name, key, str(entry))
        return text


def _mapping(text: str, key: str) -> yaml.MappingNode:
    try:
        found = _value(yaml.compose(text, Loader=yaml.SafeLoader), key)
    except yaml.YAMLError:
        found = None
    if not isinstance(found, yaml.MappingNode) or found.flow_style or not found.value:
        raise NotFixableError(f"dvc.yaml has no block of {key} to add to")
    return found


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _with_entry(text: str, stage_name: str, key: str, entry: str) -> str:
    stage = _value(_mapping(text, "stages"), stage_name)
    assert isinstance(stage, yaml.MappingNode)
    if _value(stage, "foreach") is not None or _value(stage, "matrix") is not None:
        raise NotFixableError(f"stage {stage_name} stands for several")
    lines, there = text.split("\n"), _value(stage, key)
    column = stage.value[0][0].start_mark.column
    if there is None:
        at = _last_line(lines, stage.value[-1][1])
        return "\n".join([*lines[:at], f"{' ' * column}{key}:", f"{' ' * (column + 2)}- {_scalar(entry)}", *lines[at:]])
    if not isinstance(there, yaml.SequenceNode) or there.flow_style or not there.value:
        raise NotFixableError(f"{key} of stage {stage_name} is no block of entries")
    if any(getattr(item, "value", None) == entry for item in there.value):
        return text
    at = _last_line(lines, there)
    indent = there.start_mark.column
    return "\n".join([*lines[:at], f"{' ' * indent}- {_scalar(entry)}", *lines[at:]])


def _with_stage(text: str, stages: yaml.MappingNode, name: str, body: dict[str, Any]) -> str:
    lines = text.split("\n")
    at, column = _last_line(lines, stages), stages.value[0][0].start_mark.column
    new = [f"{' ' * column}{name}:", f"{' ' * 2 * column}cmd: {_scalar(str(body.get('cmd', '')))}"]
    for key in ("deps", "outs"):
        if body.get(key):
            new.append(f"{' ' * 2 * column}{key}:")
            new += [f"{' ' * (2 * column + 2)}- {_scalar(str(entry))}" for entry in body[key]]
    return "\n".join([*lines[:at], *new, *lines[at:]])


def _last_line(lines: list[str], node: yaml.Node) -> int:
    """Number of the line (1-based) on which a block ends: the mark may stand behind empty lines and comments."""
    at: int = node.end_mark.line + (1 if node.end_mark.column and lines[node.end_mark.line][: node.end_mark.column].strip() else 0)
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
    return at


def _scalar(text: str) -> str:
    """Plain where YAML reads it as this very text."""
    try:
        plain = yaml.safe_load(f"- {text}") == [text]
    except yaml.YAMLError:
        plain = False
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
