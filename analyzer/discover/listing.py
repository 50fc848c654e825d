"""Which files a folder holds and which of them are read: from git where there is one, else by walking the folder."""

from __future__ import annotations

import os
import re
import stat
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING

from analyzer.discover.discovery import MAX_CONFIG_BYTES, DiscoverError, Discovery, SourceFile, UnreadableFileError, read_file, reason_of
from analyzer.discover.git import NO_GIT, GitAnswer, run_git, start_git
from analyzer.discover.kinds import kind_of, left_out_as
from analyzer.discover.walk import walk
from analyzer.result import NotAnalysed

if TYPE_CHECKING:
    from analyzer.settings import Limits

FIRST_BYTES = 256
MAX_LISTED_OVER_LIMIT = 1000
SUBMODULE, LINK = "160000", "120000"
SPARSE = "S"
_HEAD = ("rev-parse", "--verify", "--quiet", "HEAD")
_PROMISOR = ("config", "--get-regexp", r"^(remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone)$")
_REMOTES = ("config", "--get-regexp", r"^remote\.(origin|upstream)\.url$")


@dataclass(slots=True)
class _Candidates:
    """What git or the walk says there is. A value of `tracked` is git's tag (`S`: left out by a sparse checkout)."""

    paths: list[str]
    tracked: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    submodules: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Checkout:
    top: str
    shallow: bool
    partial: bool
    commit: str | None
    remotes: tuple[str, ...] = ()


def discover(root: Path, limits: Limits) -> Discovery:
    """The files of `root`: those that readers read, those that could not be taken and why, and how many are of no interest.

    Raises DiscoverError when `root` is not a folder that can be read. Everything below it that cannot be read is listed, not raised.
    """
    _check_folder(root)
    checkout, note = _checkout(root)
    found = _from_git(root, checkout) if checkout else None
    if found is None:
        if checkout:
            note = note or "git could not list the files; the folder was walked instead"
            checkout = None
        found = _from_walk(root, limits.max_files)
    taken = _Taking(root, limits, found).take()
    return Discovery(
        files=tuple(sorted(taken.files)),
        not_analysed=tuple(sorted(taken.refused, key=lambda entry: entry.path)),
        skipped=tuple(sorted(taken.skipped.items())),
        commit=checkout.commit if checkout else None,
        is_git=checkout is not None,
        submodules=tuple(sorted(found.submodules)),
        shallow=checkout.shallow if checkout else False,
        partial=checkout.partial if checkout else False,
        top=checkout.top if checkout else "",
        remotes=checkout.remotes if checkout else (),
        notes=tuple([note] * bool(note) + found.notes),
        paths=frozenset(found.paths),
    )


def _check_folder(root: Path) -> None:
    try:
        mode = root.stat().st_mode
        if not stat.S_ISDIR(mode):
            raise DiscoverError(f"{root} is a file, not a folder; give the folder of a repository, for example {root.parent}")
        os.scandir(root).close()
    except FileNotFoundError:
        raise DiscoverError(f"{root}: there is no such folder; give the folder of a repository") from None
    except PermissionError:
        raise DiscoverError(f"{root}: permission denied; give a folder that you may read") from None
    except (OSError, ValueError) as error:
        raise DiscoverError(f"{root}: {reason_of(error)}; give the folder of a repository") from None


def _checkout(root: Path) -> tuple[_Checkout | None, str]:
    """The git checkout that `root` stands in, or None; and a note when there should be one but git cannot be asked."""
    answer = run_git(root, "rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-prefix")
    if not answer.ok:
        if "not a git repository" in answer.err and not os.path.lexists(root / ".git"):
            return None, ""
        if answer.status == NO_GIT and not os.path.lexists(root / ".git"):
            return None, ""
        cause = answer.err.splitlines()[0] if answer.err else f"status {answer.status}"
        return None, f"git could not be asked ({cause}); the folder was walked instead, and there is no history"
    inside, shallow, top = [*answer.text.split("\n"), "", ""][:3]
    if inside != "true":
        return None, ""
    running = [start_git(root, *words) for words in (_HEAD, _PROMISOR, _REMOTES)]
    head, promisor, remotes = [git.finish() for git in running]
    commit = head.text.strip() if head.ok else None
    return _Checkout(top.rstrip("/"), shallow == "true", promisor.ok, commit, _urls(remotes)), ""


def _urls(answer: GitAnswer) -> tuple[str, ...]:
    """The URLs of the remotes that the checkout is a copy of; user names and passwords in them are nobody's business."""
    urls = [line.partition(" ")[2].strip() for line in answer.text.splitlines()] if answer.ok else []
    return tuple(dict.fromkeys(re.sub(r"^([a-z+]+://)[^@/]*@", r"\1", url) for url in urls if url))


def _from_git(root: Path, checkout: _Checkout) -> _Candidates | None:
    """None when git cannot list, or when `root` is a folder that its git ignores (then the files are meant to be found otherwise)."""
    running = [start_git(root, "ls-files", "-z", *words) for words in (("-t", "--stage"), ("--others", "--exclude-standard"))]
    tracked, others = [git.finish() for git in running]
    if not tracked.ok or not others.ok:
        return None
    if checkout.top and not tracked.out and run_git(root, "check-ignore", "--quiet", ".").ok:
        return None
    found = _Candidates([])
    for entry in tracked.out.split(b"\0"):
        head, _, raw = entry.partition(b"\t")
        if raw:
            tag, mode = head.decode("ascii", "replace").split(" ")[:2]
            _sort_in(found, raw, tag, mode)
    for raw in others.out.split(b"\0"):
        if raw.endswith(b"/"):
            found.refused.append((_shown(raw[:-1]), "is another git repository; scan it by its own path"))
        elif raw:
            _sort_in(found, raw, "", "")
    return found


def _sort_in(found: _Candidates, raw: bytes, tag: str, mode: str) -> None:
    try:
        path = raw.decode("utf-8")
    except UnicodeDecodeError:
        found.refused.append((_shown(raw), "its name is not UTF-8"))
        return
    if mode == SUBMODULE:
        found.submodules.append(path)
    elif mode == LINK:
        found.links.append(path)
    elif path not in found.tracked:
        found.paths.append(path)
        if tag:
            found.tracked[path] = tag


def _from_walk(root: Path, max_files: int) -> _Candidates:
    walked = walk(root, max_files)
    found = _Candidates([], refused=list(walked.unreadable))
    for path in walked.files:
        _sort_in(found, os.fsencode(path), "", "")
    for path in walked.links:
        _sort_in(found, os.fsencode(path), "", LINK)
    found.refused.extend((path, "is another git repository; scan it by its own path") for path in walked.repositories)
    if walked.truncated:
        found.notes.append(f"the folder holds far more than {max_files} files; only the first were looked at")
    return found


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


class _Taking:
    """Decides, path by path, between read, refused (with the reason) and merely counted."""

    def __init__(self, root: Path, limits: Limits, found: _Candidates) -> None:
        self.root = root
        self.limits = limits
        self.found = found
        self.files: list[SourceFile] = []
        self.refused: list[NotAnalysed] = [NotAnalysed(path, reason) for path, reason in found.refused]
        self.skipped: Counter[str] = Counter()
        self._folders: dict[str, bool] = {"": True}
        self._over = 0

    def take(self) -> _Taking:
        self.found.paths.sort()
        for path in self.found.paths:
            self._take_path(path)
        self._take_links(self.found.links)
        return self

    def _take_path(self, path: str) -> None:
        kind = kind_of(path, lambda: self._first_bytes(path))
        if kind is None:
            self.skipped[left_out_as(path)] += 1
            return
        if not self._is_real(dirname(path)):
            self._refuse(path, "stands below a link, which is not followed")
            return
        try:
            status = Path(self.root, path).lstat()
        except (OSError, ValueError) as error:
            self._refuse(path, self._why_missing(path, error))
            return
        if stat.S_ISLNK(status.st_mode):
            self.found.links.append(path)
        elif not stat.S_ISREG(status.st_mode):
            self._refuse(path, "is no regular file")
        else:
            self._take_file(SourceFile(path, kind, status.st_size))

    def _take_file(self, file: SourceFile) -> None:
        limit, key = self._limit(file.kind)
        if file.size > limit:
            if file.kind == "config" and file.path.endswith(".json"):
                self.skipped["data"] += 1
            else:
                self._refuse(file.path, f"is larger than {limit} bytes" + (f" (limits.{key})" if key else ""))
        elif len(self.files) < self.limits.max_files:
            self.files.append(file)
        elif self._over < MAX_LISTED_OVER_LIMIT:
            self._over += 1
            self._refuse(file.path, f"comes after the first {self.limits.max_files} files (limits.max_files)")
        else:
            self.skipped["over limits.max_files"] += 1

    def _limit(self, kind: str) -> tuple[int, str]:
        if kind == "notebook":
            return self.limits.max_notebook_bytes, "max_notebook_bytes"
        if kind == "config" and self.limits.max_file_bytes > MAX_CONFIG_BYTES:
            return MAX_CONFIG_BYTES, ""
        return self.limits.max_file_bytes, "max_file_bytes"

    def _take_links(self, links: Iterable[str]) -> None:
        known = set(self.found.paths)
        real_root = os.path.realpath(self.root)
        for path in links:
            if kind_of(path, lambda: b"") is None:
                self.skipped["link"] += 1
                continue
            target = os.path.realpath(self.root / path)
            inside = os.path.relpath(target, real_root).replace(os.sep, "/") if target.startswith(real_root + os.sep) else ""
            if inside in known and inside != path:
                self.skipped["link to a file of the same tree"] += 1
            elif not inside:
                self._refuse(path, "is a link out of the scanned folder, which is not followed")
            else:
                self._refuse(path, f"is a link to {inside}, which is not there or not a file of the repository")

    def _first_bytes(self, path: str) -> bytes:
        if not self._is_real(dirname(path)):
            return b""
        try:
            return read_file(self.root, path, FIRST_BYTES)
        except UnreadableFileError:
            return b""

    def _is_real(self, folder: str) -> bool:
        """Whether no part of the folder is a link: a tracked folder may have been replaced by one."""
        answer = self._folders.get(folder)
        if answer is None:
            answer = self._is_real(dirname(folder)) and not Path(self.root, folder).is_symlink()
            self._folders[folder] = answer
        return answer

    def _why_missing(self, path: str, error: OSError | ValueError) -> str:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            return reason_of(error)
        if self.found.tracked.get(path) == SPARSE:
            return "is tracked by git but left out of this sparse checkout"
        return "is tracked by git but not in the checkout" if path in self.found.tracked else "is not there any more"

    def _refuse(self, path: str, reason: str) -> None:
        self.refused.append(NotAnalysed(path, reason))
