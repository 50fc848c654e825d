"""Principal, interest, payback: arithmetic that a reader can redo by hand."""

from __future__ import annotations

from math import inf, isclose

from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Finding, Severity, Site, Subject
from rules.weighing import explain_cost, interest_hours, payback_years, principal_hours, totals, weigh


class Commits:
    """A history that knows how many commits touched a file."""

    def __init__(self, **touched):
        self.touched = touched
        self.asked = []

    def commits_touching(self, paths, days):
        self.asked.append((tuple(paths), days))
        return max((self.touched.get(path.removesuffix(".py"), 0) for path in paths), default=0)


def graph(**touched):
    return SystemGraph(history=Commits(**touched))


def test_without_history_interest_is_unknown_and_the_order_stays(finding):
    findings = [finding("JGL001", "b.py"), finding("JGL001", "a.py")]
    weighed = weigh(findings, SystemGraph())
    assert [each.touches for each in weighed] == [None, None]
    assert [each.locations[0].path for each in weighed] == ["b.py", "a.py"]
    assert interest_hours(weighed[0]) is None
    assert payback_years(weighed[0]) is None
    assert "unknown" in explain_cost(weighed[0])


def test_untouched_files_cost_nothing(finding):
    (weighed,) = weigh([finding("JGL001", "a.py")], graph())
    assert weighed.touches == 0
    assert payback_years(weighed) == inf
    assert "dormant" in explain_cost(weighed)


def test_history_is_asked_once_for_each_set_of_files(finding):
    system = graph(a=1)
    weigh([finding("JGL001", "a.py", "b.py"), finding("UDC001", "b.py", "a.py")], system)
    assert system.history.asked == [(("a.py", "b.py"), 365)]


def test_shortest_payback_first_dormant_then_suppressed_last(finding):
    findings = [
        finding("JGL001", "dormant.py"),
        finding("JGL001", "hidden.py", is_suppressed=True),
        finding("JGL001", "slow.py"),
        finding("JGL001", "fast.py"),
    ]
    weighed = weigh(findings, graph(slow=2, fast=20, hidden=99))
    assert [each.locations[0].path for each in weighed] == ["fast.py", "slow.py", "dormant.py", "hidden.py"]


def test_the_numbers(finding):
    (weighed,) = weigh([finding("JGL001", "a.py", minutes=90.0, friction=12.0, owners=("x", "y"))], graph(a=10))
    assert principal_hours(weighed) == (0.75, 3.0)
    assert isclose(interest_hours(weighed), 10 * 12 / 60 * 1.25)
    assert isclose(payback_years(weighed), 1.5 / 2.5)
    assert explain_cost(weighed).splitlines() == [
        "principal = 90 min / 60 · [0.5, 2] = 0.8–3 h (prior of JGL001)",
        "interest  = 10 commits in 365 days · 12 min / 60 · (1 + 0.25 · 1) = 2.5 h a year (assumption: 12 min a touch)",
        "payback   = 1.5 h / 2.5 h a year = 0.6 years",
    ]


def test_nothing_sums_to_nothing():
    total = totals([])
    assert (total.low_hours, total.high_hours, total.interest_hours, total.findings) == (0, 0, None, 0)


def test_a_subject_is_charged_once_for_its_dearest_finding(finding):
    subject = Subject("artifact", "data/x.csv")
    total = totals([finding("JGL001", "a.py", subject=subject, minutes=60.0), finding("UDC001", "a.py", subject=subject, minutes=120.0)])
    assert (total.low_hours, total.high_hours, total.findings) == (1.0, 4.0, 2)
    assert total.by_family["undeclared-consumer"].high_hours == 4.0
    assert total.by_family["pipeline-jungle"].high_hours == 0.0
    assert total.by_rule["JGL001"].findings == 1


def test_tentative_and_suppressed_are_counted_but_not_summed(finding):
    total = totals(
        [finding("JGL001", "a.py", confidence=Confidence.C), finding("JGL001", "b.py", is_suppressed=True), finding("JGL001", "c.py")]
    )
    assert (total.findings, total.tentative, total.suppressed) == (1, 1, 1)
    assert total.high_hours == 2.0


def test_interest_sums_what_history_tells(finding):
    weighed = weigh([finding("JGL001", "a.py"), finding("UDC001", "b.py")], graph(a=6, b=12))
    assert isclose(totals(weighed).interest_hours, 3.0)


FINDINGS = st.builds(
    lambda rule, subject, minutes, touches: Finding(
        rule, "n", Severity.low, Confidence.B, "m", Subject("s", subject), (Site("a.py"),), (), "r", minutes, 5.0, touches=touches
    ),
    st.sampled_from(["JGL001", "UDC001", "GLU001"]),
    st.sampled_from(["x", "y", "z"]),
    st.floats(0, 1000),
    st.integers(0, 50),
)


@given(st.lists(FINDINGS, max_size=10), st.randoms())
def test_totals_do_not_depend_on_the_order_and_families_add_up(findings, random):
    total = totals(findings)
    shuffled = list(findings)
    random.shuffle(shuffled)
    assert isclose(totals(shuffled).high_hours, total.high_hours, abs_tol=1e-9)
    assert isclose(sum(share.high_hours for share in total.by_family.values()), total.high_hours, abs_tol=1e-9)
    assert isclose(sum(share.high_hours for share in total.by_rule.values()), total.high_hours, abs_tol=1e-9)
    assert total.high_hours <= sum(each.minutes for each in findings) / 60 * 2 + 1e-9
