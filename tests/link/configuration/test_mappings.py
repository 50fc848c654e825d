"""`**cfg` into functions, classes, dictionaries and namespaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]
HEAD = "import yaml\ncfg = yaml.safe_load(open('c.yaml'))\n"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("import types\nx = types.SimpleNamespace(**cfg).path", "a.csv"),
        ("import argparse\nx = argparse.Namespace(**cfg['inner']).path", "b.csv"),
        ("import argparse\nx = argparse.Namespace(**cfg, other='c.csv').other", "c.csv"),
        ("x = dict(cfg)['path']", "a.csv"),
        ("x = {**cfg, 'other': 'c.csv'}['path']", "a.csv"),
        ("x = {**cfg, 'path': 'c.csv'}['other']", "?key not found"),
        ("def f(path, mode='r'):\n    return path\nx = f(**cfg)", "a.csv"),
        ("def f(path, mode='m.csv'):\n    return mode\nx = f(**cfg)", "m.csv"),
        ("def f(path, mode='m.csv'):\n    return path\nx = f(**unknown())", "?parameter"),
        ("from dataclasses import dataclass\n@dataclass\nclass C:\n    path: str\nx = C(**cfg).path", "a.csv"),
        ("class C:\n    def __init__(self, path):\n        self.path = path\nx = C(**cfg['inner']).path", "b.csv"),
        ("from pydantic import BaseModel\nclass C(BaseModel):\n    path: str = 'd.csv'\nx = C(**cfg).path", "a.csv"),
    ],
)
def test_spread(shown: Shown, source: str, value: str) -> None:
    assert shown({"a.py": f"{HEAD}{source}\n", "c.yaml": "path: a.csv\ninner: {path: b.csv}\n"}) == [value]
