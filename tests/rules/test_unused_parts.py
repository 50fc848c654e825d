"""DXP011 on constants, methods of classes with bases from outside, empty functions, and packages beside a published one."""

from __future__ import annotations

import pytest

from tests.rules.unused_names import dead

RUN = "import lib\n\nprint(lib.run_all(lib.USED))\n"
LIB = "USED = 1\n{}\n\n\ndef run_all(x):\n    return x\n"
TORCH = (
    "from torch import nn\n\n\n"
    "{}class Net(nn.Module):\n    def forward(self, x):\n        return x\n\n    def extra_repr(self):\n        return ''\n"
)
HELPER = "\n    def old_attention(self, x):\n        return x + 1\n"
START = "from net import Net\n\nprint(Net()(1))\n"
PUBLISHED = {
    "setup.py": "from setuptools import setup\n\nsetup(name='tool-box', "
    "packages=['tool_box'], classifiers=['Topic :: Software Development'])\n",
    "README.md": "# Tool\n\n    pip install tool-box\n",
    "tool_box/__init__.py": "",
    "tool_box/lib.py": "def offered():\n    return 1\n",
}


@pytest.mark.parametrize(
    "bound",
    [
        "SEED = 1\nNAMES = 'SEED'",
        "SEED = 1\n__all__: list[str] = ['SEED', 'run_all']",
        "LOG = getLogger('x')",
        "NUMBER = TypeVar('NUMBER')",
        "SEED = 1\nif USED:\n    SEED = 2",
        "seed = 1",
        "T = 1",
        "SEED = 1\nprint(SEED)",
        "SEED = 1\nprint(f'{SEED}')",
    ],
)
def test_a_constant_that_something_may_mean(bound: str) -> None:
    assert "SEED" not in dead({"run.py": RUN, "lib.py": LIB.format(bound)})
    assert dead({"run.py": RUN, "lib.py": LIB.format(bound)}) in ([], ["NAMES"])


def test_a_constant_that_nothing_mentions() -> None:
    assert dead({"run.py": RUN, "lib.py": LIB.format("SEED = 1")}) == ["SEED"]
    assert dead({"run.py": RUN, "lib.py": LIB.format("SEED: int = 1")}) == ["SEED"]


def test_constants_that_a_framework_takes_are_left_alone() -> None:
    app = (
        "from flask import Flask\n\nimport settings_of_it as s\n\n"
        "app = Flask(__name__)\napp.config.from_object('values')\nprint(s.A_ONE, s.A_TWO)\n"
    )
    texts = {"run.py": app, "settings_of_it.py": "A_ONE = 1\nA_TWO = 2\nA_THREE = 3\n"}
    assert dead(texts) == []
    assert dead({**texts, "run.py": app.replace("app.config.from_object", "print")}) == ["A_THREE"]


def test_constants_that_nobody_takes_one_by_one_are_left_alone() -> None:
    assert dead({"run.py": "import values\n\nprint(values.A_ONE)\n", "values.py": "A_ONE = 1\nA_TWO = 2\nA_THREE = 3\n"}) == []


@pytest.mark.parametrize("decorator", ["", "@register\n"])
def test_what_a_base_class_from_outside_calls_is_used(decorator: str) -> None:
    imports = "from registry import register\n" if decorator else ""
    assert dead({"run.py": START, "net.py": imports + TORCH.format(decorator)}) == []


def test_a_method_that_the_base_class_does_not_know() -> None:
    assert dead({"run.py": START, "net.py": TORCH.format("") + HELPER}) == ["Net.old_attention"]
    assert dead({"run.py": START, "net.py": TORCH.format("@register\n") + HELPER}) == [], "whoever registers it may call more"
    assert dead({"run.py": START, "net.py": (TORCH.format("") + HELPER).replace("from torch", "from paddle")}) == [], "a base nobody knows"
    assert dead({"run.py": START + "print(Net().old_attention(1))\n", "net.py": TORCH.format("") + HELPER}) == []


def test_a_method_of_a_table() -> None:
    table = (
        "from app import db\n\n\nclass Row(db.Model):\n    def as_dict(self):\n        return {}\n\n"
        "    def add_vote(self):\n        return 1\n"
    )
    texts = {
        "run.py": "from table import Row\n\nprint(Row())\n",
        "app.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
        "table.py": table,
    }
    assert dead(texts) == ["Row.add_vote"]


def test_a_hidden_function_of_a_module_that_is_loaded_by_a_made_up_name() -> None:
    texts = {
        "run.py": "import sys\nfrom importlib import import_module\n\nprint(import_module(f'plugins_of_it.{sys.argv[1]}'))\n",
        "plugins_of_it/one.py": "def offer():\n    return 1\n\n\ndef _old():\n    return 2\n",
    }
    assert dead(texts) == ["_old"]


def test_a_method_that_a_hidden_base_gives_to_a_public_class() -> None:
    base = "class _Base:\n    def clear(self):\n        return 1\n\n\nclass Public(_Base):\n    pass\n"
    assert dead({**PUBLISHED, "tool_box/lib.py": base}) == []


def test_a_package_beside_the_published_one_is_no_part_of_it() -> None:
    texts = {
        **PUBLISHED,
        "make_data/__init__.py": "",
        "make_data/run.py": "from make_data.lib import used\n\nprint(used())\n",
        "make_data/lib.py": "def used():\n    return 1\n\n\ndef old():\n    return 2\n\n\ndef by_hand():\n    return 3\n",
        "tests/test_it.py": "from make_data.lib import by_hand\n\n\ndef test_it():\n    assert by_hand()\n",
    }
    assert dead(texts) == ["old"], "what only tests use may be run by hand"
    apart = {path.replace("make_data", "tool_box_data"): text.replace("make_data", "tool_box_data") for path, text in texts.items()}
    assert dead(apart) == [], "its name says that it belongs to the other"


def test_nobody_is_offered_what_does_nothing() -> None:
    empty = "class Thing:\n    def act(self):\n        return self.size\n\n    def from_two_files(self, a, b):\n        {}\n"
    assert dead({**PUBLISHED, "tool_box/lib.py": empty.format("pass")}) == ["Thing.from_two_files"]
    assert dead({**PUBLISHED, "tool_box/lib.py": empty.format("raise NotImplementedError")}) == []
    called = empty.format("return None").replace("return self.size", "return self.from_two_files(1, 2)")
    assert dead({**PUBLISHED, "tool_box/lib.py": called}) == []
    port = "class Port:\n    def from_two_files(self, a, b):\n        ...\n\n    def to_two_files(self):\n        ...\n"
    assert dead({**PUBLISHED, "tool_box/lib.py": port}) == [], "an interface"


def test_what_a_configuration_of_logs_names() -> None:
    handler = (
        "import logging.handlers\n\n\nclass Sender(logging.handlers.DatagramHandler):\n    def emit(self, record):\n        return 1\n"
    )
    texts = {
        "run.py": "from logging.config import dictConfig\n\nfrom settings_of import read\n\ndictConfig(read())\n",
        "settings_of.py": "def read():\n    return {}\n",
        "send.py": handler,
        "tests/test_send.py": "from send import Sender\n\n\ndef test_it():\n    assert Sender('a', 1)\n",
    }
    assert dead(texts) == []
    assert dead({**texts, "run.py": "from settings_of import read\n\nprint(read())\n"}) == ["send.py:4"]


def test_a_package_that_bears_anybodys_name_is_installed_in_place() -> None:
    texts = {
        "setup.py": "from setuptools import find_packages, setup\n\nsetup(name='src', packages=find_packages())\n",
        "README.md": "# Sales\n\n    pip install -e .\n\nThen `pip install src` is not needed.\n",
        "src/__init__.py": "",
        "src/lib.py": "def used():\n    return 1\n\n\ndef old():\n    return 2\n",
        "run.py": "from src.lib import used\n\nprint(used())\n",
    }
    assert dead(texts) == ["old"]
    named = {path.replace("src", "sales"): text.replace("src", "sales") for path, text in texts.items()}
    assert dead(named) == [], "somebody may have installed that"


def test_a_program_of_the_name_of_a_packaging_file_publishes_nothing() -> None:
    texts = {
        "tool/setup.py": "from tool.lib import used\n\nused()\n",
        "tool/__init__.py": "",
        "tool/lib.py": "def used():\n    return 1\n\n\ndef old():\n    return 2\n",
        "run.py": "from tool.lib import used\n\nprint(used())\n",
    }
    assert dead(texts) == ["old"]


def test_constants_that_files_beside_one_another_all_bind_are_a_convention() -> None:
    files = {f"sets/s{n}/load.py": "_KIND = 'a'\n\n\ndef load():\n    return 1\n" for n in range(5)}
    run = "".join(f"from sets.s{n}.load import load as l{n}\n\nprint(l{n}())\n" for n in range(5))
    assert dead({**files, "run.py": run}) == []
    del files["sets/s4/load.py"]
    assert dead({**files, "run.py": run.partition("from sets.s4")[0]}) == ["_KIND"] * 4


def test_a_folder_of_the_same_name_further_up_may_be_meant() -> None:
    values = "LIMIT = 1\nSCALE = 2\nSTEPS = 3\n"
    take = "from {} import LIMIT, SCALE\n\nprint(LIMIT, SCALE)\n"
    texts = {"setup/values.py": values + "STRIDE = 4\n", "air/setup/values.py": values, "air/jobs/run.py": take.format("setup.values")}
    assert sorted(dead(texts)) == ["STEPS", "STEPS", "STRIDE"]
    texts["air/jobs/run.py"] = "from setup import values\n\nprint(values.LIMIT, values.SCALE)\n"
    assert sorted(dead(texts)) == ["STEPS", "STEPS", "STRIDE"]
    texts["air/jobs/run.py"] = "import setup.values\n\nprint(setup.values.LIMIT, setup.values.SCALE)\n"
    assert sorted(dead(texts)) == ["STEPS", "STEPS", "STRIDE"]


def test_a_command_of_a_local_hook_uses_what_it_calls() -> None:
    hooks = "repos:\n  - repo: local\n    hooks:\n      - id: {}\n        name: old_part\n        entry: {}\n        language: system\n"
    texts = {"run.py": RUN, "lib.py": LIB.format("\n\ndef old_part():\n    return 1\n")}
    call = 'python -c "from lib import old_part; old_part()"'
    assert dead({**texts, ".pre-commit-config.yaml": hooks.format("check", call)}) == []
    assert dead({**texts, ".pre-commit-config.yaml": hooks.format("old_part", "ruff check")}) == ["old_part"]


def test_methods_of_a_layer_that_is_built_on_are_the_layers_to_call() -> None:
    texts = {"run.py": START, "net.py": TORCH.format("") + HELPER}
    assert dead(texts) == ["Net.old_attention"]
    assert dead({**texts, "net.py": texts["net.py"].replace("nn.Module", "nn.DataParallel")}) == []


def test_what_an_override_mentions_lives() -> None:
    base = "class Base:\n    def make(self):\n        return 1\n\n    def go(self):\n        return 2\n\n\n"
    inner = "def inner():\n    return 1\n\n\n"
    derived = "class Net(Base):\n    def {}(self):\n        return inner()\n"
    run = "from lib import Net\n\nprint(Net().go())\n"
    assert "inner" not in dead({"run.py": run, "lib.py": base + inner + derived.format("make")})
    assert "inner" in dead({"run.py": run, "lib.py": base + inner + derived.format("build")})


def test_a_text_that_says_how_it_is_called_speaks_for_it() -> None:
    lib = '{}\n\n\ndef count(x):\n    """Counts. {}:\n\n        tool.profile({{Net: Net.count_all}})\n    """\n    return 1\n'
    net = "class Net:\n    def go(self):\n        return 1\n\n    @staticmethod\n    def count_all(x):\n        return count(x)\n"
    run = "from lib import Net\n\nprint(Net().go())\n"
    assert dead({"run.py": run, "lib.py": lib.format(net, "Meant to be used like")}) == []
    assert dead({"run.py": run, "lib.py": lib.format(net, "As in")}) == ["count", "Net.count_all"]
