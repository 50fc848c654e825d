"""Put each debt into copies of real repositories and count which ones mldebt finds; writes benchmarks/mutations.md.

    python benchmarks/mutate.py CHECKOUTS --mldebt PATH/TO/bin/mldebt [--rounds 3] [--only CODE ...]

Every round copies each checkout and puts in one debt a rule, as far as the copy offers a place, each in files of its own. A debt counts
as found when the mutated copy has a finding of its rule, with a fingerprint or a place that the clean one has not, in one of its files.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mutations import consumers, dead, glue, jungle
from mutations.checkout import Checkout, Injected, Injector

TARGET = Path(__file__).with_name("mutations.md")
INJECTORS: tuple[Injector, ...] = (*dead.INJECTORS, *glue.INJECTORS, *jungle.INJECTORS, *consumers.INJECTORS)
Report = dict[str, Any]


def copied(root: Path, copy: Path) -> Path:
    """A copy of the checkout without its version control: what git tracks must not tell the two scans apart."""
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return copy


def clean_report(root: Path, mldebt: str) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return scanned(copied(root, Path(folder) / root.name), mldebt)


def scanned(root: Path, mldebt: str) -> Report:
    """The JSON report of a checkout. Raises CalledProcessError when the scan fails."""
    command = [str(Path(mldebt).resolve()), "scan", ".", "--json", "-", "--quiet", "--no-history", "--fail-on", "never"]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    report: Report = json.loads(done.stdout)
    return report


def mutated(root: Path, copy: Path, report: Report, chance: random.Random, only: Sequence[str]) -> list[Injected]:
    """Copy `root` to `copy` and put the debts in."""
    checkout = Checkout(copied(root, copy), report, chance)
    injectors = list(INJECTORS)
    chance.shuffle(injectors)
    done = []
    for inject in injectors:
        code = (inject.__doc__ or "")[:6]
        if not only or code in only:
            try:
                injected = inject(checkout)
            except SyntaxError:
                continue  # the place did not bear the edit: nothing was written
            done += [injected] if injected is not None else []
    return done


def is_found(injected: Injected, clean: Report, dirty: Report) -> bool:
    before = {key for finding in clean["findings"] for key in _keys(finding)}
    for finding in dirty["findings"]:
        touches = any(place["path"] in injected.paths for place in finding["locations"])
        if finding["rule"] == injected.rule and touches and not before.issuperset(_keys(finding)):
            return True
    return False


def _keys(finding: Report) -> set[tuple[str, str, str]]:
    places = {(finding["rule"], place["path"], str(place["line"])) for place in finding["locations"]}
    return places | {(finding["rule"], finding["fingerprint"], "")}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--mldebt", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    put: Counter[str] = Counter()
    found: Counter[str] = Counter()
    missed: dict[str, list[str]] = defaultdict(list)
    roots = sorted(path for path in options.checkouts.iterdir() if path.is_dir())
    for root in roots:
        clean = clean_report(root, options.mldebt)
        for number in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / root.name
                injected = mutated(root, copy, clean, random.Random(f"{root.name} {number}"), options.only)
                dirty = scanned(copy, options.mldebt)
            for debt in injected:
                put[debt.rule] += 1
                if is_found(debt, clean, dirty):
                    found[debt.rule] += 1
                else:
                    missed[debt.rule].append(f"{root.name} {', '.join(debt.paths)}: {debt.what}")
    for rule, names in sorted(missed.items()):
        print(f"{rule} missed:", *names, sep="\n  ")
    lines = [f"| {rule} | {put[rule]} | {found[rule]} | {found[rule] / put[rule]:.2f} |" for rule in sorted(put)]
    where = f"copies of {len(roots)} real repositories (benchmarks/mutate.py, {options.rounds} rounds)"
    head = f"Debts put into {where}, and how many of them were found.\n"
    text = "\n".join([head, "| rule | put in | found | share |", "|---|---:|---:|---:|", *lines]) + "\n"
    print(text)
    if not options.only:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
