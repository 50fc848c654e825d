"""What one walk over a module collects, and where it stands."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from analyzer.read.facts import Assign, Block, Branch, Call, Shift, Text
from analyzer.read.sql_places import may_be_query
from analyzer.read.values import Attr, Name, Value

_WORD = re.compile(r"[\w./\\:@{}*+~-]{2,200}\Z")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_]\w*)?\Z")
_BINDS = re.compile(r"^[ \t]*([A-Za-z_]\w*) = [^\s=]", re.MULTILINE)
SENTENCE = 2
"""Blanks in a text, from which on it is more than a name."""
MAX_PROTECTED = 200
_ITSELF = frozenset({"self", "cls", "mcs", "mcls", "klass", "__class__"})
_PATHLIKE = re.compile(r"[^\s]*[/\\][^\n]*\Z")


class Collected:
    """Calls, texts, words, attribute uses, assignments and blocks, in the order in which they were come upon."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.texts: list[Text] = []
        self.words: set[str] = set()
        self.texts_bind: set[str] = set()
        self.assigns: list[Assign] = []
        self.branches: list[Branch] = []
        self.shifts: list[Shift] = []
        self._shifted: dict[int, Value] = {}
        """id of a shift's node → what tasks make of it: its right side."""
        self.dynamic: list[str] = []
        self.attributes: dict[str, int] = {}
        self.imported: set[str] = set()
        self.queries: list[tuple[int, int, int]] = []
        """(first line, last line, scope) of string literals that may be SQL."""
        self.scope = 0
        self.block = 0
        self.blocks: list[Block] = [Block(-1, "module")]
        self.text_role = ""
        self.yields: list[list[Value]] = []
        """What the functions around yield so far, the innermost last."""
        self.names: list[set[str]] = [set()]
        """The names read so far in the module and in the functions around, the innermost last."""
        self.read_attributes: set[str] = set()
        self.protected: dict[tuple[str, int], int] = {}
        """(dotted use of an attribute with a leading underscore, scope) → its first line (`PythonFacts.protected`)."""
        self.recognised: dict[str, int] = {}
        """Sentence that is looked for in texts → its first line."""
        self.handed: set[str] = set()
        """Names and attributes read without being called."""
        self.raised: ast.expr | None = None
        """The exception that a `raise` makes: its arguments are told to people."""

    def note_recognised(self, nodes: Iterable[ast.expr]) -> None:
        """Remember the sentences among what is looked for in a text."""
        for node in nodes:
            if type(node) is ast.Constant and type(node.value) is str and node.value.count(" ") >= SENTENCE and len(node.value) <= 300:
                self.recognised.setdefault(node.value, node.lineno)

    def note_protected(self, node: ast.Attribute, base: str) -> None:
        """Remember that `base._name` is used, unless the code speaks of itself."""
        if not base and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "super":
            base = "super()"
        if base not in _ITSELF and not node.attr.startswith("__") and len(self.protected) < MAX_PROTECTED:
            self.protected.setdefault((f"{base}.{node.attr}", self.scope), node.lineno)

    @property
    def moment(self) -> int:
        """Where the walk is in the order of assignments and calls (`Assign.at`)."""
        return len(self.assigns) + len(self.calls)

    def enter(self, kind: str) -> int:
        """Open a block of that kind inside the current one; gives the current one, to return to."""
        outer = self.block
        self.blocks.append(Block(outer, kind))
        self.block = len(self.blocks) - 1
        return outer

    def note_text(self, text: str, line: int) -> None:
        if " = " in text and self.text_role not in ("print", "docstring", "regex"):
            self.texts_bind.update(_BINDS.findall(text))
        if len(text) <= 200 and _WORD.match(text):
            self.words.add(text)
            if "." in text and _DOTTED.match(text):
                self.texts.append(Text(text, line, self.scope, "name"))
        if ("/" in text or "\\" in text) and len(text) <= 1000 and _PATHLIKE.match(text):
            self.texts.append(Text(text, line, self.scope, self.text_role))

    def note_query(self, node: ast.Constant | ast.JoinedStr, text: str) -> None:
        """Remember where a literal stands that may name tables; the pieces of an f-string lie inside it."""
        if not may_be_query(text):
            return
        last = node.end_lineno or node.lineno
        if not (self.queries and node.lineno >= self.queries[-1][0] and last <= self.queries[-1][1]):
            self.queries.append((node.lineno, last, self.scope))

    def called(self, first: int, last: int) -> tuple[str, ...]:
        """Last segments of the functions called between two positions of `calls`, at most 32."""
        names = []
        for call in self.calls[first : min(last, first + 32)]:
            if isinstance(call.func, Attr):
                names.append(call.func.name)
            elif isinstance(call.func, Name):
                names.append(call.func.id)
        return tuple(names)
