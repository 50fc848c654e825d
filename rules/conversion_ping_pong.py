"""GLU003."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.facts import Conversion
from rules.base import Rule
from rules.severity import in_context

_SHOWN = 10
_MAX_LOCATIONS = 50


class ConversionPingPong(Rule):
    """A value is converted to another representation and straight back, or converted anew in every round of a loop.

    "A massive amount of supporting code is written to get data into and out of general-purpose packages." A round trip is the part of
    it that does nothing: it costs a copy, and may lose types, labels and precision on the way without anybody noticing.

    Found are frame → array → frame with the same labels, frame → dict → frame, tensor → array → tensor, Spark → pandas →
    Spark and Arrow → pandas → Arrow, where nothing else uses what stands in the middle; and conversions in a loop of a value
    that its rounds leave alone. All places of one function are one finding.

    Exempt: moves between devices; a way back with other labels or another type; a middle that is used for anything else; JSON
    there and back, which is a deep copy; files that export to ONNX (constants are made that way); loops that retry or measure; results
    that are changed in place; what a loop does in an arm that asks for its own variable.

    Known false positives: a round trip that is meant: a copy that is changed afterwards.
    """

    code = "GLU003"
    name = "conversion-ping-pong"
    severity = Severity.low
    confidence = Confidence.B
    cost = Cost(20, 5, friction=3)
    source = "Sculley et al. 2015, §5.1 (glue code)"
    remedy = "Keep the value as it is (`.copy()`, `.clone()` or `copy.deepcopy` when a copy is meant); convert once, before the loop."
    on_by_default = False
    BAD = (
        {
            "prepare.py": """\
import pandas as pd


def prepare(df):
    array = df.to_numpy()  # GLU003
    again = pd.DataFrame(array, columns=df.columns)
    return again.dropna()
""",
        },
        {
            "rank.py": """\
def rank(query, documents):
    found = []
    for document in documents:
        found.append(document.score(query.toarray()))  # GLU003
    return found
""",
        },
    )
    GOOD = (
        {
            "prepare.py": """\
import numpy as np
import pandas as pd


def prepare(df, names):
    array = df.to_numpy()
    array[:, 0] = np.log(array[:, 0])
    renamed = pd.DataFrame(df.values, columns=names)
    return pd.DataFrame(array, columns=df.columns), renamed
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module in graph.living():
            scopes: dict[int, list[Conversion]] = {}
            for conversion in module.facts.conversions:
                if _is_class_of_ours(module, conversion.source):
                    continue
                scopes.setdefault(conversion.scope, []).append(conversion)
            for scope, conversions in sorted(scopes.items()):
                yield self._finding(graph, module, scope, conversions)

    def _finding(self, graph: SystemGraph, module: Module, scope: int, conversions: list[Conversion]) -> Finding:
        first = conversions[0]
        more = f", and {len(conversions) - 1} more" if len(conversions) > 1 else ""
        name = module.facts.scopes[scope].qualname or module.path
        sites: list[Site] = []
        for each in conversions:
            sites += [module.site(each.line), module.site(each.other_line)]
        return self.found(
            f"`{name}` {_does(first)}{more}",
            Subject("function" if scope else "module", module.qualname(scope)),
            list(dict.fromkeys(sites))[:_MAX_LOCATIONS],
            [piece for each in conversions[:_SHOWN] for piece in _evidence(module, each)],
            severity=in_context(graph, self.severity, [module.path]),
            items=len(conversions),
            members=len(conversions),
        )


def _is_class_of_ours(module: Module, source: str) -> bool:
    """Is it a class, whose `tolist` tells its members and converts nothing?"""
    if not source[:1].isupper() or not source.isidentifier():
        return False
    return any(source == fact.bound for fact in module.facts.imports) or any(
        scope.kind == "class" and scope.qualname == source for scope in module.facts.scopes
    )


def _does(each: Conversion) -> str:
    if each.kind == "repeated":
        return f"converts `{each.source}` to {_article(each.middle)} in every round of a loop that leaves it alone"
    return f"sends `{each.source}` from {each.before} to {each.middle} and straight back"


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else "records" if word == "records" else f"a {word}"


def _evidence(module: Module, each: Conversion) -> Iterator[Evidence]:
    yield Evidence(f"`{each.text}`", module.site(each.line))
    yield Evidence("the loop" if each.kind == "repeated" else "the way back; nothing else uses the middle", module.site(each.other_line))
