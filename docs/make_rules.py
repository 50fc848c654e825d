"""Writes docs/rules.md from the rules: `python docs/make_rules.py`. tests/test_docs.py says when that was forgotten.

The share of right findings comes from benchmarks/precision/CODE.json, a list of findings that were read on real repositories:
{"repository", "commit", "path", "line", "verdict": "right" or "wrong", "why"}.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
COUNTS = TOP / "rules" / "precision.json"
TARGET = TOP / "docs" / "rules.md"


def measured() -> dict[str, tuple[int, int]]:
    """Rule code → (right, judged)."""
    counts = {}
    for path in sorted((TOP / "benchmarks" / "precision").glob("*.json")):
        verdicts = [entry["verdict"] for entry in json.loads(path.read_text(encoding="utf-8"))]
        counts[path.stem] = (verdicts.count("right"), len(verdicts))
    return counts


def page() -> str:
    """The text that docs/rules.md should have."""
    from rules.pages import rule_pages
    from rules.registry import all_rules

    return rule_pages(all_rules(), measured())


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    COUNTS.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")
    TARGET.write_text(page(), encoding="utf-8")
