"""Authorship: who touched which files, how much two sides of the code share their people (RULES.md §1.5, "Attribution").

One touch is one (commit, file), credited in full to the author and to every `Co-authored-by`. Merges, robots, commits over more than 100
files and those that `.git-blame-ignore-revs` names do not count. Renames are NOT followed: partial clones cannot answer for them, so what
happened to a file before it was moved belongs to its old path.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

BULK_FILES = 100
CORE_SHARE = 0.8
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    time: int
    """Committer time, unix seconds."""
    author: str
    """Identity (`author 3`), "" when a robot made it."""
    coauthors: tuple[str, ...]
    files: tuple[str, ...]
    """Paths relative to the scanned root."""
    added: tuple[str, ...]
    """Those of `files` that the commit brought in."""
    is_merge: bool = False
    is_squashed: bool = False
    """Its subject ends in `(#123)`: a whole pull request in one commit."""
    is_ignored: bool = False
    """Named in `.git-blame-ignore-revs`."""

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone who is credited, each once."""
        return tuple(dict.fromkeys(p for p in (self.author, *self.coauthors) if p))

    @property
    def is_work(self) -> bool:
        """Says something about who knows the code: no merge, no mass change, no reformatting, not a robot's alone."""
        return not self.is_merge and not self.is_ignored and len(self.files) <= BULK_FILES and bool(self.people)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two sides of the code are in the same hands."""

    o: float
    """Sum over authors of the smaller of their two shares: 1 the same people in the same proportions, 0 nobody in common."""
    jaccard: float
    """Of the two cores."""
    cochange: float
    """Commits that touch both sides / commits that touch either."""
    touches_a: Mapping[str, float]
    touches_b: Mapping[str, float]
    core_a: frozenset[str]
    """Smallest set of authors with 80 % of the touches."""
    core_b: frozenset[str]
    commits_a: int
    commits_b: int
    both: int


@dataclass(slots=True)
class History:
    """The commits of a repository (of the scanned folder, when that is part of one), newest first."""

    commits: tuple[Commit, ...]
    newest: int
    """Unix time of the newest commit; windows are measured from it, not from the clock, so that a scan can be repeated."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Display name of each identity; for those who ask for names only."""
    gap: str = ""
    """What is missing, "" when the history is whole."""
    deleted: frozenset[str] = frozenset()
    """Paths whose newest change removed them."""
    _touching: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        touching: dict[str, list[int]] = defaultdict(list)
        for index, commit in enumerate(self.commits):
            for path in commit.files:
                touching[path].append(index)
        self._touching = dict(touching)

    def touches(self, paths: Iterable[str], days: int | None = None) -> dict[str, float]:
        """Touches of `paths` by identity within the last `days` (all time by default), in order of the identities."""
        counted: Counter[str] = Counter()
        for path in set(paths):
            for commit in self._work_on(path, days):
                counted.update(commit.people)
        return {who: float(counted[who]) for who in sorted(counted, key=lambda who: (len(who), who))}

    def commits_touching(self, paths: Iterable[str], days: int | None = 365) -> int:
        """How many commits of people changed any of `paths`."""
        return len(self._commits_on(paths, days))

    def last_change(self, path: str) -> int | None:
        """Unix time of the newest commit that changed `path`, whoever made it; None when no commit did."""
        return max((self.commits[index].time for index in self._touching.get(path, ())), default=None)

    def overlap(self, side_a: Iterable[str], side_b: Iterable[str], days: int | None = None) -> Overlap:
        """Compares the people behind two sets of paths. A file that stands on both sides counts on both."""
        a, b = frozenset(side_a), frozenset(side_b)
        touches_a, touches_b = self.touches(a, days), self.touches(b, days)
        core_a, core_b = core(touches_a), core(touches_b)
        commits_a, commits_b = self._commits_on(a, days), self._commits_on(b, days)
        both, either = len(commits_a & commits_b), len(commits_a | commits_b)
        total_a, total_b = sum(touches_a.values()), sum(touches_b.values())
        shared = touches_a.keys() & touches_b.keys()
        return Overlap(
            o=sum(min(touches_a[who] / total_a, touches_b[who] / total_b) for who in sorted(shared)),
            jaccard=len(core_a & core_b) / len(core_a | core_b) if core_a | core_b else 0.0,
            cochange=both / either if either else 0.0,
            touches_a=touches_a,
            touches_b=touches_b,
            core_a=core_a,
            core_b=core_b,
            commits_a=len(commits_a),
            commits_b=len(commits_b),
            both=both,
        )

    def imported_share(self, paths: Iterable[str] | None = None) -> float:
        """The largest share of the files (`paths`, or all that live) that entered in one commit; near 1: history came from elsewhere."""
        living = self._living() if paths is None else frozenset(paths)
        entered = max((len(living.intersection(commit.added)) for commit in self.commits), default=0)
        return entered / len(living) if living else 0.0

    def squash_share(self) -> float:
        """The share of commits, merges aside, that are a whole pull request squashed into one."""
        plain = [commit for commit in self.commits if not commit.is_merge]
        return sum(commit.is_squashed for commit in plain) / len(plain) if plain else 0.0

    def _living(self) -> frozenset[str]:
        return frozenset(self._touching) - self.deleted

    def _work_on(self, path: str, days: int | None) -> Iterator[Commit]:
        since = self._since(days)
        for index in self._touching.get(path, ()):
            commit = self.commits[index]
            if commit.is_work and commit.time >= since:
                yield commit

    def _commits_on(self, paths: Iterable[str], days: int | None) -> set[str]:
        return {commit.sha for path in set(paths) for commit in self._work_on(path, days)}

    def _since(self, days: int | None) -> int:
        return self.newest - days * DAY if days is not None else 0


def core(touches: Mapping[str, float]) -> frozenset[str]:
    """The smallest set of authors that holds 80 % of the touches; among equals those who came first."""
    left = CORE_SHARE * sum(touches.values())
    chosen: set[str] = set()
    for who, count in sorted(touches.items(), key=lambda item: (-item[1], len(item[0]), item[0])):
        if left <= 1e-9:
            break
        chosen.add(who)
        left -= count
    return frozenset(chosen)
