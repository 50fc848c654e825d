"""Objects of libraries that stand for data: a database and its collections, a bucket and its objects, an archive, a tracking run.

Which call, attribute, item or element gives which object, and what it stands for, are `[[object]]` rows of the I/O table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link import mapped_classes
from analyzer.link.call_identity import Given, identities, says
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    External,
    Hole,
    Instance,
    LibraryObject,
    Pattern,
    Result,
    Sym,
    Unknown,
    as_pattern,
    capped,
    literal,
)
from analyzer.link.identity_template import Template
from analyzer.link.io_table import IoTable, ObjectRow
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr, BinOp, Either, Item, Name, Seq, Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_PATHS = ("pathlib.", "os.", "upath.", "cloudpathlib.", "builtins.", "typing.", "py.path.")
"""Annotations of what is evaluated as text."""
_NOWHERE = Where("", 0, 0, 0)
_OPENERS = frozenset({"open", "open_input_file", "open_input_stream", "open_output_stream", "open_append_stream"})


class LibraryObjects:
    def __init__(self, evaluator: Asking, table: IoTable) -> None:
        self.evaluator = evaluator
        self.table = table
        self._asked: set[ClassRef] = set()
        self._annotated: dict[tuple[str, int, str], str] = {}

    # ---- what gives an object ----------------------------------------------------------------------------------------

    def called(self, name: str, call: Call, where: Where) -> Alternatives | None:
        """What a call of the external function or class `name` gives; None when that is no object of the table."""
        rows = self.table.object_rows(f"{self.table.renamed(name)}()")
        return self._made(rows, {}, call, where)

    def method(self, receiver: Abstract, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
        """What `receiver.name(…)` gives."""
        if isinstance(receiver, External):
            return None  # a function of a module or class: see `called`
        for of, identity in self.typed(receiver):
            if name in _OPENERS and self.table.exact(f"{of}.{name}"):
                return (Result("handle", where.path, index),)
            made = self._made(self.table.object_rows(f"{of}.{name}()"), {"recv": identity}, call, where)
            if made is not None:
                return made
        if isinstance(receiver, (Result, Unknown, LibraryObject, Sym)) and not self._is_known(receiver):
            return self._made(self.table.objects.get(f"?.{name}()", []), {"recv": self._shown(receiver)}, call, where)
        return None

    def attribute(self, base: Abstract, name: str) -> Alternatives | None:
        """What `base.name` gives."""
        if name.startswith("__"):
            return None  # asked of a mapped class to learn its table, which `typed` would ask again
        for of, identity in self.typed(base):
            made = self._made(self.table.object_rows(f"{of}.{name}"), {"recv": identity, "key": (literal(name),)}, None, _NOWHERE)
            if made is not None:
                return made
        return None

    def item(self, base: LibraryObject, key: Abstract) -> Alternatives | None:
        """What `base[key]` gives."""
        given: Given = {"recv": (base.identity,), "key": (key,)}
        return self._made(self.table.objects.get(f"{base.type}[]", []), given, None, _NOWHERE)

    def element(self, base: LibraryObject) -> Alternatives | None:
        """What a loop over `base` gives."""
        return self._made(self.table.objects.get(f"{base.type}[*]", []), {"recv": (base.identity,)}, None, _NOWHERE)

    def _made(self, rows: list[ObjectRow], given: Given, call: Call | None, where: Where) -> Alternatives | None:
        for row in rows:
            if not row.when or (call is not None and says(self.evaluator, row.when, call, where)):
                found = self._identity(row.identity, given, call, where)
                return capped(list(found) if row.type == "text" else [LibraryObject(row.type, identity) for identity in found])
        return None

    def _identity(self, identity: Template | None, given: Given, call: Call | None, where: Where) -> list[Pattern]:
        if identity is None:
            return [Pattern(())]
        values = identities(self.evaluator, identity, call, where, given, self._named, strict=False)
        return [as_pattern(value) for value in values or ()] or [Pattern(())]

    def _named(self, values: Alternatives) -> Alternatives:
        """A mapped class as its table; an object of which nothing is known is a hole."""
        found: list[Abstract] = []
        for value in values:
            is_empty = isinstance(value, Pattern) and not value.parts
            found.append(Unknown("object") if is_empty else mapped_classes.table_of(self.evaluator, value) or value)
        return tuple(found)

    # ---- what an object is -------------------------------------------------------------------------------------------

    def typed(self, value: Abstract) -> list[tuple[str, Alternatives]]:
        """Types of the table, or full names of classes, that `value` is an object of, each with what the object stands for."""
        if isinstance(value, LibraryObject):
            return [(value.type, (value.identity,))]
        if isinstance(value, Result):
            return [(self.table.renamed(value.name), (Pattern(()),))]
        if isinstance(value, External):
            return [(self.table.type_of(value.name), (Pattern(()),))]
        if isinstance(value, (Instance, ClassRef)):
            return self._of_class(value.cls if isinstance(value, Instance) else value)
        if isinstance(value, Sym):
            return [(name, of) for name, of in self._of_parameter(value) if not name.startswith(_PATHS)]
        return []

    def _of_class(self, cls: ClassRef) -> list[tuple[str, Alternatives]]:
        """A project class by the library classes it inherits from; what it maps to is asked of it, which must not ask back."""
        if cls in self._asked:
            return []
        self._asked.add(cls)
        try:
            table = mapped_classes.table_of(self.evaluator, cls)
            names = mapped_classes.external_bases(self.evaluator, cls)
        finally:
            self._asked.discard(cls)
        return [(self.table.type_of(name), (table or Pattern(()),)) for name in names]

    def _of_parameter(self, sym: Sym) -> list[tuple[str, Alternatives]]:
        """A parameter whose annotation names a class of a library, and what was asked of it."""
        name = self._annotation(sym)
        if not name:
            return []
        base = Sym(sym.function, sym.param)
        current: Alternatives = (LibraryObject(self.table.type_of(name), Pattern((Hole(base.text, base),), "parameter")),)
        for kind, key in sym.ops:
            step: list[Abstract] = []
            for value in current:
                if isinstance(value, LibraryObject):
                    made = self.attribute(value, key) if kind == "attr" else self.item(value, literal(key)) if kind == "item" else None
                    step.extend(made or ())
            current = tuple(step)
        return [(v.type, (v.identity,)) for v in current if isinstance(v, LibraryObject)]

    def _annotation(self, sym: Sym) -> str:
        key = (*sym.function, sym.param)
        found = self._annotated.get(key)
        if found is None:
            self._annotated[key] = ""
            path, scope = sym.function
            params = self.evaluator.program.facts[path].scopes[scope].params
            annotation = next((p.annotation for p in params if p.name == sym.param), None)
            found = self._annotated[key] = self._class_named(annotation, path) if annotation is not None else ""
        return found

    def _class_named(self, annotation: Value, path: str) -> str:
        """The external class of an annotation; `Optional[X]`, `X | None` and `Annotated[X, …]` are X."""
        if isinstance(annotation, Item):
            key = annotation.key
            return self._class_named(key.items[0] if isinstance(key, Seq) and key.items else key, path)
        if isinstance(annotation, (BinOp, Either)):
            options = (annotation.left, annotation.right) if isinstance(annotation, BinOp) else annotation.options
            return next((name for option in options if (name := self._class_named(option, path))), "")
        if isinstance(annotation, (Name, Attr)):
            for value in self.evaluator.value(annotation, Where(path, 0, 1 << 30, 0)):
                if isinstance(value, External):
                    return value.name
        return ""

    def _is_known(self, value: Abstract) -> bool:
        return any(name in self.table.types for name, _ in self.typed(value))

    @staticmethod
    def _shown(value: Abstract) -> Alternatives:
        return (as_pattern(value),) if isinstance(value, (LibraryObject, Sym)) else (Pattern(()),)
