"""What a YAML file declares besides being configuration: told by its documented markers, for its name says nothing."""

from __future__ import annotations

from yaml.nodes import Node

from analyzer.read import kedro
from analyzer.read.facts import CatalogFacts, StepFacts


def declared(documents: list[Node], path: str, text: str) -> StepFacts | CatalogFacts | None:
    """The catalog or the steps that the documents hold, None for plain configuration."""
    if kedro.is_catalog(path):
        return kedro.catalog(documents, text.count("\n") + 1)
    return None
