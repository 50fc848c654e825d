"""DXP003."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.flags import OPERATIONAL, Arm, Flag, flags, keys, shown_function
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Finding, Severity
from rules.base import Rule
from rules.flag_arms import (
    Idle,
    arms_in_order,
    counted,
    is_for_others,
    of_functions,
    only_complains,
    places,
    severity,
    subject,
    told,
    told_settings,
)
from rules.wording import listed


class ArmNeverSelected(Rule):
    """One of several ways to do a thing, kept under a key that nobody gives.

    A selector such as `loss="focal"` collects the variants that were once compared. The ones that lost stay: each looks like a
    supported choice, is carried through every refactoring, and is run by nothing. The paper's remedy is to "periodically reexamine
    each experimental branch to see what can be ripped out".

    Found are arms keyed by a text (`if kind == "x"`, `in ("x", "y")`) of a parameter for which every call in the repository is known
    and gives a literal, when none gives that key and at least one gives another (so the selector itself is alive).

    Exempt: keys that data decides or that a docstring of the file offers (`"sum"`), error and fallback arms, signatures that a base class
    or a decorator demands, functions that are handed to others, named by a text or whose name is also asked of something that is not
    known (`x.fit(…)`), lessons and
    examples, files that say where they were taken from, and what the public functions of a package take and hand on: their
    callers are elsewhere. A public function of a library is left out as well when nothing here runs it in production or when documents
    show it.

    Known false positives: code that was copied from elsewhere without saying so, whose other arms are upstream's.
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
        for group in of_functions(_idle(graph)):
            statements = sum(idle.statements for idle in group)
            arms = sum(len(idle.arms) for idle in group)
            yield self.found(
                f"{_only(group)}; {counted(statements)} for other keys",
                subject(group),
                places(group),
                told_settings(graph, group),
                severity=severity(graph, group),
                items=arms,
                members=arms,
            )


def _idle(graph: SystemGraph) -> Iterator[Idle]:
    for flag in flags(graph):
        if not flag.selects_by_text or OPERATIONAL.match(flag.param.name) or is_for_others(graph, flag):
            continue
        if not any(isinstance(value, str) for value in flag.values):
            continue
        keyed = [arm for arm in arms_in_order(flag, outermost=False) if not arm.taken]
        arms = [arm for arm in keyed or arms_in_order(flag) if not only_complains(arm) and not _is_offered(flag, arm)]
        idle = Idle(flag, arms)
        if idle.statements:
            yield idle


def _is_offered(flag: Flag, arm: Arm) -> bool:
    """Whether a docstring of the file offers a key of the arm as a choice."""
    return not keys(arm.branch.test).isdisjoint(flag.module.facts.documented)


def _only(group: list[Idle]) -> str:
    """`kind` of `loss` is only ever 'bce' (2 calls)"""
    flag = group[0].flag
    calls = f"{flag.callers} call{'s' if flag.callers != 1 else ''}"
    if len(group) == 1:
        return f"{told(flag)} is only ever {', '.join(repr(value) for value in flag.values)} ({calls})"
    given = [f"`{idle.flag.param.name}` {', '.join(repr(value) for value in idle.flag.values)}" for idle in group]
    return f"in `{shown_function(flag.module.facts.scopes, flag.function)}` are only ever given {listed(given)} ({calls})"
