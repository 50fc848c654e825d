"""The table of library calls."""

from __future__ import annotations

import tomllib

import pytest

from analyzer.link.identity_template import Field, Hole, Optional, Template, template
from analyzer.link.io_table import KINDS, OPS, IoRow, IoTable, rows_of, shipped_rows, table_with

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
    rows = {row.name: row for row in rows_of(TEXT).calls}
    assert rows["lib.read"] == IoRow("lib.read", "read", "file", Template((Field(("0", "path")),), as_path=True))
    fields = Template((Field(("0", "bucket")), Field(("1", "key"))), as_path=True)
    assert rows["lib.open"] == IoRow("lib.open", "mode", "file", fields, "MODEL", mode=("1", "mode"))


@pytest.mark.parametrize(
    "text", ["[[group]\n", "[[group]]\nnames = ['a']\n", "[[group]]\nnames = 'a'\nop = 'read'\nkind = 'file'\nargument = '0|'\n"]
)
def test_a_broken_table_is_told(text: str) -> None:
    with pytest.raises((tomllib.TOMLDecodeError, KeyError, ValueError)):
        rows_of(text)


def test_methods_of_types_are_rows_of_their_own() -> None:
    text = "[[group]]\nof = 'lib.A lib.B'\nnames = 'get put'\nop = 'read'\nkind = 'file'\nargument = 'recv'\n"
    assert [row.name for row in rows_of(text).calls] == ["lib.A.get", "lib.B.get", "lib.A.put", "lib.B.put"]


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("0|path", (Field(("0", "path")),)),
        ("Bucket + Key", (Field(("Bucket",)), Field(("Key",)))),
        ("{recv}/{name|0=x}.json", (Field(("recv",)), "/", Field(("name", "0"), "x"), ".json")),
        ("[{schema}.]{0}", (Optional((Field(("schema",)), ".")), Field(("0",)))),
        ("runs:/{?run}", ("runs:/", Hole("run"))),
        ("s3://", ("s3://",)),
        ("CopySource.Bucket|0.Bucket", (Field(("CopySource.Bucket", "0.Bucket")),)),
    ],
)
def test_templates(spec: str, parts: tuple[object, ...]) -> None:
    assert template(spec).parts == parts


@pytest.mark.parametrize("spec", ["", "0|", "a-b", "{}", "{a b}"])
def test_what_is_no_template(spec: str) -> None:
    with pytest.raises(ValueError, match="is no argument"):
        template(spec)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("modin.pandas.read_csv", "pandas.read_csv"),
        ("tensorflow.compat.v1.keras.models.load_model", "keras.models.load_model"),
        ("modin.pandasx.read_csv", "modin.pandasx.read_csv"),
        ("pandas.read_csv", "pandas.read_csv"),
        ("", ""),
    ],
)
def test_packages_that_speak_like_another(name: str, expected: str) -> None:
    assert table_with(()).renamed(name) == expected


def test_names_that_can_matter_to_a_program() -> None:
    table = table_with(())
    assert "zadd" in table.relevant_names(frozenset({"redis"}))
    assert "scroll" not in table.relevant_names(frozenset({"redis"}))
    assert {"to_csv", "open"} <= table.relevant_names(frozenset())
    assert "count_documents" in table.relevant_names(frozenset({"flask_pymongo"}))


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
    for row in shipped_rows().calls:
        assert row.op in OPS, row
        assert row.kind in KINDS, row
        assert row.argument.parts, row
        assert row.op != "mode" or row.mode, row
        assert not row.name.startswith("?") or row.name.startswith("?."), row
        assert row.klass in ("", "RAW", "MODEL", "LOG", "REPORT", "CONFIG"), row


def test_every_type_with_methods_is_made_by_something() -> None:
    table = table_with(())
    made = {row.type for group in shipped_rows().objects.values() for row in group} | {"text"}
    used = {part for row in shipped_rows().calls for part in [row.name.rpartition(".")[0]] if part in table.types}
    assert used <= made
    assert len(used) > 60


def test_no_shipped_row_says_the_same_twice() -> None:
    seen = [(row.name, row.op, row.argument, row.klass, row.when, row.sql) for row in shipped_rows().calls]
    assert len(seen) == len(set(seen))


WEAK = {
    "load",
    "save",
    "get",
    "put",
    "find",
    "update",
    "insert",
    "delete",
    "read",
    "write",
    "set",
    "add",
    "remove",
    "download",
    "upload",
    "export",
}


def test_a_row_for_any_receiver_is_distinctive() -> None:
    """`x.save(…)` says nothing of x: such rows need a type, SQL, a mapped class, or the name of the receiver."""
    weak = [r.name for r in shipped_rows().calls if r.name.count(".") == 1 and r.name[2:] in WEAK and not (r.sql or r.mapped)]
    assert [name for name in weak if name.startswith("?.")] == []
