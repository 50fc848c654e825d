"""What the tests of unused definitions share: the names that the rule tells."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.scan import graph_of_texts
from rules.unused_definition import UnusedDefinition


def dead(texts: Mapping[str, str]) -> list[str]:
    """The names, in the order of the findings' locations, that the rule calls unused."""
    found = []
    for finding in UnusedDefinition().check(graph_of_texts(texts)):
        for evidence in finding.evidence:
            if "`" in evidence.text and evidence.site is not None and "mention" in evidence.text:
                found.append(evidence.text.split("`")[1])
            elif evidence.text.startswith("no import"):
                found.append(str(evidence.site))
    return found
