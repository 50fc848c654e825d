"""UDC001: declared and harmless readers, the inventory, then undeclared consumers."""

from __future__ import annotations

import tomllib

import pytest

from analyzer.graph.manifest import Manifest
from analyzer.history.authorship import Overlap
from analyzer.model import Confidence, Edge, Severity, Site
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.scan import graph_of_texts
from rules.undeclared_artifact_reader import UndeclaredArtifactReader

WRITER, READER, FILE = "churn/score.py", "marketing/uplift.py", "data/interim/customers.parquet"


@pytest.fixture
def two(system):
    """Two components, one file between them."""
    return system.module(WRITER, "churn").module(READER, "marketing")


def found(system):
    return list(UndeclaredArtifactReader().check(system.graph))


def declared_elsewhere(system):
    return system.step("dvc.yaml::other").declares("dvc.yaml::other", "write", "data/other.csv")


@pytest.mark.parametrize("klass", ["RAW", "REPORT", "CONFIG"])
def test_classes_that_are_no_output_of_a_component(two, klass):
    declared_elsewhere(two.handoff(WRITER, FILE, READER, klass=klass))
    assert found(two) == []


def test_within_a_component(system):
    system.module("churn/a.py", "churn").module("churn/b.py", "churn").handoff("churn/a.py", FILE, "churn/b.py")
    assert found(declared_elsewhere(system)) == []


@pytest.mark.parametrize("declared", [FILE, "data/interim", "data/interim/*.parquet", "data/{stage}/customers.parquet"])
def test_consumer_named_in_dvc(two, declared):
    two.handoff(WRITER, FILE, READER).step("dvc.yaml::uplift", component="marketing")
    two.declares("dvc.yaml::uplift", "read", declared, runs=[READER])
    assert found(two) == []


def test_consumer_component_that_declares_another_artifact_of_the_producer(two):
    two.handoff(WRITER, FILE, READER)
    two.declares("dvc.yaml::a", "write", "data/x.csv", runs=[WRITER]).declares("dvc.yaml::b", "read", "data/x.csv", runs=[READER])
    assert found(two) == []


@pytest.mark.parametrize("pattern", [FILE, "data/interim/*", "data/**"])
def test_contract_names_the_consumer(two, pattern):
    two.handoff(WRITER, FILE, READER)
    two.graph.contracts = ((pattern, "churn", ("marketing",)),)
    assert found(two) == []


def test_contract_of_somebody_else_does_not_help(two):
    two.handoff(WRITER, FILE, READER)
    two.graph.contracts = ((FILE, "churn", ("sales",)),)
    assert len(found(two)) == 1


@pytest.mark.parametrize(("importer", "target"), [(READER, WRITER), (WRITER, READER)])
def test_package_dependency_declares_the_relation(two, importer, target):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).imports(importer, target)
    assert found(two) == []


def test_path_named_by_shared_code(two):
    two.module("shared/paths.py", "shared", runs=False).imports(WRITER, "shared/paths.py").imports(READER, "shared/paths.py")
    declared_elsewhere(two.handoff(WRITER, FILE, READER, via="constant"))
    assert found(two) == []


def test_evaluation_and_monitoring_only_look(system):
    system.module(WRITER, "churn").module("evaluation/report.py", "evaluation").module("metrics.py", "metrics", roles=["EVAL"])
    system.handoff(WRITER, FILE, "evaluation/report.py").handoff(WRITER, FILE, "metrics.py")
    assert found(declared_elsewhere(system)) == []


def test_a_reader_that_deletes_what_it_read_had_a_local_copy(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).access(READER, "write", FILE, call="os.remove")
    assert found(two) == []


def test_what_data_version_control_fetches_is_no_path_of_anybody(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER, call="dvc"))
    assert found(two) == []


def test_a_clean_up_that_deletes_produces_nothing(two):
    declared_elsewhere(two.handoff(WRITER, "scores_fg", READER, kind="table", call="hopsworks.FeatureGroup.delete"))
    assert found(two) == []


@pytest.mark.parametrize("call", ["SQL CREATE TABLE", "SQL ALTER"])
def test_a_schema_fills_no_table(two, call):
    declared_elsewhere(two.handoff(WRITER, "marketing_base.customer_scores", READER, kind="table", call=call))
    assert found(two) == []


def test_a_unit_that_makes_a_table_and_fills_it(two):
    declared_elsewhere(two.handoff(WRITER, "marketing_base.customer_scores", READER, kind="table", call="SQL CREATE TABLE"))
    two.access(WRITER, "write", "marketing_base.customer_scores", kind="table", call="?.to_sql")
    assert len(found(two)) == 1


def test_migrations_are_no_component(two):
    two.module("db/migrations/v2.py", "db").handoff("db/migrations/v2.py", "marketing_base.customer_scores", READER, kind="table")
    assert found(declared_elsewhere(two)) == []


def test_a_reader_whose_component_writes_the_same_itself(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).module("marketing/prepare.py", "marketing")
    two.access("marketing/prepare.py", "write", "{root}/customers.parquet")
    assert found(two) == []


def test_data_that_a_dvc_file_holds(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).file(f"{FILE}.dvc", StepFacts("dvc-file", 4, tracked=(Declared(FILE, 1),)))
    assert found(two) == []


def test_an_image_that_runs_the_writer_and_holds_the_reader(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER))
    build = Step("docker", "image", 1, commands=(Command(("python", "/tmp/score.py"), 2),))
    two.file("Dockerfile", StepFacts("docker", 5, (build,), copies=(("/app", "marketing"),)))
    assert found(two) == []


def test_a_notebook_that_only_looks(system):
    system.module(WRITER, "churn").module("notebooks/look.ipynb", "notebooks").handoff(WRITER, FILE, "notebooks/look.ipynb")
    assert found(declared_elsewhere(system)) == []


@pytest.mark.parametrize("ends", [("acme/features/extract.py", "scripts/profile.py"), ("scripts/profile.py", "acme/features/extract.py")])
def test_a_script_that_imports_the_package_of_the_other_end(system, ends):
    system.module("acme/features/extract.py", "acme/features").module("scripts/profile.py", "scripts")
    system.module("acme/loading/frames.py", "acme/loading", runs=False).handoff(ends[0], FILE, ends[1])
    system.graph.modules["acme/features/extract.py"].is_packaged = True
    assert len(found(declared_elsewhere(system))) == 1
    assert found(system.imports("scripts/profile.py", "acme/loading/frames.py")) == []


SQL = {
    "sql/semantic/papers.sql": "CREATE TABLE semantic.papers AS SELECT * FROM raw.papers;\n",
    "stats/count.py": 'import pandas as pd\n\npd.read_sql("select * from semantic.papers", con).to_csv("out/papers_counted.csv")\n',
}


def test_statements_belong_to_who_runs_them():
    runs = {"stats/load.py": 'with open("../sql/semantic/papers.sql") as f:\n    cursor.execute(f.read())\n'}
    assert list(UndeclaredArtifactReader().check(graph_of_texts(SQL | runs))) == []
    (finding,) = UndeclaredArtifactReader().check(graph_of_texts(SQL))
    assert "semantic.papers" in finding.remedy


def test_folders_of_one_tree_are_one_program_where_nothing_is_declared(system):
    system.module("src/etl/load.py", "src/etl").module("src/models/fit.py", "src/models")
    system.handoff("src/etl/load.py", FILE, "src/models/fit.py")
    assert found(system) == []


def test_a_runner_that_is_handed_command_lines_orders_them():
    texts = {
        "first/prepare.py": 'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("s3://acme/interim/clicks.parquet")\n',
        "second/fit.py": 'import pandas as pd\n\npd.read_parquet("s3://acme/interim/clicks.parquet").to_csv("out/fitted_clicks.csv")\n',
    }
    runner = (
        "import subprocess\n\n\ndef step(cmd, name):\n    subprocess.run(cmd, shell=True)\n\n\n"
        'step("python first/prepare.py", "one")\nstep("python second/fit.py", "two")\n'
    )
    assert list(UndeclaredArtifactReader().check(graph_of_texts(texts | {"run_all.py": runner}))) == []
    assert len(list(UndeclaredArtifactReader().check(graph_of_texts(texts)))) == 1


def test_a_scratch_folder_is_shared_within_one_job(two):
    declared_elsewhere(two.handoff(WRITER, "/tmp/train/output_graph.pb", READER))
    assert found(two) == []


def test_a_library_that_the_producer_loads_by_name_reads_for_the_producer(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).module("churn/registry.py", "churn")
    two.graph.edges.append(Edge("churn/registry.py", READER, "names", Site("churn/registry.py", 3)))
    assert found(two) == []


def test_a_library_that_the_producer_imports_reads_for_the_producer(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER)).module("churn/review.py", "churn").imports("churn/review.py", READER)
    assert found(two) == []


def test_committed_file(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER))
    two.graph.tracked_files = frozenset({FILE})
    assert found(two) == []


def test_same_tail_in_another_project_is_another_file(system):
    system.module("a/train.py", "a", project="a").module("b/train.py", "b", project="b")
    system.handoff("a/train.py", "interim/customers.parquet", "b/train.py", level=2)
    assert found(declared_elsewhere(system)) == []


def test_public_data_that_a_script_downloads(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER, klass="", call="urllib.request.urlretrieve"))
    assert found(two) == []


def test_a_folder_inside_another_is_no_other_party(system):
    system.module("scripts/retrieval/get.py", "scripts/retrieval").module("scripts/use.py", "scripts")
    declared_elsewhere(system.handoff("scripts/retrieval/get.py", FILE, "scripts/use.py"))
    assert found(system) == []


def test_a_declared_step_belongs_to_the_component_whose_code_it_runs(two):
    two.step("dvc.yaml::uplift").declares("dvc.yaml::uplift", "write", FILE, runs=["marketing/prepare.py"])
    two.module("marketing/prepare.py", "marketing").handoff("dvc.yaml::uplift", FILE, READER, via="declaration")
    assert found(two) == []


def test_step_and_code_that_write_the_same_are_one_finding(two):
    two.step("dvc.yaml::score").declares("dvc.yaml::score", "write", FILE, runs=[WRITER])
    two.handoff("dvc.yaml::score", FILE, READER).handoff(WRITER, FILE, READER)
    (finding,) = found(two)
    assert "`churn`" in finding.message


def test_unread_orchestrator_makes_the_rule_abstain(two):
    two.module("dags/daily.py", "dags", roles=["ORCH"]).handoff(WRITER, FILE, READER)
    assert found(two) == []
    assert any(note.startswith("UDC001: ") for note in two.graph.notes)


@pytest.mark.parametrize("path", ["Drakefile", "churn/Drakefile", "flow/main.nf", "flow/main.wdl"])
def test_a_declaration_in_a_language_that_is_not_read_makes_the_rule_abstain(two, path):
    two.handoff(WRITER, FILE, READER)
    assert found(two)
    two.graph.manifest = Manifest(files=frozenset({path}))
    assert found(two) == []
    assert any(note.startswith("UDC001: ") for note in two.graph.notes)


def test_make_targets_without_data_are_no_declaration(two):
    two.handoff(WRITER, FILE, READER).step("Makefile::install", "make")
    two.declares("Makefile::install", "read", "setup.py", mechanism="make").declares("Makefile::lint", "write", "lint", mechanism="make")
    (finding,) = found(two)
    assert finding.severity == Severity.info


def test_data_under_dvc_declares_no_reader(two):
    two.handoff(WRITER, FILE, READER).declares("data/raw.dvc", "write", "data/raw")
    (finding,) = found(two)
    assert finding.severity == Severity.info


def test_no_crossing_no_inventory(system):
    system.module("churn/a.py", "churn").module("churn/b.py", "churn").handoff("churn/a.py", FILE, "churn/b.py")
    assert found(system) == []


def test_inventory_lists_all_reads_once_and_writes_the_contracts(two):
    two.module("sales/plan.py", "sales")
    two.handoff(WRITER, FILE, READER).handoff(WRITER, FILE, "sales/plan.py").handoff(
        WRITER, "models/churn_model.pkl", READER, klass="MODEL"
    )
    (finding,) = found(two)
    assert finding.severity == Severity.info
    assert "Nothing in this workspace declares" in finding.message
    assert finding.members == 2
    contracts = tomllib.loads(finding.remedy.partition("\n\n")[2])["contract"]
    assert [(entry["artifact"], entry["consumers"]) for entry in contracts] == [
        (FILE, ["marketing", "sales"]),
        ("models/churn_model.pkl", ["marketing"]),
    ]


def test_undeclared_consumer(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER))
    (finding,) = found(two)
    assert finding.severity == Severity.medium
    assert finding.confidence == Confidence.A
    assert finding.locations[0] == Site(READER, 3)
    assert finding.subject.id == FILE
    assert "`churn`" in finding.message
    assert "`marketing`" in finding.message
    assert any("dvc.yaml::other" in item.text for item in finding.evidence)
    assert tomllib.loads(finding.remedy.partition("\n\n")[2])["contract"][0]["consumers"] == ["marketing"]


def test_tail_match_is_less_sure(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER, level=2))
    assert found(two)[0].confidence == Confidence.B


@pytest.mark.parametrize("klass", ["MODEL", "PREDICTION"])
def test_models_and_predictions_are_severe(two, klass):
    declared_elsewhere(two.handoff(WRITER, FILE, READER, klass=klass))
    assert found(two)[0].severity == Severity.high


class People:
    def __init__(self, *cores, doubt=""):
        self.cores, self.doubt = cores, doubt

    def named(self, people):
        return ""

    def distrust(self, paths):
        assert paths == {WRITER, READER}
        return self.doubt

    def overlap(self, producers, consumers):
        assert (set(producers), set(consumers)) == ({WRITER}, {READER})
        (core_a, commits_a), (core_b, commits_b) = self.cores
        return Overlap(0.0, 0.0, 0.0, {}, {}, frozenset(core_a), frozenset(core_b), commits_a, commits_b, 0)


@pytest.mark.parametrize(
    ("cores", "severity"),
    [
        ((("a", 9), ("b", 9)), Severity.high),
        ((("ab", 9), ("b", 9)), Severity.medium),
        ((("a", 9), ("b", 2)), Severity.medium),
    ],
)
def test_different_people_on_the_two_sides_are_severe(two, cores, severity):
    declared_elsewhere(two.handoff(WRITER, FILE, READER))
    two.graph.history = People(*cores)
    assert found(two)[0].severity == severity


def test_a_history_that_does_not_tell_who_wrote_what_makes_nothing_severe(two):
    declared_elsewhere(two.handoff(WRITER, FILE, READER))
    two.graph.history = People(("a", 9), ("b", 9), doubt="squashed")
    assert found(two)[0].severity == Severity.medium


def test_all_consumers_of_an_artifact_are_one_finding(two):
    two.module("sales/plan.py", "sales")
    declared_elsewhere(two.handoff(WRITER, FILE, READER).handoff(WRITER, FILE, "sales/plan.py"))
    (finding,) = found(two)
    assert finding.members == 2
    assert finding.minutes == 35


def test_what_the_producer_puts_into_the_readers_folder(two):
    declared_elsewhere(two.handoff(WRITER, "marketing/in/customers.parquet", READER))
    assert found(two) == []


def test_a_package_above_the_producer_is_imported(system):
    system.module("feeds/daily/load.py", "feeds/daily").module("feeds/__init__.py", "feeds").module(READER, "marketing")
    declared_elsewhere(system.handoff("feeds/daily/load.py", FILE, READER)).imports(READER, "feeds/__init__.py")
    assert found(system) == []


def test_code_that_was_put_away_tells_nobody(system):
    system.module("archive/prep/make.py", "archive/prep").module("archive/fit/train.py", "archive/fit")
    system.handoff("archive/prep/make.py", "data/interim/sales.parquet", "archive/fit/train.py")
    system.declares("dvc.yaml::other", "write", "data/other.csv")
    assert list(UndeclaredArtifactReader().check(system.graph)) == []


def test_a_table_without_a_schema_is_the_applications_own(system):
    system.module("src/data/load.py", "src/data").module("src/pipeline/fit.py", "src/pipeline")
    system.handoff("src/data/load.py", "warehouse.visit_ratings", "src/pipeline/fit.py", kind="table")
    system.declares("dvc.yaml::other", "write", "data/other.csv")
    assert found(system)
    system.graph.data_edges.clear()
    system.handoff("src/data/load.py", "visit_ratings", "src/pipeline/fit.py", kind="table")
    assert found(system) == []
