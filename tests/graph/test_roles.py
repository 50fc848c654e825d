"""What a module is for."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts


def roles(source: str, path: str = "a.py", **others: str) -> set[str]:
    return set(graph_of_texts({path: source, **others}).modules[path].roles)


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nscaler.fit(x)\n",
        "from sklearn.feature_extraction.text import TfidfVectorizer\nTfidfVectorizer().fit_transform(x)\n",
        "model.fit(x)\n",
        "from scipy.optimize import curve_fit\ncurve_fit(f, x, y)\n",
        "import torch\nloss.backward()\n",
        "from sklearn.cluster import DBSCAN\ngroups = DBSCAN(eps=1)\ngroups.fit(x)\n",
        "import sklearn\n\ndef train_model(x):\n    return x\n",
        "from mylib import fit\nfit(x)\n",
        "import sklearn\ntailor.measure()\n",
    ],
)
def test_no_training(source: str) -> None:
    assert "TRAIN" not in roles(source)


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.linear_model import LinearRegression\nmodel = LinearRegression()\nmodel.fit(x, y)\n",
        "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier().fit(x, y)\n",
        "import xgboost as xgb\nxgb.train(params, d)\n",
        "import lightgbm\nlightgbm.train(params, d)\n",
        "import torch\nfor x in data:\n    loss.backward()\n    optimizer.step()\n",
        "from transformers import Trainer\ntrainer = Trainer(model)\ntrainer.train()\n",
        "import pytorch_lightning as pl\ntrainer = pl.Trainer()\ntrainer.fit(model)\n",
        "import pytorch_lightning as pl\nclass M(pl.LightningModule):\n    def training_step(self, b, i):\n        return 0\n",
    ],
)
def test_training(source: str) -> None:
    assert "TRAIN" in roles(source)


@pytest.mark.parametrize(
    "source",
    [
        "import requests\nrequests.get(url)\n",
        "class App:\n    def get(self, x): pass\napp = App()\n@app.get\ndef f(): pass\n",
        "def predict_fn_old(x): pass\n",
        "def lambda_handler(event): pass\n",
        "class Pool(Resource):\n    pass\n",
        "from flask import Flask\n",
    ],
)
def test_no_service(source: str) -> None:
    assert "SERVE" not in roles(source)


@pytest.mark.parametrize(
    "source",
    [
        "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef predict(x):\n    return x\n",
        "from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef index():\n    return ''\n",
        "from flask import Flask\napp = Flask(__name__)\napp.add_url_rule('/', view_func=f)\n",
        "def lambda_handler(event, context):\n    pass\n",
        "def model_fn(folder):\n    pass\n",
        "import bentoml\n@bentoml.service\nclass S:\n    pass\n",
        "import kserve\nclass M(kserve.Model):\n    pass\n",
        "import falcon\nclass R:\n    def on_get(self, q, s):\n        pass\n",
    ],
)
def test_service(source: str) -> None:
    assert "SERVE" in roles(source)


@pytest.mark.parametrize(
    "source",
    [
        "from airflow import DAG\nwith DAG('a') as dag:\n    pass\n",
        "from prefect import flow\n@flow\ndef f(): pass\n",
        "from dagster import asset\n@asset(group_name='a')\ndef f(): pass\n",
        "import luigi\nclass T(luigi.Task):\n    pass\n",
        "from airflow.operators.bash import BashOperator\nBashOperator(task_id='a')\n",
    ],
)
def test_orchestration(source: str) -> None:
    assert roles(source) == {"ORCH"}


def test_a_function_called_task_is_no_orchestration() -> None:
    assert roles("def task(f): return f\n@task\ndef f(): pass\n") == set()


def test_metrics_tell_evaluation_unless_it_trains() -> None:
    metric = "from sklearn.metrics import f1_score\nf1_score(a, b)\n"
    assert roles(metric) == {"EVAL"}
    assert roles("import xgboost\nxgboost.train(p, d)\n" + metric) == {"TRAIN"}


def test_experiments_stand_in_notebooks_and_experiment_folders() -> None:
    assert roles("x = 1\n", "experiments/a.py") == {"EXPERIMENT"}
    assert roles('{"cells": [], "nbformat": 4}', "a.ipynb") == {"EXPERIMENT"}
    assert roles("x = 1\n", "src/deep/notebooks/a.py") == set()


def test_a_sub_package_called_experiments_is_no_sandbox() -> None:
    texts = {"p/experiments/a.py": "", "p/__init__.py": "", "p/experiments/__init__.py": "", "pyproject.toml": "[project]\nname = 'p'\n"}
    assert graph_of_texts(texts).modules["p/experiments/a.py"].roles == {}


SCORER = "import joblib\nimport pandas as pd\nm = joblib.load('models/m.joblib')\n"


def test_scoring_loads_a_model_predicts_and_writes() -> None:
    assert "SCORE" in roles(SCORER + "pd.DataFrame(m.predict(x)).to_csv('out/a.csv')\n")
    assert "SCORE" not in roles(SCORER + "m.predict(x)\n")
    assert "SCORE" not in roles(SCORER + "df.to_csv('out/a.csv')\n")
    assert "SCORE" not in roles("import pandas as pd\npd.DataFrame(m.predict(x)).to_csv('out/a.csv')\n")


def test_features_are_written_for_a_trainer() -> None:
    train = "import pandas as pd\nimport xgboost\nx = pd.read_csv('data/f.csv')\nxgboost.train(p, x)\n"
    make = "import pandas as pd\ndf.to_csv('data/{}.csv')\n"
    found = graph_of_texts({"train.py": train, "make.py": make.format("f"), "other.py": make.format("g")}).modules
    assert [set(found[p].roles) for p in ("make.py", "other.py", "train.py")] == [{"FEATURE"}, set(), {"TRAIN"}]


def test_every_role_has_its_evidence() -> None:
    module = graph_of_texts({"a.py": "import xgboost\n\nxgboost.train(p, d)\n"}).modules["a.py"]
    assert "xgboost.train" in module.roles["TRAIN"].text
    assert str(module.roles["TRAIN"].site) == "a.py:3"


def test_an_input_function_alone_feeds_a_training() -> None:
    fed = "def input_fn(files, batch):\n    return files\n"
    assert "SERVE" not in roles(fed)
    assert "SERVE" in roles(fed + "\ndef predict_fn(rows, model):\n    return model(rows)\n")
