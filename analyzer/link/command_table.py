"""The table of command-line tools (command_tools.toml), as look-ups."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Token:
    """One place of a tool's positional words: `R`, `W`, `RW` or `-`, how often, and what its words are (`table`, `named`, `dvc`)."""

    op: str
    many: bool = False
    optional: bool = False
    what: str = ""


@dataclass(frozen=True, slots=True)
class ToolRow:
    """What one tool reads and writes; the fields are explained at the head of command_tools.toml."""

    name: tuple[str, ...]
    positional: tuple[Token, ...] = ()
    options: Mapping[str, str] = ()  # type: ignore[assignment]
    """Option → `read`, `write`, `both`, `table` (a table that is written), `sql`, or "" for one whose value is neither."""
    given: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    data: bool = False
    match: re.Pattern[str] | None = None
    scheme: str = ""
    kind: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    appended: str = ""
    stripped: tuple[str, ...] = ()
    sql_word: bool = False
    pattern: tuple[str, ...] = ()
    """The first positional word is a pattern, no file, unless one of these options says it."""


_TOKEN = re.compile(r"(RW|R|W|-)([*?]?)(?::(\w+))?")


def _tokens(text: str) -> tuple[Token, ...]:
    found = []
    for word in text.split():
        match = _TOKEN.fullmatch(word)
        if match is None:
            raise ValueError(f"no positional token: {word}")
        found.append(Token(match[1], match[2] == "*", match[2] == "?", match[3] or ""))
    return tuple(found)


def _row(name: str, entry: Mapping[str, object]) -> ToolRow:
    def texts(key: str) -> tuple[str, ...]:
        value = entry.get(key, ())
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    options = {
        option: "" for key in ("reads", "writes") for text in texts(key) for group in OPTION.findall(text) for option in group.split("|")
    }
    options |= {option: meaning for key, meaning in _MEANINGS for option in texts(key) if option}
    pattern = entry.get("match")
    return ToolRow(
        tuple(name.split()),
        _tokens(str(entry.get("positional", ""))),
        options,
        texts("given"),
        texts("unless"),
        bool(entry.get("data")),
        re.compile(str(pattern)) if pattern else None,
        str(entry.get("scheme", "")),
        str(entry.get("kind", "")),
        texts("reads"),
        texts("writes"),
        str(entry.get("appended", "")),
        texts("stripped"),
        "" in texts("sql"),
        texts("pattern"),
    )


OPTION = re.compile(r"\{(-{1,2}[\w-]+(?:\|-{1,2}[\w-]+)*)\}")
"""An option in a template, with other spellings of it behind `|`."""
_MEANINGS = (("skip", ""), ("sql", "sql"), ("both", "both"), ("read", "read"), ("write", "write"), ("write_table", "table"))


def tool_rows(text: str) -> dict[str, list[ToolRow]]:
    """Tool → its rows, the ones with more sub-commands first. Raises tomllib.TOMLDecodeError, KeyError, ValueError."""
    rows: dict[str, list[ToolRow]] = {}
    for entry in tomllib.loads(text)["tool"]:
        for name in entry["names"]:
            row = _row(name, entry)
            rows.setdefault(row.name[0], []).append(row)
    for group in rows.values():
        group.sort(key=lambda row: -len(row.name))  # stable: of equally long names the file's order holds
    return rows


@cache
def shipped_tools() -> dict[str, list[ToolRow]]:
    return tool_rows(Path(__file__).with_name("command_tools.toml").read_text(encoding="utf-8"))


def row_of(words: tuple[str, ...]) -> tuple[ToolRow, int] | None:
    """The row for a command, and how many of its words are the tool's name; None for a tool that the table does not know."""
    for row in shipped_tools().get(words[0].rpartition("/")[2], ()):
        end = _named(row, words)
        if end and _holds(row, words[end:]):
            return row, end
    return None


def _named(row: ToolRow, words: tuple[str, ...]) -> int:
    """Index behind the words that name the tool, 0 when they name another; options may stand between the words of the name."""
    at = 1
    for part in row.name[1:]:
        while at < len(words) and words[at] != part and words[at].startswith("-"):
            at += 2 if words[at] in row.options else 1
        if at >= len(words) or words[at] != part:
            return 0
        at += 1
    return at


def _holds(row: ToolRow, rest: tuple[str, ...]) -> bool:
    return (not row.given or any(_has(rest, flag) for flag in row.given)) and not any(_has(rest, flag) for flag in row.unless)


def _has(words: tuple[str, ...], flag: str) -> bool:
    name, _, value = flag.partition(" ")
    if not value:
        return any(word == name or word.startswith(f"{name}=") for word in words)
    return any(word == name and following == value for word, following in pairwise(words))
