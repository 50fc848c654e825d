"""The judging run: choosing rules, suppressions, filters, order."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from analyzer.graph.system import Project
from analyzer.model import Confidence, Cost, Evidence, Severity, Site, Subject
from analyzer.read.facts import Call, Cell, PythonFacts
from analyzer.read.step_facts import Command, Step, StepFacts
from analyzer.read.suppression import Suppression
from analyzer.read.values import Name
from analyzer.settings import Settings
from rules.base import Rule
from rules.checking import check, chosen

TODAY = date(2025, 6, 1)


def rule(rule_code, *findings, on=True, opt_in_only=False):
    class Planted(Rule):
        """Yields what the test planted."""

        code, name = rule_code, rule_code.lower()
        severity, confidence, cost, source, remedy = Severity.medium, Confidence.B, Cost(1), "a test", "none"
        on_by_default, opt_in = on, opt_in_only

        def check(self, graph):
            yield from findings

    return Planted


@pytest.fixture
def judged(system):
    """judged(rules, **settings) → findings of the run on `system`."""

    def run(*rules, **settings):
        return check(system.graph, rules, Settings(**settings), today=TODAY)

    return run


def codes(findings):
    return [found.rule for found in findings]


# ---- choosing -----------------------------------------------------------------------------------------------------------


def test_opt_in_rules_run_only_when_their_code_is_named():
    on, off = rule("JGL001"), rule("JGL009", opt_in_only=True)
    assert chosen([off, on], Settings()) == (on,)
    assert chosen([off, on], Settings(select=("JGL",))) == (on,)
    assert chosen([off, on], Settings(select=("JGL009",))) == (off,)


def test_ignore_and_select_the_longer_prefix_wins():
    one, two, other = rule("JGL001"), rule("JGL007"), rule("UDC001")
    assert chosen([one, two, other], Settings(ignore=("pipeline-jungle",))) == (other,)
    assert chosen([one, two, other], Settings(select=("JGL",), ignore=("JGL007",))) == (one,)
    assert chosen([one, two, other], Settings(select=("JGL007",), ignore=("JGL",))) == (two,)
    assert chosen([one], Settings(select=("JGL001",), ignore=("JGL001",))) == ()


# ---- report-only --------------------------------------------------------------------------------------------------------


def test_what_is_sure_enough_is_not_report_only(judged, finding):
    (found,) = judged(rule("JGL001", finding("JGL001", "a.py", confidence=Confidence.B)))
    assert not found.report_only


def test_findings_of_class_c_and_of_rules_that_are_not_on_stand_in_the_reports_only(judged, finding):
    unsure = rule("JGL001", finding("JGL001", "a.py", confidence=Confidence.C))
    off = rule("JGL002", finding("JGL002", "b.py", confidence=Confidence.A), on=False)
    assert [(found.confidence, found.report_only) for found in judged(unsure, off)] == [(Confidence.C, True)] * 2


def test_a_rule_asked_for_by_its_whole_code_is_taken_at_its_word(judged, finding):
    off = rule("JGL002", finding("JGL002", "b.py", confidence=Confidence.A), on=False)
    assert [(found.confidence, found.report_only) for found in judged(off, select=("JGL002",))] == [(Confidence.A, False)]
    assert [found.report_only for found in judged(off, select=("JGL",))] == [True]


def test_where_a_rule_is_of_little_weight_its_findings_are_report_only(system, judged, finding):
    system.graph.projects[""] = Project("", "library")
    system.module("a.py")
    loud = rule("JGL001", finding("JGL001", "a.py", confidence=Confidence.A))
    quiet = rule("JGL002", finding("JGL002", "a.py", confidence=Confidence.A))
    quiet.tentative_in = frozenset({"library"})
    assert [(found.rule, found.report_only) for found in judged(loud, quiet)] == [("JGL001", False), ("JGL002", True)]
    quiet.tentative_in = frozenset({"tutorial"})
    assert [found.report_only for found in judged(loud, quiet)] == [False, False]


# ---- filters ------------------------------------------------------------------------------------------------------------


def test_below_c_is_never_shown(judged, finding):
    assert judged(rule("JGL001", finding("JGL001", "a.py", confidence=Confidence.below))) == ()


def test_minimum_severity_and_confidence(judged, finding):
    planted = rule("JGL001", finding("JGL001", "a.py", severity=Severity.low), finding("JGL001", "b.py", confidence=Confidence.C))
    assert [found.locations[0].path for found in judged(planted, min_severity="medium")] == ["b.py"]
    assert [found.locations[0].path for found in judged(planted, min_confidence="B")] == ["a.py"]


def test_severity_overrides_the_longest_prefix_wins(judged, finding):
    planted = rule("JGL001", finding("JGL001", "a.py"))
    (found,) = judged(planted, severity={"JGL": "low", "JGL001": "critical"}, min_severity="high")
    assert found.severity == Severity.critical


def test_paths_may_ignore_families(judged, finding):
    planted = rule("JGL001", finding("JGL001", "legacy/old/a.py"), finding("JGL001", "new/a.py"))
    assert [found.locations[0].path for found in judged(planted, per_path_ignores={"legacy/**": ("JGL",)})] == ["new/a.py"]
    assert len(judged(planted, per_path_ignores={"legacy/**": ("UDC",)})) == 2


# ---- suppressions -------------------------------------------------------------------------------------------------------


def suppress(*names, line, reason="known", whole_file=False, expires=""):
    return Suppression(tuple(names), reason, line, whole_file, expires)


@pytest.mark.parametrize(("line", "hidden"), [(9, False), (10, True), (11, True), (12, False)])
def test_a_comment_of_its_own_covers_its_line_and_the_next(system, judged, finding, line, hidden):
    system.module("a.py", suppressions=[suppress("JGL001", line=10)])
    found = judged(rule("JGL001", finding("JGL001", "a.py", line=line)))
    assert [each.is_suppressed for each in found if each.rule == "JGL001"] == [hidden]
    assert ("SML900" in codes(found)) is not hidden


def test_a_comment_behind_code_does_not_cover_the_next_line(system, judged, finding):
    system.module("a.py")
    call = Call(Name("f"), (), (), 10, 10, 0, 0)
    system.graph.modules["a.py"].facts = PythonFacts("python", 20, calls=(call,), suppressions=(suppress("JGL001", line=10),))
    (found, unused) = judged(rule("JGL001", finding("JGL001", "a.py", line=11)))
    assert not found.is_suppressed
    assert unused.rule == "SML900"


def test_the_first_line_of_a_statement_covers_all_of_it(system, judged, finding):
    system.module("a.py")
    call = Call(Name("f"), (), (), 10, 14, 0, 0)
    for line in (9, 10):
        system.graph.modules["a.py"].facts = PythonFacts("python", 20, calls=(call,), suppressions=(suppress("JGL001", line=line),))
        (found,) = judged(rule("JGL001", finding("JGL001", "a.py", line=13)))
        assert found.is_suppressed
        assert found.suppressed == "known"


@pytest.mark.parametrize("names", [(), ("JGL001",), ("JGL",), ("pipeline-jungle",), ("UDC001", "JGL001")])
def test_codes_families_or_all(system, judged, finding, names):
    system.module("a.py", suppressions=[suppress(*names, line=3)])
    (found,) = judged(rule("JGL001", finding("JGL001", "a.py", line=3)), rule("UDC001"))
    assert found.is_suppressed


def test_another_code_and_another_file_hide_nothing(system, judged, finding):
    system.module("a.py", suppressions=[suppress("UDC001", line=3)]).module("b.py")
    planted = finding("JGL001", "b.py", "a.py", line=3)
    found = judged(rule("JGL001", planted), rule("UDC001"))
    assert not found[0].is_suppressed
    assert codes(found) == ["JGL001", "SML900"]


def test_whole_file(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=1, whole_file=True)])
    (found,) = judged(rule("JGL001", finding("JGL001", "a.py", line=70)))
    assert found.is_suppressed


def test_notebooks_count_inside_the_cell(system, judged, finding):
    system.module("n.ipynb")
    cells = (Cell(0, 1, 5), Cell(2, 6, 5))
    system.graph.modules["n.ipynb"].facts = PythonFacts("notebook", 10, cells=cells, suppressions=(suppress("JGL001", line=7),))
    same, other = finding("JGL001", "n.ipynb", line=2, cell=2), finding("JGL001", "n.ipynb", line=2, cell=0)
    found = judged(rule("JGL001", same, other))
    assert [(each.locations[0].cell, each.is_suppressed) for each in found] == [(0, False), (2, True)]


def test_steps_of_declaration_files(system, judged, finding):
    step = Step("make", "all", 3, commands=(Command(("cp", "a", "b"), 4),))
    system.file("Makefile", StepFacts("make", 9, (step,), suppressions=(suppress("JGL001", line=4),)))
    (found,) = judged(rule("JGL001", finding("JGL001", "Makefile", line=4)))
    assert found.is_suppressed


def test_expired_hides_nothing_and_is_told(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=3, expires="2025-05-31")])
    found = judged(rule("JGL001", finding("JGL001", "a.py", line=3)))
    assert [(each.rule, each.is_suppressed) for each in found] == [("JGL001", False), ("SML900", False)]
    assert "expired on 2025-05-31" in found[1].message


def test_the_day_of_expiry_still_counts(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=3, expires="2025-06-01")])
    assert [each.is_suppressed for each in judged(rule("JGL001", finding("JGL001", "a.py", line=3)))] == [True]


def test_an_unreadable_date_hides_nothing(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=3, expires="soon")])
    found = judged(rule("JGL001", finding("JGL001", "a.py", line=3)))
    assert not found[0].is_suppressed
    assert "`soon`" in found[1].message


def test_unused_is_told_at_its_place(system, judged):
    system.module("a.py", suppressions=[suppress("JGL001", line=3)])
    (unused,) = judged(rule("JGL001"))
    assert (unused.rule, unused.severity, unused.confidence) == ("SML900", Severity.low, Confidence.A)
    assert unused.locations == (Site("a.py", 3),)
    assert unused.family == "smell"


def test_unused_subjects_do_not_hang_on_lines(system, judged):
    system.module("a.py", suppressions=[suppress("JGL001", line=3), suppress("JGL001", line=9)])
    first, second = judged(rule("JGL001"))
    assert first.fingerprint != second.fingerprint
    system.module("a.py", suppressions=[suppress("JGL001", line=5), suppress("JGL001", line=20)])
    assert [found.fingerprint for found in judged(rule("JGL001"))] == [first.fingerprint, second.fingerprint]


def test_suppressions_of_rules_that_did_not_run_are_not_judged(system, judged):
    system.module("a.py", suppressions=[suppress("JGL001", line=3), suppress("UDC001", line=5)])
    system.module("b.py", suppressions=[suppress(line=3)])
    assert judged(rule("JGL001", opt_in_only=True), rule("UDC001"), ignore=("UDC",)) == ()


def test_suppressions_in_tests_are_not_judged(system, judged):
    system.module("tests/a.py", is_test=True, suppressions=[suppress("JGL001", line=3)])
    assert judged(rule("JGL001")) == ()


def test_a_name_of_no_rule_is_told(system, judged):
    system.module("a.py", suppressions=[suppress("JGL099", line=3)])
    (found,) = judged(rule("JGL001"))
    assert "names no rule: JGL099" in found.message


def test_hiding_what_confidence_drops_is_use(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=3)])
    assert judged(rule("JGL001", finding("JGL001", "a.py", line=3, confidence=Confidence.below))) == ()


def test_reasons_are_required_only_when_the_settings_say_so(system, judged, finding):
    system.module("a.py", suppressions=[suppress("JGL001", line=3, reason="")])
    planted = rule("JGL001", finding("JGL001", "a.py", line=3))
    assert codes(judged(planted)) == ["JGL001"]
    assert sorted(codes(judged(planted, require_reasons=True))) == ["JGL001", "SML901"]
    assert codes(judged(planted, require_reasons=True, ignore=("SML",))) == ["JGL001"]
    assert codes(judged(planted, require_reasons=True, select=("JGL",))) == ["JGL001"]


# ---- order --------------------------------------------------------------------------------------------------------------


def test_worst_first_then_by_place_and_suppressed_last(system, judged, finding):
    system.module("0.py", suppressions=[suppress("JGL001", line=1)])
    planted = [
        finding("JGL001", "0.py", severity=Severity.high),
        finding("JGL001", "c.py", severity=Severity.high),
        finding("JGL001", "b.py", line=9),
        finding("JGL001", "b.py", line=2, subject=Subject("file", "x")),
        finding("JGL001", "a.py", confidence=Confidence.C),
    ]
    expected = [("c.py", 1), ("b.py", 2), ("b.py", 9), ("a.py", 1), ("0.py", 1)]
    for order in itertools.permutations(planted):
        found = judged(rule("JGL001", *order))
        assert [(each.locations[0].path, each.locations[0].line) for each in found] == expected


def test_findings_of_one_rule_about_one_subject_are_one(judged, finding):
    about = Subject("input", "raw.csv")
    first = finding("JGL001", "a.py", subject=about, evidence=(Evidence("a"),), members=2)
    again = finding("JGL001", "b.py", subject=about, evidence=(Evidence("b"), Evidence("a")), severity=Severity.high, minutes=90.0)
    (one,) = judged(rule("JGL001", first, again))
    assert [site.path for site in one.locations] == ["a.py", "b.py"]
    assert [piece.text for piece in one.evidence] == ["a", "b"]
    assert (one.members, one.minutes, one.severity) == (3, 90.0, Severity.high)
    unsure = finding("JGL001", "c.py", subject=about, confidence=Confidence.C)
    assert len(judged(rule("JGL001", first, unsure))) == 2
    assert len(judged(rule("JGL001", first), rule("JGL002", finding("JGL002", "b.py", subject=about)))) == 2
