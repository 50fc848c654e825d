"""Source in syntax newer than this interpreter, rewritten by libcst to an older equivalent with the same lines.

Only what the facts need survives: type parameters are dropped (PEP 695), `type X = Y` becomes an assignment, and an f-string becomes a
call that the expression reader takes for an f-string (PEP 701 allows quotes inside that older parsers refuse).
"""

from __future__ import annotations

import re

MAX_BYTES = 1_000_000
"""libcst parses some 30 kLOC/s: larger files are not tried."""


_NEWER = re.compile(r"^[ \t]*type[ \t]+\w+.*=|\b(?:def|class)[ \t]+\w+[ \t]*\[|\b[rR]?[fFtT][rR]?[\"']", re.MULTILINE)
"""Signs of what libcst parses and an older interpreter does not: a type statement, type parameters, an f-string."""
_NESTED = re.compile(r"[(\[{]|(?<=[=(,\s])[-+~](?=\S)|\bnot\b|\blambda\b|\*\*|\bif\b|\.")
MAX_NESTED = 400
"""libcst's parser recurses without a limit of its own: a statement with more than this that can nest could take the process down."""


def _may_overflow(text: str) -> bool:
    """Could one statement of `text` nest too deeply? Counted between lines that start at the margin: more than there is, never less."""
    statements = re.split(r"\n(?=[A-Za-z_@#])", text)
    return any(len(_NESTED.findall(statement)) > MAX_NESTED * (1 + statement.count("\n") // 20) for statement in statements)


def older_equivalent(text: str) -> str | None:
    """`text` in older syntax, or None when libcst cannot parse it either."""
    if len(text) > MAX_BYTES or not _NEWER.search(text) or _may_overflow(text):
        return None
    import libcst as cst

    from analyzer.read.newer_syntax_transformer import Downgrade

    try:
        module = cst.parse_module(text)
        return module.visit(Downgrade()).code
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError, TypeError):
        return None
