"""Writes docs/rules.md from the rules: `python docs/make_rules.py`. tests/test_docs.py says when that was forgotten.

The shares of right findings come from benchmarks/precision, lists of findings that were read on real repositories:
{"repository", "commit", "path", "line", "verdict": "right" or "wrong", "why"}, and "first_sight" and "round" with the verdict of a reading,
and its number, on a repository that nothing was built on. CODE.json has those that are reported now, silenced/CODE.json those that are not:
at first sight both count.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[1]
PRECISION = TOP / "benchmarks" / "precision"
COUNTS = TOP / "rules" / "precision.json"
MUTATIONS = TOP / "benchmarks" / "mutations.md"
TARGET = TOP / "docs" / "rules.md"


def measured() -> dict[str, dict[str, tuple[int, int]]]:
    """Rule code → (right, judged) by the parts of rules.measured.Measured."""
    shares = {}
    for code in sorted({path.stem for path in PRECISION.rglob("*.json")}):
        shown, silenced = (_verdicts(PRECISION / folder / f"{code}.json") for folder in (".", "silenced"))
        first = [entry for entry in (*shown, *silenced) if "first_sight" in entry]
        last = max((entry["round"] for entry in first), default=0)
        shares[code] = {
            "now": _share(entry["verdict"] for entry in shown),
            "not_tentative": _share(entry["verdict"] for entry in shown if entry.get("tentative") is False),
            "first_sight": _share(entry["first_sight"] for entry in first),
            "last_round": _share(entry["first_sight"] for entry in first if entry["round"] == last),
            "last_round_not_tentative": _share(
                entry["first_sight"] for entry in first if entry["round"] == last and entry.get("tentative") is False
            ),
        }
    return shares


def _verdicts(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def _share(verdicts: Iterable[str]) -> tuple[int, int]:
    words = list(verdicts)
    return words.count("right"), len(words)


def seeded() -> dict[str, tuple[int, int]]:
    """Rule code → (found, put in) of the debts that benchmarks/mutate.py put into copies of real repositories."""
    rows = re.findall(r"^\| ([A-Z]{3}\d{3}) \|[^|]*\| (\d+) \| (\d+) \|", MUTATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    return {code: (int(found), int(put_in)) for code, put_in, found in rows}


def page() -> str:
    """The text that docs/rules.md should have."""
    from mldebt.fixing.fixers import FIXERS
    from rules.measured import Measured
    from rules.pages import rule_pages
    from rules.registry import all_rules

    return rule_pages(all_rules(), {code: Measured(**shares) for code, shares in measured().items()}, seeded(), FIXERS)


if __name__ == "__main__":
    sys.path.insert(0, str(TOP))
    COUNTS.write_text(json.dumps(measured(), indent=1) + "\n", encoding="utf-8")
    TARGET.write_text(page(), encoding="utf-8")
