"""What the benchmark of volume counts as shown, and whom it finds over the limit (benchmarks/volume.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="module")
def volume(script: Callable[[str], ModuleType]) -> Any:
    return script("benchmarks/volume.py")


def finding(rule: str, *, tentative: bool = False, suppressed: bool = False) -> dict[str, object]:
    return {"rule": rule, "suppressed": suppressed, "tentative": tentative}


def report(folder: Path, projects: dict[str, int], *findings: dict[str, object]) -> Path:
    path = folder / "owner+name.json"
    kinds = [{"archetype": archetype, "python_lines": lines} for archetype, lines in projects.items()]
    path.write_text(json.dumps({"projects": kinds, "findings": findings}), encoding="utf-8")
    return path


def test_tentative_and_suppressed_findings_are_not_shown(volume: Any, tmp_path: Path) -> None:
    found = [finding("DXP007"), finding("DXP007", tentative=True), finding("JGL007", suppressed=True)]
    read = volume.volume_of(report(tmp_path, {"library": 1000}, *found))
    assert (read.name, read.shown, read.tentative, read.density) == ("owner/name", 1, 1, 1.0)


@pytest.mark.parametrize(
    ("projects", "is_over"),
    [
        ({"library": 9_999}, True),
        ({"library": 10_000}, False),
        ({"tutorial": 5_000, "application": 4_000}, True),
        ({"tutorial": 4_000, "application": 5_000}, False),
        ({"tutorial": 5_000, "application": 5_000}, False),
        ({"research": 10}, False),
        ({}, False),
    ],
)
def test_the_limit_holds_for_libraries_and_tutorials(volume: Any, tmp_path: Path, projects: dict[str, int], is_over: bool) -> None:
    assert volume.volume_of(report(tmp_path, projects, finding("DXP007"))).is_over == is_over


def test_the_table_has_a_row_for_each_archetype_and_one_for_all(volume: Any, tmp_path: Path) -> None:
    read = volume.volume_of(report(tmp_path, {"library": 4_000}, finding("DXP007"), finding("DXP012")))
    assert list(volume.table([read]))[2:] == [
        "| library | 1 | 4 | 2 | 2 | 2 | 0.50 | 0.50 | 0.50 | 1 | 0 |",
        "| together | 1 | 4 | 2 | 2 | 2 | 0.50 | 0.50 | 0.50 |  | 0 |",
    ]
    assert list(volume.listed([read]))[2:] == ["| owner/name | library | 4.0 | 2 | 0.50 | 0 | DXP007 1, DXP012 1 |"]
