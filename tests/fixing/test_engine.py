"""Fixes are proved together; where one of them brings a new finding, the others are still made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from mldebt.fixing import engine
from mldebt.fixing.fixers import fixer_of
from mldebt.fixing.model import Fix, Target

ARM = "    if False:\n        x = log(x)\n        x = exp(x)\n    return x\n"
TEXT = f"def good(x):\n{ARM}\n\ndef bad(x):\n{ARM}\n\ndef fine(x):\n{ARM}"


def test_a_fix_that_brings_a_finding_keeps_no_other_from_being_made(
    outcome: Callable[..., engine.Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fixer_of("DXP001")
    assert real is not None

    def fixer(graph: SystemGraph, finding: Finding) -> Fix:
        done = real(graph, finding)
        if "bad" not in finding.subject.id:
            return done
        worse = Target("pkg/a.py", 0, lambda text: f'{text}\n\nopen("/home/ann/rows.csv")\n')
        return Fix(finding, (*done.targets, worse), True)

    monkeypatch.setattr(engine, "fixer_of", lambda rule: fixer if rule == "DXP001" else None)
    done = outcome({"pkg/__init__.py": "", "pkg/a.py": TEXT})
    assert sorted(fix.finding.subject.id.split("::")[1] for fix in done.fixed) == ["fine", "good"]
    assert done.after["pkg/a.py"].decode() == f"def good(x):\n    return x\n\n\ndef bad(x):\n{ARM}\n\ndef fine(x):\n    return x\n"
    assert [refusal.reason.partition(":")[0] for refusal in done.refused] == ["it would bring a new finding"]
