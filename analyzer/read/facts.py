"""Facts: what one file says, without any other file. Immutable and serialisable (msgspec).

Lines are 1-based. In a notebook the code cells are laid one after another as one synthetic module; `PythonFacts.cells` maps a
synthetic line back to (cell, line in the cell).
"""

from __future__ import annotations

from typing import Union

import msgspec

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.prose import ProseFacts
from analyzer.read.provenance_facts import Origin, Taken
from analyzer.read.sql_facts import SqlFacts
from analyzer.read.step_facts import Step, StepFacts
from analyzer.read.suppression import Suppression
from analyzer.read.values import Value


class Import(msgspec.Struct, frozen=True, array_like=True):
    """`import module [as bound]` (name is None) or `from module import name [as bound]` (name `*` for star)."""

    module: str
    name: str | None
    bound: str
    level: int
    line: int
    scope: int
    guard: str = ""
    """"" or why this import may be missing by design: `try` (ImportError caught), `typing`, `version`, `platform`."""


class Param(msgspec.Struct, frozen=True, array_like=True):
    name: str
    kind: str
    """`positional`, `keyword`, `args` or `kwargs`."""
    default: Value | None = None
    annotation: Value | None = None


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """The module (index 0), a class or a function. `qualname` has no module prefix and is "" for the module."""

    kind: str
    """`module`, `class` or `function`."""
    qualname: str
    parent: int
    line: int
    end_line: int
    params: tuple[Param, ...] = ()
    decorators: tuple[Value, ...] = ()
    bases: tuple[Value, ...] = ()
    returns: tuple[Value, ...] = ()
    statements: int = 0
    """In it, at any depth: its size, however it is laid out."""
    block: int = 0
    annotation: Value | None = None
    """What a function says it returns."""
    yields: tuple[Value, ...] = ()
    at: int = 0
    """When it is defined, as `Assign.at`."""
    unread: tuple[str, ...] = ()
    """Parameters of a function that nothing in its body reads."""
    kept: tuple[tuple[str, str], ...] = ()
    """(parameter, attribute) of the parameters that are read only to become an attribute: `self.a = a`."""
    is_stub: bool = False
    """Its body does nothing: a docstring, `pass`, `...`, one `raise`, or the `return` of a literal."""
    keywords: tuple[str, ...] = ()
    """Names of a class's keyword arguments (`metaclass`)."""

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]


class Assign(msgspec.Struct, frozen=True, array_like=True):
    """`target = value`. Target is a name or a dotted name (`self.path`). Loop variables hold an `Element`."""

    target: str
    value: Value
    line: int
    scope: int
    block: int
    kind: str = "="
    """`=`, `for`, `with`, `aug`, `ann`, `:=`, `except`, `global`, `del`; `declared`: an annotation alone; `append`: an element of
    the container `name` in the target `name[]`; `update`: a mapping that it takes in; `comprehension`: a variable that exists in its
    block only; `narrow`: what the test of an `if` says in its suite."""
    annotation: Value | None = None
    at: int = 0
    """Its place in the order of the file's assignments and calls: what stands before it, on whatever line, has a smaller one."""


LOCAL_KINDS = ("append", "update", "comprehension", "narrow")
"""Kinds of `Assign` that bind no name of their scope."""


class Call(msgspec.Struct, frozen=True, array_like=True):
    func: Value
    args: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    """Keyword arguments; the name of `**mapping` is `**`. A starred positional argument is a `Star`."""
    line: int
    end_line: int
    scope: int
    block: int
    lines: tuple[int, ...] = ()
    """Line of each argument and then of each keyword argument, when the call stands on several lines."""
    at: int = 0
    """As `Assign.at`: larger than those of its arguments."""
    makes: int = -1
    """Number of the call that this one makes (`pool.map(f, paths)` calls `f`), -1 when none is seen."""


class Shift(msgspec.Struct, frozen=True, array_like=True):
    """`left >> right` or `left << right` of things that have names: the order of tasks in the languages of orchestrators.

    A chain is noted pairwise, left to right.
    """

    op: str
    left: Value
    right: Value
    line: int
    scope: int
    block: int
    at: int = 0
    """As `Assign.at`."""


class Context(msgspec.Struct, frozen=True, array_like=True):
    """The extent of `with NAME:` or `with CONSTRUCTOR(…) [as bound]:`, for libraries that collect what is made inside."""

    value: Value
    bound: str
    line: int
    end_line: int
    scope: int
    at: int = 0
    """As `Assign.at`."""


class Block(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A suite of statements; the tree of blocks tells which assignment dominates which use."""

    parent: int
    kind: str
    """`module`, `function`, `class`, `if`, `else`, `for`, `while`, `try`, `except`, `finally`, `with`, `case`, `comprehension`."""
    spares: bool = False
    """A `try` that goes on without a file which it does not find."""


class Branch(msgspec.Struct, frozen=True, array_like=True):
    """A test whose outcome may be constant, and the two arms. Spans are (first line, last line); (0, 0) when there is none."""

    kind: str
    """`if`, `while` or `ternary`."""
    test: Value
    test_text: str
    line: int
    scope: int
    body: tuple[int, int]
    body_statements: int
    orelse: tuple[int, int]
    orelse_statements: int
    body_calls: tuple[str, ...] = ()
    """Last name segment of each call in the body (at most 32)."""
    orelse_calls: tuple[str, ...] = ()


class Idle(msgspec.Struct, frozen=True, array_like=True):
    """Code that no execution enters, told from its own file."""

    kind: str
    """`exit` (behind a statement that leaves), `handler` (behind a clause that catches the same) or `test` (its test never holds here)."""
    line: int
    end_line: int
    statements: int
    scope: int
    cause_line: int
    """Where the reason stands."""
    cause: str
    test: str = ""


class Overwritten(msgspec.Struct, frozen=True, array_like=True):
    """A variable that was given a setting and gets another value in the same suite before anything reads it."""

    name: str
    source: str
    """The setting as written (`args.seed`), "" for a parameter of the function."""
    line: int
    by_line: int
    by: str
    """What it is overwritten with, as written."""
    scope: int
    is_next: bool = False
    """No statement stands between the two."""


class Conversion(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A change of representation that the code could do without."""

    kind: str
    """`round trip`: converted and straight back, with no other use of what stands in the middle; `repeated`: done again in every round
    of a loop whose rounds leave the value alone."""
    before: str
    """What the value is, and is again after a round trip: `frame`, `tensor`, …; "" when that is not known."""
    middle: str
    """What it becomes, "" when that is not known."""
    source: str
    """The value, as written."""
    text: str
    """The conversion, as written."""
    line: int
    other_line: int
    """Of the way back, or of the loop."""
    scope: int = 0


class Text(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A string literal that names a path, a module or a command."""

    value: str
    line: int
    scope: int
    role: str = ""
    """"" or `docstring`, `regex`, `print` (argument of a print/log/raise/help), `compare`, `name` (a dotted name),
    `injected` (in a cell that a tool replaces at every run)."""


class Mentions(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one scope mentions, each thing once (analyzer/read/mentions.py)."""

    scope: int
    names: tuple[str, ...]
    """Names that are read and are no base of an attribute."""
    chains: tuple[str, ...]
    """`a.b.c`; `.b.c` when it hangs on something without a name."""
    words: tuple[str, ...]
    """Names in its string literals; `load_*` and `*_loader` for the literal part of a composed one."""


class CloneUnit(msgspec.Struct, frozen=True, array_like=True):
    """A function, or what a file does outside of functions, normalised for the clone engine (RULES.md E5)."""

    scope: int
    """0 for the code outside of functions and classes: a script's body, the cells of a notebook."""
    lines: tuple[str, ...]
    """Normalised statements: no docstrings, comments, annotations, logging; locals renamed by first appearance."""
    source_lines: tuple[int, ...]
    glue: float
    """Share of ADAPT + IO + PLUMB statements, 0..1."""


class Query(msgspec.Struct, frozen=True, array_like=True):
    """A string literal that is SQL: where it stands and which line names which table."""

    line: int
    end_line: int
    scope: int
    tables: tuple[tuple[str, int], ...]


class Cell(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Code cell `index` (0-based among all cells) covers synthetic lines first_line … first_line + lines - 1."""

    index: int
    first_line: int
    lines: int
    execution_count: int | None = None
    asks: str = ""
    """What the Markdown cell before it asks the reader to do: uncomment something, choose, run it again."""


class CommentedCode(msgspec.Struct, frozen=True, array_like=True):
    """A block of comment lines, or a string that is a statement, whose content is code."""

    kind: str
    """`comment` or `string`."""
    line: int
    end_line: int
    code_lines: int
    """Lines of it that are code, neither empty nor prose."""
    weighty: int
    """Its statements that call, look up, repeat or define."""
    first: str
    """Its first line of code."""
    prose: str
    """What the comments say that lead to it, stand in it or follow it at once, one a line."""
    names: tuple[str, ...]
    """Identifiers in it: names, attributes, keywords, imports, definitions."""
    calls: tuple[str, ...]
    """Last name segment of each call in it."""
    familiar: float
    """Share of the names it uses without making them that the file uses elsewhere."""


class PythonFacts(msgspec.Struct, frozen=True, tag=True):
    """A Python file or a notebook."""

    kind: str
    """`python` or `notebook`."""
    lines: int
    imports: tuple[Import, ...] = ()
    scopes: tuple[Scope, ...] = ()
    blocks: tuple[Block, ...] = ()
    assigns: tuple[Assign, ...] = ()
    calls: tuple[Call, ...] = ()
    branches: tuple[Branch, ...] = ()
    texts: tuple[Text, ...] = ()
    words: tuple[str, ...] = ()
    """Every distinct string literal of at most 200 characters that looks like an identifier, a dotted name or a path."""
    exports: tuple[str, ...] | None = None
    """`__all__` when it is a literal."""
    dynamic: tuple[str, ...] = ()
    """Ways in which names may appear that reading cannot see: `star`, `__getattr__`, `__all__`, and the names of calls such as `globals`,
    `setattr`, `import_module`, `exec`, `getattr`."""
    main_line: int = 0
    """Line of `if __name__ == "__main__":`, 0 when there is none."""
    clones: tuple[CloneUnit, ...] = ()
    origin: Origin | None = None
    holder: str = ""
    """Who holds the copyright of the file by its head."""
    suppressions: tuple[Suppression, ...] = ()
    cells: tuple[Cell, ...] = ()
    steps: tuple[Step, ...] = ()
    """Shell lines of a notebook (`!cmd`, `%run`, `%%bash`)."""
    code_lines: int = 0
    attributes: tuple[tuple[str, int], ...] = ()
    """Dotted uses `name.attr…` (two segments or more) of imported names, with their first line."""
    protected: tuple[tuple[str, int, int], ...] = ()
    """(dotted use, first line, scope) of attributes with a leading underscore of anything but `self`: `engine._states`,
    `super()._x`, `._x` of what has no name."""
    shifts: tuple[Shift, ...] = ()
    contexts: tuple[Context, ...] = ()
    links: tuple[str, ...] = ()
    """Addresses that the prose of a notebook names."""
    told: tuple[str, ...] = ()
    """Base names of files that comments, texts and the prose of a notebook name."""
    usage: str = ""
    """The module's docstring when it describes a command line (docopt's `Usage:`)."""
    usage_line: int = 0
    """Where that docstring begins."""
    about: str = ""
    """The first 2000 signs of the module's docstring: what it tells people."""
    queries: tuple[Query, ...] = ()
    """Literals of SQL, in the order of their lines."""
    read_attributes: tuple[str, ...] = ()
    """The name of every attribute that is read."""
    handed: tuple[str, ...] = ()
    """Names and attributes that are read somewhere without being called there: a function among them may be called by anybody."""
    idle: tuple[Idle, ...] = ()
    overwritten: tuple[Overwritten, ...] = ()
    commented: tuple[CommentedCode, ...] = ()
    unbound: tuple[tuple[str, int], ...] = ()
    """(name, line) of uses of names that nothing in the file binds; empty as well when a notebook's magics may bind some."""
    mentions: tuple[Mentions, ...] = ()
    """What each scope mentions; scopes that were not told apart stand with the one around them."""
    conversions: tuple[Conversion, ...] = ()
    """Changes of representation that the code could do without, in the order of their lines."""
    acts_at: int = 0
    """Line of the first statement outside any definition that does work, 0 for a module that only defines."""
    remarks: tuple[tuple[str, int], ...] = ()
    """(kind, line of the code) of comments that present it: `by hand` (a switch that people turn) or `meant to fail`."""
    documented: tuple[str, ...] = ()
    """Words in quotes in the docstrings of functions and classes: choices that they offer."""
    texts_bind: tuple[str, ...] = ()
    """Names that a string assigns at the start of a line (`"source = …"`): it may become the code around another file."""
    recognised: tuple[tuple[str, int], ...] = ()
    """(text, line) of sentences that code looks for in texts."""
    pointed_to: tuple[str, ...] = ()
    """Classes of which comments name a member in backquotes: `Trainer.fit()`."""
    unread_argv: tuple[tuple[int, int], ...] = ()
    """(position, line of the test) of arguments that `len(sys.argv)` is tested for and nothing reads."""
    taken: tuple[Taken, ...] = ()


class Unreadable(msgspec.Struct, frozen=True, tag=True):
    """A file whose content could not become facts, and why (shown to the user)."""

    reason: str


Facts = Union[PythonFacts, StepFacts, ConfigFacts, SqlFacts, ProseFacts, Unreadable]
