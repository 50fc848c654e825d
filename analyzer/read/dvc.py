"""dvc.yaml and .dvc files → steps and tracked data.

Source: https://dvc.org/doc/user-guide/project-structure (dvcyaml-files, dvc-files). `Step.cwd` is a stage's `wdir`, relative to the file's
folder, and the paths of the step are relative to it. Values of `vars` in the same file are filled in, others become `{name}`.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.facts import Unreadable
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import YamlError, command_text, compose, entries, get, last_line, line_of, pairs, scalars, text_of

MAX_STAGES = 2_000
MAX_VARIANTS = 64
MAX_VALUES = 5_000
MAX_ENTRIES = 2_000
REFERENCE = re.compile(r"\$\{\s*([^{}\s]{1,200})\s*\}")
DECLARED_AT_TOP = ("artifacts", "metrics", "plots", "params")
_LOCKED = re.compile(r"  (\S[^#]*?):\s*$")
REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://")

Values = dict[str, str]


def read_dvc(text: str) -> StepFacts | Unreadable:
    """The stages of a dvc.yaml. `tracked` holds its top-level artifacts, metrics, plots and params, `Declared.kind` saying which.

    In `Step.deps` parameter files have the kind `params`; in `Step.outs` metrics and plots have the kinds `metrics` and `plots`.
    """
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    root = documents[0] if documents else None
    reader = _Stages(text.split("\n"), _variables(root))
    for name, key, node in pairs(get(root, "stages"))[:MAX_STAGES]:
        reader.read(name, line_of(key), node)
    tracked = tuple(declared for kind in DECLARED_AT_TOP for declared in _at_top(get(root, kind), kind, reader.values))
    files = tuple(_variable_files(root))
    return StepFacts(
        "dvc", text.count("\n") + 1, tuple(reader.steps), tracked, files, suppressions(text, python=False), asked=tuple(_asked(root, text))
    )


def read_dvc_lock(text: str) -> StepFacts:
    """A dvc.lock: the names of the stages that it keeps. It may be long and has one layout, so it is not parsed."""
    lines = text.split("\n")
    found = tuple((match[1].strip("'\""), at) for at, line in enumerate(lines, 1) if (match := _LOCKED.match(line)))
    return StepFacts("dvc-lock", len(lines), locked=found[:MAX_STAGES] if "\nstages:" in text or text.startswith("stages:") else ())


def _asked(root: Node | None, text: str) -> Iterator[str]:
    """The keys that `params` lists and `${…}` name; a file that is named as a whole asks for everything."""
    yield from dict.fromkeys(re.sub(r"\[(\w+)\]", r".\1", name) for name in REFERENCE.findall(text))
    for _name, _key, node in pairs(get(root, "stages"))[:MAX_STAGES]:
        for entry in entries(get(get(node, "do") or node, "params"))[:MAX_ENTRIES]:
            if isinstance(entry, ScalarNode):
                yield REFERENCE.sub("*", text_of(entry))
                continue
            for _file, _place, keys in pairs(entry):
                named = [REFERENCE.sub("*", text_of(key)) for key in entries(keys)]
                yield from named or ["*"]


def read_dvc_file(text: str, path: str) -> StepFacts | Unreadable:
    """A .dvc file (or a stage file of DVC before 1.0). `path` is where it stands: `tracked` paths are relative to the repository root.

    An import (`repo` with `url`, or a dep that is a URL) becomes a step whose dep is the URL, with the path behind it for a repository.
    """
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    root = documents[0] if documents else None
    working = text_of(get(root, "wdir"))
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), working))
    outs = tuple(_paths(get(root, "outs"), "file", {}))
    deps = tuple(_imported(get(root, "deps")))
    lines = text.count("\n") + 1
    command = get(root, "cmd")
    commands = _commands(command, text.split("\n"), {}) if command is not None else ()
    step = Step("dvc", "", deps[0].line if deps else 1, lines, deps, outs, commands, "" if working == "." else working)
    tracked = tuple(_located(declared, folder) for declared in outs)
    return StepFacts("dvc-file", lines, (step,) if deps or commands else (), tracked, (), suppressions(text, python=False))


class _Stages:
    """Collects the steps of all stages, `foreach` and `matrix` spelled out."""

    def __init__(self, lines: list[str], values: Values) -> None:
        self.lines = lines
        self.values = values
        self.steps: list[Step] = []

    def read(self, name: str, line: int, node: Node) -> None:
        variants = list(itertools.islice(self._variants(node), MAX_VARIANTS + 1))
        if len(variants) > MAX_VARIANTS:
            variants = [("", {})]
        body = get(node, "do") or node
        for label, values in variants:
            if len(self.steps) < MAX_STAGES:
                step = self._stage(f"{name}@{label}" if label else name, line, body, {**self.values, **values})
                self.steps.append(step if label else msgspec.structs.replace(step, each=_each(node)))

    def _variants(self, node: Node) -> Iterator[tuple[str, Values]]:
        """(label, values) of each stage that `foreach` or `matrix` makes; one without a label for an ordinary stage."""
        each, matrix = get(node, "foreach"), get(node, "matrix")
        if isinstance(each, SequenceNode):
            for index, item in enumerate(each.value):
                yield text_of(item) or str(index), _flat("item", item)
        elif isinstance(each, MappingNode):
            for key, _, value in pairs(each):
                yield key, {"key": key, **_flat("item", value)}
        elif isinstance(each, ScalarNode):
            yield from self._referenced(each)
        elif isinstance(matrix, MappingNode):
            yield from _products(matrix)
        else:
            yield "", {}

    def _referenced(self, each: ScalarNode) -> Iterator[tuple[str, Values]]:
        match = REFERENCE.fullmatch(each.value.strip())
        prefix = f"{match[1]}." if match else "\0"
        found = {name[len(prefix) :]: value for name, value in self.values.items() if name.startswith(prefix)}
        labels = list(dict.fromkeys(name.partition(".")[0] for name in found))
        if not labels:
            yield "", {}
        is_list = all(label.isdigit() for label in labels)
        for label in labels:
            values = {"item" + name[len(label) :]: value for name, value in found.items() if name.partition(".")[0] == label}
            yield (values.get("item", label) if is_list else label), ({} if is_list else {"key": label}) | values

    def _stage(self, name: str, line: int, node: Node, values: Values) -> Step:
        folder = _filled(text_of(get(node, "wdir")), values)
        own = {**values, **_variables(node)} if get(node, "vars") is not None else values
        deps = [*_paths(get(node, "deps"), "file", own), *_parameter_files(get(node, "params"), own)]
        kinds = {"outs": "file", "metrics": "metrics", "plots": "plots"}
        outs = [declared for key, kind in kinds.items() for declared in _paths(get(node, key), kind, own)]
        command = get(node, "cmd")
        return Step(
            kind="dvc",
            name=name,
            line=line,
            end_line=last_line(node),
            deps=tuple(deps),
            outs=tuple(outs),
            commands=_commands(command, self.lines, own) if command is not None else (),
            cwd=folder,
            is_default=True,
        )


def _products(matrix: MappingNode) -> Iterator[tuple[str, Values]]:
    axes = [(name, entries(value)) for name, _, value in pairs(matrix)[:16]]
    for chosen in itertools.product(*(items for _, items in axes)):
        values: Values = {}
        labels: list[str] = []
        for (name, items), item in zip(axes, chosen, strict=True):
            values |= _flat(f"item.{name}", item)
            labels.append(text_of(item) or f"{name}{items.index(item)}")
        yield "-".join(labels), values


def _variables(node: Node | None) -> Values:
    found: Values = {}
    for entry in entries(get(node, "vars"))[:MAX_ENTRIES]:
        for name, _, value in pairs(entry):
            found |= _flat(name, value)
    return found


def _variable_files(node: Node | None) -> Iterator[str]:
    """The parameter files that `vars` names (`params.json`, `config.yaml:key`)."""
    for entry in entries(get(node, "vars"))[:MAX_ENTRIES]:
        if isinstance(entry, ScalarNode) and text_of(entry):
            yield text_of(entry).partition(":")[0]


def _each(node: Node) -> str:
    """The key that `foreach: ${key}` names; "" otherwise."""
    each = get(node, "foreach")
    match = REFERENCE.fullmatch(str(each.value).strip()) if isinstance(each, ScalarNode) else None
    return re.sub(r"\[(\w+)\]", r".\1", match[1]) if match else ""


def _flat(name: str, node: Node) -> Values:
    return {".".join((name, *path)): str(scalar.value) for path, scalar in scalars(node, MAX_VALUES)}


def _filled(text: str, values: Values) -> str:
    if "${" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        name = re.sub(r"\[(\w+)\]", r".\1", match[1])
        return values.get(name, "{" + re.sub(r"[{}/]+", "", name) + "}")[:4000]

    return REFERENCE.sub(fill, text)


def _commands(node: Node, lines: list[str], values: Values) -> tuple[Command, ...]:
    found: list[Command] = []
    for scalar in [node] if isinstance(node, ScalarNode) else entries(node)[:MAX_ENTRIES]:
        if isinstance(scalar, ScalarNode):
            text, line = command_text(scalar, lines)
            found.extend(shell_commands(_filled(text, values), line))
    return tuple(found)


def _paths(node: Node | None, kind: str, values: Values) -> Iterator[Declared]:
    """The paths of a list whose entries are `path`, `path: {options}` or `{path: …, md5: …}`."""
    for entry in [*entries(node), *([node] if isinstance(node, ScalarNode | MappingNode) else [])][:MAX_ENTRIES]:
        if isinstance(entry, ScalarNode):
            if text_of(entry):
                yield Declared(_filled(str(entry.value), values), line_of(entry), kind)
            continue
        explicit = get(entry, "path")
        if isinstance(explicit, ScalarNode):
            yield Declared(_filled(str(explicit.value), values), line_of(explicit), kind)
            continue
        for name, key, _ in pairs(entry):
            yield Declared(_filled(name, values), line_of(key), kind)


def _parameter_files(node: Node | None, values: Values) -> Iterator[Declared]:
    """The files that `params` names; a bare parameter stands in params.yaml, which is given once."""
    is_default_named = False
    for entry in entries(node)[:MAX_ENTRIES]:
        if isinstance(entry, ScalarNode):
            if not is_default_named:
                is_default_named = True
                yield Declared("params.yaml", line_of(entry), "params")
        else:
            for name, key, _ in pairs(entry):
                yield Declared(_filled(name, values), line_of(key), "params")


def _at_top(node: Node | None, kind: str, values: Values) -> Iterator[Declared]:
    if kind == "artifacts":
        for _, _, artifact in pairs(node)[:MAX_ENTRIES]:
            path = get(artifact, "path")
            if isinstance(path, ScalarNode):
                yield Declared(_filled(str(path.value), values), line_of(path), kind)
    elif kind == "plots":
        yield from _plots(node, values)
    else:
        yield from _paths(node, kind, values)


def _plots(node: Node | None, values: Values) -> Iterator[Declared]:
    """A plot is a path, or a name whose `x` or `y` maps paths to columns."""
    plots = [*entries(node), *([node] if isinstance(node, MappingNode) else [])][:MAX_ENTRIES]
    for entry in plots:
        if isinstance(entry, ScalarNode):
            yield Declared(_filled(str(entry.value), values), line_of(entry), "plots")
        for name, key, options in pairs(entry):
            columns = [column for axis in ("x", "y") for column in pairs(get(options, axis))]
            if not columns:
                yield Declared(_filled(name, values), line_of(key), "plots")
            for path, place, _ in columns:
                yield Declared(_filled(path, values), line_of(place), "plots")


def _located(declared: Declared, folder: str) -> Declared:
    if not folder or REMOTE.match(declared.path) or declared.path.startswith("/"):
        return declared
    return Declared(posixpath.normpath(posixpath.join(folder, declared.path)), declared.line, declared.kind)


def _imported(node: Node | None) -> Iterator[Declared]:
    for entry in entries(node)[:MAX_ENTRIES]:
        path, url = get(entry, "path"), text_of(get(get(entry, "repo"), "url"))
        if not isinstance(path, ScalarNode):
            continue
        if url:
            yield Declared(f"{_web_address(url)}/{str(path.value).lstrip('/')}", line_of(path), "dataset")
        else:
            yield Declared(str(path.value), line_of(path), "dataset" if REMOTE.match(str(path.value)) else "file")


def _web_address(url: str) -> str:
    """`git@host:owner/name.git` and `ssh://git@host/owner/name` as `https://host/owner/name`; other addresses without `.git`."""
    found = re.fullmatch(r"(?:ssh://)?git@([\w.-]+)(?::\d+)?[:/](.+)", url)
    return (f"https://{found[1]}/{found[2]}" if found else url).rstrip("/").removesuffix(".git")
