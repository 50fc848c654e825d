"""docs/rules.md: every rule's page has every part, and the interval is Wilson's."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Confidence, Cost, Severity
from rules.base import Rule
from rules.measured import Measured
from rules.pages import rule_pages, wilson
from rules.registry import all_rules

PARTS = ["Why", "Bad", "Good", "Exceptions", "Remedy", "Cost", "Known false positives", "Measured precision"]


class Planted(Rule):
    """The sentence that names the debt.

    It matters because of this. Exempt: the first exception.

    A second reason.

    Exempt: the second exception.

    Known false positives: the one mistake.
    """

    code, name = "JGL001", "planted"
    severity, confidence, cost, source = Severity.medium, Confidence.B, Cost(20, 10, 12), "Sculley et al. 2015"
    remedy = "Paste this."
    BAD = ({"a.py": "x = 1  # JGL001\n", "README.md": "```\ncode\n```\n"},)
    GOOD = ({"Makefile": "all:\n\ttrue\n"}, {"Dockerfile": "FROM scratch\n"})

    def check(self, graph):
        yield from ()


def page(precision=None):
    text = rule_pages([Planted], precision or {})
    return text[text.index("## JGL001") : text.index("## SML900")]


def test_no_measurement_is_said_not_invented():
    assert "Not measured yet: no finding" in page()
    assert "Not measured yet: no finding" in page({"JGL001": Measured()})
    assert "Wilson" not in page()


def test_what_was_put_in_and_found_is_told_too():
    text = rule_pages([Planted], {}, {"JGL001": (11, 12)}, fixed=["JGL001"])
    assert "Of 12 such debts that were put into copies of real repositories 11 were found" in text
    assert "`mldebt fix --select JGL001` shows the edit" in text
    assert "mldebt fix" not in page()


def test_every_rule_tells_its_known_mistakes():
    text = rule_pages(all_rules(), {})
    sections = re.findall(r"^## (\w+) .*?^### Known false positives\n\n(.*?)\n\n###", text, re.MULTILINE | re.DOTALL)
    assert len(sections) > len(all_rules())
    assert [code for code, told in sections if told == "None recorded."] == []


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="3 right of 2"):
        page({"JGL001": Measured(now=(3, 2))})


def test_every_part_in_order():
    assert re.findall(r"^### (.+)$", page(), re.MULTILINE) == PARTS


def test_parts_of_the_story_stand_where_they_belong():
    text = page()
    sections = dict(zip(PARTS, re.split(r"^### .+$", text, flags=re.MULTILINE)[1:], strict=True))
    assert "It matters because of this." in sections["Why"]
    assert "A second reason." in sections["Why"]
    assert "Source: Sculley et al. 2015." in sections["Why"]
    assert "exception" not in sections["Why"]
    assert sections["Exceptions"].split("\n\n")[1:3] == ["The first exception.", "The second exception."]
    assert sections["Known false positives"].strip() == "The one mistake."
    assert "20 + 10 · items minutes" in sections["Cost"]
    assert "12 minutes" in sections["Cost"]


def test_fences_are_longer_than_those_inside():
    assert "````text\n```\ncode\n```\n````" in page()
    assert "```make\nall:\n\ttrue\n```" in page()
    assert "```python\nx = 1  # JGL001\n```" in page()
    assert "**Repository 2**\n\n`Dockerfile`\n\n```dockerfile\nFROM scratch\n```" in page()


def test_measured_precision_with_its_interval():
    text = page({"JGL001": Measured(now=(18, 20))})
    assert "- of those reported now: 18 of n = 20, 0.90 (95 % Wilson interval 0.70–0.97)." in text
    assert "before mending: none was read.\n" in text


def test_the_share_at_first_sight_stands_beside_it():
    text = page({"JGL001": Measured(now=(18, 20), first_sight=(15, 24), last_round=(15, 24))})
    assert "before mending: 15 of n = 24, 0.62 (95 % Wilson interval 0.43–0.79).\n" in text
    silenced = page({"JGL001": Measured(now=(0, 0), first_sight=(1, 4), last_round=(1, 4))})
    assert "reported now: none was read." in silenced
    assert "before mending: 1 of n = 4," in silenced


def test_the_last_reading_is_told_apart_where_there_were_more():
    text = page({"JGL001": Measured(now=(18, 20), first_sight=(15, 24), last_round=(9, 9))})
    assert "in the last such reading alone 9 of n = 9, 1.00 (95 % Wilson interval 0.70–1.00).\n" in text


def test_what_is_shown_by_default_is_told_apart():
    text = page(
        {"JGL001": Measured(now=(18, 20), not_tentative=(9, 9), first_sight=(15, 24), last_round=(9, 9), last_round_not_tentative=(4, 4))}
    )
    assert "Of those that are shown by default: 9 of n = 9," in text
    assert "of those shown by default 4 of n = 4," in text


def test_suppression_rules_are_documented():
    text = rule_pages([], {})
    assert "## SML900 unused-suppression" in text
    assert "## SML901 suppression-without-reason" in text


def test_the_table_links_to_each_page_and_is_sorted():
    class Earlier(Planted):
        """Another."""

        code, name = "DXP001", "earlier"

    text = rule_pages([Planted, Earlier], {"JGL001": Measured(now=(1, 2), first_sight=(3, 6), last_round=(2, 4))})
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    assert [row.split("]")[0][3:] for row in rows] == ["DXP001", "JGL001", "SML900", "SML901"]
    assert "(#jgl001-planted)" in rows[1]
    assert rows[0].endswith("| – | – |")
    assert rows[1].endswith("| 1 / 2 | 3 / 6 |")


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_bounds(counts):
    right, judged = counts
    low, high = wilson(right, judged)
    assert 0 <= low <= right / judged + 1e-12
    assert right / judged - 1e-12 <= high <= 1
    assert wilson(judged - right, judged) == pytest.approx((1 - high, 1 - low))


def test_a_known_interval():
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-4)
