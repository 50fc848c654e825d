"""UDC002: what one model predicts is input of another, and nothing says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.predictions import prediction_written
from analyzer.graph.system import DataEdge, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.consumers import Consumers, reuses_prediction
from rules.declaration_stubs import contract
from rules.handoffs import said

MAX_SHOWN = 10
MAX_LISTED = 40


class PredictionReusedAsInput(Rule):
    """One model's predictions are input of another component, and nothing declares it.

    Improving the model that predicts then changes the one that reads, silently: "a prediction from a machine learning model m_a is made
    widely accessible, either at runtime or by writing to files or logs that may later be consumed by other systems … silently using the
    output of a given model as an input to another system" (Sculley et al. 2015, section 2.3).

    Found are predictions (by what flows from a predict-like call into what is written, or by the name of what is written) that a
    training, feature, scoring or serving step of another component reads undeclared.

    Exempt: evaluation, monitoring and reports; declared consumers and contracts; one program that runs both; predictions under version
    control; tests, documentation and tutorials. Training on one's own predictions is another debt.

    Known false positives: files called predictions that hold something else.
    """

    code = "UDC002"
    name = "prediction-reused-as-input"
    severity = Severity.high
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=30, per_item=10, friction=20)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = "Name the consumer in a contract, and version what it reads, so that a new model is announced before it is read."
    BAD = (
        {
            "mldebt.toml": '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n',
            "churn/score.py": (
                "import joblib\nimport pandas as pd\n\nmodel = joblib.load('churn.joblib')\nrows = pd.read_csv('raw/customers.csv')\n"
                "rows['p_churn'] = model.predict_proba(rows)\nrows.to_parquet('s3://acme-scores/risk/customers.parquet')\n"
            ),
            "marketing/uplift.py": (
                "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n\n"
                "base = pd.read_parquet('s3://acme-scores/risk/customers.parquet')  # UDC002\n"
                "model = LogisticRegression()\nmodel.fit(base, base.bought)\n"
            ),
        },
    )
    GOOD = (
        {
            "mldebt.toml": (
                '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n\n[[contract]]\n'
                'artifact = "s3://acme-scores/risk/customers.parquet"\nproducer = "churn"\nconsumers = ["marketing"]\n'
            ),
            "churn/score.py": (
                "import joblib\nimport pandas as pd\n\nmodel = joblib.load('churn.joblib')\nrows = pd.read_csv('raw/customers.csv')\n"
                "rows['p_churn'] = model.predict_proba(rows)\nrows.to_parquet('s3://acme-scores/risk/customers.parquet')\n"
            ),
            "marketing/uplift.py": (
                "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n\n"
                "base = pd.read_parquet('s3://acme-scores/risk/customers.parquet')\n"
                "model = LogisticRegression()\nmodel.fit(base, base.bought)\n"
            ),
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        consumers = graph.once(Consumers)
        groups: dict[str, list[DataEdge]] = defaultdict(list)
        for handoff in consumers.crossings:
            if not consumers.is_declared(handoff) and reuses_prediction(graph, handoff):
                groups[handoff.artifact].append(handoff.edge)
        for _, edges in sorted(groups.items()):
            yield self._finding(consumers, edges)

    def _finding(self, consumers: Consumers, edges: Sequence[DataEdge]) -> Finding:
        graph = consumers.graph
        artifact = edges[0].artifact
        producer, reader = graph.units[edges[0].writer.unit], graph.units[edges[0].reader.unit]
        stub = contract(artifact, consumers.component(producer), [consumers.component(reader)])
        names = sorted({edge.artifact for edge in edges})
        return self.found(
            f"{reader.path} takes the predictions `{artifact}`"
            + (f" and {len(names) - 1} more" if names[1:] else "")
            + f" of {producer.path} as input, which no declaration names",
            Subject("artifact", artifact),
            list(dict.fromkeys([*(edge.reader.site for edge in edges), *(edge.writer.site for edge in edges)]))[:MAX_LISTED],
            list(_chain(graph, edges)),
            remedy=f"{self.remedy}\n\n{stub}",
            items=len(names),
            members=len(names),
        )


def _chain(graph: SystemGraph, edges: Sequence[DataEdge]) -> Iterator[Evidence]:
    for edge in edges[:MAX_SHOWN]:
        predicted = prediction_written(graph, edge.writer)
        if predicted is not None:
            yield Evidence("predicted here", predicted)
        yield Evidence(f"{graph.units[edge.writer.unit].path} {said(edge.writer)}", edge.writer.site)
        reader = graph.units[edge.reader.unit]
        roles = f" ({', '.join(reader.roles)})" if reader.roles else ""
        yield Evidence(f"{reader.path}{roles} {said(edge.reader)}", edge.reader.site)
