"""Copies that have not drifted, or of which nobody can say what is meant."""

from __future__ import annotations

import re
import textwrap

import pytest

from analyzer.model import Evidence, Severity, Site
from analyzer.scan import graph_of_texts
from tests.rules.copied_code import ADAPTER, COMPUTES, DRIFTED, LONG, SCRIPT, MakeGraph, check, copied, in_class


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jax/io.py", "tf/io.py"),
        ("a/tutorial/io.py", "b/io.py"),
        ("ner_demo_update/io.py", "b/io.py"),
        ("tests/io.py", "b/io.py"),
        ("a/v1/io.py", "a/v2/io.py"),
        ("paper_code/io.py", "b/io.py"),
        ("listings/chap5/io.py", "listings/chap6/io.py"),
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


def test_functions_that_give_settings_their_values() -> None:
    text = "def defaults():\n    config = Settings()\n" + "".join(f"    config.training.option_{n} = {n}\n" for n in range(14))
    assert copied(graph_of_texts({"a.py": f"{text}    return config\n", "b.py": f"{text}    config.rate = 3\n    return config\n"})) == []


def test_two_quantities_are_computed_alike() -> None:
    notes = "".join(f"        model.note_{part}(batch.{part}, logits.{part})\n" for part in ("mean", "width", "height", "depth", "share"))
    whole = COMPUTES.replace("        total += len(batch)\n", f"        total += len(batch)\n{notes}")
    loss, error = whole.replace("def evaluate(", "def pose_loss("), whole.replace("def evaluate(", "def pose_error(")
    assert len(copied(graph_of_texts({"a.py": loss, "b.py": error}))) == 1
    other = error.replace("len(batch))", "len(batch) ** 2)")
    assert copied(graph_of_texts({"a.py": loss, "b.py": other})) == []
    assert len(copied(graph_of_texts({"a.py": loss, "b.py": other.replace("pose_error", "pose_sum")}))) == 1


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
    long = text.replace("total, right", "".join(f"model.step_{n}(weights)\n    " for n in range(6)) + "total, right")
    assert in_files(long, long.replace("first.bin", "second.bin"))


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


OTHER = LONG.replace("model.step_1(", "model.walk(").replace("model.step_3(", "model.run(").replace("len(batch)", "batch.size")


def test_modules_of_one_interface() -> None:
    tasks = {"pyproject.toml": "[project]\nname = 'kit'\n", "kit/__init__.py": "", "kit/tasks/__init__.py": ""}
    for name in "abcdefgh":
        tasks |= {f"kit/tasks/{name}/__init__.py": "", f"kit/tasks/{name}/agent.py": "def evaluate(model):\n    return model\n"}
    alike = tasks | {"kit/tasks/a/agent.py": LONG, "kit/tasks/b/agent.py": OTHER}
    assert copied(graph_of_texts(alike)) == []
    assert copied(graph_of_texts({path: text.replace("evaluate", "measure") if "step_" in text else text for path, text in alike.items()}))
    assert copied(graph_of_texts(tasks | dict.fromkeys(("kit/tasks/a/agent.py", "kit/tasks/b/agent.py"), LONG))), "names, not bodies"


def test_methods_of_one_interface_need_no_package() -> None:
    models = {f"models/{name}.py": in_class("def evaluate(self, model):\n    return model\n", "Model") for name in "abcdefgh"}
    one, other = (in_class(text.replace("def evaluate(", "def evaluate(self, "), "Model") for text in (LONG, OTHER))
    models |= {"models/a.py": one, "models/b.py": other}
    assert copied(graph_of_texts(models)) == []
    assert copied(graph_of_texts({path: models[path] for path in ("models/a.py", "models/b.py", "models/c.py")}))


def test_siblings_that_do_the_same_share_no_mere_interface() -> None:
    one, same, other = (text.replace("def evaluate(", "def evaluate(self, ") for text in (LONG, LONG, OTHER))
    base = "class Task:\n    pass\n"
    texts = {"base.py": base, "a.py": in_class(one, "Mean", "Task"), "b.py": in_class(other, "Total", "Task")}
    assert copied(graph_of_texts(texts)) == []
    (found,) = copied(graph_of_texts({**texts, "b.py": in_class(same, "Total", "Task")}))
    assert found.message == "`a.py` shares 20 lines with `b.py`: `evaluate`, the same"


def test_the_handlers_of_an_api_are_repaired_in_every_version() -> None:
    head = "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.post('/{version}/evaluate')"
    texts = {f"api/{version}/scores.py": head.replace("{version}", version) + LONG for version in ("v1", "v2")}
    assert copied(graph_of_texts(texts))
    assert copied(graph_of_texts({path.replace("api", "layouts"): LONG for path in texts})) == []


def test_projects_of_a_gallery_are_complete_by_themselves() -> None:
    graph = graph_of_texts({"fraud/steps.py": COMPUTES, "churn/steps.py": COMPUTES})
    assert copied(graph)
    graph = graph_of_texts({"fraud/steps.py": COMPUTES, "churn/steps.py": COMPUTES})
    graph.name = "acme+acme-projects"
    assert copied(graph) == []
