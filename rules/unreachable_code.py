"""DXP010."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.facts import Idle
from rules.base import Rule
from rules.severity import in_context
from rules.template_folders import is_template
from rules.wording import last_changed

_MANY_STATEMENTS = 10


class UnreachableCode(Rule):
    """Code that no execution enters: behind a `return` or `raise`, behind a handler or a test that takes everything first.

    An early `return` or `raise` is the quickest way to switch a way of doing things off. What stands behind it is read, searched and
    refactored like everything else, and nobody sees at the place itself that it never runs; a second handler of an exception, or a
    second branch for the same case, looks like handling that does not exist. "Obsolete experimental codepaths" are kept this way
    without the flag that would at least have a name.

    Found are statements behind one that always leaves its suite (`return`, `raise`, `continue`, `break`, `sys.exit()`, an endless loop
    without `break`, an `if … else` or `try` that leaves on every way), `except` clauses for what an earlier clause of the same `try`
    has caught, and branches of an `if … elif …` whose test repeats an earlier one or asks for two things that exclude each other. All
    such places of one function are one finding.

    Exempt: a lone `return` of something plain, `raise`, `break` or `pass` behind an exit; `yield` behind a `return`, which makes a
    generator; the top level of notebooks, whose cells are run one by one; tests that call something, since a second call may answer
    otherwise; exits whose comment says that they are to fail; templates.

    Known false positives: code that was copied from elsewhere without saying so.
    """

    code = "DXP010"
    name = "unreachable-code"
    severity = Severity.low
    confidence = Confidence.A
    dated = True
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(3, 0.3, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = (
        "Delete what cannot run: git keeps the history. If it was meant to run, move the exit behind it, order the handlers from the "
        "special to the general, or correct the test."
    )
    BAD = (
        {
            "features.py": """\
def build(frame):
    return frame.dropna()
    frame["price"] = frame.price.clip(0)  # DXP010
    return frame
"""
        },
        {
            "load.py": """\
def load(path):
    try:
        return read(path)
    except OSError:
        return None
    except FileNotFoundError:  # DXP010
        return download(path)
"""
        },
        {
            "loss.py": """\
def loss(kind):
    if kind == "bce":
        return bce()
    elif kind in ("bce", "bce"):  # DXP010
        return focal()
"""
        },
    )
    GOOD = (
        {
            "stream.py": """\
def nothing():
    return
    yield


def load(path):
    try:
        return read(path)
    except FileNotFoundError:
        return download(path)
    except OSError:
        return None


def loss(kind):
    if kind == "bce":
        return bce()
    elif kind == "focal":
        return focal()
    raise ValueError(kind)
"""
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module in graph.living():
            if not module.facts.idle or is_template(module.path):
                continue
            groups: dict[int, list[Idle]] = {}
            failing = {line for kind, line in module.facts.remarks if kind == "meant to fail"}
            for idle in sorted(module.facts.idle, key=lambda idle: (idle.line, -idle.end_line)):
                if idle.scope == 0 and module.is_notebook:
                    continue
                if idle.kind == "exit" and idle.cause_line in failing:
                    continue  # a lesson on failures, as its comment says
                around = groups.setdefault(idle.scope, [])
                if not around or idle.line > around[-1].end_line:
                    around.append(idle)
            for scope, found in groups.items():
                yield self._finding(graph, module, scope, found)

    def _finding(self, graph: SystemGraph, module: Module, scope: int, found: list[Idle]) -> Finding:
        statements = sum(idle.statements for idle in found)
        base = Severity.medium if statements >= _MANY_STATEMENTS else Severity.low
        return self.found(
            _message(module, scope, found, statements),
            Subject("function" if scope else "module", module.qualname(scope)),
            [module.site(idle.line, idle.end_line) for idle in found],
            [*(part for idle in found for part in _evidence(module, idle)), *last_changed(graph, module.path)],
            severity=in_context(graph, base, [module.path]),
            items=statements,
            members=len(found),
        )


def _message(module: Module, scope: int, found: list[Idle], statements: int) -> str:
    where = f" of `{module.facts.scopes[scope].name}`" if scope else ""
    places = f" in {len(found)} places" if len(found) > 1 else ""
    how = f"{statements} statement{'s' if statements != 1 else ''}{where}{places} can never run"
    return f"{how}: {_reason(found[0])}"


def _reason(idle: Idle) -> str:
    if idle.kind == "exit":
        return f"`{idle.cause}` leaves before {'it' if idle.statements == 1 else 'them'}"
    if idle.kind == "handler":
        return f"`{idle.cause}` in the same `try` has caught the exception"
    return f"`{_short(idle.test)}` {idle.cause}"


def _evidence(module: Module, idle: Idle) -> Iterator[Evidence]:
    if idle.cause_line != idle.line:
        why = {"exit": f"`{idle.cause}`: nothing behind it in the same suite runs", "handler": f"`{idle.cause}` catches it first"}
        yield Evidence(why.get(idle.kind, "the earlier test that holds whenever this one does"), module.site(idle.cause_line))
    yield Evidence(f"never run: {_reason(idle)}", module.site(idle.line, idle.end_line))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
