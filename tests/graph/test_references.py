"""Strings that name modules and classes of the repository."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

PACKAGE = {
    "shop/__init__.py": "",
    "shop/models/__init__.py": 'MODELS = {"price": "shop.models.price.PriceModel", "gone": "shop.models.gone.Model"}\n',
    "shop/models/price.py": "class PriceModel:\n    pass\n",
    "shop/models/idle.py": "class IdleModel:\n    pass\n",
}


def named() -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph_of_texts(PACKAGE).edges if edge.kind == "names"}


def test_only_what_exists_is_named() -> None:
    assert named() == {("shop/models/__init__.py", "shop/models/price.py")}


@pytest.mark.parametrize(
    "text", ["price.csv", "shop.models.price.Missing", "os.path.join", "shop", "see shop.models.price", "shop/models/price.py"]
)
def test_other_strings_name_nothing(text: str) -> None:
    graph = graph_of_texts({**PACKAGE, "run.py": f"x = {text!r}\n"})
    assert [edge for edge in graph.edges if edge.kind == "names" and edge.source == "run.py"] == []


@pytest.mark.parametrize("text", ["shop.models.price", "shop.models.price.PriceModel", "shop.models.price:PriceModel"])
def test_the_three_ways_to_name(text: str) -> None:
    graph = graph_of_texts({**PACKAGE, "run.py": f"x = {text!r}\n"})
    assert [(edge.target, edge.site.line) for edge in graph.edges if edge.kind == "names" and edge.source == "run.py"] == [
        ("shop/models/price.py", 1)
    ]


def test_production_reaches_through_a_registry() -> None:
    serve = (
        "from fastapi import FastAPI\nfrom shop.models import MODELS\napp = FastAPI()\n\n@app.get('/')\ndef price():\n    return MODELS\n"
    )
    graph = graph_of_texts({**PACKAGE, "serve.py": serve})
    assert "names shop/models/price.py in a string" in graph.modules["shop/models/price.py"].production[-1].text
    assert graph.modules["shop/models/idle.py"].production == ()


def test_a_configuration_names_a_weak_root() -> None:
    graph = graph_of_texts({**PACKAGE, "conf/model.yaml": "model:\n  _target_: shop.models.idle.IdleModel\n"})
    (root,) = [root for root in graph.roots if root.path == "shop/models/idle.py"]
    assert (root.weak, root.site.path, root.site.line) == (True, "conf/model.yaml", 2)
