"""How many findings of each rule were read on real repositories, and how many were right; written by docs/make_rules.py."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Measured(NamedTuple):
    """(right, judged) of one rule, several times; judged is 0 where nothing was read."""

    now: tuple[int, int] = (0, 0)
    """Of the findings that are reported now."""
    not_tentative: tuple[int, int] = (0, 0)
    """Of those among them that are shown by default."""
    first_sight: tuple[int, int] = (0, 0)
    """Of those on repositories that nothing was built on when they were read, as they were reported then."""
    last_round: tuple[int, int] = (0, 0)
    """Of those of the last such reading alone: earlier ones read an earlier version."""
    last_round_not_tentative: tuple[int, int] = (0, 0)
    """Of those of the last such reading that were shown by default."""


@cache
def measured() -> dict[str, Measured]:
    """Rule code → what was measured; rules without a judged finding are not in it."""
    shares = json.loads(Path(__file__).with_name("precision.json").read_text(encoding="utf-8"))
    return {code: Measured(**{part: (right, judged) for part, (right, judged) in share.items()}) for code, share in shares.items()}
