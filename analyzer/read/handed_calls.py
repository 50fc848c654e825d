"""Calls that another call makes: `pool.map(f, paths)`, `executor.submit(f, x)`, `Thread(target=f, args=(x,))`.

Source: the Python library reference (`map`, `concurrent.futures`, `multiprocessing.pool`, `threading`, `asyncio`), tqdm.contrib.concurrent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.read.values import Attr, CallRef, Const, Element, Function, Map, Name, Seq, Star, Value

MAPPING = frozenset("map imap imap_unordered map_async thread_map process_map p_map p_umap p_imap filter".split())
"""Called once for each element of the sequences behind it."""
STAR_MAPPING = frozenset("starmap starmap_async".split())
_PASSING = frozenset("submit to_thread run_sync run_in_threadpool start_new_thread call_soon call_soon_threadsafe".split())
_SPREADING = frozenset("apply apply_async".split())
_TARGETED = frozenset("Thread Process Timer".split())
NAMES = MAPPING | STAR_MAPPING | _PASSING | _SPREADING | _TARGETED | {"run_in_executor"}

Made = tuple[Value, tuple[Value, ...], tuple[tuple[str, Value], ...]]
"""Function, arguments, keywords."""


def handed_call(name: str, args: Sequence[Value], keywords: Sequence[tuple[str, Value]]) -> Made | None:
    """The call that a call of something named `name` makes; None when its arguments name no function for it."""
    given = dict(keywords)
    if name in _TARGETED:
        return _targeted(name, args, given)
    at = 1 if name == "run_in_executor" else 0
    if len(args) <= at or not isinstance(args[at], (Name, Attr, CallRef, Function)):
        return None
    function, rest = args[at], tuple(args[at + 1 :])
    if name in MAPPING:
        return (function, tuple(Element(sequence) for sequence in rest), ()) if rest else None
    if name in STAR_MAPPING:
        return (function, (Star("*", Element(rest[0])),), ()) if rest else None
    if name in _SPREADING:
        return _spread(name, function, rest, given)
    return function, rest, tuple(keywords)


def _spread(name: str, function: Value, rest: tuple[Value, ...], given: Mapping[str, Value]) -> Made | None:
    """`pool.apply_async(f, (a, b), {"k": v})`; data frames have methods of that name as well, which pass no tuple by position."""
    first = rest[0] if rest else given.get("args")
    if not isinstance(first, Seq) and (name == "apply" or first is None):
        return None
    if name == "apply" and not rest:
        return None
    return function, _items(first), _entries(rest[1] if len(rest) > 1 else given.get("kwds"))


def _targeted(name: str, args: Sequence[Value], given: Mapping[str, Value]) -> Made | None:
    function = given.get("target") or given.get("function") or (args[1] if name == "Timer" and len(args) > 1 else None)
    if not isinstance(function, (Name, Attr, Function, CallRef)):
        return None
    passed = given.get("args") or (args[2] if name == "Timer" and len(args) > 2 else None)
    return function, _items(passed), _entries(given.get("kwargs"))


def _items(value: Value | None) -> tuple[Value, ...]:
    return value.items if isinstance(value, Seq) else () if value is None else (Star("*", value),)


def _entries(value: Value | None) -> tuple[tuple[str, Value], ...]:
    if not isinstance(value, Map):
        return () if value is None else (("**", value),)
    pairs = zip(value.keys, value.values, strict=True)
    return tuple((key.value, item) for key, item in pairs if isinstance(key, Const) and isinstance(key.value, str))
