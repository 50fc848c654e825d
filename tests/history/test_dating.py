"""Ages of dead lines, the whole way from git to the evidence of a finding."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ANN, BOB = "Ann Lee <ann@one.org>", "Bob Ray <bob@two.org>"
DEAD = "    if False:\n        x = log(x)\n        x = fit(x)\n"
COMMENTED = "".join(f"    # x = model.fit(x, {n})\n" for n in range(6))


def module(body: str, note: int) -> str:
    return f"def f(x, model, log, fit):\n{body}    return x\n\n\nNOTE = {note}\n"


def told_by(mldebt: Any, root: Path, *options: str) -> list[str]:
    report = json.loads(mldebt("scan", root, "--json", "-", "--select", "DXP001,DXP006", *options).out)
    return [piece["text"] for finding in report["findings"] for piece in finding["evidence"] if "last changed" in piece["text"]]


@pytest.mark.parametrize("body", [DEAD, COMMENTED])
def test_the_age_of_the_lines_and_what_went_on_since(story: Callable[..., Path], told: Any, mldebt: Any, body: str) -> None:
    root = story(
        told(ANN, 0, {"pkg/__init__.py": "", "run.py": "import pkg.m\n"}),
        told(ANN, 10, {"pkg/m.py": module(body, 0)}),
        *(told(BOB, 100 + n, {"pkg/m.py": module(body, 1 + n)}) for n in range(3)),
    )
    first, *_ = told_by(mldebt, root)
    assert first.startswith("these lines were last changed on 2020-09-23 (commit ")
    assert first.endswith("); 3 commits changed the file since")
    assert "by Ann Lee); 3 commits" in told_by(mldebt, root, "--names")[0]


def test_lines_that_are_not_committed_have_no_age(story: Callable[..., Path], told: Any, mldebt: Any) -> None:
    root = story(told(ANN, 0, {"pkg/__init__.py": "", "run.py": "import pkg.m\n", "pkg/m.py": module("", 0)}))
    (root / "pkg/m.py").write_text(module(DEAD, 0))
    assert all("these lines" not in text for text in told_by(mldebt, root))


def test_without_history_nothing_is_asked(story: Callable[..., Path], told: Any, mldebt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mldebt.dating.line_ages", lambda *_: pytest.fail("git was asked"))
    root = story(told(ANN, 0, {"pkg/__init__.py": "", "run.py": "import pkg.m\n", "pkg/m.py": module(DEAD, 0)}))
    assert told_by(mldebt, root, "--no-history") == []
    clean = story(told(ANN, 0, {"a.py": "x = 1\n"}), name="clean")
    assert told_by(mldebt, clean) == []
