"""Source in syntax newer than this interpreter, rewritten by libcst to an older equivalent with the same lines.

Only what the facts need survives: type parameters are dropped (PEP 695), `type X = Y` becomes an assignment, and an f-string becomes a
call that the expression reader takes for an f-string (PEP 701 allows quotes inside that older parsers refuse).
"""

from __future__ import annotations

MAX_BYTES = 1_000_000
"""libcst parses some 30 kLOC/s: larger files are not tried."""


def older_equivalent(text: str) -> str | None:
    """`text` in older syntax, or None when libcst cannot parse it either."""
    if len(text) > MAX_BYTES:
        return None
    import libcst as cst

    from analyzer.read.newer_syntax_transformer import Downgrade

    try:
        module = cst.parse_module(text)
        return module.visit(Downgrade()).code
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError, TypeError):
        return None
