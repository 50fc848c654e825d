"""What prose (README, documentation) says of code: the names it shows as code, the files it names, the addresses it gives.

A README that names a file documents it; one that shows a call tells people to use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from analyzer.read.addresses import addresses
from analyzer.read.names import NAME

_TOKEN = re.compile(r"[\w.~{}*-]*(?:/[\w.~{}*-]*[\w.*}])+/?|[\w-]+(?:\.[A-Za-z0-9]{2,8}){1,2}\b")
_SPACED = re.compile(
    r"[\"'`/\\]([\w(][\w()&,.+-]*(?: [\w()&,.+-]+){1,12}\.(?:csv|tsv|xlsx?|jsonl?|txt|parquet|pkl|zip|geojson|shp|nc|h5))[\"'`]"
)
"""A file name with spaces, in quotes."""
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\b")
_FENCE = re.compile(r"^\s*(?:```|~~~|\.\. code(?:-block)?::|>>> )")
_IMPORT = re.compile(r"^\s*(?:>>> |\$ )?(?:from\s+[\w.]+\s+import\b|import\s+\w)")
_CALLED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(|\b((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*)\b")
_NAMED = re.compile(r"`([A-Za-z]\w*_\w+|[A-Z]+[a-z0-9]+[A-Z]\w*)(?:\(\))?`")
_ITEM = re.compile(r"\s*[-*+] +([a-z]\w*_\w+)\s*(?:[:(]|$)")
"""An item of a list that begins with a name such as no word looks like."""
_PAST = re.compile(r"(^|/)(CHANGELOG|CHANGES|HISTORY|NEWS|RELEASE\w*)[^/]*$", re.IGNORECASE)
"""What was once there is no use."""
_DRAWN = re.compile(r"[\u251c\u2514\u2502]|^\s*(?:\|\s+)*[|`+]--")
"""A line of a drawn tree of folders: it lists what there is and tells of no use."""
_SOURCED = re.compile(
    r"\b(?:source|origin)s? of (?:the |these |this |our )?(?:raw |original )?(?:data|files)\b|"
    r"\b(?:data|datasets?|files)\s+(?:\w+\s+){0,3}(?:(?:was|were|is|are|can be|been)\s+)(?:originally\s+)?"
    r"(?:downloaded|obtained|collected|taken|provided|retrieved|scraped|extracted|exported)\s+(?:from|by)\b",
    re.IGNORECASE,
)
_README = re.compile(r"(^|/)README[^/]*$", re.IGNORECASE)
_TAKEN = re.compile(
    r"\b(?:this|the (?:code|folder|directory))\s+(?:\w+\s+){0,4}(?:is|was|are)\s+(?:an?\s+)?(?:\w+\s+){0,2}"
    r"(?:fork(?:ed)?\s+(?:of|from)|cop(?:y|ied)\s+(?:of|from)|(?:taken|cloned|vendored|adapted|borrowed|imported)\s+from)\b",
    re.IGNORECASE,
)
_INCLUDED = re.compile(r"(?:\.\. literalinclude::[ \t]*|--8<--[ \t]*[\"']|\binclude\w*[ \t]*\(?[ \t]*[\"'])([\w./-]+\.py)\b")
"""Shows a file whole. What lists the members of a module (`automodule`) is made from it and says nothing of its use."""
_DESCRIBED = re.compile(r"^[ \t]*(?::::|\.\. auto(?:module|class|function|summary)::)[ \t]*([A-Za-z_]\w*(?:\.\w+)*)[ \t]*$", re.MULTILINE)
"""mkdocstrings and Sphinx autodoc: the reference of what is offered to others."""
MAX_HEAD = 600
MAX_LINES = 20_000
MAX_TEXT = 400_000
MAX_PARTS = 12
MAX_CODE = 200
MAX_STEM = 80
_CODE = (".py", ".ipynb", ".sh")
_STEM = re.compile(r"[\w-]+\Z")


class ProseFacts(msgspec.Struct, frozen=True, tag=True):
    """A file of prose."""

    files: tuple[str, ...] = ()
    """Base names with a suffix, dotted names, and every run of two or more segments of the paths that the text names."""
    shown: tuple[tuple[str, int], ...] = ()
    """(name, first line) of what stands in a fenced block that imports, or is written as a call, a dotted name or a name set as code."""
    addresses: tuple[str, ...] = ()
    """Web and bucket addresses, in order, as they stand there."""
    drawn: tuple[str, ...] = ()
    """Those of `files` that stand in drawings of folders only."""
    included: tuple[str, ...] = ()
    """Python files that the text includes whole."""
    is_of_others: bool = False
    """Whether a README begins by saying that what lies beside it was taken from another project."""
    is_sourced: bool = False
    """Whether it tells where data come from: "the source of the data can be found at …"."""
    described: tuple[str, ...] = ()
    """Dotted names of which a reference is made."""


def read_prose(path: str, text: str) -> ProseFacts:
    """The facts of one text. A list of past changes shows nothing: it tells of what once was."""
    first: dict[str, int] = {}
    for number, name in _shown(text) if not _PAST.search(path) else ():
        first.setdefault(name, number)
    files = _files(text[:MAX_TEXT])
    rest = _undrawn(text[:MAX_TEXT])
    drawn = files - _files(rest) if rest else frozenset()
    taken = bool(_README.search(path)) and _TAKEN.search(text[:MAX_HEAD]) is not None
    shown = tuple(first.items())
    return ProseFacts(
        tuple(sorted(files)),
        shown,
        tuple(addresses(text)),
        tuple(sorted(drawn)),
        _included(text),
        taken,
        _SOURCED.search(text[:MAX_TEXT]) is not None,
        _described(text),
    )


def code_files(text: str) -> tuple[str, ...]:
    """Base names of scripts and notebooks that a text of any kind names, in comments and messages as well, each once."""
    found: dict[str, None] = {}
    for suffix in _CODE:
        at = text.find(suffix)
        while at >= 0 and len(found) < MAX_CODE:
            end = at + len(suffix)
            stem = _STEM.search(text, max(0, at - MAX_STEM), at)
            if stem is not None and not (text[end : end + 1].isalnum() or text[end : end + 1] in ("_", "(")):
                found[stem[0] + suffix] = None
            at = text.find(suffix, end)
    return tuple(found)


def _undrawn(text: str) -> str:
    """The text without drawings of folders, "" when it has none."""
    if not any(sign in text for sign in ("\u251c", "\u2514", "|--")):
        return ""
    return "\n".join(line for line in text.split("\n") if _DRAWN.search(line) is None) or " "


def file_names(text: str) -> list[str]:
    """Base names with a suffix that a text names, each once, in order."""
    found = (token.rstrip("/").rpartition("/")[2] for token in _TOKEN.findall(text[:MAX_TEXT]))
    return list(dict.fromkeys(name for name in found if "." in name.strip(".")))


def _included(text: str) -> tuple[str, ...]:
    if "::" not in text and "--8<--" not in text and "include" not in text:
        return ()
    return tuple(dict.fromkeys(name.lstrip("./") for name in _INCLUDED.findall(text[:MAX_TEXT])))


def _files(text: str) -> set[str]:
    found = {*_DOTTED.findall(text), *_SPACED.findall(text)}
    for token in _TOKEN.findall(text):
        parts = [part.strip() for part in token.strip("/").split("/") if part not in ("", ".", "..", "~")][:MAX_PARTS]
        if parts and "." in parts[-1]:
            found.add(parts[-1])
        found.update("/".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 2, len(parts) + 1))
    return found


def _shown(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")[:MAX_LINES]
    for first, last in _blocks(lines):
        if any(_IMPORT.match(line) for line in lines[first:last]):
            for number in range(first, last):
                for name in NAME.findall(lines[number].partition("#")[0]):
                    yield number + 1, name
    for number, line in enumerate(lines, 1):
        if _IMPORT.match(line):
            for name in NAME.findall(line):
                yield number, name
        for name in _NAMED.findall(line):
            yield number, name
        if item := _ITEM.match(line):
            yield number, item[1]
        for called, dotted in _CALLED.findall(line):
            for name in (called or dotted).split("."):
                yield number, name


def _blocks(lines: list[str]) -> Iterable[tuple[int, int]]:
    """(first, last) line of each fenced or indented block of code."""
    start = -1
    for number, line in enumerate(lines):
        if not _FENCE.match(line):
            continue
        if line.lstrip().startswith(".."):
            last = next((n for n in range(number + 1, len(lines)) if lines[n].strip() and not lines[n].startswith((" ", "\t"))), len(lines))
            yield number + 1, last
        elif start < 0:
            start = number + 1
        else:
            yield start, number
            start = -1


def _described(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_DESCRIBED.findall(text[:MAX_TEXT]))) if ":::" in text or ".. auto" in text else ()
