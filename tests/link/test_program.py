"""What an import leads to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.link.program import Program, Target
from analyzer.scan import graph_of_texts

Make = Callable[..., Program]


def leads(program: Program, importer: str, position: int = 0) -> Target:
    return program.import_target(importer, program.facts[importer].imports[position])


@pytest.mark.parametrize(
    ("texts", "target"),
    [
        ({"a.py": "import b", "b.py": ""}, "b.py"),
        ({"a.py": "import p.b", "p/__init__.py": "", "p/b.py": ""}, "p/b.py"),
        ({"a.py": "import p", "p/__init__.py": ""}, "p/__init__.py"),
        ({"a.py": "import p", "p.py": "", "p/__init__.py": ""}, "p/__init__.py"),
        ({"a.py": "import n.b", "n/b.py": ""}, "n/b.py"),
        ({"a.py": "import n", "n/b.py": ""}, "n/"),
        ({"p/a.py": "from . import b", "p/__init__.py": ""}, "p/__init__.py"),
        ({"p/a.py": "from .b import c", "p/__init__.py": "", "p/b.py": ""}, "p/b.py"),
        ({"p/q/a.py": "from ..b import c", "p/b.py": ""}, "p/b.py"),
        ({"scripts/a.py": "import b", "scripts/b.py": ""}, "scripts/b.py"),
        ({"scripts/a.py": "import p.b", "p/__init__.py": "", "p/b.py": ""}, "p/b.py"),
        ({"scripts/a.py": "import p.b", "src/p/__init__.py": "", "src/p/b.py": ""}, "src/p/b.py"),
        ({"one/scripts/a.py": "import lib.b", "one/setup.py": "", "one/lib/b.py": "", "two/lib/b.py": ""}, "one/lib/b.py"),
        ({"tests/a.py": "import b", "code/b.py": ""}, "code/b.py"),
        ({"p/a.py": "import p.b", "p/__init__.py": "", "p/b.py": "", "b.py": ""}, "p/b.py"),
    ],
)
def test_modules_of_the_repository(program: Make, texts: dict[str, str], target: str) -> None:
    importer = next(path for path, text in texts.items() if text)
    assert leads(program(texts), importer) == Target("module", target, leads(program(texts), importer).reason)


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": "import numpy"},
        {"a.py": "import json", "json/data.csv": "", "json/x.py": ""},
        {"p/json.py": "import json"},
        {"a.py": "import torch.nn", "torch/x.py": "", "requirements.txt": "torch\n"},
        {"a.py": "import b.c", "one/b/x.py": "", "two/b/y.py": ""},
        {"one/a.py": "import b", "one/setup.py": "", "two/deep/b.py": "", "two/setup.py": ""},
    ],
)
def test_what_lies_outside(program: Make, texts: dict[str, str]) -> None:
    importer = next(path for path, text in texts.items() if text.startswith("import"))
    assert leads(program(texts), importer).status == "external"


@pytest.mark.parametrize(
    ("texts", "parent"),
    [
        ({"a.py": "import p.gone", "p/__init__.py": ""}, "p/__init__.py"),
        ({"a.py": "import p.q.gone.x", "p/__init__.py": "", "p/q/__init__.py": ""}, "p/q/__init__.py"),
        ({"p/a.py": "from .gone import b", "p/__init__.py": ""}, "p/__init__.py"),
    ],
)
def test_a_module_that_is_gone(program: Make, texts: dict[str, str], parent: str) -> None:
    importer = next(path for path, text in texts.items() if text)
    assert leads(program(texts), importer) == Target("gone", parent)


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": "import n.gone", "n/b.py": ""},
        {"a.py": "import p.fast", "p/__init__.py": "", "p/fast.pyx": ""},
        {"a.py": "import p._version", "p/__init__.py": ""},
        {"a.py": "import p.x_pb2", "p/__init__.py": ""},
        {"a.py": "from ...b import c"},
        {"d/a.py": "from .gone import c"},
        {"a.py": "import p.old", "p/__init__.py": "", "p/old.py2": "", "p/old": ""},
    ],
)
def test_a_missing_module_that_something_else_may_provide(program: Make, texts: dict[str, str]) -> None:
    importer = next(path for path, text in texts.items() if text)
    target = leads(program(texts), importer)
    if "p/old" in texts:
        assert target == Target("gone", "p/__init__.py")
    else:
        assert target.status == "open"


def test_a_git_submodule_may_hold_it(program: Make) -> None:
    made = program({"a.py": "import p.sub.x", "p/__init__.py": ""}, submodules=("p/sub",))
    assert leads(made, "a.py").status == "open"


def test_a_file_that_was_not_read_may_hold_it(program: Make) -> None:
    made = program({"a.py": "import p.broken", "p/__init__.py": ""})
    made.files |= {"p/broken.py"}
    assert leads(made, "a.py").status == "open"


# ---- exports ----------------------------------------------------------------------------------------------------------


def test_exports_follow_star_imports(program: Make) -> None:
    made = program({"a.py": "from b import *\nx = 1\n", "b.py": "y = 1\ndef z(): pass\n"})
    assert made.exports("a.py") == {"x", "y", "z"}


@pytest.mark.parametrize(
    "text", ["from numpy import *", "def __getattr__(n): pass", "globals()['x'] = 1", "exec(code)", "vars()[n] = 1", "setattr(m, n, 1)"]
)
def test_exports_that_cannot_be_known(program: Make, text: str) -> None:
    assert program({"a.py": f"{text}\nx = 1\n"}).exports("a.py") is None


def test_star_imports_in_a_circle_end(program: Make) -> None:
    made = program({"a.py": "from b import *\nx = 1\n", "b.py": "from a import *\ny = 1\n"})
    assert made.exports("a.py") == {"x", "y"}
    assert made.exports("b.py") == {"x", "y"}


def test_submodules(program: Make) -> None:
    made = program({"p/__init__.py": "", "p/b.py": "", "p/q/c.py": ""})
    assert made.submodule("p/__init__.py", "b") == "p/b.py"
    assert made.submodule("p/__init__.py", "q") == "p/q/"
    assert made.submodule("p/__init__.py", "c") is None
    assert made.submodule("p/b.py", "c") is None


@pytest.mark.parametrize(("importer", "status"), [("shop/report.py", "external"), ("tools/report.py", "module")])
def test_a_neighbour_named_like_the_standard_library_is_meant_by_scripts_only(importer: str, status: str) -> None:
    """In a package `import logging` is the standard library's; a script's own folder comes first on the import path."""
    folder = importer.partition("/")[0]
    texts = {"shop/__init__.py": "", f"{folder}/logging.py": "x = 1\n", importer: "import logging\n"}
    texts["tools/run.py"] = "print('started from here')\n"
    (link,) = [link for link in graph_of_texts(texts).imports if link.importer == importer]
    assert link.status == status


def test_a_folder_that_nothing_is_started_in_is_not_searched_before_the_standard_library() -> None:
    texts = {
        "api/main.py": "import middleware.auth\n",
        "api/middleware/logging.py": "x = 1\n",
        "api/middleware/auth.py": "import logging\n",
    }
    (link,) = [link for link in graph_of_texts(texts).imports if link.importer == "api/middleware/auth.py"]
    assert link.status == "external"
