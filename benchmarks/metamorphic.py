"""Spell the code of real repositories differently and count the findings that change; none should.

    python benchmarks/metamorphic.py CHECKOUTS --mldebt PATH/TO/bin/mldebt

Each copy gets one change in all of its Python files: another layout, other names for local variables, functions in another order
(tests/source_changes.py), or each code cell of its notebooks cut in two. Findings are compared by subject. Of comments only those at the
head of a file survive renaming and reordering, so what argues from comments (DXP006, suppressions) is compared only where the layout or the
cells change.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from mutate import Report, clean_report, copied, scanned

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from source_changes import Changed, renamed, reordered, spread  # type: ignore[import-not-found]

Change = Callable[[str, random.Random], str]
FROM_COMMENTS = frozenset({"DXP006", "SML900", "SML901"})


def _python(change: Callable[[str, random.Random], Changed]) -> Change:
    def changed(text: str, chance: random.Random) -> str:
        try:
            new = str(change(text, chance).text)
            return new if new.startswith("#") else _head(text) + new
        except (SyntaxError, ValueError, AssertionError, RecursionError):
            return text  # Python 2, or a layout that the change does not know: left as it is

    return changed


def _head(text: str) -> str:
    """The comments that a file begins with: where it was copied from, and under which licence, is no spelling."""
    return "".join(takewhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))


def split_cells(text: str, _chance: random.Random) -> str:
    """A notebook with each code cell of several statements cut in two before its last statement."""
    book = json.loads(text)
    cells = []
    for cell in book["cells"]:
        source = "".join(cell["source"])
        try:
            last = ast.parse(source).body[-1] if cell["cell_type"] == "code" else None
        except (SyntaxError, IndexError, ValueError):
            last = None
        if last is None or last.lineno < 2 or getattr(last, "decorator_list", None):
            cells.append(cell)
            continue
        lines = source.splitlines(keepends=True)
        cells += [cell | {"source": part} for part in (lines[: last.lineno - 1], lines[last.lineno - 1 :])]
    return json.dumps(book | {"cells": cells}, indent=1)


CHANGES: dict[str, tuple[str, Change]] = {
    "layout": ("*.py", _python(spread)),
    "local names": ("*.py", _python(renamed)),
    "order of functions": ("*.py", _python(reordered)),
    "cells": ("*.ipynb", split_cells),
}


def apply(root: Path, pattern: str, change: Change) -> int:
    """Change every file of `root` that matches; how many are different now."""
    count = 0
    for path in sorted(root.rglob(pattern)):
        try:
            text = path.read_text(encoding="utf-8")
            new = change(text, random.Random(path.name))
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if new != text:
            path.write_text(new, encoding="utf-8")
            count += 1
    return count


def differences(before: Report, after: Report, *, comments: bool) -> list[str]:
    """Findings that only one of the two reports has, in words."""
    kept = [
        {(f["rule"], f["subject"]["id"]) for f in report["findings"] if comments or f["rule"] not in FROM_COMMENTS}
        for report in (before, after)
    ]
    return [f"- {rule} {subject}" for rule, subject in sorted(kept[0] - kept[1])] + [
        f"+ {rule} {subject}" for rule, subject in sorted(kept[1] - kept[0])
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--mldebt", required=True)
    options = parser.parse_args()
    total: Counter[str] = Counter()
    for root in sorted(path for path in options.checkouts.iterdir() if path.is_dir()):
        clean = clean_report(root, options.mldebt)
        for name, (pattern, change) in CHANGES.items():
            with tempfile.TemporaryDirectory() as folder:
                copy = copied(root, Path(folder) / root.name)
                if not apply(copy, pattern, change):
                    continue
                changed = differences(clean, scanned(copy, options.mldebt), comments=name in ("layout", "cells"))
            total["findings"] += len(clean["findings"])
            total["changed"] += len(changed)
            print(f"{root.name}, {name}: {len(clean['findings'])} findings, {len(changed)} changed", *changed, sep="\n  ")
    print(f"{total['changed']} of {total['findings']} findings changed")
    return 1 if total["changed"] else 0


if __name__ == "__main__":
    sys.exit(main())
