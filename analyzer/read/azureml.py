"""Azure Machine Learning YAML (v2) → steps: jobs, pipelines, components, data and model assets, deployments.

Source: https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview. The `$schema` names what a file is. Paths are
relative to the file, `code` is the working directory; `${{inputs.x}}` is the hole `{inputs.x}`, filled in by the file or by a pipeline.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.relative_paths import relative
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, Use
from analyzer.read.yaml_nodes import command_text, get, last_line, line_of, pairs, text_of

MAX_ENTRIES = 500
SCHEMA = re.compile(r"azuremlschemas\.azureedge\.net/.*?(\w+)\.schema\.json$")
REFERENCE = re.compile(r"\$\{\{\s*([^{}]{1,200}?)\s*\}\}")
ASSET = re.compile(r"azureml:(?!//)([\w.-]+?)(?:[:@][\w.-]+)?$")
REGISTERED = re.compile(r"azureml://registries/[^/]+/(data|models)/([\w.-]+)")
OUTPUT = re.compile(r"parent\.jobs\.([\w-]+)\.outputs\.([\w-]+)")
JOB = re.compile(r"parent\.jobs\.([\w-]+)")
MODEL = re.compile(r"model", re.IGNORECASE)


def schema_of(document: Node) -> str:
    """What the `$schema` says the file is (`commandJob`, `pipelineComponent`, `data`, …), "" for other files."""
    match = SCHEMA.search(text_of(get(document, "$schema")))
    return match[1] if match else ""


def steps(document: Node, lines: list[str], path: str) -> Iterator[Step]:
    """The steps of one document whose schema is one of Azure ML's."""
    schema, name = schema_of(document), text_of(get(document, "name")) or text_of(get(document, "display_name"))
    reader = _Jobs(lines, path)
    if schema.lower().startswith("pipeline"):
        yield from reader.pipeline(document, name)
    elif schema in ("data", "model"):
        yield from _asset(document, schema, name)
    elif "deployment" in schema.lower():
        yield reader.deployment(document, name)
    elif get(document, "command") is not None:
        yield reader.job(document, name, line_of(document))


def _asset(document: Node, schema: str, name: str) -> Iterator[Step]:
    """A registered data set or model: the asset is made from the path."""
    place = get(document, "path")
    if isinstance(place, ScalarNode) and name:
        source = Declared(identity(text_of(place), schema), line_of(place), "file")
        kind = "model" if schema == "model" else "dataset"
        yield Step("azureml", name, line_of(document), last_line(document), (source,), (Declared(f"{kind}:{name}", line_of(place), kind),))


class _Jobs:
    def __init__(self, lines: list[str], path: str) -> None:
        self.lines = lines
        self.path = path
        self.folder = posixpath.dirname(path)

    def pipeline(self, document: Node, name: str) -> Iterator[Step]:
        uses: list[Use] = []
        jobs = pairs(get(document, "jobs"))[:MAX_ENTRIES]
        around = {f"parent.{key}": value for key, value in _values(get(document, "inputs"), ".").items()}
        for own, _, job in jobs:
            made = _data(get(job, "outputs"))
            around |= {f"parent.jobs.{own}.outputs.{output}": entry.path for output, entry in made.items()}
        for own, key, job in jobs:
            inner = get(job, "component")
            if text_of(inner).startswith((".", "file:")):
                target = posixpath.normpath(posixpath.join(self.folder, text_of(inner).removeprefix("file:")))
                given = tuple((name, _filled(value, around)) for name, value in _values(get(job, "inputs"), ".").items())
                uses.append(Use(f"./{target}", line_of(key), given))
            yield self.job(inner if isinstance(inner, MappingNode) else job, own, line_of(key), job, around)
        yield Step("azureml", name or "pipeline", line_of(document), last_line(document), uses=tuple(uses))

    def job(self, node: Node, name: str, line: int, caller: Node | None = None, around: dict[str, str] | None = None) -> Step:
        """A command; `caller` is the pipeline's entry for it, whose inputs and outputs beat its own, `around` what the pipeline knows."""
        folder = text_of(get(node, "code"))
        folder = "" if folder.startswith(("git+", "http", "azureml:")) else folder
        up = relative(self.folder, posixpath.normpath(posixpath.join(self.folder, folder)))
        values = {**_values(get(node, "inputs"), up), **_values(get(caller, "inputs"), up)}
        after = tuple(dict.fromkeys(match for value in values.values() for match in JOB.findall(value)))
        parameters = tuple((key, _filled(value, around or {})) for key, value in values.items())
        deps = {**_data(get(node, "inputs")), **_data(get(caller, "inputs"))}
        outs = {**_data(get(node, "outputs")), **_data(get(caller, "outputs"))}
        handed_in = self._handed_in(caller, around or {})
        handed_out = self._handed_out(name, (node, caller), outs) if caller is not None else ()
        return Step(
            "azureml", name, line, last_line(node), _from(up, (*deps.values(), *handed_in), around),
            _from(up, (*outs.values(), *handed_out), around), self._commands(node), folder, after, True, parameters,
        )  # fmt: skip

    def _handed_in(self, caller: Node | None, around: dict[str, str]) -> tuple[Declared, ...]:
        """Outputs of other jobs that the pipeline gives to a job."""
        found = []
        for _, _, entry in pairs(get(caller, "inputs"))[:MAX_ENTRIES]:
            place = get(entry, "path") or entry
            output = OUTPUT.search(text_of(place))
            if output is not None and not (place is not entry and f"parent.jobs.{output[1]}.outputs.{output[2]}" in around):
                known = around.get(f"parent.jobs.{output[1]}.outputs.{output[2]}")
                found.append(Declared(known or self._own_name(output[1], output[2]), line_of(place), "dataset"))
        return tuple(found)

    def _handed_out(self, name: str, nodes: Iterable[Node | None], placed: dict[str, Declared]) -> tuple[Declared, ...]:
        """Outputs of a job that have no path of their own: the pipeline finds a place for them."""
        listed = {output: line_of(key) for node in nodes for output, key, _ in pairs(get(node, "outputs"))[:MAX_ENTRIES]}
        return tuple(Declared(self._own_name(name, output), line, "dataset") for output, line in listed.items() if output not in placed)

    def _own_name(self, job: str, output: str) -> str:
        return f"azureml:{self.path}::{job}.{output}"

    def deployment(self, node: Node, name: str) -> Step:
        """An endpoint's deployment: a model and the script that answers."""
        configuration = get(node, "code_configuration")
        script, model = get(configuration, "scoring_script"), get(node, "model")
        commands = (Command(("python", text_of(script)), line_of(script), text=f"python {text_of(script)}"),) if script is not None else ()
        place = model if isinstance(model, ScalarNode) else get(model, "path")
        folder = text_of(get(configuration, "code"))
        named = isinstance(place, ScalarNode) and text_of(place)
        deps = [Declared(identity(text_of(place), "model"), line_of(place), "model")] if place is not None and named else []
        up = relative(self.folder, posixpath.normpath(posixpath.join(self.folder, folder)))
        return Step("azureml", name, line_of(node), last_line(node), _from(up, deps), (), commands, folder, (), True)

    def _commands(self, node: Node) -> tuple[Command, ...]:
        command = get(node, "command")
        if not isinstance(command, ScalarNode):
            return ()
        text, line = command_text(command, self.lines)
        return shell_commands(_holes(text), line)


def _from(up: str, paths: Iterable[Declared], around: dict[str, str] | None = None) -> tuple[Declared, ...]:
    """Paths relative to the file as paths from the folder of the code."""
    filled = (Declared(_filled(entry.path, around or {}), entry.line, entry.kind) for entry in paths)
    return tuple(Declared(_seen_from(up, entry.path), entry.line, entry.kind) for entry in filled)


def _seen_from(up: str, path: str) -> str:
    is_file = "://" not in path and not path.startswith(("/", "{", "dataset:", "model:", "azureml:"))
    return posixpath.normpath(posixpath.join(up, path)) if is_file else path


def _data(node: Node | None) -> dict[str, Declared]:
    """The paths that inputs or outputs name."""
    found: dict[str, Declared] = {}
    for name, _, entry in pairs(node)[:MAX_ENTRIES]:
        place = get(entry, "path")
        kind = text_of(get(entry, "type"))
        if isinstance(place, ScalarNode) and text_of(place):
            path = identity(_holes(text_of(place)), kind)
            found[name] = Declared(path, line_of(place), "model" if MODEL.search(kind) else "dataset")
    return found


def identity(path: str, kind: str) -> str:
    """`azureml:NAME:VERSION` is the registered data set or model NAME; other paths stay."""
    what = "model" if MODEL.search(kind) else "dataset"
    asset, registered = ASSET.match(path), REGISTERED.match(path)
    if registered:
        return f"{'model' if registered[1] == 'models' else 'dataset'}:{registered[2]}"
    return f"{what}:{asset[1]}" if asset else path.removeprefix("file:")


def _values(node: Node | None, up: str) -> dict[str, str]:
    """hole → what an input is worth on a command line: its value, or the path of its data as seen from the folder of the code."""
    found: dict[str, str] = {}
    for name, _, entry in pairs(node)[:MAX_ENTRIES]:
        place = get(entry, "path")
        value = entry if isinstance(entry, ScalarNode) else place or get(entry, "default")
        if isinstance(value, ScalarNode) and text_of(value):
            text = _holes(text_of(value))
            found[f"inputs.{name}"] = _seen_from(up, identity(text, text_of(get(entry, "type")))) if place is not None else text
        elif isinstance(entry, MappingNode):
            found[f"inputs.{name}"] = "{inputs." + name + "}"
    return found


def _holes(text: str) -> str:
    return REFERENCE.sub(lambda match: "{" + re.sub(r"[^\w.-]", "", match[1]) + "}", text) if "${{" in text else text


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\{([\w.-]+)\}", lambda match: values.get(match[1], match[0]), text)[:4_000] if "{" in text else text
