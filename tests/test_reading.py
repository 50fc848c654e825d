"""Reading in several processes gives what reading in one gives, also when a process dies."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.discover.discovery import SourceFile
from analyzer.read.facts import PythonFacts, Unreadable
from analyzer.scan import read_one
from analyzer.settings import Settings
from mldebt import reading
from mldebt.reading import batches_of, paying_workers, read_batch, read_in_processes
from mldebt.running import run

STORIES = Path(__file__).resolve().parent / "repos"


def sources(root: Path, *names: str) -> list[SourceFile]:
    return [SourceFile(name, "python", (root / name).stat().st_size) for name in names]


def test_one_process_reads_nothing_ahead(repository) -> None:
    root = repository({"a.py": "x = 1\n"})
    assert read_in_processes(root, sources(root, "a.py"), 1, None) == {}
    assert read_in_processes(root, sources(root, "a.py"), 0, None) == {}, "so little does not pay"
    assert read_in_processes(root, [], 4, None) == {}


def test_the_result_is_that_of_one_process() -> None:
    alone, together = (run(STORIES, Settings(history=False), jobs=jobs) for jobs in (1, 2))
    assert alone.accesses and alone.findings
    assert replace(alone, seconds=0.0) == replace(together, seconds=0.0)


def test_facts_cross_the_border_unchanged(repository) -> None:
    text = "x = [1, 2.0, True, None, 'é\\ud800', 1e400, -3, b'\\xff']\n\n\ndef f(a, *b, c=1, **d):\n    return open(f'{a}/{x[0]}.csv')\n"
    huge = f"n = {10**30}\nopen('a.csv')\n"
    latin = b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"
    root = repository({"a.py": text, "huge.py": huge, "broken.py": "x = (\n", "latin.py": latin})
    names = ("a.py", "huge.py", "broken.py", "latin.py")
    got = read_in_processes(root, sources(root, *names), 2, None)
    assert set(got) >= {"broken.py", "latin.py"}
    for name, result in got.items():
        assert result == read_one(root, name, "python")
    result = run(root, Settings(history=False), jobs=2)
    assert {unit.path for unit in result.units} == set(names) - {"broken.py"}, "what cannot be sent is read by the parent"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the fault is put in by changing this process, which only a fork inherits")
def test_a_file_that_kills_its_reader_is_listed_and_the_others_are_read(repository, monkeypatch) -> None:
    root = repository({f"{name}.py": "x = 1\n" for name in ("a", "b", "deadly", "z")})
    read = reading.read_one

    def dies(top: Path, path: str, kind: str):
        if path == "deadly.py":
            os._exit(11)
        return read(top, path, kind)

    monkeypatch.setattr(reading, "read_one", dies)
    monkeypatch.setattr(reading, "BATCH_FILES", 2)
    got = read_in_processes(root, sources(root, "a.py", "b.py", "deadly.py", "z.py"), 2, None)
    assert set(got) == {"a.py", "b.py", "deadly.py", "z.py"}
    assert isinstance(got["deadly.py"][0], Unreadable)
    assert all(isinstance(got[f"{name}.py"][0], PythonFacts) for name in "abz")


def test_progress_counts_to_the_end(repository) -> None:
    root = repository({f"m{n}.py": "x = 1\n" for n in range(120)})
    seen: list[tuple[str, int, int]] = []
    read_in_processes(root, sources(root, *(f"m{n}.py" for n in range(120))), 2, lambda *step: seen.append(step))
    assert seen[-1] == ("reading", 120, 120) and [step[1] for step in seen] == sorted(step[1] for step in seen)


def test_an_interrupt_gets_through(repository) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    root = repository({f"m{n}.py": "x = 1\n" for n in range(120)})
    with pytest.raises(KeyboardInterrupt):
        read_in_processes(root, sources(root, *(f"m{n}.py" for n in range(120))), 2, interrupt)


@given(st.lists(st.integers(0, 2_000_000), max_size=80))
def test_batches_hold_every_file_once_and_are_bounded(sizes: list[int]) -> None:
    files = [SourceFile(f"m{n}.py", "python", size) for n, size in enumerate(sizes)]
    batches = list(batches_of(files))
    assert sorted(file for batch in batches for file in batch) == sorted(files)
    for batch in batches:
        assert batch and len(batch) <= reading.BATCH_FILES
        assert sum(file.size for file in batch[:-1]) < reading.BATCH_BYTES


def test_more_python_pays_for_more_processes_up_to_a_bound() -> None:
    def asked(size: int, kind: str = "python") -> int:
        return paying_workers([SourceFile("a", kind, size)])

    assert asked(0) == asked(100_000_000, "config") == 1
    assert 1 <= asked(10_000_000) <= asked(10_000_000_000) <= reading.MAX_WORKERS


def test_a_batch_skips_what_it_cannot_say(repository) -> None:
    root = repository({"a.py": "x = 1\n"})
    assert len(read_batch(str(root), [("a.py", "python")])) == 1
