"""What variables and the working directory of a shell are after `+=`, `cd` and branches."""

from __future__ import annotations

import posixpath

MAX_WORDS = 2_000


def joined(before: str | tuple[str, ...] | None, value: str | tuple[str, ...]) -> str | tuple[str, ...] | None:
    """`NAME+=value`."""
    if isinstance(before, tuple) and isinstance(value, tuple):
        return (before + value)[:MAX_WORDS]
    if isinstance(before, str) and isinstance(value, str):
        return before + value
    return value if before is None and isinstance(value, tuple) else None


def joined_folder(folder: str, target: str) -> str:
    joined = target if target.startswith(("/", "~", "{", "$")) or not folder else f"{folder}/{target}"
    normal = posixpath.normpath(joined[:4000]) if joined else ""
    return "" if normal == "." else normal


def merged(before: str | tuple[str, ...] | None, given: list[str]) -> str | None:
    """What a variable holds behind a branch; None when the arms leave it open."""
    values = dict.fromkeys(given)
    if isinstance(before, str):
        values[before] = None
    solid = [value for value in values if "{" not in value]
    return solid[0] if len(solid) == 1 else next(iter(values)) if len(values) == 1 else None
