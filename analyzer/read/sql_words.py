"""What a SQL statement that no dialect parses reads and writes, told from its words. Of a list of tables it takes the first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.read.sql_facts import TableUse
from analyzer.read.sql_tree import Found, is_system, kind_of_place

MAX_USES = 200

_PART = r"(?:[A-Za-z_][\w$]*|\"[^\"\n]+\"|`[^`\n]+`|\[[^\[\]\n]+\])"
_NAME = rf"(?:{_PART}(?:\.{{1,2}}{_PART}){{0,3}})"
_WORDS = re.compile(
    rf"""
    \b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY|POSITION)\s*\([^()]*\bFROM\b
  | \bIS\s+(?:NOT\s+)?DISTINCT\s+FROM\b
  | \bREFERENCES\s+{_NAME}
  | \bINSERT\s+(?:OR\s+\w+\s+|IGNORE\s+)?(?P<insert>INTO|OVERWRITE)\s+(?:TABLE\s+)?(?P<inserted>{_NAME})
  | ^\s*REPLACE\s+INTO\s+(?P<replaced>{_NAME})
  | \bUPDATE\s+(?:ONLY\s+)?(?P<updated>{_NAME})(?:\s+(?:AS\s+)?\w+)?\s+SET\b
  | \bDELETE\s+FROM\s+(?:ONLY\s+)?(?P<deleted>{_NAME})
  | \bMERGE\s+INTO\s+(?P<merged>{_NAME})(?:\s+(?:AS\s+)?\w+)?\s+USING\s+(?P<using>{_NAME})?
  | \bCREATE\s+(?:OR\s+REPLACE\s+)?(?P<kind>(?:\w+\s+){{0,2}})(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<created>{_NAME})
  | \bCREATE\s+(?:OR\s+REPLACE\s+)?MODEL\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<trained>{_NAME})
  | \bML\.\w+\s*\(\s*MODEL\s+(?P<applied>{_NAME})
  | \bDROP\s+(?:\w+\s+)?(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?(?P<dropped>{_NAME})
  | \bALTER\s+(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<altered>{_NAME})
  | \bTRUNCATE\s+(?:TABLE\s+)?(?:ONLY\s+)?(?P<truncated>{_NAME})
  | \bREFRESH\s+MATERIALIZED\s+VIEW\s+(?:CONCURRENTLY\s+)?(?P<refreshed>{_NAME})
  | ^\s*COPY\s+(?P<copied>{_NAME})(?:\s*\([^()]*\))?\s+(?P<way>FROM|TO)\s+(?:'(?P<file>[^'\n]+)')?
  | \bLOAD\s+DATA\s+(?:LOCAL\s+)?IN(?:FILE|PATH)\s+'(?P<infile>[^'\n]+)'[^;]*?\bINTO\s+TABLE\s+(?P<loaded>{_NAME})
  | \bINTO\s+(?:OUTFILE|DUMPFILE)\s+'(?P<outfile>[^'\n]+)'
  | ^\s*UNLOAD\s*\(.*\)\s*TO\s+'(?P<unloaded>[^'\n]+)'
  | \b(?:FROM|JOIN)\s+(?:ONLY\s+|LATERAL\s+)?(?:'(?P<path>[^'\n]+)'|(?P<read>(?>{_NAME}))(?!\s*\())
  | (?:\bWITH(?:\s+RECURSIVE)?|\)\s*,)\s*(?P<cte>{_PART})\s*(?:\([^()]*\)\s*)?AS\s*(?:(?:NOT\s+)?MATERIALIZED\s*)?\(
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_TEXT = re.compile(
    r"\"[^\"]*\"|(?P<place>\b(?:FROM|JOIN|TO|INFILE|INPATH|OUTFILE|DUMPFILE|EXECUTE)\s+)?'(?>[^'\\]|''|\\.)*'", re.IGNORECASE | re.DOTALL
)
"""A literal text; behind some words it names a file, and behind EXECUTE it is a statement."""
_VERBS = {
    "inserted": "insert", "replaced": "insert", "updated": "update", "deleted": "delete", "merged": "merge", "created": "create",
    "dropped": "drop", "altered": "alter", "truncated": "truncate", "refreshed": "refresh", "loaded": "load",
}  # fmt: skip
_KEYWORDS = frozenset(
    """
    select from where join left right inner outer full cross natural on using group order by having limit union except intersect values set
    as and or not in is null case when then else end with lateral unnest table tables view if exists only into distinct all any some
    index schema function trigger constraint column add rename to stdin stdout
    """.split()
)


def found_by_words(text: str, line: int) -> Found:
    """The uses of a statement that begins on `line`."""
    local: set[str] = set()
    temporary: list[str] = []
    uses: list[TableUse] = []
    text = _TEXT.sub(_blank, text)
    for match in _WORDS.finditer(text):
        if match["cte"]:
            local.add(_bare(match["cte"]).lower())
        elif match["created"] and re.search(r"\b(TEMP|TEMPORARY|VOLATILE)\b", match["kind"], re.IGNORECASE):
            temporary.append(_bare(match["created"]).lower())
        elif len(uses) < MAX_USES:
            uses.extend(_uses(match, text, line))
    kept = (use for use in uses if use.op == "write" or use.kind != "table" or use.name.lower() not in local)
    return Found(tuple(dict.fromkeys(kept)), tuple(temporary))


def _uses(match: re.Match[str], text: str, line: int) -> Iterator[TableUse]:
    def use(op: str, group: str, verb: str, kind: str = "table") -> Iterator[TableUse]:
        name = match[group]
        if name:
            at = line + text.count("\n", 0, match.start(group))
            name = _bare(name) if kind in ("table", "model") else name
            if kind == "model":
                yield TableUse(op, f"model:{name}", at, kind, verb)
            elif kind != "table" or not (name.lower() in _KEYWORDS or is_system(name) or name.startswith("#")):
                yield TableUse(op, name, at, kind if kind == "table" else kind_of_place(name), verb)

    for group, verb in _VERBS.items():
        is_overwrite = group == "inserted" and (match["insert"] or "").upper() == "OVERWRITE"
        yield from use("write", group, "overwrite" if is_overwrite else verb)
    is_load = (match["way"] or "").upper() == "FROM"
    yield from use("write" if is_load else "read", "copied", "copy")
    yield from use("read" if is_load else "write", "file", "copy", "file")
    yield from use("read", "infile", "load", "file")
    yield from use("write", "outfile", "export", "file")
    yield from use("write", "unloaded", "export", "file")
    yield from use("read", "path", "select", "file")
    yield from use("write", "trained", "train", "model")
    yield from use("read", "applied", "select", "model")
    yield from use("read", "using", "select")
    yield from use("read", "read", "select")


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    is_name = found[0] == '"' and not re.search(r"\s", found)
    return found if match["place"] or is_name else found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]


def _bare(name: str) -> str:
    """A name without its quotes."""
    return re.sub(r"[`\"\[\]]", "", name)
