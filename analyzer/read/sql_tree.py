"""One SQL statement, parsed by sqlglot, → the tables and files it reads and writes (RULES.md App. A1).

CTEs, temporary tables, table functions, arrays of a row and the system's own catalogs are no artifacts. `CREATE TABLE` without a query
writes an empty table; `ALTER`, `DROP`, `DELETE` and `TRUNCATE` are writes. `REFERENCES` and `LIKE` take a table's shape, not its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzer.read.sql_facts import TableUse

if TYPE_CHECKING:
    from sqlglot import exp

MAX_NODES = 20_000
MAX_USES = 500
_READERS = frozenset(
    """
    read_parquet readparquet read_csv readcsv read_csv_auto read_json read_json_auto read_ndjson read_ndjson_auto read_ndjson_objects
    read_text
    read_blob read_xlsx parquet_scan csv_scan iceberg_scan delta_scan sqlite_scan st_read s3 s3cluster gcs azureblobstorage file url hdfs
    deltalake iceberg read_files cloud_files glob
    """.split()
)
"""Table functions of DuckDB, ClickHouse and Databricks whose first argument is a file."""
_FILE_FORMATS = frozenset("parquet csv json orc avro delta text iceberg binaryfile".split())
"""Spark: ``SELECT * FROM parquet.`path` ``."""
_FILE_SUFFIX = re.compile(r"\.(parquet|csv|tsv|json|jsonl|ndjson|orc|avro|txt|xlsx|arrow|feather|db|duckdb)(\.\w{1,4})?$", re.IGNORECASE)
_SYSTEM = re.compile(
    r"(?:.*\.)?(?:information_schema|pg_catalog|performance_schema|mysql|sys)\..*|(?:pg|sqlite|duckdb)_\w+|dual|sysobjects|all_tables|stdin|stdout"
    r"|(?:_session|pg_temp|tempdb)\..*",
    re.IGNORECASE,
)
"""Views of a database about itself, and schemas that live as long as a session."""
_SHAPES = ("Reference", "ForeignKey", "LikeProperty", "PartitionedOfProperty", "Index", "Comment", "Grant", "UserDefinedFunction")
_MODEL_FUNCTIONS = ("Predict", "MLForecast", "MLTranslate", "GenerateEmbedding", "GenerateText")
_KINDS = ("TABLE", "VIEW")
_PROSE = frozenset("the an this that these those my our your their its which".split())


@dataclass(frozen=True, slots=True)
class Found:
    """The uses of a statement, and the names it makes that live as long as the session."""

    uses: tuple[TableUse, ...] = ()
    temporary: tuple[str, ...] = ()


def found_in(root: exp.Expr, text: str, line: int) -> Found:
    """What the parsed statement `text`, which begins on `line`, reads and writes."""
    from sqlglot import exp

    statement = _Statement(root, text, line)
    if isinstance(root, (exp.Set, exp.Use, exp.Show, exp.Describe, exp.Grant, exp.Comment, exp.Analyze)):
        return Found()
    return Found(tuple(dict.fromkeys(statement.uses()))[:MAX_USES], tuple(statement.temporary))


class _Statement:
    def __init__(self, root: exp.Expr, text: str, line: int) -> None:
        self.root = root
        self.text = text
        self.line = line
        self.temporary: list[str] = []
        self._targets: dict[int, str] = {}
        """Table nodes that are written, by identity, and the verb; "" for those that are neither read nor written."""

    def uses(self) -> Iterator[TableUse]:
        from itertools import islice

        from sqlglot import exp

        nodes = list(islice(self.root.walk(), MAX_NODES))
        for node in nodes:
            self._note_targets(node)
        for node in nodes:
            if isinstance(node, exp.Table):
                yield from self._table(node)
            elif isinstance(node, (exp.Copy, exp.LoadData, exp.Export, exp.Attach, exp.Create, exp.Directory)):
                yield from self._files(node)

    # ---- what is written -------------------------------------------------------------------------------------------

    def _note_targets(self, node: exp.Expr) -> None:
        from sqlglot import exp

        if isinstance(node, exp.Create):
            self._created(node)
        elif isinstance(node, exp.Insert):
            self._write(node.this, "overwrite" if node.args.get("overwrite") else "insert")
        elif isinstance(node, (exp.Update, exp.Delete)):
            self._changed(node)
        elif isinstance(node, exp.Merge):
            self._write(node.this, "merge")
        elif isinstance(node, exp.TruncateTable):
            self._write_all(node.expressions, "truncate")
        elif isinstance(node, exp.Drop):
            verb = "drop" if self._has_rows(node) or _is_model(node) else ""
            self._write_all([node.this, *(node.args.get("tables") or ()), *node.expressions], verb)
        elif isinstance(node, exp.Alter):
            self._altered(node)
        elif isinstance(node, exp.Into):
            self._into(node)
        elif isinstance(node, exp.Copy):
            target = _inner_table(node.this)
            if target is not None:
                self._targets[id(target)] = "" if _is_stage(target) else "copy" if node.args.get("kind") else "read"
            self._write_all([file for file in node.args.get("files") or () if isinstance(file, exp.Table) and _is_stage(file)], "")
        elif isinstance(node, exp.LoadData):
            self._write(node.this, "load")
        elif type(node).__name__ == "Cache":
            self._drop_temporary(node.this)
        elif type(node).__name__ == "Refresh":
            self._write(node.this, "refresh")

    def _has_rows(self, node: exp.Expr) -> bool:
        return str(node.args.get("kind") or "").upper().removeprefix("MATERIALIZED ") in _KINDS

    def _write(self, node: Any, verb: str) -> None:
        table = _inner_table(node)
        if table is not None:
            self._targets[id(table)] = verb

    def _write_all(self, nodes: Iterable[Any], verb: str) -> None:
        for node in nodes:
            self._write(node, verb)

    def _created(self, node: exp.Create) -> None:
        from sqlglot import exp

        if not self._has_rows(node):
            self._write(node.this, "train" if _is_model(node) else "")
            return
        properties = node.args.get("properties")
        is_temporary = properties is not None and any(
            isinstance(p, (exp.TemporaryProperty, exp.VolatileProperty)) for p in properties.expressions
        )
        if is_temporary:
            self._drop_temporary(node.this)
        else:
            is_empty = isinstance(node.this, exp.Schema) and node.args.get("expression") is None and not any(_options(properties))
            self._write(node.this, "define" if is_empty else "create")

    def _drop_temporary(self, node: Any) -> None:
        table = _inner_table(node)
        if table is not None:
            self._targets[id(table)] = ""
            self.temporary.append(_name_of(table).lower())

    def _altered(self, node: exp.Alter) -> None:
        verb = "alter" if self._has_rows(node) else ""
        self._write(node.this, verb)
        for action in node.args.get("actions") or ():
            if type(action).__name__ == "AlterRename":
                table, renamed = _inner_table(node.this), _inner_table(action.this)
                if table is not None and renamed is not None and not renamed.db and table.db:
                    renamed.set("db", table.args["db"].copy())  # it stays in its schema
                self._write(action.this, verb)

    def _into(self, node: exp.Into) -> None:
        if node.args.get("temporary") or node.find_ancestor(*_routines()) is not None:
            self._drop_temporary(node.this)
        else:
            self._write(node.this, "create")

    def _changed(self, node: exp.Update | exp.Delete) -> None:
        """The target of `UPDATE x … FROM t AS x` is `t`."""
        from sqlglot import exp

        verb = "update" if isinstance(node, exp.Update) else "delete"
        named = [_inner_table(t) for t in (node.args.get("tables") or [node.this])]
        others = {t.alias.lower(): t for t in node.find_all(exp.Table) if t.alias}
        for table in named:
            if table is None:
                continue
            meant = others.get(_name_of(table).lower())
            if meant is not None and meant is not table:
                self._targets[id(table)] = ""
            elif node.args.get("tables") and isinstance(node.this, exp.Table) and _name_of(node.this) == _name_of(table):
                self._targets[id(table)] = ""
                meant = node.this
            self._targets[id(meant or table)] = verb

    # ---- tables ----------------------------------------------------------------------------------------------------

    def _table(self, node: exp.Table) -> Iterator[TableUse]:
        from sqlglot import exp

        verb = self._targets.get(id(node), "read")
        if not verb or (verb == "read" and self._is_local(node)):
            return
        op, verb = ("read", "select") if verb == "read" else ("write", verb)
        if isinstance(node.this, exp.Func):
            yield from self._function(node.this, op, verb)
            return
        name = _name_of(node)
        if _is_stage(node):
            yield TableUse(op, name, self._line(node), "object", verb)
        elif (type(node.parent).__name__ in _MODEL_FUNCTIONS and node.arg_key == "this") or (op == "write" and _is_model(node.parent)):
            yield TableUse(op, f"model:{name}", self._line(node), "model", verb)
        elif file := self._file_of(node):
            yield TableUse(op, file, self._line(node), kind_of_place(file), verb)
        elif name and not is_system(name) and not name.startswith(("#", "@")):
            yield TableUse(op, name, self._line(node), "table", verb)

    def _file_of(self, table: exp.Table) -> str:
        """The file that stands where a table is expected: `'x.parquet'` of DuckDB, ``parquet.`/x` `` of Spark; "" for a table."""
        name = table.name
        if table.db.lower() in _FILE_FORMATS and not table.catalog and re.search(r"[/:\\]", name):
            return name
        if table.db or not table.this.args.get("quoted"):
            return ""
        start = table.this.meta.get("start")
        is_text = isinstance(start, int) and self.text[start : start + 1] == "'"
        return name if is_text or "/" in name or _FILE_SUFFIX.search(name) else ""

    def _function(self, node: exp.Expr, op: str, verb: str) -> Iterator[TableUse]:
        from sqlglot import exp

        name = (node.name if isinstance(node, exp.Anonymous) else type(node).__name__).lower()
        if name in _READERS:
            argument = next((a for a in (node.this, *node.expressions) if isinstance(a, (exp.Literal, exp.Array))), None)
            for file in _texts(argument):
                yield TableUse(op, file, self._line(node), kind_of_place(file), verb)

    def _is_local(self, node: exp.Table) -> bool:
        """A CTE that is in sight, an array of a row that stands beside it, the shape of another table, or a file format's name."""
        from sqlglot import exp

        if node.arg_key == "format":
            return True
        name = _name_of(node).lower()
        child: Any = node
        parent = node.parent
        while parent is not None:
            if type(parent).__name__ in _SHAPES:
                return True
            if isinstance(parent, exp.With) and not node.db and name in _earlier(parent, child):
                return True
            ctes = parent.args.get("with_") or parent.args.get("with")
            if ctes is not None and ctes is not child and not node.db and name in {cte.alias.lower() for cte in ctes.expressions}:
                return True
            if isinstance(parent, exp.Select) and node.db and not isinstance(child, exp.CTE) and self._is_array(parent, node):
                return True
            child, parent = parent, parent.parent
        return False

    def _is_array(self, select: exp.Select, node: exp.Table) -> bool:
        """BigQuery: `FROM t, t.items`."""
        head = node.parts[0].name.lower()
        source = select.args.get("from_") or select.args.get("from")
        sources = [source.this if source is not None else None, *(join.this for join in select.args.get("joins") or ())]
        return any(s is not None and s is not node and s.alias_or_name.lower() == head for s in sources)

    # ---- files -----------------------------------------------------------------------------------------------------

    def _files(self, node: exp.Expr) -> Iterator[TableUse]:
        from sqlglot import exp

        if isinstance(node, exp.Copy):
            target = _inner_table(node.this)
            is_load = bool(node.args.get("kind")) and not (target is not None and _is_stage(target))
            if target is not None and _is_stage(target):
                yield TableUse("write", _name_of(target), self._line(node), "object", "copy")
            for entry in node.args.get("files") or ():
                for file in _texts(entry):
                    yield TableUse("read" if is_load else "write", file, self._line(node), kind_of_place(file), "copy")
        elif isinstance(node, exp.LoadData):
            for file in [*_texts(node.args.get("inpath")), *_options(node.args.get("files"))]:
                yield TableUse("read", file, self._line(node), kind_of_place(file), "load")
        elif isinstance(node, exp.Export):
            for file in _options(node.args.get("options")):
                yield TableUse("write", file, self._line(node), kind_of_place(file), "export")
        elif isinstance(node, exp.Directory):
            for file in _texts(node.this):
                yield TableUse("write", file, self._line(node), kind_of_place(file), "export")
        elif isinstance(node, exp.Attach):
            for file in _texts(node.this.this if isinstance(node.this, exp.Alias) else node.this):
                if file != ":memory:":
                    yield TableUse("read", file, self._line(node), kind_of_place(file), "attach")
        elif self._has_rows(node):
            op = "write" if node.args.get("expression") is not None else "read"
            for file in _options(node.args.get("properties")):
                yield TableUse(op, file, self._line(node), kind_of_place(file), "create")

    def _line(self, node: exp.Expr) -> int:
        """The line on which the first name or text below `node` stands; sqlglot counts from the statement's."""
        from sqlglot import exp

        for part in node.find_all(exp.Identifier, exp.Literal, exp.Var):
            line = part.meta.get("line")
            if isinstance(line, int):
                return self.line + line - 1
        return self.line


def _routines() -> tuple[type, ...]:
    from sqlglot import exp

    return (exp.UserDefinedFunction,)


def _inner_table(node: Any) -> exp.Table | None:
    from sqlglot import exp

    if isinstance(node, exp.Schema):
        node = node.this
    return node if isinstance(node, exp.Table) else None


def _earlier(ctes: exp.With, child: Any) -> set[str]:
    """Names of the CTEs that one of them sees: those before it, and itself when they are recursive."""
    seen: set[str] = set()
    for cte in ctes.expressions:
        if cte is child:
            return seen | {cte.alias.lower()} if ctes.recursive else seen
        seen.add(cte.alias.lower())
    return seen


def _name_of(table: exp.Table) -> str:
    from sqlglot import exp

    if isinstance(table.this, exp.Var):
        return str(table.this.this)
    if isinstance(table.this, exp.Parameter):
        return "@"
    parts = []
    for part in table.parts:
        text = part.name
        parts.append(f"#{text}" if isinstance(part, exp.Identifier) and part.args.get("temporary") else text)
    return ".".join(parts).strip(".")


def _is_stage(table: exp.Table) -> bool:
    from sqlglot import exp

    return isinstance(table.this, exp.Var) and str(table.this.this).startswith("@")


def _texts(node: Any) -> Iterator[str]:
    """The literal strings of an argument that is one, a list of them, or a stage."""
    from sqlglot import exp

    if isinstance(node, exp.Array | exp.Tuple):
        for item in node.expressions[:20]:
            yield from _texts(item)
    elif isinstance(node, exp.Literal) and node.is_string and node.name:
        yield node.name
    elif isinstance(node, exp.Table) and _is_stage(node):
        yield _name_of(node)


def _options(properties: Any) -> Iterator[str]:
    """The places that options name: `LOCATION 'x'`, `uri`, `uris`, `path`."""
    from sqlglot import exp

    for option in getattr(properties, "expressions", None) or ():
        if isinstance(option, exp.LocationProperty):
            yield from _texts(option.this)
        elif isinstance(option, exp.Property) and option.name.lower() in ("uri", "uris", "path", "external_location", "location"):
            yield from _texts(option.args.get("value"))
        elif type(option).__name__ == "OptionsProperty":
            yield from _options(option)


def _is_model(node: Any) -> bool:
    """`CREATE MODEL` and `DROP MODEL` of BigQuery."""
    return str(node.args.get("kind") or "").upper() == "MODEL"


def is_prose(name: str) -> bool:
    """A word of a sentence: `select the best from the list` parses."""
    return name.lower() in _PROSE


def is_system(name: str) -> bool:
    """A view of the database's own catalog."""
    return _SYSTEM.fullmatch(name) is not None


def kind_of_place(file: str) -> str:
    """`object` for an object store or a stage, `other` for another URL, `file` else."""
    if file.startswith(("s3://", "s3a://", "gs://", "gcs://", "az://", "abfs://", "abfss://", "hdfs://", "azure://", "@")):
        return "object"
    return "other" if "://" in file else "file"
