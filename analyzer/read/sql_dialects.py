"""One SQL statement to sqlglot's tree, its dialect guessed: what the text shows first, then the common ones.

Dialects: https://sqlglot.com/sqlglot/dialects.html. sqlglot is imported on first use only, for most repositories hold no SQL.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

MAX_PARSED = 20_000
"""Characters of a statement that is parsed."""
MAX_DEPTH = 30
"""Nested parentheses: a parser of recursive descent pays for each level."""
MAX_DIALECTS = 4


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_HINTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "bigquery",
        _any_of(r"`[\w{}*-]+\.[\w.{}*-]+`", r"\bSAFE_CAST\b", r"\bEXPORT\s+DATA\b", r"_TABLE_SUFFIX", r"\bAS\s+STRUCT\b", r"\bMODEL\b"),
    ),
    ("tsql", _any_of(r"\[\w[\w ]*\]\.", r"\bSELECT\s+TOP\s+\d", r"\bINTO\s+#", r"\bFROM\s+#", r"\(\s*NOLOCK\s*\)", r"\bN'")),
    ("snowflake", _any_of(r"\b(?:FROM|INTO)\s+@", r"\bLATERAL\s+FLATTEN\b", r"\bQUALIFY\b", r"\bVARIANT\b", r"\$\d+:")),
    (
        "spark",
        _any_of(
            r"\bLATERAL\s+VIEW\b", r"\bINSERT\s+OVERWRITE\b", r"\bSTORED\s+AS\b", r"\bUSING\s+(?:delta|parquet|iceberg|csv)\b",
            r"\b(?:parquet|delta|json|csv)\.`", r"\bCACHE\s+TABLE\b", r"\bINPATH\b", r"\bTEMP(?:ORARY)?\s+VIEW\b", r"\bROW\s+FORMAT\b",
        ),
    ),
    (
        "clickhouse",
        _any_of(
            r"\bENGINE\s*=\s*\w*(?:MergeTree|Memory|Log|Distributed|Kafka|S3)\b", r"\b(?:FROM|INTO|FUNCTION)\s+(?:file|s3|url|hdfs|gcs)\(",
            r"\bPREWHERE\b", r"\bFINAL\b", r"\bArray\(",
        ),
    ),
    (
        "duckdb",
        _any_of(
            r"\b(?:FROM|JOIN)\s+'", r"\bread_(?:parquet|csv|json)", r"\bparquet_scan\b", r"\)\s*TO\s*'", r"^\s*FROM\b", r"\bATTACH\b",
            r"\w\s*->\s*\w",
        ),
    ),
    ("redshift", _any_of(r"\bDISTKEY\b", r"\bSORTKEY\b", r"\bIAM_ROLE\b")),
    ("mysql", _any_of(r"\bAUTO_INCREMENT\b", r"\bENGINE\s*=\s*InnoDB\b", r"\bON\s+DUPLICATE\s+KEY\b", r"`\w+`")),
)  # fmt: skip
_OTHERS = ("postgres", "duckdb", "bigquery", "snowflake")


def parsed(text: str) -> exp.Expr | None:
    """The tree of one statement in the first dialect that parses it whole; None when none does, or it is too long or too deep."""
    return _parsed(text) if len(text) <= MAX_PARSED and _depth(text) <= MAX_DEPTH else None


@lru_cache(maxsize=2048)
def _parsed(text: str) -> exp.Expr | None:
    for name in _dialects(text):
        tree = _in_dialect(text, name)
        if tree is not None:
            return tree
    return None


def _dialects(text: str) -> list[str]:
    likely = [name for name, pattern in _HINTS if pattern.search(text)]
    return list(dict.fromkeys([*likely[:2], *_OTHERS]))[:MAX_DIALECTS]


def _in_dialect(text: str, name: str) -> exp.Expr | None:
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import ErrorLevel, SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # it tells what it does not parse; here another way is tried
    dialect = Dialect.get_or_raise(name)
    try:
        trees: list[Any] = dialect.parser(error_level=ErrorLevel.IMMEDIATE).parse(dialect.tokenize(text), text)
    except (SqlglotError, RecursionError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        return None  # a parser of other people's making must not end a scan
    if len(trees) != 1 or trees[0] is None or isinstance(trees[0], exp.Command):
        return None
    tree: exp.Expr = trees[0]
    return tree


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[()]", text):
        depth += 1 if sign == "(" else -1
        deepest = max(deepest, depth)
    return deepest
