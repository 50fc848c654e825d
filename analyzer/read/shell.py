"""Shell text → simple commands, one after the other: compound commands are flattened, here-documents and comments left out.

Source: POSIX Shell Command Language, 2.9 Shell Commands. Assignments of the same text are expanded in order; after a branch a variable
keeps its value only when the arms agree (or only one of them gives a value without holes). What is unknown becomes a `{NAME}` hole;
`{SCRIPT_DIR}` is the script's own folder and `{REPO_ROOT}` the root of its checkout, however the script finds them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from analyzer.read.shell_grammar import BRANCHING, CLOSING, DECLARING, OPENING, SKIPPED, Frame, Pending
from analyzer.read.shell_joining import MAX_WORDS, joined, joined_folder, merged
from analyzer.read.shell_tokens import IDENTIFIER, Operator, Redirect, Variables, Word, hole
from analyzer.read.shell_words import MAX_DOCUMENT, Words
from analyzer.read.step_facts import Command, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_COMMANDS = 20_000
MAX_TEXT = 300
SEARCH_PATH = "PYTHONPATH"
MAX_SUBSTITUTIONS = 8
MAX_FRAMES = 64
MAX_VALUES = 8

KEPT_HOLES = re.compile(r"\{(SCRIPT_DIR|REPO_ROOT|pwd|PWD|mktemp)\}")
ONE_HOLE = re.compile(r"\{[^{}]*\}")
VARIABLE = re.compile(r"(?<!\\)\$\{?([A-Za-z_]\w*)\}?")
CONTINUED = re.compile(r"\s*\\\n\s*")


def shell_commands(text: str, first_line: int = 1, variables: Mapping[str, str] | None = None) -> tuple[Command, ...]:
    """The simple commands of `text`, whose first line has the number `first_line`. Never raises; garbage gives garbage commands.

    `variables` are values known beforehand. Paths in the commands are relative to `Command.cwd`, which follows `cd`; the `cd`s themselves
    are commands too. Commands inside `$(…)` stand before the command that uses them.
    """
    return tuple(_Reader(text, first_line, dict(variables or {}), []).read())


def read_shell(text: str) -> StepFacts:
    """One step over the whole script. `includes` are the files it sources, as far as their names are known."""
    commands = shell_commands(text)
    lines = text.count("\n") + 1
    sourced = (command.words[1] for command in commands if len(command.words) > 1 and command.words[0] in ("source", "."))
    step = Step(kind="shell", name="", line=1, end_line=lines, commands=commands)
    return StepFacts("shell", lines, (step,), (), tuple(dict.fromkeys(sourced)), suppressions(text, python=False))


class _Reader:
    def __init__(self, text: str, line: int, variables: Variables, commands: list[Command], depth: int = 0, cwd: str = "") -> None:
        self.source = Words(text, line, variables, self._substituted)
        self.variables = variables
        self.commands = commands
        self.depth = depth
        self.cwd = cwd
        self.previous_cwd = cwd
        self.folders: list[str] = []
        self.frames: list[Frame] = []
        self.pending = Pending()
        self.piped = False
        self.waiting: list[tuple[int, bool]] = []
        """Commands whose here-documents begin with the next line, and whether variables are expanded in them."""
        self.closed: tuple[int, int] | None = None
        self.is_function = False

    def read(self) -> list[Command]:
        while len(self.commands) < MAX_COMMANDS and (token := self.source.next()) is not None:
            if isinstance(token, Word):
                self._word(token)
            elif isinstance(token, Redirect):
                self._redirect(token)
            else:
                self._operator(token)
        self._finish()
        return self.commands

    def _substituted(self, text: str, line: int) -> None:
        if self.depth < MAX_SUBSTITUTIONS and len(self.commands) < MAX_COMMANDS:
            _Reader(text, line, self.variables, self.commands, self.depth + 1, self.cwd).read()

    # -- words

    def _word(self, word: Word) -> None:
        if not self.pending.words and not word.quoted and self._is_reserved(word):
            return
        self.closed = None
        if not self.pending.words and word.target:
            self._prefix_assignment(word)
        elif len(self.pending.words) < MAX_WORDS:
            if self.pending.start < 0:
                self.pending.start = word.start
            self.pending.words.append(word)

    def _is_reserved(self, word: Word) -> bool:
        """Act on a reserved word; false when it is an ordinary one."""
        text = word.text
        if text in OPENING:
            self._open("if" if text == "if" else "loop")
        elif text in SKIPPED:
            if text in ("elif", "else"):
                self._next_arm()
        elif text in CLOSING:
            self._close(CLOSING[text])
        elif text == "{":
            self._open("{", restores_cwd=self.is_function)
            self.is_function = False
        elif text in ("for", "select"):
            self._open("loop")
            self._loop_header()
        elif text == "case":
            self._case_header()
        elif text == "function":
            self.source.next()
            self.is_function = True
        elif text == "[[":
            self._skip_test()
        else:
            return False
        return True

    def _loop_header(self) -> None:
        token = self.source.next()
        if not isinstance(token, Word):
            if isinstance(token, Operator) and token.text == "(":
                self.source.skip_past("))")
            return
        values: list[str] = []
        following = self.source.next()
        while following is not None and not (isinstance(following, Operator) and following.text in (";", "\n")):
            if isinstance(following, Word) and len(values) < 3:
                values.append(following.text)
            following = self.source.next()
        if IDENTIFIER.fullmatch(token.text):
            # One word (mostly a glob) is what the variable holds; of several, any.
            self._assign(token.text, values[1] if len(values) == 2 and values[0] == "in" else None)

    def _case_header(self) -> None:
        while (token := self.source.next()) is not None:
            if isinstance(token, Word) and token.text == "in" and not token.quoted:
                break
            if isinstance(token, Operator) and token.text == ";":
                return
        self._open("case")
        self._case_pattern()

    def _case_pattern(self) -> None:
        while (token := self.source.next()) is not None:
            if isinstance(token, Word) and token.text == "esac" and not token.quoted:
                self._close("case")
                return
            if isinstance(token, Operator) and token.text == ")":
                return

    def _skip_test(self) -> None:
        while (token := self.source.next()) is not None:
            if isinstance(token, Word) and token.text == "]]":
                return

    # -- operators and redirections

    def _operator(self, token: Operator) -> None:
        text = token.text
        if text == "(":
            self._parenthesis()
            return
        self._finish()
        if text == ")":
            self._close("(")
            self.piped = False
            return
        self.closed = None
        if text == "\n" and self.source.bodies:
            self._feed()
        if text in (";;", ";&", ";;&"):
            if self.frames and self.frames[-1].kind == "case":
                self._next_arm()
                self._case_pattern()
            text = ";"
        if text != "\n":  # a pipe may be followed by a new line
            self.piped = text in ("|", "|&")

    def _parenthesis(self) -> None:
        if len(self.pending.words) == 1 and self.source.text.startswith(")", self.source.position):
            self.source.next()
            self.pending = Pending()
            self.is_function = True
        elif not self.pending.words and self.source.text.startswith("(", self.source.position):
            self.source.skip_past("))")
        else:
            self._finish()
            self._open("(", restores_cwd=True)

    def _redirect(self, token: Redirect) -> None:
        place = (token.target, token.line)
        if token.operator == "<<":
            self.pending.documents.append(not token.descriptor)
        elif token.operator == "<<<":
            self.pending.fed = place
        if token.operator in ("<", "<>"):
            self._take_redirection(place, None, False)
        elif token.operator in (">", ">>", ">|", "&>", "&>>", ">&"):
            is_copy = token.operator == ">&" and re.fullmatch(r"\d*-?", token.target)
            if token.descriptor != "2" and not is_copy:
                self._take_redirection(None, place, token.operator.endswith(">>"))

    def _take_redirection(self, stdin: tuple[str, int] | None, stdout: tuple[str, int] | None, append: bool) -> None:
        if not self.pending.words and self.closed is not None:
            self._redirect_block(self.closed, stdin, stdout, append)
            return
        if stdin:
            self.pending.stdin = stdin
        elif stdout and (stdout[0] != "/dev/null" or not self.pending.stdout[0]):
            self.pending.stdout, self.pending.append = stdout, append

    def _redirect_block(self, block: tuple[int, int], stdin: tuple[str, int] | None, stdout: tuple[str, int] | None, append: bool) -> None:
        """`( … ) > file`, `done < file`: the last command of the block writes, the first reads."""
        first, last = block
        if first >= last:
            return
        if stdin and not self.commands[first].stdin:
            self.commands[first] = msgspec.structs.replace(self.commands[first], stdin=stdin[0], stdin_line=stdin[1])
        elif stdout and not self.commands[last - 1].stdout:
            changed = msgspec.structs.replace(self.commands[last - 1], stdout=stdout[0], stdout_line=stdout[1], append=append)
            self.commands[last - 1] = changed

    # -- compound commands

    def _open(self, kind: str, restores_cwd: bool = False) -> None:
        if len(self.frames) < MAX_FRAMES:
            self.frames.append(Frame(kind, len(self.commands), self.cwd, restores_cwd))

    def _next_arm(self) -> None:
        if self.frames and self.frames[-1].kind in BRANCHING:
            frame = self.frames[-1]
            self.cwd = frame.cwd
            for name in frame.touched:
                self.variables[name] = frame.before[name]
            frame.touched.clear()

    def _close(self, kind: str) -> None:
        if not self.frames or self.frames[-1].kind != kind:
            return
        frame = self.frames.pop()
        if frame.restores_cwd or (kind in BRANCHING and self._has_left(frame)):
            self.cwd = frame.cwd
        for name, given in frame.given.items():
            self._assign(name, merged(frame.before[name], given))
        self.closed = (frame.first, len(self.commands))

    def _has_left(self, frame: Frame) -> bool:
        """Whether the arm that ends here leaves the script, so that what follows runs without it."""
        return len(self.commands) > frame.first and self.commands[-1].words[:1] in (("exit",), ("return",), ("exec",))

    # -- variables

    def _prefix_assignment(self, word: Word) -> None:
        name = word.target.rstrip("+").partition("[")[0]
        self.pending.restore.append((name, self.variables.get(name)))
        self._assign_word(word)

    def _assign_word(self, word: Word) -> None:
        name, _, index = word.target.rstrip("+").partition("[")
        if index:
            self._assign(name, None)
            return
        value: str | tuple[str, ...] = word.value if word.array is None else word.array
        if name == SEARCH_PATH and isinstance(value, str) and len(value) <= MAX_TEXT:
            # where programs find modules is no data, but decides what they import
            self.commands.append(Command(("export", f"{name}={value}"), word.line, cwd=self.cwd))
        self._assign(name, joined(self.variables.get(name), value) if word.target.endswith("+") else value)

    def _assign(self, name: str, value: str | tuple[str, ...] | None) -> None:
        if isinstance(value, str) and (len(value) > 4000 or (ONE_HOLE.fullmatch(value) and not KEPT_HOLES.fullmatch(value))):
            value = None
        if self.frames and self.frames[-1].kind in BRANCHING:
            frame = self.frames[-1]
            frame.before.setdefault(name, self.variables.get(name))
            frame.touched.add(name)
            given = frame.given.setdefault(name, [])
            text = value if isinstance(value, str) else hole(name)
            if text not in given and len(given) < MAX_VALUES:
                given.append(text)
        self.variables[name] = value

    # -- simple commands

    def _finish(self) -> None:
        pending, self.pending = self.pending, Pending()
        self.waiting.extend((len(self.commands) if pending.words else -1, is_open) for is_open in pending.documents)
        if not pending.words and not pending.stdout[0] and not pending.stdin[0]:
            return
        for name, value in reversed(pending.restore):
            self.variables[name] = value
        words = pending.words
        name = words[0].text if words else ""
        if name in DECLARING:
            self._declare(words)
            return
        if name in ("read", "unset", "mapfile", "readarray"):
            for word in words[1:]:
                if IDENTIFIER.fullmatch(word.text):
                    self._assign(word.text, None)
        self._emit(pending)
        if name in ("cd", "pushd", "popd"):
            self._change_folder(name, [word.text for word in words[1:] if not re.fullmatch(r"-[LPe@]+|--", word.text)])

    def _feed(self) -> None:
        """The here-documents behind a line, for the commands of the line."""
        bodies, self.source.bodies = self.source.bodies, []
        waiting, self.waiting = self.waiting, []
        for (index, is_open), (text, line) in zip(waiting, bodies, strict=False):
            is_cat = 0 <= index < len(self.commands) and self.commands[index].words == ("cat",)
            if is_cat and index + 1 < len(self.commands) and self.commands[index + 1].piped:
                index += 1
            if 0 <= index < len(self.commands) and self.commands[index].words[:1] not in (("cat",), ("tee",)):
                fed = VARIABLE.sub(self._value, text) if is_open else text
                self.commands[index] = msgspec.structs.replace(self.commands[index], fed=fed, fed_line=line)

    def _value(self, match: re.Match[str]) -> str:
        known = self.variables.get(match[1])
        return known if isinstance(known, str) else hole(match[1])

    def _fed(self, pending: Pending) -> tuple[str, int]:
        """What a command gets from `<<<`, or from `echo` in front of its pipe."""
        before = self.commands[-1] if self.piped and self.commands else None
        if pending.fed[0] or before is None or before.words[:1] not in (("echo",), ("printf",)):
            return pending.fed
        return " ".join(word for word in before.words[1:] if not word.startswith("-"))[:MAX_DOCUMENT], before.line

    def _emit(self, pending: Pending) -> None:
        words = pending.words
        line = words[0].line if words else pending.stdout[1] or pending.stdin[1]
        lines = tuple(word.line for word in words)
        fed, fed_line = self._fed(pending)
        source = self.source.text[pending.start : min(self.source.end, pending.start + 2 * MAX_TEXT)] if pending.start >= 0 else ""
        self.commands.append(
            Command(
                words=tuple(word.text for word in words),
                line=line,
                stdin=pending.stdin[0],
                stdout=pending.stdout[0],
                append=pending.append,
                text=CONTINUED.sub(" ", source).strip(" \t\n;&|()")[:MAX_TEXT],
                piped=self.piped,
                cwd=self.cwd,
                stdin_line=pending.stdin[1] if pending.stdin[0] else 0,
                stdout_line=pending.stdout[1] if pending.stdout[0] else 0,
                word_lines=lines if any(other != line for other in lines) else (),
                fed=fed,
                fed_line=fed_line,
            )
        )
        self.piped = False

    def _declare(self, words: list[Word]) -> None:
        for word in words[1:]:
            name, equals, value = word.text.partition("=")
            if word.target:
                self._assign_word(word)
            elif equals and IDENTIFIER.fullmatch(name):
                self._assign(name, value)

    def _change_folder(self, name: str, arguments: list[str]) -> None:
        before = self.cwd
        if name == "popd":
            self.cwd = self.folders.pop() if self.folders else self.cwd
        elif arguments[:1] == ["-"]:
            self.cwd = self.previous_cwd
        else:
            if name == "pushd" and len(self.folders) < MAX_FRAMES:
                self.folders.append(before)
            self.cwd = joined_folder(before, arguments[0] if arguments else "~")
        self.previous_cwd = before
