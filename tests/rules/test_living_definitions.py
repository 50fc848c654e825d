"""What keeps a definition alive: cases in which nothing is told."""

from __future__ import annotations

import pytest

from tests.rules.unused_names import dead

RUN = "from lib import used\n\nprint(used())\n"
USED = "def used():\n    return 1\n"

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
    "what a Snakefile imports": {
        "run.py": RUN,
        "lib.py": USED,
        "steps.py": "def clip(x):\n    return x + 1\n\n\ndef scale(x):\n    return x * 2\n",
        "Snakefile": "from steps import (\n    clip,\n)\nimport steps as s\n\n"
        "rule all:\n    output: 'a'\n    run:\n        s.scale(clip(1))\n",
    },
    "a name that is called and that nothing imports": {
        "run.py": RUN,
        "lib.py": "def used():\n    return clip(1)\n",
        "left.py": "def clip(x):\n    return x + 1\n",
    },
    "a file that a string names": {
        "run.py": RUN + "upload('serving/predictor.py')\n",
        "lib.py": USED,
        "serving/predictor.py": "class Box:\n    def predict(self, x):\n        return x + 1\n",
    },
    "a module that a name is made of which nothing imports": {
        "run.py": RUN,
        "lib.py": "def used():\n    return build_net2()\n",
        "nets/net2.py": "def build(x):\n    return x + 1\n",
    },
    "a file that the README's command hands to a program": {
        "run.py": RUN,
        "lib.py": USED,
        "nets/lstm.py": "def build(x):\n    return x + 1\n",
        "README.md": "# Nets\n\n```\npython -um run --network nets/lstm.py\n```\n",
    },
    "a module that a notebook imports from a root that is not this one": {
        "a/eda.ipynb": '{"cells": [{"cell_type": "code", "source": "from old.prep.clean import clip\\nclip(1)", '
        '"metadata": {}, "outputs": []}], '
        '"metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "b/prep/clean.py": "def clip(x):\n    return x + 1\n",
    },
    "what a list of a document names": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef filter_by_day(x):\n    return x + 1\n",
        "docs/use.md": "# Filters\n\n- filter_by_day\n",
    },
    "a feature repository": {
        "run.py": RUN,
        "lib.py": USED,
        "features/feature_store.yaml": "project: p\nregistry: r.db\n",
        "features/views.py": "def clip(x):\n    return x + 1\n",
    },
    "a file that a document includes": {
        "run.py": RUN,
        "lib.py": USED,
        "src/batch.py": "def clip(x):\n    return x + 1\n",
        "docs/guide.rst": "Scoring\n\n.. literalinclude:: ../src/batch.py\n",
    },
    "what a README says was taken over": {
        "run.py": RUN,
        "lib.py": USED,
        "upstream/README.md": "# Net\nThis is a fork of the original Net by others.\n",
        "upstream/net.py": "def clip(x):\n    return x + 1\n",
    },
    "what a package of a distribution hands on, an app of its own aside": {
        "setup.py": "from setuptools import setup\n\nsetup(name='kit', packages=['kit'], classifiers=['x'])\n",
        "kit/__init__.py": "from .tools import *\n",
        "kit/tools.py": "def clip(x):\n    return x + 1\n",
        "kit/web.py": "from flask import Flask\n\napp = Flask('x')\n\n\n@app.route('/')\ndef index():\n    return 'hi'\n",
    },
    "what a base from outside asks for when the object is handed to it": {
        "run.py": "from lib import Box\nprint(Box().get_params())\n",
        "lib.py": "from sklearn.base import BaseEstimator\n\n\nclass Box:\n    def get_params(self):\n"
        "        return BaseEstimator.get_params(self)\n\n    def _names(self):\n        return [1]\n",
    },
    "a class that registers itself when it is defined": {
        "run.py": "from lib import step\nprint(step())\n",
        "lib.py": "from zenml.materializers import BaseMaterializer\n\n\ndef step():\n    return 1\n\n\n"
        "class Shown(BaseMaterializer):\n    TYPES = (int,)\n",
    },
    "what the package that a setup.py makes of its own folder offers": {
        "bindings/setup.py": "from setuptools import setup\n\nsetup(name='speech', package_dir={'speech': '.'})\n",
        "bindings/__init__.py": "class Model:\n    def erase(self):\n        return 1 + 1\n",
    },
    "a base that stands in for one that is not installed": {
        "run.py": "from lib import Count\nprint(Count())\n",
        "lib.py": "from compat import Function\n\n\nclass Count(Function):\n    def get_result(self, x):\n        return x + 1\n",
        "compat.py": "try:\n    from engine import Function\nexcept ImportError:\n\n    class Function:\n        pass\n",
    },
    "a script whose work stands under a condition": {
        "run.py": RUN,
        "lib.py": USED,
        "once.py": "def clip(x):\n    return x + 1\n\n\nresult = clip(1)\nif result:\n    save(result)\n",
    },
    "what a test takes for what it expects": {
        "run.py": RUN,
        "lib.py": USED + "\n\ndef add(x):\n    return x + 1\n",
        "tests/test_lib.py": "from lib import add, used\n\n\nclass TestLib:\n    def test_it(self):\n"
        "        expected_sum = add(1)\n        assert used() == expected_sum\n",
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
