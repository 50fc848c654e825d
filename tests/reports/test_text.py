"""The terminal report."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import reports
from analyzer.model import Confidence, Finding, Severity, Site
from analyzer.result import DeclaredEdges, ScanResult
from reports.text import SHOWN, Text

Make = Callable[..., Finding]


def heads(text: str) -> list[str]:
    return re.findall(r"^\S.*?:\d+: [A-Z]{3}\d{3} .*$", text, re.MULTILINE)


def test_no_finding_says_so_and_what_was_looked_at(empty_result: ScanResult) -> None:
    text = Text().render(empty_result)
    assert text.splitlines()[-1] == "No findings"
    assert "12 files, 640 lines read · 5 of 5 file accesses resolved (100 %)" in text
    assert "could not be seen" not in text
    assert heads(text) == []


def test_no_access_at_all_is_not_called_resolved(empty_result: ScanResult) -> None:
    nothing = replace(empty_result, coverage=replace(empty_result.coverage, accesses=0, resolved=0))
    text = Text().render(nothing)
    assert "no file access seen" in text
    assert "%" not in text


def test_suppressed_findings_are_counted_but_not_shown(empty_result: ScanResult, make_finding: Make) -> None:
    text = Text().render(replace(empty_result, findings=(make_finding().hidden_by("because"),)), show_all=True)
    assert heads(text) == []
    assert text.splitlines()[-1] == "No findings · 1 suppressed"


def test_known_findings_wait_for_all(empty_result: ScanResult, make_finding: Make) -> None:
    result = replace(empty_result, findings=(make_finding(path="old.py", is_new=False), make_finding(path="new.py")))
    text = Text().render(result)
    assert heads(text) == ["new.py:1: UDC001 message"]
    assert text.splitlines()[-1] == "1 new finding: 1 medium · 0.5–2 h to fix · 1 known in the baseline"
    assert len(heads(Text().render(result, show_all=True))) == 2


def test_each_finding_is_one_line_that_tools_can_read(result: ScanResult) -> None:
    text = Text().render(result, show_all=True)
    assert len(heads(text)) == 17
    assert "reporting/export_billing.py:41: UDC001 reads warehouse.predictions.daily_scores, which serving writes" in text
    assert "notebooks/offline eval.ipynb:cell 4:9: OWN001 " in text


def test_worst_comes_first_and_cheapest_to_pay_back_before_the_rest(empty_result: ScanResult, make_finding: Make) -> None:
    findings = (
        make_finding("GLU001", "low.py", severity=Severity.low),
        make_finding("UDC001", "slow.py", severity=Severity.high, touches=1),
        make_finding("UDC001", "soon.py", severity=Severity.high, touches=90),
        make_finding("JGL001", "worst.py", severity=Severity.critical, touches=0),
    )
    places = [line.split(":")[0] for line in heads(Text().render(replace(empty_result, findings=findings)))]
    assert places == ["worst.py", "soon.py", "slow.py", "low.py"]


def test_twenty_are_shown_and_the_rest_is_counted(empty_result: ScanResult, make_finding: Make) -> None:
    result = replace(empty_result, findings=tuple(make_finding(path=f"f{n}.py") for n in range(54)))
    text = Text().render(result)
    assert len(heads(text)) == SHOWN
    assert "… 34 more: --all" in text
    everything = Text().render(result, show_all=True)
    assert len(heads(everything)) == 54
    assert "--all" not in everything


def test_one_rule_does_not_crowd_out_the_others(empty_result: ScanResult, make_finding: Make) -> None:
    many = tuple(make_finding("UDC001", f"f{n}.py") for n in range(100))
    text = Text().render(replace(empty_result, findings=(*many, make_finding("GLU001", "alone.py"))))
    assert "alone.py:1: GLU001 message" in heads(text)


def test_a_graver_finding_is_never_left_out_for_a_lighter_one(empty_result: ScanResult, make_finding: Make) -> None:
    grave = tuple(make_finding("UDC001", f"f{n}.py", severity=Severity.high) for n in range(SHOWN))
    text = Text().render(replace(empty_result, findings=(*grave, make_finding("GLU001", "light.py", severity=Severity.low))))
    assert len(heads(text)) == SHOWN
    assert "light.py" not in text


def test_tentative_findings_are_listed_but_not_in_the_hours(empty_result: ScanResult, make_finding: Make) -> None:
    findings = (make_finding(), make_finding(path="b.py", confidence=Confidence.C, minutes=6000))
    last = Text().render(replace(empty_result, findings=findings)).splitlines()[-1]
    assert last == "2 findings: 2 medium · 0.5–2 h to fix · 1 tentative, not in the hours"


def test_what_could_not_be_seen_is_told(result: ScanResult) -> None:
    text = Text().render(result)
    assert "61 of 80 file accesses resolved (76 %), 7 of them partly · 3 dynamic look-ups could hide a use" in text
    assert "7 files not analysed, not valid JSON: notebooks/broken 0.ipynb" in text
    assert "broken 4.ipynb, …" in text
    assert "broken 5.ipynb" not in text
    assert "19 file accesses not resolved: 9 parameter, 6 call result, 4 loop variable" in text
    assert "history: shallow clone" in text
    assert "left out: 120 binary, 31 vendored, 6 generated" in text
    assert "OWN003: abstained" in text


def test_evidence_is_indented_with_its_place(result: ScanResult) -> None:
    assert "\n    - serving/batch_score.py:72: written by the producer\n" in Text().render(result)
    assert "\n    → Declare the consumer in the contract of the producing component" in Text().render(result)


def test_hostile_text_stays_text(result: ScanResult) -> None:
    text = Text().render(result, show_all=True)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert r"\x1b[31mred\x1b[0m [red]markup[/red]\nsecond line \u202eevil" in text
    assert all(not line.startswith("second line") for line in text.splitlines())


def test_a_name_that_is_no_unicode_can_be_written(empty_result: ScanResult, make_finding: Make) -> None:
    text = Text().render(replace(empty_result, findings=(make_finding(locations=(Site("caf\udce9.py", 1),)),)))
    assert r"caf\udce9.py:1: UDC001" in text.encode("utf-8").decode()


def test_color_only_when_asked_for_and_never_from_the_repository(result: ScanResult) -> None:
    colored = Text().render(result, show_all=True, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == Text().render(result, show_all=True)


def test_prose_is_wrapped_but_finding_lines_are_not(result: ScanResult) -> None:
    wrapped = Text().render(result, show_all=True, width=60)
    assert heads(wrapped) == heads(Text().render(result, show_all=True))
    assert all(len(line) <= 60 for line in wrapped.splitlines() if line.startswith("    ") and "/" not in line)


def test_the_same_result_gives_the_same_text_in_any_order(result: ScanResult) -> None:
    turned = replace(result, findings=result.findings[::-1], not_analysed=result.not_analysed[::-1])
    assert Text().render(turned) == Text().render(result)


def test_a_finding_without_a_place_is_shown(empty_result: ScanResult, make_finding: Make) -> None:
    assert "(whole repository):0: UDC001" in Text().render(replace(empty_result, findings=(make_finding(locations=()),)))


def test_the_text_report_starts_light() -> None:
    code = "import sys, reports.text; print([n for n in ('jinja2', 'pydantic', 'rich', 'networkx') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(reports.__path__[0]).parent)
    assert done.stdout.strip() == "[]"


def test_what_is_declared_checks_what_is_found(result: ScanResult, empty_result: ScanResult) -> None:
    assert "    recovers 83 % of your declared edges by itself (40 of 48): dvc 30 of 36, make 10 of 12\n" in Text().render(result)
    assert "declared edge" not in Text().render(empty_result)
    few = replace(empty_result, coverage=replace(empty_result.coverage, declared_edges=DeclaredEdges(3, 1, (("dvc", 3, 1),))))
    assert "    recovers 1 of 3 declared edges by itself\n" in Text().render(few)


def test_what_would_help_most_is_named_with_what_to_do(result: ScanResult, empty_result: ScanResult) -> None:
    text = Text().render(result)
    assert (
        "What would help most to know\n    - parameter `path` of load_table (ingest/io.py:12): 14 accesses – pass it in a checked-in"
        in text
    )
    assert "open_store" not in text, "what only one access waits for is left out when others wait for more"
    assert "What would help" not in Text().render(empty_result)
    single = replace(empty_result, coverage=replace(empty_result.coverage, most_helpful=result.coverage.most_helpful[2:]))
    assert "- result of `open_store` (serving/app.py:9): 1 access – " in Text().render(single)


def test_report_only_findings_are_counted_in_a_line_and_listed_on_demand(empty_result: ScanResult, make_finding: Make) -> None:
    unsure = replace(make_finding(path="b.py", message="perhaps", confidence=Confidence.C), report_only=True)
    result = replace(empty_result, findings=(make_finding(), unsure))
    text = Text().render(result)
    assert "perhaps" not in text
    assert text.splitlines()[-1] == "1 finding: 1 medium · 0.5–2 h to fix · 1 tentative besides"
    assert "perhaps" in Text().render(result, show_all=True)


def test_a_make_rule_to_paste_keeps_its_tab(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    text = Text().render(replace(empty_result, findings=(make_finding(remedy="Add to the Makefile:\n\nb.csv: a.py\n\tpython a.py"),)))
    assert "\n        b.csv: a.py\n        \tpython a.py\n" in text


def test_what_another_finding_explains_is_told_there_and_not_by_itself(
    empty_result: ScanResult, make_finding: Callable[..., Finding]
) -> None:
    root = make_finding(path="old.py", message="the cause")
    inside = [make_finding(path=f"old{n}.py", message="inside", folded_under=root.fingerprint) for n in range(8)]
    text = Text().render(replace(empty_result, findings=(*inside, root)))
    assert "inside" not in text
    assert re.search(r"explains 8 other findings: \w+ old0\.py:\d+, .* and 2 more", text)
    assert "9 findings" in text and "8 folded under others" in text
    alone = Text().render(replace(empty_result, findings=tuple(inside[:1])))
    assert "inside" in alone
