"""In-line suppressions: which findings they hide, which are unused, expired or without a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import FAMILIES, Confidence, Evidence, Finding, RuleCard, Severity, Site, Subject
from analyzer.read.step_facts import StepFacts
from analyzer.read.suppression import Suppression

UNUSED = RuleCard(
    code="SML900",
    name="unused-suppression",
    severity=Severity.low,
    confidence=Confidence.A,
    summary="A suppression hides nothing, has expired or names no rule.",
    story=(
        "It tells the next reader of a debt that is not there, or hides the next one that is. Exempt: suppressions in tests, "
        "documentation, vendored and generated files, and those of rules that did not run.\n\n"
        "Known false positives: a suppression of what only another configuration of the scan finds."
    ),
    remedy="Remove the suppression, or renew its date and reason.",
    source="the practice of ruff (RUF100) and pylint (useless-suppression)",
    on_by_default=True,
)
WITHOUT_REASON = RuleCard(
    code="SML901",
    name="suppression-without-reason",
    severity=Severity.low,
    confidence=Confidence.A,
    summary="A suppression does not say why.",
    story=(
        "Nobody can tell a false positive from a debt that was put off. Exempt: all, unless the configuration sets `require_reasons`.\n\n"
        "Known false positives: a reason that stands in the line above."
    ),
    remedy="Write the reason after the code: `# mldebt: ignore[CODE] reason`.",
    source="the practice of eslint-comments (require-description)",
    on_by_default=True,
)
SUPPRESSION_CARDS = (UNUSED, WITHOUT_REASON)


@dataclass(slots=True)
class _Placed:
    """A suppression in its file."""

    fact: Suppression
    site: Site
    lines: frozenset[int]
    """Lines (as reported) whose findings it hides."""
    is_expired: bool = False
    is_used: bool = field(default=False)

    @property
    def subject(self) -> str:
        return f"{self.site.path}::{','.join(self.fact.codes) or 'every rule'}{'::whole file' if self.fact.whole_file else ''}"

    def names(self, code: str) -> bool:
        return not self.fact.codes or any(_names(name, code) for name in self.fact.codes)

    def hides(self, finding: Finding) -> bool:
        place = finding.locations[0]
        here = self.fact.whole_file or (place.cell == self.site.cell and place.line in self.lines)
        return here and self.names(finding.rule)


class Suppressions:
    """The suppressions of a graph. Asks `today` only to tell which have expired."""

    def __init__(self, graph: SystemGraph, today: date) -> None:
        self._by_path: dict[str, list[_Placed]] = {}
        self._judged: set[str] = set()
        for path, module in graph.modules.items():
            self._add(path, [_in_module(module, fact) for fact in module.facts.suppressions], today)
            if not module.is_excluded:
                self._judged.add(path)
        for path, steps in graph.steps.items():
            self._add(path, [_in_steps(path, steps, fact) for fact in steps.suppressions], today)
            self._judged.add(path)

    def _add(self, path: str, placed: list[_Placed], today: date) -> None:
        for suppression in placed:
            suppression.is_expired = _has_expired(suppression.fact.expires, today)
        if placed:
            self._by_path.setdefault(path, []).extend(placed)

    def apply(self, finding: Finding) -> Finding:
        """The finding, hidden when a suppression in the file of its first location says so."""
        if not finding.locations:
            return finding
        reason: str | None = None
        for suppression in self._by_path.get(finding.locations[0].path, ()):
            if suppression.hides(finding):
                suppression.is_used = True
                if not suppression.is_expired and reason is None:
                    reason = suppression.fact.reason
        return finding if reason is None else finding.hidden_by(reason)

    def judge(self, ran: Collection[str], known: Collection[str], *, require_reasons: bool) -> Iterator[Finding]:
        """Findings about the suppressions themselves; call it after `apply` saw every finding of the rules that `ran`."""
        for path in sorted(self._judged & self._by_path.keys()):
            seen: dict[str, int] = defaultdict(int)
            for suppression in self._by_path[path]:
                seen[suppression.subject] += 1
                subject = Subject("suppression", f"{suppression.subject}::{seen[suppression.subject]}")
                fault = _fault(suppression, ran, known)
                if fault:
                    yield _finding(UNUSED, fault, subject, suppression.site)
                if require_reasons and not suppression.fact.reason:
                    yield _finding(WITHOUT_REASON, "the suppression gives no reason", subject, suppression.site)


def _fault(suppression: _Placed, ran: Collection[str], known: Collection[str]) -> str:
    codes = suppression.fact.codes
    unknown = [name for name in codes if not any(_names(name, code) for code in known)]
    if unknown:
        return f"the suppression names no rule: {', '.join(unknown)}"
    if suppression.is_expired:
        expires = suppression.fact.expires
        return f"the suppression expired on {expires}" if _date(expires) else f"the suppression's date `{expires}` is none (YYYY-MM-DD)"
    if suppression.is_used:
        return ""
    meant = [code for code in known if suppression.names(code)]
    if any(code not in ran for code in meant):
        return ""
    return f"the suppression of {', '.join(codes) or 'every rule'} hides nothing"


def _finding(card: RuleCard, message: str, subject: Subject, site: Site) -> Finding:
    return Finding(
        rule=card.code,
        name=card.name,
        severity=card.severity,
        confidence=card.confidence,
        message=message[0].upper() + message[1:],
        subject=subject,
        locations=(site,),
        evidence=(Evidence(message, site),),
        remedy=card.remedy,
        minutes=2,
        friction=0,
    )


def _names(name: str, code: str) -> bool:
    """Does a name in a suppression mean the rule: its code, its family's prefix or its family's name?"""
    upper = name.upper()
    return upper in (code, code[:3]) or name.lower() == FAMILIES.get(code[:3])


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _has_expired(text: str, today: date) -> bool:
    """A date that cannot be read counts as expired: a slip of the pen must not hide a debt for ever."""
    if not text:
        return False
    day = _date(text)
    return day is None or day < today


def _in_module(module: Module, fact: Suppression) -> _Placed:
    facts = module.facts
    spans = [(call.line, call.end_line) for call in facts.calls] + [(branch.line, branch.line) for branch in facts.branches]
    starts = [item.line for group in (facts.imports, facts.assigns, facts.texts, facts.scopes[1:]) for item in group]
    lines = _reach(fact.line, [*spans, *((line, line) for line in starts)])
    site = module.site(fact.line)
    return _Placed(fact, site, frozenset(place.line for place in map(module.site, sorted(lines)) if place.cell == site.cell))


def _in_steps(path: str, facts: StepFacts, fact: Suppression) -> _Placed:
    spans = [(command.line, command.line) for step in facts.steps for command in step.commands]
    spans += [(item.line, item.line) for step in facts.steps for item in (*step.deps, *step.outs)]
    spans += [(step.line, step.line) for step in facts.steps]
    return _Placed(fact, Site(path, fact.line), _reach(fact.line, spans))


def _reach(line: int, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Lines that a suppression on `line` covers: its own statement, or the next one when it stands alone on its line."""
    known: Sequence[tuple[int, int]] = [(start, max(start, end)) for start, end in spans]
    on_code = any(start <= line <= end for start, end in known)
    first = {line} if on_code else {line, line + 1}
    reached = set(first)
    for start, end in known:
        if start in first:
            reached.update(range(start, min(end, start + 1_000) + 1))
    return frozenset(reached)
