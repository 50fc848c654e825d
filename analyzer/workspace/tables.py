"""Database tables that code defines: SQLAlchemy's declarative classes, Core tables and Alembic's `create_table`.

Source: SQLAlchemy's documentation (`__tablename__`, `__table_args__ = {"schema": …}`, `Table(name, metadata, schema=…)`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.graph.system import Module
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.values import Attr, Const, Map, Name, Seq, Value


def tables_of(modules: Iterable[Module]) -> dict[str, Site]:
    """`schema.table` → where it is defined; a table without a literal schema is left out, for its name means nothing elsewhere."""
    found: dict[str, Site] = {}
    for module in modules:
        for name, line in [*_classes(module), *_calls(module)]:
            found.setdefault(name.lower(), module.site(line))
    return found


def _classes(module: Module) -> Iterator[tuple[str, int]]:
    tables: dict[int, tuple[str, int]] = {}
    schemas: dict[int, str] = {}
    for assign in module.facts.assigns:
        if assign.target == "__tablename__":
            name = _text(assign.value)
            if name:
                tables[assign.scope] = (name, assign.line)
        elif assign.target == "__table_args__":
            schemas[assign.scope] = _schema(assign.value)
    for scope, (name, line) in tables.items():
        if schemas.get(scope):
            yield f"{schemas[scope]}.{name}", line


def _schema(value: Value) -> str:
    if isinstance(value, Map):
        pairs = zip(value.keys, value.values, strict=False)
        return next((_text(each) for key, each in pairs if _text(key) == "schema"), "")
    if isinstance(value, Seq):
        return next((schema for item in value.items if (schema := _schema(item))), "")
    return ""


def _calls(module: Module) -> Iterator[tuple[str, int]]:
    for call in module.facts.calls:
        name = call.func.name if isinstance(call.func, Attr) else call.func.id if isinstance(call.func, Name) else ""
        if name in ("create_table", "Table") and call.args and _text(call.args[0]):
            schema = next((_text(value) for key, value in _keywords(call) if key == "schema"), "")
            if schema:
                yield f"{schema}.{_text(call.args[0])}", call.line


def _keywords(call: Call) -> tuple[tuple[str, Value], ...]:
    return call.keywords


def _text(value: Value) -> str:
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""
