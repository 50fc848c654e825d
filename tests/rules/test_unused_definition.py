from __future__ import annotations

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.unused_definition import UnusedDefinition
from tests.rules.unused_names import dead

RUN = "from lib import used\n\nprint(used())\n"
USED = "def used():\n    return 1\n"


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
    texts["other.py"] = "from left import three\n\nprint(three)\n"
    (finding,) = UnusedDefinition().check(graph_of_texts(texts))
    assert finding.message == "nothing uses `one`, `two` of `left.py`"


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


def test_what_a_class_of_tests_uses_is_said_to_be_used_by_tests() -> None:
    test = "from lib import clip\n\n\nclass TestLib:\n    def test_it(self):\n        assert clip(1)\n"
    texts = {"run.py": RUN, "lib.py": USED + "\n\ndef clip(x):\n    return x + 1\n", "tests/test_lib.py": test}
    (finding,) = UnusedDefinition().check(graph_of_texts(texts))
    assert finding.message == "only tests use `clip` of `lib.py`"


def test_who_mentions_it_is_dead_as_well() -> None:
    text = USED + "\n\ndef clip(x):\n    return x + 1\n\n\ndef clip_all(x):\n    return [clip(y) for y in x]\n"
    (finding,) = UnusedDefinition().check(graph_of_texts({"run.py": RUN, "lib.py": text}))
    assert [part.text for part in finding.evidence] == [
        "the function `clip`: only `clip_all` mentions it, which nothing uses",
        "the function `clip_all`: nothing that lives mentions it",
    ]


def test_an_argument_is_no_module_of_its_name() -> None:
    texts = {
        "run.py": "from lib import used\nimport mail\n\nprint(used(mail.send()))\n",
        "lib.py": "import mail\n\n\ndef used(mail):\n    return mail\n",
        "mail.py": "def send():\n    return 1\n\n\ndef clean(x):\n    return x + 1\n",
    }
    assert dead(texts) == ["clean"]
    texts["lib.py"] = "import mail\n\n\ndef used(x, mail=mail):\n    return mail\n"
    assert dead(texts) == [], "a default is the module"
