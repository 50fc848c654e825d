"""Accesses: library calls, handles, and the project's own wrappers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.graph.dataflow import shape
from analyzer.scan import graph_of_texts
from analyzer.settings import IoRow, Settings

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
PANDAS = "import pandas as pd\n"


def of(found: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    return [(site, op, artifact) for site, op, artifact, _ in found]


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "def open(p): pass\nopen('data/a.csv')\n",
        "class Store:\n    def read_csv(self, p): pass\nStore().read_csv('data/a.csv')\n",
        "print('data/a.csv')\n",
        "webbrowser.open\n",
        "x = {'open': 1}['open']\n",
        "import re\nre.compile('data/a.csv')\n",
        "PATH = 'data/a.csv'\n",
        "def save(path):\n    print(path)\nsave('data/a.csv')\n",
        "json.dumps('data/a.csv')\n",
        "json.loads('data/a.csv')\n",
        "import pandas as pd\npd.concat(['data/a.csv'])\n",
    ],
)
def test_no_access(accesses: Accesses, source: str) -> None:
    assert accesses({"a.py": source}) == []


def test_an_unknown_path_is_counted_but_not_named() -> None:
    graph = graph_of_texts({"a.py": PANDAS + "pd.read_csv(fetch())\npd.read_csv('a.csv')\n"})
    assert [a.artifact for a in graph.accesses] == [None, "a.csv"]
    assert (graph.coverage.accesses, graph.coverage.resolved) == (2, 1)
    assert graph.coverage.unresolved_by_cause == (("call result", 1),)


def test_tests_do_not_say_what_a_wrapper_reads(accesses: Accesses) -> None:
    texts = {
        "io_.py": PANDAS + "def load(p):\n    return pd.read_csv(p)\n",
        "tests/test_io.py": "from io_ import load\ndef test_load():\n    load('a.csv')\n",
    }
    assert [a for a in of(accesses(texts)) if a[0].startswith("io_.py")] == []


# ---- library calls ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "op", "artifact"),
    [
        ("open('data/a.txt')", "read", "data/a.txt"),
        ("open('data/a.txt', 'w')", "write", "data/a.txt"),
        ("open('data/a.txt', mode='ab')", "write", "data/a.txt"),
        ("open(file='data/a.txt', mode='r')", "read", "data/a.txt"),
        ("Path('data/a.txt').open('w')", "write", "data/a.txt"),
        ("Path('data/a.txt').read_text()", "read", "data/a.txt"),
        ("Path('data/a.txt').write_text('x')", "write", "data/a.txt"),
        ("pd.read_csv('data/a.csv')", "read", "data/a.csv"),
        ("pd.read_csv(filepath_or_buffer='data/a.csv')", "read", "data/a.csv"),
        ("df.to_csv('data/a.csv')", "write", "data/a.csv"),
        ("df.head(3).to_parquet(path='data/a.parquet')", "write", "data/a.parquet"),
        ("np.save('data/a.npy', x)", "write", "data/a.npy"),
        ("np.load('data/a.npy')", "read", "data/a.npy"),
        ("joblib.dump(model, 'models/m.joblib')", "write", "models/m.joblib"),
        ("joblib.load('models/m.joblib')", "read", "models/m.joblib"),
        ("torch.save(model.state_dict(), 'models/m.pt')", "write", "models/m.pt"),
        ("torch.load('models/m.pt')", "read", "models/m.pt"),
        ("spark.read.parquet('s3://b/a')", "read", "s3://b/a"),
        ("df.write.mode('overwrite').parquet('s3://b/a')", "write", "s3://b/a"),
        ("shutil.rmtree('data/tmp')", "write", "data/tmp"),
    ],
)
def test_library_calls(accesses: Accesses, source: str, op: str, artifact: str) -> None:
    head = "import joblib, torch, shutil\nimport numpy as np\nimport pandas as pd\nfrom pathlib import Path\n"
    found = of(accesses({"a.py": f"{head}{source}\n"}))
    assert found == [("a.py:5", op, artifact)]


@pytest.mark.parametrize(
    "source",
    [
        "import json\nwith open('data/a.json') as f:\n    x = json.load(f)\n",
        "import json\nx = json.load(open('data/a.json'))\n",
        "import json\nfrom pathlib import Path\nwith Path('data/a.json').open() as f:\n    x = json.load(f)\n",
        "import pickle\nwith open('data/a.json', 'rb') as f:\n    x = pickle.load(f)\n",
        "import csv\nwith open('data/a.json') as f:\n    for row in csv.reader(f):\n        print(row)\n",
        "import pandas as pd\nwith open('data/a.json') as f:\n    pd.read_csv(f)\n",
        "with open('data/a.json') as f:\n    f.read()\n",
    ],
)
def test_a_handle_is_counted_once(source: str) -> None:
    graph = graph_of_texts({"a.py": source})
    assert [(a.op, a.artifact) for a in graph.accesses] == [("read", "data/a.json")]


def test_a_handle_that_is_written(accesses: Accesses) -> None:
    found = of(accesses({"a.py": "import pickle\nwith open('models/m.pkl', 'wb') as f:\n    pickle.dump(m, f)\n"}))
    assert found == [("a.py:2", "write", "models/m.pkl")]


def test_appending_is_told() -> None:
    (access,) = graph_of_texts({"a.py": "open('log.txt', 'a').write('x')\n"}).accesses
    assert (access.op, access.append) == ("write", True)


def test_temporary_files_are_no_artifacts() -> None:
    graph = graph_of_texts({"a.py": PANDAS + "import tempfile, os\nd = tempfile.mkdtemp()\ndf.to_csv(os.path.join(d, 'a.csv'))\n"})
    assert all(a.temporary for a in graph.accesses if a.artifact is not None)
    assert graph.artifacts == {}


def test_what_is_written_unless_it_exists_is_a_cache() -> None:
    cached = "import os\nP = 'cache/a.csv'\ndef get():\n    if not os.path.exists(P):\n        df.to_csv(P)\n    return pd.read_csv(P)\n"
    source = f"{PANDAS}{cached}df.to_csv('b.csv')\n"
    guarded = {(a.op, a.artifact): a.guarded for a in graph_of_texts({"a.py": source}).accesses}
    assert guarded == {("write", "cache/a.csv"): True, ("read", "cache/a.csv"): True, ("write", "b.csv"): False}


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT * FROM shop.orders o JOIN users u ON 1", ["shop.orders", "users"]),
        ("WITH recent AS (SELECT * FROM orders) SELECT * FROM recent", ["orders"]),
        ("select 1", []),
    ],
)
def test_tables_of_a_query(accesses: Accesses, sql: str, tables: list[str]) -> None:
    assert [a for _, _, a in of(accesses({"a.py": PANDAS + f"pd.read_sql('{sql}', con)\n"}))] == tables


# ---- wrappers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrapper", "call"),
    [
        ("def load(p):\n    return pd.read_csv(p)\n", "load('data/a.csv')"),
        ("def load(p):\n    return pd.read_csv(p)\n", "load(p='data/a.csv')"),
        ("def load(n, folder='data'):\n    return pd.read_csv(f'{folder}/{n}.csv')\n", "load('a')"),
        ("def load(n, *, folder):\n    return pd.read_csv(folder + '/' + n)\n", "load('a.csv', folder='data')"),
        ("def inner(p):\n    return pd.read_csv(p)\ndef load(n):\n    return inner('data/' + n)\n", "load('a.csv')"),
        ("class Store:\n    def load(self, p):\n        return pd.read_csv(p)\n", "Store().load('data/a.csv')"),
        (
            "class Store:\n    def __init__(self, d):\n        self.d = d\n"
            "    def load(self, n):\n        return pd.read_csv(self.d + '/' + n)\n",
            "Store('data').load('a.csv')",
        ),
        ("class Store:\n    @staticmethod\n    def load(p):\n        return pd.read_csv(p)\n", "Store.load('data/a.csv')"),
        (
            "class Base:\n    def load(self, p):\n        return pd.read_csv(p)\nclass Store(Base):\n    pass\n",
            "Store().load('data/a.csv')",
        ),
        ("def load(p):\n    with open(p) as f:\n        return f.read()\n", "load('data/a.csv')"),
    ],
)
def test_an_access_stands_where_its_path_becomes_known(accesses: Accesses, wrapper: str, call: str) -> None:
    found = accesses({"store.py": PANDAS + wrapper, "a.py": f"from store import *\n\n{call}\n"})
    assert ("a.py:3", "read", "data/a.csv", "wrapper") in found
    assert {artifact for _, _, artifact, _ in found} == {"data/a.csv"}


def test_wrappers_keep_their_callers_apart(accesses: Accesses) -> None:
    texts = {
        "store.py": PANDAS + "def load(p):\n    return pd.read_csv(p)\ndef save(df, p):\n    df.to_csv(p)\n",
        "a.py": "from store import load, save\nsave(load('in/a.csv'), 'out/a.csv')\n",
        "b.py": "from store import load, save\nsave(load('in/b.csv'), 'out/b.csv')\n",
    }
    wrapped = [a[:3] for a in accesses(texts) if a[3] == "wrapper"]
    assert wrapped == [
        ("a.py:2", "read", "in/a.csv"), ("a.py:2", "write", "out/a.csv"), ("b.py:2", "read", "in/b.csv"), ("b.py:2", "write", "out/b.csv"),
    ]  # fmt: skip


def test_a_wrapper_with_a_fixed_path_is_its_own_access(accesses: Accesses) -> None:
    texts = {"store.py": PANDAS + "def load():\n    return pd.read_csv('data/a.csv')\n", "a.py": "from store import load\nload()\n"}
    assert ("store.py:3", "read", "data/a.csv") in of(accesses(texts))


def test_a_parameter_that_nobody_fills_has_its_default(accesses: Accesses) -> None:
    assert of(accesses({"a.py": PANDAS + "def load(p='data/a.csv'):\n    return pd.read_csv(p)\n"})) == [("a.py:3", "read", "data/a.csv")]


def test_wrappers_that_call_each_other_end(accesses: Accesses) -> None:
    source = PANDAS + "def one(p):\n    pd.read_csv(p)\n    two(p)\ndef two(p):\n    one(p)\none('data/a.csv')\n"
    assert ("a.py:7", "read", "data/a.csv") in of(accesses({"a.py": source}))


def test_rows_of_the_configuration() -> None:
    rows = [IoRow(call="lake.fetch", op="read", kind="table", argument=1)]
    graph = graph_of_texts(
        {"a.py": "import lake\nlake.fetch(1, 'shop.orders')\n"}, Settings.model_validate({"io": [row.model_dump() for row in rows]})
    )
    assert [(a.op, a.kind, a.artifact) for a in graph.accesses] == [("read", "table", "shop.orders")]


# ---- properties -------------------------------------------------------------------------------------------------------

FUNCTIONS = {
    "load": "def load({p}):\n    {d} = pd.read_csv('raw/' + {p})\n    return {d}\n",
    "save": "def save({d}, {p}):\n    {d}.to_csv(f'out/{{{p}}}.csv')\n",
    "both": "def both({p}):\n    {d} = load({p})\n    save({d}, 'both')\n    return {d}\n",
    "plain": "def plain():\n    {p} = 'x/y.csv'\n    return pd.read_csv({p})\n",
}
NAMES = st.sampled_from(["path", "name", "frame", "a_b", "x1", "data"])


@settings(max_examples=40, deadline=None)
@given(st.permutations(sorted(FUNCTIONS)), NAMES, NAMES)
def test_names_of_locals_and_order_of_functions_change_nothing(order: list[str], path: str, frame: str) -> None:
    if path == frame:
        frame = "other"
    source = PANDAS + "".join(FUNCTIONS[name].format(p=path, d=frame) for name in order)
    graph = graph_of_texts({"a.py": source, "main.py": "import a\na.both('t.csv')\na.load('u.csv')\n"})
    found = {(a.site.path, a.op, a.artifact) for a in graph.accesses if a.artifact is not None and "{" not in a.artifact}
    assert found >= {
        ("main.py", "read", "raw/t.csv"),
        ("main.py", "read", "raw/u.csv"),
        ("a.py", "write", "out/both.csv"),
        ("a.py", "read", "x/y.csv"),
    }
    plain = graph_of_texts(
        {
            "a.py": PANDAS + "".join(FUNCTIONS[n].format(p="p", d="d") for n in sorted(FUNCTIONS)),
            "main.py": "import a\na.both('t.csv')\na.load('u.csv')\n",
        }
    )
    assert {(a.site.path, a.op, shape(a.artifact or "")) for a in graph.accesses} == {
        (a.site.path, a.op, shape(a.artifact or "")) for a in plain.accesses
    }


@settings(max_examples=20, deadline=None)
@given(st.permutations(["a.py", "b.py", "store.py", "params.yaml", "run.sh"]))
def test_the_order_of_files_changes_nothing(order: list[str]) -> None:
    texts = {
        "store.py": PANDAS + "def load(p):\n    return pd.read_csv(p)\n",
        "a.py": "from store import load\nload('in/a.csv')\n",
        "b.py": "import yaml\nfrom store import load\nload(yaml.safe_load(open('params.yaml'))['data'])\n",
        "params.yaml": "data: in/b.csv\n",
        "run.sh": "python a.py\npython b.py > out/log.txt\n",
    }
    graph, sorted_ = graph_of_texts({path: texts[path] for path in order}), graph_of_texts(dict(sorted(texts.items())))
    assert graph.accesses == sorted_.accesses
    assert (graph.edges, graph.coverage, list(graph.artifacts)) == (sorted_.edges, sorted_.coverage, list(sorted_.artifacts))
