"""DXP002."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.flags import OPERATIONAL, flags, shown_function
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

_FEW_STATEMENTS = 3


class FlagNeverVaried(Rule):
    """A switch that every call leaves in one position: what it would switch on is carried along and never run.

    "Periodically reexamine each experimental branch to see what can be ripped out. Often only a small subset of the possible branches
    is actually used; many others may have been tested once and abandoned." A parameter with a default is how an experiment is tried
    without touching the callers; when no caller ever asks for it, the branch behind it is neither tested nor run, and every change of
    the function must still respect it.

    Found are parameters for which every call in the repository is known (the function is handed to nobody and named by no text),
    every value is a literal, and all but those of tests are the same, when an arm waits for another value: one of at least three
    statements, or what a switch turns on or off (two statements behind `None`). Values are followed through callers that pass a
    parameter of their own on, and through `self.flag = flag`.

    Exempt: operational switches (`verbose`, `device`, `seed`, `save_…`), arms that only raise, signatures that a base class or a
    decorator demands, lessons and
    examples, parameters that the function changes itself, functions whose name is also asked of something that is not known
    (`x.fit(…)`), files that say where they were taken from, and what the public functions of a package take and hand on: their callers
    are elsewhere. A public function of a library is left out as well when nothing here runs it in production, when a test asks for the
    other value, or when documents show it.

    Known false positives: an option that is offered to users outside the repository (a published function that a test or a document
    shows is left out, others are not seen); code that was copied from elsewhere without saying so.
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
        for group in of_functions(_idle(graph)):
            statements = sum(idle.statements for idle in group)
            yield self.found(
                f"{_always(group)}; {counted(statements)} for {'another value' if len(group) == 1 else 'other values'}",
                subject(group),
                places(group),
                told_settings(graph, group),
                severity=severity(graph, group),
                items=group[0].flag.callers,
                members=sum(len(idle.arms) for idle in group),
            )


def _idle(graph: SystemGraph) -> Iterator[Idle]:
    for flag in flags(graph):
        if len(flag.values) != 1 or flag.selects_by_text or OPERATIONAL.match(flag.param.name) or is_for_others(graph, flag):
            continue
        idle = Idle(flag, [arm for arm in arms_in_order(flag) if not only_complains(arm)])
        if idle.statements >= _least(graph, idle):
            yield idle


def _least(graph: SystemGraph, idle: Idle) -> int:
    """How many statements must wait: one that calls something behind a switch, two behind `None`, which is often left open for others.

    One is too little in a library, whose small options are there for its users.
    """
    value = idle.flag.values[0]
    is_library = graph.archetype_of(idle.flag.module.path) == "library"
    if isinstance(value, bool) and not is_library and any(arm.calls for arm in idle.arms):
        return 1
    return _FEW_STATEMENTS - (not value)


def _always(group: list[Idle]) -> str:
    """`mix` of `fit` is False in every call (3)"""
    flag = group[0].flag
    if len(group) == 1:
        return f"{told(flag)} is {flag.values[0]!r} in every call ({flag.callers})"
    names = listed([f"`{idle.flag.param.name}`" for idle in group])
    return f"{names} of `{shown_function(flag.module.facts.scopes, flag.function)}` are the same in every call ({flag.callers})"
