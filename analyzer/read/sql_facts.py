"""Facts of files of SQL."""

from __future__ import annotations

import msgspec

from analyzer.read.step_facts import Declared
from analyzer.read.suppression import Suppression


class TableUse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A table or file that a SQL statement reads or writes."""

    op: str
    """`read` or `write`."""
    name: str
    """Qualified as the statement has it, quotes stripped; unknown parts are `{name}` holes."""
    line: int
    kind: str = "table"
    """`table`, `file`, `object` (an object store or a Snowflake stage) or `other` (another URL)."""
    verb: str = ""
    """What the statement does: `select`, `insert`, `create`, `drop`, …"""


class ModelUse(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`ref(…)` or `source(…)` of dbt in a template."""

    kind: str
    """`ref` or `source`."""
    names: tuple[str, ...]
    line: int


class SqlFacts(msgspec.Struct, frozen=True, tag=True):
    """A file of SQL statements, perhaps a Jinja template."""

    lines: int
    uses: tuple[TableUse, ...] = ()
    models: tuple[ModelUse, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    """Literal keyword arguments of dbt's `config(…)`."""
    blocks: tuple[tuple[str, str, int], ...] = ()
    """(tag, name, line) of the blocks of a template that dbt names: `snapshot`, `macro`, `test`, `materialization`."""
    scripts: tuple[Declared, ...] = ()
    """Files of SQL that it runs: `\\i` of psql, `.read` of sqlite, `source` of MySQL."""
    suppressions: tuple[Suppression, ...] = ()
    schemas: tuple[str, ...] = ()
    """Schemas that it creates, or sets for tables that it creates; lower case."""
