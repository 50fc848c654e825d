"""JGL012: a document's order is no program's; what a program orders as well, and what people of a library are shown, is left alone."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.hand_run_order import HandRunOrder
from rules.implicit_pipeline_edge import ImplicitPipelineEdge

CLEAN = 'import pandas as pd\n\npd.read_csv("data/raw/sales.csv").to_parquet("data/interim/sales.parquet")\n'
TRAIN = 'import pandas as pd\n\nframe = pd.read_parquet("data/interim/sales.parquet")\n'
README = "Run\n\n```\npython clean.py\npython train.py\n```\n"
SCRIPTS = {"clean.py": CLEAN, "train.py": TRAIN}
OPTIONS = (
    "import argparse\nfrom pathlib import Path\n\np = argparse.ArgumentParser()\n"
    'p.add_argument("--output-dir", type=Path)\np.add_argument("--scores-dir", type=Path)\nargs = p.parse_args()\n'
)
SCORE = OPTIONS + '(args.output_dir / "rows.json").write_text("[]")\n'
SHOW = OPTIONS + 'print((args.scores_dir / "rows.json").read_text())\n'


def found(texts: dict[str, str]) -> list[Finding]:
    return list(HandRunOrder().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "more",
    [
        {"run.sh": "python clean.py\npython train.py\n"},
        {"Makefile": "all:\n\tpython clean.py\n\tpython train.py\n"},
        {"main.py": "import clean\nimport train\n\nif __name__ == '__main__':\n    print(clean, train)\n"},
    ],
    ids=["shell", "make", "imports"],
)
def test_what_a_program_orders_too(more: dict[str, str]) -> None:
    assert found({**SCRIPTS, "README.md": README, **more}) == []


def test_what_nothing_tells_is_another_rules() -> None:
    assert found(SCRIPTS) == []
    assert [f.rule for f in ImplicitPipelineEdge().check(graph_of_texts(SCRIPTS))] == ["JGL001"]


def test_lists_of_past_changes_order_nothing() -> None:
    assert found({**SCRIPTS, "CHANGELOG.md": "clean.py and train.py are new\n"}) == []


def test_lessons_are_shown_step_by_step() -> None:
    assert found({f"course/lesson1/{path}": text for path, text in {**SCRIPTS, "README.md": README}.items()}) == []


def test_commands_of_a_document_are_an_order_for_people() -> None:
    (finding,) = found({**SCRIPTS, "README.md": README})
    assert finding.confidence is Confidence.C
    assert "only `README.md` tells which runs first" in finding.message
    assert {(site.path, site.line) for site in finding.locations} >= {("clean.py", 3), ("train.py", 3), ("README.md", 4), ("README.md", 5)}
    assert list(ImplicitPipelineEdge().check(graph_of_texts({**SCRIPTS, "README.md": README}))) == []


def test_a_remark_of_one_step_is_an_order_for_people() -> None:
    (finding,) = found({"clean.py": CLEAN, "train.py": f'"""Run clean.py before."""\n\n{TRAIN}'})
    assert any("a remark names the other" in entry.text for entry in finding.evidence)


@pytest.mark.parametrize(
    "commands",
    [
        "python score.py --output-dir runs/one\npython show.py --scores-dir runs/two",
        "python score.py --output-dir runs/one\npython show.py --output-dir runs/one",
        "python show.py --scores-dir runs/one\npython score.py --output-dir runs/one",
        "python score.py --output-dir runs/one\npython score.py --scores-dir runs/one",
        "python score.py --output-dir conf/one.yaml\npython show.py --scores-dir conf/one.yaml",
    ],
    ids=["other paths", "both write", "the other way round", "one program", "settings"],
)
def test_commands_that_pass_nothing_on(commands: str) -> None:
    assert found({"score.py": SCORE, "show.py": SHOW, "README.md": f"```\n{commands}\n```\n"}) == []


def test_a_path_that_commands_of_a_document_pass_on() -> None:
    told = "```\npython score.py \\\n  --output-dir runs/one\npython show.py --scores-dir runs/one/\n```\n"
    (finding,) = found({"score.py": SCORE, "show.py": SHOW, "README.md": told})
    assert finding.message == "README.md tells people to run 2 steps that pass `runs/one` on, and nothing runs them"
    assert {(site.path, site.line) for site in finding.locations} == {("README.md", 2), ("README.md", 4), ("score.py", 8), ("show.py", 8)}
    run = {"run.sh": "python score.py --output-dir runs/one\npython show.py --scores-dir runs/one\n"}
    assert found({"score.py": SCORE, "show.py": SHOW, "README.md": told, **run}) == []


def carried(write: str, read: str, more: dict[str, str] | None = None) -> list[Finding]:
    texts = {
        "export.py": f'import pandas as pd\n\npd.DataFrame().to_parquet("{write}")\n',
        "learn.py": f'import pandas as pd\n\nprint(pd.read_parquet("{read}"))\n',
    }
    return [f for f in found({**texts, **(more or {})}) if "brings it there" in f.message]


@pytest.mark.parametrize(
    "write, read",
    [
        ("data/visits_2031.parquet", "input/visits_2031.parquet"),
        ("/srv/out/data.parquet", "data/data.parquet"),
        ("/home/ann/work/data/visits_2031.parquet", "data/visits_2031.parquet"),
        ("s3://store/visits_2031.parquet", "s3://store/visits_2031.parquet"),
    ],
    ids=["in the repository", "a name of many files", "the same checkout", "one place"],
)
def test_what_nobody_has_to_carry(write: str, read: str) -> None:
    assert carried(write, read) == []


def test_a_step_that_brings_it_there() -> None:
    brings = {"fetch.sh": "aws s3 cp s3://store/visits_2031.parquet data/visits_2031.parquet\n"}
    assert carried("s3://store/visits_2031.parquet", "data/visits_2031.parquet", brings) == []


def test_a_file_that_is_read_elsewhere_than_it_is_written() -> None:
    (finding,) = carried("s3://store/out/visits_2031.parquet", "data/visits_2031.parquet")
    assert [(site.path, site.line) for site in finding.locations] == [("export.py", 3), ("learn.py", 3)]


EXPORT = (
    "import ee\n\ntask = ee.batch.Export.image.toDrive(image=ee.Image('a'), description='rows', folder='grid', fileNamePrefix='rows')\n"
    "task.start()\n"
)


def test_an_export_to_a_drive_that_no_code_fetches() -> None:
    assert found({"demo_export.py": EXPORT}) == []
    (finding,) = found({"export.py": EXPORT})
    assert finding.message == "export.py exports to Google Drive, and no code here takes anything from there"


TOOL = (
    "import argparse\n\nfrom transformers import AutoModel\n\nparser = argparse.ArgumentParser()\n"
    'parser.add_argument("--source", required=True)\nparser.add_argument("--target", required=True)\nargs = parser.parse_args()\n'
    "AutoModel.from_pretrained(args.source).push_to_hub(args.target)\n"
)
PUSH = 'from huggingface_hub import HfApi\n\nHfApi().upload_folder(folder_path="out/model", repo_id="ann/model")\n'


def published(texts: dict[str, str]) -> list[Finding]:
    return [f for f in found(texts) if "publish" in f.message]


@pytest.mark.parametrize(
    "texts",
    [
        {"publish.py": PUSH, "Makefile": "publish:\n\tpython publish.py\n"},
        {"examples/publish.py": PUSH},
        {"tests/test_publish.py": PUSH},
        {"publish.py": PUSH.replace("upload_folder", "list_repo_files")},
        {"train.py": "from transformers import Trainer\n\ntrainer = Trainer()\ntrainer.train()\ntrainer.push_to_hub()\n"},
        {"publish.py": "from lib import store\n\nstore(push_to_hub=False)\n"},
        {"publish.sh": "gh issue list\n"},
        {"publish.py": TOOL},
    ],
    ids=[
        "run by make",
        "a demo",
        "a test",
        "no upload",
        "the end of training",
        "switched off",
        "another command",
        "a tool that is told everything",
    ],
)
def test_what_is_not_published_by_hand(texts: dict[str, str]) -> None:
    assert published(texts) == []


@pytest.mark.parametrize(
    "path, text, line",
    [
        ("publish.py", PUSH, 3),
        ("publish.py", 'import requests\n\nrequests.post("https://zenodo.org/api/deposit/depositions", json={})\n', 3),
        ("publish.sh", "set -e\ngh release create v1 out/model.zip\n", 2),
        ("publish.sh", "curl --upload-file out/rows.zip https://zenodo.org/api/files/1\n", 1),
    ],
    ids=["hub", "archive", "release", "curl"],
)
def test_what_somebody_publishes(path: str, text: str, line: int) -> None:
    (finding,) = published({path: text, "README.md": f"```\nsh {path}\n```\n" if path.endswith(".sh") else f"```\npython {path}\n```\n"})
    assert (finding.locations[0].path, finding.locations[0].line) == (path, line)
    assert ("README.md", 2) in {(site.path, site.line) for site in finding.locations}


def test_several_programs_that_publish_are_one_finding() -> None:
    (finding,) = published({"one.py": PUSH, "two.py": PUSH})
    assert finding.message == "one.py and 1 more publish with `upload_folder`, and nothing checked in runs them"


def test_a_notebook_that_looks_at_results_is_no_step() -> None:
    cell = '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 1, "source": ["%s"]}], "metadata": {}, '
    look = cell % 'import pandas as pd\\npd.read_parquet(\\"data/interim/sales.parquet\\")' + '"nbformat": 4, "nbformat_minor": 5}'
    told = {"clean.py": CLEAN, "README.md": "```\npython clean.py\n```\nThen open explorer.ipynb or work.ipynb.\n"}
    assert [f.rule for f in found({**told, "explorer.ipynb": look})] == []
    assert [f.rule for f in found({**told, "work.ipynb": look})] == ["JGL012"]


def test_commands_that_only_ask_for_help_are_no_order() -> None:
    document = "Run\n\n```\npython score.py --help\npython show.py --help\n```\n"
    pair = {
        "score.py": 'import pandas as pd\n\npd.DataFrame().to_parquet("data/interim/sales.parquet")\n',
        "show.py": 'import pandas as pd\n\nprint(pd.read_parquet("data/interim/sales.parquet"))\n',
    }
    graph = graph_of_texts({**pair, "README.md": document})
    assert not graph.told_orders
    assert not any(
        (site.path, site.line) in {("README.md", 4), ("README.md", 5)}
        for f in found({**pair, "README.md": document})
        for site in f.locations
    )


def test_a_manifest_that_git_holds_is_no_hand_over() -> None:
    pair = {
        "score.py": 'import pandas as pd\n\npd.DataFrame().to_csv("models/best/model_manifest.csv")\n',
        "show.py": 'import pandas as pd\n\nprint(pd.read_csv("models/best/model_manifest.csv"))\n',
        "README.md": "Run\n\n```\npython score.py\npython show.py\n```\n",
    }
    graph = graph_of_texts(pair)
    graph.tracked_files = frozenset({*pair, "models/best/model_manifest.csv"})
    assert list(HandRunOrder().check(graph)) == []
    assert list(ImplicitPipelineEdge().check(graph)) == []
