"""MLproject file → a step per entry point.

Source: https://mlflow.org/docs/latest/ml/projects/ (`entry_points`: `parameters`, `command`). `{alpha}` in a command is a hole with the
parameter's default; `mlflow run . -e NAME -P alpha=1` anywhere in the repository hands over other values.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode

from analyzer.read.facts import Unreadable
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import suppressions
from analyzer.read.yaml_nodes import YamlError, command_text, compose, get, last_line, line_of, pairs, text_of

MAX_ENTRIES = 500


def read_mlproject(text: str, path: str) -> StepFacts | Unreadable:
    """The entry points as steps; `path` is where the file stands."""
    try:
        documents = compose(text)
    except YamlError as error:
        return Unreadable(str(error))
    lines = text.split("\n")
    folder = posixpath.dirname(path)
    steps: list[Step] = []
    for document in documents[:1]:
        for name, key, entry in pairs(get(document, "entry_points"))[:MAX_ENTRIES]:
            command = get(entry, "command")
            if isinstance(command, ScalarNode):
                shell, line = command_text(command, lines)
                steps.append(
                    Step(
                        "mlproject", name, line_of(key), last_line(entry), commands=shell_commands(shell, line), is_default=name == "main",
                        parameters=tuple(_parameters(get(entry, "parameters"))), template=f"mlproject/{folder or '.'}/{name}",
                    )
                )  # fmt: skip
    return StepFacts("mlproject", len(lines), tuple(steps), (), (), suppressions(text, python=False))


def _parameters(node: Node | None) -> Iterator[tuple[str, str]]:
    """(name, default): a parameter is a type, or a mapping with `type` and `default`."""
    for name, _, options in pairs(node)[:MAX_ENTRIES]:
        default = get(options, "default")
        yield name, text_of(default) if default is not None else "{" + name + "}"
