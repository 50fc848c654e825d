from __future__ import annotations

import re
import textwrap
from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Evidence, Finding, Severity, Site
from analyzer.scan import graph_of_texts
from rules.diverged_adapter_clone import DivergedAdapterClone

MakeGraph = Callable[..., SystemGraph]

ADAPTER = textwrap.dedent(
    """
    def read_scores(path):
        rows = []
        with open(path, encoding="utf-8") as stream:
            for record in csv.DictReader(stream, delimiter=";"):
                score = float(record["score"])
                customer = record["customer_id"].strip()
                segment = json.loads(record["segment"])
                rows.append({"customer": customer, "score": score, "segment": segment})
        return rows
    """
)
DRIFTED = ADAPTER.replace('";"', '","')


def check(graph: SystemGraph) -> list[Finding]:
    """What has diverged."""
    return [finding for finding in DivergedAdapterClone().check(graph) if finding.subject.kind == "functions"]


def copied(graph: SystemGraph) -> list[Finding]:
    """What is merely copied: always tentative."""
    found = [finding for finding in DivergedAdapterClone().check(graph) if finding.subject.kind == "copied code"]
    assert all(finding.confidence == Confidence.C for finding in found)
    return found


def in_class(text: str, name: str, base: str = "", decorator: str = "") -> str:
    head = f"{decorator}class {name}({base}):\n"
    return head + textwrap.indent(text, "    ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ADAPTER, ADAPTER, id="exact copies have not diverged"),
        pytest.param(ADAPTER, ADAPTER.replace("customer", "client").replace('"client', '"customer'), id="only local names differ"),
        pytest.param(ADAPTER, ADAPTER.replace("    rows =", '    """Read."""\n    logger.info("x")\n    rows ='), id="only talk differs"),
        pytest.param(ADAPTER, ADAPTER.replace("json.loads", "loads"), id="only the way to import an API differs"),
        pytest.param(ADAPTER, "def read_scores(path):\n    return compute(path) * 2\n", id="only the name is the same"),
        pytest.param(ADAPTER, ADAPTER.replace('";"', '"billing"'), id="a difference that follows from the place"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    head = "import csv\nimport json\n"
    assert check(graph_by_hand({"reports/io.py": head + one, "billing/io.py": head + other})) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("same/a.py", "same/b.py"),
        ("jax/io.py", "tf/io.py"),
        ("storage/s3_reader.py", "archive_jobs/gcs_reader.py"),
        ("app/v1/io.py", "api/examples/io.py"),
        ("a/migrations/0001_scores.py", "b/migrations/0002_scores.py"),
        ("a/tutorial/io.py", "b/io.py"),
        ("tests/io.py", "b/io.py"),
    ],
)
def test_silent_where_copies_are_meant(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    assert check(graph_by_hand({one: ADAPTER, other: DRIFTED})) == []


def test_versions_side_by_side_are_kept_on_purpose(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"v1/io.py": ADAPTER, "v2/io.py": DRIFTED})
    assert check(graph) == []


def test_a_literal_that_became_a_parameter_with_that_default_is_explained(graph_by_hand: MakeGraph) -> None:
    lifted = ADAPTER.replace("(path)", '(path, column="score")').replace('record["score"]', "record[column]")
    assert check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": lifted})) == []
    other_default = lifted.replace('column="score"', 'column="points"')
    assert len(check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": other_default}))) == 1


@pytest.mark.parametrize(("name", "found"), [("ScoreConfig", 0), ("ReaderSettings", 0), ("ScoreReader", 1)])
def test_configuration_classes_differ_on_purpose(graph_by_hand: MakeGraph, name: str, found: int) -> None:
    one, other = (in_class(text, name) for text in (ADAPTER, DRIFTED))
    assert len(check(graph_by_hand({"a/io.py": one, "b/io.py": other}))) == found


def test_silent_in_a_tutorial(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED}, archetype="tutorial")) == []


@pytest.mark.parametrize("attribute", ["is_vendored", "is_generated", "is_docs"])
def test_silent_for_files_that_nobody_here_wrote(graph_by_hand: MakeGraph, attribute: str) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    setattr(graph.modules["b/io.py"], attribute, True)
    assert check(graph) == []


def test_training_and_serving_belong_to_another_rule(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    graph.modules["a/io.py"].roles["TRAIN"] = Evidence("fits")
    graph.modules["b/io.py"].roles["SERVE"] = Evidence("serves")
    assert check(graph) == []
    graph.modules["b/io.py"].roles["TRAIN"] = Evidence("fits too")
    assert len(check(graph)) == 1


def test_siblings_that_implement_one_method(graph_by_hand: MakeGraph) -> None:
    one, other = in_class(ADAPTER, "Csv", "Reader"), in_class(DRIFTED, "Tsv", "Reader")
    assert check(graph_by_hand({"a/io.py": one, "b/io.py": other})) == []
    assert check(graph_by_hand({"a/io.py": in_class(ADAPTER, "Csv"), "b/io.py": in_class(DRIFTED, "Tsv", "Csv")})) == []


@pytest.mark.parametrize(("base", "decorator"), [("Reader", ""), ("", "@readers.register('x')\n")])
def test_an_interface_of_five(graph_by_hand: MakeGraph, base: str, decorator: str) -> None:
    texts = {f"c{n}/io.py": in_class(ADAPTER.replace('";"', f'"{"|,;:!"[n]}"'), "Scores", base, decorator) for n in range(5)}
    assert check(graph_by_hand(texts)) == []
    texts.pop("c4/io.py")
    assert len(check(graph_by_hand(texts))) == 1, "four are no interface yet, but four copies of one class"


def test_a_whole_cloned_file_belongs_to_another_rule(graph_by_hand: MakeGraph) -> None:
    whole = ADAPTER + ADAPTER.replace("read_scores", "read_labels").replace("score", "label")
    assert check(graph_by_hand({"de/stage.py": whole, "fr/stage.py": whole.replace('";"', '","')})) == []


def test_a_cloned_script_belongs_to_another_rule(graph_by_hand: MakeGraph) -> None:
    script = ADAPTER.replace("read_scores(path)", "main(path)") + '\nif __name__ == "__main__":\n    main("x")\n'
    assert check(graph_by_hand({"de/stage.py": script, "fr/stage.py": script.replace('";"', '","')})) == []


def test_functions_that_share_only_structure(graph_by_hand: MakeGraph) -> None:
    text = "def move(a, b, c):\n" + "".join(f"    self.x{n} = a\n    b = a['k{n}']\n    c = b\n" for n in range(6)) + "    return c\n"
    other = text.replace("self.x", "self.y").replace("['k", "['z")
    assert check(graph_by_hand({"a/io.py": text, "b/io.py": other})) == []


def test_a_diverged_copy(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/export.py": DRIFTED.replace("rows", "result")})
    (found,) = check(graph)
    assert found.message == "`read_scores` has 1 diverged copy: `b/export.py::read_scores`; one has `';'` where the other has `','`"
    assert found.subject.id == "a/io.py::read_scores + b/export.py::read_scores"
    assert found.locations == (Site("a/io.py", 2, 10), Site("b/export.py", 2, 10))
    assert found.members == 2
    assert (found.severity, found.confidence, found.minutes) == (Severity.medium, Confidence.B, 40)
    shown = [evidence.text for evidence in found.evidence]
    assert shown[0].startswith("88% of the lines are the same (7 lines;")
    assert shown[1] == "`for _ in csv.DictReader(_, delimiter=';')` ↔ `for _ in csv.DictReader(_, delimiter=',')` (the copy: b/export.py:5)"
    assert found.evidence[1].site == Site("a/io.py", 5)


def test_a_renamed_copy(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED.replace("read_scores", "fetch")}))
    assert found.confidence == Confidence.B


def test_a_family_is_one_finding(graph_by_hand: MakeGraph) -> None:
    texts = {f"c{n}/io.py": ADAPTER.replace('";"', repr("|,;:!"[n])) for n in range(5)}
    (found,) = check(graph_by_hand(texts))
    assert found.members == len(found.locations) == 5
    assert found.minutes == 30 + 10 * 4
    assert "has 4 diverged copies" in found.message
    assert found.message.count("::") == 3


def test_a_nested_function_is_told_once(graph_by_hand: MakeGraph) -> None:
    outer = "def make(path):\n    target = pd.read_csv(path)\n" + textwrap.indent(ADAPTER, "    ") + "    return read_scores\n"
    outer += "".join(f"\ndef other{n}(x):\n" + "    x = x * 2\n" * 9 for n in range(3))
    (found,) = check(graph_by_hand({"a/io.py": outer, "b/io.py": outer.replace('";"', '","')}))
    assert found.subject.id == "a/io.py::make + b/io.py::make"


def test_the_closest_of_several_is_the_copy(graph_by_hand: MakeGraph) -> None:
    variant = ADAPTER.replace("read_scores", "read_raw").replace(".strip()", "").replace("json.loads", "float")
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED + variant}))
    assert found.subject.id == "a/io.py::read_scores + b/io.py::read_scores"


def test_a_copied_class_is_no_interface(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": in_class(ADAPTER, "Scores", "Reader"), "b/io.py": in_class(DRIFTED, "Scores", "Reader")})
    assert len(check(graph)) == 1


def test_the_day_of_the_last_change_is_shown(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    graph.history = History((Commit("0" * 40, 1_700_000_000, "author 1", (), ("a/io.py",), ()),), 1_700_000_000)
    texts = [evidence.text for evidence in check(graph)[0].evidence]
    assert "copy `a/io.py::read_scores`: its file was last changed on 2023-11-14" in texts
    assert "copy `b/io.py::read_scores`" in texts


def test_copies_in_production_weigh_more(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    graph.modules["a/io.py"].production = (Evidence("run by cron"),)
    assert check(graph)[0].severity == Severity.high


def test_a_copy_in_a_notebook_is_shown_by_cell(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "nb/work.ipynb": DRIFTED}))
    assert found.locations[1] == Site("nb/work.ipynb", 2, 10, 3)


# ---- commands ------------------------------------------------------------------------------------------------------------------------

REPORT = "".join(
    f"dvc plots diff $BASE workspace --targets {name} | vl2svg > {name}.svg\ncml comment {name}.svg\n" for name in ("roc", "prc", "lift")
)
REPORT += "dvc exp diff --md > report.md\ncml publish report.md\n"


def commands(texts: dict[str, str]) -> list[Finding]:
    return [finding for finding in DivergedAdapterClone().check(graph_of_texts(texts)) if finding.subject.kind == "copied steps"]


def test_set_up_is_what_every_script_has() -> None:
    script = "".join(f"pip install part{n}\ncd part{n}\nexport PART={n}\n" for n in range(8))
    assert commands({"a/run.sh": script, "b/run.sh": script}) == []


@pytest.mark.parametrize("path", ["third_party/report.sh", "examples/report.sh", "a/templates/report.sh"])
def test_commands_where_copies_are_meant(path: str) -> None:
    assert commands({"report.sh": REPORT, path: REPORT}) == []


def test_short_steps_that_use_the_same_tools() -> None:
    own = "".join(f"deploy part{n}\n" for n in range(4))
    assert commands({"ci/report.sh": REPORT + own, "ops/report.sh": REPORT + own.replace("part", "piece")}) == []
    long = REPORT + "".join(f"train model{n} --epochs {n}\n" for n in range(14))
    own = "".join(f"deploy part{n}\n" for n in range(9))
    assert len(commands({"ci/report.sh": long + own, "ops/report.sh": long + own.replace("part", "piece")})) == 1


def test_steps_of_folders_that_share_several_are_one_finding() -> None:
    other = REPORT.replace("dvc", "mlflow").replace("cml", "gh").replace("vl2svg", "vega")
    (found,) = commands({"ci/a.sh": REPORT, "ops/a.sh": REPORT, "ci/b.sh": other, "ops/b.sh": other})
    assert found.members == len(found.locations) == 4
    assert found.message == "`ci/a.sh` runs the 11 commands of `ops/a.sh` again, the same; so does 1 more group of steps"
    assert len(commands({"ci/a.sh": REPORT, "ops/a.sh": REPORT, "jobs/b.sh": other, "bin/b.sh": other})) == 2


def test_the_same_commands_in_two_files() -> None:
    (found,) = commands({"ci/report.sh": REPORT.replace("$BASE", "$BRANCH"), "ops/report.sh": "echo start\n" + REPORT})
    assert found.locations == (Site("ci/report.sh", 1, 8), Site("ops/report.sh", 2, 9))
    assert (found.confidence, found.severity) == (Confidence.C, Severity.info)


# ---- copies that have not drifted, or of which nobody can say what is meant -----------------------------------------------------------

COMPUTES = textwrap.dedent(
    """
    def evaluate(model, batches):
        total, right, losses = 0, 0, []
        for batch in batches:
            logits = model(batch.inputs)
            loss = cross_entropy(logits, batch.labels)
            losses.append(loss * len(batch))
            right += (logits.argmax(1) == batch.labels).sum()
            total += len(batch)
        return {"accuracy": right / total, "loss": sum(losses) / total}
    """
)
SCRIPT = "import pandas as pd\n" + "".join(
    f"part{n} = pd.read_csv('{name}.csv', usecols=['{name}_id'])\npart{n} = part{n}.dropna(subset=['{name}_id'])\n"
    for n, name in enumerate(("orders", "clients", "visits", "returns", "claims", "costs"))
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jax/io.py", "tf/io.py"),
        ("a/tutorial/io.py", "b/io.py"),
        ("ner_demo_update/io.py", "b/io.py"),
        ("tests/io.py", "b/io.py"),
        ("a/v1/io.py", "a/v2/io.py"),
        ("configs/one.py", "configs/other.py"),
    ],
)
def test_copies_that_are_meant_are_not_told(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    text = SCRIPT if one.startswith("configs") else COMPUTES
    assert copied(graph_by_hand({one: text, other: text})) == []


def test_layers_of_models_are_copied_on_purpose(graph_by_hand: MakeGraph) -> None:
    text = in_class(COMPUTES.replace("def evaluate(", "def forward(self, "), "Net")
    assert copied(graph_by_hand({"a/net.py": text, "b/net.py": text})) == []


def test_parsers_of_options_look_alike(graph_by_hand: MakeGraph) -> None:
    text = "def options():\n    parser = argparse.ArgumentParser()\n"
    text += "".join(f"    parser.add_argument('--option-{n}', type=int, default={n})\n" for n in range(9)) + "    return parser\n"
    assert copied(graph_by_hand({"a.py": text, "b.py": text})) == []


def test_copies_within_one_file_are_not_told(graph_by_hand: MakeGraph) -> None:
    assert copied(graph_by_hand({"a.py": COMPUTES + COMPUTES.replace("evaluate", "validate")})) == []


def test_one_short_function_says_nothing_however_many_files_have_it(graph_by_hand: MakeGraph) -> None:
    short = "def day(row):\n    text = row['day'].strip()\n    year, month = text.split('-')\n"
    short += "    parts = int(year), int(month)\n    return date(*parts)\n"
    assert copied(graph_by_hand({"a.py": short, "b.py": short})) == []
    assert copied(graph_by_hand({"a.py": short, "b.py": short, "c.py": short})) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jobs/preview/run.py", "jobs/v1/run.py"),
        ("api/v1/run.py", "api/v2/util.py"),
        ("duckdb/api.py", "spark/api.py"),
        ("api_v1beta1/v1beta1/a.py", "api_v1beta1/v2/a.py"),
    ],
)
def test_versions_and_back_ends_side_by_side(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    assert copied(graph_by_hand({one: COMPUTES, other: COMPUTES})) == []
    assert copied(graph_by_hand({"left/run.py": COMPUTES, "right/run.py": COMPUTES}))


def test_special_methods_are_what_the_language_asks_for(graph_by_hand: MakeGraph) -> None:
    text = "class Net:\n" + "".join("    " + line + "\n" for line in COMPUTES.replace("evaluate", "__getstate__").splitlines())
    assert copied(graph_by_hand({"a.py": text, "b.py": text.replace("Net", "Gan")})) == []


def test_an_exact_copy_is_information(graph_by_hand: MakeGraph) -> None:
    (found,) = copied(graph_by_hand({"a/metrics.py": COMPUTES, "b/scores.py": COMPUTES.replace("batches", "loader")}))
    assert found.severity == Severity.info
    assert found.message == "`a/metrics.py` shares 8 lines with `b/scores.py`: `evaluate`, the same"
    assert found.locations == (Site("a/metrics.py", 2, 10), Site("b/scores.py", 2, 10))


def test_files_that_share_several_functions_are_one_finding(graph_by_hand: MakeGraph) -> None:
    texts = dict.fromkeys(("a.py", "b.py", "c.py"), COMPUTES + ADAPTER)
    texts["c.py"] = texts["c.py"].replace("argmax(1)", "argmax(2)")
    (found,) = copied(graph_by_hand(texts))
    assert found.members == len(found.locations) == 6
    assert found.severity == Severity.low
    assert "`evaluate`, `read_scores`" in found.message
    assert any("argmax(1)" in evidence.text and "argmax(2)" in evidence.text for evidence in found.evidence)


def test_a_diverged_adapter_is_told_once(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    assert len(check(graph)) == 1
    assert copied(graph) == []


def test_the_code_of_two_scripts(graph_by_hand: MakeGraph) -> None:
    (found,) = copied(graph_by_hand({"de.py": SCRIPT, "fr.py": SCRIPT.replace("'returns.csv'", "'back.csv'")}))
    assert "their code, alike by 92% or more" in found.message
    assert found.locations == (Site("de.py", 2, 7), Site("de.py", 9, 13), Site("fr.py", 2, 7), Site("fr.py", 9, 13))


def in_files(text: str, other: str, one_path: str = "a.py", other_path: str = "b.py") -> bool:
    return bool(copied(graph_of_texts({one_path: text, other_path: other})))


def test_the_less_alike_the_more_has_to_be_shared() -> None:
    assert in_files(COMPUTES, COMPUTES)
    assert not in_files(COMPUTES, COMPUTES.replace("total += len(batch)", "total += batch.weight * scale"))


def test_entry_points_share_their_form() -> None:
    text = COMPUTES.replace("evaluate", "main")
    assert not in_files(text, text)
    (found,) = copied(graph_of_texts({"a.py": text + ADAPTER, "b.py": text + ADAPTER}))
    assert "`main`" not in found.message


def test_a_literal_is_what_a_short_function_is_there_for() -> None:
    text = COMPUTES.replace("total, right", "name = 'first.bin'\n    weights = torch.load(name)\n    model.load(weights)\n    total, right")
    assert in_files(text, text.replace("total += len(batch)", "total += batch.weight"))
    assert not in_files(text, text.replace("first.bin", "second.bin"))


def test_entries_of_a_registry() -> None:
    text = "@register_preset('one')\n" + COMPUTES.strip()
    assert not in_files(text, text.replace("evaluate", "measure"))


def test_tables_are_data_unless_they_are_the_same() -> None:
    table = "NAMES = {\n" + "".join(f"    'name-{n}': 'place-{n} in the country number {n}',\n" for n in range(40)) + "}\n"
    assert in_files(table, table)
    assert not in_files(table, table.replace("name-1", "term-1"))


def test_models_that_are_complete_by_themselves() -> None:
    text = "import torch\n\n\n" + COMPUTES
    files = {f"zoo/models/net{n}/{name}.py": "" for n in range(9) for name in ("__init__", "empty")}
    files |= {"pyproject.toml": "[project]\nname = 'zoo'\n", "zoo/__init__.py": "", "zoo/models/__init__.py": ""}
    long = text.replace("    for batch", "    a = b.c()\n    d = e.f(a)\n    g = h.i(d)\n    j = k.m(g)\n    for batch")
    assert copied(graph_of_texts({**files, "zoo/models/net1/loss.py": long, "zoo/utils/loss.py": long}))
    assert copied(graph_of_texts({**files, "zoo/models/net1/loss.py": long, "zoo/models/net2/loss.py": long})) == []


def test_files_of_folders_that_share_several_are_one_finding() -> None:
    texts = {f"{folder}/{name}.py": text for folder in ("one", "two") for name, text in (("score", COMPUTES), ("read", ADAPTER))}
    (found,) = copied(graph_of_texts(texts))
    assert found.members == 4


def test_what_some_of_the_files_share_beyond_is_told_with_them() -> None:
    (found,) = copied(graph_of_texts({"a.py": COMPUTES + ADAPTER, "b.py": COMPUTES + ADAPTER, "c.py": COMPUTES}))
    assert found.members == 5


def test_a_tutorial_that_runs_in_production_is_none(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a.py": COMPUTES, "b.py": COMPUTES}, archetype="tutorial")
    assert copied(graph) == []
    graph.modules["a.py"].production = (Evidence("run by cron"),)
    assert len(copied(graph)) == 1


def test_a_filter_that_is_one_long_expression_counts_by_its_parts() -> None:
    text = "".join(
        f'def find_{kind}(root):\n    """Folders."""\n    return [\n        folder\n        for folder in root.rglob("*")\n'
        f'        if folder.is_dir()\n        and folder.name.startswith("seq-")\n        and folder.name.endswith("-{kind}")\n    ]\n\n\n'
        for kind in ("right", "wrong")
    )
    (found,) = copied(graph_of_texts({"jobs/split.py": text, "tools/select.py": text}))
    assert "`find_right`, `find_wrong`, the same" in found.message


def test_long_scripts_may_differ_more() -> None:
    own = SCRIPT.replace("import pandas as pd\n", "").replace("part", "own").replace("_id", "_key").splitlines()
    one, other = SCRIPT + "\n".join(own[:7]) + "\n", SCRIPT + "\n".join(own[7:]) + "\n"
    assert not in_files(one, other)
    more = SCRIPT.replace("import pandas as pd\n", "").replace("part", "more").replace("orders", "goods").replace("_id", "_no")
    assert in_files(more + one, more + other.replace("import pandas as pd\n", ""))


def test_files_that_differ_in_what_they_import() -> None:
    rows = ("sum", "share", "increase", "decrease", "median", "spread")
    texts = {
        f"features/{name}.py": f"from words import {name}\n\nbad = [\n"
        + "".join(f"    {name}.bad_words.of_the_revision_{row},\n" for row in rows)
        + "]\nrare = [\n"
        + "".join(f"    {name}.rare_words.of_the_revision_{row},\n" for row in rows)
        + "]\nboth = bad + rare\n"
        for name in ("danish", "dutch", "finnish")
    }
    (found,) = copied(graph_of_texts(texts))
    assert "their code, the same but for what they import" in found.message
    assert [site.path for site in found.locations] == sorted(texts)
    assert copied(graph_of_texts({path: text for path, text in texts.items() if "dutch" not in path})) == []


def test_a_long_run_of_lines_in_functions_that_are_unlike() -> None:
    block = "".join(f"    step{n} = model.layer_{n}(batch, width={n})\n" for n in range(10))
    one = "def train(model, batch):\n" + "".join(f"    a{n} = read_{n}()\n" for n in range(12)) + block + "    return step9\n"
    other = "class Judge:\n" + textwrap.indent(
        "def score(self, model, batch):\n" + block + "".join(f"    b{n} = say_{n}()\n" for n in range(12)), "    "
    )
    (found,) = copied(graph_of_texts({"a.py": one, "b.py": other}))
    assert found.message == "`a.py` shares 10 lines with `b.py`: a part of `train`, the same"
    assert found.locations == (Site("a.py", 14, 23), Site("b.py", 3, 12))
    shorter = {"a.py": one.replace("layer_4", "layer_x"), "b.py": other}
    assert copied(graph_of_texts(shorter)) == []
    keys = {path: re.sub(r"model\.layer_(\d)\(batch, width=\d\)", r"'key-\1'", text) for path, text in (("a.py", one), ("b.py", other))}
    assert copied(graph_of_texts(keys)) == [], "settings are no work"


def test_a_part_is_told_with_the_copies_of_the_same_files() -> None:
    block = "".join(f"    step{n} = model.layer_{n}(batch, width={n})\n" for n in range(10))
    one = "def train(model, batch):\n" + "".join(f"    a{n} = read_{n}()\n" for n in range(12)) + block + "    return step9\n"
    other = "def judge(model, batch):\n" + block + "".join(f"    b{n} = say_{n}()\n" for n in range(12))
    (found,) = copied(graph_of_texts({"a.py": COMPUTES + one, "b.py": COMPUTES + other}))
    assert found.members == 4
    assert found.severity == Severity.info


@pytest.mark.parametrize(("name", "told"), [("shop", 1), ("shop-course", 0), ("examples", 0), ("example-shop", 1)])
def test_repositories_that_are_there_to_be_read(graph_by_hand: MakeGraph, name: str, told: int) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER + COMPUTES, "b/io.py": DRIFTED + COMPUTES})
    graph.name = name
    assert len(check(graph)) == len(copied(graph)) == told


def test_modules_of_one_interface() -> None:
    long = COMPUTES.replace("    for batch", "    a = b.c()\n    d = e.f(a)\n    g = h.i(d)\n    j = k.m(g)\n    for batch")
    tasks = {"pyproject.toml": "[project]\nname = 'kit'\n", "kit/__init__.py": "", "kit/tasks/__init__.py": ""}
    for name in "abcdefgh":
        tasks |= {f"kit/tasks/{name}/__init__.py": "", f"kit/tasks/{name}/agent.py": "def evaluate(model):\n    return model\n"}
    tasks |= dict.fromkeys(("kit/tasks/a/agent.py", "kit/tasks/b/agent.py"), long)
    assert copied(graph_of_texts(tasks)) == []
    assert copied(graph_of_texts({path: text.replace("evaluate", "measure") if text == long else text for path, text in tasks.items()}))
