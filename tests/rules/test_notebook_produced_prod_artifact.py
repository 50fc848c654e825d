from __future__ import annotations

import json

import pytest

from analyzer.model import Confidence, Finding, Severity
from analyzer.scan import graph_of_texts
from rules.notebook_produced_prod_artifact import NotebookProducedProdArtifact

RUN = "0123456789abcdef0123456789abcdef"
MAKE = "import joblib\nfrom sklearn.svm import SVC\n\nchurn = SVC()\njoblib.dump(churn, 'service/churn_svc.joblib')\n"
LOG = "import mlflow\n\nwith mlflow.start_run():\n    mlflow.sklearn.log_model(churn, 'churn_ranker')\n"
SERVICE = """\
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("churn_svc.joblib")


@app.get("/score")
def score(age: int):
    return float(model.predict([[age]])[0])
"""
PINNED = f"""\
import mlflow
from fastapi import FastAPI

app = FastAPI()
model = mlflow.pyfunc.load_model("runs:/{RUN}/churn_ranker")


@app.get("/score")
def score(age: int):
    return float(model.predict([[age]])[0])
"""


def notebook(*cells: str, counts: tuple[int, ...] = ()) -> str:
    made = [
        {"cell_type": "code", "execution_count": counts[n] if counts else n + 1, "metadata": {}, "outputs": [], "source": cell}
        for n, cell in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def check(**files: str) -> list[Finding]:
    texts = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in files.items()}
    return list(NotebookProducedProdArtifact().check(graph_of_texts(texts)))


# ---- silent --------------------------------------------------------------------------------------------------------------------------


def test_a_script_makes_it_too() -> None:
    assert check(explore_DOT_ipynb=notebook(MAKE), train_DOT_py=MAKE, service__app_DOT_py=SERVICE) == []


def test_whoever_runs_the_reader_names_the_folder() -> None:
    reader = SERVICE.replace("import joblib", "import joblib\nimport sys").replace(
        '"churn_svc.joblib"', 'f"{sys.argv[1]}/service/churn_svc.joblib"'
    )
    assert check(explore_DOT_ipynb=notebook(MAKE), service__app_DOT_py=reader) == []
    assert check(explore_DOT_ipynb=notebook(MAKE), service__app_DOT_py=SERVICE)


def test_a_notebook_that_only_shows_the_use() -> None:
    assert check(examples__intro_DOT_ipynb=notebook(MAKE.replace("service/", "../service/")), service__app_DOT_py=SERVICE) == []


def test_a_checked_in_program_runs_the_notebook() -> None:
    make = "train:\n\tjupyter nbconvert --to notebook --execute train.ipynb\n"
    assert check(train_DOT_ipynb=notebook(MAKE), Makefile=make, service__app_DOT_py=SERVICE) == []


def test_nothing_of_production_reads_it() -> None:
    reader = "import joblib\n\nprint(joblib.load('../service/churn_svc.joblib'))\n"
    assert check(train_DOT_ipynb=notebook(MAKE), tools__look_DOT_py=reader) == []


@pytest.mark.parametrize("folder", ["tutorial__service", "examples__service", "week_3_lesson__service"])
def test_what_teaches(folder: str) -> None:
    assert check(**{"train_DOT_ipynb": notebook(MAKE), f"{folder}__app_DOT_py": SERVICE}) == []


def test_what_a_notebook_only_downloads_is_raw() -> None:
    fetch = "import urllib.request\n\nurllib.request.urlretrieve('https://acme.org/x', 'service/churn_svc.joblib')\n"
    found = check(train_DOT_ipynb=notebook(fetch, MAKE), train_DOT_py=MAKE, service__app_DOT_py=SERVICE)
    assert found == []


def test_a_run_whose_model_a_script_logs() -> None:
    assert check(explore_DOT_ipynb=notebook(LOG), train_DOT_py=LOG, service__app_DOT_py=PINNED) == []


def test_another_model_than_the_notebooks() -> None:
    assert check(explore_DOT_ipynb=notebook(LOG), service__app_DOT_py=PINNED.replace("churn_ranker", "spam_ranker")) == []


# ---- found ---------------------------------------------------------------------------------------------------------------------------


def test_a_service_that_loads_what_a_notebook_saved() -> None:
    (found,) = check(train_DOT_ipynb=notebook("x = 1\n", MAKE, counts=(7, 3)), service__app_DOT_py=SERVICE)
    assert found.message == "production reads `service/churn_svc.joblib`, and nothing but `train.ipynb` makes it"
    assert [str(site) for site in found.locations] == ["service/app.py:5", "train.ipynb:cell 1:5"]
    assert (found.severity, found.confidence) == (Severity.high, Confidence.B)
    assert "the cells of `train.ipynb` were last run in another order than they stand in" in [e.text for e in found.evidence]


def test_production_that_names_a_notebooks_run_by_its_id() -> None:
    (found,) = check(train_DOT_ipynb=notebook(LOG), service__app_DOT_py=PINNED)
    assert found.subject.id == "churn_ranker"
    assert [site.path for site in found.locations] == ["service/app.py", "train.ipynb"]
    assert "by its id" in found.message


def test_a_scheduled_notebook_does_not_copy_its_id_by_itself() -> None:
    make = "train:\n\tjupyter nbconvert --to notebook --execute train.ipynb\n"
    (found,) = check(train_DOT_ipynb=notebook(LOG), Makefile=make, service__app_DOT_py=PINNED)
    assert found.confidence is Confidence.C


def test_a_cache_that_a_library_fills_is_no_handover() -> None:
    cached = "/root/.cache/models/churn_svc.joblib"
    book = notebook(MAKE.replace("service/churn_svc.joblib", cached))
    assert check(train_DOT_ipynb=book, service__app_DOT_py=SERVICE.replace('"churn_svc.joblib"', f'"{cached}"')) == []
    other = cached.replace("/.cache/", "/made/")
    book = notebook(MAKE.replace("service/churn_svc.joblib", other))
    assert check(train_DOT_ipynb=book, service__app_DOT_py=SERVICE.replace('"churn_svc.joblib"', f'"{other}"'))


ASSET = 'from dagstermill import define_dagstermill_asset\n\nmodel = define_dagstermill_asset(name="m", notebook_path="train.ipynb")\n'


def test_a_notebook_that_an_orchestrator_makes_an_asset_of_is_not_run_by_hand() -> None:
    assert check(train_DOT_ipynb=notebook(MAKE), service__app_DOT_py=SERVICE, flow_DOT_py=ASSET) == []
    (found,) = check(train_DOT_ipynb=notebook(LOG), service__app_DOT_py=PINNED, flow_DOT_py=ASSET)
    assert found.confidence is Confidence.C
    assert "by a run id that somebody copies" in found.message
