"""UDC005: published names, own insides and declared readers; then readers of another component's workshop."""

from __future__ import annotations

import pytest

from analyzer.model import Artifact, Confidence
from analyzer.scan import graph_of_texts
from rules.artifact_names import canonical
from rules.internal_names import is_internal
from rules.internal_table_or_path_reader import InternalTableOrPathReader
from rules.undeclared_artifact_reader import UndeclaredArtifactReader

WRITER, READER, STAGED, PUBLISHED = (
    "clicks/prepare.py",
    "ranking/train.py",
    "s3://acme/clicks/stg_sessions.parquet",
    "s3://acme/clicks/sessions.parquet",
)


@pytest.fixture
def two(system):
    return system.module(WRITER, "clicks").module(READER, "ranking")


def found(system):
    return list(InternalTableOrPathReader().check(system.graph))


@pytest.mark.parametrize(
    "name",
    [
        "data/interim/sessions.parquet",
        "data/raw/clicks.csv",
        "data/internals.csv",
        "data/integer_codes.csv",
        "data/temperature.csv",
        "data/latest.csv",
    ],
)
def test_names_that_mark_nothing(name):
    assert not is_internal(canonical(name))


@pytest.mark.parametrize(
    "name",
    [
        "data/stg_sessions.csv",
        "data/tmp_x.parquet",
        "data/sessions_staging.csv",
        "data/scratch/sessions.csv",
        "s3://acme/cache/s.csv",
        "_users",
    ],
)
def test_names_that_mark_the_workshop(name):
    assert is_internal(canonical(name))


def test_the_same_component(system):
    system.module(WRITER, "clicks").module("clicks/train.py", "clicks").handoff(WRITER, STAGED, "clicks/train.py")
    assert found(system) == []


def test_a_published_file(two):
    assert found(two.handoff(WRITER, PUBLISHED, READER)) == []


@pytest.mark.parametrize("roles", [["EVAL"]])
def test_evaluation_and_monitoring_look_everywhere(system, roles):
    system.module(WRITER, "clicks").module("ranking/evaluate.py", "ranking", roles=roles)
    assert found(system.handoff(WRITER, STAGED, "ranking/evaluate.py")) == []


def test_one_program_runs_both(two):
    two.handoff(WRITER, STAGED, READER).module("run.py", "ops").imports("run.py", WRITER).imports("run.py", READER)
    assert found(two) == []


def test_a_contract(two):
    two.handoff(WRITER, STAGED, READER).graph.contracts = ((STAGED, "clicks", ("ranking",)),)
    assert found(two) == []


def test_a_package_dependency(two):
    assert found(two.handoff(WRITER, STAGED, READER).imports(READER, WRITER)) == []


def test_a_successor_is_published(two):
    two.handoff(WRITER, STAGED, READER)
    write = two.access(WRITER, "write", PUBLISHED)
    two.graph.artifacts[PUBLISHED] = Artifact(PUBLISHED, "object", "INTERMEDIATE", (write,), ())
    (finding,) = found(two)
    assert finding.confidence == Confidence.B
    assert f"`{PUBLISHED}` is what is published" in finding.message
    assert [site.path for site in finding.locations] == [READER, WRITER]


def test_without_a_successor_it_is_tentative(two):
    (finding,) = found(two.handoff(WRITER, STAGED, READER))
    assert finding.confidence == Confidence.C
    assert 'consumers = ["ranking"]' in finding.remedy


@pytest.mark.parametrize("successor", [True, False])
def test_one_edge_is_one_finding(two, successor):
    two.handoff(WRITER, STAGED, READER).step("dvc.yaml::other").declares("dvc.yaml::other", "write", "data/other.csv")
    if successor:
        two.graph.artifacts[PUBLISHED] = Artifact(PUBLISHED, "object", "INTERMEDIATE", (two.access(WRITER, "write", PUBLISHED),), ())
    rules = [finding.rule for rule in (UndeclaredArtifactReader, InternalTableOrPathReader) for finding in rule().check(two.graph)]
    assert rules == (["UDC005"] if successor else ["UDC001"])


def test_a_table_with_a_schema_bears_its_mark_behind_the_schema(two):
    two.handoff(WRITER, "warehouse.stg_clicks", READER)
    graph = two.graph
    write = two.access(WRITER, "write", "warehouse.clicks")
    for name in ("warehouse.stg_clicks", "warehouse.clicks"):
        graph.artifacts[name] = Artifact(name, "table", "INTERMEDIATE", (write,), ())
    (finding,) = found(two)
    assert finding.confidence == Confidence.B
    assert "`warehouse.clicks` is what is published" in finding.message


def tools(path, text, **more):
    graph = graph_of_texts({path: text, **more})
    return [finding for finding in InternalTableOrPathReader().check(graph) if finding.subject.kind == "file"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_lock.py", "print(open('dvc.lock').read())\n"),
        ("report.py", "print(open('poetry.lock').read())\n"),
        ("report.py", "print(open('store.zarr/attributes.json').read())\n"),
        ("report.py", "import nbformat\n\nprint(nbformat.read('other/Prepare.ipynb', 4))\n"),
        ("clean.py", "import glob\n\nfor path in glob.glob('*/.ipynb_checkpoints/*-checkpoint.ipynb'):\n    print(open(path).read())\n"),
        ("Makefile", "show:\n\tcat dvc.lock\n"),
    ],
)
def test_files_that_are_not_a_tools_own_or_only_shown(path, text):
    assert tools(path, text) == []


def test_the_text_of_a_notebook_of_the_repository():
    text = "print(open('notebooks/Prepare.ipynb').read())\n"
    notebook = '{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    assert tools("report.py", text, **{"notebooks/Prepare.ipynb": notebook}) == []
    assert len(tools("report.py", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import yaml\n\nlock = yaml.safe_load(open('dvc.lock'))\n",
        "from pathlib import Path\n\nprint(Path('store.zarr/.zattrs').read_text())\n",
        "import json\n\nstate = json.load(open('infra/terraform.tfstate'))\n",
    ],
)
def test_code_that_opens_what_a_tool_keeps_for_itself(text):
    (finding,) = tools("report.py", text)
    assert (finding.confidence, finding.locations[0].path, finding.locations[0].line) == (Confidence.C, "report.py", 3)
