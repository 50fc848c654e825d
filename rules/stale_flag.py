"""DXP008."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analyzer.graph.churn import day
from analyzer.graph.experiment_flags import LEAST_CHANGES, WEEKS, ExperimentFlag, experiment_flags
from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import DAY, MAX_IMPORTED, History
from analyzer.history.line_ages import LineAge, LineAges
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.severity import in_context

_VERY_OLD = 2 * WEEKS
_SHOWN = 3
Ages = Mapping[int, LineAge]


@dataclass(frozen=True, slots=True)
class _Life:
    """When things happened to a flag, in unix seconds."""

    introduced: int
    """Of the oldest of its lines that still stand."""
    varied: int
    """When a place that sets it was last changed."""
    touched: int
    """When its other arm was last changed."""
    since: tuple[LineAge, ...]
    """Commits after that which changed the function around the arm, oldest first."""


class StaleFlag(Rule):
    """An experiment behind a switch that nobody has decided for a year, while the code around it went on.

    A switch for an experiment is meant to be short-lived: in twelve Python projects three quarters of the toggles were gone after 49 weeks
    (Hoyos et al. 2021). One that stays keeps two versions of the training or scoring code alive; each change of the function must respect
    both, and the one that is not the default falls behind: "periodically reexamine each experimental branch to see what can be ripped out".

    Found are switches and selectors with a default (parameters that calls of the repository give from a variable or a configuration,
    options of its programs that its commands give) in code that trains, prepares, evaluates or scores, when git tells that no line of the
    other arm (three statements or more), and no place that sets the switch, was changed in the 49 weeks before the newest commit, while
    five commits or more since then changed other lines of the function and still show there. Changes of white space and commits that
    `.git-blame-ignore-revs` names are none; those of robots and mass changes do not count. The evidence is the flag's life: introduced,
    last varied, last touched.

    It abstains, and says so, without a whole history (`--no-git`, shallow clones), when most files entered in one commit (imported or
    squashed history), and for files whose old contents are not here (partial clones).

    Exempt: operational switches (`verbose`, `device`, `seed`, `save_…`), modes that calls ask for by a literal (`train=True`), optional
    inputs (`mask=None`), tutorials, what a package offers to others, options of libraries and those that no command sets, switches that no
    call turns (DXP002, DXP003), notebooks, code outside of functions, files that say where they were taken from.

    Known false positives: a switch of users (publishing, exporting) that needs no decision.
    """

    code = "DXP008"
    name = "stale-flag"
    severity = Severity.low
    confidence = Confidence.C
    on_by_default = False
    cost = Cost(15, 0, friction=8)
    source = "Hoyos et al., EMSE 2021; Rahman et al., MSR 2016; Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = (
        "Decide: delete the arm that lost and the switch with it (git keeps them), or make it the default. "
        "A switch that is to stay needs an owner and a day on which it is looked at again."
    )
    # Only a git history can show what went on and what stayed, so there is no BAD example of files; the rule's own test tells histories.
    GOOD = ({"train.py": "def fit(model, data, mix=False):\n    return model.fit(data)\n\n\nfit(make(), load(), mix=True)\n"},)

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        flags = graph.once(experiment_flags)
        history = graph.whole_history(self.code) if flags else None
        if history is None or graph.line_ages is None:
            return
        imported = history.imported_share()
        if imported > MAX_IMPORTED:
            graph.abstain(self.code, f"{imported:.0%} of the files entered in one commit, so their lines have no ages")
            return
        self._note_unanswered(graph, graph.line_ages)
        work = frozenset(commit.sha for commit in history.commits if commit.is_work)
        for flag in flags:
            life = _life(flag, graph.line_ages, history.newest, work)
            if life is not None:
                yield self._finding(graph, flag, life, history)

    def _note_unanswered(self, graph: SystemGraph, ages: LineAges) -> None:
        if ages.unanswered:
            files = f"{len(ages.unanswered)} file{'s' if len(ages.unanswered) > 1 else ''}"
            graph.abstain(
                self.code, f"git did not tell the ages of the lines of {files}: old contents are not here, or it would take too long"
            )

    def _finding(self, graph: SystemGraph, flag: ExperimentFlag, life: _Life, history: History) -> Finding:
        weeks = (history.newest - life.touched) // (7 * DAY)
        module, scope = flag.module, flag.module.facts.scopes[flag.function]
        statements = sum(arm.statements for arm in flag.arms)
        arms = [module.site(arm.branch.line, max(arm.branch.line, arm.span[1])) for arm in flag.arms]
        return self.found(
            f"{flag.shown} is undecided for {weeks} weeks: {len(life.since)} commits changed `{scope.qualname}`, none the {statements} "
            f"statements behind it",
            Subject("parameter", f"{module.qualname(flag.function)}::{flag.name}"),
            dict.fromkeys([*arms, flag.defined]),
            _table(flag, life, arms),
            severity=in_context(graph, Severity.medium if weeks >= _VERY_OLD else Severity.low, [module.path]),
            members=len(flag.arms),
        )


def _life(flag: ExperimentFlag, known: LineAges, newest: int, work: frozenset[str]) -> _Life | None:
    """The flag's life when it is stale, None when it is not or git does not tell; `work` are the commits that count."""
    ages = known.lines.get(flag.module.path)
    scope = flag.module.facts.scopes[flag.function]
    inside = {line for arm in flag.arms for line in (arm.branch.line, *range(arm.span[0], arm.span[1] + 1))}
    if ages is None or not inside <= ages.keys() or not set(range(scope.line, scope.end_line + 1)) <= ages.keys():
        return None
    varied = _varied(flag, known)
    own = [ages[line] for line in inside]
    touched = max(age.time for age in own)
    if varied is None or max(touched, varied) > newest - WEEKS * 7 * DAY:
        return None
    others = {ages[line] for line in range(scope.line, scope.end_line + 1) if line not in inside}
    since = sorted((age for age in others if age.time > touched and age.sha in work), key=lambda age: (age.time, age.sha))
    if len(since) < LEAST_CHANGES:
        return None
    return _Life(min(age.time for age in own), varied, touched, tuple(since))


def _varied(flag: ExperimentFlag, known: LineAges) -> int | None:
    """When a place that sets the flag was changed last, None when git does not tell."""
    times = []
    for site in flag.settings:
        ages = known.lines.get(site.path, {})
        lines = range(site.line, (site.end_line or site.line) + 1)
        if not all(line in ages for line in lines):
            return None
        times += [ages[line].time for line in lines]
    return max(times, default=None)


def _table(flag: ExperimentFlag, life: _Life, arms: list[Site]) -> Iterator[Evidence]:
    yield Evidence(f"{flag.shown} is {flag.default!r} unless it is set; its oldest lines are of {day(life.introduced)}", flag.defined)
    sites = len(flag.settings)
    yield Evidence(f"{sites} place{'s set' if sites > 1 else ' sets'} it, last changed on {day(life.varied)}", flag.settings[0])
    for arm, site in zip(flag.arms, arms, strict=True):
        text = f"`{arm.branch.test_text[:80]}` is {str(arm.taken).lower()} by default: {arm.statements} statements"
        yield Evidence(f"{text}, last changed by {day(life.touched)}", site)
    shown = ", ".join(f"{day(age.time)} ({age.sha[:10]})" for age in life.since[-_SHOWN:])
    yield Evidence(f"the latest of {len(life.since)} commits that changed the lines around since: {shown}")
