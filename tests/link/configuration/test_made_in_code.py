"""Configuration objects that code fills: yacs, ml_collections, and classes derived from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Shown = Callable[..., list[object]]
Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
YACS = "from yacs.config import CfgNode as CN\n_C = CN()\n_C.ROOT = 'data'\n_C.DATA = CN()\n_C.DATA.PATH = 'a.csv'\n"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (YACS + "x = _C.DATA.PATH", "a.csv"),
        (YACS + "def get():\n    return _C.clone()\nx = get().DATA.PATH", "a.csv"),
        (YACS + "x = _C.DATA.NONE", "?configuration key"),
        (
            "import ml_collections\ndef get_config():\n    config = ml_collections.ConfigDict()\n    config.root = 'data'\n"
            "    config.data = ml_collections.ConfigDict()\n    config.data.path = f'{config.root}/a.csv'\n    return config\n"
            "x = get_config().data.path",
            "data/a.csv",
        ),
        ("from ml_collections import ConfigDict\nc = ConfigDict(dict(path='a.csv'))\nx = c.path", "a.csv"),
        ("from ml_collections import ConfigDict\nc = ConfigDict()\nc.data = dict(path='a.csv')\nx = c.data.path", "a.csv"),
        ("from easydict import EasyDict as edict\nc = edict()\nc.path = 'a.csv'\nx = c.path", "a.csv"),
        ("from types import SimpleNamespace\nc = SimpleNamespace()\nc.path = 'a.csv'\nx = c.path", "a.csv"),
        (YACS.replace("CN()", "Node()").replace("\n", "\nclass Node(CN):\n    pass\n", 1) + "x = _C.DATA.PATH", "a.csv"),
    ],
)
def test_values(shown: Shown, source: str, value: str) -> None:
    assert shown(source + "\n") == [value]


def test_files_merged_into_yacs_defaults(accesses: Accesses) -> None:
    texts = {
        "config.py": YACS + "def get_cfg():\n    return _C.clone()\n",
        "a.py": "from config import get_cfg\ncfg = get_cfg()\ncfg.merge_from_file('exp.yaml')\n"
        "open(cfg.DATA.PATH)\nopen(cfg.ROOT + '/b.csv')\n",
        "exp.yaml": "DATA: {PATH: exp.csv}\n",
    }
    assert accesses(texts) == [
        ("a.py:3", "read", "exp.yaml", "literal"),
        ("a.py:4", "read", "exp.csv", "config"),
        ("a.py:5", "read", "data/b.csv", "config"),
    ]
