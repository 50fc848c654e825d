from __future__ import annotations

import json
import tomllib
from collections.abc import Callable

import pytest

from analyzer.graph.system import ExternalUse, ImportLink, Project, SystemGraph
from analyzer.model import Confidence, Severity, Site
from analyzer.read.facts import Import
from analyzer.scan import graph_of_texts
from rules.backends import backend_of
from rules.vendor_api_without_facade import VendorApiWithoutFacade

MakeGraph = Callable[..., SystemGraph]
SYMBOLS = ("boto3.client", "boto3.resource", "boto3.client", "boto3.Session", "boto3.setup_default_session", "botocore.config.Config")
PATHS = ("ingest/a.py", "rank/b.py", "serve/c.py")


def exposed(graph_by_hand: MakeGraph, paths: tuple[str, ...] = PATHS, symbols: tuple[str, ...] = SYMBOLS, each: int = 4) -> SystemGraph:
    graph = graph_by_hand(dict.fromkeys((*paths, "storage/s3.py"), "x = 1\n"))
    for number, path in enumerate(paths):
        for line in range(1, each + 1):
            graph.external_uses.append(ExternalUse(path, 0, line, symbols[(number * each + line) % len(symbols)]))
    return graph


def check(graph: SystemGraph) -> list[str]:
    return [finding.subject.id for finding in VendorApiWithoutFacade().check(graph) if finding.subject.kind == "back end"]


def uses(graph: SystemGraph, user: str, target: str) -> None:
    graph.imports.append(ImportLink(user, Import("m", "f", "f", 0, 1, 0), Site(user, 1), "name", target, "m", "f"))


def test_found(graph_by_hand: MakeGraph) -> None:
    (finding,) = VendorApiWithoutFacade().check(exposed(graph_by_hand))
    assert finding.message == (
        "AWS (boto3, botocore) is called directly from 3 components, at 12 places through 5 symbols; "
        "no module of the project stands between"
    )
    assert finding.severity == Severity.medium
    assert finding.minutes == 60 + 6 * 12
    assert finding.locations[:3] == (Site("ingest/a.py", 1), Site("rank/b.py", 1), Site("serve/c.py", 1))
    assert len(finding.locations) == 12
    assert finding.remedy.startswith("The seam to cut along: `boto3.client`, ")
    (contract,) = tomllib.loads(finding.remedy.partition("\n\n")[2])["tool"]["importlinter"]["contracts"]
    assert contract["forbidden_modules"] == ["boto3", "botocore"]
    assert len(contract["source_modules"]) == 3
    assert len([item for item in finding.evidence if item.text.startswith("component ")]) == 3
    assert finding.evidence[-1].text == (
        "4 symbols cover 10 of 12 call sites: boto3.client, boto3.Session, boto3.resource, boto3.setup_default_session"
    )


@pytest.mark.parametrize(
    ("paths", "symbols", "each"),
    [
        (("a/a.py", "b/b.py"), SYMBOLS, 10),
        (PATHS, SYMBOLS[:4], 10),
        (PATHS, SYMBOLS, 3),
        (PATHS, tuple(f"boto3.f{i}" for i in range(12)), 4),
        (PATHS, ("openai.f", "boto3.f", "sagemaker.g", "botocore.h", "boto3.i", "sagemaker.j"), 4),
        (("a/a.ipynb", "b/b.py", "c/c.py"), SYMBOLS, 5),
        (("infra/a.py", "rank/b.py", "serve/c.py"), SYMBOLS, 5),
        (("tests/test_a.py", "rank/b.py", "serve/c.py"), SYMBOLS, 5),
        (PATHS, tuple(f"mlflow.f{i}" for i in range(9)), 9),
        (PATHS, tuple(f"numpy.f{i}" for i in range(9)), 9),
    ],
)
def test_silent_below_the_thresholds_and_for_the_exempt(
    graph_by_hand: MakeGraph, paths: tuple[str, ...], symbols: tuple[str, ...], each: int
) -> None:
    assert check(exposed(graph_by_hand, paths, symbols, each)) == []


def test_the_most_used_modelling_family_is_the_substrate(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand, symbols=tuple(f"torch.f{i}" for i in range(6)))
    assert check(graph) == []
    graph.external_uses += [ExternalUse("rank/b.py", 0, line, "sklearn.svm.SVC") for line in range(10, 30)]
    assert check(graph) == ["PyTorch"]
    graph.inherits_external = {"torch": 3, "lightning": 2}
    assert check(graph) == []


def test_independent_projects_have_no_modelling_interface_in_common(graph_by_hand: MakeGraph) -> None:
    for symbols, expected in ((tuple(f"torch.f{i}" for i in range(6)), []), (SYMBOLS, ["AWS"])):
        graph = exposed(graph_by_hand, symbols=symbols)
        graph.external_uses += [ExternalUse(path, 0, line, "sklearn.svm.SVC") for path in PATHS for line in range(10, 30)]
        for path in PATHS:
            folder = path.partition("/")[0]
            graph.projects[folder] = Project(folder, "application")
            graph.modules[path].project = folder
        assert check(graph) == expected


def test_experiments_and_tutorials_may_speak_any_dialect(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.modules["rank/b.py"].is_experiment = True
    assert check(graph) == []
    graph = exposed(graph_by_hand)
    graph.projects[""] = Project("", "tutorial")
    assert check(graph) == []


def test_a_vendor_is_never_the_only_modelling_family(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.external_uses.append(ExternalUse("rank/b.py", 0, 9, "torch.load"))
    assert check(graph) == ["AWS"]


def test_a_facade_ends_it(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.modules |= graph_by_hand({"jobs/d.py": "x = 1\n", "web/e.py": "x = 1\n"}).modules
    graph.external_uses.append(ExternalUse("storage/s3.py", 0, 1, "boto3.client"))
    uses(graph, "jobs/d.py", "storage/s3.py")
    assert check(graph) == ["AWS"]
    uses(graph, "web/e.py", "storage/s3.py")
    assert check(graph) == []


@pytest.mark.parametrize(("asked", "is_facade"), [("send", False), ("fetch", True), ("fetch_all", True)])
def test_only_what_calls_the_family_makes_a_facade(asked: str, is_facade: bool) -> None:
    calls = "".join(f"    boto3.client('s3').call_{number}()\n" for number in range(5))
    store = f"import boto3\n\n\ndef fetch():\n{calls}\n\ndef fetch_all():\n    return fetch()\n\n\ndef send():\n    return 1\n"
    users = {f"{name}/a.py": f"from storage.s3 import {asked}\n\n{asked}()\n" for name in ("jobs", "web")}
    speakers = {f"{name}/b.py": f"import boto3\n\n\ndef run():\n{calls}" for name in ("ingest", "rank", "serve")}
    found = check(graph_of_texts({"storage/__init__.py": "", "storage/s3.py": store, **users, **speakers}))
    assert found == ([] if is_facade else ["AWS"])


@pytest.mark.parametrize(
    ("top", "asked", "is_facade"),
    [
        ("BUCKET = 'assets'", "BUCKET", False),
        ("BUCKET = 'assets'", "BUCKET as PLACE", False),
        ("client = None", "client", True),
        ("s3 = boto3.client('s3')", "s3", True),
        ("store = Store()", "store", True),
        ("from storage.old import move", "move", True),
    ],
)
def test_constants_beside_the_calls_make_no_facade(top: str, asked: str, is_facade: bool) -> None:
    calls = "".join(f"    boto3.client('s3').call_{number}()\n" for number in range(5))
    methods = "class Store:\n    def fetch(self):\n        return boto3.client('s3').call_0()\n"
    fill = "def connect():\n    global client\n    client = boto3.client('s3')\n"
    store = f"import boto3\n\n\ndef fetch():\n{calls}\n\n{methods}\n\n{fill}\n\n{top}\n"
    users = {f"{name}/a.py": f"from storage.s3 import {asked}\n\nprint({asked.rpartition(' ')[2]})\n" for name in ("jobs", "web")}
    speakers = {f"{name}/b.py": f"import boto3\n\n\ndef run():\n{calls}" for name in ("ingest", "rank", "serve")}
    old = {"storage/__init__.py": "", "storage/old.py": "def move():\n    return 1\n"}
    found = check(graph_of_texts({**old, "storage/s3.py": store, **users, **speakers}))
    assert found == ([] if is_facade else ["AWS"])


def test_a_module_whose_users_still_speak_the_dialect_is_no_facade(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.external_uses.append(ExternalUse("storage/s3.py", 0, 1, "boto3.client"))
    for path in PATHS:
        uses(graph, path, "storage/s3.py")
    assert check(graph) == ["AWS"]


def test_a_library_that_exists_for_the_family_is_exempt(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.projects[""] = Project("", "library", name="sagemaker-tools")
    assert check(graph) == []
    graph.projects[""] = Project("", "library", name="ranker")
    assert check(graph) == ["AWS"]


@pytest.mark.parametrize(
    ("qualified", "family"),
    [
        ("torch.nn.Linear", "PyTorch"),
        ("transformers.AutoModel", "PyTorch"),
        ("google.cloud.aiplatform.init", "Vertex AI"),
        ("xgboost.train", "scikit-learn"),
        ("google.cloud.storage.Client", None),
        ("torchmetrics.Accuracy", None),
        ("pandas.read_csv", None),
        ("sklearn.metrics.f1_score", None),
    ],
)
def test_families(qualified: str, family: str | None) -> None:
    backend = backend_of(qualified)
    assert (backend.name if backend else None) == family


def test_a_component_with_one_call_is_hardly_exposed(graph_by_hand: MakeGraph) -> None:
    graph = exposed(graph_by_hand)
    graph.external_uses = [use for use in graph.external_uses if use.path != "serve/c.py"] * 2
    graph.external_uses.append(ExternalUse("serve/c.py", 0, 1, SYMBOLS[0]))
    assert check(graph) == []
    graph.external_uses.append(ExternalUse("serve/c.py", 0, 2, SYMBOLS[1]))
    assert check(graph) == ["AWS"]


# ---- connections ------------------------------------------------------------------------------------------------------------

ENGINE = (
    "from sqlalchemy import create_engine\n\n\ndef load(url):\n    engine = create_engine(url)\n    return engine.execute('select 1')\n"
)
S3 = "import boto3\n\n\ndef load(key):\n    return boto3.client('s3'%s).get_object(Bucket='b', Key=key)\n"
QUERIES = "import pandas as pd\n\n\ndef load(engine):\n" + "    pd.read_sql('select a from b', engine)\n" * 4


def opened(texts: dict[str, str]) -> list[str]:
    return [finding.message for finding in VendorApiWithoutFacade().check(graph_of_texts(texts)) if finding.subject.kind == "connection"]


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": ENGINE, "b.py": ENGINE},
        {"a.py": ENGINE, "b.py": ENGINE, "tests/test_c.py": ENGINE, "experiments/d.py": ENGINE},
        {f"{name}.py": S3 % "" for name in "abcd"},  # nothing that could differ, in few places
        {f"{name}.py": S3 % ", region_name='eu-central-1'" for name in "abcd"},
        {f"{name}/index.py": S3.replace("load(key)", "lambda_handler(key, context)") % ", endpoint_url='x'" for name in "abcde"},
        {f"{name}/requirements.txt": "" for name in "abc"} | {f"{name}/job.py": ENGINE for name in "abc"},
        {"db.py": ENGINE, **{f"{name}.py": ENGINE.replace("load(url):", "load(url, engine=None):") for name in "abc"}},
        {
            "db.py": ENGINE,
            **{f"{name}.py": ENGINE.replace("load(url)", "load(url, given)").replace("= create", "= given or create") for name in "abc"},
        },
        {f"{name}.py": "import duckdb\n\n\ndef f(q):\n    return duckdb.connect().execute(q)\n" for name in "abcdef"},
        {f"{name}.py": "import sqlite3\n\n\ndef f(q):\n    return sqlite3.connect(':memory:').execute(q)\n" for name in "abcdef"},
        {f"{name}.py": QUERIES for name in "ab"},
        {"queries.py": QUERIES * 5, "a.py": QUERIES, "b.py": QUERIES},
    ],
)
def test_connections_that_one_place_makes_or_few(texts: dict[str, str]) -> None:
    assert opened(texts) == []


def test_a_connection_that_three_files_put_together() -> None:
    texts = {f"{name}.py": ENGINE for name in "abc"}
    (finding,) = [f for f in VendorApiWithoutFacade().check(graph_of_texts(texts)) if f.subject.kind == "connection"]
    assert finding.message == "`create_engine` is opened at 3 places in 3 files; no module of the project stands between"
    assert finding.locations == (Site("a.py", 5), Site("b.py", 5), Site("c.py", 5))
    assert finding.confidence is Confidence.C


def test_a_connection_that_many_files_make_alike() -> None:
    texts = {f"{name}.py": S3 % "" for name in "abcde"}
    assert opened(texts) == ['`boto3.client("s3")` is opened at 5 places in 5 files; no module of the project stands between']


def test_a_connection_of_a_vendor_that_is_told_already() -> None:
    texts = {f"{name}/job.py": S3 % "" + "    boto3.client('s3')\n" * 4 for name in ("ingest", "rank", "serve", "web")}
    texts["web/job.py"] += "".join(
        f"    boto3.{name}()\n" for name in ("resource", "Session", "setup_default_session", "set_stream_logger")
    )
    assert [finding.subject.id for finding in VendorApiWithoutFacade().check(graph_of_texts(texts))] == ["AWS"]


def test_a_connection_beside_the_function_that_exists_for_it() -> None:
    wrapper = "from sqlalchemy import create_engine\n\n\ndef get_engine(url):\n    engine = create_engine(url)\n    return engine\n"
    user = "from db import get_engine\n\nget_engine('x')\n"
    assert opened({"db.py": wrapper, "user.py": user, "a.py": ENGINE, "b.py": ENGINE}) == []
    everything = {"user.py": "from db import *\n\nget_engine('x')\n"}
    assert opened({"db.py": wrapper, "a.py": ENGINE, "b.py": ENGINE} | everything) == []
    three = {"db.py": wrapper, "user.py": user, "a.py": ENGINE, "b.py": ENGINE + ENGINE.replace("load", "more")}
    assert opened(three) == ["`create_engine` is opened at 3 places in 2 files, beside `get_engine` of `db.py`"]


def test_queries_in_many_files() -> None:
    (message,) = opened({f"{name}.py": QUERIES for name in "abc"})
    assert message == "`pandas.read_sql` is called at 12 places in 3 files; no module of the project stands between"


TRACKING = "import mlflow\n\n\ndef run(settings):\n    mlflow.set_tracking_uri(settings.uri)\n    mlflow.log_metric('a', 1)\n"
CALLS = "import requests\n\nfrom settings import API_URL\n\n\ndef show(key, url):\n" + "    requests.get(f'{API_URL}/a/{key}')\n" * 3


def test_a_tracking_server_that_four_files_name() -> None:
    assert opened({f"{name}.py": TRACKING for name in "abc"}) == []
    (message,) = opened({f"{name}.py": TRACKING for name in "abcd"})
    assert message.startswith("`mlflow.set_tracking_uri` is opened at 4 places in 4 files")


def test_requests_to_one_address() -> None:
    settings = {"settings.py": "API_URL = 'http://api'\n"}
    assert opened(settings | {f"{name}.py": CALLS for name in "ab"}) == []
    assert opened(settings | {f"{name}.py": CALLS.replace("f'{API_URL}/a/{key}'", "url") for name in "abcd"}) == []
    assert opened(settings | {"client.py": CALLS * 3, "a.py": CALLS, "b.py": CALLS}) == []
    (message,) = opened(settings | {f"{name}.py": CALLS for name in "abc"})
    assert message == "`requests to API_URL` are sent at 9 places in 3 files; no module of the project stands between"
    hosts = CALLS.replace("{API_URL}", "https://api.example.org")
    assert len(opened({f"{name}.py": hosts for name in "abc"})) == 1


def test_connections_of_notebooks() -> None:
    cell = json.dumps({"cells": [{"cell_type": "code", "source": ENGINE}]})
    package = {"pyproject.toml": "[project]\nname = 'shop'\n", "shop/__init__.py": "", "shop/big.py": "x = 1\n" * 200}
    assert opened(package | {f"notebooks/{name}.ipynb": cell for name in "abcd"}) == []
    (message,) = opened(package | {f"notebooks/{name}.ipynb": cell for name in "abcd"} | {"shop/e.py": ENGINE})
    assert "at 5 places in 5 files" in message


def test_three_connections_that_share_no_setting() -> None:
    one = "import os\n\nfrom sqlalchemy import create_engine\n\n\ndef run():\n    return create_engine(os.environ['%s']).connect()\n"
    assert opened({f"{name}.py": one % f"{name.upper()}_URL" for name in ("reader", "writer", "watcher")}) == []
    assert len(opened({f"{name}.py": one % "SHOP_URL" for name in ("reader", "writer", "watcher")})) == 1


def test_a_class_that_keeps_the_connection_for_others() -> None:
    kept = "import redis\n\n\nclass Store:\n    def __init__(self, url):\n        self._client = redis.Redis.from_url(url)\n"
    bare = "import redis\n\n\ndef load(url):\n    redis.Redis.from_url(url).get('a')\n"
    texts = {"store.py": kept, "a.py": bare, "b.py": bare}
    assert len(opened(texts)) == 1
    user = {"user.py": "from store import Store\n\nStore('x')\n"}
    assert opened(texts | user) == []
    assert opened(texts | user | {"c.py": bare}) == [
        "`redis.Redis.from_url` is opened at 3 places in 3 files, beside `Store` of `store.py`"
    ]


@pytest.mark.parametrize("folder", ["archive", "core/backup", "first(old)", "scripts/arch", "old_things"])
def test_what_was_put_aside_opens_nothing(folder: str) -> None:
    assert opened({f"{folder}/{name}.py": ENGINE for name in "abc"}) == []


def test_queries_over_a_connection_of_the_project() -> None:
    own = QUERIES.replace("def load(engine):\n", "def load():\n    engine = database.connection()\n").replace(
        "pd\n", "pd\n\nimport database\n", 1
    )
    database = {"database.py": "def connection():\n    return open('a')\n"}
    assert opened(database | {f"{name}.py": own for name in "abc"}) == []
    assert len(opened({f"{name}.py": own for name in "abc"})) == 1
    renamed = own.replace("import database", "from shop.lib import database")
    assert opened({"code/lib/database.py": database["database.py"]} | {f"{name}.py": renamed for name in "abc"}) == []
