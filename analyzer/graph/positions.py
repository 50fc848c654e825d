"""Tables that a program writes with names of columns, and places that read them by position."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Site
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Opaque, Seq, Value, last_name

_NAMED_WRITES = frozenset({"to_csv", "to_parquet", "to_feather", "to_excel", "write_csv", "write_parquet", "DictWriter", "to_table"})
_TABLE = re.compile(r"\.(csv|tsv|txt|parquet|feather|xlsx?)(\.(gz|bz2|zip))?$", re.IGNORECASE)
_BY_NUMBER = frozenset({"loadtxt", "genfromtxt"})
_CUT = re.compile(r"-f\s*\d|-f\d")
_AWK = re.compile(r"\$[1-9]\d*")
_OTHER_FORMAT = frozenset({"parquet", "feather"})
_SHEETS = frozenset({"xls", "xlsx"})
_MAX_DEPTH = 5


def writes_names(graph: SystemGraph, write: Access) -> bool:
    """Is the table surely written with the names of its columns?"""
    if write.call.rpartition(".")[2] not in _NAMED_WRITES:
        return False
    return not any(
        _is(value, False, None) for call in _calls(graph, write) for name, value in call.keywords if name in ("header", "include_header")
    )


def read_by_position(graph: SystemGraph, read: Access) -> Iterator[tuple[Site, str]]:
    """Where, and how, the access (or what is done with its result in the same file) takes columns by their number."""
    if read.artifact is None or not _TABLE.search(read.artifact):
        return
    module = graph.modules.get(read.site.path)
    if module is None:
        yield from _by_commands(graph, read)
        return
    for call in _calls(graph, read):
        if not _fits(last_name(call.func), read.artifact):
            continue  # the branch for files of another format
        how = _how(call)
        if how:
            yield read.site, how
        for name in _bound_to(module, call):
            yield from _uses_by_number(module, name)


def _fits(reader: str, artifact: str) -> bool:
    """Can the reader take a file of this name at all?"""
    suffix = next((part for part in reversed(artifact.lower().split(".")) if part not in ("gz", "bz2", "zip")), "")
    if reader in ("read_excel", "ExcelFile"):
        return suffix in _SHEETS
    is_text = reader in ("read_csv", "read_table", "scan_csv", "loadtxt", "genfromtxt")
    return not is_text or suffix not in _OTHER_FORMAT | _SHEETS


def _how(call: Call) -> str:
    words = dict(call.keywords)
    called = last_name(call.func)
    if called in _BY_NUMBER and "names" not in words and "dtype" not in words:
        return f"{called} gives columns without names"
    if called not in ("read_csv", "read_table", "read_excel", "scan_csv"):
        return ""
    if "header" in words and _is(words["header"], None) and "names" not in words:
        return "header=None: the columns have numbers"
    if "header" in words and _is(words["header"], 0) and "names" in words:
        return "names of its own replace the header, by order"
    columns = words.get("usecols")
    if isinstance(columns, Seq) and columns.items and all(isinstance(item, Const) and type(item.value) is int for item in columns.items):
        return "usecols by number"
    return ""


def _uses_by_number(module: Module, name: str) -> Iterator[tuple[Site, str]]:
    """`table.iloc[:, 3]` and `table.columns[3]` in what the file assigns and hands over."""
    places: list[tuple[Value, int]] = [(assign.value, assign.line) for assign in module.facts.assigns]
    places += [(value, call.line) for call in module.facts.calls for value in (call.func, *call.args, *(v for _, v in call.keywords))]
    for value, line in places:
        for item in _items(value, 0):
            holder = item.value
            if not (isinstance(holder, Attr) and isinstance(holder.value, Name) and holder.value.id == name):
                continue
            if holder.name == "columns" and isinstance(item.key, Const) and type(item.key.value) is int and item.key.value > 0:
                yield module.site(line), f"{name}.columns[{item.key.value}]"
            elif holder.name == "iloc" and isinstance(item.key, Seq) and len(item.key.items) == 2:
                column = item.key.items[1]
                if isinstance(column, Const) and type(column.value) is int and isinstance(item.key.items[0], Opaque) and column.value >= 0:
                    yield module.site(line), f"{name}.iloc[:, {column.value}]"


def _items(value: Value, depth: int) -> Iterator[Item]:
    if isinstance(value, Item):
        yield value
    inner = getattr(value, "value", None)
    parts: Iterable[Value] = getattr(value, "items", None) or getattr(value, "parts", None) or ()
    for part in (inner, *parts) if depth < _MAX_DEPTH else ():
        if part is not None and not isinstance(part, (str, int, float, bool)):
            yield from _items(part, depth + 1)


def _bound_to(module: Module, call: Call) -> Iterator[str]:
    for assign in module.facts.assigns:
        if isinstance(assign.value, CallRef) and module.facts.calls[assign.value.index] is call and "." not in assign.target:
            yield assign.target


def _by_commands(graph: SystemGraph, read: Access) -> Iterator[tuple[Site, str]]:
    steps = graph.steps.get(read.site.path)
    for step in steps.steps if steps is not None else ():
        for command in step.commands:
            program = command.words[0].rpartition("/")[2] if command.words else ""
            if command.line != read.site.line or program not in ("cut", "awk"):
                continue
            text = " ".join(command.words[1:])
            if _CUT.search(text) if program == "cut" else _AWK.search(text):
                yield read.site, f"{program} takes columns by number"


def _calls(graph: SystemGraph, access: Access) -> Iterator[Call]:
    module = graph.modules.get(access.site.path)
    wanted = access.call.rpartition(".")[2]
    for call in module.facts.calls if module is not None else ():
        if module is not None and last_name(call.func) == wanted:
            first = module.site(call.line)
            if first.cell == access.site.cell and first.line <= access.site.line <= first.line + max(call.end_line - call.line, 0):
                yield call


def _is(value: Value, *constants: object) -> bool:
    return isinstance(value, Const) and any(
        value.value is constant or (constant == 0 and value.value == 0 and type(value.value) is int) for constant in constants
    )
