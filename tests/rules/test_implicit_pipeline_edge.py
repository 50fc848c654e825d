"""JGL001: what is no implicit pipeline, then what is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.graph.system import Project
from analyzer.model import Confidence, Edge, Severity, Site
from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.step_facts import Declared, StepFacts
from rules.implicit_pipeline_edge import ImplicitPipelineEdge

CLEAN, FEATURES, TRAIN = "clean.py", "features.py", "train.py"
SALES, TABLE = "data/interim/sales.parquet", "data/interim/sales_features.parquet"


@pytest.fixture
def chain(system):
    """clean → features → train, declared nowhere."""
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    return system.handoff(CLEAN, SALES, FEATURES).handoff(FEATURES, TABLE, TRAIN)


def found(system):
    return list(ImplicitPipelineEdge().check(system.graph))


def shown(system):
    return [finding for finding in found(system) if finding.confidence > Confidence.C]


def test_one_edge_alone_is_tentative(system):
    system.module(CLEAN).module(TRAIN).handoff(CLEAN, SALES, TRAIN)
    assert shown(system) == []
    [finding] = found(system)
    assert finding.members == 1


def test_one_edge_from_what_something_runs_is_not_told(system):
    system.module(CLEAN).module(TRAIN).handoff(CLEAN, SALES, TRAIN)
    system.graph.invoked_by[CLEAN] = (Site("run.sh", 1),)
    assert found(system) == []


def test_a_shell_script_orders_the_steps(chain):
    chain.graph.orders |= {(CLEAN, FEATURES), (FEATURES, TRAIN)}
    assert found(chain) == []


def test_order_between_drivers_counts_for_the_modules_they_import(system):
    """The accesses lie in library modules; a script runs the entry points one after the other."""
    for path in ("prepare.py", "fit.py"):
        system.module(path)
    for path in ("lib/store.py", "lib/load.py"):
        system.module(path, runs=False)
    system.imports("prepare.py", "lib/store.py").imports("fit.py", "lib/load.py")
    for name in ("sales", "clients"):
        system.handoff("lib/store.py", f"data/interim/{name}.parquet", "lib/load.py")
    assert found(system)
    system.graph.orders.add(("prepare.py", "fit.py"))
    assert found(system) == []


def test_one_program_that_imports_both_orders_them(chain):
    chain.module("main.py")
    for path in (CLEAN, FEATURES, TRAIN):
        chain.imports("main.py", path)
    assert found(chain) == []


def test_a_test_that_imports_both_orders_nothing(chain):
    chain.module("tests/test_all.py", is_test=True)
    for path in (CLEAN, FEATURES, TRAIN):
        chain.imports("tests/test_all.py", path)
    assert len(found(chain)) == 1


def test_a_script_unit_that_invokes_both_orders_them(chain):
    chain.step("run.sh::all", "shell")
    chain.graph.edges += [
        Edge("run.sh::all", path, "invokes", Site("run.sh", line)) for line, path in enumerate((CLEAN, FEATURES, TRAIN), 1)
    ]
    assert found(chain) == []


def test_readme_that_runs_both_in_order_declares_them(chain):
    for line, path in enumerate((CLEAN, FEATURES, TRAIN), 10):
        chain.graph.invoked_by[path] = [Site("README.md", line)]
    assert found(chain) == []


def test_readme_that_runs_them_the_other_way_round_declares_nothing(chain):
    for line, path in enumerate((TRAIN, FEATURES, CLEAN), 10):
        chain.graph.invoked_by[path] = [Site("README.md", line)]
    assert len(found(chain)) == 1


def test_a_workflow_that_runs_the_writer_and_then_reads_declares_the_order(system):
    system.module("combine.py").step(".github/workflows/release.yml::publish", "ci")
    system.graph.invoked_by["combine.py"] = [Site(".github/workflows/release.yml", 40)]
    for name in ("alpha", "bravo"):
        system.handoff("combine.py", f"data/{name}.csv", ".github/workflows/release.yml::publish")
    system.graph.data_edges = [
        replace(edge, reader=replace(edge.reader, site=Site(".github/workflows/release.yml", 41))) for edge in system.graph.data_edges
    ]
    assert found(system) == []


def test_what_a_pipeline_step_writes_is_made_by_a_checked_in_file(system):
    system.step("Makefile::data", "make").module(TRAIN)
    system.handoff("Makefile::data", SALES, TRAIN).handoff("Makefile::data", TABLE, TRAIN)
    assert found(system) == []


def test_a_workflow_that_no_reader_knows_but_that_names_both_steps(chain):
    leaves = tuple(
        (f"spec.templates.{number}.command", f"python /src/{path}", number) for number, path in enumerate((CLEAN, FEATURES, TRAIN))
    )
    chain.graph.configs["argo/workflow.yaml"] = ConfigFacts("yaml", 9, leaves)
    assert found(chain) == []


def test_tutorial_folders_of_a_project_that_is_none(system):
    for path in ("tutorials/a.py", "tutorials/b.py", "tutorials/c.py"):
        system.module(path)
    system.handoff("tutorials/a.py", SALES, "tutorials/b.py").handoff("tutorials/b.py", TABLE, "tutorials/c.py")
    assert found(system) == []


def test_packaging_scripts_build_software(system):
    for path in ("ci/build.sh", "ci/pack.sh", "ci/ship.sh"):
        system.step(path, "shell")
    system.handoff("ci/build.sh", "dist/wrapper.tar.gz", "ci/pack.sh").handoff("ci/pack.sh", "dist/bundle.tar.gz", "ci/ship.sh")
    assert found(system) == []


def test_one_vague_end_is_enough(chain):
    chain.graph.data_edges = [
        replace(edge, level=2, writer=replace(edge.writer, artifact="{folder}/{name}.parquet")) for edge in chain.graph.data_edges
    ]
    assert found(chain) == []


def test_artifact_of_a_declared_step_is_not_implicit(chain):
    chain.declares("dvc.yaml::all", "write", "data/interim", runs=[CLEAN])
    assert found(chain) == []


def test_data_under_dvc_is_not_implicit(chain):
    chain.file("data/interim.dvc", StepFacts("dvc", 5, tracked=(Declared("data/interim", 2),)))
    assert found(chain) == []


@pytest.mark.parametrize(
    "artifact",
    [
        "src/tests/sales_100.csv",
        "data/reference/regions_of_sales.csv",
        "data/lookup_tables/regions_of_sales.csv",
        "reports/sales_by_region.csv",
        "docs/data/sales_by_region.json",
        "experiments/results.csv",
        "data/interim/sales.txt",
        "data/interim/sales.png",
    ],
)
def test_committed_files_for_tests_people_and_reference_need_no_producer_run(system, artifact):
    system.module(CLEAN).module(TRAIN).handoff(CLEAN, artifact, TRAIN)
    system.graph.tracked_files = frozenset({artifact})
    assert found(system) == []


def test_committed_data_of_a_step_that_something_runs_needs_no_producer_run(chain):
    chain.graph.tracked_files = frozenset({SALES, TABLE})
    chain.graph.invoked_by[FEATURES] = (Site("run.sh", 1),)
    assert found(chain) == []


def test_committed_data_between_steps_that_people_run_is_tentative_and_says_why(chain):
    chain.graph.tracked_files = frozenset({SALES, TABLE})
    assert shown(chain) == []
    [finding] = found(chain)
    assert finding.members == 2
    assert any(part.text.startswith("git holds these files") for part in finding.evidence)


def test_data_that_git_does_not_hold_raises_no_such_doubt(chain):
    [finding] = found(chain)
    assert not any("git holds" in part.text for part in finding.evidence)


def test_a_checkpoint_that_git_holds_under_its_files_names(system):
    system.module(CLEAN).module(TRAIN).handoff(CLEAN, "models/saved/encoder", TRAIN)
    assert found(system)
    system.graph.tracked_files = frozenset({"models/saved/encoder.index", "models/saved/encoder.data-00000-of-00001"})
    assert found(system) == []


def test_a_committed_placeholder_commits_nothing_else(system):
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    system.handoff(CLEAN, "data/interim", FEATURES).handoff(FEATURES, "data/feature_tables", TRAIN)
    system.graph.tracked_files = frozenset({"data/interim/.gitignore", "data/feature_tables/README.md"})
    assert len(found(system)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"klass": "LOG"},
        {"klass": "REPORT"},
        {"klass": "CONFIG"},
        {"temporary": True},
        {"guarded": True},
        {"kind": "topic"},
        {"level": 1},
        {"via": "env"},
    ],
)
def test_what_is_no_relay(system, fields):
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    system.handoff(CLEAN, SALES, FEATURES, **fields).handoff(FEATURES, TABLE, TRAIN, **fields)
    assert shown(system) == []
    if fields.keys().isdisjoint({"via"}) and fields.get("klass") != "REPORT":
        assert found(system) == []


def test_same_file_is_no_edge(system):
    system.module(TRAIN).handoff(TRAIN, SALES, TRAIN).handoff(TRAIN, TABLE, TRAIN)
    assert found(system) == []


def test_reader_that_writes_the_artifact_itself_needs_nobody(chain):
    chain.access(FEATURES, "write", SALES, line=20)
    chain.access(TRAIN, "write", TABLE, line=20)
    assert found(chain) == []


@pytest.mark.parametrize("artifact", ["model:acme/ranker", "dataset:acme/sales", "runs:/42/model", "https://huggingface.co/acme/ranker"])
def test_registries_and_hubs_are_interfaces(system, artifact):
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    system.handoff(CLEAN, artifact, FEATURES, kind="model").handoff(CLEAN, artifact, TRAIN, kind="model")
    assert found(system) == []


@pytest.mark.parametrize("artifact", ["{out}/model.pt", "{args.dir}/results/train.csv", "{a}/{b}", "train.csv"])
def test_vague_identities_join_nothing(system, artifact):
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    system.handoff(CLEAN, artifact, FEATURES, level=2).handoff(FEATURES, artifact, TRAIN, level=2)
    assert found(system) == []


def test_tutorials_and_tests_are_left_alone(chain):
    chain.graph.projects[""] = Project("", "tutorial")
    assert found(chain) == []


def test_steps_of_a_test_folder(system):
    for path in ("a.py", "b.py", "c.py"):
        system.module(path, is_test=True)
    system.handoff("a.py", SALES, "b.py").handoff("b.py", TABLE, "c.py")
    assert found(system) == []


def test_library_functions_that_no_step_reaches(system):
    for path in ("lib/a.py", "lib/b.py", "lib/c.py"):
        system.module(path, runs=False)
    system.handoff("lib/a.py", SALES, "lib/b.py").handoff("lib/b.py", TABLE, "lib/c.py")
    assert found(system) == []


def test_an_orchestrated_producer_is_declared_by_its_dag(chain):
    chain.module("dags/daily.py", roles=["ORCH"]).imports("dags/daily.py", CLEAN).imports("dags/daily.py", FEATURES)
    assert found(chain) == []


def test_an_edge_between_components_belongs_to_udc001_where_something_is_declared(system):
    system.module(CLEAN, "prep").module(FEATURES, "feat").module(TRAIN, "model")
    system.handoff(CLEAN, SALES, FEATURES).handoff(FEATURES, TABLE, TRAIN)
    system.declares("dvc.yaml::other", "write", "data/other.csv")
    assert found(system) == []


def test_a_chain_is_one_finding_with_both_ends_of_every_edge(chain):
    (finding,) = found(chain)
    assert finding.members == 2
    assert finding.severity == Severity.medium
    assert finding.confidence == Confidence.B
    assert finding.locations[0] == Site(CLEAN, 10)
    assert {site.path for site in finding.locations} == {CLEAN, FEATURES, TRAIN}
    assert finding.subject.id == CLEAN
    assert finding.minutes == 40
    assert [item.site.path for item in finding.evidence if item.site] == [CLEAN, FEATURES, FEATURES, TRAIN]


def test_two_pipelines_are_two_findings(chain):
    for path in ("x.py", "y.py", "z.py"):
        chain.module(path)
    chain.handoff("x.py", "out/alpha.csv", "y.py").handoff("y.py", "out/bravo.csv", "z.py")
    assert [finding.subject.id for finding in found(chain)] == [CLEAN, "x.py"]


def test_the_remedy_is_a_dvc_stage_to_paste(chain):
    (finding,) = found(chain)
    assert (
        "  features:\n    cmd: python features.py\n    deps:\n      - features.py\n"
        "      - data/interim/sales.parquet\n    outs:\n      - data/interim/sales_features.parquet" in finding.remedy
    )


def test_a_new_stage_names_all_that_its_step_reads(chain):
    chain.access(FEATURES, "read", "ref/calendar.csv")
    chain.access(FEATURES, "read", "s3://lake/raw.csv")
    chain.access(FEATURES, "read", "cfg/a.yaml", klass="CONFIG")
    (finding,) = found(chain)
    assert "      - data/interim/sales.parquet\n      - ref/calendar.csv\n    outs:" in finding.remedy
    assert "raw.csv" not in finding.remedy and "a.yaml" not in finding.remedy


@pytest.mark.parametrize(
    ("unit", "mechanism", "stub"),
    [
        ("dvc.yaml::fit", "dvc", '  "fit":\n    deps:\n      - data/interim/sales.parquet'),
        ("Makefile::model.joblib", "make", "model.joblib: data/interim/sales.parquet"),
    ],
)
def test_a_stage_that_is_there_gets_what_it_lacks(system, unit, mechanism, stub):
    system.module(CLEAN).module(TRAIN).handoff(CLEAN, SALES, TRAIN)
    system.declares(unit, "write", "model.joblib", runs=[TRAIN], mechanism=mechanism)
    (finding,) = found(system)
    assert finding.remedy.endswith(stub)
    assert f"python {TRAIN}" not in finding.remedy


def test_the_remedy_is_a_make_rule_where_make_is_used(system):
    system.module(CLEAN, production="Docker runs it").module(TRAIN)
    system.handoff(CLEAN, SALES, TRAIN)
    system.declares("Makefile::model.joblib", "write", "model.joblib", runs=[TRAIN], mechanism="make")
    (finding,) = found(system)
    assert "data/interim/sales.parquet: clean.py\n\tpython clean.py" in finding.remedy


def test_half_declared_needs_one_edge_and_is_high_in_production(system):
    system.module(CLEAN).module(TRAIN, production="the service loads its model")
    system.handoff(CLEAN, SALES, TRAIN)
    system.declares("dvc.yaml::train", "write", "models/model.joblib", runs=[TRAIN])
    (finding,) = found(system)
    assert finding.severity == Severity.high
    assert any("dvc.yaml::train" in item.text for item in finding.evidence)


def test_notebooks_are_research(system):
    for path in ("a.ipynb", "b.ipynb", "c.ipynb"):
        system.module(path)
    system.handoff("a.ipynb", SALES, "b.ipynb").handoff("b.ipynb", TABLE, "c.ipynb")
    (finding,) = found(system)
    assert finding.severity == Severity.low


def test_tables_get_a_contract(system):
    for path, component in ((CLEAN, "prep"), (FEATURES, "prep"), (TRAIN, "model")):
        system.module(path, component)
    system.handoff(CLEAN, "s3://lake/interim/sales.parquet", FEATURES).handoff(FEATURES, "s3://lake/interim/features_v.parquet", TRAIN)
    (finding,) = found(system)
    assert '[[contract]]\nartifact = "s3://lake/interim/features_v.parquet"\nproducer = "prep"\nconsumers = ["model"]' in finding.remedy


def test_confidence_falls_when_little_could_be_resolved(chain):
    for number in range(20):
        chain.graph.accesses.append(replace(chain.access(CLEAN, "read", SALES, line=50 + number), artifact=None))
    (finding,) = found(chain)
    assert finding.confidence == Confidence.C


def test_a_notebook_and_the_script_that_was_made_of_it_are_one_step(system):
    system.module("trial.ipynb").module("trial.py")
    system.handoff("trial.ipynb", SALES, "trial.py").handoff("trial.py", TABLE, "trial.ipynb")
    assert found(system) == []


@pytest.mark.parametrize(("names", "kind"), [(("message", "state"), "table"), (("/tmp/train/a.pb", "/tmp/train/b.pb"), "file")])
def test_an_applications_own_tables_and_temporary_folders_are_no_pipeline(system, names, kind):
    for path in (CLEAN, FEATURES, TRAIN):
        system.module(path)
    system.handoff(CLEAN, names[0], FEATURES, kind=kind).handoff(FEATURES, names[1], TRAIN, kind=kind)
    assert found(system) == []
