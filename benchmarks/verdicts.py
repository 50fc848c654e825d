"""Draw findings to be judged, and record the verdicts of two readings that did not see each other.

    python benchmarks/verdicts.py draw REPORTS SHEETS [--per-rule 60] [--per-repository 3] [--seed 4] [--rules CODE ...]
    python benchmarks/verdicts.py record SHEETS READING READING [--judge FOLDER] [--reports REPORTS …] [--first-sight ROUND]
    python benchmarks/verdicts.py sort --reports REPORTS …

REPORTS holds one `mldebt scan --json` report a repository, named OWNER+NAME.json. SHEETS gets one sheet a rule: the drawn findings, each
with a number. A READING is a folder of answers, one CODE.json a rule: {number: ["right" or "wrong", why]}. Where the readings differ, the
answer in the folder of --judge decides; without one the finding counts as wrong. The verdicts are added to precision/CODE.json, in place
of older ones on the same finding. Verdicts on findings that today's REPORTS no longer have go to precision/silenced/CODE.json, and come
back from there with the finding; `sort` does that alone.

--first-sight says that the sheets were drawn from repositories that nothing was built on, ROUND how many such readings there were with it.
Each verdict then keeps its word under `first_sight`, and ROUND under `round`, also when the finding is read again later.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("precision")
Finding = dict[str, Any]
FIRST_SIGHT = "first_sight", "round"


def draw(reports: Path, per_rule: int, per_repository: int, seed: int) -> dict[str, list[Finding]]:
    """Rule code → drawn findings: at most `per_repository` of one repository, the repositories in turn until there are `per_rule`."""
    by_rule: dict[str, dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(reports.glob("*.json")):
        report = json.loads(path.read_text(encoding="utf-8"))
        repository = path.stem.replace("+", "/", 1)
        for finding in report["findings"]:
            if not finding["suppressed"]:
                by_rule[finding["rule"]][repository].append(_entry(repository, report, finding))
    return {rule: list(_turns(found, per_rule, per_repository, seed)) for rule, found in sorted(by_rule.items())}


def _entry(repository: str, report: Finding, finding: Finding) -> Finding:
    kept = ("fingerprint", "tentative", "message", "confidence", "severity", "locations", "evidence", "remedy")
    return {"repository": repository, "commit": report["repositories"][0]["commit"]} | {key: finding[key] for key in kept}


def _turns(found: dict[str, list[Finding]], per_rule: int, per_repository: int, seed: int) -> Iterator[Finding]:
    chance = random.Random(seed)
    waiting = []
    for repository in sorted(found):
        drawn = chance.sample(found[repository], min(per_repository, len(found[repository])))
        waiting += [(turn, chance.random(), entry) for turn, entry in enumerate(drawn)]
    for _turn, _chance, entry in sorted(waiting, key=lambda item: item[:2])[:per_rule]:
        yield entry


def record(sheet: list[Finding], first: Finding, second: Finding, judge: Finding) -> list[Finding]:
    """The verdicts on a sheet, in its order; findings that one of the readings left out are not in them."""
    verdicts = []
    for number, finding in enumerate(sheet):
        answers = [reading[str(number)] for reading in (first, second) if str(number) in reading]
        if len(answers) < 2:
            continue
        words = [answer[0] for answer in answers]
        is_split = words[0] != words[1]
        verdict, why = judge.get(str(number), ["wrong", answers[words.index("wrong")][1]]) if is_split else answers[0]
        place = finding["locations"][0]
        verdicts.append(
            {key: finding[key] for key in ("repository", "commit", "fingerprint", "tentative") if key in finding}
            | {"path": place["path"], "line": place["line"]}
            | ({"cell": place["cell"]} if "cell" in place else {})
            | {"readings": words, "verdict": verdict, "why": why}
        )
    return verdicts


class Reported:
    """What the reports of one repository hold now, by fingerprint and by rule and place."""

    def __init__(self) -> None:
        self.tentative: dict[str, bool] = {}
        """fingerprint → whether the finding is tentative."""
        self._at: dict[tuple[object, ...], str] = {}

    def add(self, finding: Finding) -> None:
        self.tentative[finding["fingerprint"]] = finding.get("tentative", False)
        if finding["locations"]:
            self._at.setdefault(_place(finding["rule"], finding["locations"][0]), finding["fingerprint"])

    def fingerprint(self, rule: str, verdict: Finding) -> str:
        """Of the finding that was judged; "" when it is gone. A finding keeps its verdict when only its fingerprint changed."""
        same = verdict.get("fingerprint", "")
        return same if same in self.tentative else self._at.get(_place(rule, verdict), "")


def _place(rule: str, location: Finding) -> tuple[object, ...]:
    return rule, location["path"], location["line"], location.get("cell")


def reported(folders: Iterable[Path]) -> dict[str, Reported]:
    """Repository → the findings in the reports of it."""
    found: dict[str, Reported] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.json"))):
        known = found.setdefault(path.stem.replace("+", "/", 1), Reported())
        for finding in json.loads(path.read_text(encoding="utf-8"))["findings"]:
            known.add(finding)
    return found


def keep(rule: str, verdicts: list[Finding], today: dict[str, Reported]) -> list[Finding]:
    """Write all verdicts on a rule, `verdicts` in place of older ones, by whether the finding is still reported; the reported ones."""
    places = TARGET / f"{rule}.json", TARGET / "silenced" / f"{rule}.json"
    old = [json.loads(place.read_text(encoding="utf-8")) if place.exists() else [] for place in places]
    first = {_key(entry): {key: entry[key] for key in FIRST_SIGHT} for entry in (*old[0], *old[1]) if FIRST_SIGHT[0] in entry}
    new = [entry | first.get(_key(entry), {}) for entry in verdicts]
    replaced = {_key(verdict) for verdict in new}
    sides: tuple[list[Finding], list[Finding]] = ([], [])
    for was, entries in ((0, old[0]), (1, old[1]), (0, new)):
        for entry in entries:
            if entries is new or _key(entry) not in replaced:
                side, now = _today(rule, entry, today, was)
                sides[side].append(now)
    for place, entries in zip(places, sides, strict=True):
        if entries:
            place.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        else:
            place.unlink(missing_ok=True)
    return sides[0]


def _key(verdict: Finding) -> tuple[str, str]:
    return verdict["repository"], verdict.get("fingerprint", "")


def _today(rule: str, verdict: Finding, today: dict[str, Reported], was: int) -> tuple[int, Finding]:
    """0 for a reported finding, 1 for a silenced one (as it was, where there is no report of its repository), and how it is reported."""
    known = today.get(verdict["repository"])
    if known is None:
        return was, verdict
    fingerprint = known.fingerprint(rule, verdict)
    return (0, verdict | {"fingerprint": fingerprint, "tentative": known.tentative[fingerprint]}) if fingerprint else (1, verdict)


def _answers(folder: Path | None, rule: str) -> Finding:
    path = folder / f"{rule}.json" if folder is not None else None
    return json.loads(path.read_text(encoding="utf-8")) if path is not None and path.exists() else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("reports", type=Path)
    drawing.add_argument("sheets", type=Path)
    drawing.add_argument("--per-rule", type=int, default=60)
    drawing.add_argument("--per-repository", type=int, default=3)
    drawing.add_argument("--seed", type=int, default=4)
    drawing.add_argument("--rules", nargs="*", default=[])
    recording = commands.add_parser("record")
    recording.add_argument("sheets", type=Path)
    recording.add_argument("readings", type=Path, nargs=2)
    recording.add_argument("--judge", type=Path)
    recording.add_argument("--first-sight", type=int, metavar="ROUND")
    for command in (recording, commands.add_parser("sort")):
        command.add_argument("--reports", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    if options.command == "draw":
        options.sheets.mkdir(parents=True, exist_ok=True)
        for rule, drawn in draw(options.reports, options.per_rule, options.per_repository, options.seed).items():
            if not options.rules or rule in options.rules:
                (options.sheets / f"{rule}.json").write_text(json.dumps(drawn, indent=1) + "\n", encoding="utf-8")
                print(rule, len(drawn), "of", len({finding["repository"] for finding in drawn}), "repositories")
        return
    today = reported(options.reports)
    if options.command == "sort":
        for rule in sorted({path.stem for path in (*TARGET.glob("*.json"), *(TARGET / "silenced").glob("*.json"))}):
            _tell(rule, keep(rule, [], today))
        return
    for sheet in sorted(options.sheets.glob("*.json")):
        readings = [_answers(folder, sheet.stem) for folder in options.readings]
        verdicts = record(json.loads(sheet.read_text(encoding="utf-8")), readings[0], readings[1], _answers(options.judge, sheet.stem))
        if options.first_sight is not None:
            verdicts = [entry | dict(zip(FIRST_SIGHT, (entry["verdict"], options.first_sight), strict=True)) for entry in verdicts]
        _tell(f"{sheet.stem}, read now", verdicts)
        _tell(sheet.stem, keep(sheet.stem, verdicts, today))


def _tell(what: str, verdicts: list[Finding]) -> None:
    right = sum(verdict["verdict"] == "right" for verdict in verdicts)
    split = sum(len(set(verdict.get("readings", ()))) > 1 for verdict in verdicts)
    print(f"{what}: {right} of {len(verdicts)} right, readings differ on {split}")


if __name__ == "__main__":
    main()
