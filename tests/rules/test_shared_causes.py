from __future__ import annotations

import pytest

from rules.shared_causes import by_cause


@pytest.mark.parametrize(
    ("causes", "groups"),
    [
        ({}, []),
        ({"b": ["x"], "a": ["y"]}, [["a"], ["b"]]),
        ({"b": ["x"], "a": ["x"]}, [["a", "b"]]),
        ({"a": [], "b": []}, [["a"], ["b"]]),
        ({"a": ["x"], "c": ["y"], "d": ["z"], "b": ["x", "y"]}, [["a", "b", "c"], ["d"]]),
    ],
)
def test_groups(causes: dict[str, list[str]], groups: list[list[str]]) -> None:
    assert list(by_cause(causes)) == groups
