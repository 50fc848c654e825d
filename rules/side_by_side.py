"""How two copies are told apart for people: the lines in which they differ, beside each other."""

from __future__ import annotations

import re

from analyzer.graph.clones import ClonePair, Difference
from analyzer.model import Evidence

MAX_TEXT = 100
_LOCAL = re.compile(r"\$\d+")


def shown(text: str) -> str:
    """A normalised line for people: local names, which are gone, as `_`."""
    plain = _LOCAL.sub("_", text)
    return plain if len(plain) <= MAX_TEXT else plain[: MAX_TEXT - 1] + "…"


def side_by_side(pair: ClonePair, difference: Difference) -> Evidence:
    """One difference of the two, at its place in the first of them."""
    left, right = shown(difference.left_text), shown(difference.right_text)
    text = f"only here: `{left}`" if not right else f"only in the copy: `{right}`" if not left else f"`{left}` ↔ `{right}`"
    return Evidence(f"{text} (the copy: {pair.b.module.site(difference.right_line)})", pair.a.module.site(difference.left_line))
