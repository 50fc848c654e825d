from __future__ import annotations

import json

import pytest

from analyzer.model import Confidence, Severity
from analyzer.scan import graph_of_texts
from rules.import_path_hack import ImportPathHack

PACKAGE = {"src/shared/__init__.py": "", "src/shared/clean.py": "def clean(x):\n    return x\n"}
EDIT = "import sys\n\nsys.path.append('../src')\nimport shared\n"


NOTEBOOK = '{"cells": [{"cell_type": "code", "source": ["import sys\\n", "sys.path.append(\'../../src\')\\n", "import shared"]}]}'


def found(texts: dict[str, str]):  # type: ignore[no-untyped-def]
    return list(ImportPathHack().check(graph_of_texts(PACKAGE | texts)))


@pytest.mark.parametrize(
    "texts",
    [
        {"tests/test_clean.py": EDIT},
        {"jobs/conftest.py": EDIT},
        {"docs/conf.py": EDIT},
        {"jobs/score-TEMPLATE.py": EDIT},
        {
            "jobs/app.py": "import sys, os\nimport streamlit as st\nsys.path.insert(0, os.path.dirname(__file__))\nimport pages\n",
            "jobs/pages.py": "x = 1\n",
        },
        {
            "apex/setup.py": "setup(name='apex')\n",
            "apex/LICENSE": "",
            "apex/apex/optim.py": "",
            "jobs/a.py": "import sys\nsys.path.append('../apex')\nfrom apex import optim\n",
            "jobs/b.py": "import sys\nsys.path.append('../apex')\nfrom apex import optim\n",
        },
        {
            "jobs/score.py": "import sys\nsys.path.append('.')\nsys.path.insert(0, __file__.rpartition('/')[0])\n"
            "import shared\nif __name__ == '__main__':\n    shared.clean()\n"
        },
        {"bin/check_api.sh": "PYTHONPATH=src python jobs/a.py\n"},
        {"env_sample.sh": "export PYTHONPATH=/path/to/repo/src\npython jobs/a.py\n"},
        {"setup.py": "import sys\nsys.path.insert(0, 'src')\n"},
        {"third_party/jobs.py": "import sys\nsys.path.append('../src')\n"},
        {"jobs/a.py": "import sys\nsys.path.append('/opt/caffe/python')\n"},
        {"jobs/a.py": "import sys\nsys.path.append(sys.argv[1])\n"},
        {"jobs/a.py": "import sys\n\n\ndef load(folder):\n    sys.path.insert(0, folder)\n"},
        {"jobs/a.py": "import sys\nsys.path.append('../nowhere')\n"},
        {"run.sh": "PYTHONPATH=src pytest tests\n"},
        {"run.sh": "export PYTHONPATH=src\nmake test\n"},
        {"run.sh": "export PYTHONPATH=src\npip install .\npytest --verbose\npython tests/config.py\n"},
        {"run.sh": "python jobs/a.py\nexport PYTHONPATH=src\npython -m pytest\necho done\n"},
        {
            "jobs/a.py": "import argparse\nimport sys\n\np = argparse.ArgumentParser()\np.add_argument('--code', default='src')\n"
            "sys.path.append(p.parse_args().code)\n"
        },
        {"courses/week2/a.py": "import sys\nsys.path.append('../../src')\n"},
        {
            "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n[project]\nname = 'tool'\nversion = '1'\n",
            "tool/__init__.py": "",
            "tool/cli.py": "import sys\n\nsys.path.insert(0, '.')\n",
        },
        {"jobs/a.py": "import sys\nimport elsewhere\nsys.path.append('../src')\n"},
        {"jobs/a.py": "import sys\nsys.path.append('../src')\nfrom elsewhere import cloud\n"},
        {"jobs/a.py": "import sys\nfrom .b import *\nsys.path.append('..')\nprint(getattr(sys, 'x'))\n", "jobs/b.py": ""},
        {"jobs/a.py": "import sys\nsys.path.append('/home/jo/other/src')\nimport elsewhere\n"},
        {"src/a.py": "import sys\nsys.path.append('/home/jo/other/src')\nimport shared\n"},
        {"guides/log/README.ipynb": NOTEBOOK},
        {"Dockerfile": "FROM python\nENV PYTHONPATH=src\n"},
        {"run.sh": "export PYTHONPATH=$PYTHONPATH:/usr/lib/spark/python\n"},
        {"jobs/a.py": "import os\nprint(os.environ['PYTHONPATH'])\n"},
    ],
)
def test_silent(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_what_tests_and_work_share_counts() -> None:
    for work in ("python jobs/a.py", "make features"):
        (finding,) = found({"a/a.py": EDIT, "run.sh": f"export PYTHONPATH=src\npytest\n{work}\n"})
        assert [site.path for site in finding.locations] == ["a/a.py", "run.sh"]


def test_all_places_of_a_project_are_one_finding() -> None:
    (finding,) = found(
        {
            "jobs/a.py": EDIT,
            "jobs/b.py": "import site\n\nsite.addsitedir('../src')\nimport shared\n",
            "jobs/c.py": "import os\n\nos.environ['PYTHONPATH'] = 'src'\n",
            "jobs/d.py": "import sys\n\nsys.path = ['../src'] + sys.path\nimport shared\n",
            "run.sh": "set -e\nexport PYTHONPATH=$PYTHONPATH:$(pwd)/src\npython jobs/a.py\n",
            "Makefile": "train:\n\tPYTHONPATH=src python jobs/a.py\n",
        }
    )
    assert {site.path for site in finding.locations} == {"jobs/a.py", "jobs/b.py", "jobs/c.py", "jobs/d.py", "run.sh", "Makefile"}
    assert finding.confidence is Confidence.B
    assert finding.members == 6


def test_a_path_of_one_machine_comes_first_and_weighs_more() -> None:
    (finding,) = found({"a/a.py": EDIT, "run.sh": "x=1\nexport PYTHONPATH=/home/jo/ranker/src:$PYTHONPATH\n"})
    assert (finding.locations[0].path, finding.locations[0].line) == ("run.sh", 2)
    assert finding.severity is Severity.medium
    assert "1 with an absolute path" in finding.message


def test_a_folder_found_from_the_file_itself_counts() -> None:
    text = (
        "import sys\nfrom pathlib import Path\n\nsys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'src'))\nimport shared\n"
    )
    (finding,) = found({"jobs/a.py": text})
    assert finding.confidence is Confidence.C
    assert "`src`" in finding.evidence[0].text


def test_a_notebook_is_shown_at_its_cell() -> None:
    text = (
        '{"cells": [{"cell_type": "code", "source": ["import sys\\n", "sys.path.append(\'../src\')\\n", "import shared"]}], "metadata": {}}'
    )
    (finding,) = found({"notebooks/a.ipynb": text})
    assert (finding.locations[0].cell, finding.locations[0].line) == (0, 2)


def test_a_point_in_a_shell_script_is_the_folder_it_is_started_in() -> None:
    (finding,) = found({"jobs/run.sh": "PYTHONPATH=. python jobs/a.py\n", "jobs/a.py": "import shared\n"})
    assert "the folder it is started in" in finding.evidence[0].text
    library = {
        "pyproject.toml": "[build-system]\nrequires = ['setuptools']\n[project]\nname = 'tool'\nversion = '1'\n",
        "tool/__init__.py": "",
        "tool/a.py": "",
    }
    assert not list(ImportPathHack().check(graph_of_texts(library | {"examples/a/run.sh": "PYTHONPATH=. python -m tool.a\n"})))


def test_commands_of_a_project_belong_to_it() -> None:
    nested = {
        "ranker/pyproject.toml": "[project]\nname = 'ranker'\nversion = '1'\n",
        "ranker/fit.py": "import helpers\n",
        "ranker/helpers/__init__.py": "",
        "ranker/run.sh": "PYTHONPATH=. python fit.py\n",
    }
    (finding,) = found(nested)
    assert finding.subject.id == "ranker"


def test_an_absolute_folder_counts_for_what_it_holds() -> None:
    (finding,) = found({"jobs/a.py": "import sys\nsys.path.append('/home/jo/ranker/src')\nfrom shared.clean import clean\n"})
    assert finding.severity is Severity.medium


def test_an_edit_below_the_imports_does_nothing() -> None:
    (finding,) = found({"jobs/a.py": "import sys\nimport shared\nsys.path.append('../src')\nprint(getattr(shared, 'x'))\n"})
    assert "`sys.path` is edited for nothing in `jobs/a.py`" in finding.message
    assert "has imported above" in finding.evidence[0].text
    assert finding.confidence is Confidence.C


# ---- notebooks that move ---------------------------------------------------------------------------------------------------------


def moving(folder: str, *lines: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": "\n".join(["import os", f"os.chdir({folder!r})", *lines])}]})


@pytest.mark.parametrize(
    "texts",
    [
        {"notebooks/a.ipynb": moving("..", "import pandas")},
        {"notebooks/a.ipynb": moving("../data", "import src.shared.clean"), "data/a.csv": ""},
        {"notebooks/a.ipynb": moving("..", "import plots"), "notebooks/plots.py": "x = 1\n"},
        {"tests/a.ipynb": moving("..", "import src.shared.clean")},
        {"course/week1/a.ipynb": moving("../..", "import src.shared.clean")},
        {"jobs/a.py": "import os\nos.chdir('..')\nimport src.shared.clean\n"},  # a program searches its own folder, wherever it works
    ],
)
def test_a_changed_folder_that_finds_no_code(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_a_notebook_that_changes_its_folder_to_find_code() -> None:
    (finding,) = found({"notebooks/a.ipynb": moving("..", "from src.shared import clean")})
    assert finding.message == "own code is imported after `os.chdir` in `notebooks/a.ipynb`"
    assert (finding.locations[0].path, finding.locations[0].cell, finding.locations[0].line) == ("notebooks/a.ipynb", 0, 2)
    assert finding.confidence is Confidence.C


# ---- two names for one module ----------------------------------------------------------------------------------------------------

TOOLS = {"app/tools/__init__.py": "", "app/tools/io.py": "def read():\n    return 1\n"}


@pytest.mark.parametrize(
    "texts",
    [
        {"app/run.py": "from tools import io\n", "app/jobs.py": "import tools.io\n"},
        {"app/tools/a.py": "import io_own\n", "app/tools/io_own.py": "", "app/b.py": "import tools.io_own\n"},
        {"app/run.py": "import tools.io\n", "main.py": "import app.tools.io\n"},  # each finds it from its own folder
        {"app/run.py": "import tools.io\n", "tests/test_a.py": "import app.tools.io\n"},
        {"tools/tools.py": "x = 1\n", "a.py": "from tools import tools\n", "jobs/b.py": "import tools.tools\n"},
        {"app/run.py": "import tools.io\n", "app/deep/b.py": "import app.tools.io\n", "requirements.txt": "tools\n"},
    ],
)
def test_one_name_for_each_module(texts: dict[str, str]) -> None:
    assert found(TOOLS | texts) == []


def test_a_module_that_two_roots_lead_to() -> None:
    (finding,) = found(TOOLS | {"app/run.py": "import tools.io\n", "app/jobs/b.py": "import app.tools.io\n"})
    assert finding.message == "`app/tools/io.py` is imported as `app.tools.io` and as `tools.io`, from two roots"
    assert [site.path for site in finding.locations] == ["app/jobs/b.py", "app/run.py"]
    assert finding.confidence is Confidence.C


# ---- settings that edit the search for their importers ---------------------------------------------------------------------------

SETS = {"tools/draw/hist.py": "def hist(x):\n    return x\n", "jobs/cons.py": "import sys\nsys.path.append('../tools/draw')\n"}


@pytest.mark.parametrize(
    "texts",
    [
        {"jobs/a.py": "import cons\nimport pandas\n"},
        {"jobs/a.py": "import cons\nimport hist\n", "jobs/hist.py": "x = 1\n"},
        {"jobs/a.py": "import hist\n"},  # it does not import the file that edits
        {"jobs/a.py": "import cons\nimport hist\n", "requirements.txt": "hist\n"},
        {"tests/test_a.py": "from jobs import cons\nimport hist\n"},
    ],
)
def test_an_edit_that_no_importer_needs(texts: dict[str, str]) -> None:
    assert [f for f in found(SETS | texts) if f.subject.kind == "project"] == []


def test_an_edit_for_those_that_import_the_file() -> None:
    (finding,) = found(SETS | {"jobs/a.py": "import cons\nfrom hist import hist\n", "jobs/b.py": "import cons\nimport hist\n"})
    assert finding.locations[0].path == "jobs/cons.py"
    assert finding.confidence is Confidence.C


def test_two_names_of_a_module_that_was_put_aside() -> None:
    texts = {
        "old_code/src/words/net.py": "def a():\n    return 1\n",
        "old_code/src/words/__init__.py": "",
        "old_code/run/example.py": "from words.net import a\n\na()\n",
        "old_code/other.py": "from src.words.net import a\n\na()\n",
    }
    alive = {path.replace("old_code", "words_code"): text for path, text in texts.items()}
    told = [f.subject.kind for each in (texts, alive) for f in ImportPathHack().check(graph_of_texts(each))]
    assert told == ["import roots"]
