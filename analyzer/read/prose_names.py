"""File names and paths that prose names: what a README tells people about a file counts as its documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"[\w.~{}*-]*(?:/[\w.~{}*-]*[\w.*}])+/?|[\w-]+(?:\.[A-Za-z0-9]{2,8}){1,2}\b")
_DOTTED = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\b")
MAX_NAMES = 50_000
MAX_TEXT = 400_000
MAX_PARTS = 12


def names_in_prose(texts: Iterable[str]) -> frozenset[str]:
    """Base names with a suffix, dotted names, and every run of two or more segments of the paths that the texts name."""
    found: set[str] = set()
    for text in texts:
        for token in _TOKEN.findall(text[:MAX_TEXT]):
            parts = [part.strip() for part in token.strip("/").split("/") if part not in ("", ".", "..", "~")][:MAX_PARTS]
            if parts and "." in parts[-1]:
                found.add(parts[-1])
            found.update("/".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 2, len(parts) + 1))
        found.update(_DOTTED.findall(text[:MAX_TEXT]))
        if len(found) > MAX_NAMES:
            break
    return frozenset(found)
