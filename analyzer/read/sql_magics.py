"""Magics of SQL in notebooks → the call of IPython's API that they are, line for line.

Sources: IPython `run_cell_magic`, `run_line_magic`; the magics of ipython-sql and JupySQL (`%sql`, `%%sql [result <<]`),
google-cloud-bigquery (`%%bigquery [result]`), sparkmagic (`%%sql -o result`) and Databricks (a cell that begins with a line `%sql`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SQL_CELLS = frozenset({"sql", "bigquery", "bqsql", "bq", "spark_sql", "sparksql", "read_sql", "duckdb"})
SQL_LINES = frozenset({"sql", "bqsql", "sparksql"})
_RESULT = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:<<)?\s*(?=$|--?\w)|(?:.*\s)?-o\s+([A-Za-z_]\w*)\b.*")
_STATEMENT = re.compile(r"\s*(?:SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|MERGE|TRUNCATE)\b", re.IGNORECASE)
_WHOLE = re.compile(r"\{\{?\s*([A-Za-z_]\w*)\s*\}\}?|\$([A-Za-z_]\w*)")


def cell_call(name: str, rest: str, body: Sequence[str]) -> str:
    """A cell magic as an assignment or a call of as many lines; `rest` is what follows the magic's name, and may begin the query."""
    is_query = _STATEMENT.match(rest) is not None
    result = None if is_query else _RESULT.match(rest)
    target = f"{result[1] or result[2]} = " if result is not None else ""
    text = "\n".join([rest if is_query else "", *body]).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{target}get_ipython().run_cell_magic("{name}", "", """{text} """)'


def line_call(name: str, query: str) -> str:
    """A line magic as a call; a query that is one variable is handed on as it is."""
    whole = _WHOLE.fullmatch(query.strip())
    shown = (whole[1] or whole[2]) if whole is not None else repr(query)
    return f'get_ipython().run_line_magic("{name}", {shown})'


def databricks_cell(lines: Sequence[str]) -> bool:
    """Is a cell SQL from its second line on?"""
    return len(lines) > 1 and lines[0].strip() == "%sql" and _STATEMENT.match("\n".join(lines[1:])) is not None
