"""JGL002: where declaration and code agree, or nobody can tell; then each way in which they disagree."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.stage_declaration_drift import StageDeclarationDrift

READ_BOTH = 'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nmap_ = pd.read_csv("ref/map.csv")\nraw.to_csv("data/out.csv")\n'
HELD = {"ref/map.csv.dvc": "outs:\n- md5: 0\n  path: map.csv\n"}


def stage(deps=("data/raw.csv",), outs=("data/out.csv",), cmd="python step.py", name="step"):
    lines = [f"  {name}:", f"    cmd: {cmd}"]
    for key, items in (("deps", deps), ("outs", outs)):
        lines += [f"    {key}:", *(f"      - {item}" for item in items)] if items else []
    return "\n".join(lines) + "\n"


def found(texts, tracked=()):
    graph = graph_of_texts(texts)
    graph.tracked_files = frozenset(tracked)
    return list(StageDeclarationDrift().check(graph))


def dvc(*stages):
    return "stages:\n" + "".join(stages)


# ---- silence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dep", ["ref/map.csv", "ref"])
def test_a_declared_input_or_its_folder_is_declared(dep):
    assert found({"dvc.yaml": dvc(stage(("data/raw.csv", dep))), "step.py": READ_BOTH, **HELD}) == []


def test_a_file_that_nothing_makes_or_holds_says_nothing():
    assert found({"dvc.yaml": dvc(stage()), "step.py": READ_BOTH}) == []


def test_what_stands_under_a_condition_may_not_run():
    text = (
        'import sys\nimport pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nif "--names" in sys.argv:\n'
        '    names = pd.read_csv("ref/map.csv")\nraw.to_csv("data/out.csv")\n'
    )
    assert found({"dvc.yaml": dvc(stage()), "step.py": text, **HELD}) == []


def test_a_function_that_the_script_never_calls_does_not_run():
    text = (
        'import pandas as pd\n\n\ndef names():\n    return pd.read_csv("ref/map.csv")\n\n\n'
        'pd.read_csv("data/raw.csv").to_csv("data/out.csv")\n'
    )
    assert found({"dvc.yaml": dvc(stage()), "step.py": text, **HELD}) == []


def test_what_another_command_line_of_the_script_reads_is_not_this_ones():
    text = (
        "import argparse\nimport pandas as pd\n\nparser = argparse.ArgumentParser()\nparser.add_argument('--source')\n"
        "parser.add_argument('--out')\nargs = parser.parse_args()\npd.read_csv(args.source).to_csv(args.out)\n"
    )
    stages = [
        stage((f"data/{name}.csv",), (f"out/{name}.csv",), f"python step.py --source data/{name}.csv --out out/{name}.csv", name)
        for name in ("one", "two")
    ]
    assert found({"dvc.yaml": dvc(*stages), "step.py": text}) == []


def test_what_the_stage_has_written_itself_is_no_input():
    text = (
        'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nraw.to_csv("data/half.csv")\n'
        'pd.read_csv("data/half.csv").to_csv("data/out.csv")\n'
    )
    assert found({"dvc.yaml": dvc(stage()), "step.py": text}, ["data/half.csv"]) == []


def test_a_stage_without_inputs_runs_each_time():
    assert found({"dvc.yaml": dvc(stage(deps=())), "step.py": READ_BOTH, **HELD}) == []


def test_a_phony_target_runs_each_time():
    make = ".PHONY: step\nstep: data/raw.csv\n\tpython step.py\n"
    assert found({"Makefile": make, "step.py": READ_BOTH, **HELD}) == []


def test_settings_that_code_loads_by_itself_are_part_of_the_code():
    text = 'import yaml\nimport pandas as pd\n\nyaml.safe_load(open("conf/a.yaml"))\npd.read_csv("data/raw.csv").to_csv("data/out.csv")\n'
    assert found({"dvc.yaml": dvc(stage()), "step.py": text, "conf/a.yaml": "a: 1\n"}, ["conf/a.yaml"]) == []


def test_a_module_of_a_stage_that_declares_no_modules_is_nobodys_promise():
    text = "from lib import clean\nimport pandas as pd\n\npd.read_csv('data/raw.csv').to_csv('data/out.csv')\n"
    assert (
        found({"dvc.yaml": dvc(stage(("step.py", "data/raw.csv"))), "step.py": text, "lib/__init__.py": "", "lib/clean.py": "x = 1\n"})
        == []
    )


# ---- findings -------------------------------------------------------------------------------------------------------------


def test_what_a_make_rule_without_a_recipe_says_that_comes_with_a_target():
    files = {
        "step.py": 'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nraw.to_csv("data/out.csv")\nraw.to_csv("data/rows.csv")\n',
        "look.py": 'import pandas as pd\n\nprint(pd.read_csv("data/rows.csv"))\n',
    }
    rule = "data/out.csv: step.py data/raw.csv\n\tpython step.py\n\n"
    (finding,) = found({"Makefile": rule, **files})
    stub = finding.remedy.partition("\n\n")[2]
    assert stub == "data/rows.csv: data/out.csv ;"
    assert found({"Makefile": f"{rule}{stub}\n", **files}) == []
    assert len(found({"Makefile": f"{rule}data/rows.csv: data/raw.csv ;\n", **files})) == 1


def test_an_input_that_another_stage_makes_and_this_one_does_not_declare():
    maker = stage(("data/a.csv",), ("ref/map.csv",), "python make.py", "make")
    make = 'import pandas as pd\n\npd.read_csv("data/a.csv").to_csv("ref/map.csv")\n'
    (finding,) = found({"dvc.yaml": dvc(maker, stage()), "step.py": READ_BOTH, "make.py": make})
    assert finding.confidence is Confidence.A
    assert str(finding.locations[0]) == "step.py:4"
    assert "`step`" in finding.message
    assert "deps:\n      - ref/map.csv" in finding.remedy


def test_the_same_input_left_out_by_many_targets_is_one_finding():
    rules = "".join(f"out/{n}.csv: data/{n}.csv\n\ttool data/{n}.csv --config conf/tool.yaml > out/{n}.csv\n\n" for n in "abc")
    (finding,) = found({"Makefile": rules.replace("tool", "cat conf/tool.yaml"), "conf/tool.yaml": "a: 1\n"}, ["conf/tool.yaml"])
    assert finding.members == 3
    assert "out/a.csv: conf/tool.yaml" in finding.remedy


def test_an_output_that_another_script_reads_and_the_stage_does_not_declare():
    text = (
        'import pandas as pd\n\nraw = pd.read_csv("data/raw.csv")\nraw.to_csv("data/out.csv")\n'
        'raw.describe().to_parquet("data/profile.parquet")\n'
    )
    reader = 'import pandas as pd\n\nprint(pd.read_parquet("data/profile.parquet"))\n'
    (finding,) = found({"dvc.yaml": dvc(stage()), "step.py": text, "look.py": reader})
    assert "writes `data/profile.parquet`" in finding.message
    assert {site.path for site in finding.locations} == {"step.py", "look.py", "dvc.yaml"}
    assert "outs:\n      - data/profile.parquet" in finding.remedy


def test_a_result_that_git_holds_and_the_stage_does_not_declare():
    text = dvc(stage(("tests/check.py",), (), "pytest tests/check.py --junit-xml=reports/check.xml", "check"))
    (finding,) = found({"dvc.yaml": text, "tests/check.py": "def test_a():\n    assert 1\n"}, ["reports/check.xml"])
    assert "reports/check.xml" in finding.message


def test_a_module_that_is_imported_beside_declared_ones():
    text = "from lib import clean, load\nimport pandas as pd\n\npd.read_csv('data/raw.csv').to_csv('data/out.csv')\n"
    modules = {"lib/__init__.py": "", "lib/clean.py": "x = 1\n", "lib/load.py": "y = 1\n"}
    (finding,) = found({"dvc.yaml": dvc(stage(("lib/clean.py", "data/raw.csv"))), "step.py": text, **modules})
    assert "imports `lib/load.py`" in finding.message


def test_a_declared_input_that_nothing_reads():
    text = 'import pandas as pd\n\npd.read_csv("data/raw.csv").to_csv("data/out.csv")\n'
    (finding,) = found({"dvc.yaml": dvc(stage(("data/raw.csv", "ref/prices.csv"))), "step.py": text})
    assert "ref/prices.csv" in finding.message
    assert finding.confidence is Confidence.C


def test_a_dbt_model_that_names_a_table_past_its_sources():
    texts = {
        "dbt_project.yml": "name: shop\nversion: 1\nmodel-paths: [models]\n",
        "models/raw.sql": "select 1 as id\n",
        "models/orders.sql": "select * from {{ ref('raw') }} join lake.billing.invoices using (id)\n",
    }
    (finding,) = found(texts)
    assert "lake.billing.invoices" in finding.message


def test_a_dbt_table_that_is_sharded_by_a_wildcard_has_no_source_to_name():
    texts = {
        "dbt_project.yml": "name: shop\nversion: 1\nmodel-paths: [models]\n",
        "models/orders.sql": "select * from `lake.billing.invoices_*`\n",
    }
    assert found(texts) == []


def test_the_remedy_of_a_dbt_model_is_a_source():
    texts = {
        "dbt_project.yml": "name: shop\nversion: 1\nmodel-paths: [models]\n",
        "models/orders.sql": "select * from lake.billing.invoices\n",
    }
    (finding,) = found(texts)
    assert "`source()`" in finding.remedy
    assert "stages/" not in finding.remedy


def test_predictions_beside_the_pipeline_are_tentative(system):
    system.module("pipe/a/nodes.py", "pipe").module("pipe/b/nodes.py", "pipe")
    system.step("dvc.yaml::a").declares("dvc.yaml::a", "write", "data/dummy.csv", runs=["pipe/a/nodes.py"])
    system.step("dvc.yaml::b").declares("dvc.yaml::b", "read", "data/dummy.csv", runs=["pipe/b/nodes.py"])
    system.handoff("pipe/a/nodes.py", "runs:/{run}/predictions/test", "pipe/b/nodes.py", level=2, klass="PREDICTION")
    (finding,) = [f for f in StageDeclarationDrift().check(system.graph) if f.subject.kind == "unit"]
    assert finding.confidence == Confidence.C
    assert finding.subject.id == "pipe/b/nodes.py"
    assert "beside the data that their pipeline declares" in finding.message


# ---- what the stage's own command gives -------------------------------------------------------------------------------------

TAKES = (
    "import argparse\n\np = argparse.ArgumentParser()\np.add_argument('--labels-dir')\np.add_argument('--output-dir')\n"
    "print(p.parse_args())\n"
)
LABELS = {"data/labels.dvc": "outs:\n- md5: 0\n  path: labels\n"}


@pytest.mark.parametrize(
    "deps, cmd",
    [
        (("data/raw.csv", "data/labels"), "python step.py --labels-dir data/labels/one"),
        (("data/raw.csv",), "python step.py --labels-dir data/others/one"),
        (("data/raw.csv",), "python step.py --output-dir data/labels/one"),
        (("data/raw.csv",), "python step.py --labels-dir labels"),
    ],
    ids=["declared", "nobody's", "an output", "a word"],
)
def test_what_a_command_gives_may_be_declared_made_or_no_data(deps, cmd):
    assert found({"dvc.yaml": dvc(stage(deps, cmd=cmd)), "step.py": TAKES, **LABELS}) == []


@pytest.mark.parametrize("given", ["--labels-dir data/labels/one", "--labels-dir=data/labels/one"])
def test_data_that_the_command_gives_and_the_stage_does_not_declare(given):
    (finding,) = found({"dvc.yaml": dvc(stage(cmd=f"python step.py {given}")), "step.py": TAKES, **LABELS})
    assert "reads `data/labels/one` without declaring it" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == ("dvc.yaml", 3)
