"""What the tests of copied code share: functions that were copied, and what the rule says of them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Finding
from rules.diverged_adapter_clone import DivergedAdapterClone

MakeGraph = Callable[..., SystemGraph]

ADAPTER = textwrap.dedent(
    """
    def read_scores(path):
        rows = []
        with open(path, encoding="utf-8") as stream:
            for record in csv.DictReader(stream, delimiter=";"):
                score = float(record["score"])
                customer = record["customer_id"].strip()
                segment = json.loads(record["segment"])
                rows.append({"customer": customer, "score": score, "segment": segment})
        return rows
    """
)
DRIFTED = ADAPTER.replace('";"', '","')


def check(graph: SystemGraph) -> list[Finding]:
    """What has diverged."""
    return [finding for finding in DivergedAdapterClone().check(graph) if finding.subject.kind == "functions"]


def copied(graph: SystemGraph) -> list[Finding]:
    """What is merely copied: always tentative."""
    found = [finding for finding in DivergedAdapterClone().check(graph) if finding.subject.kind == "copied code"]
    assert all(finding.confidence == Confidence.C for finding in found)
    return found


def in_class(text: str, name: str, base: str = "", decorator: str = "") -> str:
    head = f"{decorator}class {name}({base}):\n"
    return head + textwrap.indent(text, "    ")
