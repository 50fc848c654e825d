"""The tokens of shell text."""

from __future__ import annotations

import re
from dataclasses import dataclass

IDENTIFIER = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    line: int
    start: int
    quoted: bool = False
    target: str = ""
    """The variable of `NAME=value`; only at the start of a command does it assign."""
    value: str = ""
    array: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Redirect:
    operator: str
    descriptor: str
    target: str
    line: int


Token = Word | Operator | Redirect
Variables = dict[str, str | tuple[str, ...] | None]


def hole(name: str) -> str:
    """The unknown part `{name}`; characters that would end the hole are left out."""
    return "{" + re.sub(r"[{}\s/]+", "", name)[:60] + "}"
