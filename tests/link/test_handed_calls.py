"""Functions that are handed over to be called: maps, pools, threads, partials, parameters."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

HEAD = """
import asyncio, functools, itertools, multiprocessing, os, threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
import joblib
import pandas as pd
from tqdm.contrib.concurrent import process_map
def load(p, q=''):
    return pd.read_csv('d/' + p)
def out(q, p):
    return pd.read_csv(f'{q}/{p}')
pool = multiprocessing.Pool()
executor = ThreadPoolExecutor()
"""


def own(source: str) -> set[str | None]:
    return {a.artifact for a in graph_of_texts({"m.py": HEAD + source}).accesses if not a.borrowed}


def reads(source: str) -> set[str | None]:
    return {a.artifact for a in graph_of_texts({"m.py": HEAD + source}).accesses}


@pytest.mark.parametrize(
    "source",
    [
        "series.map(load)",
        "frame.apply(load, axis=1)",
        "frame.apply(load, args=('a.csv',))",
        "pool.map(load, names())",
        "executor.submit(names, 'a.csv')",
        "partial(load, *names())()",
        "def call(fn, p):\n    return fn(p)\ncall(load, 'a.csv')\ncall(print, 'b.csv')",
        "def call(fn, p):\n    return fn(p)\ncall(names(), 'a.csv')",
    ],
)
def test_what_is_not_known_to_be_called_with_a_value(source: str) -> None:
    assert "d/a.csv" not in reads(source)


@pytest.mark.parametrize(
    "source",
    [
        "list(map(load, ['a.csv']))",
        "map(lambda p: pd.read_csv('d/' + p), ['a.csv'])",
        "pool.map(load, ['a.csv'])",
        "pool.imap_unordered(partial(out, 'd'), ['a.csv'])",
        "pool.starmap(out, [('d', 'a.csv')])",
        "pool.starmap(out, zip(['d'], ['a.csv']))",
        "pool.apply_async(out, ('d', 'a.csv'))",
        "pool.apply_async(out, args=('d',), kwds={'p': 'a.csv'})",
        "with ThreadPoolExecutor() as ex:\n    ex.map(load, ['a.csv'])",
        "executor.submit(load, 'a.csv', q=1)",
        "executor.submit(out, 'd', p='a.csv')",
        "executor.submit(pd.read_csv, 'd/a.csv')",
        "process_map(load, ['a.csv'], max_workers=3)",
        "threading.Thread(target=load, args=('a.csv',)).start()",
        "multiprocessing.Process(target=out, kwargs={'q': 'd', 'p': 'a.csv'})",
        "threading.Timer(3, load, ('a.csv',))",
        "joblib.Parallel(n_jobs=2)(joblib.delayed(load)(p) for p in ['a.csv'])",
        "async def main():\n    await asyncio.to_thread(load, 'a.csv')",
        "async def main(loop):\n    await loop.run_in_executor(None, load, 'a.csv')",
        "async def work(p):\n    load(p)\nasync def main():\n    await asyncio.gather(*[work(p) for p in ['a.csv']])",
        "f = partial(out, 'd')\nf('a.csv')",
        "f = partial(out, p='a.csv')\nf('d')",
        "f = partial(out, q='e')\nf(q='d', p='a.csv')",
        "f = partial(pd.read_csv, sep=';')\nf('d/a.csv')",
        "def call(fn, p):\n    return fn(p)\ncall(load, 'a.csv')",
        "def call(fn, p):\n    return fn(p)\ncall(p='d/a.csv', fn=pd.read_csv)",
        "for p in map(os.path.basename, ['x/a.csv']):\n    pd.read_csv('d/' + p)",
        "for p in filter(None, ['d/a.csv']):\n    pd.read_csv(p)",
        "for p in filter(lambda n: n, ['d/a.csv']):\n    pd.read_csv(p)",
    ],
)
def test_what_is_called_for_somebody(source: str) -> None:
    assert "d/a.csv" in reads(source)


def test_each_partial_sets_its_own() -> None:
    found = own("f = partial(out, 'd')\ng = partial(out, 'e')\nf('a.csv')\ng('b.csv')")
    assert {"d/a.csv", "e/b.csv"} <= found and not found & {"d/b.csv", "e/a.csv"}
