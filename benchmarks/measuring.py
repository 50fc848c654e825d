"""Run a program and measure it: wall seconds, and the peak memory of it and its children together."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

INTERVAL = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """`status` is None when the program took too long and was ended; `peak_mb` is the larger of two measures: the kernel's for the largest
    single process, and the sum over all processes (proportional set size) as sampled ten times a second where /proc tells it."""

    status: int | None
    seconds: float
    peak_mb: float
    out: str
    err: str


def measure(command: Sequence[str], folder: Path, timeout: float) -> Measured:
    """Run `command` in `folder`, for at most `timeout` seconds."""
    with TemporaryFile() as out, TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        status, largest, together = _watch(process.pid, started + timeout)
        seconds = time.perf_counter() - started
        process.returncode = status if status is not None else -signal.SIGKILL  # wait4 took the status that Popen would ask for
        return Measured(status, seconds, max(largest, together), _text(out), _text(err))


def _watch(pid: int, deadline: float) -> tuple[int | None, float, float]:
    together = 0.0
    next_sample = 0.0
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024, together
        now = time.perf_counter()
        if now > deadline:
            os.killpg(pid, signal.SIGKILL)
            _, _, usage = os.wait4(pid, 0)
            return None, usage.ru_maxrss / 1024, together
        if now >= next_sample:
            together = max(together, sum(map(_proportional_mb, _session(pid))))
            next_sample = now + INTERVAL
        time.sleep(0.005)


def _session(pid: int) -> list[int]:
    """The processes of the session that `pid` leads."""
    members = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[3] == str(pid):
            members.append(int(entry.parent.name))
    return members


def _proportional_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
