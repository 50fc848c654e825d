"""How many declared edges mldebt finds without looking at the declarations, over checkouts (analyzer/graph/masked_edges.py).

    python benchmarks/masked_edges.py CHECKOUTS --mldebt PATH/TO/bin/mldebt --only OWNER+NAME … --missed

Every folder in CHECKOUTS is one repository. Prints one line a repository, the total, and with --missed the edges that were not found. The
exit code is 1 when the total is below --min.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TIMEOUT = 15 * 60.0


def declared_edges(mldebt: Path, root: Path) -> dict[str, Any]:
    """`coverage.declared_edges` of a scan. Raises SystemExit when the scan fails."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.json"
        command = [str(mldebt), "scan", str(root), "--quiet", "--no-history", "--fail-on", "never", "--json", str(target)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{root.name}: {done.stderr.strip()[-500:]}")
        found: dict[str, Any] = json.loads(target.read_bytes())["coverage"].get("declared_edges") or {"declared": 0, "recovered": 0}
        return found


def line(name: str, declared: int, recovered: int) -> str:
    share = f"{recovered / declared:.0%}" if declared else "–"
    return f"{name:60} {recovered:6,} of {declared:6,}  {share}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--mldebt", type=Path, required=True, help="the console script to measure")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="only these folders")
    parser.add_argument("--missed", action="store_true", help="list what was not found")
    parser.add_argument("--min", type=float, default=0.0, metavar="SHARE", help="the share that the total must reach")
    arguments = parser.parse_args()
    roots = sorted(path for path in arguments.checkouts.iterdir() if path.is_dir())
    declared = recovered = 0
    for root in [path for path in roots if not arguments.only or path.name in arguments.only]:
        found = declared_edges(arguments.mldebt.absolute(), root.resolve())
        declared, recovered = declared + found["declared"], recovered + found["recovered"]
        print(line(root.name.replace("+", "/", 1), found["declared"], found["recovered"]), flush=True)
        for edge in found.get("missed", ()) if arguments.missed else ():
            print(f"    {edge['op']:5} {edge['artifact']}  by {edge['unit']} ({edge['mechanism']}, {edge['path']}:{edge['line']})")
    print(line("together", declared, recovered))
    return int(bool(declared) and recovered / declared < arguments.min)


if __name__ == "__main__":
    sys.exit(main())
