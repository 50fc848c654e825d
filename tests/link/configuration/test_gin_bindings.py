"""Gin: what bindings give to parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]
MODULE = "import gin\n@gin.configurable\ndef load(path=None):\n    return open(path)\n"
MAIN = "import gin\nfrom data import load\ngin.parse_config_file('c.gin')\n"


def opened(found: list[tuple[str, str, str, str]]) -> list[str]:
    return [artifact for _, _, artifact, _ in found if not artifact.endswith(".gin")]


@pytest.mark.parametrize(
    ("module", "binding"),
    [
        (MODULE.replace("@gin.configurable\n", ""), "load.path = 'a.csv'\n"),
        (MODULE, "other.path = 'a.csv'\n"),
        (MODULE, "load.path = @other()\n"),
        (MODULE, "load.path = %missing\n"),
    ],
)
def test_no_value(accesses: Accesses, module: str, binding: str) -> None:
    assert opened(accesses({"data.py": module, "a.py": MAIN + "load()\n", "c.gin": binding})) == []


def test_files_that_nobody_is_seen_to_load_and_that_differ(accesses: Accesses) -> None:
    texts = {"data.py": MODULE, "one.gin": "load.path = 'a.csv'\n", "two.gin": "load.path = 'b.csv'\n"}
    assert opened(accesses(texts)) == []


@pytest.mark.parametrize(
    "binding",
    [
        "load.path = 'a.csv'\n",
        "train/data.load.path = 'a.csv'\n",
        "PATH = 'a.csv'\nload.path = %PATH\n",
        "include 'base.gin'\n",
    ],
)
def test_values(accesses: Accesses, binding: str) -> None:
    texts = {"data.py": MODULE, "a.py": MAIN + "load()\n", "c.gin": binding, "base.gin": "load.path = 'a.csv'\n"}
    assert "a.csv" in opened(accesses(texts))


def test_an_argument_of_the_call_wins(accesses: Accesses) -> None:
    texts = {"data.py": MODULE, "a.py": MAIN + "load('b.csv')\n", "c.gin": "load.path = 'a.csv'\n"}
    assert set(opened(accesses(texts))) == {"b.csv"}


def test_constructors_and_names(accesses: Accesses) -> None:
    source = (
        "import gin\n@gin.configurable('provider')\nclass P:\n    def __init__(self, path=None):\n        self.path = path\n"
        "    def get(self):\n        return open(self.path)\n"
    )
    texts = {"data.py": source, "a.py": "import gin\ngin.parse_config_file('c.gin')\n", "c.gin": "provider.path = 'a.csv'\n"}
    assert accesses(texts) == [("a.py:2", "read", "c.gin", "literal"), ("data.py:7", "read", "a.csv", "config")]


def test_the_command_line_names_the_file(accesses: Accesses) -> None:
    texts = {
        "data.py": MODULE,
        "conf/one.gin": "load.path = 'a.csv'\n",
        "conf/two.gin": "load.path = 'b.csv'\n",
        "a.py": "import sys\n",
        "run.sh": "python a.py --gin_file=one.gin\n",
    }
    assert "a.csv" in opened(accesses(texts))
