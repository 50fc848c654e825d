"""What was seen and what was not, as the HTML page shows it."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.result import Coverage, DeclaredEdges
from reports.wording import clipped, elided, recovered, worth_knowing

MISSED_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Meter:
    """Parts of a whole: (name, count, percent of the whole)."""

    parts: tuple[tuple[str, int, float], ...]


@dataclass(frozen=True, slots=True)
class Missed:
    op: str
    artifact: str
    unit: str
    place: str


@dataclass(frozen=True, slots=True)
class Recall:
    """The declared edges and how many the analysis finds by itself; `words` is empty when nothing is declared."""

    words: str
    meter: Meter
    missed: tuple[Missed, ...]
    missed_cut: int


@dataclass(frozen=True, slots=True)
class Help:
    """Something that several accesses wait for."""

    what: str
    place: str
    accesses: int
    advice: str


def meter(coverage: Coverage) -> Meter:
    partly = min(coverage.partly, coverage.resolved)
    return _meter(
        ("resolved", coverage.resolved - partly),
        ("resolved in part", partly),
        ("not resolved", max(coverage.accesses - coverage.resolved, 0)),
    )


def recall(edges: DeclaredEdges) -> Recall:
    shown = tuple(
        Missed("writes" if edge.op == "write" else "reads", elided(edge.artifact, 90), elided(edge.unit, 70), elided(str(edge.site), 60))
        for edge in edges.missed[:MISSED_SHOWN]
    )
    missed = edges.declared - edges.recovered
    return Recall(recovered(edges), _meter(("found by itself", edges.recovered), ("only declared", missed)), shown, missed - len(shown))


def helping(coverage: Coverage) -> tuple[Help, ...]:
    return tuple(
        Help(clipped(blocker.what, 160), elided(str(blocker.site), 90), blocker.accesses, clipped(blocker.advice, 160))
        for blocker in worth_knowing(coverage)
    )


def _meter(*parts: tuple[str, int]) -> Meter:
    whole = max(sum(count for _, count in parts), 1)
    return Meter(tuple((name, count, round(100 * count / whole, 2)) for name, count in parts if count))
