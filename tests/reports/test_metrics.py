"""Metrics in the reports: described, bounded, never counted as findings."""

import json
from dataclasses import replace

from analyzer.model import Site
from analyzer.result import Metric, MetricRow, ScanResult
from reports.html import Html
from reports.json_report import Json
from reports.page_metrics import ROWS_SHOWN, panels


def _metric(rows: int) -> Metric:
    made = tuple(MetricRow(f"part{number}", number / 10, "3 of 30 <statements>", Site("a.py", 3)) for number in range(rows))
    return Metric("M-GLU", "glue ratio", "How much of it only carries data.", "share", made, "notebooks left out")


def test_a_result_without_metrics_has_no_panel(empty_result: ScanResult) -> None:
    assert 'id="metrics"' not in Html().render(empty_result)
    assert json.loads(Json().render(empty_result)).get("metrics", []) == []


def test_rows_beyond_the_bound_are_counted() -> None:
    (panel,) = panels([_metric(ROWS_SHOWN + 3)])
    assert (len(panel.rows), panel.cut) == (ROWS_SHOWN, 3)


def test_a_metric_is_shown_escaped_and_written_whole(empty_result: ScanResult) -> None:
    result = replace(empty_result, metrics=(_metric(2),))
    page = Html().render(result)
    assert 'id="M-GLU"' in page
    assert "3 of 30 &lt;statements&gt;" in page
    (written,) = json.loads(Json().render(result))["metrics"]
    assert [(row["subject"], row["value"], row["path"], row["line"]) for row in written["rows"]] == [
        ("part0", 0.0, "a.py", 3),
        ("part1", 0.1, "a.py", 3),
    ]
    assert written["note"] == "notebooks left out"
