"""UDC003: what is pinned, public, promised or one's own, then what belongs to another repository or team."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Link, Severity, Site
from analyzer.scan import graph_of_texts
from rules.cross_repo_reader import CrossRepoReader

OWN = {"pyproject.toml": '[project]\nname = "ranker"\nversion = "1"\n\n[project.urls]\nrepository = "https://github.com/acme/ranker"\n'}
RAW = "https://raw.githubusercontent.com"


def found(text, path="ranker/load.py", **more):
    return list(CrossRepoReader().check(graph_of_texts({**OWN, path: text, **more})))


def csv(name):
    return f"import pandas as pd\n\nrows = pd.read_csv('{name}')\n"


@pytest.mark.parametrize(
    "name",
    [
        f"{RAW}/acme/catalogue/v2.1/out/products.csv",
        f"{RAW}/acme/catalogue/0123456789012345678901234567890123456789/out/products.csv",
        f"{RAW}/acme/ranker/main/data/products.csv",  # its own
        f"{RAW}/stanford/squad/main/train.csv",  # published by others
        "https://github.com/acme/catalogue/releases/download/v1/products.csv",
        "gs://ranker-raw/products.csv",  # the bucket bears the project's name
        "gs://gcp-public-data-landsat/index.csv",
        "s3://your-bucket/products.csv",
        "gs://catalogue/2024-05-01/products.csv",
        "gs://{bucket}/products.csv",
        "data/products.csv",
    ],
)
def test_pinned_public_or_own(name):
    assert found(csv(name)) == []


@pytest.mark.parametrize("path", ["tests/test_load.py", "examples/load.py", "docs/load.py", "ranker/tutorials/load.py"])
def test_tests_and_teaching(path):
    assert found(csv("gs://catalogue/products.csv"), path) == []


def test_a_bucket_that_the_repository_writes_to_is_its_own():
    text = csv("gs://catalogue/products.csv") + "rows.to_csv('gs://catalogue/ranked.csv')\n"
    assert found(text) == []


def test_a_bucket_that_the_deployment_names():
    text = "import os\n\nimport pandas as pd\n\nrows = pd.read_csv('gs://' + os.environ.get('BUCKET', 'catalogue') + '/products.csv')\n"
    assert found(text) == []
    assert len(found(text.replace("os.environ.get('BUCKET', 'catalogue')", "'catalogue'"))) == 1


def test_a_contract_names_it():
    graph = graph_of_texts({**OWN, "ranker/load.py": csv("gs://catalogue/products.csv")})
    graph.contracts = (("gs://catalogue/products.csv", "catalogue", ("ranker",)),)
    assert list(CrossRepoReader().check(graph)) == []


def test_a_schema_with_a_table_of_ours():
    text = "import pandas as pd\n\nrows = pd.read_sql('select * from shop.products', con)\nrows.to_sql('ranked', con, schema='shop')\n"
    assert found(text) == []


@pytest.mark.parametrize("branch", ["main", "master", "refs/heads/develop"])
def test_a_file_of_another_repository_at_its_branch(branch):
    (finding,) = found(csv(f"{RAW}/acme/catalogue/{branch}/out/products.csv"))
    assert finding.confidence == Confidence.B
    assert finding.subject.id == "acme/catalogue"
    assert [str(site) for site in finding.locations] == ["ranker/load.py:3"]


def test_a_bucket_of_unknown_ownership_is_tentative():
    (finding,) = found(csv("gs://catalogue/products.csv") + csv("gs://catalogue/prices.csv"))
    assert finding.confidence == Confidence.C
    assert finding.members == 2
    assert "as far as its name tells" in finding.evidence[-2].text


def test_a_schema_of_unknown_ownership_is_tentative():
    (finding,) = found("import pandas as pd\n\nrows = pd.read_sql('select * from other_team.shop.products', con)\n")
    assert finding.confidence == Confidence.C
    assert finding.subject.id == "other_team.shop"


def test_assets_in_personal_folders_are_one_finding():
    text = 'import ee\n\na = ee.Image("users/somebody/crops_v3")\nb = \'ee.Image("users/another/mask").unmask()\'\n'
    (finding,) = found(text)
    assert finding.confidence == Confidence.B
    assert finding.subject.id == "users/another, users/somebody"
    assert [site.line for site in finding.locations] == [3, 4]


def link(**fields):
    said = {
        "producer": "churn",
        "consumer": "marketing",
        "kind": "reads",
        "what": "table ml.scores",
        "via": "the same identity on both sides",
    }
    return Link(**{**said, "site": Site("marketing/uplift.py", 3), "origin": Site("churn/score.py", 9), **fields})


@pytest.mark.parametrize("fields", [{"kind": "imports"}, {"kind": "shares"}, {"declared": True}, {"level": 1}, {"producer": "marketing"}])
def test_links_that_are_no_undeclared_read(fields):
    assert list(CrossRepoReader().between([link(**fields)])) == []


def test_links_of_two_repositories_are_one_finding_with_both_sides():
    (finding,) = CrossRepoReader().between([link(), link(what="table ml.churned", site=Site("marketing/mail.py", 4))])
    assert finding.confidence == Confidence.A
    assert finding.severity == Severity.high
    assert finding.members == 2
    assert [site.path for site in finding.locations] == ["marketing/uplift.py", "marketing/mail.py", "churn/score.py"]
    assert "churn makes table ml.scores" in finding.evidence[0].text


READ = csv("gs://catalogue/products.csv")


@pytest.mark.parametrize(
    "more",
    [
        {"infra/main.tf": 'resource "google_storage_bucket" "c" {\n  name = "catalogue"\n}\n'},
        {"infra/main.tf": 'resource "google_storage_bucket" "c" {\n  name = "${random_id.prefix.hex}logue"\n}\n'},
        {"ranker/settings.py": 'class Stores(Settings):\n    products: str = "gs://catalogue/"\n'},
        {"publish.sh": "gsutil cp products.csv gs://catalogue/products.csv\n"},
        {"publish.py": "BUCKET = 'catalogue'\nclient.upload_file('x.csv', BUCKET)\n"},
    ],
)
def test_a_bucket_that_the_repository_declares_or_fills(more):
    assert found(READ)
    assert found(READ, **more) == []


def test_a_terraform_file_that_names_other_buckets():
    assert found(READ, **{"infra/main.tf": 'resource "google_storage_bucket" "c" {\n  name = "${var.prefix}-models"\n}\n'})


def test_a_schema_that_an_imported_tool_keeps():
    text = "import pandas as pd\nimport triage\n\nrows = pd.read_sql('select * from triage_metadata.models', con)\n"
    assert found(text) == []
    assert found(text.replace("triage_metadata", "traige_metadata")) == []
    assert found(text.replace("import triage\n", ""))


def test_a_bucket_that_is_the_callers_choice():
    load = "import pandas as pd\n\n\ndef load(bucket):\n    return pd.read_csv(f's3://{bucket}/products.csv')\n"
    assert found(load, **{"examples/run.py": "from ranker.load import load\n\nload('catalogue')\n"}) == []


def test_public_data_and_tests():
    assert found("from botocore import UNSIGNED\n" + READ) == []
    assert found(READ, path="ranker/test/scripts/load.py") == []


def select(table):
    return f"import pandas as pd\n\nrows = pd.read_sql('select * from {table}', c)\n"


@pytest.mark.parametrize("path", ["dbt/visits/models/marts/visit_days.sql", "etl/dataform/gold/visit_days.sqlx", "models/visit_days.py"])
def test_a_table_that_a_model_of_a_tool_makes(path):
    assert found(select("analytics.visit_days"))
    assert found(select("analytics.visit_days"), **{path: "select 1\n"}) == []
    other = {"ranker/other.py": select("analytics.visit_weeks")}
    assert found(select("analytics.visit_days"), **other, **{path: "select 1\n"}) == []
    assert found(select("analytics.visit_days"), **{path.replace("visit_days", "visit_weeks"): "select 1\n"})


def test_what_a_lake_tells_of_ones_own_table():
    write = "frame.write.saveAsTable('lake.bronze.visits')\n"
    assert found(select("lake.bronze.visits.files"), **{"ranker/write.py": write}) == []
    assert found(select("lake.silver.visits.files"), **{"ranker/write.py": write})


def test_a_bucket_in_the_projects_list_of_data():
    assert found(csv("s3://filtered-news/a.csv"))
    listed = {"configs/data/train.yaml": "sets:\n- name: news\n  bucket: s3://filtered-news/{000..120}.gz\n"}
    assert found(csv("s3://filtered-news/a.csv"), **listed) == []


def test_what_was_put_away():
    assert found(csv("s3://catalogue/a.csv"), "old_files/load.py") == []


@pytest.mark.parametrize("table", ["system.parts", "information_schema.tables", "pg_catalog.pg_class", "performance_schema.threads"])
def test_what_the_database_tells_of_itself(table):
    assert found(select(table)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"sql/setup.sql": "CREATE SCHEMA IF NOT EXISTS LAKE.Catalogue;\n"},
        {"sql/setup.sql": "SET SCHEMA 'catalogue';\nCREATE TABLE products AS SELECT 1 AS n;\n"},
        {"setup.sh": 'psql -d shop -c "CREATE SCHEMA catalogue;"\n'},
    ],
    ids=["created", "set", "by a command"],
)
@pytest.mark.parametrize("schema", ["catalogue", "CATALOGUE", "catalogue_2", "catalogue_new", "catalogue_01Aug2015"])
def test_a_schema_that_the_repository_creates_and_its_copies(more, schema):
    assert found(select(f"{schema}.products"))
    assert found(select(f"{schema}.products"), **more) == []


@pytest.mark.parametrize(
    "more",
    [
        {"sql/setup.sql": "CREATE SCHEMA orders;\n"},
        {"sql/setup.sql": "SET SCHEMA 'catalogue';\nSELECT 1 AS n FROM products;\n"},
        {"sql/setup.sql": "CREATE SCHEMA catalogues;\n"},
    ],
)
def test_a_schema_of_which_the_repository_creates_nothing(more):
    assert found(select("catalogue.products"), **more)


def test_a_copy_of_a_schema_that_the_repository_fills():
    fill = {"etl/fill.sql": "create table clean.products as select 1 as n;\n"}
    assert found(select("clean_2.products"))
    assert found(select("clean_2.products"), **fill) == []


def code(texts):
    return [finding for finding in CrossRepoReader().check(graph_of_texts({**OWN, **texts})) if finding.subject.kind == "code"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "features @ git+https://github.com/acme/features.git@v1.2\n"),
        ("requirements.txt", "git+https://github.com/acme/features.git@0123abc#egg=features\n"),
        ("requirements.txt", "git+https://github.com/acme/ranker.git\n"),  # itself
        ("requirements.txt", "git+https://github.com/others/features.git\n"),  # published by others
        ("requirements.txt", "https://github.com/acme/features/releases/download/v1/features-1-py3-none-any.whl\n"),
        ("requirements-dev.txt", "git+https://github.com/acme/features.git\n"),
        ("install.sh", "git clone https://github.com/acme/features.git\ncd features\ngit checkout 0123abc\n"),
        ("install.sh", "git clone --branch v2.0 https://github.com/acme/features.git\n"),
        ("install.sh", 'pip install "git+https://github.com/acme/features.git@$VERSION"\n'),
        ("publish.sh", "git clone -b gh-pages https://github.com/acme/site.git\n"),
        (
            ".github/workflows/test.yml",
            "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pip install git+https://github.com/acme/bot\n",
        ),
        ("examples/install.sh", "git clone https://github.com/acme/features.git\n"),
    ],
)
def test_code_that_is_pinned_public_or_own(path, text):
    assert code({path: text}) == []


def test_an_address_that_people_are_told_to_replace():
    clone = {"new.sh": "template_url=https://github.com/acme/template  # replace with your own\ngit clone --depth 1 $template_url mine\n"}
    told = "# Ranker\n\nSet in new.sh:\n\n    template_url=https://github.com/acme/template\n"
    assert len(code({**clone, "README.md": "# Ranker\n\nSee https://github.com/acme/template\n"})) == 1
    assert code({**clone, "README.md": told}) == []


def test_a_lock_file_pins_what_the_packaging_leaves_open():
    texts = {"service/pyproject.toml": '[project]\nname = "s"\nversion = "1"\ndependencies = ["f @ git+https://github.com/acme/f.git"]\n'}
    assert code({**texts, "service/uv.lock": "version = 1\n"}) == []
    assert [site.path for site in code(texts)[0].locations] == ["service/pyproject.toml"]


@pytest.mark.parametrize("pin", ['rev = "0123abc"', 'tag = "v1.0"'])
def test_a_source_of_uv_or_poetry_tells_its_version_beside_the_address(pin):
    poetry = '[tool.poetry.dependencies]\npython = "^3.10"\nfeatures = {{ git = "https://github.com/acme/features.git"{} }}\n'
    assert code({"service/pyproject.toml": poetry.format(", " + pin)}) == []
    assert len(code({"service/pyproject.toml": poetry.format(', branch = "next"')})) == 1


def test_code_of_branches_of_the_organisation_is_one_finding():
    texts = {
        "requirements.txt": "numpy==1.26.0\nfeatures @ git+https://github.com/acme/features.git@main\n",
        "Makefile": "serving:\n\tgit clone --branch newer https://github.com/acme/serving.git build/serving\n",
        "install.sh": "pip install git+https://github.com/acme/metrics\n",
    }
    (finding,) = code(texts)
    assert {(site.path, site.line) for site in finding.locations} == {("requirements.txt", 2), ("Makefile", 2), ("install.sh", 1)}
    assert finding.subject.id == "acme/features, acme/metrics, acme/serving"


def test_whose_a_repository_is_prose_tells_where_nothing_else_does():
    def owners(readme):
        graph = graph_of_texts({"requirements.txt": "git+https://github.com/acme/features.git\n", "README.md": readme})
        return [finding.subject.id for finding in CrossRepoReader().check(graph)]

    assert owners("See https://github.com/acme/ranker and https://github.com/others/tool.\n") == []
    assert owners("See https://github.com/acme/ranker/issues and https://github.com/acme/wiki\n") == ["acme/features"]


HUB = "from huggingface_hub import hf_hub_download\n\npath = hf_hub_download('{}', 'model.onnx'{})\n"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("acme/detector", ", revision='0123abc'"),
        ("acme/detector_v8.1.0", ""),
        ("acme/ranker-large", ""),  # made here
        ("others/detector", ""),
    ],
)
def test_models_of_a_hub_that_are_pinned_public_or_own(name, more):
    assert found(HUB.format(name, more), "service/load.py") == []


def test_a_model_of_the_organisation_on_a_hub_without_a_revision():
    texts = {**OWN, "service/load.py": HUB.format("acme/detector", "")}
    texts["service/blur.py"] = (
        "from urllib.request import urlretrieve\n\nurlretrieve('https://huggingface.co/acme/blur/resolve/main/b.onnx', 'b.onnx')\n"
    )
    texts["service/app.py"] = "from fastapi import FastAPI\n\nfrom service import load\n\napp = FastAPI()\n"
    texts["Dockerfile"] = 'FROM python:3.12\nCOPY . .\nCMD ["uvicorn", "service.app:app"]\n'
    (finding,) = CrossRepoReader().check(graph_of_texts(texts))
    assert (finding.subject.id, [site.path for site in finding.locations]) == ("acme on the hub", ["service/blur.py", "service/load.py"])


def test_a_place_that_hands_on_what_it_is_given_reads_no_model_by_name():
    texts = {
        **OWN,
        "service/load.py": "from transformers import AutoModel\n\n\ndef load(name):\n    return AutoModel.from_pretrained(name)\n",
        "service/first.py": "from service.load import load\n\nmodel = load('acme/detector')\n",
        "service/other.py": (
            "from service.load import load\nfrom service.names import pick\n\n\n"
            "def again(name):\n    return load(name)\n\n\nagain(pick())\n"
        ),
        "service/call.py": "from service.other import again\n\nagain('acme/detector')\n",
    }
    (finding,) = CrossRepoReader().check(graph_of_texts(texts))
    assert {site.path for site in finding.locations} == {"service/call.py", "service/first.py"}
