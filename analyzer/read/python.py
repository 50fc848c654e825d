"""Python source to facts: one parse, one walk for values and one for mentions; what few files have is looked for in the text first."""

from __future__ import annotations

import ast
import re
import warnings

from analyzer.read.argv import unread_argv
from analyzer.read.commented_code import commented_code
from analyzer.read.conversions import conversions
from analyzer.read.facts import Cell, PythonFacts, Unreadable
from analyzer.read.mentions import mentions
from analyzer.read.prose import code_files
from analyzer.read.provenance import holder
from analyzer.read.remarks import pointed_to, remarks
from analyzer.read.sql_places import queries
from analyzer.read.statements import Statements
from analyzer.read.step_facts import Step
from analyzer.read.suppression import suppressions
from analyzer.read.surrogates import make_printable
from analyzer.read.unbound_names import unbound_names

_PYTHON_2 = re.compile(r"^\s*(print\s+[^\s(=.\[]|exec\s+[\"'\w]|raise\s+\w+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)", re.MULTILINE)
_CODE_LINE = re.compile(r"^[ \t]*[^\s#]", re.MULTILINE)


def read_python(text: str, kind: str = "python", cells: tuple[Cell, ...] = (), steps: tuple[Step, ...] = ()) -> PythonFacts | Unreadable:
    """The facts of one Python file or of a notebook's synthetic module.

    `kind` is `python` or `notebook`; `cells` and `steps` come from the notebook reader. Source that this interpreter cannot parse is
    tried once more through libcst, which knows newer syntax. What cannot be read becomes `Unreadable` with the reason; nothing is raised.
    """
    try:
        tree = _parse(text)
        if isinstance(tree, Unreadable):
            return tree
        lines = text.count("\n") + (not text.endswith("\n"))
        walk = _walked(tree, text, lines)
        mentioned, acts_at, is_open = mentions(tree, walk.scopes)
    except (RecursionError, MemoryError):
        return Unreadable("nested too deeply to analyse")
    return PythonFacts(
        kind=kind,
        lines=lines,
        imports=tuple(walk.imports),
        scopes=tuple(walk.scopes),
        blocks=tuple(walk.blocks),
        assigns=tuple(walk.assigns),
        calls=tuple(walk.calls),
        branches=tuple(walk.branches),
        texts=tuple(walk.texts),
        words=tuple(sorted(walk.words)),
        exports=walk.exports,
        dynamic=tuple(walk.dynamic),
        main_line=walk.main_line,
        clones=tuple(walk.clones),
        holder=holder(text),
        suppressions=suppressions(text),
        cells=cells,
        steps=steps,
        code_lines=len(_CODE_LINE.findall(text)),
        attributes=tuple(walk.attributes.items()),
        protected=tuple([(dotted, line, scope) for (dotted, scope), line in walk.protected.items()]),
        shifts=tuple(walk.shifts),
        contexts=tuple(walk.contexts),
        usage=walk.usage,
        usage_line=walk.usage_line,
        about=walk.about,
        queries=queries(text, walk.queries) if walk.queries else (),
        read_attributes=tuple(sorted(walk.read_attributes)),
        handed=tuple(sorted(walk.handed)),
        idle=tuple(walk.idle),
        overwritten=tuple(walk.overwritten),
        commented=commented_code(text, walk.loose, cells),
        unbound=unbound_names(text, tree) if is_open else (),
        mentions=mentioned,
        conversions=conversions(text, tree, walk.scopes),
        acts_at=acts_at,
        remarks=remarks(text),
        texts_bind=tuple(sorted(walk.texts_bind)),
        told=code_files(text),
        documented=tuple(sorted(walk.documented)),
        recognised=tuple(walk.recognised.items()),
        pointed_to=pointed_to(text),
        unread_argv=unread_argv(text, tree),
    )


def _walked(tree: ast.Module, text: str, lines: int) -> Statements:
    make_printable(tree, text)
    walk = Statements()
    walk.module(tree, lines)
    return walk


_NOT_YET = (
    ("source of Python 3.6 or older", re.compile(r"\basync\s*=")),
    ("commands of a notebook", re.compile(r"^\s*([!%]|(run|cd|ls)\s+[\w./~-]+\s*$)")),
    ("source to be filled in", re.compile(r"#.*\b(TODO|your|fill|add)\b|\{\{|\{%|<[A-Z_]+>", re.IGNORECASE)),
)
"""What the line at which Python gives up says: that another Python, a notebook or a person was to read it first."""


def _parse(text: str) -> ast.Module | Unreadable:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the scanned source are not our user's concern
            return ast.parse(text)
    except SyntaxError as error:
        return _reparse(text, error)
    except ValueError as error:
        return Unreadable(f"not Python source: {error}")


def _reparse(text: str, error: SyntaxError) -> ast.Module | Unreadable:
    where = f"line {error.lineno}: {error.msg}"
    if _PYTHON_2.search(text):
        return Unreadable(f"Python 2 source ({where})")
    line = text.split("\n")[(error.lineno or 1) - 1] if (error.lineno or 1) <= text.count("\n") + 1 else ""
    kind = next((kind for kind, pattern in _NOT_YET if pattern.search(line)), "")
    if kind:
        return Unreadable(f"{kind} ({where})")
    from analyzer.read.newer_syntax import older_equivalent

    older = older_equivalent(text)
    if older is not None:
        try:
            return ast.parse(older)
        except (SyntaxError, ValueError):
            pass
    return Unreadable(f"syntax error in {where}")
