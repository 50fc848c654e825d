"""Addresses that prose names."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?|gs|s3)://[^\s<>()\[\]\"'`]{4,300}")


def addresses(text: str) -> list[str]:
    """Every web or bucket address in a text, in order, as it stands there."""
    return _ADDRESS.findall(text)
