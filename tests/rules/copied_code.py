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
COMPUTES = textwrap.dedent(
    """
    def evaluate(model, batches):
        total, right, losses = 0, 0, []
        for batch in batches:
            logits = model(batch.inputs)
            loss = cross_entropy(logits, batch.labels)
            losses.append(loss * len(batch))
            right += (logits.argmax(1) == batch.labels).sum()
            total += len(batch)
        return {"accuracy": right / total, "loss": sum(losses) / total}
    """
)
SCRIPT = "import pandas as pd\n" + "".join(
    f"part{n} = pd.read_csv('{name}.csv', usecols=['{name}_id'])\npart{n} = part{n}.dropna(subset=['{name}_id'])\n"
    for n, name in enumerate(("orders", "clients", "visits", "returns", "claims", "costs"))
)
STEPS = "".join(f"    part_{n} = model.step_{n}(batches)\n" for n in range(12))
LONG = COMPUTES.replace("    for batch", f"{STEPS}    for batch")


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
