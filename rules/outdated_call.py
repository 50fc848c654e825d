"""DXP012."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from analyzer.graph.system import OutdatedCall as WrongCall
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.severity import in_context
from rules.shared_causes import by_cause
from rules.wording import last_changed, ticked

_SHOWN = 12
_MAX_LOCATIONS = 100


class OutdatedCall(Rule):
    """A notebook or module calls a function of its own repository with arguments that it does not take: the call raises a `TypeError`.

    The function was changed and this caller was not taken along, so nobody has run it since. It still looks like a way to get a
    result; whoever trusts it finds out at run time.

    Found are calls with a keyword that the function or class does not have, with more positional arguments than it takes, or without
    one that it needs, where it is certain which definition is called. All calls of a file are one finding, and so are those of files that
    call the same function wrongly.

    Exempt: whatever could be another definition or take other arguments: `*args` and `**kwargs`, decorators that may change the
    parameters, names that are defined twice, assigned or set from outside, methods that a subclass overrides, classes with a metaclass,
    a decorator, `__new__` or a base that is not seen (data classes, pydantic, attrs, named tuples), `functools.partial`; calls inside
    `try`; modules whose name several files have; tests, documentation, vendored and generated files.

    Known false positives: a name that is bound anew at run time to something with another signature.
    """

    code = "DXP012"
    name = "outdated-call"
    severity = Severity.medium
    confidence = Confidence.A
    cost = Cost(0, 15, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = "Adapt the call to the definition, or delete the caller when nobody misses it: git keeps the history."
    BAD = (
        {
            "features/__init__.py": "",
            "features/text.py": "def build(frame, size):\n    return frame, size\n",
            "scripts/ablation.py": "from features.text import build\n\nbuild(None, 3, lower=True)  # DXP012\n",
        },
        {
            "data.py": "class Data:\n    def __init__(self, folder):\n        self.folder = folder\n",
            "train.py": "from data import Data\n\nData('a', 'b')  # DXP012\n",
        },
    )
    GOOD = (
        {
            "data.py": """\
from dataclasses import dataclass


@dataclass
class Row:
    name: str


def build(frame, size=3, **options):
    return frame, size, options
""",
            "train.py": "from data import Row, build\n\nRow(name='a')\nbuild(None, lower=True)\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        files: dict[str, list[WrongCall]] = {}
        for call in graph.outdated_calls:
            files.setdefault(call.path, []).append(call)
        causes = {path: {(graph.modules[path].project, _called(call)) for call in calls} for path, calls in sorted(files.items())}
        for paths in by_cause(causes):
            yield self._finding(graph, paths, [call for path in paths for call in files[path]])

    def _finding(self, graph: SystemGraph, paths: list[str], calls: list[WrongCall]) -> Finding:
        first = calls[0]
        more = f" and {len(calls) - len(paths)} more such calls" if len(calls) > len(paths) else ""
        callers = f"`{paths[0]}` calls" if len(paths) == 1 else f"{ticked(paths, 2)} call"
        return self.found(
            f"{callers} `{first.callee}`, which {first.problem}{more}",
            Subject("module", paths[0]) if len(paths) == 1 else Subject("outdated calls", _called(_main_call(calls))),
            list(dict.fromkeys([call.site for call in calls] + [call.definition for call in calls]))[:_MAX_LOCATIONS],
            [
                *(piece for call in calls[:_SHOWN] for piece in _evidence(call)),
                *(age for path in paths[:_SHOWN] for age in last_changed(graph, path, "the caller" if len(paths) == 1 else f"`{path}`")),
            ],
            severity=in_context(graph, self.severity, paths),
            items=len(calls),
            members=len(calls),
        )


def _called(call: WrongCall) -> str:
    """What is called, wherever the call stands."""
    return f"{call.target}::{call.callee}"


def _main_call(calls: list[WrongCall]) -> WrongCall:
    """A call of what most of them call."""
    counted = Counter(map(_called, calls))
    return max(calls, key=lambda call: (counted[_called(call)], _called(call)))


def _evidence(call: WrongCall) -> Iterator[Evidence]:
    yield Evidence(f"`{call.callee}` {call.problem}", call.site)
    yield Evidence(f"`{call.callee}` is defined here", call.definition)
