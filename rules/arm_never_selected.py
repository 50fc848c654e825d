"""DXP003."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.flags import flags
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Finding, Severity, Subject
from rules.base import Rule
from rules.flag_arms import OPERATIONAL, arms_in_order, is_for_others, only_complains, places, settings_table, told
from rules.severity import in_context

_FEW_STATEMENTS = 2
_MANY_STATEMENTS = 10


class ArmNeverSelected(Rule):
    """One of several ways to do a thing, kept under a key that nobody gives.

    A selector such as `loss="focal"` collects the variants that were once compared. The ones that lost stay: each looks like a
    supported choice, is carried through every refactoring, and is run by nothing. The paper's remedy is to "periodically reexamine
    each experimental branch to see what can be ripped out".

    Found are arms keyed by a text (`if kind == "x"`, `in ("x", "y")`) of a parameter for which every call in the repository is known
    and gives a literal, when none gives that key and at least one gives another (so the selector itself is alive).

    Exempt: keys that data decides, error and fallback arms, signatures that a base class or a decorator demands, functions that are
    handed to others or named by a text, and the public functions of libraries, whose callers are elsewhere.
    """

    code = "DXP003"
    name = "arm-never-selected"
    severity = Severity.low
    confidence = Confidence.C
    cost = Cost(10, 5, friction=8)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    on_by_default = False
    remedy = "Delete the arms that no call selects: git keeps them. If one is still wanted, let a checked-in run select it."
    BAD = (
        {
            "loss.py": """\
def loss(kind, y, p):  # DXP003
    if kind == "bce":
        return bce(y, p)
    elif kind == "focal":
        weight = (1 - p) ** 2
        return weight * bce(y, p)
    raise ValueError(kind)


def train(y, p):
    return loss("bce", y, p)
"""
        },
    )
    GOOD = (
        {
            "loss.py": """\
def loss(kind, y, p):
    if kind == "bce":
        return bce(y, p)
    elif kind == "focal":
        weight = (1 - p) ** 2
        return weight * bce(y, p)
    raise ValueError(kind)


def train(config, y, p):
    return loss(config["loss"], y, p)
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for flag in flags(graph):
            if not flag.selects_by_text or OPERATIONAL.match(flag.param.name) or is_for_others(graph, flag):
                continue
            if flag.tested or not any(isinstance(value, str) for value in flag.values):
                continue
            keyed = [arm for arm in arms_in_order(flag, outermost=False) if not arm.taken]
            arms = [arm for arm in keyed or arms_in_order(flag) if not only_complains(arm)]
            statements = sum(arm.statements for arm in arms)
            if statements < _FEW_STATEMENTS:
                continue
            given = ", ".join(repr(value) for value in flag.values)
            yield self.found(
                f"{told(flag)} is only ever {given} ({flag.callers} call{'s' if flag.callers != 1 else ''}); "
                f"{statements} statements wait for other keys",
                Subject("parameter", f"{flag.module.qualname(flag.function)}::{flag.param.name}"),
                places(flag, arms),
                settings_table(graph, flag, arms),
                severity=in_context(graph, Severity.medium if statements >= _MANY_STATEMENTS else Severity.low, [flag.module.path]),
                items=len(arms),
                members=len(arms),
            )
