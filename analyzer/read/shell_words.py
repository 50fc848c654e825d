"""Shell text → tokens: words with their quotes, escapes and expansions resolved as far as the text itself tells.

Source: POSIX Shell Command Language, 2.2 Quoting to 2.6 Word Expansions; bash for arrays, `[[`, here-strings and `$'…'`.
Text that no shell would accept still gives tokens: an unclosed quote runs to the end, an unclosed `$(` is dropped.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable

from analyzer.read.shell_expansion import MAX_DEPTH, Expansions
from analyzer.read.shell_tokens import Operator, Redirect, Token, Variables, Word, hole

MAX_WORD = 20_000
MAX_DOCUMENT = 20_000
PLAIN = re.compile(r"[^\s;&|()<>\\'\"$`=]+")
BLANK = re.compile(r"(?:[ \t\r\f\v]|\\\n)+")
OPERATOR = re.compile(r";;&|;;|;&|&&|\|\||\|&|[;&|()]")
REDIRECT = re.compile(r"(?:(\d{1,4})|\{\w+\})?(&>>|&>|<<<|<<-?|<>|>>|>\||>&|<&|<|>)")
TARGET = re.compile(r"[A-Za-z_]\w*(?:\[[^\]\s]*\])?\+?")
DOUBLE = re.compile(r'[^"\\$`]+')


class Words(Expansions):
    """The tokens of `text`, one after the other. `variables` is read while going on, so the caller may assign in between.

    `substituted` is told the text and line of every `$(…)`; `depth` says how deep this text stands inside defaults and arrays.
    """

    def __init__(self, text: str, line: int, variables: Variables, substituted: Callable[[str, int], None], depth: int = 0) -> None:
        super().__init__(text, line, variables, substituted, depth)
        self.end = 0
        """Where the last token ended."""
        self._queue: deque[Token] = deque()
        self._documents: list[tuple[str, bool]] = []
        self.bodies: list[tuple[str, int]] = []
        """(text, first line) of the here-documents that the last newline began, in the order of their marks."""

    def next(self) -> Token | None:
        """The next token, None at the end. A newline is the operator `\\n`."""
        while not self._queue:
            self._skip_blank()
            if self.position >= len(self.text):
                return None
            token = self._once()
            self.end = self.position
            if token is not None:
                return token
        return self._queue.popleft()

    def _once(self) -> Token | None:
        """What stands at `position`; None for what gives no token (a here-document's mark, an expansion to nothing)."""
        text, at = self.text, self.position
        if text[at] == "\n":
            return self._newline()
        if (match := REDIRECT.match(text, at)) and (match.start(2) == at or self._at_boundary(at)):
            return self._redirect(match)
        if match := OPERATOR.match(text, at):
            self.position = match.end()
            return Operator(match[0], self.line)
        return self._word()

    def skip_past(self, end: str) -> None:
        """Go on behind the next `end`, or behind the line when it does not come."""
        found = self.text.find(end, self.position, self.position + MAX_WORD)
        newline = self.text.find("\n", self.position)
        stop = found + len(end) if found >= 0 else newline if newline >= 0 else len(self.text)
        self.line += self.text.count("\n", self.position, stop)
        self.position = stop

    def _at_boundary(self, at: int) -> bool:
        return at == 0 or self.text[at - 1] in " \t\n;&|()<>"

    def _skip_blank(self) -> None:
        while True:
            match = BLANK.match(self.text, self.position)
            if match:
                self.line += match[0].count("\n")
                self.position = match.end()
            if self.text.startswith("#", self.position) and self._at_boundary(self.position):
                end = self.text.find("\n", self.position)
                self.position = len(self.text) if end < 0 else end
            elif not match:
                return

    def _newline(self) -> Operator:
        token = Operator("\n", self.line)
        self.position += 1
        self.line += 1
        documents, self._documents = self._documents, []
        self.bodies = [self._document(mark, without_tabs) for mark, without_tabs in documents]
        return token

    def _document(self, mark: str, without_tabs: bool) -> tuple[str, int]:
        start, first = self.position, self.line
        while self.position < len(self.text):
            before = self.position
            end = self.text.find("\n", self.position)
            end = len(self.text) if end < 0 else end
            content = self.text[self.position : end]
            self.position = end + 1
            self.line += 1
            if (content.lstrip("\t") if without_tabs else content).rstrip("\r") == mark:
                return self.text[start:before][:MAX_DOCUMENT], first
        return self.text[start:][:MAX_DOCUMENT], first

    def _redirect(self, match: re.Match[str]) -> Token | None:
        self.position = match.end()
        operator, line = match[2], self.line
        blank = BLANK.match(self.text, self.position)
        if blank:
            self.line += blank[0].count("\n")
            self.position = blank.end()
        if self.position < len(self.text) and self.text[self.position] == "(" and operator in ("<", ">"):
            return self._process_substitution()
        line = self.line
        before, self._queue = self._queue, deque()
        word = self._word() if self.position < len(self.text) and self.text[self.position] not in "\n;|()<>" else None
        self._queue = before
        target = word.text if isinstance(word, Word) else ""
        if operator in ("<<", "<<-"):
            if target:
                self._documents.append((target, operator == "<<-"))
                return Redirect("<<", "'" if isinstance(word, Word) and word.quoted else "", target, line)
            return None
        return Redirect(operator, match[1] or "", target, line)

    def _process_substitution(self) -> Word:
        start, line = self.position, self.line
        inner = self.enclosed(self.position + 1, "(")
        if inner is not None:
            self.substituted(inner, line)
        else:
            self.position += 1
        return Word(hole("process"), line, start)

    def _word(self) -> Token | None:
        """One word; the further words that an unquoted expansion splits into wait in the queue. None when it expands to nothing."""
        start, line = self.position, self.line
        reader = _WordReader(self, line)
        reader.read()
        if self.position == start:  # a character that nothing else takes
            self.position += 1
            return None
        words = reader.words(start)
        self._queue.extend(words[1:])
        return words[0] if words else None


class _WordReader:
    """Reads one shell word, which may become several."""

    def __init__(self, source: Words, line: int) -> None:
        self.source = source
        self.line = line
        self.parts: list[str] = []
        self.done: list[tuple[str, int]] = []
        self.quoted = False
        self.target = ""
        self.array: tuple[str, ...] | None = None
        self.assigned_at = 0
        self.size = 0

    def read(self) -> None:
        source = self.source
        text = source.text
        while source.position < len(text):
            match = PLAIN.match(text, source.position)
            if match:
                source.position = match.end()
                self._add(match[0])
                continue
            character = text[source.position]
            if character in " \t\r\f\v\n;&|<>)" or character.isspace():
                return
            if character == "(" and not self._extended_pattern():
                return
            self._special(character)

    def words(self, start: int) -> list[Word]:
        last = "".join(self.parts)
        whole = [*self.done, (last, self.line)] if last or self.quoted or self.target or self.array is not None else self.done
        found = [Word(text[:MAX_WORD], line, start, self.quoted) for text, line in whole]
        if self.target and len(found) == 1:
            found[0] = Word(found[0].text, self.line, start, self.quoted, self.target, last[self.assigned_at :][:MAX_WORD], self.array)
        return found

    def _add(self, piece: str) -> None:
        self.size += len(piece)
        if self.size <= 4 * MAX_WORD:
            self.parts.append(piece)

    def _special(self, character: str) -> None:
        source = self.source
        if character == "\\":
            self._escape()
        elif character == "'":
            end = source.text.find("'", source.position + 1)
            self._take_quoted(len(source.text) if end < 0 else end)
        elif character == '"':
            self._double()
        elif character == "`":
            self._add(source.backtick())
        elif character == "=":
            self._equals()
        else:
            self._splice(source.expand(False, not self.parts and not self.done))

    def _escape(self) -> None:
        source = self.source
        following = source.text[source.position + 1 : source.position + 2]
        source.position += 2
        if following == "\n":
            source.line += 1
        else:
            self._add(following or "\\")

    def _take_quoted(self, end: int) -> None:
        source = self.source
        content = source.text[source.position + 1 : end]
        source.line += content.count("\n")
        source.position = min(end + 1, len(source.text))
        self.quoted = True
        self._add(content)

    def _double(self) -> None:
        source = self.source
        text = source.text
        self.quoted = True
        source.position += 1
        while source.position < len(text):
            match = DOUBLE.match(text, source.position)
            if match:
                source.line += match[0].count("\n")
                source.position = match.end()
                self._add(match[0])
                continue
            character = text[source.position]
            if character == '"':
                source.position += 1
                return
            if character == "\\":
                self._escape_in_double()
            elif character == "`":
                self._add(source.backtick())
            else:
                value = source.expand(True, not self.parts and not self.done)
                self._splice(value) if isinstance(value, tuple) else self._add(value)

    def _escape_in_double(self) -> None:
        source = self.source
        following = source.text[source.position + 1 : source.position + 2]
        source.position += 2
        if following == "\n":
            source.line += 1
        else:
            self._add(following if following and following in '"\\$`' else "\\" + following)

    def _equals(self) -> None:
        source = self.source
        source.position += 1
        so_far = "".join(self.parts)
        is_target = not self.target and not self.quoted and not self.done and len(so_far) < 200 and TARGET.fullmatch(so_far)
        self._add("=")
        if is_target:
            self.target = so_far
            self.assigned_at = len(so_far) + 1
            if source.text.startswith("(", source.position):
                self._read_array()

    def _read_array(self) -> None:
        source = self.source
        line = source.line
        inner = source.enclosed(source.position + 1, "(")
        if inner is None or source.depth >= MAX_DEPTH:
            source.position += inner is None
            return
        nested = source.nested(inner, line)
        items: list[str] = []
        while (token := nested.next()) is not None:
            if isinstance(token, Word) and len(items) < 1000:
                items.append(token.text)
        source.growth, source.work = nested.growth, nested.work
        self.array = tuple(items)

    def _splice(self, value: str | tuple[str, ...]) -> None:
        """Append an unquoted value: outside assignments blanks in it end the word."""
        pieces = value if isinstance(value, tuple) else value.split() if not self.target and not value.isspace() else (value,)
        if isinstance(value, str) and (self.target or len(pieces) < 2):
            self._add(value if self.target else value.strip())
            return
        for piece in pieces[:-1]:
            self.done.append(("".join(self.parts) + piece, self.line))
            self.parts = []
        if pieces:
            self._add(pieces[-1])

    def _extended_pattern(self) -> bool:
        """`@(a|b)`, `!(x)` … inside a word: taken as a hole."""
        source = self.source
        if not self.parts or self.parts[-1][-1:] not in ("@", "!", "?", "*", "+") or self.target:
            return False
        inner = source.enclosed(source.position + 1, "(")
        if inner is None:
            return False
        self.parts.append(hole("pattern"))
        return True
