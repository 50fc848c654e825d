"""Writes docs/io-calls.md from the I/O table: `python docs/make_io_calls.py`. tests/test_docs.py says when that was forgotten."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.link.io_table import Rows

TOP = Path(__file__).resolve().parents[1]
TARGET = TOP / "docs" / "io-calls.md"
HEAD = """# What library calls read and write

Generated from the tables in [analyzer/link/io_calls](../analyzer/link/io_calls/files.toml) by `just docs`: {calls} calls of {packages}
packages. Calls of your own: [configuration](configuration.md#calls-of-your-own).

`…` before a method: on any object. Which argument: position or keyword, the first that is given; `recv` is what the object itself
stands for; `+` joins paths; fields stand in braces, `=` before a default, in brackets what counts only when it is given.
"""


def page() -> str:
    """The text that docs/io-calls.md should have."""
    from analyzer.link.io_table import FOLDER, rows_of

    files = {path.stem: rows_of(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    calls = [row for rows in files.values() for row in rows.calls]
    packages = {row.name.partition(".")[0] for row in calls} - {"?", "path", "config"}
    parts = [HEAD.format(calls=len({row.name for row in calls}), packages=len(packages))]
    for name, rows in files.items():
        title = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").splitlines()[0].lstrip("# ").split(":")[0].rstrip(".")
        parts.append(_chapter(title if name != "files" else "Files, documents, configuration, logs", rows))
    return "\n".join(parts)


def _chapter(title: str, rows: Rows) -> str:
    """One file of the table: its calls in alphabetical order, those on any object last."""
    lines = [f"## {title}", "", "| call | does | argument |", "|---|---|---|"]
    for row in sorted(rows.calls, key=lambda r: (r.name.startswith("?"), r.name.lower(), r.op, r.argument.spec)):
        op = {"mode": "reads or writes, by the mode,"}.get(row.op, f"{row.op}s")
        what = "tables of SQL" if row.sql else {"file": "file or folder", "other": "other"}.get(row.kind, row.kind)
        when = f", only with `{' or '.join(row.when)}`" if row.when else ""
        spec = f"{row.scheme.rstrip('!~')} {row.argument.spec}" if row.scheme and row.scheme != "recv" else row.argument.spec
        shown = row.name.replace("?.", "….").replace("..", ". … .")
        lines.append(_line(shown, f"{op} {what}{when}", spec))
    if rows.same:
        lines += ["", "The same calls: " + ", ".join(f"`{name}` as `{other}`" for name, other in sorted(rows.same.items())) + "."]
    return "\n".join(lines) + "\n"


def _line(call: str, does: str, argument: str) -> str:
    escaped = argument.replace("|", "\\|")
    return f"| `{call}` | {does} | `{escaped}` |"


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    TARGET.write_text(page(), encoding="utf-8")
