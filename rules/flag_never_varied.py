"""DXP002."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.flags import flags
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Finding, Severity, Subject
from rules.base import Rule
from rules.flag_arms import OPERATIONAL, arms_in_order, is_for_others, only_complains, places, settings_table, told
from rules.severity import in_context

_FEW_STATEMENTS = 3
_MANY_STATEMENTS = 10


class FlagNeverVaried(Rule):
    """A switch that every call leaves in one position: what it would switch on is carried along and never run.

    "Periodically reexamine each experimental branch to see what can be ripped out. Often only a small subset of the possible branches
    is actually used; many others may have been tested once and abandoned." A parameter with a default is how an experiment is tried
    without touching the callers; when no caller ever asks for it, the branch behind it is neither tested nor run, and every change of
    the function must still respect it.

    Found are parameters for which every call in the repository is known (the function is handed to nobody and named by no text),
    every value is a literal, and all but those of tests are the same, when an arm of at least three statements (two behind a switch
    that is off) waits for another value. Values are followed through callers that pass a parameter of their own on, and through
    `self.flag = flag`.

    Exempt: operational switches (`verbose`, `device`, `seed`, `save_…`), arms that only raise, signatures that a base class or a
    decorator demands, parameters that the function changes itself, and the public functions of libraries, whose callers are elsewhere.
    """

    code = "DXP002"
    name = "flag-never-varied"
    severity = Severity.low
    confidence = Confidence.C
    cost = Cost(15, 2, friction=8)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    on_by_default = False
    remedy = (
        "Delete the parameter and the arm that nobody takes: git keeps them. If the choice is still wanted, let a checked-in run use it."
    )
    BAD = (
        {
            "train.py": """\
def fit(model, data, use_mixup=False):  # DXP002
    if use_mixup:
        data = mixup(data, alpha=0.4)
        data = shuffle(data)
    return model.fit(data)


def main():
    fit(make(), load())
"""
        },
    )
    GOOD = (
        {
            "train.py": """\
def fit(model, data, use_mixup=False):
    if use_mixup:
        data = mixup(data, alpha=0.4)
        data = shuffle(data)
    return model.fit(data)


def main(args):
    fit(make(), load())
    fit(make(), load(), use_mixup=args.mixup)
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for flag in flags(graph):
            if len(flag.values) != 1 or flag.selects_by_text or OPERATIONAL.match(flag.param.name) or is_for_others(graph, flag):
                continue
            arms = [arm for arm in arms_in_order(flag) if not only_complains(arm)]
            statements = sum(arm.statements for arm in arms)
            if statements < _FEW_STATEMENTS - (not flag.values[0]):
                continue
            yield self.found(
                f"{told(flag)} is {flag.values[0]!r} in every call ({flag.callers}); {statements} statements wait for another value",
                Subject("parameter", f"{flag.module.qualname(flag.function)}::{flag.param.name}"),
                places(flag, arms),
                settings_table(graph, flag, arms),
                severity=in_context(graph, Severity.medium if statements >= _MANY_STATEMENTS else Severity.low, [flag.module.path]),
                items=flag.callers,
                members=len(arms),
            )
