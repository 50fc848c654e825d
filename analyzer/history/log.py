"""Asking git for the history, in the background, in a form that partial clones can answer: names of files, no contents, no renames."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analyzer.discover.discovery import UnreadableFileError, read_file
from analyzer.discover.git import NO_GIT, GitAnswer, start_git
from analyzer.history.authorship import Commit, History
from analyzer.history.identities import Person, identities

MAX_COMMITS = 200_000
TIMEOUT = 120.0
MAX_TIME = 253_402_300_799
IGNORE_REVS = ".git-blame-ignore-revs"
MAX_IGNORE_REVS = 1 << 20

_FIELDS = ("%H", "%P", "%aN", "%aE", "%ct", "%s", "%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x1f)")
_FORMAT = "--format=tformat:" + "%x00".join(_FIELDS)
_SHA = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SQUASHED = re.compile(r"\((?:#|!)\d+\)$")
_PAIR = re.compile(r"[|\[(<{]\s*(\w[\w. ]*(?:[,&/|+]\s*\w[\w. ]*)+)[|\])>}]")
"""People at the front of a subject, as pairs sign: `[ann/bob] …`, `|Ann, Bob| …`."""
_CREDIT = re.compile(r"^\s*(.*?)\s*<([^<>]*)>\s*$")


@dataclass(slots=True)
class _RawCommit:
    sha: str
    parents: int
    author: Person
    time: int
    is_squashed: bool
    is_paired: bool
    coauthors: tuple[Person, ...]
    changes: list[tuple[str, str]]
    """(status letter, path)"""

    @property
    def people(self) -> tuple[Person, ...]:
        return (self.author, *self.coauthors)


class HistoryJob:
    """git at work on the history; `result` waits for it."""

    def __init__(self, root: Path, top: str, names: bool) -> None:
        self._root = root
        self._names = names
        self._top = top
        self._shallow = start_git(root, "rev-parse", "--is-shallow-repository")
        self._head = start_git(root, "log", "-1", "--format=%ct")
        options = ("-z", f"-{MAX_COMMITS}", "--no-renames", "--no-follow", "--name-status", _FORMAT)
        self._log = start_git(root, "log", *options, *_only_below(top))
        self._answer: tuple[History | None, str] | None = None

    def result(self, timeout: float = TIMEOUT) -> tuple[History | None, str]:
        """The history and what is missing of it: (whole, ""), (partial, reason) or (None, reason). Never raises; may be asked again."""
        if self._answer is None:
            self._answer = self._finish(timeout)
        return self._answer

    def _finish(self, timeout: float) -> tuple[History | None, str]:
        log = self._log.finish(timeout)
        shallow, head = self._shallow.finish(timeout), self._head.finish(timeout)
        raw = list(_raw_commits(log.out, complete=log.ok))
        reason = _gap(log, shallow.text.strip() == "true", len(raw))
        if shallow.text.strip() == "true":
            # A commit at the edge of a shallow clone has lost its parents: it seems to bring in every file.
            raw = [commit for commit in raw if commit.parents]
        if not raw:
            return None, reason or "no commit touches this folder"
        newest = _time(head.text.strip()) or raw[0].time
        history = _history(raw, newest, _ignored_revisions(self._root, self._top))
        history.gap = reason
        if self._names:
            history.names = _names(raw)
        return history, reason


def start_history(root: Path, top: str = "", *, names: bool = False) -> HistoryJob:
    """Start to read the history of the folder `root`. `top` is its place inside its git work tree, "" when it is the work tree's root.

    Names of people are kept only when they are asked for.
    """
    return HistoryJob(root, top, names)


def _gap(log: GitAnswer, is_shallow: bool, commits: int) -> str:
    if log.status == NO_GIT:
        return "git is not installed: no history"
    if not log.ok:
        complaint = log.err.splitlines()[0] if log.err else "no message"
        if "not a git repository" in complaint:
            return "not a git repository: no history"
        if "does not have any commits" in complaint or "bad default revision" in complaint:
            return "the repository has no commits yet"
        return f"git log ended with status {log.status} after {commits} commits ({complaint}): the history is incomplete"
    if is_shallow:
        return f"shallow clone: only {commits} commits are here (fetch the rest with `git fetch --unshallow`)"
    if commits >= MAX_COMMITS:
        return f"only the newest {MAX_COMMITS} commits were read"
    return ""


def _only_below(top: str) -> tuple[str, ...]:
    """What leaves out the rest of the work tree when only a part is scanned; without --full-history git would drop side branches too."""
    return ("--relative", "--full-history", "--", ".") if top else ()


# ---- parsing -------------------------------------------------------------------------------------------------------------------------


def _raw_commits(out: bytes, complete: bool) -> Iterator[_RawCommit]:
    """Commits of `git log -z`: seven fields, then (status, path) pairs until the next hash. What git did not finish is left out."""
    tokens = out.split(b"\0")
    if tokens and not tokens[-1]:
        tokens.pop()
    end = len(tokens)
    at = 0
    waiting: _RawCommit | None = None
    while at + len(_FIELDS) <= end and _SHA.fullmatch(tokens[at]):
        if waiting is not None:
            yield waiting
        waiting = _commit(tokens[at : at + len(_FIELDS)])
        at += len(_FIELDS)
        while at + 1 < end and not _SHA.fullmatch(tokens[at]):
            waiting.changes.append((tokens[at].strip().decode("ascii", "replace")[:1], _text(tokens[at + 1])))
            at += 2
    if waiting is not None and complete:
        yield waiting


def _commit(fields: list[bytes]) -> _RawCommit:
    sha, parents, name, mail, time, subject, credited = map(_text, fields)
    return _RawCommit(
        sha=sha,
        parents=len(parents.split()),
        author=(name, mail),
        time=_time(time),
        is_squashed=_SQUASHED.search(subject) is not None,
        is_paired=_names_pair(subject, name),
        coauthors=tuple((match[1], match[2]) for line in credited.split("\x1f") if (match := _CREDIT.match(line))),
        changes=[],
    )


def _names_pair(subject: str, author: str) -> bool:
    """Does the subject begin with the names of several people, one of whom is the author?"""
    found = _PAIR.match(subject)
    return found is not None and not set(re.findall(r"\w+", author.lower())).isdisjoint(re.findall(r"\w+", found[1].lower()))


def _time(seconds: str) -> int:
    """Unix time between 1970 and 9999; a commit may claim any other."""
    return min(int(seconds), MAX_TIME) if seconds.isdecimal() else 0


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _history(raw: list[_RawCommit], newest: int, ignored: frozenset[str]) -> History:
    who = _who(raw)
    return History(commits=tuple(_known(commit, who, ignored) for commit in raw), newest=newest, deleted=_deleted(raw))


def _who(raw: list[_RawCommit]) -> dict[Person, str]:
    return identities(person for commit in reversed(raw) for person in commit.people)


def _names(raw: list[_RawCommit]) -> dict[str, str]:
    """Identity → the name that it used last."""
    who = _who(raw)
    names: dict[str, str] = {}
    for commit in raw:
        for person in commit.people:
            if person in who:
                names.setdefault(who[person], person[0])
    return names


def _known(commit: _RawCommit, who: dict[Person, str], ignored: frozenset[str]) -> Commit:
    return Commit(
        sha=commit.sha,
        time=commit.time,
        author=who.get(commit.author, ""),
        coauthors=tuple(who[person] for person in commit.coauthors if person in who),
        files=tuple(path for _, path in commit.changes),
        added=tuple(path for status, path in commit.changes if status == "A"),
        moved=_moved(commit.changes),
        is_merge=commit.parents > 1,
        is_squashed=commit.is_squashed,
        is_paired=commit.is_paired,
        is_ignored=commit.sha in ignored,
    )


def _moved(changes: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Pairs of files, one taken out and one brought in, that alone have their name; or that alone are of their kind in their folder."""
    gone = [path for status, path in changes if status == "D"]
    if not gone:
        return ()
    new = [path for status, path in changes if status == "A"]
    come = _alone(new)
    moved = tuple((old, come[name]) for name, old in _alone(gone).items() if name in come)
    passed = {path for pair in moved for path in pair}
    renamed = _of_a_kind([path for path in new if path not in passed])
    return moved + tuple((old, renamed[kind]) for kind, old in _of_a_kind([p for p in gone if p not in passed]).items() if kind in renamed)


def _of_a_kind(paths: list[str]) -> dict[tuple[str, str], str]:
    """(Folder, ending) → the one path that has both."""
    kinds = [(path.rpartition("/")[0], path.rpartition("/")[2].rpartition(".")[2]) for path in paths]
    counted = Counter(kinds)
    return {kind: path for kind, path in zip(kinds, paths, strict=True) if counted[kind] == 1 and kind[1]}


def _alone(paths: list[str]) -> dict[str, str]:
    """Name → the one path that ends in it."""
    counted = Counter(path.rpartition("/")[2] for path in paths)
    return {name: path for path in paths if counted[name := path.rpartition("/")[2]] == 1}


def _deleted(raw: list[_RawCommit]) -> frozenset[str]:
    newest: dict[str, str] = {}
    for commit in raw:
        for status, path in commit.changes:
            newest.setdefault(path, status)
    return frozenset(path for path, status in newest.items() if status == "D")


def _ignored_revisions(root: Path, top: str) -> frozenset[str]:
    """Commits that the work tree's `.git-blame-ignore-revs` names: reformatting that nobody should be credited with."""
    work_tree = root.joinpath(*[".."] * len(Path(top).parts)) if top else root
    try:
        listed = read_file(work_tree, IGNORE_REVS, MAX_IGNORE_REVS).decode("utf-8", "replace")
    except UnreadableFileError:
        return frozenset()
    return frozenset(line.partition("#")[0].strip() for line in listed.splitlines())
