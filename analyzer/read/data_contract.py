"""Data contracts → which data is promised, by whom, to whom.

Sources: Open Data Contract Standard (https://bitol-io.github.io/open-data-contract-standard/, `kind: DataContract`; before version 3
`dataset`, `datasetName` …) and the Data Contract Specification (https://datacontract.com, `dataContractSpecification`).
Neither has a list of consumers of its own: read are `consumers` where a file has them, and the roles that may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.configuration_facts import ContractFacts
from analyzer.read.step_facts import Declared
from analyzer.read.yaml_nodes import entries, get, line_of, pairs, text_of

MAX_ENTRIES = 1_000
PATTERN = re.compile(r"\{(?:model|schema|table)\}")
LOCATIONS = ("location", "path")


def contract(document: Node, lines: int) -> ContractFacts | None:
    """The contract that a document is, None for other documents."""
    if text_of(get(document, "kind")) != "DataContract" and get(document, "dataContractSpecification") is None:
        return None
    info = get(document, "info")
    owner = text_of(get(info, "owner")) or text_of(get(document, "dataProduct")) or text_of(get(document, "domain"))
    consumers = tuple(dict.fromkeys([*_consumers(document), *_consumers(info)]))
    return ContractFacts("contract", lines, tuple(_promised(document)), owner or text_of(get(document, "tenant")), consumers)


def _promised(document: Node) -> Iterator[Declared]:
    """Tables and locations: every model at every server."""
    models = [*_schema(document), *((name, key) for name, key, _ in pairs(get(document, "models")))][:MAX_ENTRIES]
    servers = [*entries(get(document, "servers")), *(server for _, _, server in pairs(get(document, "servers")))][:100]
    for server in servers if isinstance(servers, list) else []:
        place = next((node for key in LOCATIONS if isinstance(node := get(server, key), ScalarNode)), None)
        if place is not None and PATTERN.search(text_of(place)):
            yield from (Declared(PATTERN.sub(name, text_of(place)), line_of(place), "file") for name, _ in models)
        elif place is not None and text_of(place):
            yield Declared(text_of(place), line_of(place), "file")
        elif isinstance(server, MappingNode):
            before = [text_of(get(server, key)) for key in ("project", "catalog", "database", "dataset", "schema")]
            qualified = ".".join(part for part in before if part)
            yield from (Declared(f"{qualified}.{name}" if qualified else name, line_of(key), "table") for name, key in models)
    if not servers:
        yield from (Declared(name, line_of(key), "table") for name, key in models)


def _schema(document: Node) -> Iterator[tuple[str, Node]]:
    for table in [*entries(get(document, "schema")), *entries(get(document, "dataset"))][:MAX_ENTRIES]:
        place = next((node for key in ("physicalName", "name", "table") if isinstance(node := get(table, key), ScalarNode)), None)
        if place is not None and text_of(place):
            yield text_of(place), place


def _consumers(node: Node | None) -> Iterator[str]:
    for entry in entries(get(node, "consumers"))[:MAX_ENTRIES]:
        name = text_of(entry) or text_of(get(entry, "name")) or text_of(get(entry, "id"))
        if name:
            yield name
    for role in entries(get(node, "roles"))[:MAX_ENTRIES]:
        if text_of(get(role, "access")).lower().startswith("read") and text_of(get(role, "role")):
            yield text_of(get(role, "role"))
