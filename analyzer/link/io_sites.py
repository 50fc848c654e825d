"""Which library calls are I/O, and what their path arguments hold: rows of the I/O table applied to calls (RULES.md §0.4, L4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.link import mapped_classes
from analyzer.link.call_identity import argument, identities, says
from analyzer.link.configuration import load_sites
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ConfigNode,
    LibraryObject,
    Many,
    Pattern,
    Result,
    Sym,
    Table,
    Unknown,
    capped,
    literal,
)
from analyzer.link.evaluate import Evaluator
from analyzer.link.hub_names import CONDITIONAL, with_scheme
from analyzer.link.io_table import IoRow, IoTable
from analyzer.link.library_objects import LibraryObjects
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Name, Value

_IN_MEMORY = frozenset({"io.BytesIO", "io.StringIO", "six.BytesIO", "six.StringIO", "pyarrow.BufferReader", "pyarrow.BufferOutputStream"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One I/O operation of a function; `values` may still hold parameters (`Sym`)."""

    op: str
    kind: str
    klass: str
    values: Alternatives
    name: str
    path: str
    call: int
    append: bool = False
    depth: int = 0
    sql: bool = False
    any_receiver: bool = False
    """Known by the method's name alone."""
    mode: Alternatives = ()
    """The mode of an open call where a parameter gives it: then the caller decides what `op` is."""
    scheme: str = ""
    """What stands before the values once they are known, as the row has it."""
    spared: bool = False
    """The program tests whether the path exists, or goes on when it does not."""


class IoSites:
    """Recognises the library calls of a program that read or write data."""

    def __init__(self, evaluator: Evaluator, table: IoTable) -> None:
        self.evaluator = evaluator
        self.table = table
        self.program = evaluator.program
        self.objects = evaluator.objects or LibraryObjects(evaluator, table)
        packages = {entry.module.partition(".")[0] for facts in self.program.facts.values() for entry in facts.imports}
        self.last_names = table.relevant_names(frozenset(packages))
        """Last names of the calls that can matter here."""

    def of_function(self, path: str, index: int, call: Call, name: str) -> list[Effect]:
        """What a call of the external function `name` reads and writes; nothing when the table does not know it."""
        return self._effects(path, index, call, self._rows_of_function(name), name, ())

    def _rows_of_function(self, name: str) -> list[IoRow]:
        return self.table.exact(name) or (self.table.of_method(name.split(".")[-3:]) if "." in name else [])

    def of_method(self, path: str, index: int, call: Call) -> list[Effect]:
        """What a method call on something that is no project object reads and writes."""
        if not isinstance(call.func, Attr) or (call.func.name not in self.last_names and call.func.name != "open"):
            return []
        rows, name, receivers = self._rows_of_method(path, call, call.func)
        return self._effects(path, index, call, rows, name, receivers)

    def _rows_of_method(self, path: str, call: Call, func: Attr) -> tuple[list[IoRow], str, Alternatives]:
        receivers = self.evaluator.value(func.value, Where(path, call.scope, call.at, call.block))
        for receiver in receivers:
            if isinstance(receiver, ConfigNode) and (rows := self.table.exact(f"config.{func.name}")):
                return rows, f"config.{func.name}", receivers
            for of, identity in self.objects.typed(receiver):
                rows = self.table.exact(f"{of}.{func.name}")
                if rows or of in self.table.types:  # an object that the table knows does nothing else
                    named = identity if isinstance(receiver, Sym) else receivers
                    return rows, f"{of}.{func.name}", named
        chain = self._chain(path, call, func)
        if func.name == "open" and _is_file_system_open(call):
            return self.table.exact("builtins.open"), "open", receivers
        if func.name == "open" and _is_path_open(call, receivers):
            return self.table.exact("path.open"), "path.open", receivers
        if func.name == "touch" and not call.args and any(isinstance(r, (Pattern, Sym)) for r in receivers):
            return self.table.exact("path.touch"), "path.touch", receivers
        return self.table.of_method(chain), ".".join(chain[-2:]), receivers

    def _chain(self, path: str, call: Call, value: Value) -> list[str]:
        """Name segments of a method chain, calls left out: `df.write.mode("x").csv` → df, write, mode, csv.

        What a function calls its own variables says nothing; names that others see as well (parameters, globals, attributes) do.
        """
        names: list[str] = []
        current = value
        for _ in range(12):
            if isinstance(current, Attr):
                names.append(current.name)
                current = current.value
            elif isinstance(current, CallRef):
                current = self.program.facts[path].calls[current.index].func
            elif isinstance(current, Name):
                names.append("?" if self._is_local(path, call, current.id) else current.id)
                break
            else:
                break
        names.reverse()
        return names if len(names) > 1 else ["?", *names]

    def _is_local(self, path: str, call: Call, name: str) -> bool:
        symbols = self.program.symbols(path)
        scope = call.scope
        while scope > 0:
            if any(param.name == name for param in symbols.facts.scopes[scope].params):
                return False
            if any(a.kind != "global" for a in symbols.assigns.get(scope, {}).get(name, ())):
                return True
            scope = symbols.facts.scopes[scope].parent
        return False

    def _effects(self, path: str, index: int, call: Call, rows: Iterable[IoRow], name: str, receivers: Alternatives) -> list[Effect]:
        found: list[Effect] = []
        where = Where(path, call.scope, call.at, call.block)
        for row in rows:
            if row.when and not says(self.evaluator, row.when, call, where):
                continue
            values = self._argument(row, call, where, receivers)
            if not values:
                continue
            is_dataset = row.scheme in ("model:", "model!") and self._is_dataset(call, where)
            scheme, kind = ("dataset:", "dataset") if is_dataset else (row.scheme, row.kind)
            if scheme == "recv":
                scheme = _scheme_of(receivers)
            if scheme and scheme not in CONDITIONAL:  # a hub's name is told from a folder once all callers are known
                values = tuple(with_scheme(v, scheme) for v in values)
            mode = self._mode(row, call, where) if row.op == "mode" else ()
            by_name = row.name.startswith("?")
            if not any(isinstance(v, Pattern) and v.text for v in mode) and any(isinstance(v, Sym) for v in mode):
                found.append(Effect("read", kind, row.klass, values, name, path, index, False, 0, row.sql, by_name, mode, scheme))
                continue
            for op, append in operations(mode) if mode else ((row.op, row.op == "write" and _appends(call)),):
                found.append(Effect(op, kind, row.klass, values, name, path, index, append, 0, row.sql, by_name, (), scheme))
        return found

    def _argument(self, row: IoRow, call: Call, where: Where, receivers: Alternatives) -> Alternatives | None:
        if row.argument.spec == "config":
            return load_sites.files(self.evaluator, row.name, call, where)
        usable = self._mapped if row.mapped else self._usable
        values = identities(self.evaluator, row.argument, call, where, {"recv": receivers}, usable)
        if not values:
            return values
        if row.handle:
            return tuple(v for v in values if isinstance(v, Pattern))
        return values

    def _usable(self, values: Alternatives) -> Alternatives:
        """Lists of paths are their items; what another counted call gave, such as a handle, has been counted there."""
        found: list[Abstract] = []
        for value in values:
            for item in _one_by_one(value):
                if isinstance(item, LibraryObject):
                    found.append(item.identity if item.identity.parts else Unknown(item.type.rpartition(".")[2].lower(), "call result"))
                elif isinstance(item, Result):
                    given = self._given(item)
                    found.extend((item,) if given is None else given)
                else:
                    found.append(mapped_classes.table_of(self.evaluator, item) or item)
        return capped(found)

    def _given(self, result: Result) -> Alternatives | None:
        """What a counted call gave: the paths that it returns, nothing when it gave a handle or the data; None for other calls."""
        if result.name in _IN_MEMORY or result.name.endswith(".open") or result.name == "handle":
            return ()
        if result.call < 0:
            return None
        call = self.program.facts[result.path].calls[result.call]
        receivers: Alternatives = ()
        if result.name.startswith("?.") and isinstance(call.func, Attr):
            if call.func.name not in self.last_names:
                return None
            rows, name, receivers = self._rows_of_method(result.path, call, call.func)
        else:
            rows, name = self.table.exact(result.name), result.name
        if not rows:
            return None
        if self.table.renamed(name) not in self.table.giving:
            return ()
        effects = self._effects(result.path, result.call, call, rows, name, receivers)
        effects.sort(key=lambda effect: effect.op != "write" or any(isinstance(v, Pattern) and v.temporary for v in effect.values))
        if not effects:
            return ()
        scheme = effects[0].scheme
        return tuple(with_scheme(v, scheme) for v in effects[0].values) if scheme else effects[0].values

    def _mapped(self, values: Alternatives) -> Alternatives:
        """The tables of mapped classes and of their objects; nothing else counts."""
        flat = [item for value in values for item in (value.items if isinstance(value, Many) else (value,))]
        return capped([table for value in flat if (table := mapped_classes.table_of(self.evaluator, value)) is not None])

    def _mode(self, row: IoRow, call: Call, where: Where) -> Alternatives:
        """The mode of an open call, `r` when none is given."""
        for choice in row.mode:
            name, _, default = choice.partition("=")
            values = argument(self.evaluator, name, call, where) if name else (literal(default),)
            if values is not None:
                return values
        return (literal("r"),)

    def _is_dataset(self, call: Call, where: Where) -> bool:
        """Does a hub call say `repo_type="dataset"`?"""
        return any(isinstance(v, Pattern) and v.text == "dataset" for v in argument(self.evaluator, "repo_type", call, where) or ())


def operations(modes: Alternatives) -> tuple[tuple[str, bool], ...]:
    """(`read` or `write`, does it append) of what an open call with such a mode does; an unknown mode reads."""
    mode = next((v.text for v in modes if isinstance(v, Pattern) and v.text), "r").partition(":")[0]
    if set(mode) & set("wax"):
        return (("write", "a" in mode),)
    return (("read", False), ("write", False)) if "+" in mode else (("read", False),)


def _appends(call: Call) -> bool:
    """Does a writer's own keyword say so: `to_csv(…, mode="a")`, `to_sql(…, if_exists="append")`?"""
    said = {name: value.value for name, value in call.keywords if isinstance(value, Const)}
    return said.get("if_exists") == "append" or said.get("mode") in ("a", "ab", "at", "append")


def _one_by_one(value: Abstract) -> Alternatives:
    if isinstance(value, Many):
        return value.items or (Unknown("paths"),)
    return value.listed if isinstance(value, Table) and value.is_list else (value,)


def _scheme_of(receivers: Alternatives) -> str:
    """The scheme that a file system object stands for."""
    return next((v.identity.text or "" for v in receivers if isinstance(v, LibraryObject)), "")


def _is_mode(value: Value | None) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str) and 0 < len(value.value) <= 3 and set(value.value) <= set("rwaxbt+")


def _is_file_system_open(call: Call) -> bool:
    """`fs.open(path, "rb")` of fsspec and its kin: the path comes before the mode."""
    mode = call.args[1] if len(call.args) > 1 else dict(call.keywords).get("mode")
    return bool(call.args) and not _is_mode(call.args[0]) and _is_mode(mode)


def _is_path_open(call: Call, receivers: Alternatives) -> bool:
    if any(isinstance(r, (Pattern, Sym)) for r in receivers):
        return True
    return _is_mode(call.args[0] if call.args else dict(call.keywords).get("mode"))
