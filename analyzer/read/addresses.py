"""Addresses that prose and comments name."""

from __future__ import annotations

import re
from itertools import islice

_COMMENT = re.compile(r"\s*(?:#|;|//)")
_ADDRESS = re.compile(r"(?:https?|gs|s3)://[^\s<>()\[\]\"'`]{4,300}")


def addresses(text: str) -> list[str]:
    """Every web or bucket address in a text, in order, as it stands there."""
    return _ADDRESS.findall(text)


def comment_addresses(text: str) -> tuple[tuple[str, int], ...]:
    """(address, line) of the web addresses in whole-line comments (`#`, `;`, `//`), at most 50."""
    found = ((address, number) for number, line in enumerate(text.splitlines(), 1) if _COMMENT.match(line) for address in addresses(line))
    return tuple((address.rstrip(".,;:"), number) for address, number in islice(found, 50))
