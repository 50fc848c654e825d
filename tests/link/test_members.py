"""Names across modules, attributes of classes, items of containers, keys of configuration files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]


@pytest.mark.parametrize(
    ("source", "other"),
    [
        ("from b import D\nx = D", "D = 'out'\n"),
        ("import b\nx = b.D", "D = 'out'\n"),
        ("import b as c\nx = c.D", "D = 'out'\n"),
        ("from b import *\nx = D", "D = 'out'\n"),
        ("from b import f\nx = f()", "D = 'out'\ndef f():\n    return D\n"),
        ("from b import A\nx = A.D", "class A:\n    D = 'out'\n"),
        ("from b import a\nx = a.d", "class A:\n    d = 'out'\na = A()\n"),
    ],
)
def test_names_of_another_module(shown: Shown, source: str, other: str) -> None:
    assert shown({"a.py": source + "\n", "b.py": other}) == ["out"]


@pytest.mark.parametrize("source", ["from b import D as E\nx = D", "import b\nx = D", "from b import missing as y\nx = y"])
def test_names_that_an_import_does_not_bind(shown: Shown, source: str) -> None:
    assert shown({"a.py": source + "\n", "b.py": "D = 'out'\n"}) == ["?name not found"]


def test_a_re_export_is_followed(shown: Shown) -> None:
    texts = {
        "a.py": "from p import D\nx = D\n",
        "p/__init__.py": "from .q import D\n",
        "p/q.py": "from .r import *\n",
        "p/r.py": "D = 'out'\n",
    }
    assert shown(texts) == ["out"]


def test_a_submodule_is_an_attribute_of_its_package(shown: Shown) -> None:
    assert shown({"a.py": "import p.q\nx = p.q.D\n", "p/__init__.py": "", "p/q.py": "D = 'out'\n"}) == ["out"]
    assert shown({"a.py": "from p import q\nx = q.D\n", "p/q.py": "D = 'out'\n"}) == ["out"]


def test_modules_that_import_each_other_end(shown: Shown) -> None:
    found = shown({"a.py": "from b import y\nx = y\nz = 'out'\n", "b.py": "from a import x\ny = x\n"})
    assert all(str(v).startswith("?") for v in found)


def test_a_local_module_hides_no_dependency_of_the_same_name(shown: Shown) -> None:
    texts = {"a.py": "import pandas\nx = pandas.D\n", "b/pandas/__init__.py": "D = 'no'\n", "requirements.txt": "pandas>=2\n"}
    assert shown(texts) == ["External"]


# ---- items ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("{'a': 1, 'b': 'two'}['b']", ["two"]),
        ("{'a': 'one', 'b': 'two'}[k]", ["one", "two"]),
        ("{'a': 'one'}['b']", ["?key not found"]),
        ("{'a': 'one', **more()}['b']", ["?call result"]),
        ("{'a': {'b': 'deep'}}['a']['b']", ["deep"]),
        ("['one', 'two'][k]", ["one", "two"]),
        ("['one'][5]", ["one"]),
        ("rows[0]['k']", ["?name not found"]),
    ],
)
def test_items(shown: Shown, expression: str, values: list[object]) -> None:
    assert shown(f"x = {expression}\n") == values


# ---- configuration files ----------------------------------------------------------------------------------------------

PARAMS = "data:\n  train: data/train.csv\n  n: 3\nruns:\n  - first\n"


@pytest.mark.parametrize(
    "source",
    [
        "import yaml\ncfg = yaml.safe_load(open('params.yaml'))\nx = cfg['data']['train']",
        "import yaml\nwith open('params.yaml') as f:\n    cfg = yaml.safe_load(f)\nx = cfg['data']['train']",
        "import yaml\nfrom pathlib import Path\nx = yaml.safe_load(Path('params.yaml').read_text())['data']['train']",
        "import yaml\nfrom pathlib import Path\nwith Path('params.yaml').open() as f:\n    x = yaml.safe_load(f)['data']['train']",
        "from omegaconf import OmegaConf\ncfg = OmegaConf.load('params.yaml')\nx = cfg.data.train",
        "import yaml\nx = yaml.safe_load(open('params.yaml')).get('data').get('train', 'other.csv')",
        "import yaml, box\nx = box.Box(yaml.safe_load(open('params.yaml'))).data.train",
        "import yaml\ndef load(p):\n    with open(p) as f:\n        return yaml.safe_load(f)\nx = load('params.yaml')['data']['train']",
    ],
)
def test_configuration_by_item_and_by_attribute(shown: Shown, source: str) -> None:
    assert shown({"a.py": source + "\n", "params.yaml": PARAMS}) == ["data/train.csv"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("cfg['data']['missing']", "?configuration key"),
        ("cfg['data'].get('missing', 'fallback')", "fallback"),
        ("cfg['data']['n']", 3),
        ("cfg['runs'][0]", "first"),
        ("cfg['data']", "ConfigNode"),
        ("yaml.safe_load(open('missing.yaml'))['data']", "?subscript"),
    ],
)
def test_what_a_configuration_file_does_not_say(shown: Shown, expression: str, value: object) -> None:
    texts = {"a.py": f"import yaml\ncfg = yaml.safe_load(open('params.yaml'))\nx = {expression}\n", "params.yaml": PARAMS}
    found = shown(texts)
    assert found == [value] or (value == "?subscript" and str(found[0]).startswith("?"))


def test_the_configuration_file_of_the_own_project_is_meant(shown: Shown) -> None:
    source = "import yaml\nx = yaml.safe_load(open('params.yaml'))['d']\n"
    texts = {"one/a.py": source, "one/params.yaml": "d: first\n", "two/a.py": source, "two/params.yaml": "d: second\n"}
    texts |= {"one/dvc.yaml": "stages: {}\n", "two/dvc.yaml": "stages: {}\n"}
    assert [shown(texts, path=f"{p}/a.py") for p in ("one", "two")] == [["first"], ["second"]]
