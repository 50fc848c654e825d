"""Live roots and what they reach."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts
from analyzer.settings import Settings

MAIN = {"main.py": "import lib\n", "lib.py": "import deep\n", "deep.py": "", "alone.py": ""}


def roots(texts: dict[str, str], settings: Settings | None = None) -> dict[str, bool]:
    """path of each live root → is it a weak one only?"""
    found: dict[str, bool] = {}
    for root in graph_of_texts(texts, settings).roots:
        found[root.path] = found.get(root.path, True) and root.weak
    return found


@pytest.mark.parametrize("texts", [{}, {"tests/test_a.py": "import main\n"}, {"main.py": "if __name__ == '__main__':\n    pass\n"}])
def test_no_root(texts: dict[str, str]) -> None:
    assert roots({**MAIN, **texts}) == {}


@pytest.mark.parametrize(
    ("texts", "is_weak"),
    [
        ({"dvc.yaml": "stages:\n  a:\n    cmd: python main.py\n"}, False),
        ({"Makefile": "a:\n\tpython main.py\n"}, False),
        ({".github/workflows/a.yml": "on: push\njobs:\n  a:\n    steps:\n      - run: python main.py\n"}, False),
        ({"Dockerfile": 'FROM python\nCMD ["python", "main.py"]\n'}, False),
        ({"pyproject.toml": "[project]\nname = 'x'\n[project.scripts]\nrun = 'main:main'\n"}, False),
        ({"main.py": "from fastapi import FastAPI\nimport lib\napp = FastAPI()\n@app.get('/')\ndef f(): pass\n"}, False),
        ({"run.sh": "python main.py\n"}, True),
        ({"README.md": "```\npython main.py\n```\n"}, True),
        ({"run.sh": "python main.py\n", "Makefile": "a:\n\tbash run.sh\n"}, False),
    ],
)
def test_roots(texts: dict[str, str], is_weak: bool) -> None:
    assert roots({**MAIN, **texts}) == {"main.py": is_weak}


def test_configured_roots() -> None:
    assert roots(MAIN, Settings(roots=("main.py",))) == {"main.py": False}


def test_production_is_what_a_strong_root_imports() -> None:
    modules = graph_of_texts({**MAIN, "Makefile": "a:\n\tpython main.py\n"}).modules
    assert [p for p in MAIN if modules[p].production] == ["main.py", "lib.py", "deep.py"]
    chain = [evidence.text for evidence in modules["deep.py"].production]
    assert chain == ["target a runs it", "main.py imports lib", "lib.py imports deep"]
    assert all(m.production == () for m in graph_of_texts({**MAIN, "README.md": "```\npython main.py\n```\n"}).modules.values())


def test_imports_for_type_checkers_reach_nothing() -> None:
    texts = {"main.py": "if TYPE_CHECKING:\n    import lib\n", "lib.py": "", "Makefile": "a:\n\tpython main.py\n"}
    assert graph_of_texts(texts).modules["lib.py"].production == ()


def test_research_is_what_notebooks_and_experiments_import() -> None:
    modules = graph_of_texts({**MAIN, "experiments/e.py": "import lib\n", "tests/test_a.py": "import alone\n"}).modules
    assert [p for p in MAIN if modules[p].research] == ["lib.py", "deep.py"]


def test_circles_end() -> None:
    texts = {"a.py": "import b\n", "b.py": "import a\n", "Makefile": "x:\n\tpython a.py\n"}
    assert all(m.production for m in graph_of_texts(texts).modules.values())


def test_long_chains_are_cut() -> None:
    texts = {f"m{i}.py": f"import m{i + 1}\n" for i in range(40)} | {"m40.py": "", "Makefile": "x:\n\tpython m0.py\n"}
    chain = graph_of_texts(texts).modules["m40.py"].production
    assert len(chain) == 12
