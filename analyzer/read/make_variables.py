"""Variables of a Makefile and their expansion, without running anything.

Source: GNU make manual, "How to Use Variables" and "Functions for Transforming Text". Functions that would look at the machine
(`shell`, `eval`, `file` …) and unknown variables become holes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

MAX_DEPTH = 20
MAX_VALUE = 20_000
MAX_KNOWN = 1_000
MAX_KNOWN_VALUE = 2_000
PLAIN_NAME = re.compile(r"[A-Za-z_][\w.-]*")
WORK_PER_CHARACTER = 4

BUILT_IN = {"MAKE": "make", "CURDIR": ".", "SHELL": "/bin/sh", "RM": "rm -f", "CC": "cc", "CXX": "g++", "PWD": "."}
REFERENCE = re.compile(r"\$(.)", re.DOTALL)
NEST = re.compile(r"[(){}]")
SPECIAL = frozenset(
    {"shell", "eval", "call", "foreach", "file", "value", "origin", "flavor", "if", "or", "and", "let", "guile"}
    | {"word", "words", "wordlist", "findstring"}
)
FUNCTION = re.compile(r"([a-z-]+)[ \t\n]+(.*)", re.DOTALL)
SUBSTITUTION = re.compile(r"([^:=\s]+):([^=]*)=(.*)", re.DOTALL)


class MakeVariables:
    """The variables seen so far. `size` of the file bounds how much all expansions together may produce."""

    def __init__(self, size: int) -> None:
        self._values: dict[str, str] = dict(BUILT_IN)
        self._work = 2_000_000 + WORK_PER_CHARACTER * size

    def assign(self, name: str, operator: str, value: str) -> None:
        """`name operator value`, as make would: `=` and `define` later, `:=` at once, `?=` only when unset, `+=` behind what is there."""
        if operator == "!=":
            self._values[name] = "{shell}"
        elif operator in (":=", "::=", ":::="):
            self._values[name] = self.expand(value).replace("$", "$$")
        elif operator == "+=":
            before = self._values.get(name)
            self._values[name] = value if before is None else f"{before} {value}"[:MAX_VALUE]
        elif operator == "=" or name not in self._values or name in BUILT_IN:
            self._values[name] = value

    def known(self) -> Iterator[tuple[str, str]]:
        """(name, value) of the variables that the file sets to one line of text, in their last form."""
        for name in list(self._values)[:MAX_KNOWN]:
            if BUILT_IN.get(name) != self._values[name] and PLAIN_NAME.fullmatch(name):
                value = self.expand(self._values[name]).strip()
                if value and "\n" not in value and len(value) < MAX_KNOWN_VALUE and value != "{" + name + "}":
                    yield name, value

    def expand(self, text: str, local: Mapping[str, str] | None = None) -> str:
        """`text` with its references resolved; `local` are automatic and target-specific variables. Unknown ones are holes `{NAME}`."""
        return self._expand(text, local or {}, 0)

    def _expand(self, text: str, local: Mapping[str, str], depth: int) -> str:
        if "$" not in text:
            return text
        if depth > MAX_DEPTH:
            return "{}"
        parts: list[str] = []
        at = 0
        while (match := REFERENCE.search(text, at)) is not None:
            parts.append(text[at : match.start()])
            value, at = self._reference(text, match, local, depth)
            parts.append(value)
            self._work -= len(value) + match.end() - match.start()
        parts.append(text[at:])
        return "".join(parts)

    def _reference(self, text: str, match: re.Match[str], local: Mapping[str, str], depth: int) -> tuple[str, int]:
        mark = match[1]
        if mark == "$":
            return "$", match.end()
        if mark not in "({":
            return (self._value(mark, local, depth) if not mark.isspace() else ""), match.end()
        end = self._closing(text, match.end(), mark)
        if end < 0:
            return "{}", match.end()
        return self._evaluate(text[match.end() : end], local, depth), end + 1

    def _closing(self, text: str, start: int, opening: str) -> int:
        depth, closing = 1, {"(": ")", "{": "}"}[opening]
        for match in NEST.finditer(text, start):
            self._work -= 1
            if match[0] == opening:
                depth += 1
            elif match[0] == closing:
                depth -= 1
                if depth == 0:
                    return match.start()
            if self._work < 0:
                return -1
        return -1

    def _evaluate(self, inner: str, local: Mapping[str, str], depth: int) -> str:
        if self._work < 0:
            return "{}"
        function = FUNCTION.fullmatch(inner)
        if function and function[1] in KNOWN:
            return self._call(function[1], function[2], local, depth)
        if function and function[1] in SPECIAL:
            return self._call_special(function[1], function[2], local, depth)
        substitution = SUBSTITUTION.fullmatch(inner)
        if substitution:
            source, pattern, replacement = (self._expand(part, local, depth + 1) for part in substitution.groups())
            value = self._value(source, local, depth)
            if "%" not in pattern:
                pattern, replacement = f"%{pattern}", f"%{replacement}"
            return _patsubst(pattern, replacement, value)
        return self._value(self._expand(inner, local, depth + 1).strip(), local, depth)

    def _value(self, name: str, local: Mapping[str, str], depth: int) -> str:
        value = local.get(name)
        if value is not None and (len(name) == 1 or name[1:] in ("D", "F")):
            return value
        if value is None:
            value = self._values.get(name)
        if value is None or self._work < 0:
            return "{" + re.sub(r"[{}\s/]+", "", name)[:60] + "}"
        if depth > MAX_DEPTH:
            return "{}"
        self._work -= len(value)
        return self._expand(value, local, depth + 1)[:MAX_VALUE].replace("\n", "; ")

    def _call(self, name: str, text: str, local: Mapping[str, str], depth: int) -> str:
        count, function = KNOWN[name]
        arguments = [self._expand(part, local, depth + 1) for part in _arguments(text, count)]
        if len(arguments) < count:
            return "{}"
        self._work -= sum(map(len, arguments))
        return function(*arguments)[:MAX_VALUE]

    def _call_special(self, name: str, text: str, local: Mapping[str, str], depth: int) -> str:
        if name == "if":
            parts = _arguments(text, 3)
            return self._expand(parts[1].strip(), local, depth + 1) if len(parts) > 1 else ""
        if name == "foreach":
            return self._foreach(text, local, depth)
        if name == "shell":
            words = text.split(None, 1)
            return "." if words[:1] == ["pwd"] else "{" + (re.sub(r"[^\w.-]", "", words[0]) if words else "shell") + "}"
        return "" if name == "eval" else "{" + name + "}"

    def _foreach(self, text: str, local: Mapping[str, str], depth: int) -> str:
        parts = _arguments(text, 3)
        if len(parts) < 3:
            return "{}"
        name = parts[0].strip()
        items = self._expand(parts[1], local, depth + 1).split()[:500]
        done: list[str] = []
        for item in items:
            if self._work < 0:
                break
            done.append(self._expand(parts[2], {**local, name: item.replace("$", "$$")}, depth + 1))
        return " ".join(done)[:MAX_VALUE]


def raw_words(text: str) -> Iterator[tuple[str, int]]:
    """The words of unexpanded text (`$(…)` stays whole), each with the number of lines before it."""
    word: list[str] = []
    line = start = depth = 0
    for match in re.finditer(r"\\\n|\n|[ \t\r\f\v]+|\$?[({]|[)}]|[^\s(){}$\\]+|.", text):
        piece = match[0]
        if depth == 0 and piece.strip(" \t\r\n\f\v\\") == "" and piece != "\\":
            if word:
                yield "".join(word), start
                word = []
        else:
            if not word:
                start = line
            word.append(" " if "\n" in piece else piece)
            if piece in ("$(", "${") or (depth and piece in "({"):
                depth += 1
            elif depth and piece in ")}":
                depth -= 1
        line += piece.count("\n")
    if word:
        yield "".join(word), start


def _arguments(text: str, count: int) -> list[str]:
    """At most `count` arguments, separated by commas outside parentheses; leading blanks of the first are dropped."""
    parts: list[str] = []
    depth = start = 0
    for match in re.finditer(r"[(){},]", text):
        mark = match[0]
        if mark == "," and depth == 0 and len(parts) + 1 < count:
            parts.append(text[start : match.start()])
            start = match.end()
        depth += mark in "({"
        depth -= mark in ")}"
    parts.append(text[start:])
    parts[0] = parts[0].lstrip()
    return parts


def _patsubst(pattern: str, replacement: str, text: str) -> str:
    head, percent, tail = pattern.strip().partition("%")
    replacement = replacement.strip()
    done: list[str] = []
    for word in text.split():
        if not percent:
            done.append(replacement if word == head else word)
        elif len(word) >= len(head) + len(tail) and word.startswith(head) and word.endswith(tail):
            done.append(replacement.replace("%", word[len(head) : len(word) - len(tail)], 1))
        else:
            done.append(word)
    return " ".join(done)


def _each(change: Callable[[str], str]) -> Callable[..., str]:
    return lambda text: " ".join(change(word) for word in text.split())


def _filtered(keep: bool) -> Callable[..., str]:
    def choose(patterns: str, text: str) -> str:
        wanted = [pattern.partition("%") for pattern in patterns.split()[:50]]

        def matches(word: str) -> bool:
            return any((word.startswith(head) and word.endswith(tail)) if percent else word == head for head, percent, tail in wanted)

        return " ".join(word for word in text.split() if matches(word) == keep)

    return choose


def _one(position: int) -> Callable[..., str]:
    return lambda text: (text.split() or [""])[position]


def _joined(first: str, second: str) -> str:
    one, two = first.split(), second.split()
    length = max(len(one), len(two))
    return " ".join((one[i] if i < len(one) else "") + (two[i] if i < len(two) else "") for i in range(length))


def _without_suffix(word: str) -> str:
    head, dot, tail = word.rpartition(".")
    return head if dot and "/" not in tail else word


def _suffix(word: str) -> str:
    return word[len(_without_suffix(word)) :]


def _substituted(old: str, new: str, text: str) -> str:
    return text.replace(old, new) if old else text


KNOWN: dict[str, tuple[int, Callable[..., str]]] = {
    "wildcard": (1, str.strip),
    "strip": (1, lambda text: " ".join(text.split())),
    "sort": (1, lambda text: " ".join(sorted(set(text.split())))),
    "abspath": (1, str.strip),
    "realpath": (1, str.strip),
    "notdir": (1, _each(lambda word: word.rpartition("/")[2])),
    "dir": (1, _each(lambda word: "".join(word.rpartition("/")[:2]) or "./")),
    "basename": (1, _each(_without_suffix)),
    "suffix": (1, _each(_suffix)),
    "firstword": (1, _one(0)),
    "lastword": (1, _one(-1)),
    "addprefix": (2, lambda prefix, text: " ".join(prefix + word for word in text.split())),
    "addsuffix": (2, lambda suffix, text: " ".join(word + suffix for word in text.split())),
    "filter": (2, _filtered(True)),
    "filter-out": (2, _filtered(False)),
    "join": (2, _joined),
    "subst": (3, _substituted),
    "patsubst": (3, _patsubst),
    "error": (1, lambda _: ""),
    "warning": (1, lambda _: ""),
    "info": (1, lambda _: ""),
}
