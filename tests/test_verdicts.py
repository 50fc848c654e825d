"""What becomes of a verdict when its finding is mended or read again (benchmarks/verdicts.py, docs/make_rules.py)."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[1]


def module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(Path(path).stem, TOP / path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    """Two findings of one rule, both read as wrong by both, and a report of today that has only the second."""
    findings = [
        {"repository": "owner/name", "commit": "c", "fingerprint": mark, "tentative": True, "locations": [{"path": "a.py", "line": line}]}
        for line, mark in enumerate("ab", 1)
    ]
    write(tmp_path / "sheets" / "DXP001.json", findings)
    report = {"findings": [reported("b", line=2)]}
    write(tmp_path / "reports" / "owner+name.json", report)
    return tmp_path


def reported(fingerprint: str, line: int, rule: str = "DXP001") -> dict[str, Any]:
    return {"rule": rule, "fingerprint": fingerprint, "tentative": False, "locations": [{"path": "a.py", "line": line}]}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def read(sheets: Path, word: str, monkeypatch: pytest.MonkeyPatch, *switches: str) -> None:
    """Both findings read as `word` by two readers, and recorded."""
    (sheets / "precision" / "silenced").mkdir(parents=True, exist_ok=True)
    write(sheets / "answers" / "DXP001.json", {"0": [word, "why"], "1": [word, "why"]})
    verdicts = module("benchmarks/verdicts.py")
    monkeypatch.setattr(verdicts, "TARGET", sheets / "precision")
    answers, reports = str(sheets / "answers"), str(sheets / "reports")
    monkeypatch.setattr(sys, "argv", ["verdicts.py", "record", str(sheets / "sheets"), answers, answers, "--reports", reports, *switches])
    verdicts.main()


def shares(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Of all findings, whether they are tentative or not."""
    return {part: share for part, share in every_share(sheets, monkeypatch).items() if not part.endswith("not_tentative")}


def every_share(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    pages = module("docs/make_rules.py")
    monkeypatch.setattr(pages, "PRECISION", sheets / "precision")
    return pages.measured()["DXP001"]


def test_a_reading_of_repositories_that_rules_were_built_on_is_none_at_first_sight(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sheets, "right", monkeypatch)
    assert shares(sheets, monkeypatch) == {"now": (1, 1), "first_sight": (0, 0), "last_round": (0, 0)}


def test_at_first_sight_silenced_findings_count(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sheets, "wrong", monkeypatch, "--first-sight", "1")
    assert shares(sheets, monkeypatch) == {"now": (0, 1), "first_sight": (0, 2), "last_round": (0, 2)}


def test_the_first_sight_of_a_finding_stays_when_it_is_read_again(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sheets, "wrong", monkeypatch, "--first-sight", "1")
    read(sheets, "right", monkeypatch)
    assert shares(sheets, monkeypatch) == {"now": (1, 1), "first_sight": (0, 2), "last_round": (0, 2)}
    read(sheets, "right", monkeypatch, "--first-sight", "2")
    assert shares(sheets, monkeypatch) == {"now": (1, 1), "first_sight": (0, 2), "last_round": (0, 2)}


def test_the_last_round_is_told_apart(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sheets, "wrong", monkeypatch, "--first-sight", "1")
    others = [
        {"repository": "owner/other", "commit": "c", "fingerprint": mark, "locations": [{"path": "a.py", "line": 1}]} for mark in "ab"
    ]
    write(sheets / "sheets" / "DXP001.json", others)
    read(sheets, "right", monkeypatch, "--first-sight", "2")
    assert shares(sheets, monkeypatch) == {"now": (2, 3), "first_sight": (2, 4), "last_round": (2, 2)}


def test_what_is_shown_now_is_told_apart(sheets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(sheets, "right", monkeypatch, "--first-sight", "1")
    share = every_share(sheets, monkeypatch)
    assert share["not_tentative"] == (1, 1)
    assert share["last_round"] == (2, 2)
    assert share["last_round_not_tentative"] == (1, 1)


@pytest.mark.parametrize(("rule", "line", "kept"), [("DXP001", 2, 1), ("DXP001", 3, 0), ("DXP002", 2, 0)])
def test_a_verdict_stays_with_its_finding_at_its_place_under_a_new_fingerprint(
    sheets: Path, monkeypatch: pytest.MonkeyPatch, rule: str, line: int, kept: int
) -> None:
    write(sheets / "reports" / "owner+name.json", {"findings": [reported("new", line, rule)]})
    read(sheets, "right", monkeypatch)
    assert shares(sheets, monkeypatch)["now"] == (kept, kept)
