"""Values of configuration files by key, by attribute, in loops, and through interpolation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]
LOADED = "import yaml\ncfg = yaml.safe_load(open('c.yaml'))\n"
TEXT = """
root: data
raw: ${root}/raw.csv
data: {train: "${raw}", dir: "${root}/in", near: "${.dir}/x", up: "${..root}/y"}
sets: [{path: a.csv}, {path: b.csv}]
hole: ${missing.key}/a.csv
env: ${oc.env:BUCKET,s3://own}/a
shell: ${BUCKET:-gs://own}/a
now: runs/${now:%Y-%m-%d}
loop: ${loop}
link: ${data}
must: ???
empty: null
number: 3
asked: /path/to/your/data.csv
marked: PLACEHOLDER/models
"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("cfg['none']", "?configuration key"),
        ("cfg['must']", "?configuration key"),
        ("cfg['empty']", None),
        ("cfg['number']", 3),
        ("cfg['loop']", "?recursive definition"),
        ("cfg['sets'][7]", "?configuration key"),
    ],
)
def test_no_text(shown: Shown, expression: str, value: object) -> None:
    assert shown({"a.py": f"{LOADED}x = {expression}\n", "c.yaml": TEXT}) == [value]


def test_a_file_that_nobody_loads_says_nothing(shown: Shown) -> None:
    assert shown({"a.py": "cfg = fetch()\nx = cfg['root']\n", "c.yaml": TEXT}) == ["?call result"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("cfg['raw']", "data/raw.csv"),
        ("cfg['data']['train']", "data/raw.csv"),
        ("cfg['data']['near']", "data/in/x"),
        ("cfg['data']['up']", "data/y"),
        ("cfg['link']['dir']", "data/in"),
        ("cfg['hole']", "{missing.key}/a.csv"),
        ("cfg['env']", "s3://own/a"),
        ("cfg['shell']", "gs://own/a"),
        ("cfg['now']", "runs/{now:%Y-%m-%d}"),
        ("cfg['sets'][0]['path']", "a.csv"),
        ("cfg['sets'][-1]['path']", "b.csv"),
        ("cfg.get('data').get('dir')", "data/in"),
        ("cfg.get('none', 'default.csv')", "default.csv"),
        ("cfg.get('empty', 'default.csv')", "default.csv"),
        ("cfg['asked']", "{asked}/data.csv"),
        ("cfg['marked']", "{marked}/models"),
    ],
)
def test_text(shown: Shown, expression: str, value: str) -> None:
    assert shown({"a.py": f"{LOADED}x = {expression}\n", "c.yaml": TEXT}) == [value]


@pytest.mark.parametrize(
    "loop",
    [
        "for entry in cfg['sets']:\n    x = entry['path']\n",
        "for _, entry in enumerate(cfg['sets']):\n    x = entry['path']\n",
        "for key, entry in cfg['by_name'].items():\n    x = entry['path']\n",
        "for entry in cfg['by_name'].values():\n    x = entry['path']\n",
        "for key in cfg['by_name']:\n    x = cfg['by_name'][key]['path']\n",
    ],
)
def test_loops(shown: Shown, loop: str) -> None:
    text = "sets: [{path: a.csv}, {path: b.csv}]\nby_name: {one: {path: a.csv}, two: {path: b.csv}}\n"
    assert shown({"a.py": LOADED + loop, "c.yaml": text}) == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("name", "text", "load"),
    [
        ("c.json", '{"data": {"path": "a.csv"}}', "import json\ncfg = json.load(open('c.json'))"),
        ("c.json", '{"data": {"path": "a.csv"}}', "import json\nwith open('c.json') as f:\n    cfg = json.loads(f.read())"),
        ("c.toml", '[data]\npath = "a.csv"\n', "import tomllib\ncfg = tomllib.load(open('c.toml', 'rb'))"),
        ("c.yaml", "data: {path: a.csv}", "import yaml\ncfg = yaml.load(open('c.yaml').read(), Loader=yaml.FullLoader)"),
        ("c.yaml", "base: &b {path: a.csv}\ndata:\n  <<: *b\n", "import yaml\ncfg = yaml.safe_load(open('c.yaml'))"),
        ("c.yaml", "data: {path: a.csv}", "import box\ncfg = box.Box.from_yaml(filename='c.yaml')"),
        ("params.yaml", "data: {path: a.csv}", "import dvc.api\ncfg = dvc.api.params_show()"),
        ("conf/dev.yaml", "data: {path: a.csv}", "import yaml, sys\ncfg = yaml.safe_load(open(f'conf/{sys.argv[1]}.yaml'))"),
    ],
)
def test_ways_to_load(shown: Shown, name: str, text: str, load: str) -> None:
    assert shown({"a.py": f"{load}\nx = cfg['data']['path']\n", name: text}) == ["a.csv"]


def test_a_configuration_in_another_module_and_through_a_loader(shown: Shown) -> None:
    texts = {
        "settings.py": "import yaml\ndef load(path):\n    with open(path) as f:\n        return yaml.safe_load(f)\n"
        "CONFIG = load('c.yaml')\n",
        "a.py": "from settings import CONFIG\nx = CONFIG['data']['path']\n",
        "c.yaml": "data: {path: a.csv}\n",
    }
    assert shown(texts) == ["a.csv"]
