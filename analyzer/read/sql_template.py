"""SQL with Jinja in it (dbt, Airflow, Superset) → SQL with holes. Nothing is rendered: the template is only cut into its tokens.

Sources: Jinja's template syntax; dbt's `ref`, `source`, `var`, `config` (docs.getdbt.com/reference/dbt-jinja-functions).
Both arms of a condition and the body of a loop are kept once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyzer.read.sql_facts import ModelUse
from analyzer.read.sql_text import Holes

MAX_USES = 1_000
Token = tuple[int, str, str]
"""Line, type and text of a token of Jinja's lexer."""

_SIGN = re.compile(r"\{[{%#]")
_NAMED_BLOCKS = ("snapshot", "macro", "test", "materialization")
_REMAINS = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def is_template(text: str) -> bool:
    return _SIGN.search(text) is not None


@dataclass(slots=True)
class Template:
    """What a template asks of dbt, collected while it becomes plain SQL."""

    holes: Holes
    models: list[ModelUse] = field(default_factory=list)
    settings: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[tuple[str, str, int]] = field(default_factory=list)

    def plain(self, text: str) -> str:
        """`text` as SQL of as many lines: expressions are holes, statements and comments blank."""
        tokens = _tokens(text)
        if tokens is None:
            return _REMAINS.sub(lambda match: "\n" * match[0].count("\n"), text)
        lines = _Lines()
        inside: list[Token] | None = None
        for token in tokens:
            _, kind, value = token
            if kind in ("variable_begin", "block_begin"):
                inside = [token]
            elif kind in ("variable_end", "block_end") and inside is not None:
                inside.append(token)
                lines.put(inside[0][0], self._replaced(inside))
                inside = None
            elif inside is not None:
                inside.append(token)
            else:
                lines.put(token[0], value if kind == "data" else "\n" * value.count("\n"))
        return "".join(lines.parts)

    def _replaced(self, tokens: Sequence[Token]) -> str:
        newlines = "\n" * sum(value.count("\n") for _, _, value in tokens)
        parts = [token for token in tokens[1:-1] if token[1] != "whitespace"]
        found = list(self._models(parts)) if len(self.models) < MAX_USES else []
        self.models.extend(found)
        self._settings(parts)
        if tokens[0][1] == "block_begin":
            self._block(parts)
            return newlines
        if parts and parts[0][2] in ("config", "log", "print", "set"):
            return newlines
        return self.holes.made(self._hole(parts, found)) + newlines

    def _hole(self, parts: Sequence[Token], found: Sequence[ModelUse]) -> str:
        if len(found) == 1 and parts[0][2] == found[0].kind:
            return f"{found[0].kind}:{'.'.join(found[0].names)}"
        if len(parts) > 2 and parts[0][2] in ("var", "env_var") and parts[2][1] == "string":
            return _text(parts[2])
        return "".join(value for _, kind, value in parts if kind in ("name", "operator", "integer"))

    def _models(self, parts: Sequence[Token]) -> Iterator[ModelUse]:
        for position, (line, kind, value) in enumerate(parts):
            if kind != "name" or (position and parts[position - 1][2] == "."):
                continue
            names = _literal_arguments(parts[position + 1 : position + 6]) if value in ("ref", "source") else ()
            if names and (value == "ref" or len(names) == 2):
                yield ModelUse(value, names, line)

    def _settings(self, parts: Sequence[Token]) -> None:
        if not (len(parts) > 2 and parts[0][2] == "config" and parts[1][2] == "("):
            return
        for at in range(2, len(parts) - 2):
            (_, first, name), (_, _, sign), (_, last, _) = parts[at : at + 3]
            if first == "name" and sign == "=" and last in ("string", "name") and len(self.settings) < MAX_USES:
                self.settings.append((name, _text(parts[at + 2])))

    def _block(self, parts: Sequence[Token]) -> None:
        if len(parts) > 1 and parts[0][2] in _NAMED_BLOCKS and len(self.blocks) < MAX_USES:
            self.blocks.append((parts[0][2], parts[1][2], parts[0][0]))


class _Lines:
    """Text put together piece by piece, each on the line where it stood: Jinja's lexer drops the newlines that `-` strips."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._line = 1

    def put(self, line: int, text: str) -> None:
        missing = line - self._line
        if missing > 0:
            text = "\n" * missing + text
        self.parts.append(text)
        self._line += text.count("\n")


def _tokens(text: str) -> list[Token] | None:
    """The tokens of the template with every character in them; None when it is broken."""
    from jinja2 import Environment, TemplateSyntaxError

    try:
        return list(Environment(keep_trailing_newline=True, autoescape=True).lexer.tokeniter(text, None))
    except (TemplateSyntaxError, RecursionError):
        return None


def _literal_arguments(parts: Sequence[Token]) -> tuple[str, ...]:
    """The one or two literal strings that a call begins with, () when its first argument is none."""
    if len(parts) < 3 or parts[0][2] != "(" or parts[1][1] != "string":
        return ()
    if len(parts) > 3 and parts[2][2] == "," and parts[3][1] == "string":
        return _text(parts[1]), _text(parts[3])
    return (_text(parts[1]),)


def _text(token: Token) -> str:
    return token[2].strip("'\"") if token[1] == "string" else token[2]
