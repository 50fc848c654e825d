"""JGL001 on texts: folders, schemas, caches, and what readers do themselves."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence
from analyzer.scan import graph_of_texts
from rules.chained_steps import cleaners
from rules.implicit_pipeline_edge import ImplicitPipelineEdge


def test_a_folder_that_one_script_fills_and_another_goes_through_is_tentative():
    options = "import argparse\nfrom pathlib import Path\n\nparser = argparse.ArgumentParser()\n"
    fill = (
        options + 'parser.add_argument("--out", type=Path, default=Path("./data/interim/picked/"))\nargs = parser.parse_args()\n'
        'for name in input().split():\n    (args.out / name).write_text("x")\n'
    )
    walk = (
        options + 'parser.add_argument("--rows", type=Path, default=Path("./data/interim/picked"))\nargs = parser.parse_args()\n'
        'for path in args.rows.rglob("*.txt"):\n    print(path.read_text())\n'
    )
    [finding] = ImplicitPipelineEdge().check(graph_of_texts({"pick.py": fill, "pack.py": walk}))
    assert finding.confidence == Confidence.C
    assert {(site.path, site.line) for site in finding.locations} >= {("pick.py", 5), ("pick.py", 8), ("pack.py", 5)}
    held = {"data/interim/picked.dvc": "outs:\n- md5: 0\n  path: picked\n"}
    assert list(ImplicitPipelineEdge().check(graph_of_texts({"pick.py": fill, "pack.py": walk, **held}))) == []


@pytest.mark.parametrize("name", ["data/interim/visits.parquet.tmp", "data/cache/visits.parquet"])
def test_what_is_on_its_way_or_cached_chains_nothing(name):
    texts = {
        "clean.py": f'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("{name}")\n',
        "train.py": f'import pandas as pd\n\npd.read_parquet("{name}")\n',
        "score.py": f'import pandas as pd\n\npd.read_parquet("{name}")\n',
    }
    assert list(ImplicitPipelineEdge().check(graph_of_texts(texts))) == []


def test_a_schema_makes_no_rows():
    texts = {
        "schema.sql": "create table staging.visits (id int);\nalter table staging.visits add column a int;\n",
        "train.py": 'import pandas as pd\n\npd.read_sql("select * from staging.visits", c)\n',
        "score.py": 'import pandas as pd\n\npd.read_sql("select id from staging.visits", c)\n',
    }
    assert list(ImplicitPipelineEdge().check(graph_of_texts(texts))) == []


CHAIN = {
    "clean.py": 'import pandas as pd\n\npd.read_csv("raw.csv").to_parquet("interim/visits_clean.parquet")\n',
    "train.py": 'import pandas as pd\n\npd.read_parquet("interim/visits_clean.parquet")\n',
    "score.py": 'import pandas as pd\n\npd.read_parquet("interim/visits_clean.parquet")\n',
}


def chained(texts):
    return list(ImplicitPipelineEdge().check(graph_of_texts(texts)))


def test_readers_that_fetch_what_they_read():
    fetch = "import db\n\nassert db.download(VISITS)\n"
    assert chained(CHAIN)
    assert chained({**CHAIN, "train.py": fetch + CHAIN["train.py"], "score.py": fetch + CHAIN["score.py"]}) == []


def test_readers_that_make_the_same_by_another_call():
    save = "import pandas as pd\n\n\ndef save(frame, name):\n    frame.to_parquet(name)\n"
    made = 'from save import save\n\nsave(1, "interim/visits_clean.parquet")\n'
    assert chained({**CHAIN, "save.py": save, "train.py": made + CHAIN["train.py"], "score.py": made + CHAIN["score.py"]}) == []


def test_a_course_has_an_order_of_its_own():
    assert chained({f"immersion/guided_projects/{name}": text for name, text in CHAIN.items()}) == []


LISTS = "import os\nimport shutil\n\nfor name in os.listdir('data/made'):\n    "


@pytest.mark.parametrize(
    ("body", "cleans"),
    [
        ("shutil.rmtree('data/made/' + name)\n", True),
        ("os.remove('data/made/' + name)\n", True),
        ("print(name)\n", False),
        ("print(open('data/made/' + name).read())\n    os.remove('data/made/' + name)\n", False),
    ],
)
def test_a_program_that_lists_a_folder_only_to_empty_it_reads_nothing(body, cleans):
    assert ("train.py" in cleaners(graph_of_texts({"train.py": LISTS + body}))) is cleans
