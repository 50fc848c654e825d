"""Of what is shown by default now, what was read on real repositories was right; docs/adding-a-rule.md names the bar."""

from __future__ import annotations

import pytest

from rules.base import Rule
from rules.measured import Measured, measured
from rules.pages import wilson
from rules.registry import all_rules

LEAST_SHARE, LEAST_LOWER = 0.9, 0.75


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.on_by_default and not rule.opt_in], ids=lambda rule: rule.code)
def test_a_rule_is_shown_by_default_only_when_it_was_measured_to_be_right(rule: type[Rule]) -> None:
    shares = measured().get(rule.code, Measured())
    for right, judged in (shares.now, shares.not_tentative):
        assert judged, f"{rule.code}: no such finding of it was judged"
        assert right / judged >= LEAST_SHARE
    assert wilson(*shares.now)[0] >= LEAST_LOWER
