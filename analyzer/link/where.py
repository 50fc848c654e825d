"""The point of a use."""

from __future__ import annotations

from typing import NamedTuple


class Where(NamedTuple):
    """A file, a scope, a moment of its source and a block: the same name can be another thing elsewhere."""

    path: str
    scope: int
    at: int
    """As `Assign.at`, not a line: how source is laid out changes no value."""
    block: int
