"""Jupyter notebook → one synthetic Python text in which every code cell keeps its lines; IPython's own syntax made Python.

Source: nbformat 3 and 4 (https://nbformat.readthedocs.io), IPython `core.inputtransformer2`. Nothing is run; outputs are never kept.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import dataclass
from typing import Any

import msgspec

from analyzer.read.addresses import addresses
from analyzer.read.facts import Cell, Unreadable
from analyzer.read.injected_cells import TAG
from analyzer.read.ipython import NotebookShell, neutral
from analyzer.read.prose import file_names
from analyzer.read.step_facts import Step
from analyzer.read.surrogates import printable_json
from analyzer.read.unbound_names import may_bind

MAX_CELLS = 20_000
MAX_BROKEN = 1_000


class _Named(msgspec.Struct):
    name: Any = None
    language: Any = None


class _Metadata(msgspec.Struct):
    kernelspec: _Named | None = None
    language_info: _Named | None = None


class _Cell(msgspec.Struct):
    cell_type: Any = None
    source: Any = None
    input: Any = None
    language: Any = None
    execution_count: Any = None
    metadata: Any = None
    prompt_number: Any = None


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: _Metadata | None = None


MAX_LINKS = 200
_ASKS = re.compile(
    r"\bun-?comment|\bcomment(?:ed)? (?:this |it |them |these |the [\w ]{1,20})?(?:out|in)\b|\b(?:choose|pick) (?:one|any)\b"
    r"|\boptional(?:ly)?\b"
    r"|\b(?:if|in case) you (?:want|wish|need|prefer|like|would|have|don'?t|do not|already)\b|\bfeel free to\b"
    r"|\bto (?:re-?)?(?:run|train|generate|install|download|create|produce)\b[^\n]{0,80}\byourself\b",
    re.IGNORECASE,
)
_MAX_ASKED = 200
DECODER = msgspec.json.Decoder(_Notebook)


@dataclass(frozen=True, slots=True)
class NotebookSource:
    """`text` is a Python module; `cells` tell where in it each code cell stands; `steps` hold the shell commands of the cells."""

    text: str
    cells: tuple[Cell, ...]
    steps: tuple[Step, ...] = ()
    broken: tuple[tuple[int, str], ...] = ()
    """(index of the cell, reason) of code cells that are no Python; their lines are blank in `text`."""
    links: tuple[str, ...] = ()
    """Addresses that its prose names, at most MAX_LINKS."""
    told: tuple[str, ...] = ()
    """Base names of files that its prose names, at most MAX_LINKS."""
    is_open: bool = False
    """Magics or cells that are no Python may bind names that `text` does not show."""
    lost: str = ""
    """The code of the broken cells: what it mentions is used all the same."""
    injected: tuple[tuple[int, int], ...] = ()
    """First and last line in `text` of each cell that a tool put in and replaces at every run."""


def notebook_source(data: bytes) -> NotebookSource | Unreadable:
    """The code of a Python notebook. Unreadable for a notebook of another language and for what is no notebook."""
    try:
        notebook = _decoded(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        return Unreadable("is nested too deeply")
    except (ValueError, TypeError) as error:
        return Unreadable(_reason(error, data))
    if notebook.cells is None and notebook.worksheets is None:
        return Unreadable("is no Jupyter notebook (no cells)")
    language = _language(notebook.metadata)
    if language and not _is_python(language):
        return Unreadable(f"notebook of language {language}")
    cells = notebook.cells if notebook.cells is not None else [cell for sheet in notebook.worksheets or [] for cell in sheet.cells]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _joined(cells[:MAX_CELLS])


def _decoded(data: bytes) -> _Notebook:
    try:
        return DECODER.decode(data)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Python's own writer puts NaN into outputs, which is no JSON; lone surrogates are JSON, but no text.
        return msgspec.convert(json.loads(printable_json(data)), _Notebook, strict=False)


def _reason(error: Exception, data: bytes) -> str:
    if isinstance(error, json.JSONDecodeError):
        merging = " with unresolved merge conflicts" if b"\n<<<<<<< " in data else ""
        return f"is no valid JSON{merging} (line {error.lineno}: {error.msg})"
    if isinstance(error, UnicodeDecodeError):
        line = data.count(b"\n", 0, error.start) + 1
        return f"not UTF-8 (byte 0x{data[min(error.start, len(data) - 1)]:02x} at line {line})"
    return f"is no Jupyter notebook ({str(error)[:200]})"


def _language(metadata: _Metadata | None) -> str:
    """The language that the metadata names, "" when it names none."""
    if metadata is None:
        return ""
    info, kernel = metadata.language_info, metadata.kernelspec
    named = (info and info.name) or (kernel and kernel.language) or (kernel and kernel.name)
    if not isinstance(named, str):
        return ""
    only_kernel = not (info and info.name) and not (kernel and kernel.language)
    # A kernel's name is free; only the well-known ones of other languages tell anything.
    known = {"ir": "R", "xr": "R", "bash": "bash", "scala": "scala", "almond": "scala", "spark": "scala", "irkernel": "R", "xcpp": "C++"}
    if only_kernel:
        return known.get(named, "julia" if named.startswith("julia") else "")
    return named


def _is_python(language: str) -> bool:
    return "python" in language.lower() or language.lower() in ("pyspark", "sage", "sagemath", "coconut")


def _joined(cells: list[_Cell]) -> NotebookSource:
    shell = NotebookShell()
    texts: list[str] = []
    placed: list[Cell] = []
    broken: list[tuple[int, str]] = []
    links: dict[str, None] = {}
    told: dict[str, None] = {}
    lost: list[str] = []
    injected: list[tuple[int, int]] = []
    line = 1
    is_open = False
    asked = ""
    for index, cell in enumerate(cells):
        if cell.cell_type == "markdown":
            prose = _source(cell)
            asked = _asked(prose)
            links.update(dict.fromkeys(addresses(prose) if len(links) < MAX_LINKS else ()))
            told.update(dict.fromkeys(file_names(prose) if len(told) < MAX_LINKS else ()))
        if cell.cell_type != "code" or (isinstance(cell.language, str) and not _is_python(cell.language)):
            continue
        source = _source(cell)
        if _is_shell(cell.metadata):
            shell.run(source, line)
            text, reason = "\n" * source.count("\n"), ""
        else:
            text, reason = _python(source, line, shell)
        is_open = is_open or bool(reason) or (("%" in source or "kernel" in source) and may_bind(source))
        if reason and len(broken) < MAX_BROKEN:
            broken.append((index, reason))
            lost.append(source)
        count = text.count("\n") + 1
        executed = cell.execution_count if cell.execution_count is not None else cell.prompt_number
        if isinstance(cell.metadata, dict) and TAG in (cell.metadata.get("tags") or ()):
            injected.append((line, line + count - 1))
        placed.append(Cell(index, line, count, executed if isinstance(executed, int) else None, asked))
        asked = ""
        texts.append(text)
        line += count
    kept, named = tuple(links)[:MAX_LINKS], tuple(told)[:MAX_LINKS]
    return NotebookSource(
        "\n".join(texts) + "\n", tuple(placed), shell.steps(), tuple(broken), kept, named, is_open, "\n".join(lost), tuple(injected)
    )


def _is_shell(metadata: Any) -> bool:
    """Does an editor say that the cell is one of a shell?"""
    editor = metadata.get("vscode") if isinstance(metadata, dict) else None
    return isinstance(editor, dict) and editor.get("languageId") in ("shellscript", "bash", "sh")


def _asked(markdown: str) -> str:
    """The line of a Markdown cell that asks its reader to do something with the next cell, "" when none does."""
    found = _ASKS.search(markdown)
    if found is None:
        return ""
    begin, end = markdown.rfind("\n", 0, found.start()) + 1, markdown.find("\n", found.end())
    return markdown[max(begin, found.start() - _MAX_ASKED) : end if end >= 0 else None][: 2 * _MAX_ASKED].strip()


def _source(cell: _Cell) -> str:
    source = cell.source if cell.source is not None else cell.input
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    if not isinstance(source, str):
        return ""
    return source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _python(source: str, line: int, shell: NotebookShell) -> tuple[str, str]:
    """The cell as Python of as many lines, and "" or why it could not be kept. `line` is where it will stand."""
    lines = source.count("\n") + 1
    if not source.lstrip().startswith("%%") and _fault(source) == "":
        return source, ""
    text = neutral(_without_indent(source), line, shell)
    reason = _fault(text)
    return (text, "") if not reason else ("\n" * (lines - 1), reason)


def _fault(text: str) -> str:
    """Why `text` is no Python, "" when it is."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno or 1})"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"cannot be parsed ({type(error).__name__})"
    return ""


def _without_indent(source: str) -> str:
    """IPython drops the indentation of the first line from all lines."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return source
    return "\n".join(line.removeprefix(indent) for line in lines)
