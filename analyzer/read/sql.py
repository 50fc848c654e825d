"""SQL → the tables and files that each statement reads and writes, with their lines. Nothing is run; the dialect is guessed.

sqlglot (https://sqlglot.com) parses; a few dialects are tried, likely ones first. What none of them parses is read by its words
(`sql_words`). Qualified names stay as the text has them, quotes stripped; unknown parts are `{name}` holes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from analyzer.read.sql_dialects import parsed
from analyzer.read.sql_facts import SqlFacts, TableUse
from analyzer.read.sql_text import MAX_TEXT, Holes, Meta, Statement, meta_commands, statements
from analyzer.read.sql_tree import Found, found_in, is_prose, kind_of_place
from analyzer.read.sql_words import found_by_words
from analyzer.read.step_facts import Declared
from analyzer.read.suppression import suppressions

MAX_USES = 5_000

_BEGIN = r"\s*(?:(?:--[^\n]*\n|/\*.*?\*/|\()\s*)*"
_QUERY = r"SELECT\b.*?\b(?:FROM|INTO)\b|WITH\s+(?:RECURSIVE\s+)?[\w\"`{}]+\s*(?:\([^()]*\)\s*)?AS\b|FROM\s+\S+.*\bSELECT\b|FROM\s+'[^']+'"
_CHANGE = (
    r"INSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?(?:INTO|OVERWRITE)\b|REPLACE\s+INTO\b|UPDATE\s+\S+.*?\bSET\b|DELETE\s+FROM\b"
    r"|MERGE\s+(?:INTO\s+)?\S+.*?\bUSING\b|TRUNCATE\s+(?:TABLE\s+)?\S+|REFRESH\s+MATERIALIZED\s+VIEW\b"
    r"|(?:CREATE|DROP|ALTER)\s+(?:\w+\s+){0,4}(?:TABLE|VIEW|MODEL)\b"
)
_MOVE = r"COPY\s+\S.*?\b(?:FROM|TO)\b|UNLOAD\s*\(|LOAD\s+DATA\b|EXPORT\s+DATA\b|ATTACH\s+(?:DATABASE\s+)?'"
_LATER = (
    r"(?:BEGIN|DECLARE|SET|USE|CREATE|DROP|INSTALL|LOAD|PRAGMA)\b[^;]*;.*?\b(?:FROM|INTO|UPDATE|TABLE|VIEW)\b|CACHE\s+TABLE\b|DO\s+\$"
    r"|IF\s+(?:NOT\s+)?(?:EXISTS|OBJECT_ID)\b|DELETE\s+\S+\s+FROM\s+\S+\s+(?:AS\s+)?(?:\w+\s+)?(?:INNER|LEFT|JOIN|WHERE)\b"
)
_SQL = re.compile(f"{_BEGIN}(?:{_QUERY}|{_CHANGE}|{_MOVE}|{_LATER})", re.IGNORECASE | re.DOTALL)
_HOLE = re.compile(r"zqh\d+qz")
_STARTS = re.compile(
    r"(?:zqh\d+qz|[\s(])*(?:SELECT|WITH|FROM|INSERT|REPLACE|UPDATE|DELETE|MERGE|CREATE|DROP|ALTER|TRUNCATE|REFRESH|COPY|UNLOAD|LOAD|EXPORT"
    r"|BEGIN|DECLARE|IF|ELSE|END|WHILE|FOR|SET|USE|EXEC|EXECUTE|CACHE|CALL)\b",
    re.IGNORECASE,
)
"""What no dialect parses is read by its words only when it begins as a statement."""
_ROUTINE = re.compile(r"\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b|DO\b)", re.IGNORECASE)
_FOREIGN = re.compile(r"\bLANGUAGE\s+'?(?:pl)?(?:python|js|javascript|java|scala|r|c|perl|v8|lua)\w*", re.IGNORECASE)
_VALUES = re.compile(r"(\s*(?:INSERT|REPLACE)\b[^;()]{0,400}(?:\([^()]{0,20000}\))?\s*)VALUES\b", re.IGNORECASE)
_TEMPORARY = re.compile(r"\b(?:TEMP|TEMPORARY|VOLATILE)\b|\bCACHE\s+TABLE\b", re.IGNORECASE)
_EXPLAINED = re.compile(r"\s*EXPLAIN\b", re.IGNORECASE)
_UNLOADED = re.compile(r"\s*UNLOAD\s*\(\s*(?:'((?:[^']|'')*)'|\$\$(.*?)\$\$)\s*\)\s*TO\b", re.IGNORECASE | re.DOTALL)


def looks_like_sql(text: str) -> bool:
    """Does the text begin as a statement that names tables does? Cheap: asked of every string that reaches a database call."""
    return len(text) > 10 and _SQL.match(text[:20_000]) is not None


@lru_cache(maxsize=4096)
def table_uses(text: str) -> tuple[TableUse, ...]:
    """What the statements of `text` read and write; unknown parts of it are `{name}` holes. Lines count from 1. Never raises."""
    if len(text) > MAX_TEXT:
        return ()
    holes = Holes()
    return tuple(_named(_script(holes.marked(text)).uses, holes))


_SCHEMA = re.compile(r"\bcreate\s+schema\s+(?:if\s+not\s+exists\s+)?[\"'`]?(?!authorization\b|if\b)([\w.]+)", re.I)
_SET_SCHEMA = re.compile(r"\bset\s+(?:schema\s+|search_path\s*(?:=|to)\s*)[\"'`]?(\w+)", re.I)
_TABLE = re.compile(r"\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+)?table\b", re.I)


def temporary_tables(text: str) -> tuple[str, ...]:
    """Lower-case names of the tables and views in `text` that live as long as a session."""
    return _script(Holes().marked(text)).temporary if _TEMPORARY.search(text) and len(text) <= MAX_TEXT else ()


def read_sql(text: str) -> SqlFacts:
    """The facts of a file of SQL, which may be a script of psql, sqlite or MySQL, or a Jinja template. Never raises."""
    from analyzer.read.sql_template import Template, is_template

    lines = text.count("\n") + 1
    kept = text[:MAX_TEXT]
    holes = Holes()
    template = Template(holes)
    if is_template(kept):
        kept = template.plain(kept)
    kept, commands = meta_commands(kept)
    script = _script(holes.marked(kept), bool(template.models))
    shown = [*_named(script.uses, holes), *_copied(commands)]
    uses = sorted(dict.fromkeys(shown), key=lambda use: use.line)[:MAX_USES]
    scripts = tuple(Declared(meta.file, meta.line) for meta in commands if meta.kind == "include")
    ignored = suppressions(text, python=False)
    made = created_schemas(kept)
    return SqlFacts(lines, tuple(uses), tuple(template.models), tuple(template.settings), tuple(template.blocks), scripts, ignored, made)


def created_schemas(text: str) -> tuple[str, ...]:
    """The schemas that statements create, and those that they set where they create tables; lower case, as they are qualified."""
    found = _SCHEMA.findall(text)
    if found or "set" in text.lower():
        found += _SET_SCHEMA.findall(text) if _TABLE.search(text) else []
    return tuple(dict.fromkeys(name.lower() for name in found))


def _named(uses: Iterable[TableUse], holes: Holes) -> Iterator[TableUse]:
    for use in uses:
        yield msgspec.structs.replace(use, name=holes.shown(use.name)) if "zqh" in use.name else use


def _copied(commands: Iterable[Meta]) -> Iterator[TableUse]:
    """`\\copy` of psql and `.import` of sqlite."""
    for meta in commands:
        if not meta.kind.startswith("copy"):
            continue
        is_load = meta.kind == "copy from"
        if meta.what.startswith("("):
            for use in table_uses(meta.what[1:-1]):
                yield msgspec.structs.replace(use, line=meta.line)
        else:
            name = meta.what.partition("(")[0].strip().replace('"', "")
            yield TableUse("write" if is_load else "read", name, meta.line, "table", "copy")
        if meta.file.lower() not in ("stdin", "stdout", "pstdin", "pstdout", "program"):
            yield TableUse("read" if is_load else "write", meta.file, meta.line, kind_of_place(meta.file), "copy")


def _script(text: str, is_declared: bool = False) -> Found:
    """The uses of all statements, without the tables that live only as long as the session.

    In a template that declares its tables by `ref` and `source` the words are asked first: most name no other table, and a parse is dear.
    """
    uses: list[TableUse] = []
    temporary: set[str] = set()
    for statement in statements(text):
        found = found_by_words(statement.text, statement.line) if is_declared else None
        if found is None or any(_HOLE.fullmatch(use.name) is None for use in found.uses):
            found = _statement(statement)
        if any(is_prose(use.name) for use in found.uses):
            continue
        temporary.update(found.temporary)
        uses.extend(found.uses)
        if len(uses) > MAX_USES:
            break
    return Found(tuple(use for use in uses if use.kind != "table" or use.name.lower() not in temporary), tuple(sorted(temporary)))


def _statement(statement: Statement) -> Found:
    text = statement.text
    if statement.bodies and _ROUTINE.match(text):
        return _routine(statement)
    if _EXPLAINED.match(text):
        return Found()
    if (match := _UNLOADED.match(text)) is not None:
        inner = (match[1] or match[2] or "").replace("''", "'")
        moved = found_by_words(text[: match.start(1)] + "x" + text[match.end(1) :] if match[1] else text, statement.line)
        return Found((*_script(inner).uses, *(use for use in moved.uses if use.verb == "export")))
    if len(text) > 2_000 and (match := _VALUES.match(text)) is not None:
        text = f"{match[1]}VALUES (1)"
    tree = parsed(text)
    if tree is None:
        return found_by_words(text, statement.line) if _STARTS.match(text) else Found()
    try:
        return found_in(tree, text, statement.line)
    except RecursionError:
        return found_by_words(text, statement.line)


def _routine(statement: Statement) -> Found:
    """The statements in the body of a function or of `DO`: declared names and control flow are no SQL, so they are read by their words."""
    if _FOREIGN.search(statement.text):
        return Found()
    found = [found_by_words(inner.text, line + inner.line - 1) for body, line in statement.bodies[:20] for inner in statements(body)]
    return Found(tuple(use for one in found for use in one.uses), tuple(name for one in found for name in one.temporary))
