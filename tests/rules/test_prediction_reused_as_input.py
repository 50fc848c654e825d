"""UDC002: readers that only look, that are declared, that read something else; then models that feed models."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Severity, Site
from analyzer.scan import graph_of_texts
from rules.prediction_reused_as_input import PredictionReusedAsInput
from rules.undeclared_artifact_reader import UndeclaredArtifactReader

SCORER, UPLIFT, SCORES = "churn/score.py", "marketing/uplift.py", "s3://acme/risk/customers.parquet"
COMPONENTS = '[components]\nchurn = ["churn/**"]\nmarketing = ["marketing/**"]\n'
READ = f"import pandas as pd\n\nbase = pd.read_parquet('{SCORES}')\n"
FIT = "from sklearn.linear_model import LogisticRegression\n\nLogisticRegression().fit(base, base.bought)\n"


def found(system):
    return list(PredictionReusedAsInput().check(system.graph))


@pytest.fixture
def two(system):
    return system.module(SCORER, "churn", roles=["SCORE"]).module(UPLIFT, "marketing", roles=["TRAIN"])


def scored(lines, reader=READ + FIT):
    writer = f"import joblib\nimport pandas as pd\n\nmodel = joblib.load('m.joblib')\nrows = pd.read_csv('raw.csv')\n{lines}"
    texts = {"mldebt.toml": COMPONENTS, SCORER: writer, UPLIFT: reader}
    return list(PredictionReusedAsInput().check(graph_of_texts(texts)))


@pytest.mark.parametrize("roles", [[], ["EVAL"], ["TRAIN", "EVAL"]])
def test_a_reader_that_only_looks(system, roles):
    system.module(SCORER, "churn").module(UPLIFT, "marketing", roles=roles).handoff(SCORER, SCORES, UPLIFT, klass="PREDICTION")
    assert found(system) == []


def test_the_same_component(system):
    system.module(SCORER, "churn").module("churn/uplift.py", "churn", roles=["TRAIN"])
    assert found(system.handoff(SCORER, SCORES, "churn/uplift.py", klass="PREDICTION")) == []


def test_a_contract(two):
    two.handoff(SCORER, SCORES, UPLIFT, klass="PREDICTION").graph.contracts = ((SCORES, "churn", ("marketing",)),)
    assert found(two) == []


def test_a_model_is_no_prediction(two):
    assert found(two.handoff(SCORER, "models/ranker_predictions.pkl", UPLIFT, klass="MODEL")) == []


def test_one_program_runs_both(two):
    two.handoff(SCORER, SCORES, UPLIFT, klass="PREDICTION").module("run.py", "ops").imports("run.py", SCORER).imports("run.py", UPLIFT)
    assert found(two) == []


def test_predictions_under_version_control(two):
    two.handoff(SCORER, "data/risk/churn_predictions.csv", UPLIFT, klass="PREDICTION")
    two.graph.tracked_files = frozenset({"data/risk/churn_predictions.csv"})
    assert found(two) == []
    two.graph.tracked_files, two.graph.memo = frozenset(), {}
    assert len(found(two)) == 1


@pytest.mark.parametrize("path", ["tests/test_uplift.py", "docs/uplift.py", "tutorials/uplift.py"])
def test_tests_documents_and_tutorials(path):
    writer = "import joblib\nimport pandas as pd\n\nmodel = joblib.load('m.joblib')\nrows = pd.read_csv('raw.csv')\n"
    writer += f"rows['p'] = model.predict_proba(rows)\nrows.to_parquet('{SCORES}')\n"
    texts = {"mldebt.toml": COMPONENTS.replace("marketing/**", path), SCORER: writer, path: READ + FIT}
    assert list(PredictionReusedAsInput().check(graph_of_texts(texts))) == []


@pytest.mark.parametrize(
    "lines",
    [
        f"rows.to_parquet('{SCORES}')\n",
        f"model.predict(rows)\nrows.to_parquet('{SCORES}')\n",  # what is predicted is not what is written
        f"scores = model.predict(rows)\nprint(scores)\nrows.to_parquet('{SCORES}')\n",
    ],
)
def test_what_is_written_is_no_prediction(lines):
    assert scored(lines) == []


def test_declared_data_of_a_pipeline(system):
    system.module("pipe/a/nodes.py", "pipe").module("pipe/b/nodes.py", "pipe")
    system.step("dvc.yaml::a").declares("dvc.yaml::a", "write", SCORES, runs=["pipe/a/nodes.py"])
    system.step("dvc.yaml::b").declares("dvc.yaml::b", "read", SCORES, runs=["pipe/b/nodes.py"])
    assert found(system.handoff("pipe/a/nodes.py", SCORES, "pipe/b/nodes.py", klass="PREDICTION")) == []


@pytest.mark.parametrize(
    "lines",
    [
        f"rows['p'] = model.predict_proba(rows)\nrows.to_parquet('{SCORES}')\n",
        f"p = model.predict(rows)\nout = pd.DataFrame({{'p': p}})\nout.to_parquet('{SCORES}')\n",
        f"pd.DataFrame(model.predict(rows)).assign(a=1).to_parquet('{SCORES}')\n",
        f"out = []\nfor row in rows:\n    out.append(model.predict(row))\nframe = pd.DataFrame(out)\nframe.to_parquet('{SCORES}')\n",
    ],
)
def test_what_flows_from_a_model_into_the_file_is_a_prediction(lines):
    (finding,) = scored(lines)
    assert finding.locations[0] == Site(UPLIFT, 3, 3)
    assert finding.evidence[0].text == "predicted here"
    assert finding.confidence == Confidence.B
    assert finding.severity == Severity.high


def test_the_name_says_that_it_holds_predictions(two):
    (finding,) = found(two.handoff(SCORER, SCORES, UPLIFT, klass="PREDICTION"))
    assert finding.subject.id == SCORES
    assert 'producer = "churn"' in finding.remedy


def test_it_is_not_told_twice(two):
    two.handoff(SCORER, SCORES, UPLIFT, klass="PREDICTION").step("dvc.yaml::other").declares("dvc.yaml::other", "write", "data/other.csv")
    assert len(found(two)) == 1
    assert list(UndeclaredArtifactReader().check(two.graph)) == []
