from __future__ import annotations

from typing import Any

import pytest

from analyzer.graph.system import Project
from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Finding, Severity
from analyzer.scan import graph_of_texts
from rules.model_handoff_distance import ModelHandoffDistance

NOW = 1_700_000_000
CLEAN, FIT, APP, LIB = "data/clean.py", "model/fit.py", "service/app.py", "shared/shape.py"


def two_sides(system: Any, artifact: str = "models/churn_svc.joblib", **fields: object) -> Any:
    system.module(FIT, "model", roles=["TRAIN"]).module(APP, "service", roles=["SERVE"], production="a job runs it")
    return system.handoff(FIT, artifact, APP, klass="MODEL", **fields)


def changed_by(system: Any, **who: str) -> None:
    """changed_by(fit="ann", app="bob") → a history in which each file has 10 commits of one person."""
    paths = {"clean": CLEAN, "fit": FIT, "app": APP}
    told = [Commit(f"{name}{n}", NOW, person, (), (paths[name],), ()) for name, person in who.items() for n in range(10)]
    system.graph.history, system.graph.history_gap = History(tuple(told), NOW), ""


def check(system: Any) -> list[Finding]:
    return list(ModelHandoffDistance().check(system.graph))


# ---- silent --------------------------------------------------------------------------------------------------------------------------


def test_common_code_and_common_people(system: Any) -> None:
    two_sides(system).module(LIB, "shared", runs=False).imports(FIT, LIB).imports(APP, LIB)
    changed_by(system, fit="ann", app="ann")
    assert check(system) == []


def test_a_registry_hands_it_over(system: Any) -> None:
    two_sides(system, "model:churn_svc")
    assert check(system) == []


def test_a_pipeline_declares_it(system: Any) -> None:
    two_sides(system).declares("dvc.yaml::fit", "write", "models/churn_svc.joblib", runs=[FIT])
    assert check(system) == []


def test_a_contract_names_it(system: Any) -> None:
    two_sides(system).graph.contracts = (("models/*", "model", ("service",)),)
    assert check(system) == []


def test_a_test_runs_both_sides(system: Any) -> None:
    two_sides(system).module("tests/test_both.py", is_test=True).imports("tests/test_both.py", FIT).imports("tests/test_both.py", APP)
    assert check(system) == []


def test_an_evaluation_is_no_service(system: Any) -> None:
    two_sides(system).graph.modules[APP].roles.pop("SERVE")
    assert check(system) == []


def test_pretrained_weights_are_fetched(system: Any) -> None:
    two_sides(system, call="torch.hub.download_url_to_file")
    assert check(system) == []


@pytest.mark.parametrize("archetype", ["library", "tutorial"])
def test_libraries_and_tutorials(system: Any, archetype: str) -> None:
    system.graph.projects[""] = Project("", archetype)
    two_sides(system)
    assert check(system) == []


@pytest.mark.parametrize("wrapper", ["", "service/tagger.py"], ids=["itself", "by a wrapper"])
@pytest.mark.parametrize("by_hand", [False, True])
def test_the_reader_imports_the_code_that_saves_it(system: Any, wrapper: str, by_hand: bool) -> None:
    (carried if by_hand else two_sides)(system)
    if wrapper:
        system.module(wrapper, "service", runs=False).imports(APP, wrapper)
    assert len(check(system)) == 1
    system.imports(wrapper or APP, FIT)
    assert check(system) == []


# ---- found ---------------------------------------------------------------------------------------------------------------------------


def test_a_binary_between_parts_that_share_nothing(system: Any) -> None:
    two_sides(system)
    (found,) = check(system)
    assert found.message == "`models/churn_svc.joblib` reaches `service/app.py` over one hand-off with a distance of 3"
    assert (found.severity, found.confidence) == (Severity.medium, Confidence.C)
    assert [site.path for site in found.locations] == [APP, FIT]


def test_other_people_over_common_code(system: Any) -> None:
    two_sides(system).module(LIB, "shared", runs=False).imports(FIT, LIB).imports(APP, LIB)
    changed_by(system, fit="ann", app="bob")
    (found,) = check(system)
    assert "distance of 3" in found.message
    assert "ann" not in str(found) and "bob" not in str(found)
    assert any("other people change the two sides" in evidence.text for evidence in found.evidence)


def test_the_way_back_to_the_data_counts(system: Any) -> None:
    two_sides(system).module(CLEAN, "data").handoff(CLEAN, "data/visits_clean.csv", FIT)
    changed_by(system, clean="cem", fit="ann", app="bob")
    (found,) = check(system)
    assert found.severity is Severity.high
    assert found.members == 2
    assert "over 2 hand-offs with a distance of 7" in found.message


def test_a_squashed_history_counts_no_people(system: Any) -> None:
    two_sides(system)
    told = [
        Commit(f"{path}{n}", NOW, who, (), (path,), (), is_squashed=True) for path, who in ((FIT, "ann"), (APP, "bob")) for n in range(9)
    ]
    system.graph.history, system.graph.history_gap = History(tuple(told), NOW), ""
    (found,) = check(system)
    assert "distance of 3" in found.message, "bytes, promise and code; not the people"


def test_what_the_same_files_hand_on_is_one_way(system: Any) -> None:
    two_sides(system).handoff(FIT, "models/churn_encoder.joblib", APP, klass="MODEL")
    (finding,) = check(system)
    assert finding.message.startswith("`models/churn_svc.joblib` and 1 more reach `service/app.py`")


def test_a_service_that_starts_without_its_model_takes_it_over_all_the_same() -> None:
    texts = dict(ModelHandoffDistance.BAD[0])
    load = 'model = joblib.load("churn_svc.joblib")'
    assert load in texts["service/app.py"]
    guarded = f'import os\n\nmodel = None\nif os.path.exists("churn_svc.joblib"):\n    {load}'
    texts["service/app.py"] = texts["service/app.py"].replace(load, guarded)
    (finding,) = ModelHandoffDistance().check(graph_of_texts(texts))
    assert finding.locations[0].path == "service/app.py"


# ---- carried by hand -----------------------------------------------------------------------------------------------------------------


def carried(
    system: Any, made: str = "out/churn_svc_eu.dpkl", served: str = "https://files.acme.org/m/churn_svc_eu.dpkl", **fields: object
) -> Any:
    system.module(FIT, "model", roles=["TRAIN"]).module(APP, "service", roles=["SERVE"], production="a job runs it")
    system.access(FIT, "write", made, klass="MODEL")
    system.access(APP, "read", served, klass="MODEL", kind="other", call="urllib.request.urlopen", **fields)
    return system


@pytest.mark.parametrize(
    ("made", "served"),
    [
        ("out/model.pkl", "https://files.acme.org/m/model.pkl"),
        ("out/churn_svc_eu.dpkl", "{download}/churn_svc_eu.dpkl"),
        ("out/churn_svc_eu.csv", "https://files.acme.org/m/churn_svc_eu.csv"),
    ],
    ids=["a name that many have", "a download of which nothing is known", "a table"],
)
def test_what_is_not_carried(system: Any, made: str, served: str) -> None:
    assert check(carried(system, made, served)) == []


def test_what_was_fetched_is_not_made(system: Any) -> None:
    two_sides(system, "x.csv").access(FIT, "write", "w/bert_small_v9.pkl", klass="MODEL", call="urllib.request.urlretrieve")
    system.access(APP, "read", "https://files.acme.org/bert_small_v9.pkl", klass="MODEL", call="urllib.request.urlopen")
    assert check(system) == []


def test_a_file_that_somebody_carries(system: Any) -> None:
    (found,) = check(carried(system))
    assert {site.path for site in found.locations} == {FIT, APP}
    assert "nothing here brings it from the one place to the other" in found.evidence[1].text
    assert found.confidence is Confidence.C


# ---- made elsewhere ------------------------------------------------------------------------------------------------------------------


def served(system: Any, artifact: str = "/mnt/models/risk.pkl", call: str = "joblib.load", **fields: object) -> Any:
    system.module(APP, "service", roles=["SERVE"], production="a job runs it")
    system.access(APP, "read", artifact, klass="MODEL", kind="model", call=call, **fields)
    return system


@pytest.mark.parametrize(
    ("artifact", "call"),
    [
        ("/mnt/models/risk.onnx", "onnxruntime.InferenceSession"),
        ("/mnt/models/risk.pkl", "acme_risk.models.load_model"),
        ("model:risk.pkl", "joblib.load"),
        ("{dir}/{name}.pkl", "joblib.load"),
    ],
    ids=["a format that says what it takes", "a package brings the code", "a registry", "any file"],
)
def test_models_that_are_no_pickles_of_others(system: Any, artifact: str, call: str) -> None:
    assert check(served(system, artifact, call)) == []


def test_a_pickle_that_is_not_there_is_another_rules(system: Any) -> None:
    assert check(served(system, "models/risk.pkl")) == []
    system.graph.tracked_files = frozenset({"models/risk.pkl"})
    assert len(check(system)) == 1


def test_a_pickle_that_something_here_writes(system: Any) -> None:
    served(system).module("batch.py").access("batch.py", "write", "build/risk.pkl", klass="MODEL")
    assert check(system) == []


def test_a_pickle_where_a_writers_file_is_not_known(system: Any) -> None:
    served(system).module("batch.py").access("batch.py", "write", "{out}/{name}", klass="MODEL")
    assert check(system) == []


def test_a_pickle_that_a_contract_names_or_an_evaluation_reads(system: Any) -> None:
    served(system).graph.contracts = (("/mnt/models/*", "model", ("service",)),)
    assert check(system) == []
    system.graph.contracts = ()
    system.graph.modules[APP].roles = {}
    assert check(system) == []


def test_served_pickles_that_nothing_makes(system: Any) -> None:
    (found,) = check(served(served(system), "/mnt/models/tone.dpkl", "builtins.open"))
    assert found.message == "2 served models are pickles that nothing here makes: `/mnt/models/risk.pkl`, `/mnt/models/tone.dpkl`"
    assert (found.confidence, found.members) == (Confidence.C, 2)
