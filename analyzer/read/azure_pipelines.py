"""Azure Pipelines: what tells such a file, its parameters, its macros, and the templates that it uses.

Source: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema, "Templates", "Define variables", "Predefined variables".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read.ci_jobs import CiJobs, Place, applied, variables, without_expressions
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Use
from analyzer.read.yaml_nodes import entries, get, line_of, pairs, text_of

MAX_ENTRIES = 200
MAX_TEXT = 50_000
MARKS = frozenset("script bash pwsh powershell task checkout template job deployment stage download publish".split())
OTHERS = frozenset("on apiVersion kind tasks workflows image runs services".split())
SCRIPTS = ("scriptPath", "filePath", "scriptFile")
COMMANDS = frozenset("pwd date nproc whoami hostname uname id ls arch tty".split())
MACRO = re.compile(r"\$\(([A-Za-z_][\w.]{0,80})\)")


def is_pipeline(document: Node) -> bool:
    """A pipeline or a template of one: its stages, jobs or steps are a list whose entries say what they are."""
    if not isinstance(document, MappingNode) or any(key in OTHERS for key, _, _ in pairs(document)):
        return False
    listed = [get(document, key) for key in ("stages", "jobs", "steps")]
    found = [entry for node in listed if isinstance(node, SequenceNode) for entry in entries(node)[:20]]
    return bool(found) and all(any(key in MARKS or key.startswith("${{") for key, _, _ in pairs(entry)) for entry in found)


def parameters(document: Node) -> Iterator[tuple[str, str]]:
    """(hole, default) of the parameters of a pipeline or template: a list of definitions, or a mapping of defaults."""
    node = get(document, "parameters")
    for entry in entries(node)[:MAX_ENTRIES]:
        name = text_of(get(entry, "name"))
        if name:
            yield f"parameters.{name}", text_of(get(entry, "default")) or "{parameters." + name + "}"
    for name, _, value in pairs(node)[:MAX_ENTRIES]:
        if isinstance(value, ScalarNode):
            yield f"parameters.{name}", text_of(value) or "{parameters." + name + "}"


def use_of(node: MappingNode) -> tuple[str, Use] | None:
    """(path as it is written, what is handed over) of `template: path` with `parameters`; None for templates of other repositories."""
    template = get(node, "template")
    path = text_of(template)
    if template is None or not path or "@" in path.removesuffix("@self") or "${{" in path:
        return None
    given = tuple(
        (f"parameters.{name}", text_of(value)) for name, _, value in pairs(get(node, "parameters"))[:MAX_ENTRIES] if text_of(value)
    )
    return path.removesuffix("@self"), Use("", line_of(template), given)


def without_macros(text: str, variables: Mapping[str, str]) -> str:
    """`$(name)` as the variable's value or the hole `{name}`, unless it is a command of the shell (`$(pwd)`)."""

    def fill(match: re.Match[str]) -> str:
        return match[0] if match[1] in COMMANDS else variables.get(match[1], "{" + match[1] + "}")

    for _ in range(3):  # variables are made of variables
        text = MACRO.sub(fill, text)[:MAX_TEXT] if "$(" in text else text
    return text


class AzureJobs(CiJobs):
    def __init__(self, lines: list[str], path: str, document: Node) -> None:
        super().__init__(lines)
        self.folder = posixpath.dirname(path)
        self.values = {name: value for name, value in variables(get(document, "variables")) if value and "$[" not in value}
        self.fill = lambda text: without_expressions(without_macros(text, self.values))

    def special(self, name: str, node: MappingNode, value: Node, place: Place) -> bool:
        """Templates take over; tasks name their script and its arguments as inputs."""
        if name == "template" and isinstance(value, ScalarNode):
            used = use_of(node)
            if used is not None:
                path, use = used
                target = path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(self.folder, path))
                given = tuple((key, self.fill(text)) for key, text in use.arguments)
                self.place_job(place, node).uses.append(Use(f"./{target}", use.line, given))
            return True
        if name == "inputs" and isinstance(value, MappingNode):
            return self._inputs(text_of(get(node, "task")).partition("@")[0], value, place)
        return name == "parameters"

    def _inputs(self, task: str, inputs: MappingNode, place: Place) -> bool:
        """`PythonScript`, `Bash`, `ShellScript`, `AzureCLI` and the like with a script of the repository."""
        script = next((found for key in SCRIPTS if (found := get(inputs, key)) is not None), None)
        if script is not None and text_of(script):
            runner = "python" if task == "PythonScript" else "bash"
            words = f"{runner} {self.fill(text_of(script))} {self.fill(text_of(get(inputs, 'arguments')))}"
            inside = applied(inputs, self.in_job(place, inputs), self.fill)
            self.take(shell_commands(words, line_of(script), place.environment), inside, script)
        return script is not None or task == "PythonScript"
