"""Authorship: who touched which files, how much two sides of the code share their people (RULES.md §1.5, "Attribution").

One touch is one (commit, file), credited in full to the author and to every `Co-authored-by`. Merges, robots, commits over more than 100
files and those that `.git-blame-ignore-revs` names do not count. Renames are NOT followed: partial clones cannot answer for them, so what
happened to a file before it was moved belongs to its old path.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

BULK_FILES = 100
CORE_SHARE = 0.8
DAY = 86_400
KNOWS = 0.25
_CODE = re.compile(r"\.(py|pyx|ipynb|r|rmd|jl|sql|sh|scala|java|kt|go|rs|js|jsx|ts|tsx|c|cc|cpp|cu|h|hpp|cs|m|smk|tf)$", re.IGNORECASE)
MAX_IMPORTED = 0.6
MAX_SQUASHED = 0.5


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
    moved: tuple[tuple[str, str], ...] = ()
    """(former path, path) of files that it took out and brought in under the same name elsewhere."""
    is_merge: bool = False
    is_squashed: bool = False
    """Its subject ends in `(#123)`: a whole pull request in one commit."""
    is_paired: bool = False
    """Its subject names other people beside its author, who get no credit here because nobody knows their addresses."""
    is_ignored: bool = False
    """Named in `.git-blame-ignore-revs`."""

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone who is credited, each once."""
        if not self.coauthors:
            return (self.author,) if self.author else ()
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


@dataclass(frozen=True, slots=True)
class Hands:
    """In how many hands a set of files lies, in figures: nobody is named."""

    commits: int
    people: int
    alone: int
    """Commits that the person with most of them made, and nobody with them."""
    left_days: int
    """Days between that person's last commit anywhere and the newest commit of all; 0 for somebody who is still here."""
    since: int
    """Unix time of the oldest of the commits."""
    busiest: str = ""
    """Identity of that person."""

    @property
    def share(self) -> float:
        return self.alone / self.commits if self.commits else 0.0


@dataclass(slots=True)
class History:
    """The commits of a repository (of the scanned folder, when that is part of one), newest first."""

    commits: tuple[Commit, ...]
    newest: int
    """Unix time of the newest commit; windows are measured from it, not from the clock, so that a scan can be repeated."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Display name of each identity; empty unless the person who scans has asked for names."""
    gap: str = ""
    """What is missing, "" when the history is whole."""
    deleted: frozenset[str] = frozenset()
    """Paths whose newest change removed them."""
    last_work: dict[str, int] = field(default_factory=dict)
    """Identity → unix time of the last commit that credits it, on whatever files."""
    _touching: dict[str, list[int]] = field(default_factory=dict)
    _former: dict[str, str] = field(default_factory=dict)
    """Path → the one that the file had before it was moved last."""
    _entered: dict[str, int] = field(default_factory=dict)
    """Path → place of the oldest commit that brought it in; filled when it is asked for."""

    _credited: list[tuple[str, ...]] = field(default_factory=list)
    """Whom each commit credits, nobody where it is no work: many questions go over many commits."""

    def __post_init__(self) -> None:
        for commit in self.commits:
            people = commit.people
            self._credited.append(people if people and commit.is_work else ())
            for who in people:
                self.last_work[who] = max(commit.time, self.last_work.get(who, 0))
        touching: dict[str, list[int]] = defaultdict(list)
        for index, commit in enumerate(self.commits):
            for old, new in commit.moved:
                self._former.setdefault(new, old)
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

    def called(self, who: str) -> str:
        """The name of an identity where names were asked for, else the identity (`author 3`)."""
        return self.names.get(who, who)

    def named(self, people: Iterable[str]) -> str:
        """The names of these identities in the order in which they first appeared; "" unless names were asked for."""
        return ", ".join(map(self.called, sorted(people, key=lambda who: (len(who), who)))) if self.names else ""

    def commits_touching(self, paths: Iterable[str], days: int | None = 365) -> int:
        """How many commits of people changed any of `paths`."""
        return len(self._commits_on(paths, days))

    def commits_since(self, path: str, time: int) -> int:
        """How many commits of people changed the file after that unix time."""
        return sum(commit.time > time for commit in self._work_on(path, None))

    def last_change(self, path: str) -> int | None:
        """Unix time of the newest commit that changed `path`, whoever made it; None when no commit did."""
        return max((self.commits[index].time for index in self._touching.get(path, ())), default=None)

    def newest_commit(self, path: str) -> Commit | None:
        """The commit that changed `path` last, whoever made it."""
        return max((self.commits[index] for index in self._touching.get(path, ())), key=lambda commit: commit.time, default=None)

    def first_change(self, path: str) -> int | None:
        """Unix time of the oldest commit that is known to have changed `path`: its age. A move counts as a birth."""
        return min((self.commits[index].time for index in self._touching.get(path, ())), default=None)

    def hands(self, paths: Iterable[str] | None = None, lately: int | None = None) -> Hands:
        """Who made the commits on `paths` (all there are by default), in figures; `lately`: in the last days of the work on them."""
        work = self._work(range(len(self.commits)) if paths is None else self._indices(paths))
        if lately is not None and work:
            since = max(self.commits[index].time for index in work) - lately * DAY
            work = [index for index in work if self.commits[index].time >= since]
        made, groups = self._made(work)
        if not made:
            return Hands(len(work), 0, 0, 0, 0)
        first = max(sorted(made, key=lambda who: (len(who), who)), key=lambda who: made[who])
        left = max(0, self.newest - self.last_work[first]) // DAY
        paired = sum(self.commits[index].is_paired and self._credited[index] == (first,) for index in work)
        since = min(self.commits[index].time for index in work)
        return Hands(len(work), len(made), groups[(first,)] - paired, left, since, first)

    def is_sole(self, paths: Iterable[str], share: float, least: int, days: int) -> bool:
        """May anybody have made `share` of `least` commits on `paths` alone, of all or of those since `days` before the newest of them?

        A quick no for most of many questions; `hands` answers.
        """
        work = self._work(self._indices(paths))
        if len(work) < least:
            return False
        _, groups = self._made(work)
        if max(groups.values()) >= share * len(work):
            return True
        since = max(self.commits[index].time for index in work) - days * DAY
        _, groups = self._made([index for index in work if self.commits[index].time >= since])
        return max(groups.values()) >= share * sum(groups.values())

    def others_here(self, paths: Iterable[str], who: str, days: int = 365) -> bool:
        """Has somebody beside `who`, who made a tenth of the commits on `paths`, a commit on any file in the last `days`?"""
        work = self._work(self._indices(paths))
        made, _ = self._made(work)
        since = self._since(days)
        return any(person != who and 10 * count >= len(work) and self.last_work[person] >= since for person, count in made.items())

    def _work(self, indices: Iterable[int]) -> list[int]:
        return [index for index in indices if self._credited[index]]

    def _made(self, work: Iterable[int]) -> tuple[Counter[str], Counter[tuple[str, ...]]]:
        """How many of the commits each person made, and each group of people together."""
        groups = Counter(map(self._credited.__getitem__, work))
        made: Counter[str] = Counter()
        for people, count in groups.items():
            for who in people:
                made[who] += count
        return made, groups

    def below(self, folder: str) -> list[str]:
        """Paths in the folder that any commit touched, whatever they hold and whether or not they are still there."""
        return [path for path in self._touching if path.startswith(f"{folder}/")]

    def with_former(self, paths: Iterable[str]) -> frozenset[str]:
        """The paths, and those that the files had before they were moved."""
        found = set(paths)
        todo = list(found)
        while todo:
            old = self._former.get(todo.pop())
            if old is not None and old not in found:
                found.add(old)
                todo.append(old)
        return frozenset(found)

    def truck_factor(self, paths: Iterable[str], days: int | None = None) -> int:
        """How many people must be gone before more than half of the files have nobody left who knows them; 0 without a commit.

        After Avelino et al. (ICPC 2016), with a plainer measure of who knows a file: whoever made a quarter of its commits.
        """
        knowing: list[set[str]] = []
        for path in sorted(set(paths)):
            counted = Counter(who for commit in self._work_on(path, days) for who in commit.people)
            total = sum(1 for _ in self._work_on(path, days))
            if counted:
                most = max(counted.values())
                knowing.append({who for who, count in counted.items() if count == most or count >= KNOWS * total})
        files, gone = len(knowing), 0
        while knowing and 2 * len(knowing) >= files:
            counts = Counter(who for known in knowing for who in known)
            leaver = max(sorted(counts, key=lambda who: (len(who), who)), key=lambda who: counts[who])
            knowing = [left for known in knowing if (left := known - {leaver})]
            gone += 1
        return gone

    def distrust(self, paths: Iterable[str]) -> str:
        """Why the history does not tell who wrote these files, "" when it does: imported as a whole, or squashed without credits."""
        imported = self.imported_share()
        if imported > MAX_IMPORTED:
            return f"{imported:.0%} of the code files entered in one commit, so the history was imported"
        work = self._work(self._indices(paths))
        squashed = sum(self.commits[index].is_squashed and len(self._credited[index]) == 1 for index in work)
        if work and squashed > MAX_SQUASHED * len(work):
            return (
                f"{squashed} of {len(work)} commits are squashed pull requests that credit one person each, so who wrote them is not known"
            )
        return ""

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
        """The largest share of the code files (`paths`, or all that live) that came with one commit; near 1: history came from elsewhere.

        Data does come in heaps, and says nothing of who wrote the code; a file that was only moved or put back came before.
        """
        asked = {path for path in (self._living() if paths is None else paths) if _CODE.search(path)}
        if not asked:
            return 0.0
        if not self._entered:
            self._entered = {path: index for index, commit in enumerate(self.commits) for path in commit.added}
        came = (max((self._entered.get(path, -1) for path in self.with_former((one,))), default=-1) for one in asked)
        return max(Counter(index for index in came if index >= 0).values(), default=0) / len(asked)

    def squash_share(self) -> float:
        """The share of commits, merges aside, that are a whole pull request squashed into one."""
        plain = [commit for commit in self.commits if not commit.is_merge]
        return sum(commit.is_squashed for commit in plain) / len(plain) if plain else 0.0

    def _living(self) -> frozenset[str]:
        return frozenset(self._touching) - self.deleted

    def _indices(self, paths: Iterable[str]) -> set[int]:
        """Places of the commits that changed any of `paths`."""
        return {index for path in set(paths) for index in self._touching.get(path, ())}

    def _work_on(self, path: str, days: int | None) -> Iterator[Commit]:
        since = self._since(days)
        for index in self._touching.get(path, ()):
            commit = self.commits[index]
            if self._credited[index] and commit.time >= since:
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
