"""Whatever a repository is called and holds, every format tells it: as text that can be written, and the same each time."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from analyzer.model import FAMILIES, Access, Artifact, Confidence, Edge, Evidence, Finding, Link, Severity, Site, Subject, Unit
from analyzer.result import Coverage, NotAnalysed, ProjectKind, Repository, ScanResult
from reports.json_report import Json, json_schema
from reports.registry import formats

ODD = st.text(st.characters(exclude_categories=()), max_size=12)
SITES = st.builds(Site, ODD, st.integers(0, 9999), st.integers(0, 9999), st.none() | st.integers(0, 99))
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(sorted(FAMILIES)).map(lambda prefix: f"{prefix}001"),
    name=st.just("a-name"),
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from([Confidence.A, Confidence.B, Confidence.C]),
    message=ODD,
    subject=st.builds(Subject, ODD, ODD),
    locations=st.lists(SITES, max_size=2).map(tuple),
    evidence=st.lists(st.builds(Evidence, ODD, st.none() | SITES), max_size=2).map(tuple),
    remedy=ODD,
    minutes=st.floats(),
    friction=st.floats(),
    owners=st.lists(ODD, max_size=2).map(tuple),
    suppressed=ODD,
    is_suppressed=st.booleans(),
    members=st.integers(0, 50),
    touches=st.none() | st.integers(0, 10**6),
    is_new=st.booleans(),
)
ACCESSES = st.builds(
    Access, SITES, st.sampled_from(["read", "write"]), st.just("file"), st.none() | ODD, st.just("literal"), ODD, declared=st.booleans()
)
GONE = st.lists(ODD, max_size=2).map(tuple)
LINKS = st.builds(Link, ODD, ODD, ODD, ODD, ODD, SITES, st.none() | SITES, st.booleans(), places=st.integers(1, 99), missing=GONE)
RESULTS = st.builds(
    ScanResult,
    links=st.lists(LINKS, max_size=3).map(tuple),
    projects=st.lists(st.builds(ProjectKind, ODD, ODD, st.just("library"), ODD, st.integers(0, 9)), max_size=2).map(tuple),
    repositories=st.lists(st.builds(Repository, ODD, ODD, st.none() | ODD, st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
    findings=st.lists(FINDINGS, max_size=4).map(tuple),
    accesses=st.lists(ACCESSES, max_size=3).map(tuple),
    artifacts=st.lists(
        st.builds(Artifact, ODD, st.just("file"), st.just("RAW"), st.lists(ACCESSES, max_size=2).map(tuple), st.just(())), max_size=2
    ).map(tuple),
    units=st.lists(st.builds(Unit, ODD, ODD, st.just("module"), ODD, ODD), max_size=2).map(tuple),
    components=st.just(()),
    edges=st.lists(st.builds(Edge, ODD, ODD, st.just("reads"), SITES, st.booleans()), max_size=2).map(tuple),
    coverage=st.builds(Coverage, history=ODD, unresolved_by_cause=st.just((("parameter", 3),))),
    not_analysed=st.lists(st.builds(NotAnalysed, ODD, ODD), max_size=2).map(tuple),
    cards=st.just(()),
    notes=st.lists(ODD, max_size=2).map(tuple),
    version=st.just("0.1.0"),
)


VALIDATOR = Draft202012Validator(json.loads(json_schema()))


@given(RESULTS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_json_is_valid(result: ScanResult) -> None:
    VALIDATOR.validate(json.loads(Json().render(result), parse_constant=lambda name: pytest.fail(f"{name} is not JSON")))


@pytest.mark.parametrize("name", sorted(formats()))
@given(result=RESULTS)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_every_format_renders(name: str, result: ScanResult) -> None:
    text = formats()[name]().render(result)
    assert text.encode("utf-8")
    assert "\x1b" not in text
    assert formats()[name]().render(result) == text
