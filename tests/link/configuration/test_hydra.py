"""Hydra: composition, the decorated function, compose, and objects that a configuration describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from analyzer.link.configuration.hydra_defaults import compose
from analyzer.link.configuration.trees import leaves_below
from analyzer.read.configuration import read_configuration
from analyzer.read.configuration_facts import ConfigFacts

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
MAIN = "import hydra\n@hydra.main(config_path='conf', config_name='config', version_base=None)\ndef main(cfg):\n"


def composed(files: Mapping[str, str], *words: str, self_first: bool = False) -> dict[str, object]:
    facts = {}
    for path, text in files.items():
        read = read_configuration(text, ".yaml")
        assert isinstance(read, ConfigFacts)
        facts[path] = read
    tree, _ = compose(facts, "conf", "config", words, self_first)
    return {key: leaf.value for key, leaf in leaves_below(tree)}


@pytest.mark.parametrize(
    ("files", "words", "expected"),
    [
        ({"config": "a: 1\n"}, (), {"a": 1}),
        ({"config": "defaults: [missing, _self_]\na: 1\n"}, (), {"a": 1}),
        ({"config": "defaults: [config]\na: 1\n"}, (), {"a": 1}),
        ({"config": "defaults: [db: null]\n", "db/my": "p: 1\n"}, (), {}),
        ({"config": "defaults: [db: my]\n", "db/my": "p: 1\n"}, (), {"db.p": 1}),
        ({"config": "defaults: [db: my.yaml]\n", "db/my": "p: 1\n"}, (), {"db.p": 1}),
        ({"config": "defaults: [db: my]\n", "db/my": "p: 1\n", "db/other": "p: 2\n"}, ("db=other",), {"db.p": 2}),
        ({"config": "a: 1\n", "db/my": "p: 1\n"}, ("+db=my",), {"a": 1, "db.p": 1}),
        ({"config": "defaults: [db: my]\n", "db/my": "p: 1\n"}, ("db.p=7", "+db.q=x", "++r=null"), {"db.p": 7, "db.q": "x", "r": None}),
        ({"config": "defaults: [db: my]\n", "db/my": "p: 1\n"}, ("db.p=7,8", "--multirun"), {"db.p": 1}),
        ({"config": "defaults: [base, _self_]\na: 2\n", "base": "a: 1\nb: 1\n"}, (), {"a": 2, "b": 1}),
        ({"config": "defaults: [_self_, base]\na: 2\n", "base": "a: 1\nb: 1\n"}, (), {"a": 1, "b": 1}),
        ({"config": "defaults: [base]\na: 2\n", "base": "a: 1\nb: 1\n"}, (), {"a": 2, "b": 1}),
        ({"config": "defaults: [db@x.y: my]\n", "db/my": "p: 1\n"}, (), {"x.y.p": 1}),
        ({"config": "defaults: [db@_global_: my]\n", "db/my": "p: 1\n"}, (), {"p": 1}),
        ({"config": "defaults: [db@src: my, db@dst: my]\n", "db/my": "p: 1\n"}, (), {"src.p": 1, "dst.p": 1}),
        ({"config": "defaults: [exp: one]\n", "exp/one": "# @package _global_\na: 1\n"}, (), {"a": 1}),
        ({"config": "defaults: [a: one]\n", "a/one": "defaults: [b: two]\nq: 1\n", "a/b/two": "p: 1\n"}, (), {"a.b.p": 1, "a.q": 1}),
        ({"config": "defaults: [a: one]\n", "a/one": "defaults: [two]\nq: 1\n", "a/two": "p: 1\n"}, (), {"a.p": 1, "a.q": 1}),
        ({"config": "defaults: [a: one]\n", "a/one": "defaults: [/b: two]\n", "b/two": "p: 1\n"}, (), {"b.p": 1}),
        (
            {
                "config": "defaults: [db: my, exp: one]\n",
                "exp/one": "# @package _global_\ndefaults:\n  - override /db: other\nlr: 3\n",
                "db/my": "p: 1\n",
                "db/other": "p: 2\n",
            },
            (),
            {"db.p": 2, "lr": 3},
        ),
        ({"config": "defaults: [cb: [one, two]]\n", "cb/one": "p: 1\n", "cb/two": "q: 2\n"}, (), {"cb.p": 1, "cb.q": 2}),
        ({"config": "defaults: [optional db: my]\n", "db/my": "p: 1\n"}, (), {"db.p": 1}),
    ],
)
def test_composition(files: Mapping[str, str], words: tuple[str, ...], expected: dict[str, object]) -> None:
    assert composed({f"conf/{name}.yaml": text for name, text in files.items()}, *words) == expected


def test_before_version_1_2_the_primary_file_comes_first() -> None:
    files = {"conf/config.yaml": "defaults: [base]\na: 2\n", "conf/base.yaml": "a: 1\n"}
    assert composed(files, self_first=True) == {"a": 1}


def test_the_function_gets_the_composed_configuration(accesses: Accesses) -> None:
    texts = {
        "src/run.py": MAIN + "    open(cfg.data.path)\n    open(f'{cfg.data.dir}/b.csv', 'w')\n",
        "src/conf/config.yaml": "defaults: [data: small]\nroot: in\n",
        "src/conf/data/small.yaml": "dir: ${root}/small\npath: ${.dir}/a.csv\n",
    }
    assert accesses(texts) == [
        ("src/run.py:2", "read", "src/conf/config.yaml", "literal"),
        ("src/run.py:4", "read", "in/small/a.csv", "config"),
        ("src/run.py:5", "write", "in/small/b.csv", "config"),
    ]


def test_a_decorator_of_the_project_around_hydra(accesses: Accesses) -> None:
    texts = {
        "runner.py": "import hydra\ndef runner(config_path=None, config_name=None):\n    return hydra.main(config_path, config_name)\n",
        "run.py": "from runner import runner\n@runner(config_path='conf', config_name='config')\ndef main(cfg):\n    open(cfg.path)\n",
        "conf/config.yaml": "path: a.csv\n",
    }
    assert ("run.py:4", "read", "a.csv", "config") in accesses(texts)
    texts["runner.py"] = texts["runner.py"].replace("import hydra", "import other as hydra")
    assert accesses(texts) == []


def test_what_a_command_line_overrides_counts(accesses: Accesses) -> None:
    texts = {
        "run.py": MAIN + "    open(cfg.data.path)\n",
        "conf/config.yaml": "defaults: [data: small]\n",
        "conf/data/small.yaml": "path: small.csv\n",
        "conf/data/large.yaml": "path: large.csv\n",
        "dvc.yaml": "stages:\n  train:\n    cmd: python run.py data=large\n",
    }
    assert [artifact for site, _, artifact, _ in accesses(texts) if site == "run.py:4"] == ["large.csv"]


def test_a_folder_that_people_copy_from_a_template(accesses: Accesses) -> None:
    texts = {"run.py": MAIN + "    open(cfg.path)\n", "conf.example/config.yaml": "path: a.csv\n"}
    assert accesses(texts) == [("run.py:2", "read", "conf/config.yaml", "literal"), ("run.py:4", "read", "a.csv", "config")]


@pytest.mark.parametrize("folder", ["other", "conf/sub"])
def test_other_folders_say_nothing(accesses: Accesses, folder: str) -> None:
    texts = {"run.py": MAIN + "    open(cfg.path)\n", f"{folder}/config.yaml": "path: a.csv\n"}
    assert accesses(texts) == [("run.py:2", "read", "conf/config.yaml", "literal")]


def test_compose(accesses: Accesses) -> None:
    source = (
        "from hydra import compose, initialize\nwith initialize(config_path='conf', version_base=None):\n"
        "    cfg = compose(config_name='config', overrides=['data=large'])\nopen(cfg.data.path)\n"
    )
    texts = {"a.py": source, "conf/config.yaml": "defaults: [data: small]\n", "conf/data/large.yaml": "path: large.csv\n"}
    assert accesses(texts) == [("a.py:3", "read", "conf/config.yaml", "literal"), ("a.py:4", "read", "large.csv", "config")]


CLASS = (
    "class Data:\n    def __init__(self, path, mode='r'):\n        self.path = path\n    def load(self):\n        return open(self.path)\n"
)


def test_arguments_of_what_is_instantiated(accesses: Accesses) -> None:
    texts = {
        "run.py": MAIN + "    hydra.utils.instantiate(cfg.data).load()\n",
        "pkg/__init__.py": "",
        "pkg/data.py": CLASS,
        "conf/config.yaml": "data: {_target_: pkg.data.Data, path: a.csv}\n",
    }
    assert ("pkg/data.py:5", "read", "a.csv", "config") in accesses(texts)


def test_options_of_a_group_tell_when_nothing_is_chosen(accesses: Accesses) -> None:
    texts = {
        "run.py": MAIN + "    hydra.utils.instantiate(cfg.data)\n",
        "pkg/__init__.py": "",
        "pkg/data.py": CLASS,
        "conf/config.yaml": "defaults: [data: none]\nroot: in\n",
        "conf/data/saved.yaml": "_target_: pkg.data.Data\npath: ${root}/a.csv\n",
    }
    assert ("pkg/data.py:5", "read", "in/a.csv", "config") in accesses(texts)


def test_the_instance_has_the_attributes_of_its_configuration(accesses: Accesses) -> None:
    texts = {
        "run.py": MAIN + "    data = hydra.utils.instantiate(cfg.outer)\n    open(data.inner.path)\n",
        "m.py": "class Data:\n    def __init__(self, path):\n        self.path = path\n"
        "class Outer:\n    def __init__(self, inner):\n        self.inner = inner\n",
        "conf/config.yaml": "outer: {_target_: m.Outer, inner: {_target_: m.Data, path: a.csv}}\n",
    }
    assert ("run.py:5", "read", "a.csv", "config") in accesses(texts)
