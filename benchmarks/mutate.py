"""Put each debt into copies of real repositories and count which ones mldebt finds; writes benchmarks/mutations.md.

    python benchmarks/mutate.py CHECKOUTS --mldebt PATH/TO/bin/mldebt [--rounds 3] [--only CODE ...] [--outcomes FILE]

Every round copies each checkout and puts in one debt a rule, as far as the copy offers a place, each in files of its own. Debts of
who wrote what get a copy each: its real commits told anew with invented people. A debt counts as found when the mutated copy has a finding
of its rule, with a fingerprint or a place that the clean one has not, in one of its files. With `--outcomes` each repository's outcomes are
added to FILE, and repositories that it names already are left out: so a long run may be cut and taken up again.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mutations import consumers, dead, flag_ages, glue, jungle, owners
from mutations.checkout import Checkout, Injected, Injector, NoPlaceError

import mldebt as _on_the_path  # noqa: F401  (puts the folders there)
from rules.registry import all_rules

TARGET = Path(__file__).with_name("mutations.md")
INJECTORS: tuple[Injector, ...] = (
    *dead.INJECTORS,
    *glue.INJECTORS,
    *jungle.INJECTORS,
    *consumers.INJECTORS,
    *owners.INJECTORS,
)
HISTORIES: tuple[Injector, ...] = (*flag_ages.HISTORIES, *owners.HISTORIES)
Report = dict[str, Any]
HEAD = """Debts put into copies of {repositories} real repositories, and how many of them were found.
`benchmarks/mutate.py`, {rounds} round(s), {date}, mldebt {version}.

A debt is put in where a copy offers a place for it, drawn at random, in files of its own; what a copy has no place for is not counted.
It is found when the mutated copy has a finding of its rule in one of its files that the clean copy has not, shown or tentative. Debts of
who wrote what are told over the real commits of a checkout with invented people. Debts of one shape each say little about other shapes:
read the share as "does the rule see its debt in real surroundings", not as recall.
Where a checkout has no selector whose values are all known (DXP003), a helper with one is put in: that share says the least.
Misses are mostly caution: what a package offers may be used elsewhere (DXP011), an output may be what the script is for (JGL008).

Shown: in the terminal's list by default; tentative: counted there, listed with `--all`; asked for: only when the code is selected.

| rule | class | put in | found | share |
|---|---|---:|---:|---:|
"""


def copied(root: Path, copy: Path) -> Path:
    """A copy of the checkout without its version control: what git tracks must not tell the two scans apart."""
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return copy


def clean_report(root: Path, mldebt: str, select: Sequence[str] = ()) -> Report:
    with tempfile.TemporaryDirectory() as folder:
        return scanned(copied(root, Path(folder) / root.name), mldebt, select)


def scanned(root: Path, mldebt: str, select: Sequence[str] = (), *, history: bool = False) -> Report:
    """The JSON report of a checkout. Raises CalledProcessError when the scan fails."""
    command = [str(Path(mldebt).resolve()), "scan", ".", "--json", "-", "--quiet", "--fail-on", "never"]
    command += ["--select", ",".join(select)] if select else []
    command += [] if history else ["--no-history"]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    report: Report = json.loads(done.stdout)
    return report


def mutated(root: Path, copy: Path, report: Report, chance: random.Random, only: Sequence[str]) -> list[Injected]:
    """Copy `root` to `copy` and put the debts in."""
    checkout = Checkout(copied(root, copy), report, chance, root.resolve())
    injectors = _asked(INJECTORS, only)
    chance.shuffle(injectors)
    done = []
    for inject in injectors:
        try:
            injected = inject(checkout)
        except (SyntaxError, NoPlaceError):
            continue  # the place did not bear the edit: nothing was written
        done += [injected] if injected is not None else []
    return done


def _asked(injectors: Sequence[Injector], only: Sequence[str]) -> list[Injector]:
    return [inject for inject in injectors if not only or (inject.__doc__ or "")[:6] in only]


def one_round(root: Path, mldebt: str, clean: Report, number: int, only: Sequence[str]) -> Iterator[tuple[Injected, bool]]:
    """Every debt that was put into copies of `root`, and whether it was found."""
    chance = random.Random(f"{root.name} {number}")
    select = _all_codes()
    if _asked(INJECTORS, only):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / root.name
            injected = mutated(root, copy, clean, chance, only)
            dirty = scanned(copy, mldebt, select)
        yield from ((debt, is_found(debt, clean, dirty)) for debt in injected)
    for inject in _asked(HISTORIES, only):
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(root, Path(folder) / root.name)
            debt = inject(Checkout(copy, clean, chance, root.resolve()))
            if debt is not None:
                yield debt, is_found(debt, clean, scanned(copy, mldebt, select, history=True))


def _all_codes() -> list[str]:
    """Every code that has an injector: rules that must be asked for run too."""
    return sorted({(inject.__doc__ or "")[:6] for inject in (*INJECTORS, *HISTORIES)}.intersection(_classes()))


def is_found(injected: Injected, clean: Report, dirty: Report) -> bool:
    before = {key for finding in clean["findings"] for key in _keys(finding)}
    for finding in dirty["findings"]:
        touches = any(place["path"] in injected.paths for place in finding["locations"])
        if finding["rule"] in (injected.rule, *injected.also) and touches and not before.issuperset(_keys(finding)):
            return True
    return False


def _keys(finding: Report) -> set[tuple[str, str, str]]:
    places = {(finding["rule"], place["path"], str(place["line"])) for place in finding["locations"]}
    return places | {(finding["rule"], finding["fingerprint"], "")}


def table(outcomes: Sequence[Report], rounds: int, mldebt: str) -> str:
    """The page of benchmarks/mutations.md."""
    put = Counter(outcome["rule"] for outcome in outcomes)
    found = Counter(outcome["rule"] for outcome in outcomes if outcome["found"])
    classes = _classes()
    version = subprocess.run([mldebt, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]
    repositories = len({outcome["repository"] for outcome in outcomes})
    head = HEAD.format(repositories=repositories, rounds=rounds, date=datetime.datetime.now(tz=datetime.UTC).date(), version=version)
    lines = [f"| {rule} | {classes.get(rule, '')} | {put[rule]} | {found[rule]} | {found[rule] / put[rule]:.2f} |" for rule in sorted(put)]
    return head + "\n".join(lines) + "\n"


def _classes() -> dict[str, str]:
    return {rule.code: "asked for" if rule.opt_in else "shown" if rule.on_by_default else "tentative" for rule in all_rules()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--mldebt", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--outcomes", type=Path)
    options = parser.parse_args()
    kept = options.outcomes.read_text("utf-8").splitlines() if options.outcomes and options.outcomes.exists() else []
    outcomes: list[Report] = [json.loads(line) for line in kept]
    known = {outcome["repository"] for outcome in outcomes}
    for root in sorted(path for path in options.checkouts.iterdir() if path.is_dir() and path.name not in known):
        clean = clean_report(root, options.mldebt, _all_codes())
        fresh = [
            {"repository": root.name, "rule": debt.rule, "found": is_seen, "paths": debt.paths, "what": debt.what}
            for number in range(options.rounds)
            for debt, is_seen in one_round(root, options.mldebt, clean, number, options.only)
        ]
        outcomes += fresh
        for outcome in sorted(fresh, key=lambda outcome: str(outcome["rule"])):
            if not outcome["found"]:
                print(f"{outcome['rule']} missed: {root.name} {', '.join(outcome['paths'])}: {outcome['what']}", flush=True)
        if options.outcomes:
            with options.outcomes.open("a", encoding="utf-8") as handle:
                handle.writelines(json.dumps(outcome) + "\n" for outcome in fresh)
    text = table(outcomes, options.rounds, options.mldebt)
    print(text)
    if not options.only:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
