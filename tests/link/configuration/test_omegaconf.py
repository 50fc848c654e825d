"""OmegaConf in code: created, merged, structured."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]
IMPORT = "from omegaconf import OmegaConf\n"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("cfg = OmegaConf.create({'a': {'p': 'x.csv'}})\nx = cfg.a.p", "x.csv"),
        ("cfg = OmegaConf.create({'d': 'data', 'p': '${d}/x.csv'})\nx = cfg.p", "data/x.csv"),
        ("cfg = OmegaConf.merge(OmegaConf.load('one.yaml'), OmegaConf.load('two.yaml'))\nx = cfg.data.path", "two/a.csv"),
        ("cfg = OmegaConf.merge(OmegaConf.load('one.yaml'), {'data': {'dir': 'three'}})\nx = cfg.data.path", "three/a.csv"),
        ("cfg = OmegaConf.merge(OmegaConf.load('one.yaml'), OmegaConf.from_dotlist(['data.dir=four']))\nx = cfg.data.path", "four/a.csv"),
        ("cfg = OmegaConf.to_container(OmegaConf.load('one.yaml'), resolve=True)\nx = cfg['data']['path']", "one/a.csv"),
        ("x = OmegaConf.select(OmegaConf.load('one.yaml'), 'data.path')", "one/a.csv"),
        ("x = OmegaConf.select(OmegaConf.load('one.yaml'), 'data.none', default='d.csv')", "d.csv"),
        ("from dataclasses import dataclass\n@dataclass\nclass C:\n    path: str = 'c.csv'\nx = OmegaConf.structured(C).path", "c.csv"),
        (
            "from dataclasses import dataclass\n@dataclass\nclass C:\n    path: str = 'c.csv'\n    other: str = 'o.csv'\n"
            "cfg = OmegaConf.merge(OmegaConf.structured(C), {'other': 'p.csv'})\nx = [cfg.path, cfg.other][1]",
            "p.csv",
        ),
    ],
)
def test_values(shown: Shown, source: str, value: str) -> None:
    texts = {"a.py": IMPORT + source + "\n", "one.yaml": "data: {dir: one, path: '${data.dir}/a.csv'}\n", "two.yaml": "data: {dir: two}\n"}
    assert shown(texts) == [value]


def test_overrides_of_the_command_line(accesses: Callable[..., list[tuple[str, str, str, str]]]) -> None:
    texts = {
        "a.py": IMPORT + "cfg = OmegaConf.merge(OmegaConf.load('c.yaml'), OmegaConf.from_cli())\nopen(cfg.data.path)\n",
        "c.yaml": "data: {path: a.csv}\n",
        "run.sh": "python a.py data.path=b.csv\n",
    }
    assert ("a.py:3", "read", "b.csv", "config") in accesses(texts)


def test_saving_a_configuration_writes_it(accesses: Callable[..., list[tuple[str, str, str, str]]]) -> None:
    assert accesses({"a.py": IMPORT + "OmegaConf.save(cfg, 'out/c.yaml')\n"}) == [("a.py:2", "write", "out/c.yaml", "literal")]
