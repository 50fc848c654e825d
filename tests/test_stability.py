"""What the benchmark of stability calls a flicker (benchmarks/stability.py)."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def stability(script: Callable[[str], ModuleType]) -> Any:
    return script("benchmarks/stability.py")


def judged(stability: Any, *states: tuple[str, str]) -> Any:
    """judged(("a b", ""), ("a", "x.py")) → of commits with these findings, after changes of these files; finding `a` stands in `a.py`."""
    made = [
        stability.State(
            str(number),
            {name: stability.Seen(name, "DXP001", f"file {name}", frozenset({f"{name.rstrip('2')}.py"}), True) for name in found.split()},
            frozenset(changed.split()),
        )
        for number, (found, changed) in enumerate(states)
    ]
    return stability.judge("owner/name", made)


def test_a_finding_that_stays_does_not_flicker(stability: Any) -> None:
    result = judged(stability, ("a b", ""), ("a b", "x.py"), ("a b", "a.py"))
    assert (result.flickers, result.share, result.findings, result.stayed) == ((), 0.0, 2, 3)


def test_what_is_repaired_and_comes_back_with_its_file_does_not_flicker(stability: Any) -> None:
    assert judged(stability, ("a", ""), ("", "a.py"), ("a", "a.py")).flickers == ()
    assert judged(stability, ("a", ""), ("", "x.py"), ("", "a.py"), ("a", "x.py")).flickers == ()


def test_what_goes_and_comes_back_over_the_same_file_flickers(stability: Any) -> None:
    result = judged(stability, ("a b", ""), ("b", "x.py"), ("b", ""), ("a b", "y.py"))
    assert [(flicker.kind, flicker.subject, flicker.sha) for flicker in result.flickers] == [("came back", "file a", "3")]
    assert result.share == 0.5


def test_a_group_that_takes_in_one_more_and_loses_it_again_does_not_flicker(stability: Any) -> None:
    seen = {
        name: stability.Seen(name, "GLU004", name, frozenset(name.split("+")), True) for name in ("a.py+b.py", "a.py+b.py+c.py", "a.py")
    }

    def at(name: str, changed: str) -> Any:
        return stability.State(name, {name: seen[name]}, frozenset({changed}))

    two, three = "a.py+b.py", "a.py+b.py+c.py"
    assert stability.judge("owner/name", [at(two, ""), at(three, "c.py"), at(two, "c.py")]).flickers == ()
    assert stability.judge("owner/name", [at(two, ""), at("a.py", "c.py"), at(two, "c.py")]).flickers


def test_another_name_for_the_same_place_flickers(stability: Any) -> None:
    result = judged(stability, ("a", ""), ("a2", "x.py"))
    assert [(flicker.kind, flicker.other) for flicker in result.flickers] == [("renamed", "file a2")]
    assert judged(stability, ("a", ""), ("a2", "a.py")).flickers == ()


def test_what_only_goes_while_other_files_change_is_listed_beside(stability: Any) -> None:
    result = judged(stability, ("a", ""), ("", "x.py"), ("b", "x.py"))
    assert result.flickers == ()
    assert result.went == (("DXP001", "file a", "1"),)
    assert result.came == (("DXP001", "file b", "2"),)
