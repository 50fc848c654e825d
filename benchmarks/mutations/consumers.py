"""Undeclared consumers and crossed roles put in: other components read, other people's internals used, research imported by production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mutations.checkout import Checkout, Injected, Source, after_imports, anchored, spliced

PATH = "from pathlib import Path\n\n"
PUT_AWAY = re.compile(r"(^|/)(old|archived?|deprecated|legacy|attic)([_-]\w+)*/", re.IGNORECASE)
"""Folders of code that nobody changes any more."""
CONTRACT = '[[contract]]\nartifact = "declared/other_rows.parquet"\nproducer = "{producer}"\nconsumers = ["{consumer}"]\n'


def _top(path: str) -> str:
    """The folder at the top that holds the file: another package, not another part of one."""
    return path.removeprefix("src/").partition("/")[0] if "/" in path else ""


def _pair(checkout: Checkout) -> tuple[Source, Source] | None:
    """Two free scripts of different packages that nothing orders, without imports between these; the second evaluates nothing."""
    units = {unit["path"]: unit for unit in checkout.report["units"]}
    edges = checkout.report["edges"]
    imported = {(_top(edge["from"]), _top(edge["to"])) for edge in edges if edge["kind"] == "imports"}
    sources = [source for source in checkout.by_hand() if not PUT_AWAY.search(source.path)]
    for first in sources:
        for second in sources:
            tops = _top(first.path), _top(second.path)
            is_watcher = "EVAL" in units[second.path].get("roles", ()) or re.search(r"eval|monitor|test|drift", second.path)
            is_apart = units[first.path]["component"] != units[second.path]["component"] and tops[0] != tops[1] and "" not in tops
            is_free = tops not in imported and tops[::-1] not in imported and not checkout.are_told_together(first, second)
            if is_apart and not is_watcher and is_free:
                return first, second
    return None


def _add(checkout: Checkout, source: Source, added: str) -> None:
    checkout.write(source.path, spliced(source, after_imports(source), "\n" + added))


def undeclared_reader(checkout: Checkout) -> Injected | None:
    """UDC001: another component reads what this one writes, while a contract names other things."""
    pair = _pair(checkout)
    if pair is None or (checkout.root / "mldebt.toml").exists():
        return None
    components = {unit["path"]: unit["component"] for unit in checkout.report["units"]}
    first, second = pair
    name = "exchange/household_income_features.parquet"
    _add(
        checkout,
        first,
        f'{PATH}import pandas as pd\n\npd.read_csv("https://data.example.org/a.csv").to_parquet({anchored(first.path, name)})\n',
    )
    _add(checkout, second, f"{PATH}import pandas as pd\n\nincome = pd.read_parquet({anchored(second.path, name)})\n")
    checkout.write("mldebt.toml", CONTRACT.format(producer=components[first.path], consumer=components[first.path]))
    return Injected("UDC001", (first.path, second.path), name)


def prediction_reused(checkout: Checkout) -> Injected | None:
    """UDC002: the predictions of one model are features of another, in another component."""
    pair = _pair(checkout)
    if pair is None:
        return None
    first, second = pair
    name = "exchange/churn_probability_rows.parquet"
    writer = f"""{PATH}import joblib
import pandas as pd

rows = pd.read_parquet("https://data.example.org/customers.parquet")
churn_model = joblib.load("exchange/churn_model_2024_03.joblib")
rows["p_churn"] = churn_model.predict_proba(rows[["age", "visits"]])[:, 1]
rows.to_parquet({anchored(first.path, name)})
"""
    reader = f"""{PATH}import pandas as pd
from sklearn.linear_model import LinearRegression

churn_rows = pd.read_parquet({anchored(second.path, name)})
uplift_model = LinearRegression().fit(churn_rows[["p_churn", "spend"]], churn_rows["uplift"])
"""
    _add(checkout, first, writer)
    _add(checkout, second, reader)
    return Injected("UDC002", (first.path, second.path), name)


def private_symbol(checkout: Checkout) -> Injected | None:
    """UDC004: a module imports an underscore name of another component's module."""
    components = {unit["path"]: unit["component"] for unit in checkout.report["units"]}
    for edge in sorted(checkout.report["edges"], key=lambda edge: (edge["from"], edge["to"])):
        if (
            edge["kind"] != "imports"
            or components.get(edge["from"]) == components.get(edge["to"])
            or _top(edge["from"]) == _top(edge["to"])
        ):
            continue
        if {edge["from"], edge["to"]} & checkout.taken:
            continue
        importer, owner = checkout.source(edge["from"]), checkout.source(edge["to"])
        line = edge.get("line", 0)
        if importer is None or owner is None or not 0 < line <= len(importer.lines) or "test" in importer.path:
            continue
        text = importer.lines[line - 1]
        if text.startswith("from ") and " import " in text and "(" not in text and not text.rstrip().endswith("\\") and "#" not in text:
            if owner.path.endswith("__init__.py"):
                continue
            checkout.write(owner.path, owner.text.rstrip("\n") + "\n\n\ndef _fold_internal_buckets(rows):\n    return sorted(rows)\n")
            checkout.write(importer.path, spliced(importer, line, text.rstrip("\n") + ", _fold_internal_buckets\n", replaced=1))
            return Injected("UDC004", (importer.path,), f"_fold_internal_buckets of {owner.path}")
    return None


def internal_table(checkout: Checkout) -> Injected | None:
    """UDC005: another component reads a staging table although the published one is there."""
    pair = _pair(checkout)
    if pair is None:
        return None
    first, second = pair
    writer = """import os

import pandas as pd
from sqlalchemy import create_engine


def publish_orders(engine):
    rows = pd.read_csv("https://data.example.org/orders.csv")
    rows.to_sql("stg_customer_orders", engine, schema="warehouse", if_exists="replace")
    rows.dropna().to_sql("customer_orders", engine, schema="warehouse", if_exists="replace")


publish_orders(create_engine(os.environ["WAREHOUSE_URL"]))
"""
    reader = (
        'import pandas as pd\n\n\ndef load_orders(engine):\n    return pd.read_sql("SELECT * FROM warehouse.stg_customer_orders", engine)\n'
    )
    _add(checkout, first, writer)
    _add(checkout, second, reader)
    return Injected("UDC005", (first.path, second.path), "stg_customer_orders")


def by_position(checkout: Checkout) -> Injected | None:
    """UDC007: a named table of another component is read by column number."""
    pair = _pair(checkout)
    if pair is None:
        return None
    first, second = pair
    name = "exchange/meter_reading_rows.csv"
    frame = 'pd.DataFrame({"meter": [1], "kwh": [2.0]})'
    writer = f"{PATH}import pandas as pd\n\n{frame}.to_csv({anchored(first.path, name)}, index=False)\n"
    reader = f"{PATH}import pandas as pd\n\nreadings = pd.read_csv({anchored(second.path, name)})\nconsumption = readings.iloc[:, 1]\n"
    _add(checkout, first, writer)
    _add(checkout, second, reader)
    return Injected("UDC007", (first.path, second.path), name)


def model_by_path(checkout: Checkout) -> Injected | None:
    """UDC006: a new service loads a model by an unversioned path that a training module of the repository writes."""
    for source in checkout.sources("TRAIN"):
        target = "exchange/ranker_model.joblib"
        _add(
            checkout,
            source,
            f"""{PATH}import joblib
import pandas as pd
from sklearn.linear_model import Ridge

ranking = pd.read_csv("https://data.example.org/r.csv")
joblib.dump(Ridge().fit(ranking[["a"]], ranking["b"]), {anchored(source.path, target)})
""",
        )
        service = f"""{PATH}import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load({anchored("ranking_service/app.py", target)})


@app.route("/rank", methods=["POST"])
def rank():
    return jsonify(model.predict(request.json["rows"]).tolist())
"""
        checkout.write("ranking_service/app.py", service)
        return Injected("UDC006", ("ranking_service/app.py",), target)
    return None


def research_import(checkout: Checkout) -> Injected | None:
    """OWN003: a packaged module imports from a research folder beside the package."""
    project = checkout.root / "pyproject.toml"
    is_built = project.exists() and "[build-system]" in project.read_text("utf-8")
    if not (is_built or (checkout.root / "setup.py").exists()):
        return None
    # A package of the root's own distribution: what lies deeper may belong to another one, which cannot import from the root.
    own = [source for source in checkout.sources() if source.path.count("/") == 1 and not source.path.startswith(("src/", "test"))]
    packaged = [source for source in own if (checkout.root / source.path).parent.joinpath("__init__.py").exists()]
    for source in packaged[:1]:
        checkout.write("research/__init__.py", "")
        checkout.write("research/poc_bucketing.py", "def bucketise(values):\n    return sorted(values)\n")
        _add(checkout, source, "from research.poc_bucketing import bucketise\n\nBUCKETS = bucketise([3, 1, 2])\n")
        return Injected("OWN003", (source.path,), "research/poc_bucketing.py")
    return None


def notebook_model(checkout: Checkout) -> Injected | None:
    """OWN004: the model a new service loads is written by a notebook only."""
    target = "scoring_service/fraud_classifier.joblib"
    cells = [
        "import joblib\nimport pandas as pd\nfrom sklearn.svm import SVC\n",
        'rows = pd.read_csv("https://data.example.org/f.csv")\nmodel = SVC().fit(rows[["a"]], rows["b"])\n',
        'joblib.dump(model, "../scoring_service/fraud_classifier.joblib")\n',
    ]
    body = ",\n".join(
        f'  {{"cell_type": "code", "execution_count": null, "metadata": {{}}, "outputs": [], "source": {_json(cell)}}}' for cell in cells
    )
    checkout.write("research_notes/fit_fraud.ipynb", f'{{"cells": [\n{body}\n ], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}\n')
    service = """import joblib
from flask import Flask, jsonify, request

app = Flask(__name__)
model = joblib.load("fraud_classifier.joblib")


@app.route("/score", methods=["POST"])
def score():
    return jsonify(model.predict(request.json["rows"]).tolist())
"""
    checkout.write("scoring_service/app.py", service)
    checkout.write("scoring_service/Dockerfile", 'FROM python:3.11\nWORKDIR /srv\nCOPY . /srv\nCMD ["python", "app.py"]\n')
    return Injected("OWN004", ("research_notes/fit_fraud.ipynb", "scoring_service/app.py"), target)


def _json(text: str) -> str:
    import json

    return json.dumps(text)


def foreign_reader(checkout: Checkout) -> Injected | None:
    """UDC003: a script reads a branch of another repository of its organisation, or a bucket that nothing here fills."""
    owner = re.search(r"github\.com/([\w-]+)/", "".join(_packaging(checkout)))
    place = f"https://raw.githubusercontent.com/{owner[1]}/price-sheets/main/out/unit_prices.csv" if owner else ""
    place = place or "s3://quarterly-ledger-of-finance/exports/unit_prices.csv"
    for source in checkout.sources():
        if "__main__" in source.text:
            _add(checkout, source, f'import pandas as pd\n\n\ndef load_unit_prices():\n    return pd.read_csv("{place}")\n')
            return Injected("UDC003", (source.path,), place)
    return None


def _packaging(checkout: Checkout) -> Iterator[str]:
    for name in ("pyproject.toml", "setup.cfg", "setup.py"):
        path = checkout.root / name
        if path.exists():
            yield path.read_text("utf-8", "replace")


def parsed_log(checkout: Checkout) -> Injected | None:
    """UDC008: a shell script cuts a figure out of what a script prints for people."""
    for source in checkout.sources():
        if "__main__" in source.text and "/" in source.path:
            checkout.write(source.path, source.text.rstrip("\n") + '\n\nprint(f"mean holdout penalty: {0.25 * 3:.3f}")\n')
            cut = checkout.chance.choice(["awk '{print $NF}'", "sed 's/.*: //'", "cut -d: -f2"])
            run = f"python {source.path} | tee sweep_by_hand.log"
            taken = f'PENALTY=$(grep "mean holdout penalty:" sweep_by_hand.log | {cut})'
            path = "sweep_by_hand.sh"
            checkout.write(path, f'#!/bin/bash\nset -e\n{run}\n{taken}\necho "$PENALTY" >> penalties.csv\n')
            return Injected("UDC008", (path,), "mean holdout penalty")
    return None


INJECTORS = (
    foreign_reader,
    parsed_log,
    undeclared_reader,
    prediction_reused,
    private_symbol,
    internal_table,
    by_position,
    model_by_path,
    research_import,
    notebook_model,
)
