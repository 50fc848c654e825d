"""The table of library I/O calls (io_calls.toml), as look-ups."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IoRow:
    """What one library call does with one of its arguments."""

    name: str
    op: str
    kind: str
    argument: tuple[tuple[str, ...], ...]
    """Parts to be joined by "/"; each a choice of position (digits) or keyword names."""
    klass: str = ""
    scheme: str = ""
    mode: tuple[str, ...] = ()
    handle: bool = False
    sql: bool = False


class IoTable:
    def __init__(self, rows: Iterable[IoRow]) -> None:
        self.rows: dict[str, list[IoRow]] = {}
        for row in rows:
            self.rows.setdefault(row.name, []).append(row)
        self.last_names = frozenset(name.rpartition(".")[2] for name in self.rows)

    def exact(self, name: str) -> list[IoRow]:
        return self.rows.get(name, [])

    def of_method(self, chain: list[str]) -> list[IoRow]:
        """Rows for a method chain on an unknown receiver, e.g. ["df", "write", "mode", "parquet"]."""
        last = chain[-1]
        if len(chain) > 1:
            pair = self.rows.get(f"?.{chain[-2]}.{last}")
            if pair:
                return pair
        for segment in chain[:-1]:
            found = self.rows.get(f"?.{segment}..{last}")
            if found:
                return found
        return self.rows.get(f"?.{last}", [])


def _argument(spec: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(part.strip().split("|")) for part in spec.split("+"))


def rows_of(text: str) -> list[IoRow]:
    """Rows of a table in the format that io_calls.toml explains at its head. Raises tomllib.TOMLDecodeError, KeyError."""
    rows = []
    for group in tomllib.loads(text)["group"]:
        for name in group["names"]:
            rows.append(
                IoRow(
                    name, group["op"], group["kind"], _argument(group["argument"]), group.get("class", ""), group.get("scheme", ""),
                    tuple(group.get("mode", "").split("|")), group.get("handle", False), group.get("sql", False),
                )
            )  # fmt: skip
    return rows


@cache
def shipped_rows() -> tuple[IoRow, ...]:
    return tuple(rows_of(Path(__file__).with_name("io_calls.toml").read_text(encoding="utf-8")))
