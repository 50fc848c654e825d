"""Artifacts, who writes and reads them, and which writer meets which reader (RULES.md §0.4)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product

from analyzer.graph.joining import joining_key
from analyzer.graph.system import DataEdge, Declaration
from analyzer.model import Access, Artifact, Site

_HOLE = re.compile(r"\{[^{}]*\}|\*+")
_GENERIC = re.compile(
    r"^(train|test|val|valid|dev|data|dataset|input|output|results?|metrics?|predictions?|submission|sample_submission|config|"
    r"params|args|model|best|last|"
    r"latest|checkpoint|ckpt|weights|vocab|tokenizer|labels?|features?|meta|metadata|index|manifest|log|history|scores?|stats|"
    r"report|summary|tmp|temp|cache|"
    r"out|readme|requirements|setup|version|file|files|image|images|df|x|y)(?:[_-]?\d+)?(?:\.[a-z0-9]+){0,3}$",
    re.IGNORECASE,
)
_REMOVALS = frozenset({"rm", "os.remove", "os.unlink", "shutil.rmtree", "SQL DROP", "SQL DELETE", "SQL TRUNCATE"})
"""They write an artifact and produce nothing."""
DEFINITIONS = frozenset({"SQL ALTER", "SQL CREATE TABLE"})
"""They make or change an empty table."""
MAX_PAIRS = 40
MAX_COMPARED = 100_000
"""Pairs looked at for one basename: a name that thousands of sites use tells nothing."""


@lru_cache(maxsize=1 << 16)
def shape(identity: str) -> str:
    """What identities are compared by: every unknown part as one `*`, and a URI in the one spelling that all its spellings share."""
    text = _HOLE.sub("*", identity)
    if "://" in text or text.startswith(("dataset:", "/dbfs/", "dbfs:/")):
        text = joining_key(text)
    return re.sub(r"\*+", "*", text)


def artifacts_of(accesses: Iterable[Access], declared: Iterable[Declaration]) -> dict[str, Artifact]:
    """Artifacts by identity; two patterns that differ in the names of their holes only are one."""
    sites: dict[str, list[Site]] = {}
    for entry in declared:
        sites.setdefault(shape(entry.artifact), []).append(entry.site)
    groups: dict[str, list[Access]] = {}
    for access in accesses:
        if access.artifact is not None and not access.temporary:
            groups.setdefault(shape(access.artifact), []).append(access)
    found: dict[str, Artifact] = {}
    for key, group in groups.items():
        name = group[0].artifact or key
        writers = tuple(a for a in group if a.op == "write")
        readers = tuple(a for a in group if a.op == "read")
        klass = next((a.klass for a in group if a.klass), "")
        if not klass:
            klass = "INTERMEDIATE" if writers and readers else "RAW" if readers else ""
        found[name] = Artifact(name, group[0].kind, klass, writers, readers, tuple(sites.get(key, ())))
    return dict(sorted(found.items()))


def data_edges(accesses: Iterable[Access], project_of: Callable[[str], str]) -> list[DataEdge]:
    """Writer and reader of one artifact, with the level at which they are one: 3 exact, 2 by tail within a project."""
    writers: dict[str, list[Access]] = {}
    readers: dict[str, list[Access]] = {}
    for access in accesses:
        if access.artifact is None or access.temporary or access.call in _REMOVALS:
            continue
        target = writers if access.op == "write" else readers
        target.setdefault(_base(access.artifact), []).append(access)
    edges: list[DataEdge] = []
    for base, reading in readers.items():
        if base not in ("", "*"):
            writing = sorted(writers.get(base, ()), key=_only_defines)
            edges.extend(islice(_meetings(writing, reading, project_of), MAX_PAIRS))
    return edges


def _only_defines(access: Access) -> bool:
    """Of a unit that creates a table and fills it, the filling is told."""
    return access.call in DEFINITIONS


def _meetings(writing: Sequence[Access], reading: Iterable[Access], project_of: Callable[[str], str]) -> Iterator[DataEdge]:
    """The pairs of accesses with one basename that are one artifact, each pair of units once."""
    seen: set[tuple[str, str, str]] = set()
    for reader, writer in islice(product(reading, writing), MAX_COMPARED):
        level = _level(writer, reader, project_of)
        key = (writer.unit, reader.unit, shape(reader.artifact or ""))
        if level and key not in seen:
            seen.add(key)
            yield DataEdge(writer, reader, _clearer(writer, reader), level)


def _base(identity: str) -> str:
    return posixpath.basename(shape(identity).rstrip("/"))


def _clearer(writer: Access, reader: Access) -> str:
    first, second = writer.artifact or "", reader.artifact or ""
    return first if shape(first).count("*") <= shape(second).count("*") else second


def _level(writer: Access, reader: Access, project_of: Callable[[str], str]) -> int:
    found = level(writer.artifact or "", reader.artifact or "")
    is_certain = found == 3 and not (writer.kind == "table" and "." not in (writer.artifact or ""))  # every database may have a `users`
    return found if is_certain or project_of(writer.site.path) == project_of(reader.site.path) else 0


def level(one: str, other: str) -> int:
    """How surely two identities of one project are one artifact (RULES.md §0.4): 3 exact, 2 by tail, 0 not."""
    first, second = shape(one), shape(other)
    exact = "*" not in first and "*" not in second
    if exact and first == second:
        return 3
    if "://" in first or "://" in second:
        return 0
    tail_first, tail_second = first.split("/"), second.split("/")
    base = tail_first[-1]
    if "*" in base or base != tail_second[-1]:
        return 0
    if exact and _rooted(first) and _rooted(second):
        return 0  # two whole paths that differ are two files
    parents = (tail_first[-2] if len(tail_first) > 1 else "", tail_second[-2] if len(tail_second) > 1 else "")
    if not unify(tail_first, tail_second):
        return 0
    if parents[0] == parents[1] and parents[0] not in ("", "*", "..", ".") and (not _GENERIC.match(base) or not _GENERIC.match(parents[0])):
        return 2
    return 0


def _rooted(identity: str) -> bool:
    """Does the identity start from a known folder (not from a hole)?"""
    return not identity.startswith(("*", "../"))


def unify(first: list[str], second: list[str]) -> bool:
    """Segment by segment from the end: equal, or one of them unknown; a leading unknown may stand for many segments."""
    for left, right in zip(reversed(first), reversed(second), strict=False):
        if left == right or left == "*" or right == "*":
            continue
        if "*" in left or "*" in right:
            pattern, text = (left, right) if "*" in left else (right, left)
            if "*" in text or re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text):
                continue
        return False
    return True


def mark_declared(accesses: Iterable[Access], declared: Iterable[Declaration]) -> list[Access]:
    """Accesses with `declared` set where a declaration names the artifact (or a folder above it) for a step that runs the unit."""
    by_file: dict[str, list[tuple[str, str]]] = {}
    for entry in declared:
        for path in (*entry.runs, entry.unit.partition("::")[0]):
            by_file.setdefault(path, []).append((entry.op, shape(entry.artifact).rstrip("/")))
    marked: list[Access] = []
    for access in accesses:
        if access.artifact is not None and not access.declared:
            name = shape(access.artifact)
            named = by_file.get(access.site.path, ())
            if any(op == access.op and (name == path or name.startswith(path + "/")) for op, path in named):
                access = replace(access, declared=True)
        marked.append(access)
    return marked
