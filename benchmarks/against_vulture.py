"""`mldebt scan` against `vulture .`, one after the other in pairs (A B A B …) on the same checkout.

    python benchmarks/against_vulture.py CHECKOUT --mldebt PATH/TO/bin/mldebt --vulture PATH/TO/bin/vulture

Prints both medians, the median of the pairs' ratios and the peak memory. Pairs share the machine's mood: a slow minute slows both. The exit
code is 1 when the ratio is over --max-ratio or the memory over --max-mb. vulture is not a dependency of mldebt: install it where you like.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from statistics import median

from measuring import Measured, measure

TIMEOUT = 15 * 60.0


def measured(command: list[str], root: Path, fine: tuple[int, ...]) -> Measured:
    """One measured run. Raises SystemExit when it did not end as it should."""
    done = measure(command, root, TIMEOUT)
    if done.status not in fine:
        raise SystemExit(f"{' '.join(command)} ended with {done.status}: {done.err.strip()[-500:]}")
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--mldebt", default="mldebt")
    parser.add_argument("--vulture", default="vulture")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--max-ratio", type=float, default=3.0)
    parser.add_argument("--max-mb", type=float, default=400.0)
    arguments = parser.parse_args()
    root = arguments.checkout.resolve()
    ours, theirs = (shutil.which(name) for name in (arguments.mldebt, arguments.vulture))
    if ours is None or theirs is None:
        parser.error("mldebt or vulture was not found")
    scan = [str(Path(ours).absolute()), "scan", str(root), "--fail-on", "never", "--quiet"]
    # vulture says 3 when it found dead code and 1 when a file could not be parsed.
    pairs = [(measured(scan, root, (0,)), measured([str(Path(theirs).absolute()), "."], root, (0, 1, 3))) for _ in range(arguments.pairs)]
    for number, (mine, other) in enumerate(pairs, 1):
        both = (f"{name} {run.seconds:6.2f} s {run.peak_mb:5.0f} MB" for name, run in (("mldebt", mine), ("vulture", other)))
        print(f"pair {number}:", *both, sep="  ")
    ratio = median(mine.seconds / other.seconds for mine, other in pairs)
    peak = max(mine.peak_mb for mine, _ in pairs)
    print(f"median: mldebt {median(m.seconds for m, _ in pairs):.2f} s, vulture {median(o.seconds for _, o in pairs):.2f} s")
    print(f"ratio: {ratio:.2f} (at most {arguments.max_ratio:g}); peak memory of mldebt: {peak:.0f} MB (at most {arguments.max_mb:g})")
    return int(ratio > arguments.max_ratio or peak > arguments.max_mb)


if __name__ == "__main__":
    sys.exit(main())
