"""Kedro data catalog (`catalog*.yml`) → its datasets.

Source: https://docs.kedro.org, "Data Catalog" and "Kedro dataset factories"; which parameters hold a location is what the datasets of
kedro-datasets and kedro-mlflow take. `credentials` are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from analyzer.read.configuration_facts import CatalogEntry, CatalogFacts
from analyzer.read.surrogates import printable
from analyzer.read.yaml_nodes import get, line_of, pairs, text_of

MAX_ENTRIES = 5_000
MAX_WRAPPED = 4
MAX_TEXT = 1_000

CATALOG = re.compile(r"(^|/)catalog[^/]*\.ya?ml$|(^|/)catalog[^/]*/.+\.ya?ml$", re.IGNORECASE)
DATASET = re.compile(r"data_?set$|\.(io|datasets)\.", re.IGNORECASE)
LOCATIONS = {
    "filepath": "file",
    "path": "file",
    "filename": "file",
    "table_name": "table",
    "table": "table",
    "model_name": "model",
    "registered_model_name": "model",
    "dataset_name": "dataset",
    "url": "other",
}
MEMORY = re.compile(r"(Memory|SharedMemory|Lambda)Data[sS]et$")


def is_catalog(path: str) -> bool:
    """Whether Kedro would take the file at `path` for (a part of) a catalog, by its default patterns."""
    return CATALOG.search(path) is not None


def catalog(documents: Iterable[Node], lines: int) -> CatalogFacts | None:
    """The catalog that the documents make up, None when no entry of them names a dataset type."""
    found = [entry for document in documents for entry in _entries(document)]
    return CatalogFacts("kedro", lines, tuple(found[:MAX_ENTRIES])) if found else None


def _entries(document: Node) -> Iterator[CatalogEntry]:
    for name, key, node in pairs(document)[:MAX_ENTRIES]:
        kind = text_of(get(node, "type"))
        if not name.startswith("_") and isinstance(node, MappingNode) and DATASET.search(kind):
            yield _entry(name, line_of(key), kind, node)


def _entry(name: str, line: int, type_name: str, node: MappingNode) -> CatalogEntry:
    kind, location, place = "file", "", line
    inner: Node | None = node
    for _ in range(MAX_WRAPPED):  # a cache, an artifact of MLflow and the like wrap the dataset proper
        if inner is None or location or MEMORY.search(text_of(get(inner, "type"))):
            break
        kind, location, place = _location(inner, line)
        inner = get(inner, "dataset")
    layer = text_of(get(node, "layer")) or text_of(get(get(get(node, "metadata"), "kedro-viz"), "layer"))
    versioned = text_of(get(node, "versioned")).lower() == "true"
    location = printable(location[:MAX_TEXT])
    return CatalogEntry(printable(name), printable(type_name), location, kind, place, printable(layer), versioned)


def _location(node: Node, line: int) -> tuple[str, str, int]:
    """(kind, location, line) of a dataset; ("file", "", line) when it says none."""
    for key, kind in LOCATIONS.items():
        value = get(node, key)
        if isinstance(value, ScalarNode) and text_of(value):
            text = text_of(value)
            if kind == "table":
                text = ".".join([*_qualifiers(node), text])
            elif kind in ("model", "dataset"):
                text = f"{kind}:{text}"
            elif kind == "other" and "://" not in text:
                continue
            return kind, text, line_of(value)
    return "file", "", line


def _qualifiers(node: Node) -> Iterator[str]:
    """Catalog, database and schema before a table's name, as far as the entry says them."""
    options = (node, get(node, "load_args"), get(node, "save_args"), get(node, "table_args"))
    for names in (("project", "catalog"), ("database", "dataset", "schema")):
        written = (text_of(get(source, name)) for name in names for source in options)
        found = next((text for text in written if text), "")
        if found:
            yield found
