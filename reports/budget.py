"""How much of a report's size is spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import TypeVar

T = TypeVar("T")


class Budget:
    """Bytes that may still be spent on embedded rows; a row that does not fit costs nothing."""

    def __init__(self, total: int) -> None:
        self.left = total

    def spend(self, texts: tuple[str, ...], markup: int) -> bool:
        """Take the size of `texts`, escaped, plus `markup` bytes around them; False when that is more than is left."""
        size = markup + sum(len(escape(text).encode("utf-8", "backslashreplace")) for text in texts)
        if size > self.left:
            return False
        self.left -= size
        return True

    def fitting(self, entries: Iterable[T], texts: Callable[[T], tuple[str, ...]], markup: int) -> tuple[T, ...]:
        """The first `entries` that fit, in order."""
        kept = []
        for entry in entries:
            if not self.spend(texts(entry), markup):
                break
            kept.append(entry)
        return tuple(kept)
