"""mldebt on itself: nothing sure that is not suppressed, and no suppression without a reason."""

from __future__ import annotations

from pathlib import Path

from mldebt.running import run, settings_for

TOP = Path(__file__).parents[1]


def test_nothing_is_found_here() -> None:
    settings, notes = settings_for(TOP, None, {"history": False})
    result = run(TOP, settings, notes, jobs=1)
    assert [f"{f.locations[0]}: {f.rule} {f.message}" for f in result.findings if not f.is_suppressed and not f.report_only] == []
    assert [str(f.locations[0]) for f in result.findings if f.is_suppressed and not f.suppressed] == []
    assert result.coverage.files > 100
    assert [entry for entry in result.not_analysed if entry.path.endswith(".py")] == []
