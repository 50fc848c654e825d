"""SQL text made ready for a parser, line for line: comments blanked, holes made identifiers, scripts cut into statements.

Sources: PostgreSQL "Lexical Structure", psql's meta-commands, the sqlite3 shell's dot-commands, pg_dump's COPY blocks, T-SQL's GO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_TEXT = 1_000_000
MAX_STATEMENTS = 5_000
MAX_HOLES = 2_000

_LEXEME = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*(?:.*?\*/|.*) | \#(?=[ \t!]|standardSQL|legacySQL|$)[^\n]* )
  | (?P<string>  '\\'(?!') | '(?>[^'\\]|''|\\.)*' )
  | (?P<quoted>  "(?>[^"\\]|""|\\.)*" | `[^`]*` | \[\w[^\[\]\n]*\] )
  | (?P<body>    (?<![\w$]) \$(?P<tag>[A-Za-z_]\w{0,60}|)\$ (?:.*?\$(?P=tag)\$|.*) )
  | (?P<end>     ; | ^[ \t]*GO[ \t]*$ )
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
_HOLE = re.compile(
    r"""
    \{\{(?P<jinja>[^{}\n]{0,300})\}\}
  | \$?\{(?P<brace>[^{}\n]{0,300})\}
  | %\((?P<mapped>\w{1,100})\)s
  | (?<![\w%])%(?P<format>s)(?!\w)
  | (?<![\w:$]) : (?P<quote>["']?) (?P<named>[A-Za-z_]\w{0,100}) (?P=quote)
  | (?<![\w$]) \$ (?P<dollar>[A-Za-z_]\w{0,100}) (?![\w$])
    """,
    re.VERBOSE,
)
_MARK = re.compile(r"zqh(\d+)qz")
_LEGACY = re.compile(r"\[([\w-]+):([\w.$*{}-]+)\]")
"""A table of BigQuery's legacy SQL: `[project:dataset.table]`."""
_DUMPED = re.compile(
    r"^(COPY[ \t][^\n;]*\bFROM[ \t]+stdin\b[^\n;]*;)(?:[ \t]*\n(?:.*?^\\\.[ \t]*$|.*))", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


@dataclass(slots=True)
class Holes:
    """Names of the unknown parts of a text, each an identifier of its own in the prepared one."""

    names: list[str] = field(default_factory=list)

    def marked(self, text: str) -> str:
        """`text` with every hole (`{name}`, `{{ name }}`, `${name}`, `%s`, `%(name)s`, `:name`, `$name`) as an identifier."""
        return _HOLE.sub(self._mark, text)

    def _mark(self, match: re.Match[str]) -> str:
        return self.made(next(value for key, value in match.groupdict().items() if value is not None and key != "quote"))

    def made(self, inner: str) -> str:
        """The identifier for an unknown part that `inner` describes."""
        if len(self.names) >= MAX_HOLES:
            return f"zqh{MAX_HOLES}qz"
        self.names.append(hole_name(inner))
        return f"zqh{len(self.names) - 1}qz"

    def shown(self, name: str) -> str:
        """A name of the prepared text as the text had it, with `{name}` for every hole."""
        return _MARK.sub(lambda match: "{" + (self.names[int(match[1])] if int(match[1]) < len(self.names) else "unknown") + "}", name)


def hole_name(inner: str) -> str:
    """The name in an expression between braces: dotted names are kept, of anything else the first identifier."""
    inner = inner.strip()
    if re.fullmatch(r"[A-Za-z_][\w.\[\]'\":-]*", inner):
        return re.sub(r"['\"]", "", inner)[:100]
    found = re.search(r"[A-Za-z_][\w.]*", inner)
    return found[0][:100] if found else "unknown"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without comments. `line` is that of its first character, `bodies` are its dollar-quoted texts and their lines."""

    text: str
    line: int
    bodies: tuple[tuple[str, int], ...] = ()


def statements(text: str) -> Iterator[Statement]:
    """The statements of a script, at most MAX_STATEMENTS."""
    text = _DUMPED.sub(lambda match: match[1] + "\n" * match[0].count("\n", len(match[1])), text)
    text = _LEGACY.sub(r"`\1.\2`", text)
    pieces: list[str] = []
    bodies: list[tuple[str, int]] = []
    at = count = 0
    line = first = 1
    for match in _LEXEME.finditer(text):
        before = text[at : match.start()]
        pieces.append(before)
        line += before.count("\n")
        at = match.end()
        found = match[0]
        if match.lastgroup == "end":
            yield from _statement(pieces, first, bodies)
            count += 1
            if count >= MAX_STATEMENTS:
                return
            pieces, bodies = [], []
            first = line + found.count("\n")
        elif match["comment"] is not None:
            pieces.append(" " + "\n" * found.count("\n"))
        else:
            if match["body"] is not None:
                bodies.append((found[len(match["tag"]) + 2 : -(len(match["tag"]) + 2)], line))
            pieces.append(found)
        line += found.count("\n")
    pieces.append(text[at:])
    yield from _statement(pieces, first, bodies)


def _statement(pieces: list[str], line: int, bodies: list[tuple[str, int]]) -> Iterator[Statement]:
    whole = "".join(pieces)
    text = whole.lstrip()
    if text:
        yield Statement(text.rstrip(), line + whole.count("\n", 0, len(whole) - len(text)), tuple(bodies))


# ---- commands of the shells that run scripts -----------------------------------------------------------------------------

_NAME = r"(?:\"[^\"\n]+\"|[\w.{}$-]+)"
_COPY = re.compile(rf"^[ \t]*\\copy[ \t]+(\(.*\)|{_NAME}(?:[ \t]*\([^()\n]*\))?)[ \t]+(from|to)[ \t]+('[^'\n]*'|\S+)", re.IGNORECASE)
_INCLUDE = re.compile(
    r"^[ \t]*(?:\\i|\\ir|\\include|\\include_relative|\.read)[ \t]+['\"]?([^\s;'\"]+)['\"]?[ \t]*;?[ \t]*$"
    r"|^[ \t]*(?:source[ \t]+|@@?[ \t]*)([\w./-]+\.sql)[ \t]*;?[ \t]*$"
)
_IMPORT = re.compile(r"^[ \t]*\.import[ \t]+(?:-\S+[ \t]+)*['\"]?([^\s'\"]+)['\"]?[ \t]+(\S+)")
_META = re.compile(r"^[ \t]*(?:\\[A-Za-z!?]|\.[a-z]+(?:[ \t]|$))")


@dataclass(frozen=True, slots=True)
class Meta:
    """A line for the shell: what it is (`copy from`, `copy to`, `include`), what it names and the file."""

    kind: str
    what: str
    file: str
    line: int


def meta_commands(text: str) -> tuple[str, list[Meta]]:
    """The text with the lines of psql's, sqlite's and MySQL's shells blanked, and what these lines do."""
    if not re.search(r"^[ \t]*(?:\\[A-Za-z!?]|\.[a-z]|@|source[ \t])", text, re.MULTILINE):
        return text, []
    lines = text.split("\n")
    found: list[Meta] = []
    for number, line in enumerate(lines):
        if match := _COPY.match(line):
            found.append(Meta(f"copy {match[2].lower()}", match[1], match[3].strip("'").rstrip(";"), number + 1))
        elif match := _IMPORT.match(line):
            found.append(Meta("copy from", match[2].rstrip(";"), match[1], number + 1))
        elif match := _INCLUDE.match(line):
            found.append(Meta("include", "", match[1] or match[2], number + 1))
        elif not _META.match(line) or line.strip() == "\\.":
            continue
        lines[number] = ""
    return "\n".join(lines), found
