"""Reading in several processes, when it pays. Each worker turns files into facts and sends them back as msgpack.

The worker's function lives here and not in `analyzer`, because a fresh process finds `mldebt` first, and with it the other folders.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from pathlib import Path

import msgspec

from analyzer.discover.discovery import SourceFile
from analyzer.read.dispatch import PYTHON_KINDS
from analyzer.read.facts import Facts, Unreadable
from analyzer.scan import Progress, ReadResult, read_one

Sent = tuple[str, Facts | None, tuple[tuple[str, str], ...], str, str]
"""A path and its ReadResult."""

BYTES_PER_WORKER = 1_000_000
"""Below two workers' worth of Python, starting processes costs more than it saves."""
MAX_WORKERS = 8
BATCH_BYTES = 250_000
BATCH_FILES = 50


def read_in_processes(root: Path, files: Sequence[SourceFile], jobs: int, progress: Progress | None) -> Mapping[str, ReadResult]:
    """Path → result of every file that was read elsewhere; the caller reads what is missing. `jobs` 0 means as many processes as pay.

    A file whose reader takes its whole process down is reported as unreadable.
    """
    workers = jobs or paying_workers(files)
    batches = list(batches_of(files))
    if workers < 2 or not batches:
        return {}
    results: dict[str, ReadResult] = {}
    lost: list[SourceFile] = []
    with _pool(min(workers, len(batches))) as pool:
        waiting = {pool.submit(read_batch, str(root), [(file.path, file.kind) for file in batch]): batch for batch in batches}
        try:
            for future in as_completed(waiting):
                lost += _take(future, waiting[future], results)
                if progress is not None:
                    progress("reading", len(results), len(files))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    results.update(_one_by_one(root, lost))
    return results


def paying_workers(files: Iterable[SourceFile]) -> int:
    """How many processes are worth starting: bounded by the processors at hand and by how much Python there is."""
    size = sum(file.size for file in files if file.kind in PYTHON_KINDS)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors, MAX_WORKERS, size // BYTES_PER_WORKER))


def batches_of(files: Iterable[SourceFile]) -> Iterator[list[SourceFile]]:
    """The files in batches of bounded size, the large files first, so that no worker ends long after the others."""
    batch: list[SourceFile] = []
    size = 0
    for file in sorted(files, key=lambda file: (-file.size, file.path)):
        batch.append(file)
        size += file.size
        if size >= BATCH_BYTES or len(batch) == BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_batch(root: str, files: Sequence[tuple[str, str]]) -> list[bytes]:
    """What a worker does: (path, kind) → encoded results. A result that msgpack cannot say (a huge integer) is left to the caller."""
    encoder = msgspec.msgpack.Encoder()
    sent = []
    for path, kind in files:
        try:
            sent.append(encoder.encode((path, *read_one(Path(root), path, kind))))
        except (ValueError, TypeError, OverflowError, RecursionError):  # UnicodeEncodeError is a ValueError
            continue
    return sent


@cache
def _decoder() -> msgspec.msgpack.Decoder[Sent]:
    return msgspec.msgpack.Decoder(Sent)


def _take(future: Future[list[bytes]], batch: list[SourceFile], results: dict[str, ReadResult]) -> list[SourceFile]:
    """Put a finished batch into `results`; the files of a batch whose process died are given back."""
    try:
        answers = future.result()
    except BrokenProcessPool:
        return batch
    for answer in answers:
        path, facts, broken, around, text = _decoder().decode(answer)
        results[path] = (facts, broken, around, text)
    return []


def _one_by_one(root: Path, files: Iterable[SourceFile]) -> Iterator[tuple[str, ReadResult]]:
    """Each file in a process that may die of it."""
    remaining = sorted(files, reverse=True)
    while remaining:
        with _pool(1) as pool:
            while remaining:
                file = remaining.pop()
                results: dict[str, ReadResult] = {}
                if _take(pool.submit(read_batch, str(root), [(file.path, file.kind)]), [file], results):
                    yield file.path, (Unreadable("reading it ended the reading process"), (), "", "")
                    break
                yield from results.items()


def _pool(workers: int) -> ProcessPoolExecutor:
    # fork starts in milliseconds, but is unsafe once there are threads.
    forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
