"""Declared readers of data: Soda checks, Great Expectations checkpoints and datasources, Feast feature stores.

Sources: https://docs.soda.io (SodaCL, `checks for TABLE`), https://docs.greatexpectations.io (great_expectations.yml, checkpoints up to
version 0.18), https://docs.feast.dev/reference/feature-repository/feature-store-yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode

from analyzer.read.step_facts import Declared, Step
from analyzer.read.yaml_nodes import get, last_line, line_of, pairs, scalars, text_of

MAX_NODES = 10_000
SODA = re.compile(r"(?:checks|filter|profile columns|discover datasets) for ([\w.\"`{}-]+)")
ASSET = ("data_asset_name", "base_directory")


def steps(document: Node, name: str) -> Iterator[Step]:
    """One step with what the file says is read; nothing when the document is of none of these kinds."""
    deps: list[Declared] = []
    if name in ("feature_store.yaml", "feature_store.yml"):
        deps = list(_feast(document))
    elif any(SODA.match(key) for key, _, _ in pairs(document)[:500]):
        found = ((SODA.match(key), place) for key, place, _ in pairs(document)[:MAX_NODES])
        deps = [Declared(match[1].strip('"`'), line_of(place), "table") for match, place in found if match]
    elif get(document, "validations") is not None or name.startswith("great_expectations."):
        # the stores of Great Expectations itself hold no data
        source = get(document, "datasources") if name.startswith("great_expectations.") else document
        for path, scalar in scalars(source, MAX_NODES) if source is not None else ():
            if path and path[-1] in ASSET and text_of(scalar):
                deps.append(Declared(text_of(scalar), line_of(scalar), "table" if path[-1] == "data_asset_name" else "file"))
    if deps:
        yield Step("checks", "", line_of(document), last_line(document), tuple(deps))


def _feast(document: Node) -> Iterator[Declared]:
    registry, online = get(document, "registry"), get(get(document, "online_store"), "path")
    for node in (registry if isinstance(registry, ScalarNode) else get(registry, "path"), online):
        if isinstance(node, ScalarNode) and text_of(node):
            yield Declared(text_of(node), line_of(node))
