"""The standard library's functions, as far as they say something about paths."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.link.domain import Pattern
from analyzer.link.evaluate import Evaluator

Shown = Callable[..., list[object]]


@pytest.mark.parametrize(
    "expression",
    [
        "os.path.exists('a')",
        "json.dumps({'a': 'b'})",
        "'a b'.split()",
        "len('a')",
        "open('a')",
        "'abc'.strip(c)",
        "max(['a', 'b'], key=f)[0]",
    ],
)
def test_what_is_not_modelled_is_no_text(shown: Shown, expression: str) -> None:
    found = shown(f"import os, json\nx = {expression}\n")
    assert not any(isinstance(v, str) and v in ("a", "a b", "b", "abc", '{"a": "b"}') for v in found)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("glob.glob('data/*.csv')[0]", ["data/*.csv"]),
        ("list(Path('data').glob('*.csv'))[0]", ["data/*.csv"]),
        ("next(Path('data').rglob('*.csv'))", ["data/**/*.csv"]),
        ("os.listdir('data')[0]", ["{file}"]),
        ("next(Path('data').iterdir())", ["data/{file}"]),
        ("getattr(A, 'd')", ["out"]),
        ("getattr(A, name)", ["Result"]),
        ("list(map(f, ['a']))[0]", ["?other"]),
        ("list(filter(f, ['a']))[0]", ["a"]),
        ("max(['a', 'b'])", ["a", "b"]),
        ("typing.cast(str, 'a')", ["a"]),
        ("copy.deepcopy({'k': 'a'})['k']", ["a"]),
        ("argparse.Namespace(d='a').d", ["a"]),
        ("'/a/b/'.strip('/')", ["a/b"]),
        ("'a/b//'.rstrip('/') + '/c'", ["a/b/c"]),
        ("('a/' + unknown).rstrip('/')", ["a/{unknown}"]),
        ("'a.csv'.removesuffix('.csv') + '.json'", ["a.json"]),
        ("os.path.join('a', os.pardir, 'b')", ["a/../b"]),
        ("os.getcwd() + '/a'", ["./a"]),
        ("[p for p in itertools.chain(['a'], ['b'])][0]", ["a", "b"]),
    ],
)
def test_modelled_functions(shown: Shown, expression: str, values: list[object]) -> None:
    head = "import os, glob, typing, copy, argparse, itertools\nfrom pathlib import Path\nclass A:\n    d = 'out'\n"
    assert shown(f"{head}x = {expression}\n") == values


def test_walking_a_folder(shown: Shown) -> None:
    source = "import os\nfor top, folders, names in os.walk('data'):\n    for name in names:\n        x = os.path.join(top, name)\n"
    assert shown(source) == ["data/{folder}/{file}"]


@pytest.mark.parametrize(
    "expression",
    [
        "tempfile.mkdtemp()",
        "tempfile.NamedTemporaryFile().name",
        "tempfile.gettempdir() + '/a.csv'",
        "os.path.join(tempfile.mkdtemp(), 'a.csv')",
    ],
)
def test_temporary_places_are_marked(evaluator: Callable[..., Evaluator], expression: str) -> None:
    world = evaluator({"a.py": f"import os, tempfile\nx = {expression}\n"})
    assert all(isinstance(v, Pattern) and v.temporary for v in world.global_name("a.py", "x"))


def test_package_data_stands_in_the_package(shown: Shown) -> None:
    source = "import importlib.resources\nx = importlib.resources.files('p') / 'a.json'\n"
    assert shown({"a.py": source, "p/__init__.py": "", "p/a.json": "{}"}) == ["p/a.json"]


def test_a_project_function_of_the_same_name_is_not_the_library(shown: Shown) -> None:
    assert shown({"a.py": "from b import join\nx = join('a', 'b')\n", "b.py": "def join(a, b):\n    return 'mine'\n"}) == ["mine"]
