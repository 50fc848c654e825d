"""The JSON report keeps its contract, whatever the repository is called."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

import reports
from analyzer.model import Finding
from analyzer.result import ProjectKind, ScanResult
from reports.json_report import Json, json_schema
from reports.schema import Report


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(json_schema()))


def parsed(result: ScanResult) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(Json().render(result))
    validator().validate(body)
    return body


def test_the_shipped_schema_is_the_one_the_models_say() -> None:
    shipped = Path(next(iter(reports.__path__))) / "schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema(), "write reports.json_report.json_schema() to reports/schema.json"


def test_the_schema_is_itself_valid_and_refuses_unknown_keys(result: ScanResult) -> None:
    Draft202012Validator.check_schema(json.loads(json_schema()))
    body = parsed(result)
    body["findings"][0]["extra"] = 1
    assert [error.validator for error in validator().iter_errors(body)] == ["additionalProperties"]


def test_an_empty_result_is_valid(empty_result: ScanResult) -> None:
    body = parsed(empty_result)
    assert body["findings"] == []
    assert body["summary"]["principal_hours"] == {"low": 0.0, "high": 0.0}


def test_the_contract_by_name(result: ScanResult) -> None:
    body = parsed(result)
    promised = "schema_version tool repositories findings accesses artifacts units edges coverage not_analysed summary"
    assert [key for key in promised.split() if key not in body] == []
    assert body["schema_version"] == 1
    assert set(body["tool"]) == {"name", "version"}
    assert set(body["repositories"][0]) == {"path", "name", "commit", "files", "lines"}
    finding = body["findings"][0]
    promised = (
        "fingerprint rule name family severity confidence message subject locations evidence remedy "
        "principal_hours interest owners suppressed new"
    )
    assert [key for key in promised.split() if key not in finding] == []
    assert set(finding["subject"]) == {"kind", "id"}
    assert set(finding["locations"][0]) == {"path", "line", "end_line"}
    assert {"text", "path", "line"} == set(finding["evidence"][0])
    assert set(finding["interest"]) == {"touches_per_year", "hours_per_year", "assumption"}
    for access in body["accesses"]:
        assert {"path", "line", "op", "kind", "artifact", "via", "declared", "unit"} <= set(access)
    assert {"id", "kind", "writers", "readers", "declared_by"} <= set(body["artifacts"][0])
    assert {"id", "path", "kind", "role", "component"} <= set(body["units"][0])
    assert {"from", "to", "kind", "declared"} <= set(body["edges"][0])
    assert set(body["not_analysed"][0]) == {"path", "reason"}


def test_words_and_numbers_of_one_finding(result: ScanResult) -> None:
    finding = next(f for f in parsed(result)["findings"] if f["rule"] == "UDC001" and f["locations"][0]["path"] == "serving/app.py")
    assert (finding["severity"], finding["confidence"], finding["family"]) == ("high", "A", "undeclared-consumer")
    assert finding["principal_hours"] == {"low": 1.0, "high": 4.0}
    assert finding["interest"] == {"touches_per_year": 44, "hours_per_year": 7.333, "assumption": "10 min of extra work per touch"}
    assert (finding["suppressed"], finding["new"]) == (False, True)


def test_a_finding_without_history_has_unknown_interest(result: ScanResult) -> None:
    finding = next(f for f in parsed(result)["findings"] if f["rule"] == "REP003")
    assert finding["interest"]["touches_per_year"] is None
    assert finding["interest"]["hours_per_year"] is None


def test_cell_only_in_notebooks(result: ScanResult) -> None:
    for finding in parsed(result)["findings"]:
        for place in finding["locations"]:
            assert ("cell" in place) == place["path"].endswith(".ipynb")


def test_an_unresolved_access_is_null_not_missing(result: ScanResult) -> None:
    unknown = replace(result.accesses[0], artifact=None, expression="join of variables")
    access = parsed(replace(result, accesses=(unknown,)))["accesses"][0]
    assert access["artifact"] is None
    assert access["expression"] == "join of variables"


def test_the_summary_counts_what_is_not_suppressed(result: ScanResult) -> None:
    summary = parsed(result)["summary"]
    assert (summary["findings"], summary["suppressed"]) == (17, 1)
    assert summary["by_severity"] == {"critical": 1, "high": 4, "medium": 5, "low": 5, "info": 2}
    assert sum(summary["by_rule"].values()) == sum(summary["by_family"].values()) == 17
    assert summary["by_family"]["dead-experiment"] == 3


def test_two_findings_about_one_subject_share_one_repair(empty_result: ScanResult, make_finding: Callable[..., Finding]) -> None:
    twice = (make_finding(minutes=60.0), make_finding("JGL001", minutes=120.0))
    apart = (make_finding(minutes=60.0), make_finding("JGL001", "b.py", minutes=120.0))
    assert parsed(replace(empty_result, findings=twice))["summary"]["principal_hours"] == {"low": 1.0, "high": 4.0}
    assert parsed(replace(empty_result, findings=apart))["summary"]["principal_hours"] == {"low": 1.5, "high": 6.0}


def test_the_order_of_the_result_does_not_matter(result: ScanResult) -> None:
    turned = replace(
        result,
        findings=result.findings[::-1],
        accesses=result.accesses[::-1],
        artifacts=result.artifacts[::-1],
        units=result.units[::-1],
        edges=result.edges[::-1],
        not_analysed=result.not_analysed[::-1],
        components=result.components[::-1],
        cards=result.cards[::-1],
        skipped=result.skipped[::-1],
    )
    assert Json().render(turned) == Json().render(result)
    assert Json().render(result).endswith("}\n")


def test_it_says_what_each_project_was_taken_for(empty_result: ScanResult) -> None:
    kinds = (ProjectKind("web", "shop", "application", "1 module serves", 40), ProjectKind("", "shop", "library", "published package", 60))
    assert parsed(replace(empty_result, projects=kinds))["projects"] == [
        {"root": "", "name": "shop", "archetype": "library", "because": "published package", "python_lines": 60},
        {"root": "web", "name": "shop", "archetype": "application", "because": "1 module serves", "python_lines": 40},
    ]


def test_the_models_read_back_what_they_write(result: ScanResult) -> None:
    text = Json().render(result)
    report = Report.model_validate_json(text)
    assert report.edges[0].source == json.loads(text)["edges"][0]["from"]
    with pytest.raises(ValidationError):
        Report.model_validate({**json.loads(text), "surprise": 1})


def test_the_format_can_be_found_without_pydantic() -> None:
    code = "import sys; from reports.registry import formats; formats(); print('pydantic' in sys.modules, 'jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(reports.__path__[0]).parent)
    assert done.stdout.split() == ["False", "False"]


def test_coverage_tells_what_is_recovered_and_what_would_help(result: ScanResult, empty_result: ScanResult) -> None:
    coverage = parsed(result)["coverage"]
    edges = coverage["declared_edges"]
    assert (edges["declared"], edges["recovered"]) == (48, 40)
    assert edges["by_mechanism"][0] == {"mechanism": "dvc", "declared": 36, "recovered": 30}
    assert edges["missed"][0] == {
        "path": "ingest/dvc.yaml", "line": 7, "unit": "ingest/dvc.yaml::clean", "op": "read", "artifact": "data/raw/events.parquet",
        "mechanism": "dvc",
    }  # fmt: skip
    assert coverage["most_helpful"][0] == {
        "path": "ingest/io.py", "line": 12, "what": "parameter `path` of load_table", "accesses": 14,
        "advice": "pass it in a checked-in command",
    }  # fmt: skip
    empty = parsed(empty_result)["coverage"]
    assert empty["declared_edges"] == {"declared": 0, "recovered": 0} and "most_helpful" not in empty


def test_what_another_finding_explains_names_it_and_is_not_in_the_hours(
    empty_result: ScanResult, make_finding: Callable[..., Finding]
) -> None:
    root = make_finding(path="old.py", minutes=60)
    inside = make_finding(path="inside.py", folded_under=root.fingerprint, minutes=60)
    report = json.loads(Json().render(replace(empty_result, findings=(inside, root))))
    assert sorted(finding.get("folded_under", "") for finding in report["findings"]) == ["", root.fingerprint]
    assert report["summary"]["findings"] == 2
    assert report["summary"]["principal_hours"] == {"low": 0.5, "high": 2.0}
