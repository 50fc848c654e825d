"""The point of a use."""

from __future__ import annotations

from typing import NamedTuple


class Where(NamedTuple):
    """A file, a scope, a line and a block: the same name can be another thing elsewhere."""

    path: str
    scope: int
    line: int
    block: int
