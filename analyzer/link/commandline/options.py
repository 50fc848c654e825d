"""Options of a command-line program, and the words that a command line gives for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.link.commandline.command_lines import CommandLine, given
from analyzer.link.domain import Abstract, Alternatives, Hole, Known, Many, Pattern, Unknown, capped
from analyzer.link.where import Where
from analyzer.link.wording import with_via
from analyzer.read.values import Value

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

NONE, ONE, MAYBE, ANY = "0", "1", "?", "*"


_NOTHING = frozenset({"", "-", "<stdin>", "<stdout>", "<stderr>", "stdin", "stdout"})
NOWHERE = Where("", 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Option:
    """One option or argument. `takes` is the number of its words: NONE, ONE, MAYBE, ANY or a number above one."""

    dest: str
    names: tuple[str, ...] = ()
    positional: bool = False
    takes: str = ONE
    default: Value | None = None
    at: Where = NOWHERE
    flag: bool | None = None
    """What a flag without a word of its own gives."""
    command: str = ""
    """Sub-command that it belongs to."""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """What one command line gives: option → its words, and the sub-command."""

    words: Mapping[str, tuple[str, ...]]
    flags: Mapping[str, bool]
    command: str = ""


class OptionSet:
    """All options of one program or command function, told apart once for each command line."""

    def __init__(self, options: Iterable[Option], commands: Iterable[str] = ()) -> None:
        self.options = tuple(options)
        self.commands = frozenset(commands)
        self.by_dest: dict[str, list[Option]] = {}
        for option in self.options:
            self.by_dest.setdefault(option.dest, []).append(option)
        self._bound: dict[CommandLine, Bound] = {}

    def bound(self, line: CommandLine) -> Bound:
        """The words of a command line, told apart as argparse and its kin do."""
        done = self._bound.get(line)
        if done is None:
            done = self._bound[line] = _Binding(self.options, self.commands).read(line.words)
        return done


class _Binding:
    def __init__(self, options: tuple[Option, ...], commands: frozenset[str]) -> None:
        self.options = options
        self.commands = commands
        self.command = ""
        self.named: dict[str, list[str]] = {}
        self.flags: dict[str, bool] = {}
        self.free: list[str] = []
        self.sure = True

    def read(self, words: tuple[str, ...]) -> Bound:
        at = 0
        while at < len(words):
            word = words[at]
            if word == "--":
                self.free.extend(words[at + 1 :] if self.sure else ())
                break
            if _is_option(word):
                at = self._option(words, at)
            elif not self.command and not self.free and word in self.commands:
                self.command = word
                at += 1
            else:
                if self.sure:
                    self.free.append(word)
                at += 1
        return Bound({**self._positionals(), **{dest: tuple(found) for dest, found in self.named.items()}}, self.flags, self.command)

    def _active(self) -> list[Option]:
        return [option for option in self.options if not option.command or not self.command or option.command == self.command]

    def _option(self, words: tuple[str, ...], at: int) -> int:
        name, equals, value = words[at].partition("=")
        option = self._find(name)
        if option is None:
            return self._unknown(words, at, name)
        if equals:
            self.named.setdefault(option.dest, []).append(value)
            return at + 1
        if option.takes == NONE:
            negated = name.startswith(("--no-", "--no_")) and name not in option.names
            self.flags[option.dest] = (option.flag is not False) != negated
            return at + 1
        count = len(words) if option.takes == ANY else 1 if option.takes == MAYBE else int(option.takes)
        end = at + 1
        while end < len(words) and end - at <= count and not _is_option(words[end]):
            end += 1
        self.named.setdefault(option.dest, []).extend(words[at + 1 : end])
        if end == at + 1 and option.takes == MAYBE:
            self.flags[option.dest] = True
        return max(end, at + 1)

    def _find(self, name: str) -> Option | None:
        active = self._active()
        for option in active:
            if name in option.names:
                return option
        plain = name.replace("_", "-") if name.startswith("--") else ""
        if not plain:
            return None
        for option in active:  # dashes for underscores, a path of nested fields, a negated flag, an abbreviation
            names = [n.replace("_", "-") for n in option.names]
            if plain in names or (option.takes == NONE and plain.startswith("--no-") and f"--{plain[5:]}" in names):
                return option
        last = f"--{plain.rpartition('.')[2]}" if "." in plain else ""
        nested = [option for option in active if last and any(n.replace("_", "-") == last for n in option.names)]
        short = [option for option in active if len(name) > 3 and any(n.startswith(name) for n in option.names)]
        found = nested or short
        return found[0] if len(found) == 1 else None

    def _unknown(self, words: tuple[str, ...], at: int, name: str) -> int:
        if not name.startswith("--") and len(words[at]) > 2:  # -ofile
            attached = self._find(words[at][:2])
            if attached is not None and attached.takes != NONE:
                self.named.setdefault(attached.dest, []).append(words[at][2:].lstrip("="))
                return at + 1
        if "=" not in words[at] and at + 1 < len(words) and not words[at + 1].startswith("-"):
            self.sure = False  # its value, or a positional word: cannot be told
        return at + 1

    def _positionals(self) -> dict[str, tuple[str, ...]]:
        wanted = [option for option in self._active() if option.positional]
        words = self.free
        found: dict[str, tuple[str, ...]] = {}
        at = 0
        for position, option in enumerate(wanted):
            behind = sum(1 for later in wanted[position + 1 :] if later.takes not in (ANY, MAYBE) and later.default is None)
            left = max(len(words) - at - behind, 0)
            count = left if option.takes == ANY else min(left, int(option.takes) if option.takes.isdigit() and option.takes != NONE else 1)
            if count:
                found[option.dest] = tuple(words[at : at + count])
            at += count
        return found


def _is_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and not word[1].isdigit()


def value_of(
    evaluator: Asking, dest: str, program: OptionSet, lines: Iterable[CommandLine], choices: list[Option] | None = None
) -> Alternatives:
    """What an option can be: what each command line gives for it, its default where one does not, the default alone without any line.

    `choices` are the options meant by `dest`, all of that name unless told. () when nothing is known.
    """
    choices = program.by_dest.get(dest, []) if choices is None else choices
    found: list[Abstract] = []
    for line in lines:
        told = program.bound(line)
        if told.words.get(dest):
            found.extend(_given(choices, told.words[dest], line))
        elif dest in told.flags:
            found.append(Known(told.flags[dest]))
        else:
            found.extend(_defaults(evaluator, choices, told.command))
    if not any(_tells(value) for value in found):
        found.extend(_defaults(evaluator, choices, ""))
    return capped(found)


def _tells(value: Abstract) -> bool:
    return not isinstance(value, Unknown) and not (isinstance(value, Pattern) and not value.has_text)


def _given(choices: list[Option], words: tuple[str, ...], line: CommandLine) -> Alternatives:
    values = tuple(given(word, line) for word in words)
    is_list = any(option.takes == ANY or (option.takes.isdigit() and int(option.takes) > 1) for option in choices)
    return (Many(values),) if is_list else values[-1:]


def _defaults(evaluator: Asking, choices: list[Option], command: str) -> Alternatives:
    found: list[Abstract] = []
    fitting = [option for option in choices if not command or not option.command or option.command == command]
    for option in (fitting or choices)[:4]:
        if option.default is not None:
            found.extend(with_via(value, "cli-default") for value in evaluator.value(option.default, option.at))
        elif option.flag is not None:
            found.append(Known(not option.flag))
        elif option.environment:
            found.append(Pattern((Hole(option.environment),), "env"))
    return capped([value for value in found if _gives(value)])


def _gives(value: Abstract) -> bool:
    """Is a default something that is used? None and an empty text say that nothing was given, `-` and `<stdin>` that a stream is meant."""
    if isinstance(value, Known):
        return value.value is not None
    return not (isinstance(value, Pattern) and value.text in _NOTHING)
