"""Imports: which names are there, which are gone, which cannot be known."""

from __future__ import annotations

import pytest

from analyzer.graph.system import ImportLink
from analyzer.scan import graph_of_texts


def link(texts: dict[str, str], path: str = "a.py") -> ImportLink:
    (found,) = (entry for entry in graph_of_texts(texts).imports if entry.importer == path)
    return found


@pytest.mark.parametrize(
    ("texts", "status", "target"),
    [
        ({"a.py": "from b import f", "b.py": "def f(): pass"}, "name", "b.py"),
        ({"a.py": "from b import F", "b.py": "class F: pass"}, "name", "b.py"),
        ({"a.py": "from b import X", "b.py": "X = 1"}, "name", "b.py"),
        ({"a.py": "from b import X", "b.py": "try:\n    X = 1\nexcept E:\n    pass"}, "name", "b.py"),
        ({"a.py": "from b import np", "b.py": "import numpy as np"}, "name", "b.py"),
        ({"a.py": "from b import X", "b.py": "def f():\n    global X\n    X = 1"}, "name", "b.py"),
        ({"a.py": "from p import b", "p/__init__.py": "", "p/b.py": ""}, "module", "p/b.py"),
        ({"a.py": "from p import f", "p/__init__.py": "from .b import *", "p/b.py": "def f(): pass"}, "name", "p/__init__.py"),
        ({"a.py": "from n import b", "n/b.py": ""}, "module", "n/b.py"),
        ({"a.py": "import b", "b.py": ""}, "module", "b.py"),
        ({"a.py": "from b import *", "b.py": ""}, "module", "b.py"),
        ({"a.py": "import numpy.random"}, "external", ""),
        ({"a.py": "from json import gone"}, "external", ""),
    ],
)
def test_what_is_there(texts: dict[str, str], status: str, target: str) -> None:
    found = link(texts)
    assert (found.status, found.target) == (status, target)


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": "from b import gone", "b.py": "from numpy import *"},
        {"a.py": "from b import gone", "b.py": "def __getattr__(name): pass"},
        {"a.py": "from b import gone", "b.py": "globals()['gone'] = 1"},
        {"a.py": "from b import gone", "b.py": "", "c.py": "import b\nb.gone = 1\n"},
        {"a.py": "from b import gone", "b.py": "__all__ = [n for n in x]"},
        {"a.py": "from b import __version__", "b.py": ""},
        {"a.py": "from p import fast", "p/__init__.py": "", "p/fast.pyx": ""},
        {"a.py": "from p import msg_pb2", "p/__init__.py": ""},
        {"a.py": "from p import _version", "p/__init__.py": ""},
        {"a.py": "from n import gone", "n/b.py": ""},
        {"a.py": "from p import broken", "p/__init__.py": "", "p/broken.py": "def ("},
    ],
    ids=["star", "getattr", "globals", "set outside", "all", "dunder", "compiled", "protobuf", "version", "namespace", "unreadable"],
)
def test_what_cannot_be_known(texts: dict[str, str]) -> None:
    found = next(entry for entry in graph_of_texts(texts).imports if entry.importer == "a.py")
    assert found.status == "open"
    assert found.reason


def test_a_name_that_is_gone_and_where_it_is_today() -> None:
    found = link({"a.py": "from b import load", "b.py": "x = 1", "c.py": "def load(): pass"})
    assert (found.status, found.target, found.target_module, found.name, found.homes) == ("gone-name", "b.py", "b", "load", ("c.py",))


@pytest.mark.parametrize("text", ["import p.gone", "from p.gone import x", "from p.gone.deep import x"])
def test_a_module_that_is_gone(text: str) -> None:
    found = link({"a.py": text, "p/__init__.py": ""})
    assert (found.status, found.target) == ("gone-module", "p/__init__.py")


def test_the_place_of_an_import_in_a_notebook() -> None:
    cells = '[{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": "x = 1\\nimport b"}]'
    found = link({"a.ipynb": f'{{"cells": {cells}, "nbformat": 4}}', "b.py": ""}, "a.ipynb")
    assert (found.site.cell, found.site.line) == (1, 2)


# ---- names of external calls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import pandas as pd\npd.read_csv(x)", ["pandas.read_csv"]),
        ("from pandas import read_csv as r\nr(x)", ["pandas.read_csv"]),
        ("import google.cloud.storage\ngoogle.cloud.storage.Client()", ["google.cloud.storage.Client"]),
        ("import boto3\ns3 = boto3.client('s3')\ns3.upload_file(a)", ["boto3.client", "boto3.client.upload_file"]),
        ("import boto3\nboto3.client('s3').upload_file(a)", ["boto3.client", "boto3.client.upload_file"]),
        ("from b import f\nf()", []),
        ("f()\nx.g()", []),
        ("from . import f\nf()", []),
    ],
)
def test_external_uses(source: str, names: list[str]) -> None:
    graph = graph_of_texts({"a.py": source + "\n", "b.py": "def f(): pass"})
    assert sorted(u.qualified for u in graph.external_uses) == sorted(names)
