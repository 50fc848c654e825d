"""The checked-in command lines of a program, and which of them reach a module."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from analyzer.link.domain import Hole, Pattern, literal
from analyzer.link.program import Program

T = TypeVar("T")
MAX_LINES = 24
"""Command lines of one script that are told apart."""
MAX_HOPS = 3
MAX_REACHED = 400
_HELP = frozenset({"-h", "--help", "--version", "--helpfull", "-?"})


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command that runs a file: its working directory, its words behind the file, and the unit and place that hold it."""

    folder: str
    words: tuple[str, ...]
    unit: str = ""
    path: str = ""
    line: int = 0


class CommandLines:
    """Look-ups over `argv`: file → command lines that run it. Never changed once built, but for what is remembered."""

    def __init__(self, program: Program, argv: Mapping[str, Iterable[CommandLine]]) -> None:
        self.program = program
        self.argv = {path: tuple(dict.fromkeys(lines))[:MAX_LINES] for path, lines in argv.items()}
        self.asked: set[str] = set()
        """Files whose command lines were asked for: those of the others decide nothing."""
        self._found: dict[tuple[str, object], object] = {}
        self._reached: dict[str, list[str]] | None = None
        self._imported: dict[str, tuple[str, ...]] = {}

    def remembered(self, what: str, of: object, make: Callable[[], T]) -> T:
        """What the modules of this package find out about a module or the program, found out once."""
        key = (what, of)
        if key not in self._found:
            self._found[key] = make()
        return cast("T", self._found[key])

    def only(self, path: str, line: CommandLine) -> CommandLines:
        """The same program when `path` is run by nothing but `line`. What was found out about its options is shared: no words change it."""
        other = CommandLines(self.program, {})
        other.argv = {**self.argv, path: (line,)}
        other._found, other._reached, other._imported = self._found, self.reached, self._imported
        return other

    def of(self, *paths: str) -> tuple[CommandLine, ...]:
        """The command lines of the first of `paths` that has its own, else of the scripts that import one of them."""
        for path in paths:
            if path in self.argv:
                self.asked.add(path)
                return self._useful(self.argv[path])
        for path in paths:
            scripts = self.reached.get(path)
            if scripts:
                self.asked.update(scripts)
                return self._useful(line for script in scripts for line in self.argv[script])
        return ()

    @staticmethod
    def _useful(lines: Iterable[CommandLine]) -> tuple[CommandLine, ...]:
        return tuple(line for line in lines if not _HELP.intersection(line.words))[:MAX_LINES]

    @property
    def reached(self) -> dict[str, list[str]]:
        """Module → scripts with command lines that import it, directly or through others."""
        if self._reached is None:
            self._reached = {}
            for script in self.argv:
                for module in self._around(script):
                    self._reached.setdefault(module, []).append(script)
        return self._reached

    def _around(self, script: str) -> list[str]:
        found: dict[str, None] = {}
        layer = [script] if script in self.program.facts else []
        for _ in range(MAX_HOPS):
            layer = [m for path in layer for m in self.imported(path) if m not in found and m != script]
            found.update(dict.fromkeys(layer))
            if len(found) > MAX_REACHED:
                break
        return list(found)

    def imported(self, path: str) -> tuple[str, ...]:
        """Modules of the program that `path` imports."""
        done = self._imported.get(path)
        if done is None:
            found: dict[str, None] = {}
            for entry in self.program.facts[path].imports:
                target = self.program.import_target(path, entry)
                if target.status != "module":
                    continue
                if entry.name and target.path.endswith(("/", "__init__.py")):
                    sub = self.program.submodule(target.path, entry.name)
                    if sub and not sub.endswith("/"):
                        found[sub] = None
                if not target.path.endswith("/"):
                    found[target.path] = None
            done = self._imported[path] = tuple(found)
        return done

    def near(self, path: str, hops: int = 2) -> list[str]:
        """`path`, and the modules that it imports, nearest first."""
        found = {path: None}
        layer = [path]
        for _ in range(hops):
            layer = [m for p in layer for m in self.imported(p) if m not in found][:MAX_REACHED]
            found.update(dict.fromkeys(layer))
        return list(found)


def is_text(word: str) -> bool:
    """A word that is a number or says nothing: no path for certain."""
    return bool(re.fullmatch(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", word)) or word in ("", "True", "False", "true", "false", "None", "null")


def given(word: str, line: CommandLine) -> Pattern:
    """A word of a command line as a value: should it be a relative path, it starts from the command's working directory."""
    if "{" in word:
        pieces = [piece for piece in re.split(r"(\{[^{}]*\})", word) if piece]
        parts = tuple(Hole(piece[1:-1]) if piece.startswith("{") and piece.endswith("}") else piece for piece in pieces)
        return Pattern(parts, "config", base=None if word.startswith("{") else line.folder)
    if is_text(word) or "://" in word or word.startswith(("/", "~")):
        return literal(word, "config")
    return Pattern((word,), "config", base=line.folder)
