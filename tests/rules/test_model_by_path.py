"""UDC006: pinned, held and demonstrated models first, then the ones nobody can trace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.system import Project
from analyzer.model import Confidence, Severity
from analyzer.read.facts import Call, PythonFacts
from analyzer.read.step_facts import Declared, StepFacts
from analyzer.read.values import Name
from analyzer.scan import graph_of_texts
from rules.artifact_names import has_version
from rules.model_by_path import ModelByPath

SERVICE, TRAIN, MODEL = "service/app.py", "training/train.py", "models/ranker.joblib"


def served(system, artifact=MODEL, path=SERVICE, **fields):
    system.module(path, path.partition("/")[0], roles=["SERVE"])
    system.access(path, "read", artifact, **{"klass": "MODEL", **fields})
    return system


def trained_and_served(system, artifact=MODEL):
    system.module(TRAIN, "training", roles=["TRAIN"]).module(SERVICE, "service", roles=["SERVE"])
    return system.handoff(TRAIN, artifact, SERVICE, klass="MODEL")


def found(system):
    return list(ModelByPath().check(system.graph))


@pytest.mark.parametrize(
    "artifact",
    [
        "models/ranker/v12/model.joblib",
        "models/ranker-2024-05-01.joblib",
        "models/1.4.0/model.bin",
        "models/{version}/model.pkl",
        "models/{run_id}/model.pkl",
        "runs/{step}.ckpt",
        "s3://models/ranker/9f3c2ab1/model.pt",
        "models/{cfg.model_version}.pt",
        "https://storage.googleapis.com/acme/models_22zkdqlr/trained_model_22zkdqlr.pkl",
        "gs://acme/models_uxgcl1e1/model.pt",
    ],
)
def test_a_version_in_the_path(system, artifact):
    assert found(served(system, artifact)) == []


@pytest.mark.parametrize("artifact", ["{model_path}", "{model_dir}/model.pkl", "{bucket}/models/model.pkl", "s3://{bucket}/model.pt"])
def test_a_path_whose_folder_is_injected(system, artifact):
    assert found(served(system, artifact)) == []


@pytest.mark.parametrize("path", ["scripts/visualize_calibration.py", "service/evaluate_on_grants.py", "plots/draw.py"])
def test_programs_that_look_at_a_model(system, path):
    system.module(TRAIN, "training", roles=["TRAIN"]).module(path, "service", roles=["SCORE"], production="console script")
    assert found(system.handoff(TRAIN, MODEL, path, klass="MODEL")) == []


def test_a_service_class_of_a_library(system):
    served(system)
    assert len(found(system)) == 1
    system.graph.projects[""] = Project("", "library")
    assert found(system) == []


def test_an_alias_of_versioned_folders(system):
    served(system, "deploy/artifacts/ranker_{name}/model.pt").module("export.py", "export")
    system.access("export.py", "write", "deploy/artifacts/ranker_{argv[1]}@{stamp}/meta.json")
    assert found(system) == []


def test_hub_and_registry_models(system):
    assert found(served(system, "en_core_web_sm", path="service/nlp.py", kind="model")) == []
    assert found(served(system, "model:bert-base-uncased", kind="model")) == []


def test_a_model_from_any_web_address(system):
    assert found(served(system, "https://example.org/weights/model.pt", kind="other")) == []


@pytest.mark.parametrize("klass", ["INTERMEDIATE", "CONFIG", "RAW"])
def test_other_artifacts(system, klass):
    assert found(served(system, klass=klass)) == []


def test_model_in_version_control(system):
    served(system).graph.tracked_files = frozenset({MODEL})
    assert found(system) == []


def test_model_under_dvc(system):
    served(system).file("models.dvc", StepFacts("dvc", 4, tracked=(Declared("models", 2),)))
    assert found(system) == []


def test_model_of_a_declared_step(system):
    served(system).declares("dvc.yaml::train", "write", MODEL)
    assert found(system) == []


def test_checksum(system):
    system.module(SERVICE, "service", roles=["SERVE"], imports=["hashlib"]).access(SERVICE, "read", MODEL, klass="MODEL")
    assert found(system) == []


@pytest.mark.parametrize("path", ["examples/app.py", "demo/serve.py", "apps/gradio_app.py"])
def test_local_demos(system, path):
    assert found(served(system, path=path)) == []


def test_streamlit_page(system):
    system.module(SERVICE, "service", roles=["SERVE"], imports=["streamlit"]).access(SERVICE, "read", MODEL, klass="MODEL")
    assert found(system) == []


def test_code_that_trains_or_only_reads(system):
    system.module(SERVICE, "service", roles=["SERVE", "TRAIN"]).module("notes.py", "notes")
    system.access(SERVICE, "read", MODEL, klass="MODEL")
    system.access("notes.py", "read", MODEL, klass="MODEL")
    assert found(system) == []


def test_service_that_writes_the_model_itself(system):
    system.module(SERVICE, "service", roles=["SERVE"]).handoff(SERVICE, MODEL, SERVICE, klass="MODEL")
    assert found(system) == []


def test_model_that_a_download_step_writes(system):
    system.module("fetch.py", "tools").module(SERVICE, "service", roles=["SERVE"]).handoff("fetch.py", MODEL, SERVICE, klass="MODEL")
    assert found(system) == []


@pytest.mark.parametrize("artifact", ["/mnt/models/model.bin", "~/.cache/ranker/model.pt"])
def test_a_mount_that_the_deployment_fills(system, artifact):
    assert found(served(system, artifact)) == []


@pytest.mark.parametrize("folder", [".cache/ranker", "service/cache", "models/_cache"])
def test_a_copy_in_a_cache_has_a_name_of_its_own_elsewhere(system, folder):
    assert found(trained_and_served(system, f"{folder}/ranker.joblib")) == []


def test_one_line_that_loads_from_this_folder_or_that_is_one_finding(system):
    served(system, "gs://acme/ranker-cpu/body.pkl", kind="object", line=9)
    system.access(SERVICE, "read", "gs://acme/ranker-arm/body.pkl", klass="MODEL", kind="object", line=9)
    (finding,) = found(system)
    assert finding.members == 2


def test_a_script_run_by_hand_on_a_local_file(system):
    system.module("label.py", "tools", roles=["SCORE"]).access("label.py", "read", MODEL, klass="MODEL")
    assert found(system) == []


def test_the_statement_fetches_what_it_loads(system):
    served(system, line=20)
    fetch = Call(Name("download_model"), (), (), 20, 20, 0, 0)
    system.graph.modules[SERVICE].facts = PythonFacts("python", 40, calls=(fetch,))
    assert found(system) == []


def test_tests_and_tutorials(system):
    system.module("tests/app.py", "tests", roles=["SERVE"], is_test=True).access("tests/app.py", "read", MODEL, klass="MODEL")
    assert found(system) == []
    served(system).graph.projects[""] = Project("", "tutorial")
    assert found(system) == []


def test_trained_elsewhere_and_served_without_version(system):
    (finding,) = found(trained_and_served(system))
    assert finding.severity == Severity.medium
    assert finding.confidence == Confidence.B
    assert [site.path for site in finding.locations] == [SERVICE, TRAIN]
    assert "names no version" in finding.message
    assert "models/{run_id}/ranker.joblib" in finding.remedy


def test_models_of_one_folder_are_one_finding(system):
    served(system, "gs://acme/ranker/body.pkl", kind="object")
    system.access(SERVICE, "read", "gs://acme/ranker/title.pkl", klass="MODEL", kind="object")
    (finding,) = found(system)
    assert finding.members == 2
    assert "and 1 more" in finding.message


@pytest.mark.parametrize(
    "folder",
    [
        "https://storage.googleapis.com/acme/ranker",
        "https://acme.s3.eu-west-1.amazonaws.com/ranker",
        "https://acme.blob.core.windows.net/ranker",
    ],
)
def test_a_bucket_by_its_web_address(system, folder):
    served(system, f"{folder}/title.pkl", kind="other", via="wrapper", line=40)
    system.access(SERVICE, "read", f"{folder}/title.pkl", klass="MODEL", kind="other", line=60)
    (finding,) = found(system)
    assert [site.line for site in finding.locations] == [60, 40]  # who names the path, before who calls that code


@pytest.mark.parametrize("word", ["resnet50", "word2vec", "gpt2large"])
def test_a_digit_in_a_name_is_no_run(word):
    assert not has_version(f"models/{word}.pt")


def test_production_is_severe(system):
    trained_and_served(system).module(SERVICE, "service", roles=["SERVE"], production="Dockerfile runs it")
    assert found(system)[0].severity == Severity.high


def test_bypassed_registry_is_surer_and_counts_even_with_a_version(system):
    trained_and_served(system, "models/v3/ranker.joblib").graph.registries = ("mlflow",)
    (finding,) = found(system)
    assert finding.confidence == Confidence.A
    assert "bypasses the model registry" in finding.message
    assert "mlflow" in finding.remedy


def test_local_file_of_unknown_origin_is_tentative_and_a_bucket_is_firm(system):
    served(system)
    served(system, "gs://acme-models/ranker/best.ckpt", "batch/score.py", kind="object")
    assert {finding.subject.id: finding.confidence for finding in found(system)} == {
        MODEL: Confidence.C,
        "gs://acme-models/ranker/best.ckpt": Confidence.B,
    }


def test_moving_alias_of_a_registry(system):
    served(system, "model:acme/ranker:v7", kind="model")
    served(system, "model:acme/ranker:production", "batch/score.py", kind="model")
    assert [finding.subject.id for finding in found(system)] == ["model:acme/ranker:production"]


def test_loader_that_only_the_service_reaches(system):
    system.module("core/load.py", "core", runs=False).module(SERVICE, "service", roles=["SERVE"]).imports(SERVICE, "core/load.py")
    system.access("core/load.py", "read", "gs://acme-models/ranker/best.ckpt", klass="MODEL", kind="object")
    assert len(found(system)) == 1
    system.module(TRAIN, "training", roles=["TRAIN"]).imports(TRAIN, "core/load.py")
    assert found(system) == []


@given(st.from_regex(r"[a-z]{2,8}[0-9]?[a-z]{1,8}", fullmatch=True), st.from_regex(r"v?[0-9]{1,4}", fullmatch=True))
def test_a_word_is_no_version_and_a_number_of_its_own_is(word, number):
    assert not has_version(f"models/{word}.pt") or all(letter in "0123456789abcdef" for letter in word)
    assert has_version(f"models/{number}/{word}.pt")
    assert has_version(f"models/{word}-{number}.pt")


def test_a_step_that_puts_the_model_into_a_registry_serves_nobody() -> None:
    load = "import joblib\nimport mlflow\n\n\ndef bundle():\n    return joblib.load('models/ranker.joblib')\n\n\nNAME = 'ranker'\n"
    app = "from fastapi import FastAPI\nfrom rank.publish import NAME\n\napp = FastAPI()\n\n\n@app.get('/')\ndef get():\n    return NAME\n"
    publish = load + "\n\ndef publish():\n    mlflow.sklearn.log_model(bundle(), 'ranker', registered_model_name='ranker')\n"
    texts = {"rank/__init__.py": "", "rank/app.py": app, "Dockerfile": "FROM python\nCOPY . .\nCMD uvicorn rank.app:app\n"}
    assert list(ModelByPath().check(graph_of_texts({**texts, "rank/publish.py": publish}))) == []
    assert list(ModelByPath().check(graph_of_texts({**texts, "rank/publish.py": load})))


def test_the_mount_of_a_model_that_was_deployed(system):
    assert found(trained_and_served(system, "/opt/ml/model/ranker.joblib")) == []


def _app(load):
    return (
        "import joblib\nimport mlflow\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\ndef load():\n    try:\n"
        f"        return {load}\n    except Exception:\n        return joblib.load('models/ranker.joblib')\n\n\n"
        "@app.post('/rank')\ndef rank(row: list[float]):\n    return load().predict([row]).tolist()\n"
    )


def test_a_registry_is_asked_first():
    assert list(ModelByPath().check(graph_of_texts({"service/app.py": _app("mlflow.pyfunc.load_model('models:/ranker/3')")}))) == []
    assert list(ModelByPath().check(graph_of_texts({"service/app.py": _app("None")})))


def test_settings_that_name_a_folder_of_a_version():
    app = (
        "import joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/rank')\ndef rank(row: list[float]):\n"
        "    return joblib.load(f'models/{kind()}/model.joblib').predict([row]).tolist()\n"
    )
    for folder, silent in (("210401", True), ("ranker", False)):
        settings = f"models:\n- models/{folder}/forest\n"
        graph = graph_of_texts({"service/app.py": app, "configs/serve.yaml": settings})
        assert (list(ModelByPath().check(graph)) == []) is silent
