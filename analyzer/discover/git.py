"""The one way this program asks git: nothing the repository configures is run, nothing is fetched, every status is returned.

What a repository's own configuration could make git run, and what stops it here: fsmonitor, hooks, pagers (also `pager.<command>`),
external and per-driver diffs, textconv, signature checks (`gpg.program`), transports (`ext::`, ssh) of a lazy fetch, credential helpers.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

TIMED_OUT = 124
NOT_RUNNABLE = 126
NO_GIT = 127
MAX_ANSWER = 1 << 30
MAX_COMPLAINT = 4000

SAFE_CONFIG = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=",
    "core.quotePath=false",
    "diff.external=",
    "diff.ignoreSubmodules=all",
    "log.showSignature=false",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "credential.helper=",
    "protocol.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.directory=*",
)
SAFE_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    # As a list of allowed protocols this beats `protocol.<name>.allow` of the repository, which `protocol.allow` does not.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
DIFFING = frozenset({"blame", "diff", "diff-tree", "diff-index", "diff-files", "log", "show", "whatchanged", "format-patch"})


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said. `status` is 127 without git, 126 when it cannot be started, 124 when it took too long."""

    status: int
    out: bytes
    err: str

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def text(self) -> str:
        """The output as text; bytes that are not UTF-8 become lone surrogates, as in file names of the standard library."""
        return self.out.decode("utf-8", "surrogateescape")


class GitProcess:
    """A git that runs while the caller does something else; `finish` waits for it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes] | None = None,
        out: IO[bytes] | None = None,
        err: IO[bytes] | None = None,
        early: GitAnswer | None = None,
    ) -> None:
        self._process = process
        self._out = out
        self._err = err
        self._answer = early

    def finish(self, timeout: float = 60) -> GitAnswer:
        """The answer, at the latest after `timeout` seconds; then git is ended and the status is 124. May be called again."""
        if self._answer is None:
            self._answer = self._wait(timeout)
        return self._answer

    def stop(self) -> None:
        """End git without asking for its answer."""
        self.finish(timeout=0)

    def _wait(self, timeout: float) -> GitAnswer:
        assert self._process is not None and self._out is not None and self._err is not None
        with self._out, self._err:
            try:
                status = _ended(self._process, timeout)
            except subprocess.TimeoutExpired:
                _end(self._process)
                return GitAnswer(TIMED_OUT, b"", f"git did not answer within {timeout:g} seconds")
            self._err.seek(0)
            err = self._err.read(MAX_COMPLAINT).decode("utf-8", "replace").strip()
            size = self._out.seek(0, os.SEEK_END)
            if size > MAX_ANSWER:
                return GitAnswer(TIMED_OUT, b"", f"git's answer is too large ({size} bytes)")
            self._out.seek(0)
            return GitAnswer(status, self._out.read(), err)


def _ended(process: subprocess.Popen[bytes], timeout: float) -> int:
    """The status of a process once it ends; TimeoutExpired when it does not. `Popen.wait` would look again only every 50 ms."""
    if sys.platform == "linux" and process.poll() is None:
        with suppress(OSError):  # a kernel without pidfd
            handle = os.pidfd_open(process.pid)
            try:
                watch = select.poll()
                watch.register(handle, select.POLLIN)
                watch.poll(timeout * 1000)
            finally:
                os.close(handle)
            timeout = 0
    return process.wait(timeout)


def start_git(root: Path, *args: str) -> GitProcess:
    """Start `git <args>` in the folder `root`. Never raises for a git that is missing or fails: the status tells."""
    program = _program(os.environ.get("PATH", os.defpath))
    if program is None:
        return GitProcess(early=GitAnswer(NO_GIT, b"", "git is not installed (or not on PATH)"))
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed by GitProcess, which outlives this function
    err = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        process = subprocess.Popen(
            command_line(program, args),
            cwd=root,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as error:
        out.close()
        err.close()
        return GitProcess(early=GitAnswer(NOT_RUNNABLE, b"", f"git could not be started: {error}"))
    return GitProcess(process, out, err)


def run_git(root: Path, *args: str, timeout: float = 60) -> GitAnswer:
    """The answer of `git <args>` in the folder `root`. Never raises; the caller looks at `status`."""
    return start_git(root, *args).finish(timeout)


def command_line(program: str, args: tuple[str, ...]) -> list[str]:
    """The whole command: the safe configuration first, and for commands that may show a diff the flags that keep drivers from running."""
    settings = [part for pair in SAFE_CONFIG for part in ("-c", pair)]
    flags = ["--no-ext-diff", "--no-textconv"] if args and args[0] in DIFFING else []
    # A path of the scanned repository is never a pattern; check-ignore takes nothing but paths and refuses to be told so.
    literal = [] if args[:1] == ("check-ignore",) else ["--literal-pathspecs"]
    return [program, "--no-pager", "--no-optional-locks", *literal, *settings, *args[:1], *flags, *args[1:]]


def clean_environment() -> dict[str, str]:
    """The environment for git: nothing of `GIT_*` is inherited."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | SAFE_ENVIRONMENT


@lru_cache(maxsize=8)
def _program(search: str) -> str | None:
    # A relative entry of PATH would find a program of the scanned repository.
    absolute = os.pathsep.join(part for part in search.split(os.pathsep) if Path(part).is_absolute())
    return shutil.which("git", path=absolute) if absolute else None


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        pass
    process.wait()
