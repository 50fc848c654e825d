"""What the tests of fixes share: a small repository, fixed in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.settings import Settings
from mldebt.fixing.engine import Outcome, fix
from mldebt.fixing.rescan import Scanner

MakeOutcome = Callable[..., Outcome]


@pytest.fixture
def outcome(repository: Callable[..., Path]) -> MakeOutcome:
    """outcome({"a.py": …}, unsafe=True, rule="DXP001") → what fixing this repository comes to."""

    def run(files: Mapping[str, str | bytes], *, unsafe: bool = False, rule: str = "") -> Outcome:
        root = repository(files)
        return fix(
            Scanner(root, Settings(select=(rule,) if rule else ()), jobs=1), lambda finding: finding.rule.startswith(rule), unsafe=unsafe
        )

    return run


@pytest.fixture
def fixed(outcome: MakeOutcome) -> Callable[..., str]:
    """fixed("text of a.py") → its text afterwards."""

    def run(text: str, *, unsafe: bool = False, rule: str = "", path: str = "pkg/model.py") -> str:
        done = outcome({path: text, "pkg/__init__.py": ""}, unsafe=unsafe, rule=rule)
        return done.after[path].decode() if path in done.after else text

    return run
