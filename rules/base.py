"""What a rule is: a card, a story, examples, and `check(graph)`.

A rule is one file in this folder, named like the rule. Its docstring is its page: first line the sentence that names the debt,
then why it matters (with the source), what is exempt, how to remedy. `BAD` and `GOOD` are small repositories (path → text); in BAD
every line that ends in `# CODE` (or `<!-- CODE -->`-free formats: `# CODE` too) must be the first location of a finding, no other
line may be, and GOOD must stay silent. tests/test_rules.py runs them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from inspect import cleandoc
from typing import ClassVar

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, RuleCard, Severity, Site, Subject
from analyzer.result import Coverage
from rules.measured import Measured, measured

Example = Mapping[str, str]


class Rule(ABC):
    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    confidence: ClassVar[Confidence]
    cost: ClassVar[Cost]
    source: ClassVar[str]
    """Literature that names the debt."""
    remedy: ClassVar[str]
    on_by_default: ClassVar[bool] = True
    """False: its findings are of class C and report-only (`Finding.report_only`) unless its whole code is selected."""
    opt_in: ClassVar[bool] = False
    """True: it runs only when its whole code is selected."""
    tentative_in: ClassVar[frozenset[str]] = frozenset()
    """Archetypes (RULES.md §0.2) of projects in which its findings are report-only: there they are many and of little weight."""
    dated: ClassVar[bool] = False
    """True: its places are lines that nothing runs, and how long they have stood there strengthens the finding."""
    BAD: ClassVar[tuple[Example, ...]] = ()
    GOOD: ClassVar[tuple[Example, ...]] = ()

    @abstractmethod
    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        """Yield the findings in `graph`, in a deterministic order. Reads the graph only."""

    def found(
        self,
        message: str,
        subject: Subject,
        locations: Iterable[Site],
        evidence: Iterable[Evidence],
        *,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        remedy: str | None = None,
        items: int = 1,
        members: int = 1,
        owners: Iterable[str] = (),
    ) -> Finding:
        """A finding of this rule; severity, confidence and remedy default to the card's."""
        return Finding(
            rule=self.code,
            name=self.name,
            severity=self.severity if severity is None else severity,
            confidence=self.confidence if confidence is None else confidence,
            message=message,
            subject=subject,
            locations=tuple(locations),
            evidence=tuple(evidence),
            remedy=self.remedy if remedy is None else remedy,
            minutes=self.cost.minutes(items),
            friction=self.cost.friction,
            owners=tuple(owners),
            members=members,
        )

    @classmethod
    def card(cls) -> RuleCard:
        summary, _, story = cleandoc(cls.__doc__ or "").partition("\n")
        shares = measured().get(cls.code, Measured())
        return RuleCard(
            code=cls.code,
            name=cls.name,
            severity=cls.severity,
            confidence=cls.confidence,
            summary=summary.strip(),
            story=story.strip(),
            remedy=cls.remedy,
            source=cls.source,
            on_by_default=cls.on_by_default,
            opt_in=cls.opt_in,
            tentative_in=tuple(sorted(cls.tentative_in)),
            precision=shares.now,
            first_sight=shares.first_sight,
        )


def step_severity(severity: Severity, steps: int) -> Severity:
    """Severity moved by `steps`, kept within low … high (RULES.md §0.6: critical is reserved)."""
    return Severity(max(Severity.low, min(Severity.high, severity + steps)))


def guarded_confidence(base: Confidence, coverage: Coverage, *, escapes: bool | None = None) -> Confidence:
    """The open-world guard (RULES.md §0.5): one class less when cov < 0.6, one less when dynamic look-ups touch the subject."""
    lost = (coverage.accesses > 0 and coverage.share < 0.6) + bool(coverage.dynamic if escapes is None else escapes)
    return Confidence(max(Confidence.below, base - lost))


def open_world_note(coverage: Coverage) -> Evidence:
    """The sentence that every absence-based finding must show."""
    return Evidence(
        f"{coverage.resolved} of {coverage.accesses} file accesses in this scope were resolved; "
        f"{coverage.dynamic} dynamic look-ups could hide a use"
    )
