"""The table of library calls."""

from __future__ import annotations

import tomllib

import pytest

from analyzer.link.io_table import IoRow, IoTable, rows_of, shipped_rows

TEXT = """
[[group]]
op = "read"
kind = "file"
argument = "0|path"
names = ["lib.read", "?.load", "?.read..csv", "?.blob.get"]

[[group]]
op = "mode"
kind = "file"
argument = "0|bucket+1|key"
mode = "1|mode"
class = "MODEL"
names = ["lib.open"]
"""


def test_rows_of_a_table() -> None:
    rows = {row.name: row for row in rows_of(TEXT)}
    assert rows["lib.read"] == IoRow("lib.read", "read", "file", (("0", "path"),), mode=("",))
    assert rows["lib.open"] == IoRow("lib.open", "mode", "file", (("0", "bucket"), ("1", "key")), "MODEL", mode=("1", "mode"))


@pytest.mark.parametrize("text", ["[[group]\n", "[[group]]\nnames = ['a']\n", ""])
def test_a_broken_table_is_told(text: str) -> None:
    with pytest.raises((tomllib.TOMLDecodeError, KeyError)):
        rows_of(text)


@pytest.mark.parametrize(
    ("chain", "row"),
    [
        (["x", "load"], "?.load"),
        (["spark", "read", "csv"], "?.read..csv"),
        (["spark", "read", "option", "csv"], "?.read..csv"),
        (["bucket", "blob", "get"], "?.blob.get"),
        (["frame", "csv"], None),
        (["csv"], None),
        (["x", "get"], None),
        (["lib", "read"], None),
    ],
)
def test_method_chains(chain: list[str], row: str | None) -> None:
    assert [found.name for found in IoTable(rows_of(TEXT)).of_method(chain)] == ([row] if row else [])


def test_every_shipped_row_is_well_formed() -> None:
    kinds = {"file", "table", "object", "model", "topic", "dataset", "other"}
    for row in shipped_rows():
        assert row.op in ("read", "write", "mode"), row
        assert row.kind in kinds, row
        assert row.argument, row
        assert all(choice and all(choice) for choice in row.argument), row
        assert row.op != "mode" or row.mode != ("",), row
        assert not row.name.startswith("?") or row.name.startswith("?."), row


def test_no_shipped_row_says_the_same_twice() -> None:
    seen = [(row.name, row.op, row.argument, row.klass) for row in shipped_rows()]
    assert len(seen) == len(set(seen))
