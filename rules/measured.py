"""How many findings of each rule were read on real repositories, and how many were right; written by docs/make_rules.py."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def measured() -> dict[str, tuple[int, int]]:
    """Rule code → (right, judged); rules without a judged finding are not in it."""
    counts = json.loads(Path(__file__).with_name("precision.json").read_text(encoding="utf-8"))
    return {code: (right, judged) for code, (right, judged) in counts.items()}
