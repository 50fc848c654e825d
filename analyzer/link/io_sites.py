"""Which library calls are I/O, and what their path arguments hold: rows of the I/O table applied to calls (RULES.md §0.4, L4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.link.configuration import load_sites
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Many, Pattern, Result, Sym, Unknown, as_pattern, capped, joined
from analyzer.link.evaluate import Evaluator
from analyzer.link.io_table import IoRow, IoTable
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, CallRef, Const, Name, Value

_LOCAL_SUFFIXES = (".pt", ".bin", ".json", ".csv", ".py")
_LOADER_SCRIPTS = ("csv", "json", "parquet", "text", "imagefolder", "audiofolder", "pandas", "webdataset")


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


class IoSites:
    """Recognises the library calls of a program that read or write data."""

    def __init__(self, evaluator: Evaluator, table: IoTable) -> None:
        self.evaluator = evaluator
        self.table = table
        self.program = evaluator.program

    def of_function(self, path: str, index: int, call: Call, name: str) -> list[Effect]:
        """What a call of the external function `name` reads and writes; nothing when the table does not know it."""
        rows = self.table.exact(name) or (self.table.of_method(name.split(".")[-3:]) if "." in name else [])
        return self._effects(path, index, call, rows, name)

    def of_method(self, path: str, index: int, call: Call) -> list[Effect]:
        """What a method call on something that is no project object reads and writes."""
        if not isinstance(call.func, Attr):
            return []
        last = call.func.name
        where = Where(path, call.scope, call.line, call.block)
        if last == "open":
            receivers = self.evaluator.value(call.func.value, where)
            if _is_file_system_open(call, receivers):
                return self._effects(path, index, call, self.table.exact("builtins.open"), "open")
            rows = self.table.exact("path.open") if _is_path_open(call, receivers) else self.table.of_method(self._chain(path, call.func))
            return self._effects(path, index, call, rows, "path.open")
        if last not in self.table.last_names:
            return []
        receivers = self.evaluator.value(call.func.value, where)
        for receiver in receivers:
            if isinstance(receiver, ConfigNode) and (rows := self.table.exact(f"config.{last}")):
                return self._effects(path, index, call, rows, f"config.{last}")
            if isinstance(receiver, Result):
                rows = self.table.exact(f"{receiver.name}.{last}")
                if rows:
                    return self._effects(path, index, call, rows, f"{receiver.name}.{last}")
        chain = self._chain(path, call.func)
        return self._effects(path, index, call, self.table.of_method(chain), ".".join(chain[-2:]))

    def _chain(self, path: str, value: Value) -> list[str]:
        """Name segments of a method chain, calls left out: `df.write.mode("x").csv` → df, write, mode, csv."""
        names: list[str] = []
        current = value
        for _ in range(12):
            if isinstance(current, Attr):
                names.append(current.name)
                current = current.value
            elif isinstance(current, CallRef):
                current = self.program.facts[path].calls[current.index].func
            elif isinstance(current, Name):
                names.append(current.id)
                break
            else:
                break
        names.reverse()
        return names if len(names) > 1 else ["?", *names]

    def _effects(self, path: str, index: int, call: Call, rows: Iterable[IoRow], name: str) -> list[Effect]:
        found: list[Effect] = []
        where = Where(path, call.scope, call.line, call.block)
        for row in rows:
            values = self._argument(row, call, where)
            if not values:
                continue
            if row.handle:
                values = tuple(v for v in values if isinstance(v, Pattern))
                if not values:
                    continue
            op, append = (row.op, False) if row.op != "mode" else self._mode(row, call, where)
            if row.scheme:
                scheme = "dataset:" if _is_dataset(call) else row.scheme
                values = tuple(_with_scheme(v, scheme) for v in values)
            found.append(Effect(op, row.kind, row.klass, values, name, path, index, append, 0, row.sql, row.name.startswith("?")))
        return found

    def _argument(self, row: IoRow, call: Call, where: Where) -> Alternatives | None:
        if row.argument == (("recv",),):
            return self._usable(self.evaluator.value(call.func.value, where)) if isinstance(call.func, Attr) else None
        if row.argument == (("config",),):
            return load_sites.files(self.evaluator, row.name, call, where) or None
        if row.argument == (("blob",),):
            return self._blob(call, where)
        parts: list[Alternatives] = []
        for choice in row.argument:
            value = _choose(choice, call)
            if value is None:
                return None
            parts.append(self._usable(self.evaluator.value(value, where)))
        found = parts[0]
        for part in parts[1:]:
            found = capped([joined(as_pattern(left), as_pattern(right)) for left in found[:3] for right in part[:3]])
        return found

    def _usable(self, values: Alternatives) -> Alternatives:
        """Lists of paths are their items; handles of an open call have been counted there."""
        found: list[Abstract] = []
        for value in values:
            if isinstance(value, Many):
                found.extend(value.items or (Unknown("paths"),))
            elif not self._is_open_handle(value):
                found.append(value)
        return capped(found)

    def _is_open_handle(self, value: Abstract) -> bool:
        return isinstance(value, Result) and (
            value.name == "handle" or (value.name.endswith(".open") and bool(self.table.exact(value.name)))
        )

    def _blob(self, call: Call, where: Where) -> Alternatives | None:
        """`bucket.blob(name)` behind a google-cloud-storage transfer: gs://bucket/name."""
        if not isinstance(call.func, Attr):
            return None
        found: list[Abstract] = []
        for receiver in self.evaluator.value(call.func.value, where):
            if isinstance(receiver, Result) and receiver.name.rpartition(".")[2] in ("blob", "get_blob"):
                blob = self.program.facts[receiver.path].calls[receiver.call]
                at = Where(receiver.path, blob.scope, blob.line, blob.block)
                names = self.evaluator.value(blob.args[0], at) if blob.args else (Unknown("blob"),)
                bucket = self._bucket(blob, at)
                found.extend(joined(_in_bucket(as_pattern(bucket)), as_pattern(n)) for n in names[:3])
        return capped(found) if found else (Unknown("blob", "call result"),)

    def _bucket(self, blob: Call, where: Where) -> Abstract:
        if isinstance(blob.func, Attr):
            for value in self.evaluator.value(blob.func.value, where):
                if isinstance(value, Result) and value.name.rpartition(".")[2] in ("bucket", "get_bucket", "Bucket"):
                    call = self.program.facts[value.path].calls[value.call]
                    if call.args:
                        return self.evaluator.value(call.args[0], Where(value.path, call.scope, call.line, call.block))[0]
        return Unknown("bucket")

    def _mode(self, row: IoRow, call: Call, where: Where) -> tuple[str, bool]:
        value = _choose(row.mode, call)
        text = "r"
        if value is not None:
            for mode in self.evaluator.value(value, where):
                if isinstance(mode, Pattern) and mode.text is not None:
                    text = mode.text
                    break
        return ("write" if set(text) & set("wax") else "read"), "a" in text


def _choose(choice: tuple[str, ...], call: Call) -> Value | None:
    keywords = dict(call.keywords)
    for name in choice:
        if name.isdigit():
            if int(name) < len(call.args):
                return call.args[int(name)]
        elif name in keywords:
            return keywords[name]
    return None


def _is_mode(value: Value | None) -> bool:
    return isinstance(value, Const) and isinstance(value.value, str) and 0 < len(value.value) <= 3 and set(value.value) <= set("rwaxbt+")


def _is_file_system_open(call: Call, receivers: Alternatives) -> bool:
    """`fs.open(path, "rb")` of fsspec and its kin: the path comes before the mode. An archive's members are no files of their own."""
    if any(isinstance(r, Result) and r.name.endswith(("ZipFile", "TarFile", "tarfile.open")) for r in receivers):
        return False
    mode = call.args[1] if len(call.args) > 1 else dict(call.keywords).get("mode")
    return bool(call.args) and not _is_mode(call.args[0]) and _is_mode(mode)


def _is_path_open(call: Call, receivers: Alternatives) -> bool:
    if any(isinstance(r, (Pattern, Sym)) for r in receivers):
        return True
    return _is_mode(call.args[0] if call.args else dict(call.keywords).get("mode"))


def _is_dataset(call: Call) -> bool:
    """Does a hub call say `repo_type="dataset"`?"""
    kind = dict(call.keywords).get("repo_type")
    return isinstance(kind, Const) and kind.value == "dataset"


def _with_scheme(value: Abstract, scheme: str) -> Abstract:
    pattern = as_pattern(value)
    if scheme.endswith("!"):  # a name of a registry, never a path
        return Pattern((f"{scheme[:-1]}:", *pattern.parts), pattern.via)
    first = pattern.parts[0] if pattern.parts else ""
    if isinstance(first, str) and ("://" in first or first.startswith(scheme)):
        return pattern
    if scheme in ("model:", "dataset:"):
        # a hub loader takes a local folder as well: only a bare or `owner/name` text is a hub name
        text = pattern.text
        if text is None or text.startswith((".", "/", "~")) or text.count("/") > 1 or text.endswith(_LOCAL_SUFFIXES):
            return pattern
        if scheme == "dataset:" and text in _LOADER_SCRIPTS:
            return Unknown(text, "loader script")
        if scheme == "dataset:" and text.count("/") == 1:
            scheme = "https://huggingface.co/datasets/"
    return Pattern((scheme, *pattern.parts), pattern.via, False, pattern.temporary)


def _in_bucket(bucket: Pattern) -> Pattern:
    first = bucket.parts[0] if bucket.parts else ""
    return bucket if isinstance(first, str) and first.startswith("gs://") else Pattern(("gs://", *bucket.parts), bucket.via)
