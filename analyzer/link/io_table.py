"""The table of library I/O calls (the files of io_calls/), as look-ups."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.link.identity_template import Template, template

if TYPE_CHECKING:
    from analyzer.settings import IoRow as OwnRow

KINDS = ("file", "table", "object", "model", "topic", "dataset", "other")
OPS = ("read", "write", "mode")
FOLDER = Path(__file__).with_name("io_calls")


@dataclass(frozen=True, slots=True)
class IoRow:
    """What one library call does with one of its arguments."""

    name: str
    op: str
    kind: str
    argument: Template
    klass: str = ""
    scheme: str = ""
    mode: tuple[str, ...] = ()
    handle: bool = False
    sql: bool = False
    when: tuple[str, ...] = ()
    """Only when the call has one of these texts among its arguments, or `keyword=value`."""
    mapped: bool = False
    """Only a mapped class of an ORM, or an object of one, counts."""


@dataclass(frozen=True, slots=True)
class ObjectRow:
    """A call, attribute, item or element that gives an object of a library which stands for data; of type `text` the identity itself."""

    type: str
    identity: Template | None = None
    when: tuple[str, ...] = ()
    """Only when the call has one of these texts among its arguments, or `keyword=value`."""


@dataclass(slots=True)
class Rows:
    """What the files of a table say."""

    calls: list[IoRow] = field(default_factory=list)
    objects: dict[str, list[ObjectRow]] = field(default_factory=dict)
    """`name()` a call, `name` an attribute, `name[]` an item, `name[*]` an element; a last segment `*` is any."""
    giving: set[str] = field(default_factory=set)
    """Calls that return a path to the artifact they name."""
    same: dict[str, str] = field(default_factory=dict)
    """package → the package whose calls it offers under the same names"""


class IoTable:
    def __init__(self, rows: Rows) -> None:
        self.rows: dict[str, list[IoRow]] = {}
        for row in rows.calls:
            self.rows.setdefault(row.name, []).append(row)
        self.objects, self.same, self.giving = rows.objects, rows.same, frozenset(rows.giving)
        self.types = frozenset(row.type for group in self.objects.values() for row in group if row.type != "text")
        self._packages = self._packages_of_types()

    def exact(self, name: str) -> list[IoRow]:
        return self.rows.get(name) or self.rows.get(self.renamed(name), [])

    def renamed(self, name: str) -> str:
        """`name` as the package that first offered it says it: `modin.pandas.read_csv` → `pandas.read_csv`."""
        for _ in range(3):
            end = len(name)
            while end > 0:
                other = self.same.get(name[:end])
                if other is not None:
                    name = other + name[end:]
                    break
                end = name.rfind(".", 0, end)
            else:
                break
        return name

    def of_method(self, chain: list[str]) -> list[IoRow]:
        """Rows for a method chain on an unknown receiver, e.g. ["df", "write", "mode", "parquet"]."""
        last = chain[-1]
        if len(chain) > 2 and (three := self.rows.get(f"?.{chain[-3]}.{chain[-2]}.{last}")):
            return three
        if len(chain) > 1:
            pair = self.rows.get(f"?.{chain[-2]}.{last}")
            if pair:
                return pair
        for segment in chain[:-1]:
            found = self.rows.get(f"?.{segment}..{last}")
            if found:
                return found
        return self.rows.get(f"?.{last}", [])

    def object_rows(self, key: str) -> list[ObjectRow]:
        """Rows for `name()`, `name`, `name[]` or `name[*]`, a wildcard when there is none for the name itself."""
        found = self.objects.get(key)
        if found is None:
            name, end = (key[:-2], "()") if key.endswith("()") else (key, "")
            found = self.objects.get(f"{name.rpartition('.')[0]}.*{end}", [])
        return found

    def type_of(self, name: str) -> str:
        """The type of the table that a class or function of that full name gives; the name itself when the table has none."""
        name = self.renamed(name)
        if name in self.types:
            return name
        return next((row.type for row in self.object_rows(f"{name}()") if not row.when), name)

    def relevant_names(self, packages: frozenset[str]) -> frozenset[str]:
        """Last names of the calls that a program which imports `packages` can make. Rows for any receiver always count."""
        found = set()
        known = packages | {"builtins", "path", "config"}
        renamed = {self.same[p].partition(".")[0] for p in self.same if p.partition(".")[0] in packages}
        for name in self.rows:
            head, _, last = name.rpartition(".")
            top = name.partition(".")[0]
            if top == "?" or top in known or top in renamed or not self._packages.get(head, _NONE).isdisjoint(known):
                found.add(last)
        return frozenset(found)

    def _packages_of_types(self) -> dict[str, frozenset[str]]:
        """type → packages that give objects of it, also by way of other types"""
        found: dict[str, set[str]] = {t: {t.partition(".")[0]} for t in self.types}
        sources = [(key.partition("[")[0].removesuffix("()"), row.type) for key, group in self.objects.items() for row in group]
        for _ in range(4):
            for source, made in sources:
                packages = found.setdefault(made, set())
                packages.add(source.partition(".")[0])
                packages |= found.get(source, set()) | found.get(source.rpartition(".")[0], set())
        return {t: frozenset(names) for t, names in found.items()}


_NONE: frozenset[str] = frozenset()


def rows_of(text: str) -> Rows:
    """What one file of the table says; files.toml explains the format. Raises tomllib.TOMLDecodeError, KeyError, ValueError."""
    found = Rows()
    table = tomllib.loads(text)
    for group in table.get("group", ()):
        types = _words(group.get("of", ""))
        for name in _words(group["names"]):
            for full in [f"{t}.{name}" for t in types] or [name]:
                found.calls.append(_row(full, group))
    for group in table.get("object", ()):
        identity = template(group["identity"]) if "identity" in group else None
        for source in _words(group["made_by"]):
            when: tuple[str, ...] = ()
            if source.endswith(")") and not source.endswith("()"):
                source, _, text = source[:-1].partition("(")
                source, when = f"{source}()", tuple(text.split("|"))
            found.objects.setdefault(source, []).append(ObjectRow(group["type"], identity, when))
    found.giving.update(_words(table.get("giving", {}).get("names", "")))
    found.same.update(table.get("same", {}))
    return found


def _row(name: str, group: Mapping[str, Any]) -> IoRow:
    return IoRow(
        name, group["op"], group["kind"], template(group["argument"]), group.get("class", ""), group.get("scheme", ""),
        tuple(group["mode"].split("|")) if "mode" in group else (), group.get("handle", False), group.get("sql", False),
        tuple(group["when"].split("|")) if "when" in group else (), group.get("mapped", False),
    )  # fmt: skip


def _words(names: str | list[str]) -> list[str]:
    return names.split() if isinstance(names, str) else names


def table_with(own: Iterable[OwnRow]) -> IoTable:
    """The shipped table and a user's own rows, which replace what the table says of the same call."""
    shipped = shipped_rows()
    rows = [_own(row) for row in own]
    names = {row.name for row in rows}
    calls = [*rows, *(row for row in shipped.calls if row.name not in names)]
    return IoTable(Rows(calls, shipped.objects, shipped.giving, shipped.same))


def _own(row: OwnRow) -> IoRow:
    argument = row.argument if isinstance(row.argument, tuple) else (row.argument,)
    mode = row.mode if isinstance(row.mode, tuple) else (row.mode,)
    return IoRow(
        row.call, row.op, row.kind, template("|".join(str(choice) for choice in argument)), row.artifact_class, row.scheme,
        tuple(str(choice) for choice in mode if choice is not None), row.handle, row.sql,
    )  # fmt: skip


@cache
def shipped_rows() -> Rows:
    """All files of the table that mldebt brings."""
    found = Rows()
    for path in sorted(FOLDER.glob("*.toml")):
        rows = rows_of(path.read_text(encoding="utf-8"))
        found.calls.extend(rows.calls)
        found.same.update(rows.same)
        found.giving.update(rows.giving)
        for key, group in rows.objects.items():
            found.objects.setdefault(key, []).extend(group)
    return found
