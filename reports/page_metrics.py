"""Metrics as the HTML page shows them: one panel each, bounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.result import Metric, MetricRow
from reports.wording import amount, clipped, elided, plural

ROWS_SHOWN = 12
PANELS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PanelRow:
    subject: str
    value: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric."""

    code: str
    name: str
    summary: str
    unit: str
    head: str
    """The first row in few words, for the closed panel."""
    rows: tuple[PanelRow, ...]
    cut: int
    """How many rows are not on the page."""
    note: str


def panels(metrics: Iterable[Metric]) -> tuple[Panel, ...]:
    """A panel a metric, in the order given."""
    return tuple(_panel(metric) for metric in list(metrics)[:PANELS_SHOWN])


def _panel(metric: Metric) -> Panel:
    rows = tuple(_row(row) for row in metric.rows[:ROWS_SHOWN])
    return Panel(
        code=clipped(metric.code, 20),
        name=clipped(metric.name, 60),
        summary=clipped(metric.summary, 500),
        unit=clipped(metric.unit, 40),
        head=f"{plural(len(metric.rows), 'row')}; first: {rows[0].subject} {rows[0].value}" if rows else "nothing to measure",
        rows=rows,
        cut=len(metric.rows) - len(rows),
        note=clipped(metric.note, 400),
    )


def _row(row: MetricRow) -> PanelRow:
    value = amount(row.value) if abs(row.value) >= 1 else f"{row.value:.2f}"
    return PanelRow(elided(row.subject, 90), value, clipped(row.text, 300), elided(str(row.site), 90) if row.site else "")
