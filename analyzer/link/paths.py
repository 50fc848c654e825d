"""Path arithmetic on patterns: parent, name, suffix, normal form."""

from __future__ import annotations

import posixpath

from analyzer.link.domain import Hole, Part, Pattern


def _split_last(pattern: Pattern) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """(before the last slash, after it); None when no literal part holds a slash."""
    parts = list(pattern.parts)
    if parts and isinstance(parts[-1], str) and len(parts[-1]) > 1:
        parts[-1] = parts[-1].rstrip("/")
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, str) and "/" in part:
            head, _, tail = part.rpartition("/")
            before = [*parts[:index], *([head] if head else [])]
            after = [*([tail] if tail else []), *parts[index + 1 :]]
            if not head and index == 0:
                before = ["/"]
            return tuple(before), tuple(after)
    return None


def parent(pattern: Pattern) -> Pattern:
    """The folder; of a lone unknown `{x}` it is `{x.parent}`."""
    if pattern.text is not None and posixpath.basename(pattern.text) == "..":
        return Pattern((f"{pattern.text}/..",), pattern.via, pattern.anchored, pattern.temporary, pattern.base)
    split = _split_last(pattern)
    if split is not None:
        return Pattern(split[0], pattern.via, pattern.anchored, pattern.temporary, pattern.base)
    if any(isinstance(part, Hole) for part in pattern.parts):
        hole = next(part for part in pattern.parts if isinstance(part, Hole))
        return Pattern((_asked(hole, "parent", len(pattern.parts) == 1),), pattern.via, False, pattern.temporary)
    if pattern.text == "." or (pattern.anchored and not pattern.parts):  # above the working folder or the repository
        return Pattern(("..",), pattern.via, pattern.anchored, pattern.temporary, pattern.base)
    return Pattern((), pattern.via, pattern.anchored, pattern.temporary, pattern.base)


def _asked(hole: Hole, attribute: str, is_whole: bool) -> Hole:
    """What is asked of an unknown path; of a parameter it is asked again when the parameter is known."""
    sym = hole.sym.then("path", attribute) if hole.sym is not None and is_whole and len(hole.sym.ops) < 6 else None
    return Hole(f"{hole.name}.{attribute}", sym)


def name(pattern: Pattern) -> Pattern:
    if not pattern.parts or posixpath.basename(pattern.text or "x") in (".", ".."):  # what the working folder is called is not known
        return Pattern((Hole("name"),), pattern.via)
    split = _split_last(pattern)
    if split is not None:
        return Pattern(split[1], pattern.via, False, pattern.temporary)
    if len(pattern.parts) == 1 and isinstance(pattern.parts[0], Hole):
        return Pattern((_asked(pattern.parts[0], "name", True),), pattern.via, False, pattern.temporary)
    return Pattern(pattern.parts, pattern.via, False, pattern.temporary)


def without_suffix(pattern: Pattern) -> Pattern:
    """The text without its last suffix; of a parameter it is taken off when the parameter is known."""
    parts = list(pattern.parts)
    if parts and isinstance(last := parts[-1], Hole) and last.sym is not None and len(last.sym.ops) < 6:
        parts[-1] = Hole(last.name, last.sym.then("path", "without_suffix"))
    if parts and isinstance(parts[-1], str):
        head, slash, tail = parts[-1].rpartition("/")
        stem, dot, _ = tail.rpartition(".")
        if (dot and stem) or (dot and len(parts) > 1):
            parts[-1] = head + slash + stem
            if not parts[-1]:
                parts.pop()
    return Pattern(tuple(parts), pattern.via, pattern.anchored, pattern.temporary, pattern.base)


def suffix(pattern: Pattern) -> Pattern:
    last = pattern.parts[-1] if pattern.parts else ""
    if isinstance(last, str) and "." in last.rpartition("/")[2]:
        return Pattern(("." + last.rpartition(".")[2],), pattern.via)
    return Pattern((Hole("suffix"),), pattern.via)


def asked(pattern: Pattern, question: str) -> Pattern:
    """`parent`, `name` or `without_suffix` of a path, by name."""
    return {"parent": parent, "name": name, "without_suffix": without_suffix}[question](pattern)


def normal(text: str) -> str:
    """POSIX normal form of a shown path or URI; `{…}` holes are left as they are. "" stays ""."""
    text = text.strip()
    if "://" in text:
        scheme, _, rest = text.partition("://")
        while "//" in rest:
            rest = rest.replace("//", "/")
        return f"{scheme}://{rest}"
    if not text:
        return ""
    text = text.replace("\\", "/") if "\\" in text and ":" not in text[:2] else text
    absolute = text.startswith("/")
    result = posixpath.normpath(text)
    if absolute and result.startswith("//"):
        result = result[1:]
    if result != result.strip():
        return normal(result)
    return "" if result == "." else result
