"""SQL as the user sees it: the tables that statements in Python texts and in `.sql` files read and write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec.structs import replace

from analyzer.graph.components import Components
from analyzer.graph.identity import class_of, identity
from analyzer.graph.system import Declaration
from analyzer.link.dbt import Dbt
from analyzer.link.dbt_project import DbtProject
from analyzer.link.domain import Hole, Pattern, Sym, Unknown, as_pattern
from analyzer.link.program import Program
from analyzer.link.raw_accesses import RawAccess
from analyzer.model import Access, Edge, Site, Unit
from analyzer.read.facts import Query
from analyzer.read.sql_facts import SqlFacts, TableUse
from analyzer.read.values import Attr, Const

MAX_CHAIN = 500
MAX_LISTED = 60
"""Tables of one text; a dump of a database names hundreds."""
_TABLE_READERS = ("read_sql", "read_sql_table", "read_gbq", "table", "to_gbq", "read_database")
_CONNECTIONS = frozenset("cursor cur curs conn connection con engine db database".split())
"""Receivers whose `execute` is a database's, whatever they are."""
_VIEW_MAKERS = frozenset({"createOrReplaceTempView", "createTempView", "createOrReplaceGlobalTempView", "registerTempTable", "register"})
_IN_PROCESS = ("duckdb", "pandasql", "polars", "dask_sql", "chdb", "fugue")
"""Their SQL sees the program's own variables as tables."""
_NO_ROWS = {"drop": "SQL DROP", "delete": "SQL DELETE", "truncate": "SQL TRUNCATE", "alter": "SQL ALTER", "define": "SQL CREATE TABLE"}
_SCRIPT = re.compile(r"[^\s;'\"]+\.(?:sql|hql)", re.IGNORECASE)
"""Airflow takes the name of a file for a query."""
_HOLE = re.compile(r"\{([^{}]*)\}")


class SqlTexts:
    """Reads the texts that reach database calls; knows the program's session tables, views of frames and variables among their names."""

    def __init__(self, program: Program, raws: Iterable[RawAccess]) -> None:
        self.program = program
        self._temporary: dict[str, set[str]] = {}
        self._views: frozenset[str] | None = None
        for raw in raws:
            self._note_temporary(raw)

    def _note_temporary(self, raw: RawAccess) -> None:
        from analyzer.read.sql import temporary_tables

        for pattern in patterns(raw) if raw.sql else ():
            names = temporary_tables(pattern.shown)
            if names:
                self._temporary.setdefault(raw.path, set()).update(names)

    def uses(self, raw: RawAccess, pattern: Pattern) -> tuple[TableUse, ...] | None:
        """What a text reads and writes, None when it is not known to be SQL or a table's name."""
        from analyzer.read.sql import looks_like_sql, table_uses

        text = pattern.shown.strip()
        if _SCRIPT.fullmatch(text):
            return (TableUse("read", text, 1, "file"),)
        if not re.search(r"\s", text):
            is_name = raw.name.rpartition(".")[2] in _TABLE_READERS and re.search(r"\w", _HOLE.sub("", text)) is not None
            return (TableUse(raw.op, text, 1, raw.kind),) if is_name else None
        if not looks_like_sql(text):
            return () if re.match(r"\s*[A-Za-z]+\b", text) and pattern.text is not None else None
        return tuple(use for use in table_uses(text)[:MAX_LISTED] if not self._is_of_the_program(use, raw))

    def _is_of_the_program(self, use: TableUse, raw: RawAccess) -> bool:
        if use.kind != "table" or "." in use.name:
            return False
        name = use.name.lower()
        if name in self._temporary.get(raw.path, ()) or name in self._frame_views():
            return True
        return use.op == "read" and self._sees_variables(raw) and self._is_variable(use.name, raw)

    def _frame_views(self) -> frozenset[str]:
        """Names that the program gives to frames for its SQL."""
        if self._views is None:
            found: set[str] = set()
            for facts in self.program.facts.values():
                for call in facts.calls:
                    func = call.func
                    if isinstance(func, Attr) and func.name in _VIEW_MAKERS and call.args and isinstance(call.args[0], Const):
                        found.add(str(call.args[0].value).lower())
            self._views = frozenset(found)
        return self._views

    def _sees_variables(self, raw: RawAccess) -> bool:
        if raw.name.partition(".")[0] in _IN_PROCESS or raw.name.endswith("_magic"):
            return True
        return any(entry.module.partition(".")[0] in _IN_PROCESS for entry in self.program.facts[raw.path].imports)

    def _is_variable(self, name: str, raw: RawAccess) -> bool:
        symbols = self.program.symbols(raw.path)
        scope = symbols.facts.calls[raw.call].scope
        while scope >= 0:
            if name in symbols.assigns.get(scope, ()) or any(p.name == name for p in symbols.facts.scopes[scope].params):
                return True
            scope = symbols.facts.scopes[scope].parent
        return False


def is_query(raw: RawAccess) -> bool:
    """Is an unknown text of this call a query all the same? `run.execute(x)` may be anything; what a call gave has been counted there."""
    receiver, _, last = raw.name.rpartition(".")
    is_certain = not raw.any_receiver or (receiver in _CONNECTIONS and last.startswith("execute"))
    return is_certain and any(isinstance(value, (Unknown, Sym, Pattern)) for value in raw.values)


def patterns(raw: RawAccess) -> list[Pattern]:
    """The texts that an access may be about, at most four."""
    return [as_pattern(v) for v in raw.values if isinstance(v, (Pattern, Sym))][:4]


def use_identity(use: TableUse, path: str, program: Program) -> str | None:
    """The canonical identity of what SQL in file `path` names; None when it has no text of its own."""
    if use.kind == "file":
        return identity(_pattern(use.name), path, program, "file")
    return use.name if re.search(r"\w", _HOLE.sub("", use.name)) and len(use.name) <= 400 else None


def call_of(use: TableUse, call: str) -> str:
    """The name under which the access is shown: what makes no rows says so, for it produces nothing."""
    return _NO_ROWS.get(use.verb, call)


def naming_line(queries: Iterable[Query], name: str, scope: int, before: int) -> int:
    """The line inside a multi-line text of the same scope (or of the module) that names the table, 0 when there is none."""
    found = 0
    for query in queries:
        if query.line <= before and query.scope in (scope, 0):
            found = _line_in(query, name) or found
    return found


def _line_in(query: Query, name: str) -> int:
    """The line that spells the name, else the only one whose unknown parts may stand for it."""
    wanted = _HOLE.sub("*", name).lower()
    exact = next((line for table, line in query.tables if _HOLE.sub("*", table).lower() == wanted), 0)
    if exact:
        return exact
    held = ((table, line) for table, line in query.tables if "{" in table or "%s" in table)
    likely = [line for table, line in held if re.fullmatch(_may_be(table), name, re.IGNORECASE)]
    return likely[0] if len(likely) == 1 else 0


def _may_be(table: str) -> str:
    """An expression for what a name with unknown parts may be."""
    return ".+".join(re.escape(part) for part in re.split(r"\{[^{}]*\}|%s", table))


def _with_variables(use: TableUse, project: DbtProject) -> TableUse:
    return replace(use, name=_HOLE.sub(lambda hole: project.variables.get(hole[1], hole[0]), use.name)) if "{" in use.name else use


def dbt_accesses(dbt: Dbt) -> Iterator[Access]:
    """What dbt's models, seeds, snapshots and exposures declare."""
    for node in dbt.nodes():
        for op, entries in (("read", node.reads), ("write", node.writes)):
            for entry in entries:
                end = node.end_line if op == "write" and node.kind == "model" else 0
                yield Access(
                    Site(node.path, entry.line, end), op, entry.kind, entry.path, "declaration", node.unit, f"dbt {node.kind}",
                    class_of(entry.path, "", entry.kind), declared=True,
                )  # fmt: skip


def dbt_declarations(dbt: Dbt) -> Iterator[Declaration]:
    """The declared edges of dbt."""
    for node in dbt.nodes():
        for op, entries in (("read", node.reads), ("write", node.writes)):
            for entry in entries:
                yield Declaration(node.unit, op, entry.path, Site(node.path, entry.line), "dbt", node.runs)


def dbt_orders(dbt: Dbt) -> set[tuple[str, str]]:
    """(a, b): dbt runs file a before file b, over chains of models."""
    makers: dict[str, set[str]] = {}
    for node in dbt.nodes():
        for entry in node.writes:
            makers.setdefault(entry.path, set()).update(node.runs)
    before: dict[str, set[str]] = {}
    for node in dbt.nodes():
        for path in node.runs:
            before.setdefault(path, set()).update(maker for entry in node.reads for maker in makers.get(entry.path, ()))
    found: set[tuple[str, str]] = set()
    for path in before:
        stack, seen = list(before[path]), {path}
        while stack and len(seen) < MAX_CHAIN:
            current = stack.pop()
            if current not in seen:
                seen.add(current)
                found.add((current, path))
                stack.extend(before.get(current, ()))
    return found


def sql_units(
    files: Mapping[str, SqlFacts], apart: frozenset[str], dbt: Dbt, components: Components, project_of: Callable[[str], str]
) -> dict[str, Unit]:
    """A unit for every file of SQL, and for the seeds and exposures of dbt. dbt runs its models, so they are production."""
    found = {
        path: Unit(path, path, "sql", components.of(path), project_of(path), lines=facts.lines)
        for path, facts in sorted(files.items())
        if path not in apart
    }
    for node in dbt.nodes():
        if node.path not in apart:
            production = f"dbt {node.kind}" if node.kind in ("model", "snapshot", "seed") else ""
            kind = "sql" if node.unit in found else "dbt"
            found[node.unit] = Unit(node.unit, node.path, kind, components.of(node.path), project_of(node.path), production=production)
    return found


def script_edges(accesses: Iterable[Access], files: Mapping[str, SqlFacts], units: Mapping[str, Unit]) -> Iterator[Edge]:
    """Who reads a file of statements runs it."""
    for access in accesses:
        script = access.artifact
        if access.op == "read" and script in files and script in units and access.unit in units and access.unit != script:
            yield Edge(access.unit, str(script), "invokes", access.site, True)


def _pattern(text: str) -> Pattern:
    parts = _HOLE.split(text)
    return Pattern(tuple(Hole(part or "unknown") if at % 2 else part for at, part in enumerate(parts) if part or at % 2))


def file_accesses(files: Mapping[str, SqlFacts], program: Program, dbt: Dbt) -> Iterator[Access]:
    """What the statements of `.sql` files read and write, on the lines that name it. What dbt's templates declare is not repeated."""
    for path, facts in sorted(files.items()):
        seen: set[tuple[str, str, int]] = set()
        project = dbt.project_of(path)
        if project is not None and project[1] == "macros":
            continue  # text for other files
        for use in facts.uses:
            name = use_identity(_with_variables(use, project[0]) if project is not None else use, path, program)
            if name is None or (use.op, name, use.line) in seen:
                continue
            seen.add((use.op, name, use.line))
            yield Access(
                Site(path, use.line), use.op, use.kind, name, "literal", path, call_of(use, f"SQL {use.verb.upper()}"),
                class_of(name, "", use.kind), append=use.verb == "insert",
            )  # fmt: skip
        for script in facts.scripts:
            name = identity(_pattern(script.path), path, program, "file")
            if name is not None:
                yield Access(Site(path, script.line), "read", "file", name, "literal", path, "SQL INCLUDE")
