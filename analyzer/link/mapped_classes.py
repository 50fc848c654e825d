"""Classes that an object-relational mapper ties to a table: which table, from the class as it stands.

Sources: SQLAlchemy "Declarative Mapping" (`__tablename__`, `__table_args__`), Flask-SQLAlchemy (name in snake case), SQLModel (name in
lower case), Django "Model Meta options" (`db_table`, else `app_model`), peewee "Models and Fields" (`table_name`, `schema`,
`legacy_table_names`), mongoengine (`meta["collection"]`), Tortoise (`Meta.table`), PynamoDB (`Meta.table_name`).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, ClassRef, External, Instance, Known, LibraryObject, Pattern, Result, concat, literal
from analyzer.link.where import Where

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

MAX_ANCESTORS = 12
_SQLALCHEMY = ("sqlalchemy.", "flask_sqlalchemy.", "flask_appbuilder.", "advanced_alchemy.")
_META_TABLE = {
    "peewee.": "table_name", "playhouse.": "table_name", "django.": "db_table", "tortoise.": "table", "pynamodb.": "table_name",
    "mongoengine.": "collection", "flask_mongoengine.": "collection",
}  # fmt: skip


def ancestors(evaluator: Asking, cls: ClassRef) -> tuple[list[ClassRef], list[str]]:
    """The project classes `cls` is made of, itself first, and the full names of the external ones."""
    own, outside, queue = [cls], [], [cls]
    while queue and len(own) < MAX_ANCESTORS:
        current = queue.pop(0)
        scope = evaluator.program.facts[current.path].scopes[current.scope]
        where = Where(current.path, max(scope.parent, 0), scope.at, 0)
        for base in scope.bases:
            for value in evaluator.value(base, where):
                if isinstance(value, ClassRef) and value not in own:
                    own.append(value)
                    queue.append(value)
                elif isinstance(value, (External, Result)):
                    outside.append(value.name)
                elif isinstance(value, LibraryObject):
                    outside.append(value.type)
    return own, list(dict.fromkeys(outside))


def external_bases(evaluator: Asking, cls: ClassRef) -> list[str]:
    """Full names of the library classes that `cls` inherits from."""
    return ancestors(evaluator, cls)[1]


def table_of(evaluator: Asking, value: Abstract) -> Pattern | None:
    """The table or collection of a mapped class, or of an object of one; None for every other value."""
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, ClassRef):
        return None
    own, outside = ancestors(evaluator, cls)
    for base in outside:
        if base.startswith(_SQLALCHEMY):
            return _sqlalchemy(evaluator, own, base)
        if base.startswith("sqlmodel."):
            return _text(evaluator, cls, "__tablename__") or literal(_name(evaluator, cls).lower(), "constant")
        option = next((option for prefix, option in _META_TABLE.items() if base.startswith(prefix)), None)
        if option is not None and base.endswith(("Model", "Document")):
            return _with_meta(evaluator, own, base, option)
    return None


def _sqlalchemy(evaluator: Asking, own: list[ClassRef], base: str) -> Pattern | None:
    name = _text(evaluator, own[0], "__tablename__")
    if name is None and base.startswith("flask_sqlalchemy."):
        name = literal(snake_case(_name(evaluator, own[0])), "constant")
    return name and _in_schema(_table_argument(evaluator, own[0], "schema"), name)


def _table_argument(evaluator: Asking, cls: ClassRef, key: str) -> Pattern | None:
    """A key of the dict that is, or ends, `__table_args__`."""
    where = _where(cls)
    for value in evaluator.attribute(cls, "__table_args__", where):
        for part in getattr(value, "items", (value,)):
            for found in evaluator.item(part, literal(key), where):
                if isinstance(found, Pattern) and found.parts:
                    return found
    return None


def _with_meta(evaluator: Asking, own: list[ClassRef], base: str, option: str) -> Pattern:
    named = _meta(evaluator, own[:1], option)
    name = _name(evaluator, own[0])
    if named is None and base.startswith("django."):
        label = _meta(evaluator, own, "app_label") or literal(_application(own[0].path))
        return concat("constant", label, literal(f"_{name.lower()}"))
    if named is None:
        is_legacy = base.startswith(("peewee.", "playhouse.")) and not _says_no(evaluator, own, "legacy_table_names")
        named = literal(re.sub(r"\W+", "_", name.lower()) if is_legacy or base.startswith("tortoise.") else snake_case(name), "constant")
    return _in_schema(_meta(evaluator, own, "schema"), named)


def _meta(evaluator: Asking, classes: list[ClassRef], option: str) -> Pattern | None:
    """An option of the inner class `Meta`, or key of the dict `meta`, of the first class that has it."""
    for value in _meta_values(evaluator, classes, option):
        if isinstance(value, Pattern) and value.parts:
            return value
    return None


def _says_no(evaluator: Asking, classes: list[ClassRef], option: str) -> bool:
    return any(isinstance(value, Known) and value.value is False for value in _meta_values(evaluator, classes, option))


def _meta_values(evaluator: Asking, classes: list[ClassRef], option: str) -> list[Abstract]:
    found: list[Abstract] = []
    for cls in classes:
        symbols = evaluator.program.symbols(cls.path)
        inner = symbols.children.get(cls.scope, {}).get("Meta")
        if inner is not None:
            found.extend(evaluator.attribute(ClassRef(cls.path, inner), option, _where(cls)))
        elif "meta" in symbols.assigns.get(cls.scope, {}):
            found.extend(
                v for meta in evaluator.attribute(cls, "meta", _where(cls)) for v in evaluator.item(meta, literal(option), _where(cls))
            )
    return found


def _text(evaluator: Asking, cls: ClassRef, name: str) -> Pattern | None:
    values = evaluator.attribute(cls, name, _where(cls))
    return next((v for v in values if isinstance(v, Pattern) and v.parts), None)


def _in_schema(schema: Pattern | None, name: Pattern) -> Pattern:
    return concat("constant", schema, literal("."), name) if schema is not None else name


def _application(path: str) -> str:
    """The Django application of a module: the folder that holds `models.py` or the package `models`."""
    folder = posixpath.dirname(path)
    if posixpath.basename(folder) == "models":
        folder = posixpath.dirname(folder)
    return posixpath.basename(folder)


def _name(evaluator: Asking, cls: ClassRef) -> str:
    return evaluator.program.facts[cls.path].scopes[cls.scope].name


def _where(cls: ClassRef) -> Where:
    return Where(cls.path, 0, 1 << 30, 0)


def snake_case(name: str) -> str:
    """`HTTPLogEntry` → `http_log_entry`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
