"""An absolute import that names a library means the library, whatever lies about in the repository under that name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzer.scan import graph_of_texts
from rules.bit_rotted_entry import BitRottedEntry

USE = "import logging\n\nlogging.basicConfig()\n"


def gone(texts: Mapping[str, str]) -> list[str]:
    return [finding.message for finding in BitRottedEntry().check(graph_of_texts(texts))]


@pytest.mark.parametrize(
    "texts",
    [
        {
            "core/__init__.py": "",
            "core/logging/__init__.py": "LEVEL = 1\n",
            "core/setup.cfg": "[metadata]\nname = core\n",
            "tools/run.py": USE,
        },
        {"core/utils/wandb.py": "def rename():\n    import wandb\n\n    return wandb.run\n"},
        {
            "demos/fastapi/requirements.txt": "fastapi\n",
            "demos/fastapi/__init__.py": "",
            "demos/fastapi/scripts/main.py": "import fastapi\n\nfastapi.FastAPI()\n",
        },
    ],
)
def test_the_library_is_meant(texts: dict[str, str]) -> None:
    assert gone(texts) == []


def test_a_file_beside_a_script_hides_the_library() -> None:
    neighbours = {"tools/logging.py": "LEVEL = 1\n", "tools/run.py": USE}
    assert gone(neighbours) == []  # nothing is started in that folder
    assert len(gone(neighbours | {"tools/start.py": "import run\n\nprint(run)\n"})) == 1


def test_a_source_root_hides_a_dependency() -> None:
    own = {"setup.py": "from setuptools import setup\n\nsetup(name='stats')\n", "stats/__init__.py": "MEAN = 1\n"}
    script = {"scripts/run.py": "from stats import median\n\nprint(median)\n"}
    assert len(gone(own | script)) == 1


def test_annotations_of_local_variables_are_not_evaluated() -> None:
    texts = {
        "pipes.py": "FAST = 1\n",
        "start.py": "print('started')\n",
        "run.py": "import pipes\n\n\ndef run():\n    runner: pipes.Runner = None\n    return runner\n",
    }
    assert gone(texts) == []
    assert len(gone(texts | {"run.py": "import pipes\n\nrunner: pipes.Runner = None\n"})) == 1
