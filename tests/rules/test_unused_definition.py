from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.unused_definition import UnusedDefinition

RUN = "from lib import used\n\nprint(used())\n"
USED = "def used():\n    return 1\n"


def dead(texts: Mapping[str, str]) -> list[str]:
    """The names, in the order of the findings' locations, that the rule calls unused."""
    found = []
    for finding in UnusedDefinition().check(graph_of_texts(texts)):
        for evidence in finding.evidence:
            if "`" in evidence.text and evidence.site is not None and "mention" in evidence.text:
                found.append(evidence.text.split("`")[1])
            elif evidence.text.startswith("no import"):
                found.append(str(evidence.site))
    return found


# ---- alive ---------------------------------------------------------------------------------------------------------

ALIVE: dict[str, dict[str, str]] = {
    "a registry of strings that is loaded by importlib": {
        "run.py": "import importlib\nMODELS = {'small': 'lib.Small'}\nm, _, c = MODELS['small'].rpartition('.')\n"
        "print(getattr(importlib.import_module(m), c)())\n",
        "lib.py": "class Small:\n    pass\n",
    },
    "a decorator that registers": {
        "run.py": "import lib\nprint(lib.REGISTRY)\n",
        "lib.py": "REGISTRY = {}\n\n\ndef register(f):\n    REGISTRY[f.__name__] = f\n    return f\n\n\n@register\n"
        "def loss():\n    return 1\n",
    },
    "what a notebook calls to show an object": {
        "run.py": "from lib import Table\nprint(Table())\n",
        "lib.py": "class Table:\n    def _repr_html_(self):\n        text = '<b>1</b>'\n        return text\n",
    },
    "a decorator of a framework": {
        "run.py": "import lib\nprint(lib.app)\n",
        "lib.py": "from flask import Flask\napp = Flask('x')\n\n\n@app.route('/')\ndef index():\n    return 'hi'\n",
    },
    "a plug-in folder whose modules are imported by a made-up name": {
        "run.py": "import sys\nfrom importlib import import_module\nimport_module(f'losses.{sys.argv[1]}').apply()\n",
        "losses/__init__.py": "",
        "losses/focal.py": "def apply():\n    return 1\n",
    },
    "Kedro pipelines that are found by their place": {
        "src/p/pipeline_registry.py": "from kedro.framework.project import find_pipelines\n\n\n"
        "def register_pipelines():\n    return find_pipelines()\n",
        "src/p/pipelines/clean/pipeline.py": "from kedro.pipeline import pipeline\n\n\ndef create_pipeline():\n    return pipeline([])\n",
    },
    "lists that a list for tests and other code name": {
        "run.py": "from lib import A\nprint(A)\n",
        "lib.py": "A = [1]\nB = [2]\nC = B + [3]\nALL = [A, B]\n\n\ndef f():\n    return C\n",
        "more.py": "from lib import f\nprint(f())\n",
        "tests/test_lib.py": "from lib import ALL\n\n\ndef test_all():\n    assert ALL\n",
    },
    "a method that a template asks for": {
        "run.py": "from lib import Report\nfrom jinja2 import Template\nprint(Template('x').render(report=Report()))\n",
        "lib.py": "class Report:\n    def kind(self):\n        return 'a'\n",
        "templates/mail.md.jinja": "# A mail\n{% if report.kind %}{{ report.kind }}{% endif %}\n",
    },
    "a member that stands in for the object it wraps": {
        "run.py": "from lib import Wrapper\nfrom zoo import run\nrun(Wrapper(1))\n",
        "lib.py": "class Wrapper:\n    def __init__(self, inner):\n        self.inner = inner\n\n"
        "    @property\n    def device(self):\n        return self.inner.device\n",
    },
    "what a service of a framework looks for": {
        "run.py": RUN,
        "lib.py": USED,
        "code/inference.py": "def input_handler(data, context):\n    return data\n\n\n"
        "def output_handler(data, context):\n    return data\n",
    },
    "the rest of a file that was copied": {
        "run.py": RUN,
        "lib.py": "# Copied from https://github.com/other/tool/blob/main/lib.py\n" + USED + "\n\ndef rest():\n    return 2\n",
    },
    "the slow twin that tests compare the fast one with": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef used_naive():\n    return 1\n",
        "tests/test_lib.py": "from lib import used, used_naive\n\n\ndef test_same():\n    assert used() == used_naive()\n",
    },
    "what a package that nothing runs hands on": {
        "setup.py": "from setuptools import setup\n\nsetup(name='tool')\n",
        "tool/__init__.py": "",
        "tool/qa/__init__.py": "from .corpus import *\n",
        "tool/qa/corpus.py": "def load():\n    return 1\n\n\ndef offered():\n    return 2\n",
        "train.py": "from tool.qa import load\nprint(load())\n",
    },
    "a function that gives back what it gets: a saved object names it": {
        "run.py": RUN,
        "lib.py": USED + '\n\ndef pass_through(x):\n    """Asked for when the model is loaded."""\n    return x\n',
    },
    "a folder that is walked": {
        "run.py": "import plugs\nplugs.load()\n",
        "plugs/__init__.py": "import importlib\nimport pkgutil\n\n\ndef load():\n    for m in pkgutil.iter_modules(__path__):\n"
        "        importlib.import_module(m.name)\n",
        "plugs/focal.py": "def apply():\n    return 1\n",
    },
    "a dotted name in a configuration file": {
        "run.py": RUN,
        "lib.py": USED + "\n\nclass Wide:\n    pass\n",
        "conf/model.yaml": "_target_: lib.Wide\n",
    },
    "a module that a command hands over": {
        "Makefile": "train:\n\tpython -m spacy train c.cfg --code lib/functions.py,lib/more.py\n",
        "run.py": "import lib.functions\nimport lib.more\nprint(1)\n",
        "lib/__init__.py": "",
        "lib/functions.py": "import spacy\n\n\n@spacy.registry.misc('a')\ndef make():\n    return 1\n",
        "lib/more.py": "import spacy\n\n\n@spacy.registry.misc('b')\ndef other():\n    return 1\n",
    },
    "names imported where text is evaluated": {
        "run.py": "import sys\nfrom lib import Conv, Pool\n\nprint(eval(sys.argv[1]))\n",
        "lib.py": "class Conv:\n    pass\n\n\nclass Pool:\n    pass\n",
    },
    "a copy of another's package with its own licence": {
        "run.py": "from annot.net.api import load\n\nprint(load())\n",
        "annot/net/LICENSE": "MIT License\n",
        "annot/net/api.py": "def load():\n    return 1\n\n\ndef load_other():\n    return 2\n",
    },
    "a class that a saved pipeline of another folder needs": {
        "train.py": "from utils.preprocess import Dropper\n\nprint(Dropper())\n",
        "utils/preprocess.py": "class Dropper:\n    pass\n",
        "api/main.py": "import joblib\nfrom api.utils.preprocess import names\n\nprint(joblib.load('pipeline.pkl'), names())\n",
        "api/utils/preprocess.py": "def names():\n    return 1\n\n\nclass Dropper:\n    pass\n",
    },
    "methods of what torch.hub loads": {
        "hubconf.py": "from lib import Detections\n\n\ndef small():\n    return Detections()\n",
        "lib.py": "class Detections:\n    def render(self):\n        return 1\n",
    },
    "a name that a README sets as code": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef load_table():\n    return 1\n",
        "README.md": "# Helpers\n\n- `load_table` gives the table\n",
    },
    "a class beside one that a configuration file selects": {
        "run.py": RUN,
        "lib.py": USED + "\n\nclass Wide:\n    pass\n\n\nclass Deep:\n    pass\n",
        "conf/model.yaml": "_target_: lib.Wide\n",
    },
    "a key of gin": {"run.py": RUN, "lib.py": USED + "\n\ndef warm_up():\n    return 1\n", "a.gin": "warm_up.steps = 3\n"},
    "an entry point of setup.cfg": {
        "setup.cfg": "[options.entry_points]\nconsole_scripts =\n    go = lib:start_it\n",
        "run.py": RUN,
        "lib.py": USED + "\n\ndef start_it():\n    return 1\n",
    },
    "a notebook": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef plot_it():\n    return 1\n",
        "eda.ipynb": '{"cells": [{"cell_type": "code", "source": "from lib import plot_it\\nplot_it()", "metadata": {}, "outputs": []}], '
        '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    },
    "a cell that cannot be parsed": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef plot_it():\n    return 1\n",
        "eda.ipynb": '{"cells": [{"cell_type": "code", "source": "plot_it( ?", "metadata": {}, "outputs": []}], '
        '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    },
    "a block of code in the README": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef export_it():\n    return 1\n",
        "README.md": "# x\n\n```python\nfrom lib import export_it\nexport_it()\n```\n",
    },
    "python -c in a shell script": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef export_it():\n    return 1\n",
        "go.sh": "python -c 'from lib import export_it; export_it()'\n",
    },
    "a file that cannot be read": {"run.py": RUN, "lib.py": USED + "\n\ndef export_it():\n    return 1\n", "old.py": "print export_it(\n"},
    "getattr with a made-up name": {
        "run.py": "import sys\nimport lib\nprint(getattr(lib.Cli(), 'do_' + sys.argv[1])())\n",
        "lib.py": "class Cli:\n    def do_train(self):\n        return 1\n",
    },
    "a module that is handed over": {"run.py": "import lib\nprint(vars(lib))\n", "lib.py": USED},
    "a module that looks its own names up": {
        "run.py": "import lib\nlib.go('x')\n",
        "lib.py": "def go(name):\n    return globals()[name]()\n\n\ndef step():\n    return 1\n",
    },
    "fire": {
        "lib.py": "import fire\n\n\nclass Cli:\n    def train(self):\n        return 1\n\n\n"
        "if __name__ == '__main__':\n    fire.Fire(Cli)\n",
    },
    "methods that a base class of a library calls": {
        "run.py": "from lib import Net\nprint(Net())\n",
        "lib.py": "import torch\n\n\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x\n",
    },
    "methods that a base class of the repository has": {
        "run.py": "from lib import Net\nprint(Net())\n",
        "lib.py": "class Base:\n    def params(self):\n        return {}\n\n\nclass Net(Base):\n"
        "    def params(self):\n        return {1: 2}\n",
    },
    "subclasses that register themselves": {
        "run.py": "from lib import Base\nprint(Base)\n",
        "lib.py": "class Base:\n    def __init_subclass__(cls):\n        print(cls)\n\n\nclass Net(Base):\n    pass\n",
    },
    "subclasses that are listed": {
        "run.py": "from lib import Base\nprint(Base.__subclasses__())\n",
        "lib.py": "class Base:\n    pass\n\n\nclass Net(Base):\n    pass\n",
    },
    "a metaclass": {
        "run.py": "from lib import Meta\nprint(Meta)\n",
        "lib.py": "class Meta(type):\n    pass\n\n\nclass Net(metaclass=Meta):\n    pass\n",
    },
    "an abstract method": {
        "run.py": "from lib import Base\nprint(Base())\n",
        "lib.py": "class Base:\n    def predict(self):\n        raise NotImplementedError\n",
    },
    "what a package re-exports": {"run.py": "import pkg\n\nprint(1)\n", "pkg/__init__.py": "from pkg.a import used\n", "pkg/a.py": USED},
    "a star import": {"run.py": "from lib import *\nprint(used())\n", "lib.py": USED},
    "an import by a path that was not followed": {
        "tools/go.py": "from elsewhere.lib import used\nprint(used())\n",
        "src/deep/lib.py": USED,
        "run.py": "import src.deep.lib\n",
    },
    "falcon's methods": {
        "run.py": "from lib import Item\nprint(Item())\n",
        "lib.py": "class Item:\n    def on_get(self, req, resp):\n        return 1\n",
    },
    "migrations": {"run.py": RUN, "lib.py": USED, "migrations/001.py": "def roll_forward(db):\n    return 1\n"},
    "a lesson": {"lessons/01/lib.py": "def never():\n    return 1\n", "run.py": RUN, "lib.py": USED},
    "a notebook's own function": {
        "eda.ipynb": '{"cells": [{"cell_type": "code", "source": "def never():\\n    pass", "metadata": {}, "outputs": []}], '
        '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    },
    "helpers for tests": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef make_fake():\n    return 1\n\n\ndef fake_reader():\n    return 1\n",
        "tests/test_lib.py": "from lib import fake_reader, make_fake\n\n\ndef test_it():\n    assert fake_reader() == make_fake()\n",
    },
    "a script": {"go.py": "def main():\n    return 1\n\n\nif __name__ == '__main__':\n    main()\n"},
    "a program without a main block": {"view.py": "import streamlit as st\n\n\ndef draw():\n    return 1\n\n\nst.write(draw())\n"},
}


@pytest.mark.parametrize("case", ALIVE)
def test_what_lives_is_not_told(case: str) -> None:
    assert dead(ALIVE[case]) == []


def test_a_published_package_is_left_out_and_said_to_be() -> None:
    texts = {
        "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n\n[project]\nname = 'pkg'\nversion = '1'\n"
        "classifiers = ['Programming Language :: Python']\n",
        "pkg/__init__.py": "",
        "pkg/a.py": "def offered():\n    return 1\n\n\nclass Thing:\n    def act(self):\n        return 1\n\n\n"
        "def _hidden():\n    return 1\n",
    }
    graph = graph_of_texts(texts)
    (finding,) = UnusedDefinition().check(graph)
    assert "`_hidden`" in finding.message, "what is not offered is judged"
    assert finding.members == 1
    assert any(note.startswith("DXP011: the project is left out: its package is published") for note in graph.notes)


@pytest.mark.parametrize("line", ["pip install tool-box", "pip install 'git+https://github.com/some/tool_box.git@main'"])
def test_a_package_that_people_are_told_to_install_is_offered(line: str) -> None:
    texts = {
        "pyproject.toml": "[project]\nname = 'tool_box'\nversion = '1'\n",
        "tool_box/__init__.py": "",
        "tool_box/lib.py": "def used():\n    return again()\n\n\ndef again():\n    return 1\n\n\ndef offered():\n    return 1\n",
        "projects/setup.py": "from setuptools import setup\n\nsetup(name='own')\n",
        "projects/run.py": "from tool_box.lib import used\n\nprint(used())\n",
        "Makefile": "run:\n\tpython projects/run.py\n",
    }
    assert dead({**texts, "README.md": f"# Tool\n\n    {line}\n"}) == []
    assert dead({**texts, "README.md": "# Tool\n\n    pip install -e tool_box\n"}) == ["offered"]


def test_a_package_with_packaging_of_its_own_is_installed_with_the_project() -> None:
    texts = {
        "README.md": "# Tool\n\n    pip install tool\n",
        "setup.py": "from setuptools import setup\n\nsetup(name='tool', packages=['tool'])\n",
        "tool/requirements.txt": "numpy\n",
        "tool/setup.cfg": "[metadata]\nname = inner\n",
        "tool/__init__.py": "",
        "tool/lib.py": "def used():\n    return 1\n\n\ndef offered():\n    return 1\n",
        "run.py": "from tool.lib import used\nprint(used())\n",
    }
    assert dead(texts) == []
    assert dead({**texts, "README.md": "# Tool\n"}) == ["offered"]


def test_a_package_with_pinned_requirements_is_an_application() -> None:
    asked = ["numpy", "torch", "pandas", "requests", "typer"]
    texts = {
        "tool/__init__.py": "",
        "tool/cli.py": "from tool.lib import used\n\n\ndef main():\n    return used()\n",
        "tool/lib.py": "def used():\n    return 1\n\n\ndef spare():\n    return 1\n",
    }
    head = "[project]\nname = 'tool'\nversion = '1'\nclassifiers = ['Programming Language :: Python :: 3']\n"
    for pin, expected in (("==1.2", ["spare"]), (">=1.2", [])):
        listed = ", ".join(f"'{name}{pin}'" for name in asked)
        text = f"{head}dependencies = [{listed}]\n[project.scripts]\ntool = 'tool.cli:main'\n"
        assert dead({**texts, "pyproject.toml": text}) == expected


def test_a_change_log_is_no_use() -> None:
    texts = {"run.py": RUN, "lib.py": USED + "\n\ndef left_over():\n    return 1\n"}
    assert dead({**texts, "CHANGELOG.md": "- fix `left_over`\n"}) == ["left_over"]


def test_where_little_is_reached_the_rule_abstains() -> None:
    texts = {f"lib/m{number}.py": f"def step_{number}():\n    return {number}\n" for number in range(12)}
    graph = graph_of_texts({**texts, "run.py": "from lib.m1 import step_1\nprint(step_1())\n"})
    assert list(UnusedDefinition().check(graph)) == []
    assert any("only 1 of its 12 modules are reached" in note for note in graph.notes)


# ---- dead ----------------------------------------------------------------------------------------------------------


def test_a_function_that_calls_only_itself() -> None:
    assert dead({"run.py": RUN, "lib.py": USED + "\n\ndef again(n):\n    return again(n - 1)\n"}) == ["again"]


def test_two_that_call_each_other() -> None:
    assert sorted(dead({"run.py": RUN, "lib.py": USED + "\n\ndef a1():\n    return b1()\n\n\ndef b1():\n    return a1()\n"})) == [
        "a1",
        "b1",
    ]


def test_a_local_variable_of_the_name_is_no_use() -> None:
    assert dead({"run.py": RUN, "lib.py": USED.replace("1", "[other for other in (1, 2)]") + "\n\ndef other():\n    return 2\n"}) == [
        "other"
    ]


def test_the_name_of_another_librarys_function_is_no_use() -> None:
    texts = {"run.py": RUN + "import numpy as np\nprint(np.clip(1, 2, 3))\n", "lib.py": USED + "\n\ndef clip(x):\n    return x + 1\n"}
    assert dead(texts) == ["clip"]


def test_a_list_of_files_in_a_document_is_no_use() -> None:
    texts = {"run.py": RUN, "lib.py": USED + "\n\nclass TaskQueue:\n    pass\n", "README.md": "```\nlib.py  # used | TaskQueue\n```\n"}
    assert dead(texts) == ["TaskQueue"]


def test_a_method_and_a_collection() -> None:
    texts = {
        "run.py": "from lib import Net\nprint(Net().go())\n",
        "lib.py": "STEPS = ['a', 'b']\nSTEPS.append('c')\n\n\nclass Net:\n    def go(self):\n        return 1\n\n"
        "    def stop(self):\n        return 2\n",
    }
    assert dead(texts) == ["STEPS", "Net.stop"]


def test_a_kedro_pipeline_that_the_registry_leaves_out() -> None:
    step = "from kedro.pipeline import pipeline\n\n\ndef create_pipeline():\n    return pipeline([])\n"
    texts = {
        "src/p/__init__.py": "",
        "src/p/pipeline_registry.py": "from p.pipelines import fit\n\n\n"
        "def register_pipelines():\n    return {'fit': fit.create_pipeline()}\n",
        "src/p/pipelines/__init__.py": "",
        "src/p/pipelines/fit/__init__.py": "from .pipeline import create_pipeline\n",
        "src/p/pipelines/fit/pipeline.py": step,
        "src/p/pipelines/clean/__init__.py": "from .pipeline import create_pipeline\n",
        "src/p/pipelines/clean/pipeline.py": step,
    }
    assert dead(texts) == ["src/p/pipelines/clean/pipeline.py:4"]


def test_a_loader_of_others_modules_opens_no_folder_of_ours() -> None:
    loader = "from importlib import import_module\n\n\ndef zoo(name):\n    return import_module(f'torchvision.models.{name}')\n"
    texts = {
        "run.py": "from models.lib import used\nfrom load import zoo\nprint(used(), zoo('resnet'))\n",
        "load.py": loader + "\n\ndef kept():\n    return 'models'\n",
        "models/__init__.py": "",
        "models/lib.py": USED + "\n\ndef spare():\n    return 2\n",
    }
    assert dead(texts) == ["kept", "spare"]


def test_a_list_that_only_a_list_for_tests_names() -> None:
    texts = {
        "run.py": "from lib import SMALL\nprint(SMALL)\n",
        "lib.py": "SMALL = [1]\nCOVID = [2]\nALL = [SMALL, COVID]\n\n\ndef f():\n    return SMALL\n",
        "more.py": "from lib import f\nprint(f())\n",
        "tests/test_lib.py": "from lib import ALL\n\n\ndef test_all():\n    assert ALL\n",
    }
    assert dead(texts) == ["COVID"]


def test_what_only_tests_use_is_said_to_be_and_less_sure() -> None:
    texts = {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef split(rows):\n    return rows[:2], rows[2:]\n",
        "tests/test_lib.py": "from lib import split\n\n\ndef test_split():\n    assert split([1])\n",
    }
    (finding,) = UnusedDefinition().check(graph_of_texts(texts))
    assert finding.message == "only tests use `split` of `lib.py`"
    assert finding.confidence == Confidence.C


def test_all_of_one_module_is_one_finding() -> None:
    text = USED + "".join(f"\n\ndef left_{letter}():\n    return 1\n" for letter in "abcd")
    (finding,) = UnusedDefinition().check(graph_of_texts({"run.py": RUN, "lib.py": text}))
    assert finding.members == 4
    assert finding.message == "nothing uses `left_a`, `left_b`, `left_c` and 1 more of `lib.py`"
    assert [site.line for site in finding.locations] == [5, 9, 13, 17]


def test_a_module_that_nothing_reaches() -> None:
    (finding,) = UnusedDefinition().check(graph_of_texts({"run.py": RUN, "lib.py": USED, "left.py": "def fetch():\n    return 1\n"}))
    assert finding.message == "nothing imports, runs or names `left.py`"
    assert "git rm left.py" in finding.remedy


def test_a_checkout_under_another_name() -> None:
    texts = {
        "go.py": "from src.pipe.tools import lib\nprint(lib.used())\n",
        "pipe/tools/lib.py": USED,
        "run.py": "import pipe.tools.lib\nprint(1)\n",
    }
    assert dead(texts) == []


def test_what_import_package_gives_is_offered() -> None:
    texts = {"native/setup.py": "from setuptools import setup\nsetup(name='pkg')\n", "native/__init__.py": "def offered():\n    return 1\n"}
    assert dead(texts) == []


def test_a_module_of_which_nothing_is_used_is_said_to_be() -> None:
    texts = {
        "run.py": RUN,
        "lib.py": USED,
        "left.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n",
        "README.md": "See `left.py`.\n",
    }
    (finding,) = UnusedDefinition().check(graph_of_texts(texts))
    assert finding.message == "nothing uses `one`, `two` of `left.py`: the whole module"
    assert [site.line for site in finding.locations] == [1, 1, 5]


def test_a_named_tuple_does_not_use_itself() -> None:
    text = "from collections import namedtuple\n\nRow = namedtuple('Row', 'a b')\n\n\n" + USED
    assert dead({"run.py": RUN, "lib.py": text}) == ["Row"]


def test_a_named_tuple_of_a_module_that_is_loaded_by_its_name() -> None:
    loader = "import sys\nfrom importlib import import_module\n\nimport_module(f'tools.{sys.argv[1]}').main()\n"
    tool = "from collections import namedtuple\n\nRow = namedtuple('Row', ['id'])\nUser = namedtuple('User', ['id'])\n\n\n"
    texts = {"run.py": loader, "tools/__init__.py": "", "tools/merge.py": tool + "def main():\n    return User(1)\n"}
    assert dead(texts) == ["Row"]


def test_modules_that_import_a_name_from_one_another_end() -> None:
    texts = {"a/one.py": "from src.b.two import thing\n\nprint(thing)\n", "b/two.py": "from src.a.one import thing\n\nprint(thing)\n"}
    assert dead(texts) == []
