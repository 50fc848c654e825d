"""A repository's result as a part of a workspace's."""

from __future__ import annotations

from dataclasses import replace

from analyzer.model import Confidence, Finding, Severity, Site, Subject
from analyzer.result import Coverage, ScanResult
from analyzer.workspace.qualifying import qualified


def finding(rule: str, kind: str, path: str) -> Finding:
    return Finding(rule, "name", Severity.low, Confidence.B, "m", Subject(kind, path), (Site(path, 1),), (), "r")


def test_what_is_folded_still_names_the_finding_that_explains_it() -> None:
    root = finding("DXP004", "island", "old.py")
    inside = replace(finding("DXP006", "module", "old.py"), folded_under=root.fingerprint)
    result = ScanResult((), (root, inside), (), (), (), (), (), Coverage(), (), ())
    above, below = qualified(result, "trainer").findings
    assert above.subject.id == "trainer/old.py"
    assert above.fingerprint != root.fingerprint
    assert (above.folded_under, below.folded_under) == ("", above.fingerprint)
