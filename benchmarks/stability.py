"""Do findings stay while their code stays: consecutive commits of a repository, scanned one by one, findings matched by fingerprint.

    python benchmarks/stability.py CHECKOUT… [--commits 50] [--json FILE]

A finding flickers when it is gone for a while and comes back, or when it goes and another of the same rule comes at its places, although no
commit in between changed a file that it points at. What only comes, or only goes, while other files changed is listed beside it: that is
what a finding about a system does, and people can read whether it was right to. The commits are the newest on the first parents' line; each
is checked out in a clone of its own, so that the history is that of the day. A commit whose files are not all at hand (partial clones) is
left out and counted. The checkout itself is only read. The table goes to the standard output; the exit code is 1 when more than --most of
the findings flicker.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TOP))

import mldebt  # noqa: E402, F401  (puts the folders on the path)
from analyzer.discover.discovery import SourceFile, UnreadableFileError, read_file  # noqa: E402
from analyzer.discover.git import run_git  # noqa: E402
from analyzer.model import Confidence  # noqa: E402
from analyzer.scan import ReadResult, read_bytes, scan_graph  # noqa: E402
from mldebt.running import settings_for  # noqa: E402
from rules.checking import check  # noqa: E402
from rules.registry import all_rules  # noqa: E402

COMMITS = 50
MOST = 0.01
CHECKOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding at one commit."""

    fingerprint: str
    rule: str
    subject: str
    files: frozenset[str]
    firm: bool


@dataclass(frozen=True, slots=True)
class State:
    """One commit: its findings, and the files that differ from the commit before."""

    sha: str
    findings: Mapping[str, Seen]
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Flicker:
    kind: str
    """`came back` or `renamed`."""
    rule: str
    subject: str
    sha: str
    """The commit where it happened."""
    firm: bool
    other: str = ""
    """The subject that it goes by afterwards, when it is another."""


@dataclass(frozen=True, slots=True)
class Stability:
    repository: str
    commits: int
    missing: int
    findings: int
    """Distinct fingerprints."""
    firm: int
    stayed: int
    """Findings of two consecutive commits whose files did not change."""
    came: tuple[tuple[str, str, str], ...]
    """(rule, subject, commit): new although its files are as they were."""
    went: tuple[tuple[str, str, str], ...]
    flickers: tuple[Flicker, ...]

    @property
    def share(self) -> float:
        return len({(flicker.rule, flicker.subject) for flicker in self.flickers}) / self.findings if self.findings else 0.0


# ---- what flickers -------------------------------------------------------------------------------------------------------------------


def judge(repository: str, states: Sequence[State], missing: int = 0) -> Stability:
    """`states` oldest first."""
    everything = {finding.fingerprint: finding for state in states for finding in state.findings.values()}
    pairs = list(pairwise(states))
    kept = [f for old, new in pairs for f in old.findings.values() if f.fingerprint in new.findings and f.files.isdisjoint(new.changed)]
    return Stability(
        repository=repository,
        commits=len(states),
        missing=missing,
        findings=len(everything),
        firm=sum(finding.firm for finding in everything.values()),
        stayed=len(kept),
        came=tuple((f.rule, f.subject, new.sha) for old, new in pairs for f in _only_in(new, old, new.changed)),
        went=tuple((f.rule, f.subject, new.sha) for old, new in pairs for f in _only_in(old, new, new.changed)),
        flickers=(*_renamed(pairs), *_came_back(states)),
    )


def _only_in(state: State, other: State, changed: frozenset[str]) -> Iterator[Seen]:
    return (f for key, f in sorted(state.findings.items()) if key not in other.findings and f.files.isdisjoint(changed))


def _renamed(pairs: Iterable[tuple[State, State]]) -> Iterator[Flicker]:
    for old, new in pairs:
        came: dict[str, list[Seen]] = defaultdict(list)
        for finding in _only_in(new, old, new.changed):
            came[finding.rule].append(finding)
        for finding in _only_in(old, new, new.changed):
            heirs = [heir for heir in came[finding.rule] if heir.files == finding.files]
            if heirs:
                yield Flicker("renamed", finding.rule, finding.subject, new.sha, finding.firm, heirs[0].subject)


def _came_back(states: Sequence[State]) -> Iterator[Flicker]:
    """Not what another finding of the same rule took in meanwhile, such as a group of copies with one more: it grew, and shrank again."""
    gone: dict[str, tuple[Seen, set[str]]] = {}
    """Fingerprint → the finding as it was last seen, and the files that changed since."""
    for old, new in pairwise(states):
        for _, changed in gone.values():
            changed |= new.changed
        for key, finding in old.findings.items():
            grown = any(heir.rule == finding.rule and heir.files > finding.files for heir in new.findings.values())
            if key not in new.findings and not grown:
                gone[key] = (finding, set(new.changed))
        for key in sorted(gone.keys() & new.findings.keys()):
            finding, changed = gone.pop(key)
            if finding.files.isdisjoint(changed):
                yield Flicker("came back", finding.rule, finding.subject, new.sha, finding.firm)


# ---- the scans -----------------------------------------------------------------------------------------------------------------------


def measured(checkout: Path, commits: int) -> Stability:
    """Raises RuntimeError when git cannot list or clone the checkout."""
    listed = run_git(checkout, "rev-list", "--first-parent", f"-{commits}", "HEAD")
    if not listed.ok:
        raise RuntimeError(f"{checkout}: {listed.err}")
    states: list[State] = []
    missing = 0
    reader = Reader()
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / checkout.name
        _clone(checkout, clone)
        for sha in reversed(listed.text.split()):
            # Without filters, so that nothing that the repository or this computer configures is run.
            out = run_git(clone, "-c", "core.autocrlf=false", "checkout", "--force", "--quiet", "--detach", sha, timeout=CHECKOUT_SECONDS)
            if not out.ok:
                missing += 1
                continue
            run_git(clone, "clean", "-ffdxq", timeout=CHECKOUT_SECONDS)
            states.append(State(sha, _findings(clone, reader), _changed(clone, states[-1].sha, sha) if states else frozenset()))
            print(f"{checkout.name} {len(states)}: {len(states[-1].findings)} findings", file=sys.stderr, flush=True)
    return judge(checkout.name.replace("+", "/", 1), states, missing)


def _clone(checkout: Path, clone: Path) -> None:
    """A clone that borrows the objects of the checkout: nothing is copied, nothing is fetched."""
    clone.mkdir()
    objects = run_git(checkout, "rev-parse", "--path-format=absolute", "--git-path", "objects")
    made = run_git(clone, "init", "--quiet", "--template=")
    if not (objects.ok and made.ok):
        raise RuntimeError(f"{checkout}: {objects.err or made.err}")
    (clone / ".git" / "objects" / "info").mkdir(exist_ok=True)
    (clone / ".git" / "objects" / "info" / "alternates").write_text(objects.text)


def _changed(clone: Path, old: str, new: str) -> frozenset[str]:
    answer = run_git(clone, "diff", "--name-only", "--no-renames", "-z", old, new, timeout=CHECKOUT_SECONDS)
    if not answer.ok:
        raise RuntimeError(f"git diff {old} {new}: {answer.err}")
    return frozenset(answer.text.split("\0")) - {""}


class Reader:
    """Reads files for a scan, each content once: most files of a commit are those of the commit before."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, bytes], ReadResult] = {}

    def __call__(self, root: Path, files: list[SourceFile], _jobs: int, _progress: object) -> dict[str, ReadResult]:
        fresh: dict[tuple[str, str, bytes], ReadResult] = {}
        results: dict[str, ReadResult] = {}
        for file in files:
            try:
                data = read_file(root, file.path)
            except UnreadableFileError:
                continue  # the scan asks again, and says why
            key = (file.path, file.kind, sha256(data).digest())
            results[file.path] = fresh[key] = self._known.get(key) or read_bytes(file.path, file.kind, data)
        self._known = fresh
        return results


def _findings(root: Path, reader: Reader) -> dict[str, Seen]:
    settings, _ = settings_for(root, None, {})
    rules = all_rules()
    shown = {rule.code for rule in rules if rule.on_by_default}
    return {
        f.fingerprint: Seen(
            f.fingerprint,
            f.rule,
            f"{f.subject.kind} {f.subject.id}",
            frozenset(site.path for site in f.locations),
            f.rule in shown and f.confidence > Confidence.C and not f.is_suppressed,
        )
        for f in check(scan_graph(root, settings, pool=reader), rules, settings)
    }


# ---- the table -----------------------------------------------------------------------------------------------------------------------


def table(results: Sequence[Stability]) -> Iterator[str]:
    yield "| repository | commits | left out | findings | of them firm | kept over unchanged files | came | went | flicker | share |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for r in results:
        yield (
            f"| {r.repository} | {r.commits} | {r.missing} | {r.findings} | {r.firm} | {r.stayed:,} | {len(r.came)} | {len(r.went)} "
            f"| {len(r.flickers)} | {r.share:.1%} |"
        )
    for r in results:
        for flicker in r.flickers:
            then = f", then `{flicker.other}`" if flicker.other else ""
            yield f"\n* {r.repository} {flicker.sha[:10]}: {flicker.rule} {flicker.kind}: `{flicker.subject}`{then}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkouts", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=COMMITS)
    parser.add_argument("--json", type=Path, help="write everything that was found here")
    parser.add_argument("--most", type=float, default=MOST, help="share of findings that may flicker")
    options = parser.parse_args(arguments)
    results = [measured(checkout.resolve(), options.commits) for checkout in options.checkouts]
    print("\n".join(table(results)))
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    found = sum(result.findings for result in results)
    flickering = sum(result.share * result.findings for result in results)
    return int(found > 0 and flickering / found > options.most)


if __name__ == "__main__":
    sys.exit(main())
