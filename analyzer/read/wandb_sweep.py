"""A sweep of Weights & Biases → the run of its program.

Source: https://docs.wandb.ai/guides/sweeps/sweep-config-keys (`program`, `method`, `parameters`, each with `value`, `values` or a
distribution; the agent passes `--name=value`).
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.step_facts import Command, Step
from analyzer.read.yaml_nodes import get, last_line, line_of, pairs, text_of

METHODS = ("grid", "random", "bayes")
MAX_PARAMETERS = 200


def is_sweep(document: Node) -> bool:
    """Whether a document has a sweep's `method`, its `parameters`, and a Python `program`."""
    is_searched = text_of(get(document, "method")) in METHODS and isinstance(get(document, "parameters"), MappingNode)
    return is_searched and text_of(get(document, "program")).endswith(".py")


def steps(document: Node) -> Iterator[Step]:
    """One step that runs the program; a parameter with one `value` is passed as it is, others are not known before."""
    program = get(document, "program")
    assert program is not None
    words = ["python", text_of(program)]
    for name, _, options in list(pairs(get(document, "parameters")))[:MAX_PARAMETERS]:
        value = get(options, "value")
        if isinstance(value, ScalarNode):
            words.append(f"--{name}={text_of(value)}")
    command = Command(tuple(words), line_of(program), text=" ".join(words))
    yield Step("wandb-sweep", text_of(get(document, "name")) or "sweep", line_of(document), last_line(document), commands=(command,))
