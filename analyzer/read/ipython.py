"""IPython's magics, shell escapes and help requests → Python of the same lines, their commands kept aside.

Source: IPython `core.inputtransformer2`. A line inside a triple-quoted string is left alone.
"""

from __future__ import annotations

import ast
import re
import shlex

import msgspec

from analyzer.read.shell import shell_commands
from analyzer.read.sql_magics import SQL_CELLS, SQL_LINES, cell_call, databricks_cell, line_call
from analyzer.read.step_facts import Command, Step

MAX_COMMANDS = 10_000
MAX_LINE = 20_000
MAX_WRITTEN = 100_000
"""Characters kept of a file that a cell writes."""

SHELL_CELLS = frozenset({"bash", "sh", "!", "sx", "system", "zsh", "shell"})
# Run in this process, on the cell's Python: only the first line goes. Any other cell magic whose body is Python is treated alike.
FOREIGN_CELLS = frozenset(
    {
        "html",
        "HTML",
        "javascript",
        "js",
        "latex",
        "markdown",
        "svg",
        "SVG",
        "R",
        "perl",
        "ruby",
        "writefile",
        "file",
        "cython",
    }
    | {"script", "python2", "pypy", "julia", "octave", "writetemplate", "configure", "cmd", "powershell"}
)
CELL_MAGIC = re.compile(r"\s*%%(!|[A-Za-z_][\w.]*)?[ \t]*(.*)")
ESCAPED = re.compile(r"([ \t]*)(!!|!|%|\?\??)(.*)")
ASSIGNED = re.compile(r"([ \t]*)((?:[\w.\[\]'\"]+[ \t]*,[ \t]*)*[\w.\[\]'\"]+)[ \t]*=[ \t]*(!|%)(?!=)(.*)")
HELP = re.compile(r"([ \t]*)[%\w.\[\]'\"*(), ]*[\w\])*]\?{1,2}[ \t]*")
STRINGS = re.compile(r"#[^\n]*|(?P<triple>'''|\"\"\")|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
# `%time statement` runs the statement here.
MEASURED = re.compile(r"(?:time|timeit|prun|memit|lprun)(?:[ \t]+-\w+(?:[ \t]*\d+)?)*[ \t]+([^!%\s].*)")
EXPRESSION = re.compile(r"\{([^{}\n]*)\}")
SETTING = re.compile(r"([A-Za-z_]\w*)[ \t]*[= \t][ \t]*(.+)")


class NotebookShell:
    """The commands of a notebook's cells, in order. `%cd` and `%env` hold for the cells that follow; a `!cd` does not."""

    def __init__(self) -> None:
        self._commands: list[Command] = []
        self._variables: dict[str, str] = {}
        self._folder = ""

    def steps(self) -> tuple[Step, ...]:
        """One step for the whole notebook, none when it runs nothing."""
        if not self._commands:
            return ()
        last = max(max((command.line, *command.word_lines, command.stdout_line)) for command in self._commands)
        return (Step("notebook", "", self._commands[0].line, last, commands=tuple(self._commands)),)

    def run(self, text: str, line: int) -> None:
        """Shell text that begins on `line`."""
        if len(self._commands) >= MAX_COMMANDS:
            return
        before = f"cd {shlex.quote(self._folder)}; " if self._folder else ""
        commands = shell_commands(before + EXPRESSION.sub(_as_hole, text), line, self._variables)
        self._commands.extend(commands[1:] if before else commands)

    def magic(self, name: str, rest: str, line: int) -> None:
        """A line magic; those that run nothing are passed over."""
        if name in ("sx", "system"):
            self.run(rest, line)
        elif name == "cd":
            self.run(f"cd {rest}", line)
            target = self._commands[-1].words[1:] if self._commands else ()
            if target and target[-1] not in ("-q", "-"):
                absolute = target[-1].startswith(("/", "~", "{")) or not self._folder
                self._folder = target[-1] if absolute else f"{self._folder}/{target[-1]}"[:1000]
        elif name in ("env", "set_env"):
            if match := SETTING.fullmatch(rest.strip()):
                self._variables[match[1]] = EXPRESSION.sub(_as_hole, match[2])
        elif name in ("pip", "conda", "mamba", "uv"):
            self.run(f"{name} {rest}", line)
        elif name in ("run", "load", "loadpy"):
            self.run(f"{name} {rest}", line)
            if self._commands and self._commands[-1].words[:1] == (name,):
                last = self._commands[-1]
                self._commands[-1] = msgspec.structs.replace(last, words=(f"%{name}", *last.words[1:]), text=f"%{last.text}")

    def written(self, path: str, line: int, append: bool, text: str) -> None:
        """`%%writefile path`: the cell's `text` becomes the file."""
        path = re.sub(r"\$([A-Za-z_]\w*)", r"{\1}", path)  # IPython puts the variable's value there
        if path and len(self._commands) < MAX_COMMANDS:
            command = Command(("%%writefile", path), line, stdout=path, append=append, text=f"%%writefile {path}", stdout_line=line)
            self._commands.append(msgspec.structs.replace(command, cwd=self._folder, fed=text[:MAX_WRITTEN], fed_line=line + 1))


def neutral(source: str, line: int, shell: NotebookShell) -> str:
    """`source` with everything that is IPython's replaced; it has as many lines, and its first will stand on `line`."""
    lines = source.split("\n")
    # Colab lets comments (its form titles) stand before the magic.
    start = next((index for index, content in enumerate(lines) if content.strip() and not content.lstrip().startswith("#")), 0)
    match = CELL_MAGIC.fullmatch(lines[start])
    if databricks_cell(lines[start:]):
        return "\n" * start + cell_call("sql", "", lines[start + 1 :])
    if match is None:
        return "\n".join(_Lines(lines, line, shell).read())
    name, rest = match[1] or "", match[2]
    body = lines[start + 1 :]
    first = line + start + 1
    words = rest.split()
    if name in SHELL_CELLS or (name == "script" and words and re.fullmatch(r"(\S*/)?(ba|z|da|k)?sh", words[0])):
        shell.run("\n".join(body), first)
    elif name in SQL_CELLS:
        return "\n" * start + cell_call(name, rest, body)
    elif name in ("writefile", "file"):
        shell.written(words[-1] if words else "", line + start, "-a" in words, "\n".join(body))
    elif name not in FOREIGN_CELLS:
        kept = _Lines(body, first, shell).read()
        if _is_python("\n".join(kept)):
            return "\n".join([""] * (start + 1) + kept)
    return "\n" * (len(lines) - 1)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return False
    return True


class _Lines:
    """Goes through the lines of a cell, keeping track of triple-quoted strings."""

    def __init__(self, lines: list[str], first: int, shell: NotebookShell) -> None:
        self.lines = lines
        self.first = first
        self.shell = shell
        self.open = ""
        self.at = 0

    def read(self) -> list[str]:
        done: list[str] = []
        while self.at < len(self.lines):
            content = self.lines[self.at]
            replaced = None if self.open or len(content) > MAX_LINE else self._replaced(content)
            if replaced is None:
                self._follow(content)
                done.append(content)
                self.at += 1
            else:
                text, count = replaced
                done.extend([text] + [""] * (count - 1))
                self.at += count
        return done

    def _follow(self, content: str) -> None:
        """Update which triple quotes are open behind `content`."""
        at = 0
        while at < len(content):
            if self.open:
                end = content.find(self.open, at)
                if end < 0:
                    return
                at, self.open = end + 3, ""
                continue
            match = STRINGS.search(content, at)
            if match is None:
                return
            at = match.end()
            self.open = match["triple"] or ""

    def _replaced(self, content: str) -> tuple[str, int] | None:
        """The Python for a line of IPython and how many lines it takes; None for a line of Python."""
        if match := ESCAPED.fullmatch(content):
            text, count = self._continued(match[3])
            measured = MEASURED.fullmatch(text) if match[2] == "%" else None
            if measured and _is_python(measured[1]):
                return match[1] + measured[1], count
            if match[2] == "%" and (query := self._query(text)):
                return match[1] + query, count
            self._escape(match[2], text)
            return f"{match[1]}pass", count
        if match := ASSIGNED.fullmatch(content):
            text, count = self._continued(match[4])
            if match[3] == "%" and (query := self._query(text)):
                return f"{match[1]}{match[2]} = {query}", count
            self._escape(match[3], text)
            return f"{match[1]}{match[2]} = None", count
        if "?" in content and (match := HELP.fullmatch(content)):
            return f"{match[1]}pass", 1
        return None

    def _continued(self, text: str) -> tuple[str, int]:
        """The text with the lines that a backslash at the end joins to it, and how many lines that are."""
        count = 1
        parts = [text]
        while parts[-1].endswith("\\") and self.at + count < len(self.lines):
            parts.append(self.lines[self.at + count])
            count += 1
        return "\n".join(parts), count

    def _query(self, text: str) -> str:
        """The call that a line magic of SQL is, "" for another magic."""
        name, _, rest = text.strip().partition(" ")
        return line_call(name, rest) if name in SQL_LINES else ""

    def _escape(self, mark: str, text: str) -> None:
        line = self.first + self.at
        if mark.startswith("!"):
            self.shell.run(text, line)
        elif mark == "%":
            name, _, rest = text.strip().partition(" ")
            if name in ("time", "timeit") and rest.lstrip().startswith("!"):
                self.shell.run(rest.lstrip()[1:], line)
            else:
                self.shell.magic(name, rest, line)


def _as_hole(match: re.Match[str]) -> str:
    """`{expression}` of Python in a command: kept when it is a name, else a hole without blanks that is no name."""
    inner = match[1].strip()
    if re.fullmatch(r"[A-Za-z_][\w.]*", inner):
        return "{" + inner + "}"
    named = re.search(r"[A-Za-z_]\w*", inner)
    return "{" + named[0] + "…}" if named and not re.search(r"\s*print\b|^\s*\$", inner) else match[0]
