"""Where an access is shown: calls of wrappers, constructions, lines that do what their callers ask; and which of them count."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.model import Access
from analyzer.scan import graph_of_texts

PANDAS = "import pandas as pd\n"


def found(texts: Mapping[str, str]) -> list[tuple[str, str, str | None, bool]]:
    return [(str(a.site), a.op, a.artifact, a.borrowed) for a in graph_of_texts(texts).accesses]


def own(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    accesses: list[Access] = graph_of_texts(texts).accesses
    return [(str(a.site), a.artifact) for a in accesses if a.artifact is not None and not a.borrowed]


def test_calling_a_program_is_no_access() -> None:
    reads = "".join(f"    pd.read_csv('in/{n}.csv')\n" for n in range(6))
    texts = {"job.py": PANDAS + "def main():\n" + reads, "run.py": "from job import main\nmain()\n"}
    assert not [entry for entry in found(texts) if entry[0].startswith("run.py")]


def test_a_call_whose_callee_decides_is_shown_and_counts_once() -> None:
    texts = {
        "store.py": PANDAS + "def prices():\n    return pd.read_csv('data/prices.csv')\n",
        "a.py": "from store import prices\nprices()\n",
    }
    assert found(texts) == [("a.py:2", "read", "data/prices.csv", True), ("store.py:3", "read", "data/prices.csv", False)]
    assert [str(a.site) for a in graph_of_texts(texts).artifacts["data/prices.csv"].readers] == ["store.py:3"]


def test_a_wrappers_own_line_belongs_to_its_callers() -> None:
    texts = {
        "store.py": PANDAS + "def load(name):\n    return pd.read_csv(f'data/{name}.csv')\n",
        "a.py": "from store import load\nload('prices')\nload('orders')\n",
    }
    assert own(texts) == [("a.py:2", "data/prices.csv"), ("a.py:3", "data/orders.csv")]
    assert ("store.py:3", "read", "data/{name}.csv", True) in found(texts)


def test_a_wrapper_that_nobody_calls_keeps_its_hole() -> None:
    assert found({"store.py": PANDAS + "def load(name):\n    return pd.read_csv(f'data/{name}.csv')\n"}) == [
        ("store.py:3", "read", "data/{name}.csv", False)
    ]


def test_what_an_object_reads_stands_where_it_is_made_and_where_it_reads() -> None:
    texts = {
        "data.py": PANDAS + "class Sales:\n    def __init__(self, path):\n        self.path = path\n"
        "    def load(self):\n        return pd.read_csv(self.path)\n",
        "a.py": "from data import Sales\ns = Sales('data/sales.csv')\n",
    }
    assert found(texts) == [("a.py:2", "read", "data/sales.csv", True), ("data.py:6", "read", "data/sales.csv", False)]


def test_an_unknown_path_given_to_a_wrapper_is_an_unresolved_access_of_the_caller() -> None:
    texts = {"store.py": PANDAS + "def load(p):\n    return pd.read_csv(p)\n", "a.py": "from store import load\nload(fetch())\n"}
    graph = graph_of_texts(texts)
    assert [(str(a.site), a.artifact) for a in graph.accesses] == [("a.py:2", None), ("store.py:3", None)]
    assert (graph.coverage.accesses, graph.coverage.resolved) == (1, 0)


def test_three_values_have_a_general_form() -> None:
    source = PANDAS + "for part in ('train', 'valid', 'test'):\n    pd.read_csv(f'data/{part}/x.csv')\n"
    assert [(artifact, borrowed) for _, _, artifact, borrowed in found({"a.py": source})] == [
        ("data/test/x.csv", False), ("data/train/x.csv", False), ("data/valid/x.csv", False), ("data/{…}/x.csv", True),
    ]  # fmt: skip


def test_a_folder_in_a_list_given_to_a_wrapper_is_named_at_the_call() -> None:
    texts = {
        "a.py": "import torch\ndef load(folders):\n    for f in folders:\n        torch.load(f'{f}/last.ckpt')\n"
        "        torch.load(f'{f}/best.ckpt')\nload(['runs/one'])\n"
    }
    assert ("a.py:6", "read", "runs/one", False) in found(texts)


def test_a_variable_may_hold_the_function_that_opens() -> None:
    source = "import gzip\ndef opener(p):\n    return gzip.open if p.endswith('.gz') else open\nf = opener('x')\nf('data/a.txt', 'rt')\n"
    assert own({"a.py": source}) == [("a.py:5", "data/a.txt")]


def test_a_file_system_opens_a_path_and_a_path_opens_itself() -> None:
    source = "def read(fs, p):\n    fs.open('data/a.bin', 'rb')\n    fs.open('rb')\n    p.open('wb')\n"
    assert own({"a.py": source}) == [("a.py:2", "data/a.bin")]


def test_the_member_of_an_archive_is_no_file() -> None:
    assert own({"a.py": "import zipfile\nz = zipfile.ZipFile('data/a.zip')\nz.open('inner.csv', 'r')\n"}) == [("a.py:2", "data/a.zip")]


def test_the_caller_decides_how_a_file_is_opened() -> None:
    calls = "opened('data/a.bin')\nopened('data/b.bin', 'wb')\nopened('data/c.bin', mode='a+')\n"
    source = f"def opened(p, mode='rb'):\n    return open(p, mode)\n{calls}"
    assert [(site, op, artifact) for site, op, artifact, borrowed in found({"a.py": source}) if not borrowed] == [
        ("a.py:3", "read", "data/a.bin"), ("a.py:4", "write", "data/b.bin"), ("a.py:5", "write", "data/c.bin"),
    ]  # fmt: skip


def test_of_a_program_only_what_its_arguments_decide_is_its_callers() -> None:
    reads = "".join(f"    pd.read_csv('in/{n}.csv')\n" for n in range(14))
    texts = {"job.py": PANDAS + f"def run(out):\n{reads}    open(out, 'w')\n", "a.py": "from job import run\nrun('out/a.csv')\n"}
    assert [entry for entry in found(texts) if entry[0].startswith("a.py")] == [("a.py:2", "write", "out/a.csv", False)]
