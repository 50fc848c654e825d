"""The matrix of a CI job: which values its holes can have.

Sources: workflow syntax of GitHub Actions (`strategy.matrix`, `include`), of Azure Pipelines (`strategy.matrix`: named sets of variables),
of GitLab (`parallel.matrix`) and CircleCI (`matrix.parameters`).
"""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.yaml_nodes import entries, get, pairs, text_of

MAX_VALUES = 24


def choices(job: Node) -> dict[str, list[str]]:
    """Hole → its values; only what is written out counts, not what an expression computes."""
    found: dict[str, list[str]] = {}
    for name, value in _all(job):
        values = found.setdefault(name, [])
        if value and "${{" not in value and value not in values and len(values) < MAX_VALUES:
            values.append(value)
    return found


def _all(job: Node) -> Iterator[tuple[str, str]]:
    matrix = get(get(job, "strategy"), "matrix")
    for name, _, values in pairs(matrix):
        if name == "include":
            for entry in entries(values)[:MAX_VALUES]:
                yield from _of_mapping("matrix.{}", entry)
        elif isinstance(values, MappingNode):  # Azure Pipelines: a named set of variables
            yield from _of_mapping("{}", values)
        elif name != "exclude":
            yield from _listed(f"matrix.{name}", values)
    for entry in entries(get(get(job, "parallel"), "matrix"))[:MAX_VALUES]:
        for name, _, values in pairs(entry):
            yield from _listed(name, values)
    for name, _, values in pairs(get(get(job, "matrix"), "parameters")):
        yield from _listed(f"parameters.{name}", values)


def _listed(name: str, values: Node) -> Iterator[tuple[str, str]]:
    for value in entries(values)[:MAX_VALUES] or [values]:
        if isinstance(value, ScalarNode):
            yield name, text_of(value)
        else:
            yield from _of_mapping(name + ".{}", value)


def _of_mapping(form: str, node: Node) -> Iterator[tuple[str, str]]:
    for name, _, value in pairs(node)[:MAX_VALUES]:
        if isinstance(value, ScalarNode):
            yield form.replace("{}", name), text_of(value)
