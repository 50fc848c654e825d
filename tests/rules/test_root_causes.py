"""What is folded under what: only what goes away when the cause is repaired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Confidence, Evidence, Finding, Severity, Site, Subject
from rules.root_causes import folded, root_causes_first

Make = Callable[..., Finding]


@pytest.fixture
def island(finding: Make) -> Finding:
    return finding("DXP004", "a.py", "b.py", subject=Subject("island", "a.py"), members=2)


def under(*findings: Finding) -> list[str]:
    """For each finding the rule of the one that it is folded under, "" for none."""
    rules = {each.fingerprint: each.rule for each in findings}
    return [rules.get(each.folded_under, "") for each in folded(findings)]


# ---- not folded ---------------------------------------------------------------------------------------------------------


def test_what_lies_in_a_cluster_and_would_stay_when_it_is_repaired(finding: Make) -> None:
    pipeline = finding("JGL001", "a.py", "b.py", subject=Subject("pipeline", "a.py"), members=2)
    copies = finding("JGL006", "a.py", "b.py", "c.py", subject=Subject("steps", "a.py"), members=3)
    assert under(pipeline, copies, finding("JGL007", "a.py"), finding("DXP006", "b.py"), finding("UDC004", "b.py")) == [""] * 5


def test_a_command_whose_file_was_removed_is_told_once(finding: Make) -> None:
    removed = finding("DXP007", "run.sh", subject=Subject("script", "run.sh"))
    assert under(removed, finding("JGL011", "run.sh"), finding("JGL011", "ci.yml"), finding("JGL001", "run.sh")) == ["", "DXP007", "", ""]


def test_what_lies_half_outside(finding: Make, island: Finding) -> None:
    assert under(island, finding("GLU004", "b.py", "z.py")) == ["", ""]


def test_dead_definitions_of_a_module_that_lives(finding: Make) -> None:
    assert under(finding("DXP004", "a.py", subject=Subject("module", "a.py")), finding("DXP006", "a.py")) == ["", ""]


def test_the_original_of_a_copy(finding: Make) -> None:
    replaced = finding("DXP005", "a_old.py", "a.py", subject=Subject("copies", "a.py"))
    assert under(replaced, finding("DXP006", "a.py"), finding("DXP001", "a_old.py")) == ["", "", "DXP005"]


def test_suppressed_causes_and_findings(finding: Make, island: Finding) -> None:
    inside = finding("DXP006", "b.py")
    assert under(island.hidden_by("kept"), inside) == ["", ""]
    assert under(island, inside.hidden_by("kept")) == ["", ""]


def test_what_counts_under_what_is_tentative(finding: Make, island: Finding) -> None:
    unsure = replace(island, confidence=Confidence.C)
    assert under(unsure, finding("DXP006", "b.py"), finding("DXP009", "b.py", confidence=Confidence.C)) == ["", "", "DXP004"]


def test_findings_without_a_place(finding: Make, island: Finding) -> None:
    assert under(island, finding("SML900")) == ["", ""]


# ---- folded -------------------------------------------------------------------------------------------------------------


def test_all_debts_of_a_dead_island(finding: Make, island: Finding) -> None:
    assert under(finding("DXP006", "b.py"), island, finding("GLU004", "a.py", "b.py", members=2)) == ["DXP004", "", "DXP004"]


def test_the_shared_code_of_copied_steps(finding: Make) -> None:
    steps = finding("JGL006", "a.py", "b.py", "c.py", subject=Subject("steps", "a.py"), members=3)
    transform = finding("OWN006", "a.py", "b.py", subject=Subject("files", "a.py + b.py"))
    assert under(transform, finding("GLU004", "a.py", "b.py"), steps) == ["JGL006", "JGL006", ""]
    assert under(transform, finding("GLU004", "a.py", "b.py")) == ["", "OWN006"]


def test_two_views_of_one_order_of_steps(finding: Make) -> None:
    series = finding("JGL003", "1.py", "2.py", "3.py", subject=Subject("series", "1.py"))
    pipeline = finding("JGL001", "1.py", "2.py", subject=Subject("pipeline", "1.py"))
    assert under(series, pipeline) == ["", "JGL003"]
    wide = replace(pipeline, locations=(*series.locations, Site("4.py", 1)))
    assert under(series, wide) == ["JGL001", ""]


def test_a_cause_inside_another_hands_on_what_it_explains(finding: Make, island: Finding) -> None:
    steps = finding("JGL006", "a.py", "b.py", subject=Subject("steps", "a.py"))
    assert under(finding("GLU004", "a.py", "b.py"), steps, island) == ["DXP004", "DXP004", ""]


def test_what_is_folded_comes_right_after_its_cause(finding: Make, island: Finding) -> None:
    inside, outside = finding("JGL007", "b.py"), finding("JGL007", "y.py")
    assert [each.rule for each in root_causes_first(folded([inside, outside, island]))] == ["JGL007", "DXP004", "JGL007"]
    assert root_causes_first(folded([inside, outside, island]))[0] == outside


PATHS = st.lists(st.sampled_from(["a.py", "b.py", "c.py", "d.py"]), max_size=4, unique=True)
ROOTS = st.sampled_from(
    [
        *(("DXP004", "island"), ("DXP005", "copies"), ("JGL006", "steps"), ("OWN006", "files"), ("JGL001", "pipeline")),
        *(("JGL003", "series"), ("GLU004", "files"), ("JGL007", "file")),
    ]
)


@given(st.lists(st.tuples(PATHS, ROOTS, st.sampled_from([Confidence.C, Confidence.A]), st.integers(0, 5)), max_size=12))
def test_nothing_is_lost_or_doubled_and_no_cause_is_folded_itself(
    described: list[tuple[list[str], tuple[str, str], Confidence, int]],
) -> None:
    findings = [
        Finding(
            rule, "n", Severity.low, sure, "m", Subject(kind, str(number)), tuple(map(Site, paths)), (Evidence("e"),), "r"
        )
        for paths, (rule, kind), sure, number in described
    ]  # fmt: skip
    done = folded(findings)
    assert [replace(each, folded_under="") for each in done] == findings
    assert sorted(map(repr, root_causes_first(done))) == sorted(map(repr, done))
    tops = {each.fingerprint for each in done if not each.folded_under}
    for each in done:
        if each.folded_under:
            assert each.folded_under in tops
            assert each.is_tentative or any(not top.is_tentative for top in done if top.fingerprint == each.folded_under)
